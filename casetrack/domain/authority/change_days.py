"""Turns: the days on which something in the register becomes otherwise, and which services that touches.

Between two turns every answer stays the same, so who looks ahead looks at these days only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from casetrack.domain.authority.entries import (
    EVERY,
    Amendment,
    EntryKind,
    Grant,
    Incumbency,
    Instrument,
    MallStay,
    Post,
    Replacement,
    Succession,
    Withdrawal,
)
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register

What = Literal[
    "letter_begins",
    "letter_ends",
    "grant_begins",
    "grant_ends",
    "grant_withdrawn",
    "line_begins",
    "line_ends",
    "instrument_begins",
    "instrument_ends",
    "instrument_replaced",
    "instrument_amended",
    # By no paper yet: likely_successors.py.
    "instrument_may_replace",
    "power_moved",
    "position_begins",
    "position_ends",
    "superior_changes",
    "stay_begins",
    "stay_ends",
]
ONE_DAY = timedelta(days=1)
Moment = tuple[date, What]


@dataclass(frozen=True, slots=True)
class Turn:
    """`day` is the first on which it is otherwise; the day before is the last of the old state."""

    day: date
    kind: EntryKind
    id: str
    what: What
    #: The position whose letter, place or superior it is; empty for other entries.
    position: str
    #: Services touched; holds EVERY when all are.
    services: frozenset[str]

    @property
    def last_day(self) -> date:
        """The last day on which it was as before."""
        return self.day - ONE_DAY

    @property
    def ends(self) -> bool:
        """Whether something ends here."""
        return not self.what.endswith("_begins")

    @property
    def of_power(self) -> bool:
        """Whether a chain may change, and not only who sits where."""
        return self.kind not in ("incumbency", "stay", "renaming", "registrar")

    def touches(self, service: str) -> bool:
        """Whether an answer about this service may change."""
        return service in self.services or EVERY in self.services


class Turns:
    """All turns of a register; what an entry touches is worked out when it is asked for."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._resting: dict[str, set[str]] = defaultdict(set)
        self._given: dict[str, set[str]] = defaultdict(set)
        self._mandates: set[str] = set()
        #: A text that amends, and what it amends: the powers rest on the latter.
        self._amended: dict[str, set[str]] = defaultdict(set)
        for recorded in register.entries:
            self._note(recorded)
        for _, amendment in register.all_of(Amendment):
            self._amended[amendment.new].add(amendment.old)

    def _note(self, recorded: Recorded) -> None:
        match recorded.entry:
            case Grant() as grant:
                for basis in grant.basis:
                    self._resting[basis.instrument].update(grant.services)
                if grant.giver is not None:
                    self._given[grant.giver].update(grant.services)
                if grant.kind == "mandate":
                    self._mandates.update(grant.services)
            case Withdrawal() as withdrawal:
                taken = self._register.find(Grant, "grant", withdrawal.grant)
                if taken is not None:
                    self._resting[withdrawal.basis.instrument].update(taken.services)
            case Succession() as succession:
                self._resting[succession.basis.instrument].update(succession.services)

    def between(self, first: date, last: date) -> list[Turn]:
        """Turns whose day lies between these, both included, in order."""
        found = (
            self._turn(recorded, *moment)
            for recorded in self._register.entries
            for moment in moments(recorded)
            if first <= moment[0] <= last
        )
        return sorted(found, key=lambda turn: (turn.day, turn.kind, turn.id, turn.what))

    def days_of_power(self) -> list[date]:
        """Every day on which a chain of any service may change, in order."""
        return sorted(
            {
                day
                for recorded in self._register.entries
                if recorded.kind not in ("incumbency", "stay", "renaming")
                for day, _ in moments(recorded)
            }
        )

    def touched(self, recorded: Recorded) -> set[str]:
        """Services, or EVERY, about which an answer may change with this entry."""
        match recorded.entry:
            case Incumbency() as held:
                return self._register.services_of(held.position)
            case Grant() as grant:
                return set(grant.services)
            case Succession() as succession:
                return set(succession.services)
            case Post():
                return self._touched_by_post(recorded.id)
            case Withdrawal() as withdrawal:
                taken = self._register.find(Grant, "grant", withdrawal.grant)
                return set(taken.services) if taken else set()
        return self._touched_by_text(recorded)

    def _touched_by_text(self, recorded: Recorded) -> set[str]:
        match recorded.entry:
            case Instrument():
                texts = (recorded.id, *self._amended[recorded.id])
                return {service for text in texts for service in self._resting[text]}
            case Amendment() as amendment:
                return self._resting[amendment.old]
            case Replacement() as replacement:
                return self._resting[replacement.old] | self._resting[replacement.new]
        return set()

    def _touched_by_post(self, position: str) -> set[str]:
        holders = self._register.predecessors(position)
        given = {service for holder in holders for service in self._given[holder]}
        return self._register.services_of(position) | given | self._mandates

    def _turn(self, recorded: Recorded, day: date, what: What) -> Turn:
        entry = recorded.entry
        position = recorded.id if isinstance(entry, Post) else getattr(entry, "position", "")
        return Turn(
            day, recorded.kind, recorded.id, what, position, frozenset(self.touched(recorded))
        )


def moments(recorded: Recorded) -> Iterator[Moment]:
    """The days on which an entry begins and ends to show, each with what happens."""
    match recorded.entry:
        case Incumbency() as held:
            yield from _span("letter", max(held.since, held.letter.dated), held.until)
        case Grant() as grant:
            yield from _span("grant", grant.since, grant.until)
        case Withdrawal() as withdrawal:
            yield withdrawal.since, "grant_withdrawn"
        case Succession() as succession:
            yield succession.since, "power_moved"
        case MallStay() as stay:
            yield from _span("stay", stay.since, stay.until)
        case _:
            yield from _structure(recorded)


def _structure(recorded: Recorded) -> Iterator[Moment]:
    match recorded.entry:
        case Instrument() as instrument:
            begin = max(instrument.since, instrument.dated)
            yield from _span("instrument", begin, instrument.until)
            for since, until in {(line.since, line.until) for line in instrument.lines}:
                yield from _span("line", since, until)
        case Replacement() as replacement:
            yield replacement.since, "instrument_replaced"
        case Amendment() as amendment:
            yield amendment.since, "instrument_amended"
        case Post() as post:
            yield from _span("position", post.since, post.until)
            for superior in post.superiors:
                if superior.since is not None:
                    yield superior.since, "superior_changes"


_Of = Literal["letter", "grant", "stay", "instrument", "line", "position"]
_BEGIN_END: dict[_Of, tuple[What, What]] = {
    "letter": ("letter_begins", "letter_ends"),
    "grant": ("grant_begins", "grant_ends"),
    "stay": ("stay_begins", "stay_ends"),
    "instrument": ("instrument_begins", "instrument_ends"),
    "line": ("line_begins", "line_ends"),
    "position": ("position_begins", "position_ends"),
}


def _span(of: _Of, since: date | None, until: date | None) -> Iterator[Moment]:
    begins, ends = _BEGIN_END[of]
    if since is not None:
        yield since, begins
    if until is not None and until < date.max:
        yield until + ONE_DAY, ends


def touched_of(turns: Iterable[Turn], services: Iterable[str]) -> list[str]:
    """Those of the services that any of the turns touches, in their order."""
    found = list(turns)
    everything = any(EVERY in turn.services for turn in found)
    named = {service for turn in found for service in turn.services}
    return [service for service in services if everything or service in named]
