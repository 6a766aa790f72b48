"""What the file of a service holds, and a service that stands alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from casetrack.domain.service import definition, definition_check, notices
from casetrack.domain.service.definition import FACT_TYPES, KINDS, ServiceDefinition
from casetrack.domain.service.definition_document import read_definition
from casetrack.gateways.region import product_files
from casetrack.gateways.region.bill_shape import BILL
from casetrack.gateways.region.region_values import by_name, or_none, read_limit, read_name
from casetrack.gateways.region.yaml_files import At, YamlFile, refuse
from casetrack.gateways.region.yaml_values import (
    list_of,
    one_of,
    read_flag,
    read_text,
    read_whole,
    record,
    scalar_kind,
)


def _fact_value(file: YamlFile, node: yaml.Node, at: At) -> str | int | bool:
    reader: dict[str, Callable[[YamlFile, yaml.Node, At], str | int | bool]]
    reader = {"int": read_whole, "bool": read_flag}
    return reader.get(scalar_kind(node), read_text)(file, node, at)


def _channels(file: YamlFile, node: yaml.Node, at: At) -> list[str]:
    told: list[str] | None = or_none(list_of(read_text))(file, node, at)
    return told or []


def _told(file: YamlFile, node: yaml.Node, at: At) -> dict[str, list[str]]:
    """Party by party, or `none` for all of them."""
    told: dict[str, list[str]] | None = or_none(by_name(_channels))(file, node, at)
    return {party: [] for party in notices.PARTIES} if told is None else told


def _choices(file: YamlFile, node: yaml.Node, at: At) -> Any:
    """Codes, or each code with what it is called where it is printed."""
    named = isinstance(node, yaml.MappingNode)
    return (by_name(read_name) if named else list_of(read_text))(file, node, at)


_WHEN = record(
    {"fact": read_text},
    {"equals": _fact_value, "one_of": list_of(_fact_value), "at_least": read_whole},
)
_STEP = record(
    {"id": read_text, "name": read_name, "agency": read_text, "kind": one_of(KINDS)},
    {
        "after": list_of(read_text),
        "optional": read_flag,
        "repeatable": read_flag,
        "limit": read_limit,
        "silence": one_of(definition.SILENCES),
        "roles": list_of(read_text),
        "when": _WHEN,
        "official": read_flag,
        "authority": one_of(definition.ACTIONS),
        "separation": one_of(definition.SEPARATIONS),
        "separate_from": list_of(read_text),
        "activities": list_of(read_text),
        "bill": BILL,
    },
)
#: A file under services/.
SERVICE = record(
    {
        "id": read_text,
        "version": read_whole,
        "letters": read_text,
        "name": read_name,
        "steps": list_of(_STEP),
    },
    {
        "requirements": list_of(
            record(
                {"id": read_text, "name": read_name},
                {
                    "required": read_flag,
                    "readers": list_of(read_text),
                    "when": _WHEN,
                    "file_mb": read_whole,
                },
            )
        ),
        "facts": list_of(
            record(
                {"id": read_text, "name": read_name, "type": one_of(FACT_TYPES)},
                {
                    "required": read_flag,
                    "choices": _choices,
                    "minimum": read_whole,
                    "maximum": read_whole,
                    "readers": list_of(read_text),
                    "public": read_flag,
                },
            )
        ),
        "limit": read_limit,
        "extension": record({"limit": read_limit, "article": read_text}, {}),
        "pause_caps": record({}, dict.fromkeys(definition.PAUSE_CAPS, read_limit)),
        "product": read_name,
        "products": product_files.products_reader(read_name, _WHEN),
        "fee": record({"amount": read_whole}, {"note": read_name}),
        "legal_basis": list_of(read_text),
        "deemed_grant": one_of(definition.DEEMED_GRANTS),
        "deemed_basis": read_text,
        "external_facts": list_of(
            record({"id": read_text, "name": read_name, "source": read_name}, {"paper": read_text})
        ),
        "tracked_only": read_flag,
        "issued_by": read_name,
        "issued_number": read_text,
        "strategic": read_flag,
        "specific_data": read_flag,
        "passes_to_heirs": read_flag,
        "second_clerk": read_flag,
        "sent_by": list_of(one_of(definition.SENDINGS)),
        "retention": record({"years": read_whole, "basis": read_text}, {}),
        "notices": by_name(_told),
        "near_percent": read_whole,
        "pause_limits": record(
            {},
            dict.fromkeys(
                definition.LIMITED_PAUSES,
                record({"basis": read_text}, {"times": read_whole, "total": read_limit}),
            ),
        ),
        "reviews": record(
            {
                "kind": one_of(definition.REVIEW_KINDS),
                "days": read_whole,
                "basis": read_text,
                "decided_by": read_text,
            },
            {},
        ),
    },
)


def read_service(path: Path) -> ServiceDefinition:
    """Read and check one definition that stands alone: whether its agencies exist is not asked.

    Raises BadInput like `read_region`.
    """
    file = YamlFile(str(path))
    found = read_definition(file.read(path, SERVICE))
    file.report(definition_check.problems(found, None))
    refuse(file.lines())
    return found
