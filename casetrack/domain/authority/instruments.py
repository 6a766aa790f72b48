"""Entries by id, and what of the papers held on a day: instruments, their lines, what replaced them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from casetrack.domain.authority.entries import (
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
        for recorded in self.entries:
            self.by_id[recorded.kind, recorded.id] = recorded
            match recorded.entry:
                case Instrument() as instrument:
                    for line in instrument.lines:
                        self._lines.setdefault((recorded.id, line.id), line)
                case Replacement() as replacement:
                    self._replaced[replacement.old].append(replacement)
                    self._replacing[replacement.new].append(replacement)

    def find(self, kind: type[E], name: EntryKind, entry_id: str) -> E | None:
        """The entry of this kind and id, or None."""
        recorded = self.by_id.get((name, entry_id))
        return recorded.entry if recorded and isinstance(recorded.entry, kind) else None

    def instrument(self, instrument: str) -> Instrument | None:
        """What is recorded of an instrument."""
        return self.find(Instrument, "instrument", instrument)

    def line(self, basis: Basis) -> Line | None:
        """The article or annex line that a basis names."""
        return self._lines.get((basis.instrument, basis.line))

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
        line = self.line(basis)
        if line is None:
            return "line_missing"
        if not in_force(line.since, line.until, day):
            return "line_not_in_force"
        return None

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
