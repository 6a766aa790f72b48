"""Who receives what was sequenced: one read of each kind a batch, the decision in domain/delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from casetrack.domain.delivery.receivers import (
    Contact,
    Numbered,
    Receiver,
    Told,
    Ways,
    lane,
    receivers,
)
from casetrack.domain.people import contact as channels
from casetrack.storage import schema
from casetrack.storage.bulk import insert_many
from casetrack.storage.delivery import subscriptions
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Open:
    """A delivery of a person's lane that nobody has begun to send: later events join it."""

    position: int
    channel: str
    then: str | None


def fan_out(
    uow: UnitOfWork,
    region: str,
    rows: Sequence[Any],
    entries: Sequence[Mapping[str, Any]],
    told: Told,
    ways: Ways,
) -> list[str]:
    """Write the deliveries of a batch and wake their lanes; gives the queues to ring for.

    The lanes are locked first, so that nobody claims what an event is about to join, and what was
    claimed meanwhile is seen.
    """
    now = max(uow.time(None), *(row.recorded_at for row in rows))
    contacts = _contacts(uow, region, {_number(row) for row in rows if told(row.type)})
    hearing = subscriptions.hearing(uow.connection, region, now)
    agencies, services = _about(uow, region, {row.stream for row in rows}, bool(hearing))
    wanted: list[tuple[dict[str, Any], Receiver]] = []
    for row, entry in zip(rows, entries, strict=True):
        number = _number(row)
        numbered = Numbered(
            row.type, row.stream, services.get(number), agencies.get(row.stream, frozenset())
        )
        parties = [
            way
            for contact in contacts.get(number, ())
            if (way := ways(contact, row.type, now)) is not None
        ]
        for receiver in receivers(numbered, parties, hearing, told):
            wanted.append((_delivery(row, entry, receiver), receiver))
    if not wanted:
        return []
    first: dict[str, Receiver] = {}
    for delivery, receiver in wanted:
        if delivery["state"] == "pending":
            first.setdefault(delivery["lane"], receiver)
    woken = {name: Woken(r.queue, r.not_before or now) for name, r in first.items()}
    wake_lanes(uow, region, woken)
    _write(uow, region, wanted)
    return _rung(first, now)


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


def _rung(first: Mapping[str, Receiver], now: datetime) -> list[str]:
    """The queues in which something may be tried now: no endpoint that rests."""
    return [
        *dict.fromkeys(
            receiver.queue
            for receiver in first.values()
            if receiver.awake and (receiver.not_before is None or receiver.not_before <= now)
        )
    ]


def _write(uow: UnitOfWork, region: str, wanted: Sequence[tuple[dict[str, Any], Receiver]]) -> None:
    """New deliveries, and the events that join one: one message for one receiver about them all."""
    waiting = _open(uow, region, sorted({d["lane"] for d, receiver in wanted if receiver.joins}))
    new, joined = [], []
    for delivery, receiver in wanted:
        name = delivery["lane"]
        mine = _Open(delivery["position"], delivery["channel"], delivery["next_channels"])
        there = waiting.get(name) if receiver.joins else None
        if there and (there.channel, there.then) == (mine.channel, mine.then):
            joined.append(
                {
                    "region": region,
                    "lane": name,
                    "event_position": delivery["position"],
                    "position": there.position,
                    **{key: delivery[key] for key in ("type", "stream", "version")},
                }
            )
            continue
        new.append(delivery)
        if receiver.joins:
            waiting[name] = mine
    insert_many(uow, schema.deliveries, new)
    insert_many(uow, schema.joined, joined)


def _open(uow: UnitOfWork, region: str, names: Sequence[str]) -> dict[str, _Open]:
    """The newest delivery of each of these lanes, where it was never claimed. Holds their locks."""
    if not names:
        return {}
    deliveries, lanes = schema.deliveries.c, schema.lanes.c
    rows = uow.execute(
        select(deliveries.lane, deliveries.position, deliveries.channel, deliveries.next_channels)
        .join(schema.lanes, and_(lanes.region == deliveries.region, lanes.lane == deliveries.lane))
        .where(
            deliveries.region == region,
            deliveries.lane.in_(names),
            schema.is_one_of(deliveries.state, schema.PENDING),
            deliveries.position > func.coalesce(lanes.claimed, 0),
        )
        .order_by(deliveries.lane, deliveries.position)
    )
    return {row.lane: _Open(row.position, row.channel, row.next_channels) for row in rows}


def _number(row: Any) -> str:
    """The case that the event is about: the stream itself, or what a companion stream is named after."""
    number: str = row.stream.rpartition("/")[2]
    return number


def _contacts(uow: UnitOfWork, region: str, numbers: set[str]) -> dict[str, list[Contact]]:
    if not numbers:
        return {}
    parties, cases = schema.parties.c, schema.cases.c
    found: dict[str, list[Contact]] = {}
    for row in uow.execute(
        select(parties.number, parties.role, parties.channels, cases.service, cases.service_version)
        .join(schema.cases, and_(cases.region == parties.region, cases.number == parties.number))
        .where(parties.region == region, parties.number.in_(sorted(numbers)))
        .order_by(parties.number, parties.role)
    ):
        reached = channels.read(row.channels)
        contact = Contact(row.role, row.service, row.service_version, reached)
        found.setdefault(row.number, []).append(contact)
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
        "next_channels": channels.written(receiver.then),
        "type": row.type,
        "stream": row.stream,
        "version": row.version,
        "state": "pending" if possible else "not_possible",
        "attempts": 0,
        "not_before": receiver.not_before,
        "recorded_at": row.recorded_at,
        "ended_at": None if possible else row.recorded_at,
    }


@dataclass(frozen=True, slots=True)
class Woken:
    """A lane that has something to deliver: its queue, and from when on."""

    queue: str
    due_at: datetime


def wake_lanes(uow: UnitOfWork, region: str, lanes: Mapping[str, Woken]) -> None:
    """These lanes have something to deliver. Holds their locks."""
    if not lanes:
        return
    insert_many(
        uow,
        schema.lanes,
        # Sorted, so that two transactions never wait for each other crosswise.
        [
            {"region": region, "lane": name, "queue": w.queue, "due_at": w.due_at, "fence": 0}
            for name, w in sorted(lanes.items())
        ],
        # A lane with something unfinished keeps its time: the new one comes behind it.
        "ON CONFLICT (region, lane) DO UPDATE SET "
        "due_at = coalesce(lanes.due_at, excluded.due_at), queue = excluded.queue",
    )
