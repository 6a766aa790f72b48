"""A decree's YAML file: read whole, and refused whole with line and cure of every problem."""

from pathlib import Path
from typing import Any

import yaml

from casetrack.domain.clock import DECREED_KINDS, NamedDay
from casetrack.domain.region.decree import Decree, decree_problems
from casetrack.gateways.region.yaml_files import At, YamlFile, refuse
from casetrack.gateways.region.yaml_values import list_of, one_of, read_day, read_text, record


def _name(file: YamlFile, node: yaml.Node, at: At) -> dict[str, str]:
    told: dict[str, str] = record({"id": read_text}, {"en": read_text})(file, node, at)
    return {"en": told["id"], **told}


_DAY = record({"day": read_day, "kind": one_of(DECREED_KINDS), "name": _name}, {})
_DECREE = record({"source": read_text, "decreed_on": read_day, "days": list_of(_DAY)}, {})


def read_decree(path: Path) -> Decree:
    """Read and check a decree. Raises BadInput with one line per problem."""
    file = YamlFile(str(path))
    said: Any = file.read(path, _DECREE)
    days = tuple(
        NamedDay(d["day"], d["kind"], d["name"]["id"], d["name"]["en"], said["source"])
        for d in said["days"]
    )
    decree = Decree(said["source"], said["decreed_on"], days)
    if file.readable:
        file.report(decree_problems(decree))
    refuse(file.lines())
    return decree
