"""The authority register: rows folded from its streams, and the slices that a check reads."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.authority.entries import (
    Entry,
    EntryKind,
    MallStay,
    Post,
)
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.authority.known_then import Once
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register
from casetrack.storage import schema
from casetrack.storage.authority.register_keys import SUCCESSIONS, second_keys, stream_of
from casetrack.storage.keyset import behind
from casetrack.storage.unit_of_work import UnitOfWork, Write

_E, _K = schema.register_entries, schema.register_keys


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an entry, as its row says."""

    kind: EntryKind
    id: str
    revision: int
    state: str
    document: dict[str, Any]
    sha256: str
    entered_by: str
    confirmed_by: str | None
    version: int
    hash: str
    drafted_at: datetime
    confirmed_id: int | None
    confirmed_at: datetime | None
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """As of which moment the register is read; nothing: as it is now."""

    #: Confirmed by events with a smaller id than this: what a decision could know.
    before_id: int | None = None
    at: datetime | None = None


NOW = Known()


# --- reading -------------------------------------------------------------------------------------

_CITED = (
    _E.c.kind,
    _E.c.entry,
    _E.c.document,
    _E.c.version,
    _E.c.hash,
    # Whoever put it in, where nobody has confirmed it since the region was set up.
    case((_E.c.confirmed_by.is_(None), _E.c.entered_by)).label("set_up"),
)
#: By key first and entry second, whichever statistics the database has.
_JOINED = select(*_CITED).where(
    _E.c.region == bindparam("region"),
    tuple_(_E.c.kind, _E.c.entry).in_(
        select(_K.c.kind, _K.c.entry).where(
            _K.c.region == bindparam("region"),
            _K.c.key.in_(bindparam("keys", expanding=True)),
        )
    ),
)
#: Of the many who ever sat in a position only those matter who may sit there still.
_RUNNING = or_(_E.c.until.is_(None), _E.c.until >= bindparam("day"))
_FIRST_NOW = _JOINED.where(_E.c.state == "confirmed")
_SECOND_NOW = _FIRST_NOW.where(or_(_E.c.kind != "incumbency", _RUNNING))
_KNOWN_BEFORE = and_(
    _E.c.confirmed_id < bindparam("known"),
    or_(_E.c.superseded_id.is_(None), _E.c.superseded_id > bindparam("known")),
)
_FIRST_THEN = _JOINED.where(_KNOWN_BEFORE)
_SECOND_THEN = _FIRST_THEN.where(or_(_E.c.kind != "incumbency", _RUNNING))


@lru_cache(maxsize=20_000)
def _parsed(
    kind: str, entry: str, document: str, version: int, digest: str, set_up: str | None
) -> Recorded:
    known = cast(EntryKind, kind)
    return Recorded(
        known,
        entry,
        stored_entry(known, json.loads(document)),
        Cite(stream_of(kind, entry), version, digest, set_up),
    )


def _recorded(row: Any) -> Recorded:
    return _parsed(row.kind, row.entry, row.document, row.version, row.hash, row.set_up)


def slice_for(
    connection: Connection,
    region: str,
    service: str,
    officers: Sequence[str],
    day: date,
    known: Known = NOW,
) -> Register:
    """What a check about this service, these officers and this day needs: two indexed reads.

    First the grants for the service, the officers' letters and all successions; then what those
    name: positions with their superiors, who sits there on that day, papers, withdrawals.
    """
    first, second = (_FIRST_NOW, _SECOND_NOW)
    values: dict[str, Any] = {"region": region}
    if known.before_id is not None:
        first, second = (_FIRST_THEN, _SECOND_THEN)
        values["known"] = known.before_id
    keys = [f"service:{service}", "service:*", SUCCESSIONS, *(f"officer:{o}" for o in officers)]
    found = {
        (recorded.kind, recorded.id): recorded
        for recorded in map(_recorded, connection.execute(first, {**values, "keys": keys}))
    }
    more = sorted(second_keys(found.values()))
    if more:
        values["day"] = day.isoformat()
        rows = connection.execute(second, {**values, "keys": more})
        found |= {(r.kind, r.id): r for r in map(_recorded, rows)}
    return Register(found.values())


