"""Writes the list of parts of an installation (SBOM, CycloneDX JSON) from the run-time lock: `make sbom`.

Name, version and hashes are those of the lock, licences those that the installed packages say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from casetrack import __version__

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
#: The classifier of a licence, where the package gives no expression.
_CLASSIFIER = "License :: OSI Approved :: "


@dataclass
class Part:
    """A package that the lock pins, with the SHA-256 of each file that may be installed of it."""

    name: str
    version: str
    hashes: list[str]

    @property
    def licence(self) -> str | None:
        """What the installed package says of its licence; None where it is not installed."""
        try:
            said = metadata(self.name)
        except PackageNotFoundError:
            return None
        named = [c.removeprefix(_CLASSIFIER) for c in said.get_all("Classifier") or []
                 if c.startswith(_CLASSIFIER)]  # fmt: skip
        given = said.get("License-Expression") or (said.get("License") or "").partition("\n")[0]
        return given if given and given != "UNKNOWN" else " and ".join(named) or None


def parts(lock: Path) -> Iterator[Part]:
    """What a lock pins, in its order."""
    part: Part | None = None
    for line in lock.read_text(encoding="utf-8").splitlines():
        if found := _PIN.match(line):
            if part is not None:
                yield part
            part = Part(found[1], found[2], [])
        elif part is not None:
            part.hashes += _HASH.findall(line)
    if part is not None:
        yield part


def listed(lock: Path) -> str:
    """The list of the lock's parts as CycloneDX 1.6, in JSON."""
    licences = LicenseFactory()
    product = Component(name="casetrack", version=__version__, type=ComponentType.APPLICATION)
    product.licenses.add(licences.make_from_string("Apache-2.0"))
    bom = Bom()
    bom.metadata.component = product
    made = []
    for part in parts(lock):
        url = PackageURL("pypi", name=part.name, version=part.version)
        component = Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            purl=url,
            bom_ref=str(url),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in part.hashes],
        )
        if part.licence is not None:
            component.licenses.add(licences.make_from_string(part.licence))
        bom.components.add(component)
        made.append(component)
    bom.register_dependency(product, made)
    return str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"


if __name__ == "__main__":
    out = ROOT / "build" / "sbom.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(listed(LOCK), encoding="utf-8")
    print(f"{len(list(parts(LOCK)))} parts in {out.relative_to(ROOT)}")
