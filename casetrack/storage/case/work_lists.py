"""What is to be done: the open steps of an agency, and the lists of a counter, page by page.

Each list walks an index of what is open in its own order, so that no page grows with what is over or
with what stands behind it. `work_counts` says how many rows a list has.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    exists,
    or_,
    select,
    tuple_,
)

from casetrack.domain.case.state import whole
from casetrack.storage import schema
from casetrack.storage.case.sieve import (
    AGENCY,
    CASES,
    CLOCKS,
    FIRST,
    NOW,
    OFFICER,
    REGION,
    STEPS,
    Sieve,
    Version,
    of_case,
    of_days,
    of_its_steps,
    of_the_step,
)
from casetrack.storage.fixed import Call, Fixed
from casetrack.storage.keyset import behind_given, given_key
from casetrack.storage.row_sets import Texts, among

Key = tuple[Any, ...]
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class StepOfService:
    """A step of a service, and the agency that does it."""

    service: str
    step: str
    agency: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A case on a list of work: its JSON, the step that the row is about, and the key to page by."""

    document: dict[str, Any]
    step: str | None
    key: Key


@dataclass(frozen=True, eq=False, slots=True)
class Walk:
    """Where a list's rows stand, in the order of an index.

    `along` are conditions of the index itself; `belongs` say which of the rows that are passed are on the
    list, `sifts` which of those are left by a sieve.
    """

    found: FromClause
    along: Conditions
    order: Sequence[ColumnElement[Any]]
    belongs: Conditions
    sifts: Conditions
    #: What is enough to count, where nothing is sifted.
    bare: FromClause | None = None


def _with_case(table: Any) -> FromClause:
    # By the region that was found: a second time by its name, and a database begins with all its cases.
    of = table.c
    same = and_(CASES.region == of.region, CASES.number == of.number)
    return table.join(schema.cases, same)  # type: ignore[no-any-return]


def _work(*, mine: bool) -> Walk:
    """Open steps of the agency; those that somebody has by an index of their own."""
    along = [
        STEPS.region == REGION,
        STEPS.assignee == OFFICER if mine else STEPS.agency == AGENCY,
        schema.is_one_of(STEPS.status, schema.OPEN_STEPS),
    ]
    belongs = [STEPS.agency == AGENCY] if mine else []
    sifts = [
        STEPS.urgent_at < bindparam("urgent_before", type_=schema.Instant()),
        *of_the_step(),
        *of_case(),
        *of_days(CASES.opened_at),
    ]
    order = (STEPS.urgent_at, STEPS.number, STEPS.step)
    return Walk(_with_case(schema.steps), along, order, belongs, sifts, schema.steps)


def _seat() -> Walk:
    """Open steps of other agencies, of some services."""
    its = CASES.service + ":" + STEPS.step
    work = _work(mine=False)
    along = [
        STEPS.region == REGION,
        among(STEPS.agency, bindparam("agencies", type_=Texts())),
        schema.is_one_of(STEPS.status, schema.OPEN_STEPS),
    ]
    belongs = [among(its, bindparam("steps_of_services", type_=Texts()))]
    return Walk(work.found, along, work.order, belongs, work.sifts)


def _task(task: str) -> Walk:
    """Cases with which the counter has to do this, oldest first."""
    along = [
        CASES.region == REGION,
        CASES.counter == AGENCY,
        schema.is_one_of(CASES.task, (task,)),
    ]
    sifts = [*of_case(), *of_days(CASES.opened_at), *of_its_steps()]
    return Walk(schema.cases, along, (CASES.opened_id,), (), sifts, schema.cases)


