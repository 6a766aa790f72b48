"""Who receives what was sequenced: sets in and sets out, the decision in domain/delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func, select

from casetrack.domain.delivery.receivers import (
    Numbered,
    Receiver,
    Subscription,
    Told,
    Ways,
    lane,
    receivers,
)
from casetrack.domain.people import contact as channels
from casetrack.storage import schema
from casetrack.storage.delivery import audience
from casetrack.storage.delivery.audience import IMPORT, number_of
from casetrack.storage.each_of import each_of
from casetrack.storage.row_sets import Rows
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.storage.whole_writes import WholeWrites

#: What a fan-out gives to be written with the batch.
WRITTEN = (
    Rows(schema.deliveries, without=("tried", "template", "last_error")),
    Rows(schema.joined),
    Rows(schema.ledger_agencies),
)
_deliveries, _lanes = schema.deliveries.c, schema.lanes.c
#: The newest delivery of some lanes that is not done, and how far they were claimed.
_NEWEST = each_of(
    select(
        _deliveries.lane, _deliveries.position, _deliveries.channel, _deliveries.next_channels
    ).where(
        _deliveries.region == bindparam("in_region"),
        schema.is_one_of(_deliveries.state, schema.PENDING),
    ),
    _deliveries.lane,
    "of_lanes",
    last=_deliveries.position,
)
_CLAIMED = each_of(
    select(_lanes.lane, _lanes.claimed).where(
        _lanes.region == bindparam("in_region"), _lanes.claimed.is_not(None)
    ),
    _lanes.lane,
    "of_lanes",
)
_WOKEN = WholeWrites(
    Rows(
        schema.lanes,
        # A lane with something unfinished keeps its time: the new one comes behind it.
        there=lambda new: {
            "due_at": func.coalesce(_lanes.due_at, new.due_at),
            "queue": new.queue,
        },
        without=("lease_until", "claimed"),
    )
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a batch's fan-out made: rows to be written, by their tables' names, and whom to ring for."""

    written: Mapping[str, Sequence[Mapping[str, Any]]]
    rung: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    """A delivery of a person's lane that nobody has begun to send: later events join it."""

    position: int
    channel: str
    then: str | None


#: A delivery and who it is for.
_Wanted = tuple[dict[str, Any], Receiver]


def fan_out(
    uow: UnitOfWork,
    region: str,
    rows: Sequence[Any],
    entries: Sequence[Mapping[str, Any]],
    told: Told,
    ways: Ways,
    *,
    hearing: Sequence[Any],
) -> Heard:
    """Make the deliveries of a batch and wake their lanes; `hearing` are the subscriptions' rows.

    The lanes are locked first, so that nobody claims what an event is about to join, and what was
    claimed meanwhile is seen.
    """
    now = max(uow.time(None), *(row.recorded_at for row in rows))
    about = audience.about(uow, region, rows, told, now)
    subscribed = audience.hearing(hearing, now)
    wanted = _wanted(about, rows, entries, told, ways, subscribed=subscribed, now=now)
    concerned = {"ledger_agencies": _concerned(about, rows, entries)}
    if not wanted:
        return Heard({"deliveries": (), "joined": (), **concerned})
    first: dict[str, Receiver] = {}
    for delivery, receiver in wanted:
        if delivery["state"] == "pending":
            first.setdefault(delivery["lane"], receiver)
    wake_lanes(
        uow, region, {name: Woken(r.queue, r.not_before or now) for name, r in first.items()}
    )
    return Heard({**_made(uow, region, wanted), **concerned}, _rung(first, now))


def _concerned(
    about: audience.About, rows: Sequence[Any], entries: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Which agencies each event concerns, for their feeds."""
    return [
        {"region": entry["region"], "agency": agency, "position": entry["position"]}
        for row, entry in zip(rows, entries, strict=True)
        # A subscription of the region itself belongs to no agency.
        for agency in about.agencies.get(row.stream, ())
        if agency
    ]


def _wanted(
    about: audience.About,
    rows: Sequence[Any],
    entries: Sequence[Mapping[str, Any]],
    told: Told,
    ways: Ways,
    *,
    subscribed: Sequence[Subscription],
    now: datetime,
) -> list[_Wanted]:
    """A delivery for each receiver of each event, in the order of the events."""
    wanted: list[_Wanted] = []
    for row, entry in zip(rows, entries, strict=True):
        number, stream = number_of(row.stream), row.stream
        parties = [
            way
            for contact in about.contacts.get(number, ())
            if contact.hears in (None, (stream, row.version))
            if (way := ways(contact, row.type, now)) is not None
        ]
        numbered = Numbered(
            row.type, stream, about.services.get(number), about.agencies.get(stream, frozenset())
        )
        for receiver in receivers(numbered, parties, subscribed, told):
            wanted.append((_delivery(row, entry, receiver), receiver))
    return wanted


def _rung(first: Mapping[str, Receiver], now: datetime) -> list[str]:
    """The queues in which something may be tried now: no endpoint that rests."""
    return [
        *dict.fromkeys(
            receiver.queue
            for receiver in first.values()
            if receiver.awake and (receiver.not_before is None or receiver.not_before <= now)
        )
    ]


def _made(
    uow: UnitOfWork, region: str, wanted: Sequence[_Wanted]
) -> dict[str, Sequence[Mapping[str, Any]]]:
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
    return {"deliveries": new, "joined": joined}


def _open(uow: UnitOfWork, region: str, names: Sequence[str]) -> dict[str, _Open]:
    """The newest delivery of each of these lanes, where it was never claimed. Holds their locks."""
    if not names:
        return {}
    which = {"in_region": region, "of_lanes": names}
    newest, lanes = uow.ask_all([(_NEWEST, which), (_CLAIMED, which)])
    claimed = {row.lane: row.claimed for row in lanes}
    return {
        row.lane: _Open(row.position, row.channel, row.next_channels)
        for row in sorted(newest, key=attrgetter("position"))
        if row.position > claimed.get(row.lane, 0)
    }


def _delivery(row: Any, entry: Mapping[str, Any], receiver: Receiver) -> dict[str, Any]:
    # An imported log has one lane a case under the name of its stream.
    number = row.stream if row.stream.startswith(IMPORT) else number_of(row.stream)
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
    """These lanes have something to deliver. Holds their locks behind whatever is asked next."""
    if not lanes:
        return
    # Sorted, so that two transactions never wait for each other crosswise.
    rows = [
        {"region": region, "lane": name, "queue": w.queue, "due_at": w.due_at, "fence": 0}
        for name, w in sorted(lanes.items())
    ]
    uow.put(_WOKEN, {"lanes": rows})
