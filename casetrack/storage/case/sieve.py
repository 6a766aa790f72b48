"""By what the lists of work are sifted: values of statements that were made once.

A sieve that is absent is a value too (null, false, the end of time), so that there is one statement for
a list as it is, which looks at nothing but the list, and one for a list that is sifted at all.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    bindparam,
    cast,
    exists,
    not_,
    or_,
)

from casetrack.storage import schema
from casetrack.storage.schema import Instant

#: A version of a service.
Version = tuple[str, int]

CASES, STEPS, CLOCKS = schema.cases.c, schema.steps.c, schema.deadlines.c
REGION: Any = bindparam("in_region", type_=String)
AGENCY: Any = bindparam("of_agency", type_=String)
OFFICER: Any = bindparam("of_officer", type_=String)
NOW: Any = bindparam("now", type_=Instant())
#: Before and behind every moment, for SQLite as text.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
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

    @property
    def sifts(self) -> bool:
        """Whether anything is to be left out."""
        given = (self.service, self.waiting_for, self.opened_from, self.opened_before)
        return self.mine or self.unclaimed or self.overdue or any(v is not None for v in given)

    def values(self, takes_in: Collection[Version] = ()) -> dict[str, Any]:
        """Everything that a statement of a list may ask for; `takes_in`: services that the agency takes
        in at its counter."""
        return {
            "in_region": self.region,
            "of_agency": self.agency,
            "of_officer": self.officer,
            "now": self.now,
            "mine": self.mine,
            "unclaimed": self.unclaimed,
            "overdue": self.overdue,
            "urgent_before": self.now if self.overdue else LAST,
            "service": self.service,
            "waiting_for": self.waiting_for,
            "opened_from": self.opened_from,
            "opened_before": self.opened_before,
            "versions": sorted(f"{service}:{version}" for service, version in takes_in),
        }


def _absent_or(name: str, column: ColumnElement[Any], test: Any) -> ColumnElement[bool]:
    value = bindparam(name, type_=column.type)
    return or_(cast(value, column.type).is_(None), test(value))


def _flag(name: str) -> Any:
    return cast(bindparam(name, type_=Boolean), Boolean)


def of_case() -> list[ColumnElement[bool]]:
    """What is asked of a case itself."""
    return [
        _absent_or("service", CASES.service, lambda value: CASES.service == value),
        _absent_or("waiting_for", CASES.waiting_for, lambda value: CASES.waiting_for == value),
    ]


def of_days(moment: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    """From one moment on, before another: of the opening, or of a notice."""
    return [
        _absent_or("opened_from", moment, lambda value: moment >= value),
        _absent_or("opened_before", moment, lambda value: moment < value),
    ]


def of_the_step() -> list[ColumnElement[bool]]:
    """What is asked of the step that a row is about."""
    return [
        or_(not_(_flag("mine")), STEPS.assignee == OFFICER),
        or_(not_(_flag("unclaimed")), STEPS.assignee.is_(None)),
    ]


def of_its_steps() -> list[ColumnElement[bool]]:
    """What is asked of the steps and clocks of a case as a whole."""
    held = (
        STEPS.region == CASES.region,
        STEPS.number == CASES.number,
        STEPS.agency == AGENCY,
        schema.is_one_of(STEPS.status, _HELD),
    )
    late = schema.deadlines.alias("late_clock").c
    runs_out = (late.region == CASES.region, late.number == CASES.number, late.due_at < NOW)
    made = schema.products.c
    waits = (made.region == CASES.region, made.number == CASES.number, made.hand_over_due < NOW)
    return [
        or_(not_(_flag("mine")), exists().where(*held, STEPS.assignee == OFFICER)),
        or_(not_(_flag("unclaimed")), ~exists().where(*held, STEPS.assignee.is_not(None))),
        or_(not_(_flag("overdue")), exists().where(*runs_out), exists().where(*waits)),
    ]