def _late(*, at_counter: bool) -> Walk:
    """Cases of the counter, or with a clock of the agency, whose time is over, each by its first clock.

    Who takes in no service finds its own by an index.
    """
    earlier = schema.deadlines.alias("earlier").c

    def concerns(clock: Any) -> ColumnElement[bool]:
        own: ColumnElement[bool] = clock.agency == AGENCY
        return or_(own, CASES.counter == AGENCY) if at_counter else own

    before = tuple_(earlier.due_at, earlier.step) < tuple_(CLOCKS.due_at, CLOCKS.step)
    along: list[ColumnElement[bool]] = [CLOCKS.region == REGION, CLOCKS.due_at < NOW]
    if not at_counter:
        along.append(CLOCKS.agency == AGENCY)
    belongs = [
        concerns(CLOCKS),
        ~exists().where(
            earlier.region == CLOCKS.region,
            earlier.number == CLOCKS.number,
            before,
            concerns(earlier),
        ),
    ]
    sifts = [*of_case(), *of_days(CASES.opened_at), *of_its_steps()]
    order = (CLOCKS.due_at, CLOCKS.number)
    return Walk(_with_case(schema.deadlines), along, order, belongs, sifts)


def _tell() -> Walk:
    """Cases of services that the agency takes in, of which nobody could be told by a message, each by
    its first such notice; the case may be over."""
    table, earlier = schema.deliveries, schema.deliveries.alias("earlier")
    notice = table.c
    its = CASES.service + ":" + cast(CASES.service_version, String)
    belongs = [
        among(its, bindparam("versions", type_=Texts())),
        # By the day of the notice: among those of these days it is the first.
        *of_days(notice.recorded_at),
        ~exists().where(
            earlier.c.region == notice.region,
            earlier.c.number == notice.number,
            tuple_(earlier.c.position, earlier.c.role) < tuple_(notice.position, notice.role),
            schema.in_person(earlier),
            *of_days(earlier.c.recorded_at),
        ),
    ]
    along = [notice.region == REGION, schema.in_person(table)]
    sifts = [*of_case(), *of_its_steps()]
    return Walk(_with_case(table), along, (notice.position,), belongs, sifts)


@cache
def _walk(name: str, *, mine: bool, at_counter: bool) -> Walk:
    match name:
        case "work":
            return _work(mine=mine)
        case "seat":
            return _seat()
        case "overdue":
            return _late(at_counter=at_counter)
        case "tell":
            return _tell()
    return _task(name)


def walk_of(name: str, sieve: Sieve, takes_in: Collection[Version]) -> Walk:
    """That of a list: for who looks for what they hold, for an agency that takes in services or does not.

    `takes_in` are the versions of services that it does.
    """
    mine, at_counter = sieve.mine and name == "work", bool(takes_in) and name == "overdue"
    return _walk(name, mine=mine, at_counter=at_counter)


@cache
def _page(of: Walk, *, sifted: bool) -> Fixed:
    query = select(CASES.state, *of.order).select_from(of.found)
    query = query.where(*of.along, *of.belongs, behind_given(of.order))
    if sifted:
        query = query.where(*of.sifts)
    return Fixed(query.order_by(*of.order).limit(bindparam("most", type_=Integer)))


def page_of(
    name: str,
    sieve: Sieve,
    takes_in: Collection[Version],
    others: Collection[StepOfService],
    after: Key | None,
    limit: int,
) -> Call:
    """Asks for the rows of a list behind a key; of `seat` these steps of other agencies."""
    of = walk_of(name, sieve, takes_in)
    key = after if after is not None else _FIRST_KEYS.get(name, (0,))
    values = {
        **sieve.values(takes_in),
        "agencies": sorted({other.agency for other in others}),
        "steps_of_services": sorted(f"{other.service}:{other.step}" for other in others),
        **given_key(key),
        "most": limit,
    }
    return _page(of, sifted=sieve.sifts), values


#: Before all rows of a list; of the others 0.
_FIRST_KEYS: dict[str, Key] = {
    "work": (FIRST, "", ""),
    "seat": (FIRST, "", ""),
    "overdue": (FIRST, ""),
}


def read_page(rows: Sequence[Any]) -> list[WorkRow]:
    """The rows that were asked for."""
    return [
        WorkRow(whole(json.loads(row[0])), getattr(row, "step", None), tuple(row[1:]))
        for row in rows
    ]
