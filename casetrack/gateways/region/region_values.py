"""Values of a region's files: names in two languages, limits, time zones, quiet hours, `none`."""

from typing import Any
from zoneinfo import ZoneInfo

import yaml

from casetrack.domain.clock import MAX_VALUE, UNITS
from casetrack.domain.delivery import quiet_hours
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.gateways.region.yaml_files import At, Reader, YamlFile, place_of, short
from casetrack.gateways.region.yaml_values import one_of, read_text, read_whole, record, scalar_kind

_LIMIT = record({"value": read_whole, "unit": one_of(UNITS)}, {})


def read_name(file: YamlFile, node: yaml.Node, at: At) -> dict[str, str]:
    """In both languages; where the English one is left out, the Indonesian one stands for it."""
    told: dict[str, str] = record({"id": read_text}, {"en": read_text})(file, node, at)
    return {"en": told["id"], **told}


def read_limit(file: YamlFile, node: yaml.Node, at: At) -> dict[str, Any]:
    """A time limit."""
    limit: dict[str, Any] = _LIMIT(file, node, at)
    if not 1 <= limit["value"] <= MAX_VALUE:
        if (*at, "value") not in file.broken:
            file.fault(
                file.line_of((*at, "value")),
                f"{place_of(at)}the value of a limit is {limit['value']}",
                f"give a whole number from 1 to {MAX_VALUE}",
            )
        limit["value"] = 1
    return limit


def read_zone(file: YamlFile, node: yaml.Node, at: At) -> str:
    """A time zone."""
    name = read_text(file, node, at)
    if at not in file.broken:
        try:
            ZoneInfo(name)
        # OSError: the name of a folder of the time zone database, for example "Asia".
        except (LookupError, ValueError, OSError):
            file.unfit(
                node,
                at,
                f"unknown time zone {short(name)}",
                "use Asia/Jakarta, Asia/Pontianak, Asia/Makassar or Asia/Jayapura",
            )
    return name


def read_quiet_hours(file: YamlFile, node: yaml.Node, at: At) -> QuietHours:
    """When nothing is sent."""
    told = record({"from": read_text, "until": read_text}, {})(file, node, at)
    try:
        return QuietHours.from_dict(told)
    except ValueError as error:
        if not any(part[: len(at)] == at for part in file.broken):
            cure = 'write {from: "21:00", until: "06:00"}, or none'
            file.unfit(node, at, f"the quiet hours cannot be so: {error}", cure)
    return quiet_hours.DEFAULT


def or_none(reader: Reader) -> Reader:
    """`none`, written as a word, or what the reader takes."""

    def read(file: YamlFile, node: yaml.Node, at: At) -> Any:
        return (
            None if scalar_kind(node) == "str" and node.value == "none" else reader(file, node, at)
        )

    return read


def by_name(reader: Reader) -> Reader:
    """Any keys; whether they mean something is asked of the rules."""

    def read(file: YamlFile, node: yaml.Node, at: At) -> dict[str, Any]:
        known = (
            [str(key.value) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else ()
        )
        told: dict[str, Any] = record({}, dict.fromkeys(known or ["a key"], reader))(file, node, at)
        return told

    return read
