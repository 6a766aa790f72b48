"""Decisions and the entries that their passports rest on: found by entry, by officer, by doubt."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, or_, select, text, update

from casetrack.domain.case.state import CaseState
from casetrack.domain.events import Event
from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork

_D, _L = schema.decisions, schema.decision_links


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision with its passport and the case that it belongs to."""

    region: str
    number: str
    version: int
    id: int
    step: str | None
    questioned: str | None
    passport: Mapping[str, Any]
    state: CaseState


@dataclass(frozen=True, slots=True)
class Review:
    """An entry recorded after decisions that it may speak against, and how far they were looked at."""

    region: str
    id: int
    kind: str
    entry: str
    after: int


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """A decision as a list shows it."""

    id: int
    number: str
    version: int
    step: str | None
    action: str
    service: str
    scheme: str
    officer: str
    position: str | None
    form: str | None
    occurred_at: datetime
    questioned: str | None


_SUMMARY = (
    _D.c.id,
    _D.c.number,
    _D.c.version,
    _D.c.step,
    _D.c.action,
    _D.c.service,
    _D.c.scheme,
    _D.c.officer,
    _D.c.position,
    _D.c.form,
    _D.c.occurred_at,
    _D.c.questioned,
)
#: As the partial index says it.
_ACTING = text("decisions.form IN ('plt', 'plh', 'pj')")


def newest(
    connection: Connection,
    region: str,
    *,
    entry: tuple[str, str] | None,
    acting: bool,
    questioned: bool,
    before: int | None,
    limit: int,
    services: Collection[str] | None = None,
) -> list[DecisionSummary]:
    """Decisions, the newest first; `before` is the last one's id of the page before.

    `entry` (kind, id): only those whose passports name it; `services`: only those of these.
    """
    query: Select[Any] = select(*_SUMMARY).where(_D.c.region == region)
    key = _D.c.id
    if entry is not None:
        key = _L.c.id
        same = (_D.c.region, _L.c.region), (_D.c.number, _L.c.number), (_D.c.version, _L.c.version)
        query = query.join(_L, and_(*[mine == its for mine, its in same])).where(
            _L.c.region == region, _L.c.kind == entry[0], _L.c.entry == entry[1]
        )
    if services is not None:
        query = query.where(_D.c.service.in_(sorted(services)))
    if acting:
        query = query.where(_ACTING)
    if questioned:
        query = query.where(_D.c.questioned.is_not(None))
    if before is not None:
        query = query.where(key < before)
    rows = connection.execute(query.order_by(key.desc()).limit(limit))
    return [DecisionSummary(*row) for row in rows]


def last_position(connection: Connection, region: str, number: str) -> str | None:
    """As which position the case was last decided, if a passport says so."""
    table = schema.decisions.c
    return connection.execute(
        select(table.position)
        .where(table.region == region, table.number == number, table.position.is_not(None))
        .order_by(table.version.desc())
        .limit(1)
    ).scalar()


def next_review(connection: Connection, region: str) -> Review | None:
    """The oldest entry of a region whose review is not over."""
    table = schema.reviews
    row = connection.execute(
        select(table.c.region, table.c.id, table.c.kind, table.c.entry, table.c.after)
        .where(table.c.region == region)
        .order_by(table.c.id)
        .limit(1)
    ).first()
    return Review(*row) if row else None


def reviewed(uow: UnitOfWork, review: Review, after: int | None) -> None:
    """Write down how far a review has come; None: to its end."""
    table = schema.reviews
    mine = and_(table.c.region == review.region, table.c.id == review.id)
    if after is None:
        uow.execute(delete(table).where(mine))
    else:
        uow.execute(update(table).where(mine).values(after=after))


def resting_on(
    connection: Connection,
    region: str,
    entries: Sequence[tuple[str, str]],
    *,
    after: int,
    before: int,
    limit: int,
) -> list[DecisionRow]:
    """Decisions whose passports name one of these entries (kind, id), by event id, between two ids."""
    wanted = or_(*[and_(_L.c.kind == kind, _L.c.entry == entry) for kind, entry in entries])
    query = (
        select(
            _D.c.region,
            _D.c.number,
            _D.c.version,
            _D.c.id,
            _D.c.step,
            _D.c.questioned,
            schema.events.c.body,
            schema.cases.c.state,
        )
        .distinct()
        .select_from(_L)
        .join(
            _D,
            and_(
                _D.c.region == _L.c.region,
                _D.c.number == _L.c.number,
                _D.c.version == _L.c.version,
            ),
        )
        .join(
            schema.events,
            and_(
                schema.events.c.region == _D.c.region,
                schema.events.c.stream == _D.c.number,
                schema.events.c.version == _D.c.version,
            ),
        )
        .join(
            schema.cases,
            and_(schema.cases.c.region == _D.c.region, schema.cases.c.number == _D.c.number),
        )
        .where(_L.c.region == region, wanted, _L.c.id > after, _L.c.id < before)
        .order_by(_D.c.id)
        .limit(limit)
    )
    return [
        DecisionRow(
            *row[:6],
            Event.from_body(row.body).data["authority"]["passport"],
            CaseState.from_document(json.loads(row.state)),
        )
        for row in connection.execute(query)
    ]


def question(uow: UnitOfWork, row: DecisionRow, code: str) -> bool:
    """Mark a decision as questioned; False when it is already."""
    changed = uow.execute(
        update(_D)
        .where(
            _D.c.region == row.region,
            _D.c.number == row.number,
            _D.c.version == row.version,
            _D.c.questioned.is_(None),
        )
        .values(questioned=code)
    )
    return bool(changed.rowcount)
