"""Links between cases as rows, folded from the events of the case that names the other."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, select

from casetrack.domain.case.state import CaseState
from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.row_sets import Rows, Texts, Writes, among
from casetrack.storage.unit_of_work import UnitOfWork

_L = schema.case_links.c
_WRITE = Writes(Rows(schema.case_links, there="stays"))


def link_values(state: CaseState) -> list[dict[str, Any]]:
    """The rows of a case's links; `verify` and `rebuild` compare and write the same."""
    return [
        {
            "region": state.region,
            "number": state.number,
            "kind": link["kind"],
            "other": link["number"],
        }
        for link in state.links
    ]


def put_links(uow: UnitOfWork, before: CaseState | None, after: CaseState) -> None:
    """Write the rows of a case that names others anew; any other case costs nothing."""
    if after.links != (before.links if before else ()):
        uow.put(_WRITE, {"case_links": link_values(after)})


_NAMED_BY = Fixed(
    select(_L.number, _L.kind)
    .where(_L.region == bindparam("region"), _L.other == bindparam("other"))
    .order_by(_L.number, _L.kind)
    .limit(bindparam("limit", type_=Integer))
)


def named_by(connection: Connection, region: str, number: str, limit: int) -> Sequence[Any]:
    """The cases that name this one: number and kind."""
    return ask(connection, _NAMED_BY, {"region": region, "other": number, "limit": limit})


_NAMED = Fixed(
    select(_L.other)
    .where(
        _L.region == bindparam("region"),
        among(_L.number, bindparam("numbers", type_=Texts())),
        among(_L.kind, bindparam("kinds", type_=Texts())),
    )
    .distinct()
)


def reached(
    uow: UnitOfWork, region: str, numbers: Collection[str], kinds: Sequence[str], most: int
) -> dict[str, None]:
    """The cases to which links of these kinds lead from these, themselves included: at most so many and
    one set more. Each set costs one statement."""
    found: dict[str, None] = dict.fromkeys(sorted(numbers))
    fresh = sorted(numbers)
    while fresh and len(found) <= most:
        rows = uow.ask(_NAMED, {"region": region, "numbers": fresh, "kinds": list(kinds)})
        fresh = sorted({row.other for row in rows} - found.keys())
        found |= dict.fromkeys(fresh)
    return found
