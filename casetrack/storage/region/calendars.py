"""What decrees made of days since the package was released, and what counted limits."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Integer, bindparam, select, update

from casetrack.domain.clock import DayKind, NamedDay
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.unit_of_work import UnitOfWork

#: The region of what holds for all of them.
COUNTRY = "ID"

_D, _C, _L = schema.decreed_days.c, schema.calendars.c, schema.deadlines.c
_DECREED = Fixed(
    select(_D.day, _D.kind, _D.name_id, _D.name_en, _D.source)
    .where(_D.region == bindparam("region"))
    .order_by(_D.day)
)


def decreed_days(connection: Connection) -> tuple[NamedDay, ...]:
    """What was decreed and loaded, in the order of the days."""
    rows = ask(connection, _DECREED, {"region": COUNTRY})
    return tuple(
        NamedDay(
            date.fromisoformat(row.day),
            cast(DayKind, row.kind),
            row.name_id,
            row.name_en,
            row.source,
        )
        for row in rows
    )


def put_decreed(uow: UnitOfWork, days: Iterable[NamedDay], now: datetime) -> None:
    """Keep these days; of a day that is there already, what is said now holds."""
    rows = [
        {
            "region": COUNTRY,
            "day": day.day.isoformat(),
            "kind": day.kind,
            "name_id": day.id,
            "name_en": day.en,
            "source": day.source or "",
            "loaded_at": now,
        }
        for day in days
    ]
    uow.execute(upsert(uow.dialect, schema.decreed_days, rows))


def new_revision(uow: UnitOfWork, region: str) -> None:
    """What is kept of the region in processes is read anew; the caller holds its register alone."""
    table = schema.regions
    uow.execute(update(table).where(table.c.region == region).values(revision=table.c.revision + 1))


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """A calendar by which a region's limits were counted: its zone, and its days with their names."""

    version: str
    zone: str
    days: tuple[NamedDay, ...]
    #: Of agencies with a pattern of their own, the rule and its days, as JSON.
    agencies: Any = None


_KEPT = (
    select(_C.version, _C.document)
    .where(_C.region == bindparam("region"))
    .order_by(_C.since.desc(), _C.version)
)
_NEWEST = Fixed(_KEPT.limit(bindparam("limit", type_=Integer)))


def kept_calendars(connection: Connection, region: str, limit: int) -> Sequence[KeptCalendar]:
    """The newest calendars of a region, the one that counts now first."""
    rows = ask(connection, _NEWEST, {"region": region, "limit": limit})
    return [_calendar(row.version, json.loads(row.document)) for row in rows]


def _calendar(version: str, document: dict[str, Any]) -> KeptCalendar:
    days = tuple(NamedDay.from_dict(day) for day in document["days"])
    return KeptCalendar(version, document["zone"], days, document.get("agencies"))


def keep_calendar(uow: UnitOfWork, region: str, calendar: KeptCalendar, now: datetime) -> None:
    """From now on every open limit of the region is counted by this calendar."""
    document = {
        "zone": calendar.zone,
        "days": [day.as_dict() for day in calendar.days],
        "agencies": calendar.agencies,
    }
    row = {
        "region": region,
        "version": calendar.version,
        "document": json.dumps(document, ensure_ascii=False, sort_keys=True),
        "since": now,
    }
    uow.execute(upsert(uow.dialect, schema.calendars, [row]))


_REACHING = Fixed(
    select(_L.number)
    .where(_L.region == bindparam("region"), _L.due_at >= bindparam("since", type_=schema.Instant))
    .where(_L.number > bindparam("after"))
    .group_by(_L.number)
    .order_by(_L.number)
    .limit(bindparam("limit", type_=Integer))
)


def reaching(connection: Connection, region: str, since: datetime, batch: int) -> Iterator[str]:
    """The numbers of cases with a limit that reaches so far, page by page."""
    after = ""
    while True:
        values = {"region": region, "since": since, "after": after, "limit": batch}
        numbers = [row.number for row in ask(connection, _REACHING, values)]
        yield from numbers
        if len(numbers) < batch:
            return
        after = numbers[-1]
