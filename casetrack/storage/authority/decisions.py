"""Decisions and the entries that their passports rest on: found by entry, by officer, by doubt."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)

from casetrack.domain.case.state import CaseState
from casetrack.domain.events import Event, instant
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Numbers, among
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
    #: What the entry says.
    document: Mapping[str, Any]


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


_OF_CASE = Fixed(
    select(
        _D.c.version,
        _D.c.step,
        _D.c.action,
        _D.c.scheme,
        _D.c.officer,
        _D.c.position,
        _D.c.occurred_at,
    )
    .where(_D.c.region == bindparam("region"), _D.c.number == bindparam("number"))
    .order_by(_D.c.version)
)


def of_case(connection: Connection, region: str, number: str) -> list[dict[str, Any]]:
    """The decisions of a case, the oldest first: version, step, action, scheme, officer, position, and
    `at` as text."""
    rows = ask(connection, _OF_CASE, {"region": region, "number": number})
    names = ("version", "step", "action", "scheme", "officer", "position")
    return [
        {**{name: getattr(row, name) for name in names}, "at": instant(row.occurred_at)}
        for row in rows
    ]


_BY_LAW = Fixed(
    select(_D.c.id, schema.cases.c.state)
    .join(
        schema.cases,
        and_(schema.cases.c.region == _D.c.region, schema.cases.c.number == _D.c.number),
    )
    .where(
        _D.c.region == bindparam("region"),
        # As the partial index says it.
        text("decisions.scheme = 'by_law'"),
        _D.c.id < bindparam("before", type_=BigInteger),
    )
    .order_by(_D.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def by_law(
    connection: Connection, region: str, before: int | None, limit: int
) -> list[tuple[int, str]]:
    """Event id and case of what the law granted, the newest first, before the last id of a page."""
    values = {"region": region, "before": before or 2**62, "most": limit}
    return [(row.id, row.state) for row in ask(connection, _BY_LAW, values)]


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
    """As which position the case was last decided, if a passport says so.

    What became of its product since is nobody's case: a superior who did that is not their own superior.
    """
    table = schema.decisions.c
    return connection.execute(
        select(table.position)
        .where(table.region == region, table.number == number, table.position.is_not(None))
        .order_by(table.step.is_(None), table.version.desc())
        .limit(1)
    ).scalar()


_V, _E = schema.reviews.c, schema.register_entries.c
_WAITING = Fixed(
    select(
        _V.id,
        _V.kind,
        _V.entry,
        _V.after,
        select(_E.document)
        .where(_E.region == _V.region, _E.kind == _V.kind, _E.entry == _V.entry)
        .order_by(_E.revision.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
        .label("document"),
    )
    .where(_V.region == bindparam("in_region"))
    .order_by(_V.id)
    .limit(bindparam("most", type_=Integer))
)


def waiting_reviews(connection: Connection, region: str, limit: int) -> list[Review]:
    """The oldest entries of a region whose review is not over."""
    rows = ask(connection, _WAITING, {"in_region": region, "most": limit})
    return [
        Review(region, row.id, row.kind, row.entry, row.after, json.loads(row.document))
        for row in rows
    ]


def _resting() -> Select[Any]:
    given = (
        func.json_to_recordset(cast(bindparam("given"), JSON))
        .table_valued(
            column("review", BigInteger),
            column("kind", String),
            column("entry", String),
            column("after", BigInteger),
        )
        .render_derived(name="given", with_types=True)
    )
    # Looked for entry by entry, whatever is known of the table.
    first = _rests(given.c.kind, given.c.entry, given.c.after, given.c.review)
    found = first.limit(literal_column("1")).lateral("found")
    return select(given.c.review).select_from(given.join(found, true())).distinct()


def _resting_on_sqlite() -> Select[Any]:
    given = func.json_each(bindparam("given")).table_valued("value").alias("given")

    def said(name: str) -> Any:
        return func.json_extract(given.c.value, literal_column(f"'$.{name}'"))

    review: Any = said("review")
    first = _rests(said("kind"), said("entry"), said("after"), review)
    return select(review.label("review")).where(first.exists()).distinct()


def _rests(kind: Any, entry: Any, after: Any, before: Any) -> Select[Any]:
    links = _L.c
    return select(literal_column("1").label("one")).where(
        links.region == bindparam("in_region"),
        links.kind == kind,
        links.entry == entry,
        links.id > after,
        links.id < before,
    )


_RESTING = Fixed(_resting(), sqlite=_resting_on_sqlite())
_OVER = Fixed(
    delete(schema.reviews).where(
        _V.region == bindparam("in_region"), among(_V.id, bindparam("ids", type_=Numbers()))
    )
)


def with_decisions(
    connection: Connection, region: str, about: Sequence[tuple[Review, tuple[str, str]]]
) -> set[int]:
    """Of these reviews, each with an entry (kind, id) that it concerns, those behind which decisions rest
    on one."""
    given = [
        {"review": review.id, "kind": kind, "entry": entry, "after": review.after}
        for review, (kind, entry) in about
    ]
    rows = ask(connection, _RESTING, {"in_region": region, "given": json.dumps(given)})
    return {row.review for row in rows}


def all_reviewed(uow: UnitOfWork, region: str, ids: Sequence[int]) -> None:
    """These reviews are over."""
    uow.put(_OVER, {"in_region": region, "ids": ids})


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
