"""Read-only rows for pages, lists and checks. Every query here has its index (tests/…/test_plans)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, and_, bindparam, func, or_, select

from casetrack.domain.case.state import CaseState, whole
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.region.revisions import Revisions
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Texts, among


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a reader finds it."""

    state: CaseState
    opened_id: int
    #: Of its region, when the case was read.
    revisions: Revisions
    #: Whether its applicant was told that a step waits for somebody with the power; only by the number
    #: that the public types.
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case on a list: its row's JSON, of which a list shows a few fields, and the key to page by."""

    document: dict[str, Any]
    revision: int
    opened_id: int


_CASE = select(schema.cases.c.state, schema.regions.c.revision, schema.cases.c.opened_id).join(
    schema.regions, schema.regions.c.region == schema.cases.c.region
)
_ONE_CASE = Fixed(
    _CASE.add_columns(schema.regions.c.register_revision).where(
        schema.cases.c.region == bindparam("region"),
        schema.cases.c.number == bindparam("number"),
        schema.regions.c.region == bindparam("region"),
    )
)


def case(connection: Connection, region: str, number: str) -> CaseRow | None:
    """One case: one row read."""
    rows = ask(connection, _ONE_CASE, {"region": region, "number": number})
    return case_row(rows[0]) if rows else None


_STALLED = (
    select(schema.stalled_steps.c.number)
    .where(
        schema.stalled_steps.c.region == schema.cases.c.region,
        schema.stalled_steps.c.number == bindparam("number"),
    )
    .exists()
    .label("stalled")
)
_OF_LETTERS = Fixed(
    _CASE.add_columns(schema.regions.c.register_revision, _STALLED).where(
        schema.regions.c.letters == bindparam("letters"),
        schema.cases.c.number == bindparam("number"),
    )
)


def case_of_letters(connection: Connection, letters: str, number: str) -> CaseRow | None:
    """The case of a number, in the region of these letters: one row read."""
    rows = ask(connection, _OF_LETTERS, {"letters": letters, "number": number})
    return replace(case_row(rows[0]), stalled=bool(rows[0].stalled)) if rows else None


def case_row(row: Any) -> CaseRow:
    """The case that stands in such a row."""
    state = CaseState.from_document(json.loads(row.state))
    return CaseRow(state, row.opened_id, Revisions(row.revision, row.register_revision or 0))


@cache
def _list(*, agency: bool, status: bool, service: bool, services: bool) -> Fixed:
    """Newest first, for each way that leads there in its own order: all cases, those of a status or of a
    service, else those of an agency."""
    its, mine = schema.cases.c, schema.case_agencies.c
    query, key = _CASE.where(its.region == bindparam("region")), its.opened_id
    if agency:
        leads = not (status or service)
        same = mine.number == its.number if leads else mine.opened_id == its.opened_id
        key = mine.opened_id if leads else its.opened_id
        query = query.join(schema.case_agencies, and_(mine.region == its.region, same)).where(
            mine.region == bindparam("region"), mine.agency == bindparam("agency")
        )
    if status:
        query = query.where(its.status == bindparam("status"))
    if service:
        query = query.where(its.service == bindparam("service"))
    if services:
        query = query.where(among(its.service, bindparam("services", type_=Texts())))
    query = query.where(key < bindparam("before", type_=BigInteger)).order_by(key.desc())
    return Fixed(query.limit(bindparam("most", type_=Integer)))


#: Behind every event.
_END = 2**63 - 1


def cases(
    connection: Connection,
    region: str,
    *,
    agency: str | None,
    status: str | None,
    service: str | None,
    before: int | None,
    limit: int,
    services: Iterable[str] | None = None,
) -> list[ListedCase]:
    """Newest first; `agency` None is the whole region (auditor). `before` is the last page's key.

    `services` are those that are asked for at all; None is all of them.
    """
    given = {
        "agency": agency,
        "status": status,
        "service": service,
        "services": None if services is None else sorted(services),
    }
    fixed = _list(**{name: value is not None for name, value in given.items()})
    values = {name: value for name, value in given.items() if value is not None}
    here = {"region": region, "before": _END if before is None else before, "most": limit}
    return listed(ask(connection, fixed, {**here, **values}))


def listed(rows: Iterable[Any]) -> list[ListedCase]:
    """Rows of `state`, `revision` and `opened_id` as a list takes them."""
    return [ListedCase(whole(json.loads(row.state)), row.revision, row.opened_id) for row in rows]


def open_cases(connection: Connection, region: str, services: Iterable[str]) -> dict[str, int]:
    """How many cases of these services are open; a service with none is left out."""
    table = schema.cases.c
    # By status, which has its index: of ten million cases some thousands are open.
    rows = connection.execute(
        select(table.service, func.count())
        .where(
            table.region == region,
            table.status.in_(OPEN_CASE),
            table.service.in_(sorted(services)),
        )
        .group_by(table.service)
    )
    return {row[0]: row[1] for row in rows}


def open_of_subjects(
    connection: Connection, region: str, service: str, people: Sequence[str]
) -> list[dict[str, Any]]:
    """Open cases of this service whose applicant is one of these subjects, oldest first."""
    cases_, parties = schema.cases.c, schema.parties.c
    query = (
        select(cases_.state)
        .join(
            schema.parties,
            and_(parties.region == cases_.region, parties.number == cases_.number),
        )
        .where(
            parties.region == region,
            parties.subject.in_(people),
            parties.role == "applicant",
            cases_.status.in_(OPEN_CASE),
            cases_.service == service,
        )
        .order_by(cases_.opened_id)
    )
    return [whole(json.loads(row.state)) for row in connection.execute(query)]


def services_of_cases(
    connection: Connection, region: str, numbers: Sequence[str]
) -> dict[str, tuple[str, int]]:
    """Of which service, in which version, each of these cases is."""
    table = schema.cases.c
    rows = connection.execute(
        select(table.number, table.service, table.service_version).where(
            table.region == region, table.number.in_(numbers)
        )
    )
    return {row.number: (row.service, row.service_version) for row in rows}


def open_numbers(connection: Connection, region: str, *, batch: int) -> Iterator[str]:
    """The numbers of all cases that are not over, page by page."""
    table = schema.cases.c
    after = 0
    while True:
        rows = connection.execute(
            select(table.number, table.opened_id)
            .where(
                table.region == region,
                table.opened_id > after,
                or_(*[table.status == s for s in ("submitted", "in_progress", "returned")]),
            )
            .order_by(table.opened_id)
            .limit(batch)
        ).all()
        if not rows:
            return
        yield from (row.number for row in rows)
        after = rows[-1].opened_id