def seats_slice(connection: Connection, region: str, officer: str, day: date) -> Register:
    """What says where an officer sits on a day: their letters, the positions, who else sits there; and
    whose papers they keep.
    """
    values: dict[str, Any] = {"region": region}
    keys = [f"officer:{officer}", f"registrar:{officer}"]
    rows = connection.execute(_FIRST_NOW, {**values, "keys": keys})
    found = {(r.kind, r.id): r for r in map(_recorded, rows)}
    more = sorted(second_keys(found.values()))
    if more:
        rows = connection.execute(_SECOND_NOW, {**values, "keys": more, "day": day.isoformat()})
        found |= {(r.kind, r.id): r for r in map(_recorded, rows)}
    return Register(found.values())


def stays(connection: Connection, region: str) -> list[MallStay]:
    """Agencies' times in the mall, as the register has them now."""
    query = select(*_CITED).where(
        _E.c.region == region, _E.c.kind == "stay", _E.c.state == "confirmed"
    )
    entries = (_recorded(row).entry for row in connection.execute(query))
    return [entry for entry in entries if isinstance(entry, MallStay)]


def registrars(connection: Connection, region: str) -> Register:
    """The entries that make registrars, as the register has them now, with the instruments they name."""
    confirmed = select(*_CITED).where(_E.c.region == region, _E.c.state == "confirmed")
    found = [
        _recorded(row) for row in connection.execute(confirmed.where(_E.c.kind == "registrar"))
    ]
    named = {getattr(recorded.entry, "instrument", None) for recorded in found} - {None}
    if named:
        query = confirmed.where(_E.c.kind == "instrument", _E.c.entry.in_(sorted(named)))
        found += map(_recorded, connection.execute(query))
    return Register(found)


def _counted_at(moment: datetime) -> ColumnElement[bool]:
    return and_(
        _E.c.confirmed_at <= moment,
        or_(_E.c.superseded_at.is_(None), _E.c.superseded_at > moment),
    )


def whole(connection: Connection, region: str, known: Known = NOW) -> Register:
    """The whole register of a region, as it is or was known."""
    query = select(*_CITED).where(_E.c.region == region)
    if known.before_id is not None:
        query = query.where(_KNOWN_BEFORE)
    elif known.at is not None:
        query = query.where(_counted_at(known.at))
    else:
        query = query.where(_E.c.state == "confirmed")
    values = {"known": known.before_id} if known.before_id is not None else {}
    return Register(_recorded(row) for row in connection.execute(query, values))


_REVISION = select(
    _E.c.kind,
    _E.c.entry,
    _E.c.revision,
    _E.c.state,
    _E.c.document,
    _E.c.sha256,
    _E.c.entered_by,
    _E.c.confirmed_by,
    _E.c.version,
    _E.c.hash,
    _E.c.drafted_at,
    _E.c.confirmed_id,
    _E.c.confirmed_at,
    _E.c.superseded_at,
)


def _revision(row: Any) -> Revision:
    kind, entry, revision, state, document, *rest = row
    return Revision(kind, entry, revision, state, json.loads(document), *rest)


def revisions(connection: Connection, region: str, kind: str, entry: str) -> list[Revision]:
    """Every revision of one entry, the oldest first."""
    query = _REVISION.where(_E.c.region == region, _E.c.kind == kind, _E.c.entry == entry)
    return [_revision(row) for row in connection.execute(query.order_by(_E.c.revision))]


class Counted(NamedTuple):
    """A revision that counts or once did, with who stands for it."""

    once: Once
    state: str
    entered_by: str
    confirmed_by: str | None
    confirmed_at: datetime


