"""Entries by id, and what of the papers held on a day: instruments, their lines, what replaced them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from casetrack.domain.authority.amended_lines import Amended, LineNow, LineStages
from casetrack.domain.authority.entries import (
    Amendment,
    Basis,
    Entry,
    EntryKind,
    Instrument,
    Line,
    Replacement,
)
from casetrack.domain.authority.recorded import Recorded

E = TypeVar("E", bound=Entry)


class Instruments:
    """Confirmed entries by id; every question is about the papers themselves."""

    def __init__(self, entries: Iterable[Recorded], rules: int) -> None:
        self.entries = tuple(entries)
        self.rules = rules
        self.by_id: dict[tuple[EntryKind, str], Recorded] = {}
        self._lines: dict[tuple[str, str], Line] = {}
        self._replaced: dict[str, list[Replacement]] = defaultdict(list)
        self._replacing: dict[str, list[Replacement]] = defaultdict(list)
        self._amending: dict[str, list[Recorded]] = defaultdict(list)
        self._amended_by: dict[str, list[str]] = defaultdict(list)
        self._stages: dict[Basis, LineStages] = {}
        for recorded in self.entries:
            self.by_id[recorded.kind, recorded.id] = recorded
            match recorded.entry:
                case Instrument() as instrument:
                    for line in instrument.lines:
                        self._lines.setdefault((recorded.id, line.id), line)
                case Replacement() as replacement:
                    self._replaced[replacement.old].append(replacement)
                    self._replacing[replacement.new].append(replacement)
                case Amendment() as amendment:
                    self._amending[amendment.old].append(recorded)
                    self._amended_by[amendment.new].append(recorded.id)

    def find(self, kind: type[E], name: EntryKind, entry_id: str) -> E | None:
        """The entry of this kind and id, or None."""
        recorded = self.by_id.get((name, entry_id))
        return recorded.entry if recorded and isinstance(recorded.entry, kind) else None

    def instrument(self, instrument: str) -> Instrument | None:
        """What is recorded of an instrument."""
        return self.find(Instrument, "instrument", instrument)

    def line(self, basis: Basis) -> Line | None:
        """The article or annex line that a basis names, as it was printed at first."""
        return self._lines.get((basis.instrument, basis.line))

    # --- amendments -------------------------------------------------------------------------------

    def amendments_of(self, instrument: str) -> list[Amended]:
        """Every amendment of an instrument that counts, today or later, in their order."""
        found = [
            Amended(first, recorded, amendment)
            for recorded in self._amending.get(instrument, ())
            if isinstance(amendment := recorded.entry, Amendment)
            and (first := self.amended_from(amendment)) is not None
        ]
        return sorted(found, key=lambda each: each.order)

    def amends(self, instrument: str) -> list[str]:
        """The amendments that this text makes, by their ids."""
        return self._amended_by.get(instrument, [])

    def amended_from(self, amendment: Amendment) -> date | None:
        """The first day on which an amendment works; None while its text is not recorded, or void."""
        text = self.instrument(amendment.new)
        if text is None or reversed_dates(text.since, text.until):
            return None
        return max(amendment.since, text.dated, text.since)

    def stages(self, basis: Basis) -> LineStages:
        """How the line that a basis names reads over the days."""
        found = self._stages.get(basis)
        if found is None:
            amendments = self.amendments_of(basis.instrument)
            found = LineStages(basis.line, self.line(basis), amendments)
            self._stages[basis] = found
        return found

    def line_on(self, basis: Basis, day: date) -> LineNow:
        """How the line that a basis names reads on a day."""
        return self.stages(basis).on(day)

    def all_of(self, kind: type[E]) -> Iterator[tuple[Recorded, E]]:
        """Every entry of a kind."""
        for recorded in self.entries:
            if isinstance(recorded.entry, kind):
                yield recorded, recorded.entry

    def basis_fault(self, basis: Basis, day: date, opened: date | None) -> str | None:
        """Why an article or annex line did not carry anything on a day, as a code; None when it did.

        `opened` is the day on which the case was opened, for a replacement that spares older cases;
        None where no case is at hand.
        """
        instrument = self.instrument(basis.instrument)
        if instrument is None:
            return "instrument_missing"
        if reversed_dates(instrument.since, instrument.until):
            return "dates_reversed"
        if day < instrument.dated or not in_force(instrument.since, instrument.until, day):
            return "instrument_not_in_force"
        if self._is_replaced(basis.instrument, day, opened):
            return "instrument_replaced"
        return self._line_fault(basis, day)

    def _line_fault(self, basis: Basis, day: date) -> str | None:
        line = self.line_on(basis, day).line
        if line is not None:
            return None if in_force(line.since, line.until, day) else "line_not_in_force"
        stages = self.stages(basis)
        if not stages.is_ever:
            return "line_missing"
        return "line_amended" if stages.was_there(day) else "line_not_in_force"

    def replacements_of(self, instrument: str) -> list[date]:
        """The days from which a successor stands in its place."""
        return [replacement.since for replacement in self._replaced[instrument]]

    def replaced_from(self, instrument: str, day: date) -> date | None:
        """The last day of an instrument whose replacement after `day` is recorded already."""
        days = [replacement.since for replacement in self._replaced[instrument]]
        return min((d - timedelta(days=1) for d in days if d > day), default=None)

    def replaced_by(self, instrument: str, day: date) -> date | None:
        """The last day of an instrument that had a successor by `day`."""
        days = [replacement.since for replacement in self._replaced[instrument]]
        return min((d - timedelta(days=1) for d in days if d <= day), default=None)

    def enacted(self, basis: Basis, day: date) -> bool:
        """Whether what this paper did once, a withdrawal or a succession, had been done by a day.

        It is not undone when the paper itself runs out or is replaced; it never reaches back.
        """
        first = self.enacted_from(basis, date.min)
        return first is not None and first <= day

    def enacted_from(self, basis: Basis, since: date) -> date | None:
        """The first day on which what this paper did on `since` works; None where it never does."""
        instrument, line = self.instrument(basis.instrument), self.line(basis)
        if instrument is None or line is None or reversed_dates(instrument.since, instrument.until):
            return None
        if self.rules > 1 and reversed_dates(line.since, line.until):
            return None
        return max(instrument.dated, instrument.since, line.since or date.min, since)

    def _is_replaced(self, instrument: str, day: date, opened: date | None) -> bool:
        """Whether the instrument has given way, or does not yet apply, for such a case.

        Without a case it is asked of one that would be opened on that day.
        """
        opened = opened or day
        for replacement in self._replaced[instrument]:
            counts = opened if replacement.applies_to == "opened_from" else day
            if replacement.since <= day and counts >= replacement.since:
                return True
        return any(
            replacement.applies_to == "opened_from" and opened < replacement.since
            for replacement in self._replacing[instrument]
        )


def in_force(since: date | None, until: date | None, day: date) -> bool:
    """Whether a day lies within these dates, both included; None is open."""
    return (since is None or since <= day) and (until is None or day <= until)


def reversed_dates(since: date | None, until: date | None) -> bool:
    """An end before its beginning: a fault of the paper, and such an entry never counts."""
    return since is not None and until is not None and until < since
