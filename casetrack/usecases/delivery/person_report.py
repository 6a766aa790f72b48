"""What a person who asks is told: the data kept about them, whom they were given to, and who looked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from casetrack.domain.case.case_people import kept_as
from casetrack.domain.errors import BadInput
from casetrack.domain.events import instant
from casetrack.domain.people import contact
from casetrack.domain.people.readings import ANSWERED_WITHIN
from casetrack.domain.region.region_data import Agency
from casetrack.storage.case import queries
from casetrack.storage.delivery import delivery_lists, subscriptions
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.people import readings
from casetrack.usecases.case.complaint_views import complaints_of_subject
from casetrack.usecases.context import Context
from casetrack.usecases.people import subjects
from casetrack.usecases.people.subjects import Person

#: Rows of one read.
_AT_ONCE = 500


def person_report(ctx: Context, person: Person, asked: datetime | None = None) -> dict[str, Any]:
    """For the person's eyes: `held` as `subjects.show` gives it, `messages`, `systems`, `complaints`,
    `looks`.

    `asked` is when they asked, on the region's clock, by default now; `answer_by` the last moment to
    answer. A look is told by
    its agency, never by the officer. It is handed out, so it is written down first.

    Raises BadInput: they are still to ask.
    """
    record, calendar = ctx.region(person.region)
    now = ctx.database.now()
    asked = asked.replace(tzinfo=calendar.zone) if asked else now
    if asked > now:
        raise BadInput("--asked: that moment is still to come; give when they asked")
    held = subjects.show(ctx, person)
    roles: dict[str, list[Mapping[str, Any]]] = {}
    for party in held["parties"]:
        roles.setdefault(party["number"], []).append(party)
    agencies = record.agencies
    complained = complaints_of_subject(ctx, person.region, person.subject)
    came = {**_came(roles), **{each["number"]: "" for each in complained}}
    return {
        "subject": person.subject,
        "region": person.region,
        "zone": calendar.zone.key,
        "asked_at": instant(asked),
        "answer_by": instant(asked + ANSWERED_WITHIN),
        "held": held,
        "messages": _messages(ctx, person.region, roles),
        "systems": _systems(ctx, person.region, list(roles), agencies),
        "complaints": complained,
        "looks": _looks(ctx, person.region, came, agencies),
    }


def _messages(
    ctx: Context, region: str, roles: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """What was sent to them, and the address of that channel as it stands now."""
    found = []
    for number, parties in roles.items():
        data = {party["role"]: party["data"] or {} for party in parties}
        with ctx.database.read() as connection:
            case = queries.case(connection, region, number)
        for row, joined in _deliveries(ctx, region, number, list(data)):
            at = instant(row.ended_at or row.recorded_at)
            # Who stood in the role when it went out, or was for the last time to: another may now.
            tried = instant(row.recorded_at) if row.state == "cancelled" else at
            role = kept_as(case.state, row.role, tried) if case else row.role
            if role in data and (row.attempts or row.state == "delivered"):
                found.append(
                    {
                        "number": number,
                        "at": at,
                        "types": [row.type, *joined],
                        "channel": row.channel,
                        "address": contact.address(data[role], row.channel),
                        "state": row.state,
                    }
                )
    return found


def _deliveries(
    ctx: Context, region: str, number: str, roles: Collection[str]
) -> list[tuple[DeliveryRow, list[str]]]:
    """Each with the types of further events that its message was about."""
    rows: list[tuple[DeliveryRow, list[str]]] = []
    after = None
    while True:
        with ctx.database.read() as connection:
            page = delivery_lists.of_case(
                connection, region, number, roles, after=after, limit=_AT_ONCE
            )
            places = [(row.region, row.lane, row.position) for row in page]
            joined = delivery_lists.joined(connection, places)
        rows += [(row, joined.get(at, [])) for row, at in zip(page, places, strict=True)]
        if len(page) < _AT_ONCE:
            return rows
        after = (page[-1].position, page[-1].role)


def _systems(
    ctx: Context, region: str, numbers: Sequence[str], agencies: Mapping[str, Agency]
) -> list[dict[str, Any]]:
    """Agencies whose systems were told of the cases by webhook: of what happened, not of the person."""
    with ctx.database.read() as connection:
        told = subscriptions.told_of(connection, region, numbers)
    return [
        {"number": number, "agency": agency, "office": _office(agencies, agency), "events": count}
        for number, agency, count in told
    ]


def _came(roles: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """Their cases, each with the moment at which they came into it; empty: from the beginning."""
    return {
        number: min(str(party.get("came_at", "")) for party in parties)
        for number, parties in roles.items()
    }


def _looks(
    ctx: Context, region: str, came: Mapping[str, str], agencies: Mapping[str, Agency]
) -> list[dict[str, Any]]:
    """Each look at their cases since they came, and at their complaints, the oldest first,
    with the agency that looked."""
    found: dict[Any, Any] = {}
    for number, since in came.items():
        before = None
        while True:
            with ctx.database.read() as connection:
                page = readings.of_case(connection, region, number, before=before, limit=_AT_ONCE)
            seen = [each for each in page if instant(each.at) >= since]
            found.update({(each.at, each.reading): each for each in seen})
            if len(page) < _AT_ONCE:
                break
            before = (page[-1].at, page[-1].reading)
    return [
        {
            "at": instant(look.at),
            "agency": look.agency,
            "office": _office(agencies, look.agency),
            "role": look.role,
            "kind": look.kind,
            "cases": [number for number in look.cases if number in came],
        }
        for _, look in sorted(found.items())
    ]


def _office(agencies: Mapping[str, Agency], agency: str | None) -> dict[str, str] | None:
    """The agency's name; null of the region itself, and of an agency that is not there any more."""
    known = agencies.get(agency or "")
    return {"id": known.name.id, "en": known.name.en} if known else None
