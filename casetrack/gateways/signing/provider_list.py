"""The list of recognised providers, read from a YAML file with their certificates beside it."""

from pathlib import Path
from typing import Any

from cryptography import x509

from casetrack.domain.case.electronic_signatures import Provider
from casetrack.domain.errors import BadInput
from casetrack.gateways.region.yaml_files import YamlFile, refuse
from casetrack.gateways.region.yaml_values import list_of, read_day, read_text, record
from casetrack.gateways.signing.providers import Listed, Providers

_SETTING = "CASETRACK_SIGN_PROVIDERS"
_LIST = record(
    {
        "providers": list_of(
            record(
                {
                    "id": read_text,
                    "name": read_text,
                    "basis": read_text,
                    "since": read_day,
                    "certificate": read_text,
                },
                {"until": read_day},
            )
        )
    },
    {},
)
_MOST, _LARGEST = 100, 64 * 1024


def read(path: Path) -> Providers:
    """The list of a file. Raises BadInput with file, line and cure."""
    file = YamlFile(path.name)
    said = file.read(path, _LIST)["providers"]
    if len(said) > _MOST:
        file.fault(1, f"more than {_MOST} providers", "keep those that are recognised")
    listed = [_listed(file, path, place, each) for place, each in enumerate(said)]
    names = [each["id"] for each in said]
    for place, name in enumerate(names):
        if name in names[:place]:
            file.fault(file.line_of(("providers", place)), f"{name} stands there twice", "keep one")
    try:
        refuse(file.lines())
    except BadInput as error:
        raise BadInput(f"{_SETTING}: {error}") from None
    return Providers(listed)


def _listed(file: YamlFile, path: Path, place: int, said: dict[str, Any]) -> Listed:
    until = said.get("until")
    if until is not None and until < said["since"]:
        at = file.line_of(("providers", place, "until"))
        file.fault(at, "until is before since", "write the last day on which it is recognised")
    provider = Provider(said["id"], said["name"], said["basis"], said["since"], until)
    at = file.line_of(("providers", place, "certificate"))
    found: list[x509.Certificate] = []
    if file.readable and ("providers", place, "certificate") not in file.broken:
        found = _certificates(file, at, path.parent / said["certificate"])
    return Listed(provider, tuple(found))


def _certificates(file: YamlFile, line: int, path: Path) -> list[x509.Certificate]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
        found = x509.load_pem_x509_certificates(raw) if len(raw) <= _LARGEST else []
    except (OSError, ValueError):
        found = []
    if not found:
        cure = "name a PEM file with the issuing certificate, beside this list"
        file.fault(line, f"{path.name} holds no certificate", cure)
    for each in found:
        try:
            basic = each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (x509.ExtensionNotFound, ValueError):
            basic = False
        if not basic:
            cure = "name the certificate by which it issues, not one that it issued"
            file.fault(line, f"{path.name} is no issuer's certificate", cure)
    return found
