"""What is read to know who receives the events of a batch: sets, whatever their number."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select

from casetrack.domain.delivery.endpoint_health import HEARING
from casetrack.domain.delivery.receivers import (
    AGENCY,
    OFFICER,
    WEBHOOK,
    Contact,
    Subscription,
    Told,
)
from casetrack.domain.people import contact as channels
from casetrack.domain.people.former_roles import is_former
from casetrack.storage import schema
from casetrack.storage.each_of import each_of
from casetrack.storage.fixed import Call, Fixed, ask_all
from casetrack.storage.people.told_parties import is_told
from casetrack.storage.row_sets import Texts, among
from casetrack.storage.unit_of_work import UnitOfWork

#: Streams of logs of the past: they are about no case of ours.
IMPORT = "import/"

_REGION: Any = bindparam("in_region")
_parties, _cases, _steps = schema.parties.c, schema.cases.c, schema.steps.c
_subscriptions = schema.subscriptions.c
#: Whom the relay makes deliveries for.
_HEARING = Fixed(
    select(
        _subscriptions.id,
        _subscriptions.types,
        _subscriptions.service,
        _subscriptions.agency,
        _subscriptions.mail,
        _subscriptions.state,
        _subscriptions.rests_until,
    )
    .where(_subscriptions.region == _REGION, _subscriptions.state != "removed")
    .order_by(_subscriptions.id)
)
_PARTIES = each_of(
    select(_parties.number, _parties.role, _parties.channels, _parties.hears).where(
        _parties.region == _REGION, is_told(bindparam("now", type_=schema.Instant()))
    ),
    _parties.number,
    "numbers",
)
_CASES = each_of(
    select(_cases.number, _cases.service, _cases.service_version).where(_cases.region == _REGION),
    _cases.number,
    "numbers",
)
_AGENCIES = each_of(
    select(_steps.number, _steps.agency).where(_steps.region == _REGION).distinct(),
    _steps.number,
    "numbers",
)
_OWNERS = Fixed(
    select(_subscriptions.id.label("number"), _subscriptions.agency).where(
        _subscriptions.region == _REGION,
        among(_subscriptions.id, bindparam("numbers", type_=Texts())),
    )
)


def hearing_of(region: str) -> Call:
    """The read of a region's subscriptions, one of a batch's first."""
    return _HEARING, {"in_region": region}


def hearing(rows: Sequence[Any], now: datetime) -> list[Subscription]:
    """What that read gave. An ended subscription hears its own end."""
    return [
        Subscription(
            row.id,
            tuple(json.loads(row.types)) if row.state in HEARING else (),
            row.service,
            row.agency,
            mail=row.mail,
            awake=row.state == "active" and (row.rests_until is None or row.rests_until <= now),
        )
        for row in rows
    ]


def number_of(stream: str) -> str:
    """The case that an event is about: the stream itself, or what a companion stream is named after."""
    return stream.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the cases, or other subjects, of a batch's streams."""

    #: The parties that are told, of each case of which something is, by number.
    contacts: dict[str, list[Contact]] = field(default_factory=dict)
    #: Which agencies a stream concerns: those of its case, of the subscription, its own.
    agencies: dict[str, frozenset[str]] = field(default_factory=dict)
    #: The service of each case, by number.
    services: dict[str, str] = field(default_factory=dict)


def about(uow: UnitOfWork, region: str, rows: Sequence[Any], told: Told, now: datetime) -> About:
    """All of it, in one round trip."""
    of_told = {number_of(row.stream) for row in rows if told(row.type)}
    streams = {row.stream for row in rows if not row.stream.startswith(IMPORT)}
    numbers = of_told | {number_of(stream) for stream in streams}
    if not numbers:
        return About()
    calls: list[Call] = [
        (_CASES, {"in_region": region, "numbers": sorted(numbers)}),
        (_PARTIES, {"in_region": region, "numbers": sorted(of_told), "now": now}),
    ]
    if streams:
        calls += _who_is_concerned(region, streams)
    cases, parties, *concerned = uow.ask_all(calls)
    of_case = {row.number: row for row in cases}
    return About(
        _contacts(parties, of_case),
        _agencies(streams, [row for rows in concerned for row in rows]),
        {number: row.service for number, row in of_case.items()},
    )


def concerned(
    connection: Connection, region: str, streams: AbstractSet[str]
) -> dict[str, frozenset[str]]:
    """Which agencies each of these streams concerns."""
    ours = {stream for stream in streams if not stream.startswith(IMPORT)}
    found = ask_all(connection, _who_is_concerned(region, ours))
    return _agencies(ours, [row for rows in found for row in rows])


def _who_is_concerned(region: str, streams: AbstractSet[str]) -> list[Call]:
    other = (WEBHOOK, AGENCY, OFFICER)
    cases = sorted({number_of(stream) for stream in streams if not stream.startswith(other)})
    own = sorted({number_of(stream) for stream in streams if stream.startswith(WEBHOOK)})
    return [
        (_AGENCIES, {"in_region": region, "numbers": cases}),
        (_OWNERS, {"in_region": region, "numbers": own}),
    ]


def _agencies(streams: AbstractSet[str], rows: Sequence[Any]) -> dict[str, frozenset[str]]:
    concerned: dict[str, set[str]] = {}
    for row in rows:
        concerned.setdefault(row.number, set()).add(row.agency)
    return {
        stream: frozenset(
            [number_of(stream)]
            if stream.startswith(AGENCY)
            else concerned.get(number_of(stream), ())
        )
        for stream in streams
    }


def _contacts(parties: Sequence[Any], of_case: Mapping[str, Any]) -> dict[str, list[Contact]]:
    """The parties that are still told; of who left a role, the one event of which they hear."""
    found: dict[str, list[Contact]] = {}
    for row in sorted(parties, key=attrgetter("number", "role")):
        case = of_case.get(row.number)
        if case is None or (row.hears is None and is_former(row.role)):
            continue
        reached = channels.read(row.channels)
        hears = (row.number, row.hears) if row.hears is not None else None
        contact = Contact(row.role, case.service, case.service_version, reached, hears)
        found.setdefault(row.number, []).append(contact)
    return found
