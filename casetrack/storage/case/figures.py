"""Figures: their sums as a report reads them, and what the clock needs to keep them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from casetrack.domain.case.counted_case import Counted, Key
from casetrack.domain.case.figure_tables import Sum
from casetrack.domain.events import Event
from casetrack.storage import schema
from casetrack.storage.each_of import each_of
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Rows, Texts, Writes, among
from casetrack.storage.unit_of_work import UnitOfWork

#: In an order, of what has not come.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
#: Sums that one report may be made of.
MOST_SUMS = 100_000

_F, _M, _K = schema.figures.c, schema.figure_marks.c, schema.counted_cases.c
_E, _C = schema.events.c, schema.cases.c
_REGION: Any = bindparam("region")


def _or_all(name: str, column: Any) -> Any:
    given: Any = bindparam(name, type_=column.type)
    return or_(given == literal_column("''"), column == given)


_SUMS = Fixed(
    select(
        _F.figure,
        _F.period,
        _F.service,
        _F.agency,
        _F.step,
        _F.officer,
        _F.cause,
        _F.value,
        _F["count"],
    )
    .where(
        _F.region == _REGION,
        among(_F.figure, bindparam("figures", type_=Texts())),
        among(_F.period, bindparam("periods", type_=Texts())),
        _or_all("service", _F.service),
        _or_all("agency", _F.agency),
        or_(
            _or_all("own_agency", _F.agency),
            among(_F.service, bindparam("own_services", type_=Texts())),
        ),
        _F["count"] != literal_column("0"),
    )
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may read: of an agency (empty: of all), and of these services whoever does what."""

    agency: str = ""
    services: tuple[str, ...] = ()


