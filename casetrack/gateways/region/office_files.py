"""What the files of the region itself, its agencies, positions and officers hold."""

from collections.abc import Mapping
from typing import Any

import yaml

from casetrack.domain.case.complaint_desk import COMPLAINT_LIMITS, ComplaintDesk
from casetrack.domain.clock import UNITS
from casetrack.domain.delivery import quiet_hours
from casetrack.domain.people import erasing
from casetrack.domain.region import escalation
from casetrack.domain.region.counter_hours import DAYS, Hours, Span, WorkPattern, read_spans
from casetrack.domain.region.counters import Counter
from casetrack.domain.region.escalation import Escalation
from casetrack.domain.region.region_data import Agency, JoinedPair, Officer, Position, Region, Stay
from casetrack.domain.region.slip_texts import SLIP_ABOUT, SlipText
from casetrack.domain.service.definition import Name
from casetrack.gateways.region import product_files
from casetrack.gateways.region.region_values import (
    by_name,
    or_none,
    read_name,
    read_quiet_hours,
    read_zone,
)
from casetrack.gateways.region.yaml_files import At, YamlFile, short
from casetrack.gateways.region.yaml_values import (
    list_of,
    one_of,
    read_day,
    read_flag,
    read_text,
    read_whole,
    record,
)

_ESCALATION = record(
    {}, {"supervisor_after": read_whole, "head_after": read_whole, "daily_mail_at": read_text}
)


def _spans(file: YamlFile, node: yaml.Node, at: At) -> tuple[Span, ...]:
    text = read_text(file, node, at)
    try:
        return read_spans(text)
    except ValueError:
        if at not in file.broken:
            cure = 'write "08:00-11:30, 13:30-16:00"'
            file.unfit(node, at, f"no hours: {short(text)}", cure)
    return ()


_WEEK = record({}, dict.fromkeys(DAYS, _spans))


def read_escalation(file: YamlFile, node: yaml.Node, at: At) -> Escalation:
    """When supervisors and heads hear of a limit that was missed."""
    told = _ESCALATION(file, node, at)
    try:
        return Escalation.from_dict(told)
    except ValueError:
        if not any(part[: len(at)] == at for part in file.broken):
            file.unfit(node, at, "daily_mail_at is no hour", 'write it as "07:00"')
    return escalation.DEFAULT


_DESK_LIMIT = record({"value": read_whole, "unit": one_of(UNITS), "basis": read_text}, {})
_DESK = record(
    {"desk": read_text},
    # One that names no inspectorate is refused where all is checked, with its cure.
    {
        "inspectorate": read_text,
        "above": record({"agency": read_text, "basis": read_text}, {}),
        "limits": record({}, dict.fromkeys(COMPLAINT_LIMITS, _DESK_LIMIT)),
    },
)


def read_complaint_desk(file: YamlFile, node: yaml.Node, at: At) -> ComplaintDesk | None:
    """Who takes complaints in, who reads those about money, and until when they are answered."""
    said = _DESK(file, node, at)
    if not isinstance(said, Mapping) or "desk" not in said:
        return None
    try:
        return ComplaintDesk.from_dict(said)
    except ValueError as error:
        if not any(part[: len(at)] == at for part in file.broken):
            file.unfit(node, at, f"complaints: {error}", "give whole days from 1 to 10000")
    return None


