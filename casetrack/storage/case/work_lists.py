"""What is to be done: the open steps of an agency, and the lists of a counter, with exact counts.

Each list is a condition on what is open, so that neither a page nor a count grows with what is over.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    text,
)

from casetrack.domain.case.counter_work import COUNTER_TASKS
from casetrack.domain.case.state import whole
from casetrack.storage import schema
from casetrack.storage.keyset import behind

Key = tuple[Any, ...]
#: A version of a service.
Version = tuple[str, int]

_CASES, _STEPS = schema.cases.c, schema.steps.c
#: A step that somebody has, or had when they returned the file.
_HELD = (*schema.OPEN_STEPS, "returned")


@dataclass(frozen=True, slots=True)
class Sieve:
    """By what a list is sifted: `mine` and `unclaimed` look at who holds the steps of the agency."""

    region: str
    agency: str
    officer: str
    now: datetime
    mine: bool = False
    unclaimed: bool = False
    overdue: bool = False
    service: str | None = None
    waiting_for: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None


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


def open_work(
    connection: Connection,
    sieve: Sieve,
    after: tuple[datetime, str, str] | None,
    limit: int,
    others: Collection[StepOfService] | None = None,
) -> list[WorkRow]:
    """Open steps of the agency, or these of other agencies: most urgent first, without a limit last."""
    if others is not None and not others:
        return []
    order = (_STEPS.urgent_at, _STEPS.number, _STEPS.step)
    steps = _open_steps(sieve, [sieve.agency])
    if others is not None:
        steps = _open_steps(sieve, sorted({other.agency for other in others}))
        steps.append(
            or_(
                *[
                    and_(_CASES.service == other.service, _STEPS.step == other.step)
                    for other in sorted(others, key=lambda other: (other.service, other.step))
                ]
            )
        )
    query = select(_CASES.state, *order).select_from(_steps_and_cases()).where(*steps)
    if after is not None:
        query = query.where(behind(order, after))
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [
        WorkRow(whole(json.loads(row.state)), row.step, (row.urgent_at, row.number, row.step))
        for row in rows
    ]


def task_list(
    connection: Connection, sieve: Sieve, task: str, after: int | None, limit: int
) -> list[WorkRow]:
    """Cases with which the counter has to do this, oldest first."""
    query = select(_CASES.state, _CASES.opened_id).where(*_of_task(sieve, task))
    if after is not None:
        query = query.where(_CASES.opened_id > after)
    rows = connection.execute(query.order_by(_CASES.opened_id).limit(limit))
    return [WorkRow(whole(json.loads(row.state)), None, (row.opened_id,)) for row in rows]


def late_list(
    connection: Connection, sieve: Sieve, after: tuple[datetime, str] | None, limit: int
) -> list[WorkRow]:
    """Cases of the counter, or with a step of the agency, whose time is over: the longest first."""
    late = _late(sieve).subquery("late")
    order = (late.c.due_at, late.c.number)
    query = _sifted((_CASES.state, *order), late, sieve).where(*_of_days(sieve))
    if after is not None:
        query = query.where(behind(order, after))
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [WorkRow(whole(json.loads(row.state)), None, (row.due_at, row.number)) for row in rows]


def tell_list(
    connection: Connection, sieve: Sieve, mine: Collection[Version], after: int | None, limit: int
) -> list[WorkRow]:
    """Cases of which somebody is to be told in person, the longest waiting first; `mine`: versions of
    services that the counter takes in."""
    waits = _untold(sieve).subquery("waits")
    order = (waits.c.position,)
    query = _sifted((_CASES.state, *order), waits, sieve).where(_is_version(mine))
    if after is not None:
        query = query.where(waits.c.position > after)
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [WorkRow(whole(json.loads(row.state)), None, (row.position,)) for row in rows]


def versions_to_tell(connection: Connection, sieve: Sieve) -> list[Version]:
    """Which services, in which versions, have somebody to be told: whose counter that is says the
    definition, also of a case that is over."""
    waits = _untold(sieve).subquery("waits")
    query = select(_CASES.service, _CASES.service_version).distinct()
    rows = connection.execute(query.select_from(_with_cases(waits)))
    return [(row.service, row.service_version) for row in rows]


def counts(connection: Connection, sieve: Sieve, mine: Collection[Version]) -> dict[str, int]:
    """List → how many rows it has under this sieve, all in one statement."""
    late, waits = _late(sieve).subquery("late"), _untold(sieve).subquery("waits")
    lists: dict[str, Select[Any]] = {
        "work": _count_of_work(sieve),
        **{
            task: select(func.count()).select_from(schema.cases).where(*_of_task(sieve, task))
            for task in COUNTER_TASKS
        },
        "overdue": _sifted([func.count()], late, sieve).where(*_of_days(sieve)),
        "tell": _sifted([func.count()], waits, sieve).where(_is_version(mine)),
    }
    query = select(*[each.scalar_subquery().label(name) for name, each in lists.items()])
    return dict(connection.execute(query).one()._mapping)


def _count_of_work(sieve: Sieve) -> Select[Any]:
    """Without the cases where nothing is asked of them."""
    sifted = [*_of_case(sieve), *_of_days(sieve)]
    found = _steps_and_cases() if sifted else schema.steps
    return select(func.count()).select_from(found).where(*_open_steps(sieve, [sieve.agency]))


def _steps_and_cases() -> FromClause:
    same = and_(_CASES.region == _STEPS.region, _CASES.number == _STEPS.number)
    return schema.steps.join(schema.cases, same)


def _open_steps(sieve: Sieve, agencies: Sequence[str]) -> list[ColumnElement[bool]]:
    one = len(agencies) == 1
    found = [
        _STEPS.region == sieve.region,
        _STEPS.agency == agencies[0] if one else _STEPS.agency.in_(agencies),
        schema.is_one_of(_STEPS.status, schema.OPEN_STEPS),
        *_of_case(sieve),
        *_of_days(sieve),
    ]
    if sieve.mine:
        found.append(_STEPS.assignee == sieve.officer)
    if sieve.unclaimed:
        found.append(_STEPS.assignee.is_(None))
    if sieve.overdue:
        found.append(_STEPS.urgent_at < sieve.now)
    return found


def _of_task(sieve: Sieve, task: str) -> list[ColumnElement[bool]]:
    return [
        _CASES.region == sieve.region,
        _CASES.counter == sieve.agency,
        _CASES.task == task,
        *_of_case(sieve),
        *_of_days(sieve),
        *_of_steps(sieve),
    ]


def _of_case(sieve: Sieve) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sieve.service is not None:
        found.append(_CASES.service == sieve.service)
    if sieve.waiting_for is not None:
        found.append(_CASES.waiting_for == sieve.waiting_for)
    return found


def _of_days(sieve: Sieve) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sieve.opened_from is not None:
        found.append(_CASES.opened_at >= sieve.opened_from)
    if sieve.opened_before is not None:
        found.append(_CASES.opened_at < sieve.opened_before)
    return found


def _of_steps(sieve: Sieve) -> list[ColumnElement[bool]]:
    """What is asked of the steps and clocks of a case as a whole."""
    held = [
        _STEPS.region == _CASES.region,
        _STEPS.number == _CASES.number,
        _STEPS.agency == sieve.agency,
        _STEPS.status.in_(_HELD),
    ]
    clock = schema.deadlines.c
    found: list[ColumnElement[bool]] = []
    if sieve.mine:
        found.append(exists().where(*held, _STEPS.assignee == sieve.officer))
    if sieve.unclaimed:
        found.append(~exists().where(*held, _STEPS.assignee.is_not(None)))
    if sieve.overdue:
        same = (clock.region == _CASES.region, clock.number == _CASES.number)
        waits = schema.products.c
        its = (waits.region == _CASES.region, waits.number == _CASES.number)
        found.append(
            or_(
                exists().where(*same, clock.due_at < sieve.now),
                exists().where(*its, waits.hand_over_due < sieve.now),
            )
        )
    return found


def _late(sieve: Sieve) -> Select[Any]:
    """Cases whose time, or a step's, is over, each with its first clock that ran out."""
    clock, its = schema.deadlines.c, schema.cases.alias("its")
    same = and_(its.c.region == clock.region, its.c.number == clock.number)
    return (
        select(clock.region, clock.number, func.min(clock.due_at).label("due_at"))
        .select_from(schema.deadlines.join(its, same))
        .where(
            clock.region == sieve.region,
            clock.due_at < sieve.now,
            or_(clock.agency == sieve.agency, its.c.counter == sieve.agency),
        )
        .group_by(clock.region, clock.number)
    )


