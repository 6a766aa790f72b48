"""Cases that a search finds: by number, or by the people who stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    literal_column,
    not_,
    select,
    union,
)

from casetrack.storage import schema
from casetrack.storage.case.queries import ListedCase, listed
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.people import search_words
from casetrack.storage.row_sets import Texts, among


@dataclass(frozen=True, slots=True)
class People:
    """Whom a search means: who has any of some numbers, or this NIK; of them, or of everybody where there
    is neither, who has all of these keyed words, the rarest first."""

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    nik_index: str | None = None


_CASES = schema.cases.c
_ROW = select(_CASES.state, schema.regions.c.revision, _CASES.opened_id)
_REGION: Any = bindparam("in_region")
_OF_NUMBER = Fixed(
    _ROW.join(schema.regions, schema.regions.c.region == _CASES.region).where(
        _CASES.region == _REGION, _CASES.number == bindparam("number")
    )
)
#: Behind every event.
_END = 2**63 - 1


def of_number(connection: Connection, region: str, number: str) -> list[ListedCase]:
    """The case with this number, as a list of one."""
    return listed(ask(connection, _OF_NUMBER, {"in_region": region, "number": number}))


def of_people(
    connection: Connection,
    region: str,
    agency: str | None,
    people: People,
    hidden: Sequence[str],
    before: int | None,
    limit: int,
) -> list[ListedCase]:
    """Cases of the agency (None: of the region) in which these people stand, newest first.

    Those of hidden services are left out.
    """
    ways = len(people.all_of), bool(people.any_of), people.nik_index is not None
    values = {
        "in_region": region,
        "agency": agency,
        "hidden": [*hidden],
        **search_words.word_values(people.all_of),
        "any_of": [*people.any_of],
        "nik": people.nik_index,
        "before": _END if before is None else before,
        "most": limit,
    }
    fixed = _found(*ways, of_agency=agency is not None)
    return listed(ask(connection, fixed, values))


@cache
def _found(words: int, any_of: bool, nik: bool, *, of_agency: bool) -> Fixed:
    """One statement for each way in which people are looked for."""
    parties = schema.parties.c
    # Told apart before the join: somebody may stand in a case in two roles. By a sum, and so is what is
    # ordered by: no database walks all rows in the order of an index to find a few.
    found = (
        select(parties.region, parties.number.concat(literal_column("''")).label("number"))
        .where(parties.region == _REGION, parties.subject.in_(_subjects(words, any_of, nik)))
        .distinct()
        .subquery("found")
    )
    same = and_(_CASES.region == found.c.region, _CASES.number == found.c.number)
    joined = found.join(schema.cases, same).join(
        schema.regions, schema.regions.c.region == _CASES.region
    )
    newest = _CASES.opened_id + literal_column("0")
    if of_agency:
        mine = schema.case_agencies.c
        theirs = and_(
            mine.region == _REGION,
            mine.agency == bindparam("agency"),
            mine.opened_id == _CASES.opened_id,
        )
        joined = joined.join(schema.case_agencies, theirs)
    query = _ROW.select_from(joined).where(newest < bindparam("before", type_=BigInteger))
    if not of_agency:
        query = query.where(not_(among(_CASES.service, bindparam("hidden", type_=Texts()))))
    return Fixed(query.order_by(newest.desc()).limit(bindparam("most", type_=Integer)))


def _subjects(words: int, any_of: bool, nik: bool) -> Select[Any] | Any:
    if not any_of and not nik:
        return search_words.with_all(words)
    subjects = schema.subjects.c
    ways: list[Select[Any]] = [search_words.with_any()] if any_of else []
    if nik:
        ways += [
            select(subjects.subject).where(subjects.region == _REGION, column == bindparam("nik"))
            for column in (subjects.nik_index, subjects.nik_asked)
        ]
    found = union(*ways) if len(ways) > 1 else ways[0]
    return search_words.those_with(found, words) if words else found
