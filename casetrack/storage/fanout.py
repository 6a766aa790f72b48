"""Who receives what was sequenced: one read of each kind a batch, the decision in domain/delivery."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.delivery import (
    Numbered,
    PartyWay,
    Receiver,
    Subscription,
    Told,
    lane,
    receivers,
)
from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork


def fan_out(
    uow: UnitOfWork,
    region: str,
    rows: Sequence[Any],
    entries: Sequence[Mapping[str, Any]],
    told: Told,
) -> list[str]:
    """Write the deliveries of a batch and wake their lanes; gives the lanes that are due."""
    parties = _parties(uow, region, {_number(row) for row in rows if told(row.type)})
    subscriptions: Sequence[Subscription] = ()
    deliveries = []
    for row, entry in zip(rows, entries, strict=True):
        number = _number(row)
        numbered = Numbered(row.type, row.stream, None, frozenset())
        for receiver in receivers(numbered, parties.get(number, ()), subscriptions, told):
            deliveries.append(_delivery(row, entry, receiver))
    if not deliveries:
        return []
    uow.execute(insert(schema.deliveries), deliveries)
    # Sorted, so that two transactions never wait for each other crosswise.
    due = sorted({d["lane"] for d in deliveries if d["state"] == "pending"})
    if due:
        wake_lanes(uow, region, due, max(row.recorded_at for row in rows))
    return due


def _number(row: Any) -> str:
    """The case that the event is about: the stream itself, or what a companion stream is named after."""
    number: str = row.stream.rpartition("/")[2]
    return number


def _parties(uow: UnitOfWork, region: str, numbers: set[str]) -> dict[str, list[PartyWay]]:
    if not numbers:
        return {}
    table = schema.parties
    found: dict[str, list[PartyWay]] = {}
    for row in uow.execute(
        select(table.c.number, table.c.role, table.c.channel)
        .where(table.c.region == region, table.c.number.in_(sorted(numbers)))
        .order_by(table.c.number, table.c.role)
    ):
        found.setdefault(row.number, []).append(PartyWay(row.role, row.channel))
    return found


def _delivery(row: Any, entry: Mapping[str, Any], receiver: Receiver) -> dict[str, Any]:
    # An imported log has one lane a case under the name of its stream.
    number = row.stream if row.stream.startswith("import/") else _number(row)
    possible = receiver.channel is not None
    return {
        "region": entry["region"],
        "lane": lane(number, receiver.name),
        "position": entry["position"],
        "number": number,
        "role": receiver.name,
        "channel": receiver.channel or "none",
        "type": row.type,
        "stream": row.stream,
        "version": row.version,
        "state": "pending" if possible else "not_possible",
        "attempts": 0,
        "recorded_at": row.recorded_at,
        "ended_at": None if possible else row.recorded_at,
    }


def wake_lanes(uow: UnitOfWork, region: str, names: Sequence[str], now: datetime) -> None:
    """These lanes have something to deliver."""
    make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    statement = make(schema.lanes)
    # A lane with something unfinished keeps its time: the new one comes behind it.
    due_at = func.coalesce(schema.lanes.c.due_at, statement.excluded.due_at)
    uow.execute(
        statement.on_conflict_do_update(index_elements=["region", "lane"], set_={"due_at": due_at}),
        [{"region": region, "lane": name, "due_at": now, "fence": 0} for name in names],
    )