#: region.yaml
REGION = record(
    {"code": read_text, "letters": read_text, "name": read_name, "zone": read_zone},
    {
        "holidays": list_of(record({"day": read_day, "name": read_text}, {"working": read_flag})),
        "quiet_hours": or_none(read_quiet_hours),
        "secretariat": read_text,
        "looks_kept": read_whole,
        "joined": list_of(
            record({"officer": read_text, "position": read_text, "reason": read_text}, {})
        ),
        "erase_within": read_whole,
        "number_patterns": product_files.NUMBER_PATTERNS,
        "head": read_text,
        "archive_rule": read_text,
        "slip_texts": list_of(
            record(
                {
                    "about": one_of(SLIP_ABOUT),
                    "words": read_name,
                    "basis": read_text,
                    "since": read_day,
                },
                {},
            )
        ),
        "escalation": read_escalation,
        "counters": list_of(
            record(
                {"id": read_text, "name": read_name, "agency": read_text},
                {"services": list_of(read_text)},
            )
        ),
        "complaints": read_complaint_desk,
        "places": by_name(read_text),
    },
)
#: agencies.yaml
AGENCIES = list_of(
    record(
        {"id": read_text, "name": read_name, "kind": read_text},
        {
            "stays": list_of(record({}, {"since": read_day, "until": read_day})),
            "email": read_text,
            "office": read_name,
            "hours": list_of(
                record({"since": read_day, "basis": read_text, "week": _WEEK}, {"until": read_day})
            ),
            "works": list_of(
                record({"since": read_day, "basis": read_text, "days": list_of(one_of(DAYS))}, {})
            ),
        },
    )
)
#: positions.yaml
POSITIONS = list_of(
    record({"id": read_text, "agency": read_text, "name": read_name}, {"superior": read_text})
)
#: officers.yaml
OFFICERS = list_of(
    record(
        {"login": read_text},
        {
            "role": read_text,
            "roles": list_of(read_text),
            "agency": read_text,
            "positions": list_of(read_text),
            "registrar_for": list_of(read_text),
            "data_protection": read_flag,
            "person": read_text,
            "disabled": read_flag,
            "email": read_text,
            **product_files.PRINTED,
        },
    )
)


def region_of(data: Mapping[str, Any]) -> Region:
    """The region as its file says it."""
    return Region(
        data["code"],
        data["letters"],
        Name.from_dict(data["name"]),
        data["zone"],
        data.get("quiet_hours", quiet_hours.DEFAULT),
        data.get("secretariat"),
        data.get("looks_kept"),
        tuple(JoinedPair(**pair) for pair in data.get("joined", ())),
        data.get("erase_within", erasing.DEFAULT_DAYS),
        product_files.number_patterns(data),
        data.get("head"),
        data.get("archive_rule"),
        tuple(
            SlipText(each["about"], Name.from_dict(each["words"]), each["basis"], each["since"])
            for each in data.get("slip_texts", ())
        ),
        data.get("escalation", escalation.DEFAULT),
        tuple(Counter.from_dict(each) for each in data.get("counters", ())),
        data.get("complaints"),
        data.get("places", {}),
    )


def position_of(data: Mapping[str, Any]) -> Position:
    """A position as its file says it."""
    name = Name.from_dict(data["name"])
    return Position(data["id"], data["agency"], name, data.get("superior"))


def agency_of(data: Mapping[str, Any]) -> Agency:
    """An agency as its file says it."""
    stays = tuple(Stay(stay.get("since"), stay.get("until")) for stay in data.get("stays", ()))
    office = Name.from_dict(data["office"]) if "office" in data else None
    name = Name.from_dict(data["name"])
    return Agency(
        data["id"],
        name,
        data["kind"],
        stays,
        data.get("email"),
        office,
        tuple(
            Hours(each["since"], each["basis"], each["week"], each.get("until"))
            for each in data.get("hours", ())
        ),
        tuple(
            WorkPattern(each["since"], each["basis"], tuple(each["days"]))
            for each in data.get("works", ())
        ),
    )


def officer_of(data: Mapping[str, Any]) -> Officer:
    """An officer as their file says it."""
    # `role` is what files said while an account had one; both may be said, the first role first.
    said = [data["role"]] if "role" in data else []
    more = data.get("roles", ())
    first, *others = [*said, *(more[1:] if said == more[:1] else more)] or [""]
    return Officer(
        data["login"],
        first,
        data.get("agency"),
        tuple(data.get("positions", ())),
        data.get("disabled", False),
        tuple(others),
        tuple(data.get("registrar_for", ())),
        data.get("data_protection", False),
        data.get("person"),
    )
