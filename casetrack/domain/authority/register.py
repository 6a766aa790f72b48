"""The register as it is known at one moment: confirmed entries, and what held on a day.

It may be the whole register of a region or the slice that one question needs: nothing here asks
for what is not there. Every answer is for a day; a day is local, its end included.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from casetrack.domain.authority.entries import (
    EVERY,
    Grant,
    Incumbency,
    MallStay,
    Post,
    Registrar,
    Renaming,
    Replacement,
    Succession,
    Withdrawal,
    covers,
)
from casetrack.domain.authority.instruments import Instruments, reversed_dates
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.service.definition import Name

#: Goes up when the rules of the check change; a passport is judged by the rules that it names.
#: 2: a power to recommend is for its step or its agency; a delegation may bar its giver; a renaming or
#: a succession by a paper that counts for nothing counts for nothing.
RULES_VERSION = 2


class Register(Instruments):
    """Confirmed entries, by what one looks for."""

    def __init__(self, entries: Iterable[Recorded], rules: int = RULES_VERSION) -> None:
        super().__init__(entries, rules)
        self._of_officer: dict[str, list[Recorded]] = defaultdict(list)
        self._duties: dict[str, list[tuple[Recorded, Registrar]]] = defaultdict(list)
        self._in_position: dict[str, list[Recorded]] = defaultdict(list)
        #: Position → service, or EVERY → grants: an office of a city receives thousands.
        self._received: dict[str, dict[str, list[Recorded]]] = defaultdict(dict)
        self._given: dict[str, list[Recorded]] = defaultdict(list)
        self._withdrawals: dict[str, list[Recorded]] = defaultdict(list)
        self._successions: dict[str, list[Recorded]] = defaultdict(list)
        self._successors: dict[str, list[str]] = defaultdict(list)
        self._renamings: dict[str, list[Renaming]] = defaultdict(list)
        bounds = (b for r in self.entries if isinstance(r.entry, Grant) for b in r.entry.bounds)
        #: Facts of a case by which some power here is bounded.
        self.bounded = tuple(sorted({bound.fact for bound in bounds}))
        #: Whether it matters here on which day a case was opened.
        self.spares_older = any(r.applies_to == "opened_from" for _, r in self.all_of(Replacement))
        #: Passports that these papers gave, by all that they depend on (`check`).
        self.passports: dict[Hashable, Any] = {}
        for recorded in self.entries:
            self._sort_in(recorded)

    def _sort_in(self, recorded: Recorded) -> None:
        match recorded.entry:
            case Incumbency() as held:
                self._of_officer[held.officer].append(recorded)
                self._in_position[held.position].append(recorded)
            case Grant() as grant:
                self._sort_in_grant(recorded, grant)
            case Registrar() as duty:
                self._duties[duty.officer].append((recorded, duty))
            case _:
                self._sort_in_change(recorded)

    def _sort_in_grant(self, recorded: Recorded, grant: Grant) -> None:
        if grant.giver is not None:
            self._given[grant.giver].append(recorded)
        of_position = self._received[grant.receiver]
        for service in (EVERY,) if EVERY in grant.services else set(grant.services):
            of_position.setdefault(service, []).append(recorded)

    def _sort_in_change(self, recorded: Recorded) -> None:
        """What ends, moves or renames something else."""
        match recorded.entry:
            case Withdrawal() as withdrawal:
                self._withdrawals[withdrawal.grant].append(recorded)
            case Succession() as succession:
                self._successions[succession.source].append(recorded)
                if succession.target is not None:
                    self._successors[succession.target].append(succession.source)
            case Renaming() as renaming:
                self._renamings[renaming.position].append(renaming)

    def by_rules(self, rules: int) -> "Register":
        """The same papers, judged by the rules that a passport names."""
        return self if rules == self.rules else Register(self.entries, rules)

    # --- positions --------------------------------------------------------------------------------

    def post(self, position: str) -> Post | None:
        """What is recorded of a position."""
        return self.find(Post, "position", position)

    def name_of(self, position: str, day: date) -> Name:
        """What a position was called on a day; its id in both languages when nobody recorded it."""
        post = self.post(position)
        name, since = (post.name if post else Name(position, position)), date.min
        for renaming in self._renamings[position]:
            if since <= renaming.since <= day and (
                self.rules < 2 or self.enacted(renaming.basis, day)
            ):
                name, since = renaming.name, renaming.since
        return name

    def superior_of(self, position: str, day: date) -> str | None:
        """The position that stood above this one on a day."""
        post = self.post(position)
        above, since = None, date.min
        for superior in post.superiors if post else ():
            begins = superior.since or date.min
            if since <= begins <= day:
                above, since = superior.position, begins
        return above

    def is_above(self, upper: str, lower: str, day: date) -> bool:
        """Whether following the superiors of one position leads to the other."""
        above, seen = self.superior_of(lower, day), {lower}
        while above is not None and above not in seen:
            if above == upper:
                return True
            seen.add(above)
            above = self.superior_of(above, day)
        return False

    # --- who sits where ---------------------------------------------------------------------------

    def held_by(self, officer: str) -> list[Recorded]:
        """Every incumbency that names this officer, whatever its dates."""
        return self._of_officer[officer]

    def duties_of(self, officer: str) -> list[tuple[Recorded, Registrar]]:
        """Every entry that makes this officer a registrar, whatever its dates."""
        return self._duties[officer]

    def in_position(self, position: str) -> list[Recorded]:
        """Every incumbency of this position, whatever its dates."""
        return self._in_position[position]

    def definitive_on(self, position: str, day: date) -> set[str]:
        """The officers who hold this position definitively on a day: two are one too many."""
        return {held.officer for held in self._on(position, day) if held.form == "definitive"}

    def officers_on(self, position: str, day: date) -> set[str]:
        """The officers who hold this position on a day, in whatever form."""
        return {held.officer for held in self._on(position, day)}

    def _on(self, position: str, day: date) -> Iterator[Incumbency]:
        for recorded in self._in_position[position]:
            held = recorded.entry
            if isinstance(held, Incumbency) and incumbency_fault(held, day) is None:
                yield held

    # --- grants -----------------------------------------------------------------------------------

    def received_by(self, position: str, service: str) -> Iterator[Recorded]:
        """Grants for a service, whatever their dates, to this position or to one it succeeded."""
        for holder in self.predecessors(position):
            of_position = self._received.get(holder, {})
            yield from of_position.get(EVERY, ())
            if service != EVERY:
                yield from of_position.get(service, ())

    def given_by(self, position: str) -> Iterator[Recorded]:
        """Grants, whatever their dates, that this position gave, or one that it succeeded."""
        for giver in self.predecessors(position):
            yield from self._given.get(giver, ())

    def receivers(self, service: str) -> list[str]:
        """Positions that a grant for this service names, or that succeeded one of them."""
        found = [
            position for position, of in self._received.items() if EVERY in of or service in of
        ]
        known = set(found)
        for current in found:
            for recorded in self._successions.get(current, ()):
                target = getattr(recorded.entry, "target", None)
                if target is not None and target not in known:
                    known.add(target)
                    found.append(target)
        return found

    def services_of(self, position: str) -> set[str]:
        """Services, or EVERY, of the grants that this position or a predecessor ever received."""
        return {s for holder in self.predecessors(position) for s in self._received.get(holder, {})}

    def predecessors(self, position: str) -> list[str]:
        """This position, and those whose powers may have come to it by a re-organisation."""
        found = [position]
        for current in found:
            found += [s for s in self._successors.get(current, ()) if s not in found]
        return found

    def withdrawal_of(self, grant: str, day: date) -> Recorded | None:
        """What took this grant back by that day."""
        for recorded in self._withdrawals[grant]:
            withdrawal = recorded.entry
            if (
                isinstance(withdrawal, Withdrawal)
                and withdrawal.since <= day
                and self.enacted(withdrawal.basis, day)
            ):
                return recorded
        return None

    def withdrawn_from(self, grant: str, day: date) -> date | None:
        """The last day of a grant whose withdrawal after `day` is recorded already."""
        days = [
            first
            for recorded in self._withdrawals[grant]
            if isinstance(withdrawal := recorded.entry, Withdrawal)
            and (first := self.enacted_from(withdrawal.basis, withdrawal.since)) is not None
        ]
        return min((d - timedelta(days=1) for d in days if d > day), default=None)

    def moved(
        self, position: str, service: str, since: date, day: date
    ) -> tuple[str | None, list[Recorded]]:
        """To whom what this position got on `since` has gone by `day`, and by which successions.

        None when a re-organisation ended it.
        """
        current: str | None = position
        path: list[Recorded] = []
        after = since
        while current is not None and (step := self._succession(current, service, after, day)):
            recorded, succession = step
            if recorded in path:
                return None, path
            path.append(recorded)
            current, after = succession.target, succession.since
        return current, path

    def _succession(
        self, position: str, service: str, since: date, day: date
    ) -> tuple[Recorded, Succession] | None:
        found = [
            (recorded, succession)
            for recorded in self._successions[position]
            if isinstance(succession := recorded.entry, Succession)
            and since < succession.since <= day
            and self._is_whole(succession)
            and covers(succession.services, service)
            and self.enacted(succession.basis, day)
        ]
        return min(found, key=lambda one: (one[1].since, one[0].id), default=None)

    def _is_whole(self, succession: Succession) -> bool:
        """Whether both positions are recorded: one that names another counts for nothing."""
        ends = (succession.source, succession.target)
        return self.rules < 2 or all(
            self.post(position) for position in ends if position is not None
        )

    def stays(self) -> Iterator[tuple[Recorded, MallStay]]:
        """Agencies' stays in the mall."""
        return self.all_of(MallStay)


def incumbency_fault(held: Incumbency, day: date) -> str | None:
    """Why a letter of appointment gave no position on a day, as a code; None when it did.

    A letter works from the day on which it was signed: one that reaches back heals nothing.
    """
    if reversed_dates(held.since, held.until):
        return "dates_reversed"
    if day < held.since or day < held.letter.dated:
        return "letter_not_yet"
    if held.until is not None and held.until < day:
        return "letter_ended"
    return None
