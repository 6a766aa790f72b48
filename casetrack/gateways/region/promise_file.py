"""The list of what a mall promises, JSON or YAML, and the files of services that are made of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from casetrack.domain.service.promised_services import (
    PROMISED_FEES,
    PROMISED_STEPS,
    PROMISED_UNITS,
    Drafted,
    Promise,
)
from casetrack.gateways.region.yaml_files import YamlFile, refuse
from casetrack.gateways.region.yaml_values import (
    list_of,
    one_of,
    read_flag,
    read_text,
    read_whole,
    record,
)

_PROMISE = record(
    {
        "code": read_text,
        "name": read_text,
        "time_limit": record({"value": read_whole, "unit": one_of(PROMISED_UNITS)}, {}),
        "fee": one_of(PROMISED_FEES),
        "steps": list_of(one_of(PROMISED_STEPS)),
    },
    {"active": read_flag, "applicant": list_of(one_of(("person", "company")))},
)
_LIST = record(
    {"services": list_of(_PROMISE)}, {"about": read_text, "agencies": list_of(read_text)}
)


def read_promises(path: Path) -> list[Promise]:
    """Read a list of promises. Raises BadInput with one line per problem."""
    file = YamlFile(str(path))
    said: Any = file.read(path, _LIST)
    refuse(file.lines())
    return [
        Promise(
            code=each["code"],
            name=each["name"],
            limit=each["time_limit"]["value"],
            unit=each["time_limit"]["unit"],
            fee=each["fee"],
            steps=tuple(each["steps"]),
            active=each.get("active", True),
        )
        for each in said["services"]
    ]


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stay so."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def written(draft: Drafted, source: str) -> str:
    """The file of a service: its remarks as comments on top, for who goes on writing it."""
    remarks = "".join(f"# - {each}\n" for each in draft.remarks)
    body: str = yaml.dump(
        draft.document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000
    )
    return f"# Made from {source}. Still to be written or looked at:\n{remarks}{body}"


def services_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Id and letters of each service that has a file in a region's folder."""
    for path in sorted(folder.glob("services/*.yaml")):
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            yield str(found.get("id")), str(found.get("letters"))


def agencies_in(folder: Path) -> list[str]:
    """The ids of a region's agencies; none where the folder does not say."""
    path = folder / "agencies.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    listed = found if isinstance(found, list) else []
    return [str(each.get("id")) for each in listed if isinstance(each, dict)]


def write_all(folder: Path, drafts: Sequence[Drafted], source: str) -> None:
    """Write a file for each; none is written over. FileExistsError names one that is there."""
    services = folder / "services"
    services.mkdir(exist_ok=True)
    for draft in drafts:
        with (services / f"{draft.document['id']}.yaml").open("x", encoding="utf-8") as file:
            file.write(written(draft, source))
