"""How many rows the lists of work have: exact as far as is counted, and no further than that.

A list that is counted to its end costs as much as is open there. Numbers kept beside the lists would be
one row that all writers of an agency wait for, so a count stops, and says that it did.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, func, literal_column, select, true

from casetrack.domain.case.counter_work import COUNTER_TASKS
from casetrack.storage.case.sieve import Sieve, Version
from casetrack.storage.case.work_lists import Walk, walk_of
from casetrack.storage.fixed import Call, Fixed


@dataclass(frozen=True, slots=True)
class Bounds:
    """Rows of a list that are counted at most, and rows that are looked at to find them."""

    most: int = 1_000
    looked_at: int = 2_000


BOUNDS = Bounds()
#: The lists of an agency, and those that only who takes in services can have.
_OWN = ("work", "overdue", "endorse", "sign")
_OF_COUNTER = (*(task for task in COUNTER_TASKS if task not in _OWN), "tell")


@dataclass(frozen=True, slots=True)
class Counts:
    """List → rows; `at_least` are the lists that have as many, or more: counting stopped there."""

    rows: Mapping[str, int]
    at_least: tuple[str, ...]

    def without(self, name: str) -> "Counts":
        """The same for who is not told how many are on this list."""
        kept = tuple(other for other in self.at_least if other != name)
        return Counts({**self.rows, name: 0}, kept)


@cache
def _counted(walks: tuple[tuple[str, Walk], ...], sifted: bool, bounds: Bounds) -> Fixed:
    """All lists in one statement: of each, how many rows were looked at and how many are on it."""
    each = [_count(name, walk, sifted, bounds) for name, walk in walks]
    query = select(*[column for one in each for column in one.c])
    joined = each[0]
    for one in each[1:]:
        joined = joined.join(one, true())
    return Fixed(query.select_from(joined))


def _count(name: str, walk: Walk, sifted: bool, bounds: Bounds) -> Any:
    tests = [*walk.belongs, *(walk.sifts if sifted else ())]
    if not tests and walk.bare is not None:
        passed: Any = select(literal_column("1").label("fits")).select_from(walk.bare)
        passed = passed.where(*walk.along).limit(literal_column(str(bounds.most + 1)))
    else:
        passed = select(and_(true(), *tests).label("fits")).select_from(walk.found)
        passed = passed.where(*walk.along).order_by(*walk.order)
        passed = passed.limit(literal_column(str(bounds.looked_at + 1)))
    rows = passed.subquery(f"passed_{name}")
    fits = func.count().filter(rows.c.fits) if tests else func.count()
    looked_at = func.count().label(f"looked_at_{name}")
    return select(looked_at, fits.label(f"rows_{name}")).select_from(rows).subquery(name)


def count_of(sieve: Sieve, takes_in: Collection[Version], bounds: Bounds) -> Call:
    """Asks for the rows of all lists under a sieve."""
    names = (*_OWN, *_OF_COUNTER) if takes_in else _OWN
    walks = tuple((name, walk_of(name, sieve, takes_in)) for name in names)
    return _counted(walks, sieve.sifts, bounds), sieve.values(takes_in)


def read_counts(row: Any, bounds: Bounds) -> Counts:
    """What that read gave; a list that the agency cannot have is empty."""
    found, rows, at_least = row._asdict(), {}, []
    for name in ("work", *COUNTER_TASKS, "tell", "overdue"):
        there = found.get(f"rows_{name}", 0)
        rows[name] = min(there, bounds.most)
        if there > bounds.most or found.get(f"looked_at_{name}", 0) > bounds.looked_at:
            at_least.append(name)
    return Counts(rows, tuple(at_least))