def sums(
    connection: Connection,
    region: str,
    figures: Sequence[str],
    periods: Sequence[str],
    scope: Scope,
    *,
    service: str,
    agency: str,
) -> list[Sum]:
    """The sums of these figures in these periods (days as YYYY-MM-DD, months as YYYY-MM, now as an empty
    text); of all services and agencies where these are empty. One more than `MOST_SUMS` at most."""
    values = {
        "region": region,
        "figures": list(figures),
        "periods": list(periods),
        "service": service,
        "agency": agency,
        "own_agency": scope.agency,
        "own_services": list(scope.services),
        "most": MOST_SUMS + 1,
    }
    return [Sum(*row) for row in ask(connection, _SUMS, values)]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a region is counted."""

    rules: int
    position: int
    walk: str
    walked: str
    counted_at: datetime


_MARK = Fixed(
    select(_M.rules, _M.position, _M.walk, _M.walked, _M.counted_at).where(_M.region == _REGION)
)


def mark_of(connection: Connection, region: str) -> Mark | None:
    """How far the region is counted; None: nobody began."""
    rows = ask(connection, _MARK, {"region": region})
    return Mark(*rows[0]) if rows else None


def put_mark(uow: UnitOfWork, region: str, before: Mark | None, after: Mark) -> bool:
    """Compare and set: False where another clock counted on meanwhile."""
    values = {name: getattr(after, name) for name in Mark.__slots__}
    if before is None:
        uow.put(_NEW_MARK, {"figure_marks": [{"region": region, **values}]})
        return True
    there = update(schema.figure_marks).where(
        _M.region == region,
        _M.rules == before.rules,
        _M.position == before.position,
        _M.walk == before.walk,
        _M.walked == before.walked,
    )
    return bool(uow.execute(there.values(**values)).rowcount)


_NEW_MARK = Writes(Rows(schema.figure_marks))

_NUMBERS = Fixed(
    select(_C.number)
    .where(_C.region == _REGION, _C.number > bindparam("after"))
    .order_by(_C.number)
    .limit(bindparam("most", type_=Integer))
)


def numbers_behind(connection: Connection, region: str, after: str, limit: int) -> list[str]:
    """The numbers of cases behind one, in their order."""
    values = {"region": region, "after": after, "most": limit}
    return [row.number for row in ask(connection, _NUMBERS, values)]


_EVENTS = each_of(
    select(_E.stream, _E.id, _E.body).where(_E.region == _REGION), _E.stream, "streams"
)


def events_of_cases(
    connection: Connection, region: str, numbers: Sequence[str]
) -> dict[str, list[Event]]:
    """The events of these cases and of their deadlines, in the order in which they were recorded."""
    streams = [stream for number in numbers for stream in (number, f"deadline/{number}")]
    rows = ask(connection, _EVENTS, {"region": region, "streams": streams})
    found: dict[str, list[Event]] = {number: [] for number in numbers}
    for row in sorted(rows, key=lambda row: int(row.id)):
        found[row.stream.rpartition("/")[2]].append(Event.from_body(row.body))
    return found


@dataclass(frozen=True, slots=True)
class CountedBefore:
    """What a case added when it was counted last, and whether it had ended by then."""

    counts: Counter[Key]
    ended: bool


_BEFORE = each_of(
    select(_K.number, _K.ended_at, _K.counts).where(_K.region == _REGION), _K.number, "numbers"
)


def counted_before(
    connection: Connection, region: str, numbers: Sequence[str]
) -> dict[str, CountedBefore]:
    """What these cases added so far."""
    rows = ask(connection, _BEFORE, {"region": region, "numbers": list(numbers)})
    return {row.number: CountedBefore(_read(row.counts), row.ended_at < NEVER) for row in rows}


def _written(counts: Mapping[Key, int]) -> str:
    rows = [[*key, count] for key, count in sorted(counts.items())]
    return json.dumps(rows, separators=(",", ":"))


def _read(written: str) -> Counter[Key]:
    return Counter({Key(*row[:-1]): row[-1] for row in json.loads(written)})


_CASES = Writes(Rows(schema.counted_cases, there="is_overwritten"))


def put_cases(uow: UnitOfWork, region: str, found: Mapping[str, Counted]) -> None:
    """Keep what these cases add, by number."""
    rows = [
        {
            "region": region,
            "number": number,
            "service": case.service,
            "agency": case.agency,
            "complete_at": case.complete_at or NEVER,
            "stopped_at": case.stopped_at or NEVER,
            "ended_at": case.ended_at or NEVER,
            "decided": case.decided,
            "counts": _written(case.counts),
        }
        for number, case in found.items()
    ]
    if rows:
        uow.put(_CASES, {"counted_cases": rows})


_X, _Y = schema.counted_cases.alias("x").c, schema.counted_cases.alias("y").c
#: A case that was decided while another of its service, complete before it and never at a standstill
#: until then, was not.
_OVERTOOK = each_of(
    select(_X.number, _X.service, _X.agency, _X.ended_at).where(
        _X.region == _REGION,
        _X.decided,
        exists().where(
            _Y.region == _X.region,
            _Y.service == _X.service,
            _Y.ended_at > _X.ended_at,
            _Y.complete_at < _X.complete_at,
            _Y.stopped_at > _X.ended_at,
        ),
    ),
    _X.number,
    "numbers",
)


@dataclass(frozen=True, slots=True)
class Overtaker:
    """A case that was decided before one that was ready earlier."""

    number: str
    service: str
    agency: str
    at: datetime


def overtook(uow: UnitOfWork, region: str, numbers: Sequence[str]) -> list[Overtaker]:
    """Which of these decided cases overtook another, and when."""
    if not numbers:
        return []
    rows = uow.ask(_OVERTOOK, {"region": region, "numbers": list(numbers)})
    return [Overtaker(*row) for row in rows]


_ENDED = Fixed(
    select(_K.number)
    .where(_K.region == _REGION, _K.number > bindparam("after"), _K.decided)
    .order_by(_K.number)
    .limit(bindparam("most", type_=Integer))
)


def decided_behind(connection: Connection, region: str, after: str, limit: int) -> list[str]:
    """The numbers of counted cases that were decided, behind one, in their order."""
    values = {"region": region, "after": after, "most": limit}
    return [row.number for row in ask(connection, _ENDED, values)]


_ADD = Writes(
    Rows(schema.figures, there=lambda new: {"count": schema.figures.c["count"] + new["count"]})
)
_CLEAN = Fixed(
    delete(schema.figures).where(_F.region == _REGION, _F["count"] == literal_column("0"))
)


def add(uow: UnitOfWork, region: str, counts: Mapping[Key, int]) -> None:
    """Add these counts to their day and to their month."""
    sums_: Counter[tuple[Any, ...]] = Counter()
    for key, count in counts.items():
        for period in {key.day, key.day[:7]}:
            sums_[(key.figure, period, *key[2:])] += count
    names = ("figure", "period", "service", "agency", "step", "officer", "cause", "value")
    rows = [
        {"region": region, **dict(zip(names, key, strict=True)), "count": count}
        # In one order, whoever else is at it.
        for key, count in sorted(sums_.items())
        if count
    ]
    if rows:
        uow.put(_ADD, {"figures": rows})
        uow.put(_CLEAN, {"region": region})


def clear(uow: UnitOfWork, region: str, limit: int) -> int:
    """Take away some of what was counted; gives how many rows went."""
    gone = 0
    for table in (schema.counted_cases, schema.figures):
        keys = list(table.primary_key)
        some = select(*keys).where(table.c.region == region).order_by(*keys).limit(limit)
        rows = [
            {f"_{name}": value for name, value in row._mapping.items()} for row in uow.execute(some)
        ]
        one = delete(table).where(
            *[key == bindparam(f"_{key.name}", type_=key.type) for key in keys]
        )
        if rows:
            uow.execute(one, rows)
        gone += len(rows)
    return gone


_END = Fixed(select(schema.ledger_heads.c.position).where(schema.ledger_heads.c.region == _REGION))


def ledger_end(connection: Connection, region: str) -> int:
    """Where the region's ledger ends; 0 while it is empty."""
    rows = ask(connection, _END, {"region": region})
    return int(rows[0].position) if rows else 0


_Q = schema.queue.c
_BEHIND = each_of(
    select(schema.ledger.c.stream).where(
        schema.ledger.c.region == _REGION, schema.ledger.c.position > bindparam("after")
    ),
    schema.ledger.c.stream,
    "streams",
)
_QUEUED = Fixed(select(_Q.stream).where(_Q.region == _REGION))


def touched_behind(
    connection: Connection, region: str, position: int, numbers: Sequence[str]
) -> set[str]:
    """Which of these cases have events that stand behind a position of the ledger, or in no place yet."""
    streams = [stream for number in numbers for stream in (number, f"deadline/{number}")]
    values = {"region": region, "streams": streams, "after": position}
    rows = [*ask(connection, _BEHIND, values), *ask(connection, _QUEUED, {"region": region})]
    return {row.stream.rpartition("/")[2] for row in rows}
