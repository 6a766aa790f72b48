"""Who may read a complaint: never the officer complained of, nor a subordinate of theirs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from casetrack.domain.access import CASE_STAFF, REGION_WIDE, Actor
from casetrack.domain.case.complaints import INSPECTORATE_ONLY
from casetrack.domain.people.persons import persons_of
from casetrack.domain.region.region_data import Officer, Position

#: Who stands above whom in an agency that says nothing of positions.
_RANK = {"supervisor": 1, "head": 2}


@dataclass(frozen=True, slots=True)
class ComplaintSight:
    """Which complaints somebody reads: of one agency (None: of all), without those of these kinds, and
    without those about these officers."""

    agency: str | None
    not_kinds: tuple[str, ...]
    not_about: frozenset[str]

    def lets(self, agency: str, kind: str, about_officer: str | None) -> bool:
        """Whether one of this agency and kind, about this officer, is read."""
        mine = self.agency in (None, agency)
        return mine and kind not in self.not_kinds and about_officer not in self.not_about


def sight_of(
    actor: Actor, officers: Collection[Officer], positions: Iterable[Position]
) -> ComplaintSight | None:
    """What an officer reads of complaints; None: nothing."""
    me = next((each for each in officers if each.login == actor.id), None)
    if me is None:
        return None
    above = frozenset(above_of(me, officers, positions))
    if actor.agency is not None and actor.has_role(CASE_STAFF):
        return ComplaintSight(actor.agency, (), above)
    if actor.has_role(REGION_WIDE):
        return ComplaintSight(None, INSPECTORATE_ONLY, above)
    return None


def above_of(
    me: Officer, officers: Collection[Officer], positions: Iterable[Position]
) -> Iterable[str]:
    """The officer's own accounts, and all officers whose subordinate one of these is.

    Of whom no position is known, every position of their agency stands above, and in an agency a
    supervisor stands above who is none, a head above both.
    """
    known = {position.id: position for position in positions}
    person = persons_of((each.login, each.person, None) for each in officers)
    own = [each for each in officers if person[each.login] == person[me.login]]
    seats = {seat for each in own for seat in _seats_above(each, known)}
    for other in officers:
        if other in own or seats & set(other.positions) or any(_outranks(other, e) for e in own):
            yield other.login


def _seats_above(officer: Officer, known: Mapping[str, Position]) -> set[str]:
    held = [seat for seat in officer.positions if seat in known]
    found: set[str] = set()
    # Of a subordinate without a seat, the seats of the agency count as above.
    first = held or [each.id for each in known.values() if each.agency == officer.agency]
    ways: list[str | None] = [known[seat].superior for seat in first] if held else [*first]
    while ways:
        seat = ways.pop()
        if seat is not None and seat in known and seat not in found:
            found.add(seat)
            ways.append(known[seat].superior)
    return found


def _outranks(other: Officer, me: Officer) -> bool:
    def rank(officer: Officer) -> int:
        return max(_RANK.get(role, 0) for role in officer.roles)

    return other.agency is not None and other.agency == me.agency and rank(other) > rank(me)
