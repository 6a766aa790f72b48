"""What a region's files say of products: how they are numbered and drawn up, how officers are printed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.service.definition import NUMBERED, PRODUCT_KINDS, VALIDITY_UNITS
from casetrack.domain.service.product_numbers import NumberPattern
from casetrack.gateways.region.yaml_files import Reader
from casetrack.gateways.region.yaml_values import (
    list_of,
    one_of,
    read_day,
    read_flag,
    read_text,
    read_whole,
    record,
)

#: From when a profile counts whose file names no day.
_ALWAYS = date(1970, 1, 1)

NUMBER_PATTERNS = list_of(
    record({"id": read_text, "pattern": read_text, "basis": read_text, "since": read_day}, {})
)
#: Keys of an officer that say how they are printed, and since when they are printed so.
PRINTED: Mapping[str, Reader] = {
    "name": read_text,
    "plain_name": read_text,
    "rank": read_text,
    "nip": read_text,
    "printed_since": read_day,
}


def products_reader(name: Reader, when: Reader) -> Reader:
    """Reads the products of a service."""
    return list_of(
        record(
            {"id": read_text, "kind": one_of(PRODUCT_KINDS), "name": name, "text": read_text},
            {
                "drafted_at": read_text,
                "endorsed_by": list_of(read_text),
                "signatures": list_of(read_text),
                "numbered": one_of(NUMBERED),
                "pattern": read_text,
                "code": read_text,
                "validity": record({"unit": one_of(VALIDITY_UNITS)}, {"value": read_whole}),
                "written": list_of(
                    record({"id": read_text, "name": name}, {"required": read_flag})
                ),
                "objection": record(
                    {"where": read_text, "how": read_text, "days": read_whole, "basis": read_text},
                    {},
                ),
                "when": when,
                "copies": list_of(read_text),
                "second_clerk": read_flag,
            },
        )
    )


def number_patterns(region: Mapping[str, Any]) -> tuple[NumberPattern, ...]:
    """How the region numbers its products."""
    return tuple(NumberPattern(**each) for each in region.get("number_patterns", ()))


def profiles(officers: list[Mapping[str, Any]]) -> tuple[DatedProfile, ...]:
    """How the officers are printed of whom the file says it."""
    return tuple(
        DatedProfile(
            each["login"],
            each.get("printed_since", _ALWAYS),
            Profile(each["name"], each.get("plain_name"), each.get("rank"), each.get("nip")),
        )
        for each in officers
        if "name" in each
    )