def counted(connection: Connection, region: str) -> list[Counted]:
    """Every revision that ever counted, by kind and id."""
    query = select(
        *_CITED, _E.c.confirmed_id, _E.c.superseded_id, _E.c.state, _E.c.entered_by,
        _E.c.confirmed_by, _E.c.confirmed_at,
    ).where(_E.c.region == region, _E.c.confirmed_id.is_not(None))  # fmt: skip
    return [
        Counted(
            Once(row.confirmed_id, row.superseded_id, _recorded(row)),
            row.state,
            row.entered_by,
            row.confirmed_by,
            row.confirmed_at,
        )
        for row in connection.execute(query.order_by(_E.c.kind, _E.c.entry, _E.c.revision))
    ]


def entries(
    connection: Connection,
    region: str,
    *,
    kind: str | None,
    state: str,
    known_at: datetime | None = None,
    after: tuple[str, str, int] | None,
    limit: int,
) -> list[Revision]:
    """Revisions in a state by kind, id and number; `after` is the last one of the page before.

    With `known_at` those that were confirmed and counted at that moment, whatever their state now.
    """
    counts: ColumnElement[bool] = _E.c.state == state
    if known_at is not None:
        counts = _counted_at(known_at)
    elif state == "drafted":
        # As the partial index says it: the few that wait are found without walking along all.
        counts = literal_column("register_entries.state") == literal_column("'drafted'")
    query: Select[Any] = _REVISION.where(_E.c.region == region, counts)
    if kind is not None:
        query = query.where(_E.c.kind == kind)
    order = (_E.c.kind, _E.c.entry, _E.c.revision)
    if after is not None:
        query = query.where(behind(order, after))
    query = query.order_by(*order).limit(limit)
    return [_revision(row) for row in connection.execute(query)]


# --- writing: rows as the events make them ---------------------------------------------------------


def as_text(document: Mapping[str, Any]) -> str:
    """A document as its row keeps it: one spelling, so that rows can be compared."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def last_day(entry: Entry) -> str | None:
    """The last local day on which an entry may matter; None is open."""
    until = getattr(entry, "until", None)
    return until.isoformat() if until else None


def put_revisions(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of new revisions, all of one shape."""
    if rows:
        uow.execute(insert(_E), rows)


def put_reviews(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """What was recorded now and may speak against decisions that were taken before."""
    if rows:
        uow.execute(insert(schema.reviews), rows)


def set_write(region: str, kind: str, entry: str, revision: int, **values: Any) -> Write:
    """A change of one revision's row."""
    return (
        update(_E)
        .where(
            _E.c.region == region,
            _E.c.kind == kind,
            _E.c.entry == entry,
            _E.c.revision == revision,
        )
        .values(**values)
    )


def all_revisions(connection: Connection, region: str) -> dict[tuple[str, str], list[Revision]]:
    """Every revision of every entry, the oldest first: for filing a whole folder."""
    query = _REVISION.where(_E.c.region == region).order_by(_E.c.kind, _E.c.entry, _E.c.revision)
    found: dict[tuple[str, str], list[Revision]] = {}
    for row in connection.execute(query):
        found.setdefault((row.kind, row.entry), []).append(_revision(row))
    return found


def posts(connection: Connection, region: str) -> dict[str, Post]:
    """Every position, with every superior that any of its revisions named."""
    query = select(*_CITED).where(
        _E.c.region == region, _E.c.kind == "position", _E.c.confirmed_id.is_not(None)
    )
    found: dict[str, Post] = {}
    for row in connection.execute(query.order_by(_E.c.entry, _E.c.revision)):
        post = _recorded(row).entry
        if isinstance(post, Post):
            before = found[row.entry].superiors if row.entry in found else ()
            found[row.entry] = replace(post, superiors=(*before, *post.superiors))
    return found


def put_keys(uow: UnitOfWork, region: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Keys (key, kind, entry) under which entries are found; those that are there stay."""
    values = [
        {"region": region, "key": key, "kind": kind, "entry": entry}
        for key, kind, entry in sorted(set(rows))
    ]
    if values:
        make = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
        uow.execute(make(_K).on_conflict_do_nothing(), values)