def _untold(sieve: Sieve) -> Select[Any]:
    """Cases of which nobody could be told by a message, each with its first such notice."""
    notice = schema.deliveries.c
    query = (
        select(notice.region, notice.number, func.min(notice.position).label("position"))
        .where(
            notice.region == sieve.region,
            schema.is_one_of(notice.state, schema.UNTOLD),
            text(schema.TO_PEOPLE_SQL),
        )
        .group_by(notice.region, notice.number)
    )
    # By the day of the notice: the case may be over.
    if sieve.opened_from is not None:
        query = query.where(notice.recorded_at >= sieve.opened_from)
    if sieve.opened_before is not None:
        query = query.where(notice.recorded_at < sieve.opened_before)
    return query


def _with_cases(found: FromClause) -> FromClause:
    # By the region that was found: a second time by its name, and a database begins with all its cases.
    same = and_(_CASES.region == found.c.region, _CASES.number == found.c.number)
    return found.join(schema.cases, same)


def _sifted(wanted: Sequence[Any], found: FromClause, sieve: Sieve) -> Select[Any]:
    query = select(*wanted).select_from(_with_cases(found))
    return query.where(*_of_case(sieve), *_of_steps(sieve))


def _is_version(versions: Collection[Version]) -> ColumnElement[bool]:
    same = [
        and_(_CASES.service == service, _CASES.service_version == version)
        for service, version in sorted(versions)
    ]
    return or_(*same) if same else false()
