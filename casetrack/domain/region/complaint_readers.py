"""Who may read a complaint: never the officer complained of, nor a subordinate of theirs.

What nobody of its agency may read is read by the inspectorate, and what nobody there may, by who is above
that: a complaint without a reader would be worse than none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from casetrack.domain.access import CASE_STAFF, REGION_WIDE, Actor
from casetrack.domain.authority.faults import Finding, told
from casetrack.domain.case.complaint_desk import ComplaintDesk
from casetrack.domain.case.complaints import INSPECTORATE_ONLY
from casetrack.domain.people.persons import persons_of
from casetrack.domain.region.region_data import Officer, Position

#: Who stands above whom in an agency that says nothing of positions.
_RANK = {"supervisor": 1, "head": 2}
#: Where a complaint lies, and the login complained of (None: nobody was named).
Place = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class ComplaintSight:
    """Which complaints somebody reads: of one agency (None: of all), without those of these kinds, and
    without those about these officers."""

    agency: str | None
    not_kinds: tuple[str, ...]
    not_about: frozenset[str]
    #: Read in place of another agency, of which nobody may.
    instead: frozenset[Place] = frozenset()

    def lets(self, agency: str, kind: str, about_officer: str | None) -> bool:
        """Whether one of this agency and kind, about this officer, is read."""
        if about_officer in self.not_about:
            return False
        mine = self.agency in (None, agency) and kind not in self.not_kinds
        return mine or (agency, about_officer) in self.instead


@dataclass(frozen=True, slots=True)
class ComplaintStaff:
    """The accounts of a region with their seats, who stands above whom, and who takes complaints in."""

    officers: Collection[Officer]
    positions: Collection[Position]
    desk: ComplaintDesk | None

    def sight(self, actor: Actor, places: Iterable[Place]) -> ComplaintSight | None:
        """What an officer reads of complaints, of which some lie at these places; None: nothing."""
        me = next((each for each in self.officers if each.login == actor.id), None)
        if me is None:
            return None
        above = frozenset(above_of(me, self.officers, self.positions))
        if actor.agency is not None and actor.has_role(CASE_STAFF):
            instead = {
                place
                for place in places
                if place[0] != actor.agency and self.first_reader(*place) == actor.agency
            }
            return ComplaintSight(actor.agency, (), above, frozenset(instead))
        if actor.has_role(REGION_WIDE):
            return ComplaintSight(None, INSPECTORATE_ONLY, above)
        return None

    def stands_in(self, agency: str | None) -> bool:
        """Whether officers of this agency may have to read what others cannot."""
        return self.desk is not None and agency in self.desk.chain("")[1:]

    def first_reader(self, agency: str, about: str | None) -> str | None:
        """The agency whose officers read what lies there and is about this officer; None: nobody does."""
        chain = self.desk.chain(agency) if self.desk else (agency,)
        return next((each for each in chain if self._reads(each, about)), None)

    def _reads(self, agency: str, about: str | None) -> bool:
        return any(
            about is None or about not in above_of(each, self.officers, self.positions)
            for each in self.officers
            if each.agency == agency and not each.disabled and set(each.roles) & set(CASE_STAFF)
        )

    def findings(self, head: str | None) -> Iterator[Finding]:
        """Officers of whom nobody here could read a complaint about money; `head` is the position that
        heads the region, above which only others are."""
        if self.desk is None:
            return
        inspectorate = self.desk.inspectorate
        nobody = self.first_reader(inspectorate, None) is None
        logins = [
            each.login
            for each in self.officers
            if not each.disabled and head not in each.positions
            if nobody or self.first_reader(inspectorate, each.login) is None
        ]
        if logins:
            text = told("complaint_unread", officer=", ".join(sorted(logins)))
            yield Finding("complaint_unread", (), None, None, text)


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
