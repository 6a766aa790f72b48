"""Cases that a search finds: by number, or by the people who stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, select, union

from casetrack.storage import schema
from casetrack.storage.case.queries import ListedCase, listed
from casetrack.storage.people import search_words


@dataclass(frozen=True, slots=True)
class People:
    """Whom a search means: who has any of some numbers, or this NIK; of them, or of everybody where there
    is neither, who has all of these keyed words, the rarest first."""

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    nik_index: str | None = None


_CASES = schema.cases.c
_ROW = select(_CASES.state, schema.regions.c.revision, _CASES.opened_id)


def of_number(connection: Connection, region: str, number: str) -> list[ListedCase]:
    """The case with this number, as a list of one."""
    joined = schema.cases.join(schema.regions, schema.regions.c.region == _CASES.region)
    query = _ROW.select_from(joined).where(_CASES.region == region, _CASES.number == number)
    return listed(connection.execute(query))


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
    parties = schema.parties.c
    # Told apart before the join: somebody may stand in a case in two roles. By a sum, and so is what is
    # ordered by: no database walks all rows in the order of an index to find a few.
    found = (
        select(parties.region, (parties.number + "").label("number"))
        .where(parties.region == region, parties.subject.in_(_subjects(region, people)))
        .distinct()
        .subquery("found")
    )
    same = and_(_CASES.region == found.c.region, _CASES.number == found.c.number)
    joined = found.join(schema.cases, same).join(
        schema.regions, schema.regions.c.region == _CASES.region
    )
    newest = _CASES.opened_id + 0
    if agency is not None:
        mine = schema.case_agencies.c
        theirs = and_(
            mine.region == region, mine.agency == agency, mine.opened_id == _CASES.opened_id
        )
        joined = joined.join(schema.case_agencies, theirs)
    query = _ROW.select_from(joined)
    if hidden:
        query = query.where(_CASES.service.not_in(hidden))
    if before is not None:
        query = query.where(newest < before)
    return listed(connection.execute(query.order_by(newest.desc()).limit(limit)))


def _subjects(region: str, people: People) -> Select[Any] | Any:
    if not people.any_of and people.nik_index is None:
        return search_words.with_all(region, people.all_of)
    subjects = schema.subjects.c
    ways: list[Select[Any]] = []
    if people.any_of:
        ways.append(search_words.with_any(region, people.any_of))
    if people.nik_index is not None:
        ways += [
            select(subjects.subject).where(subjects.region == region, column == people.nik_index)
            for column in (subjects.nik_index, subjects.nik_asked)
        ]
    found = union(*ways) if len(ways) > 1 else ways[0]
    return search_words.those_with(region, found, people.all_of) if people.all_of else found
