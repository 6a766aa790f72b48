"""Subscriptions and how their endpoints fare; what of their deliveries is listed and sent again."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    collate,
    func,
    insert,
    literal_column,
    select,
    update,
)

from casetrack.domain.delivery.endpoint_health import Health
from casetrack.domain.delivery.receivers import AGENCY, WEBHOOK, lane
from casetrack.domain.events import COMPANIONS
from casetrack.storage import schema
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Texts, among
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription as it is kept; `sealed` holds its secrets and its owner's address."""

    region: str
    id: str
    agency: str | None
    created_by: str
    created_at: datetime
    types: tuple[str, ...]
    service: str | None
    url: str
    sealed: bytes
    mail: bool
    state: str
    why: str | None
    state_since: datetime
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    slow: bool
    last_error: str | None
    version: int

    @property
    def health(self) -> Health:
        """How the endpoint fares."""
        return Health(self.failures, self.failing_since, self.rests_until, self.slow)


_TABLE = schema.subscriptions
_WHOLE = select(*[_TABLE.c[name] for name in Row.__slots__])
#: One subscription, in whatever state.
ONE = Fixed(
    _WHOLE.where(_TABLE.c.region == bindparam("in_region"), _TABLE.c.id == bindparam("named"))
)


def read(row: Any) -> Row:
    """A subscription, as its row says."""
    values = {name: getattr(row, name) for name in Row.__slots__}
    return Row(**{**values, "types": tuple(json.loads(row.types)), "sealed": bytes(row.sealed)})


def put(uow: UnitOfWork, row: Row) -> None:
    """A new subscription."""
    values = asdict(row)
    uow.execute(insert(_TABLE).values(**{**values, "types": json.dumps(row.types)}))


def change(uow: UnitOfWork, row: Row, **values: Any) -> None:
    """Write these fields of it."""
    if "types" in values:
        values["types"] = json.dumps(values["types"])
    uow.execute(
        update(_TABLE).where(_TABLE.c.region == row.region, _TABLE.c.id == row.id).values(**values)
    )


def find(connection: Connection, region: str, name: str) -> Row | None:
    """One subscription, in whatever state."""
    rows = ask(connection, ONE, {"in_region": region, "named": name})
    return next(map(read, rows), None)


def lock(uow: UnitOfWork, region: str, name: str) -> Row | None:
    """The same, held until the commit."""
    query = _WHOLE.where(_TABLE.c.region == region, _TABLE.c.id == name).with_for_update()
    row = uow.execute(query).first()
    return read(row) if row else None


def all_of(
    connection: Connection, *, region: str | None = None, name: str | None = None
) -> list[Row]:
    """Those that are not removed, oldest first, of one region or of all."""
    query = _WHOLE.where(_TABLE.c.state != "removed")
    if region is not None:
        query = query.where(_TABLE.c.region == region)
    if name is not None:
        query = query.where(_TABLE.c.id == name)
    rows = connection.execute(query.order_by(_TABLE.c.region, _TABLE.c.created_at, _TABLE.c.id))
    return [read(row) for row in rows]


def agencies_of(
    connection: Connection, region: str, streams: Collection[str]
) -> dict[str, frozenset[str]]:
    """Which agencies each of these streams concerns: those of its case, of the subscription, its own."""
    numbers = {stream: stream.rpartition("/")[2] for stream in streams}
    found: dict[str, set[str]] = {}
    # Papers, persons and the rest have streams too, and no steps to be looked for.
    cases = sorted({n for s, n in numbers.items() if s.rpartition("/")[0] in ("", *COMPANIONS)})
    own = sorted({n for stream, n in numbers.items() if stream.startswith(WEBHOOK)})
    for table, column, names in (
        (schema.steps, schema.steps.c.number, cases),
        (_TABLE, _TABLE.c.id, own),
    ):
        if names:
            query = select(column, table.c.agency).where(table.c.region == region)
            for name, agency in connection.execute(query.where(column.in_(names)).distinct()):
                found.setdefault(name, set()).add(agency)
    return {
        stream: frozenset([number] if stream.startswith(AGENCY) else found.get(number, ()))
        for stream, number in numbers.items()
    }


# --- the endpoint ---------------------------------------------------------------------------------


def note_health(uow: UnitOfWork, row: Row, health: Health, error: str | None) -> None:
    """Write down how the endpoint fares; nothing is written while all is well."""
    values = {
        "failures": health.failures,
        "failing_since": health.failing_since,
        "rests_until": health.rests_until,
        "slow": health.slow,
        "last_error": error[:200] if error else None,
    }
    change(uow, row, **values)


def _due_of(uow: UnitOfWork, region: str, name: str, *, after: datetime | None) -> list[str]:
    """Lanes of a queue that are due, or due after this; locked in the relay's order, by code points."""
    lanes = schema.lanes.c
    # SQLite has no other order, and no name for it.
    by_code = collate(lanes.lane, "C") if uow.dialect == "postgresql" else lanes.lane
    due = lanes.due_at.is_not(None) if after is None else lanes.due_at > after
    query = select(lanes.lane).where(lanes.region == region, lanes.queue == name, due)
    return list(uow.execute(query.order_by(by_code).with_for_update()).scalars())


