"""How the attempts of a set ended, written down together: locks first, then only what is still held."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, collate, select, update

from casetrack.domain.delivery.receivers import Moved, Receiver
from casetrack.storage import schema
from casetrack.storage.delivery.claims import Claim, first_due_or, moved_values
from casetrack.storage.fixed import Fixed, Tell
from casetrack.storage.row_sets import Changes, Texts, among
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Ended:
    """What a delivery is after an attempt. `moved` says by which channel it goes on."""

    claim: Claim
    state: str
    attempts: int
    error: str | None = None
    not_before: datetime | None = None
    moved: Moved | None = None
    template: str | None = None

    @property
    def queue(self) -> str | None:
        """The queue in which it goes on, where that is another."""
        return Receiver(self.claim.role, self.moved.channel).queue if self.moved else None


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was claimed and not tried: it waits until then or, with None, is as due as it was."""

    claim: Claim
    until: datetime | None = None
    queue: None = None


def write_down(
    uow: UnitOfWork,
    results: Sequence[Ended | PutBack],
    now: datetime,
    goes_on: Callable[[], object] = lambda: None,
) -> set[str]:
    """Write these results, of lanes of one region, and free the lanes; gives those still held.

    A lane whose lease somebody else has taken over is left as it is. Written once: asked again because
    the answer to the commit was lost, it changes nothing. `goes_on` is called, at the latest with the
    commit, where a lane that is freed has something to deliver now.
    """
    if not results:
        return set()

    def tell(rows: Sequence[Any]) -> None:
        if any(row.due_at is not None and row.due_at <= now for row in rows):
            goes_on()

    region = results[0].claim.region
    names = [result.claim.lane for result in results]
    rows = {row.lane: row for row in uow.ask(_LOCK, {"in_region": region, "of_lanes": names})}
    held = [r for r in results if r.claim.lane in rows and _has(rows[r.claim.lane], r.claim)]
    fresh = [result for result in held if rows[result.claim.lane].lease_until is not None]
    _put_back(uow, region, [result for result in fresh if isinstance(result, PutBack)], now, tell)
    _end(uow, region, [result for result in fresh if isinstance(result, Ended)], now, tell)
    return {result.claim.lane for result in held}


def _has(row: Any, claim: Claim) -> bool:
    return bool(row.fence == claim.fence)


def _end(uow: UnitOfWork, region: str, results: Sequence[Ended], now: datetime, tell: Tell) -> None:
    if not results:
        return
    here = {"in_region": region}
    uow.put(_END, {**here, "deliveries": [_ended(result, now) for result in results]})
    if moved := [result for result in results if result.moved is not None]:
        uow.put(_MOVE_ON, {**here, "deliveries": [_moved(result) for result in moved]})
        uow.put(_QUEUE, {**here, "lanes": [_in_queue(result) for result in moved]})
    _free(uow, region, results, now, tell)


def _ended(result: Ended, now: datetime) -> dict[str, Any]:
    claim = result.claim
    return {
        "lane": claim.lane,
        "position": claim.position,
        "state": result.state,
        "attempts": result.attempts,
        "last_error": result.error[:200] if result.error else None,
        "not_before": result.not_before,
        "ended_at": None if result.state == "pending" else now,
        "template": result.template,
    }


def _moved(result: Ended) -> dict[str, Any]:
    place = {"lane": result.claim.lane, "position": result.claim.position}
    return {**place, **moved_values(result.moved)}


def _in_queue(result: Ended) -> dict[str, Any]:
    return {"lane": result.claim.lane, "queue": result.queue}


def _put_back(
    uow: UnitOfWork, region: str, results: Sequence[PutBack], now: datetime, tell: Tell
) -> None:
    if not results:
        return
    here = {"in_region": region}
    lanes: list[Mapping[str, Any]] = [
        {
            "lane": result.claim.lane,
            "lease_until": None,
            # Nobody has been told anything: later events may join it again.
            "claimed": result.claim.position - 1 if result.claim.fresh else None,
        }
        for result in results
    ]
    uow.put(_PUT_BACK, {**here, "lanes": lanes})
    later = [result for result in results if result.until is not None]
    if later:
        waits = [
            {"lane": r.claim.lane, "position": r.claim.position, "not_before": r.until}
            for r in later
        ]
        uow.put(_WAIT, {**here, "deliveries": waits})
        # An older one may have come back meanwhile; it does not wait with this one.
        _free(uow, region, later, now, tell)


def _free(
    uow: UnitOfWork,
    region: str,
    results: Sequence[Ended | PutBack],
    now: datetime,
    tell: Tell,
) -> None:
    """These lanes are free, and due when their first unfinished delivery is: as it is by now."""
    for result in results:
        lane = {"in_region": region, "of_lane": result.claim.lane, "now": now}
        uow.put_and_tell(_FREE, lane, tell)


# --- the statements, made once --------------------------------------------------------------------

_REGION: BindParameter[str] = bindparam("in_region")
_LANES = bindparam("of_lanes", type_=Texts())
_MINE = (schema.lanes.c.region == _REGION, among(schema.lanes.c.lane, _LANES))


def _lock() -> Fixed:
    """The lanes, locked in the order in which the relay locks them too: by code points."""
    lanes = schema.lanes.c
    query = select(lanes.lane, lanes.fence, lanes.lease_until).where(*_MINE).with_for_update()
    # SQLite has no other order, and no name for it.
    return Fixed(query.order_by(collate(lanes.lane, "C")), sqlite=query)


_LOCK = _lock()
_END = Changes(
    schema.deliveries,
    *("state", "attempts", "last_error", "not_before", "ended_at"),
    kept=("template",),
)
_MOVE_ON = Changes(schema.deliveries, "channel", "next_channels", "tried")
_WAIT = Changes(schema.deliveries, "not_before")
_QUEUE = Changes(schema.lanes, "queue")
_PUT_BACK = Changes(schema.lanes, "lease_until", kept=("claimed",))
#: One lane: a set of them leaves the planner the choice to read all of the region.
_FREE = Fixed(
    update(schema.lanes)
    .where(schema.lanes.c.region == _REGION, schema.lanes.c.lane == bindparam("of_lane"))
    .values(lease_until=None, due_at=first_due_or(bindparam("now", type_=schema.Instant())))
    .returning(schema.lanes.c.due_at)
)
