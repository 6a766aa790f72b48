"""Who receives what was sequenced: one read of each kind a batch, the decision in domain/delivery."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from casetrack.domain.delivery import (
    Numbered,
    PartyWay,
    Receiver,
    Told,
    lane,
    receivers,
)
from casetrack.storage import schema, subscriptions
from casetrack.storage.bulk import insert_many
from casetrack.storage.unit_of_work import UnitOfWork

#: Rings a batch for one endpoint: who works on it goes on with what else waits for it.
RINGS = 16


def fan_out(
    uow: UnitOfWork,
    region: str,
    rows: Sequence[Any],
    entries: Sequence[Mapping[str, Any]],
    told: Told,
) -> list[str]:
    """Write the deliveries of a batch and wake their lanes; gives the lanes to ring for."""
    now = max(row.recorded_at for row in rows)
    parties = _parties(uow, region, {_number(row) for row in rows if told(row.type)})
    hearing = subscriptions.hearing(uow.connection, region, now)
    agencies, services = _about(uow, region, {row.stream for row in rows}, bool(hearing))
    deliveries: list[dict[str, Any]] = []
    queues: dict[str, Receiver] = {}
    for row, entry in zip(rows, entries, strict=True):
        number = _number(row)
        numbered = Numbered(
            row.type, row.stream, services.get(number), agencies.get(row.stream, frozenset())
        )
        for receiver in receivers(numbered, parties.get(number, ()), hearing, told):
            delivery = _delivery(row, entry, receiver)
            deliveries.append(delivery)
            if delivery["state"] == "pending":
                queues[delivery["lane"]] = receiver
    if not deliveries:
        return []
    insert_many(uow, schema.deliveries, deliveries)
    wake_lanes(uow, region, {name: receiver.queue for name, receiver in queues.items()}, now)
    return _rung(queues)


def _about(
    uow: UnitOfWork, region: str, streams: set[str], wanted: bool
) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Agencies of each stream and service of each case, where a subscription may ask for them."""
    if not wanted:
        return {}, {}
    ours = {stream for stream in streams if not stream.startswith("import/")}
    return (
        subscriptions.agencies_of(uow.connection, region, ours),
        subscriptions.services_of(uow.connection, region, {s.rpartition("/")[2] for s in ours}),
    )


def _rung(queues: Mapping[str, Receiver]) -> list[str]:
    """Whom to ring for: nobody who rests, and an endpoint no oftener than it can be worked on."""
    found, count = [], Counter[str]()
    for name, receiver in queues.items():
        count[receiver.queue] += 1
        bounded = receiver.channel == "webhook" and count[receiver.queue] > RINGS
        if receiver.awake and not bounded:
            found.append(name)
    return found


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


def wake_lanes(uow: UnitOfWork, region: str, queues: Mapping[str, str], now: datetime) -> None:
    """These lanes (with the queue of each) have something to deliver."""
    if not queues:
        return
    insert_many(
        uow,
        schema.lanes,
        # Sorted, so that two transactions never wait for each other crosswise.
        [
            {"region": region, "lane": name, "queue": queue, "due_at": now, "fence": 0}
            for name, queue in sorted(queues.items())
        ],
        # A lane with something unfinished keeps its time: the new one comes behind it.
        "ON CONFLICT (region, lane) DO UPDATE SET "
        "due_at = coalesce(lanes.due_at, excluded.due_at), queue = excluded.queue",
    )
