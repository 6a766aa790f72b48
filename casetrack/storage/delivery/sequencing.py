"""From the queue of the unsequenced to the ledger and the lanes, a batch at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.delivery.receivers import Told, Ways
from casetrack.domain.events import GENESIS, Event
from casetrack.domain.proof.ledger import ledger_hash
from casetrack.storage import schema
from casetrack.storage.delivery import audience, fanout
from casetrack.storage.fixed import Fixed, ask, ask_all
from casetrack.storage.row_sets import Numbers, Rows, among
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.storage.whole_writes import WholeWrites

#: Which way a party hears of an event, as of a revision of the region.
WaysOf = Callable[[int | None], Ways]


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one batch of the relay did."""

    events: int
    #: Region and queue of what may be tried now.
    queues: tuple[tuple[str, str], ...]
    #: The events themselves, where they were asked for.
    read: tuple[Event, ...] = ()


_heads, _queue, _events, _regions = (
    schema.ledger_heads.c,
    schema.queue.c,
    schema.events.c,
    schema.regions.c,
)
_REGION: Any = bindparam("in_region")
# One index probe a region: a skip scan, not a look at the whole queue. From the heads and not from the
# regions, which are the same on every machine where there are many: no sub-query of theirs may ask
# for what lies on one.
_WAITING = Fixed(
    select(_heads.region).where(
        select(_queue.id).where(_queue.region == _heads.region).exists(),
    )
)
# As a rule none: a load makes the head of its region.
_HEADLESS = Fixed(select(_regions.region).except_(select(_heads.region)))
_ALL = Fixed(select(_regions.region).order_by(_regions.region))
_LOCKED_HEAD = Fixed(
    select(_heads.position, _heads.hash)
    .where(_heads.region == _REGION)
    .with_for_update(skip_locked=True)
)
_MADE_HEAD = Fixed(
    postgresql.insert(schema.ledger_heads)
    .values(region=_REGION, position=literal_column("0"), hash=literal_column(f"'{GENESIS}'"))
    .on_conflict_do_nothing()
    # An INSERT's rowcount is not told by every driver; a row that comes back is.
    .returning(_heads.position),
    sqlite=sqlite.insert(schema.ledger_heads)
    .values(region=_REGION, position=literal_column("0"), hash=literal_column(f"'{GENESIS}'"))
    .on_conflict_do_nothing()
    .returning(_heads.position),
)
_first = (
    select(_queue.region, _queue.id, _queue.stream, _queue.version)
    .where(_queue.region == _REGION)
    .order_by(_queue.id)
    .limit(bindparam("most", type_=Integer))
    .subquery("first")
)
# The first of the queue, and only then their events.
_QUEUED = select(
    _first.c.id,
    _first.c.stream,
    _first.c.version,
    _events.hash,
    _events.type,
    _events.recorded_at,
).join_from(_first, schema.events, schema.its_event(_first))
#: Whether the events are wanted themselves → the read of what waits.
_WHAT_WAITS = {False: Fixed(_QUEUED), True: Fixed(_QUEUED.add_columns(_events.body))}
_REVISION = Fixed(select(_regions.revision).where(_regions.region == _REGION))
#: A batch goes in whole: what has no place in the queue any more gets no position.
_BATCH = WholeWrites(
    Rows(schema.ledger),
    *fanout.WRITTEN,
    delete(schema.queue).where(
        _queue.region == _REGION,
        # By index, whatever is known of the table; of those between only what was read.
        _queue.id.between(bindparam("first_id"), bindparam("last_id")),
        among(_queue.id, bindparam("ids", type_=Numbers())),
    ),
    update(schema.ledger_heads)
    .where(_heads.region == _REGION)
    .values(position=bindparam("head_position"), hash=bindparam("head_hash")),
    queue="ids",
    ledger_heads=1,
)


def regions_waiting(connection: Connection) -> list[str]:
    """Regions that have events to be sequenced, or have no head yet."""
    waiting, headless = ask_all(connection, [(_WAITING, {}), (_HEADLESS, {})])
    return [row.region for row in (*waiting, *headless)]


def all_regions(connection: Connection) -> list[str]:
    """Every region, whether it waits or not."""
    return [row.region for row in ask(connection, _ALL, {})]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A region's head, held, and what was read behind it; no head when another relay has it."""

    head: Any
    rows: Sequence[Any]
    hearing: Sequence[Any]
    revision: int | None


def sequence(
    uow: UnitOfWork, region: str, limit: int, told: Told, ways: WaysOf, *, read: bool = False
) -> Sequenced | None:
    """One batch: ledger rows, deliveries and their lanes. None when another relay has the region.

    Round trips are four at most, whatever the number of events: head and queue, who may receive, the
    lanes, all that is written.
    """
    taken = _take(uow, region, limit, read=read)
    if taken.head is None:
        # No head yet, or another relay holds it: only the first case makes one.
        if not uow.ask(_MADE_HEAD, {"in_region": region}):
            return None
        taken = _take(uow, region, limit, read=read)
    rows = taken.rows
    if not rows:
        return Sequenced(0, ())
    entries = _numbered(region, taken)
    heard = fanout.fan_out(
        uow, region, rows, entries, told, ways(taken.revision), hearing=taken.hearing
    )
    uow.put(
        _BATCH,
        {
            "in_region": region,
            "ledger": entries,
            **heard.written,
            "ids": [row.id for row in rows],
            "first_id": rows[0].id,
            "last_id": rows[-1].id,
            "head_position": entries[-1]["position"],
            "head_hash": entries[-1]["hash"],
        },
    )
    rung = tuple((region, name) for name in heard.rung)
    events = tuple(Event.from_body(row.body) for row in rows) if read else ()
    return Sequenced(len(rows), rung, events)


def _take(uow: UnitOfWork, region: str, limit: int, *, read: bool) -> _Taken:
    """Locks the head, and leaves it to another relay that has it; the reads come behind the lock."""
    here = {"in_region": region}
    head, rows, hearing, revision = uow.ask_all(
        [
            (_LOCKED_HEAD, here),
            (_WHAT_WAITS[read], {**here, "most": limit}),
            audience.hearing_of(region),
            (_REVISION, here),
        ]
    )
    in_order = sorted(rows, key=attrgetter("id"))
    return _Taken(
        head[0] if head else None, in_order, hearing, revision[0].revision if revision else None
    )


def _numbered(region: str, taken: _Taken) -> list[dict[str, Any]]:
    """The ledger's rows: the next positions, each hash over the one before."""
    position, previous = taken.head.position, taken.head.hash
    entries = []
    for row in taken.rows:
        position += 1
        digest = ledger_hash(previous, position, row.hash)
        entries.append(
            {
                "region": region,
                "position": position,
                "id": row.id,
                "stream": row.stream,
                "version": row.version,
                "prev_hash": previous,
                "hash": digest,
            }
        )
        previous = digest
    return entries
