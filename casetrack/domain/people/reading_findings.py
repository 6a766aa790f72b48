"""Looks at personal data that somebody should ask about. A finding accuses nobody: it asks why."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from casetrack.domain.access import REGION_WIDE
from casetrack.domain.people.readings import Reading

#: A case of which one's agency has no step; one's own case; the case of somebody of one's own agency;
#: the cases of many persons in a short time; many persons read in full.
FindingKind = Literal["not_concerned", "own_case", "colleague", "many_cases", "many_unmasked"]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)

#: So many different cases, opened one by one within this time, are more than a counter works on.
MANY, WITHIN = 60, timedelta(hours=1)
#: So many cases of which a person was read in full with a reason, within the same time.
MANY_UNMASKED = 10
#: Kind of look → what many of them within the time are called, and how many those are.
_TOO_MANY: Mapping[str, tuple[FindingKind, int]] = {
    "case": ("many_cases", MANY),
    "unmask": ("many_unmasked", MANY_UNMASKED),
}
#: Who reads for the region as a whole; and the server's own commands.
_EVERYWHERE = (*REGION_WIDE, "system")


@dataclass(frozen=True, slots=True)
class LookFinding:
    """What is strange about which look of whom; of `many_cases` the look that was one too many."""

    kind: FindingKind
    look: Reading
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules must know of the cases that were seen."""

    #: Case → the agencies that have a step in it.
    concerned: Mapping[str, Set[str]]
    #: Case → the officers who are a party of it, each with their agency.
    officers: Mapping[str, Mapping[str, str | None]]


@dataclass
class _Window:
    """What an officer opened lately."""

    seen: deque[tuple[datetime, str]] = field(default_factory=deque)

    def add(self, at: datetime, number: str) -> tuple[str, ...]:
        """The different cases that it holds now."""
        self.seen.append((at, number))
        while self.seen[0][0] <= at - WITHIN:
            self.seen.popleft()
        return tuple(dict.fromkeys(case for _, case in self.seen))


def look_findings(looks: Iterable[Reading], known: Known) -> Iterator[LookFinding]:
    """Of looks in the order of time. Pages of lists say little about what was read, and are left out."""
    lately: dict[tuple[str, str], _Window] = {}
    for look in looks:
        if look.kind == "list":
            continue
        if look.role not in _EVERYWHERE:
            yield from _of_cases(look, known)
        if look.kind in _TOO_MANY:
            kind, most = _TOO_MANY[look.kind]
            window = lately.setdefault((look.kind, look.login), _Window())
            cases = window.add(look.at, look.cases[0])
            if len(cases) >= most:
                yield LookFinding(kind, look, cases)
                window.seen.clear()


def _of_cases(look: Reading, known: Known) -> Iterator[LookFinding]:
    strange: dict[FindingKind, list[str]] = {kind: [] for kind in FINDING_KINDS}
    for number in look.cases:
        if number in known.concerned and look.agency not in known.concerned[number]:
            strange["not_concerned"].append(number)
        parties = known.officers.get(number, {})
        if look.login in parties:
            strange["own_case"].append(number)
        elif look.agency is not None and look.agency in parties.values():
            strange["colleague"].append(number)
    for kind, numbers in strange.items():
        if numbers:
            yield LookFinding(kind, look, tuple(numbers))