def _set_due(uow: UnitOfWork, region: str, names: Sequence[str], due_at: datetime | None) -> None:
    lanes = schema.lanes
    mine = among(lanes.c.lane, bindparam("of_lanes", names, type_=Texts()))
    uow.execute(update(lanes).where(lanes.c.region == region, mine).values(due_at=due_at))


def wake(uow: UnitOfWork, region: str, name: str, now: datetime) -> None:
    """Everything that waits for this endpoint may be tried at once: it answers again."""
    _set_due(uow, region, _due_of(uow, region, name, after=now), now)


def cancel(uow: UnitOfWork, region: str, name: str, now: datetime) -> int:
    """The endpoint is gone: what still waits for it is cancelled; gives how many."""
    deliveries = schema.deliveries
    # The lanes first, as everybody takes them: then what the relay adds meanwhile is seen below, or
    # wakes its lane again.
    _set_due(uow, region, _due_of(uow, region, name, after=None), None)
    done = uow.execute(
        update(deliveries)
        .where(*_mine(region, name), deliveries.c.state == "pending")
        .values(state="cancelled", ended_at=now)
    ).rowcount
    return int(done)


# --- its deliveries -------------------------------------------------------------------------------

_DELIVERY = select(*[schema.deliveries.c[name] for name in DeliveryRow.__slots__])


def _mine(region: str, name: str) -> tuple[Any, ...]:
    table = schema.deliveries.c
    # In the words of the partial index.
    return (
        table.channel == literal_column("'webhook'", table.channel.type),
        table.region == region,
        table.role == name,
    )


def deliveries(
    connection: Connection,
    region: str,
    name: str,
    *,
    states: Sequence[str],
    before: int | None,
    limit: int,
) -> list[DeliveryRow]:
    """Its deliveries in these states, newest first; one walk of the index a state."""
    table = schema.deliveries.c
    found: list[DeliveryRow] = []
    for state in states:
        query = _DELIVERY.where(*_mine(region, name), table.state == state)
        if before is not None:
            query = query.where(table.position < before)
        rows = connection.execute(query.order_by(table.position.desc()).limit(limit))
        found += [DeliveryRow(*row) for row in rows]
    return sorted(found, key=lambda row: -row.position)[:limit]


def waiting(connection: Connection, region: str, name: str) -> dict[str, int]:
    """How many of its deliveries are pending and given up, counted up to 10,000."""
    table = schema.deliveries.c
    counts = {}
    for state in ("pending", "given_up"):
        some = select(table.position).where(*_mine(region, name), table.state == state)
        few = some.limit(10_000).subquery()
        counts[state] = int(connection.execute(select(func.count()).select_from(few)).scalar_one())
    return counts


def pick_again(
    uow: UnitOfWork,
    region: str,
    name: str,
    *,
    states: Sequence[str],
    position: int | None,
    after: int,
    limit: int,
) -> list[tuple[str, int]]:
    """Lanes and positions of those to be sent again, oldest first."""
    table = schema.deliveries.c
    found: list[tuple[str, int]] = []
    for state in states:
        query = select(table.lane, table.position).where(*_mine(region, name), table.state == state)
        if position is None:
            query = query.where(table.position > after)
        else:
            query = query.where(table.position == position)
        rows = uow.execute(query.order_by(table.position).limit(limit))
        found += [(row.lane, row.position) for row in rows]
    return sorted(found, key=lambda each: each[1])[:limit]


def send_again(uow: UnitOfWork, region: str, picked: Sequence[tuple[str, int]]) -> None:
    """These wait again, from the first attempt on. Their lanes are woken by the caller."""
    table = schema.deliveries
    by_lane: dict[str, list[int]] = {}
    for name, position in picked:
        by_lane.setdefault(name, []).append(position)
    for name, positions in by_lane.items():
        uow.execute(
            update(table)
            .where(table.c.region == region, table.c.lane == name, table.c.position.in_(positions))
            .values(state="pending", attempts=0, not_before=None, ended_at=None)
        )


def note_resend(uow: UnitOfWork, values: dict[str, Any]) -> None:
    """Who sent what again, when and why."""
    uow.execute(insert(schema.resends).values(**values))


def told_of(
    connection: Connection, region: str, numbers: Sequence[str]
) -> list[tuple[str, str | None, int]]:
    """Which agencies' endpoints took events of these cases, and how many: number, agency, count.

    Subscriptions that were removed count as well. One walk of the primary key for each lane.
    """
    table = schema.deliveries.c
    rows = connection.execute(select(_TABLE.c.id, _TABLE.c.agency).where(_TABLE.c.region == region))
    owners = {row.id: row.agency for row in rows}
    found: dict[tuple[str, str | None], int] = {}
    for number in numbers:
        lanes = [lane(number, name) for name in owners]
        query = (
            select(table.role, func.count())
            .where(table.region == region, table.lane.in_(lanes), table.state == "delivered")
            .group_by(table.role)
        )
        for role, count in connection.execute(query):
            key = (number, owners[role])
            found[key] = found.get(key, 0) + count
    return [(number, agency, count) for (number, agency), count in found.items()]
