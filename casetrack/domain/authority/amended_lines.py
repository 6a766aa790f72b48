"""How a line reads on a day: as printed at first, with what amendments changed until then.

An amendment works from the latest of its own first day and of the days on which its text was signed and
came into force. What it did once is not undone when that text runs out.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casetrack.domain.authority.entries import Amendment, Line, LineChange, covers
from casetrack.domain.authority.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment that counts, with the first day on which it does."""

    first: date
    recorded: Recorded
    entry: Amendment

    @property
    def order(self) -> tuple[date, int, str]:
        """Which of two is later: by day, then as they are counted."""
        return self.first, self.entry.ordinal, self.recorded.id


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line on a day; `line` None: it is not in the text, or not any more, or not yet."""

    line: Line | None
    #: Services that an amendment took out of it and none put back.
    without: frozenset[str] = frozenset()

    def names(self, service: str) -> bool:
        """Whether it gives this service."""
        return (
            self.line is not None
            and service not in self.without
            and covers(self.line.services, service)
        )

    def concerns(self, service: str) -> bool:
        """Whether it names this service, or none at all."""
        return (
            self.line is not None
            and service not in self.without
            and (not self.line.services or covers(self.line.services, service))
        )


class LineStages:
    """A line from one amendment to the next."""

    def __init__(self, line_id: str, printed: Line | None, amendments: Sequence[Amended]) -> None:
        self.printed = printed
        self._days: list[date] = [date.min]
        self._stages: list[LineNow] = [LineNow(printed)]
        for each in amendments:
            for change in each.entry.changes:
                if change.line == line_id:
                    self._days.append(each.first)
                    self._stages.append(changed(self._stages[-1], change))

    def on(self, day: date) -> LineNow:
        """How it reads on a day."""
        return self._stages[bisect_right(self._days, day) - 1]

    @property
    def is_ever(self) -> bool:
        """Whether the line is there on any day."""
        return any(stage.line is not None for stage in self._stages)

    def was_there(self, day: date) -> bool:
        """Whether the line was there by a day; else an amendment of a later one brings it, or nothing."""
        return any(stage.line for stage in self._stages[: bisect_right(self._days, day)])

    def concerns(self, service: str, day: date) -> bool:
        """Whether a power over this service rests on it on a day. What was never there is asked too; what
        an amendment took out is not."""
        return self.on(day).concerns(service) or not self.was_there(day)

    def turns(self, service: str) -> Iterator[tuple[date, bool]]:
        """The days on which an amendment touched the line, and whether it concerns the service since."""
        for day, stage in zip(self._days[1:], self._stages[1:], strict=True):
            yield day, stage.concerns(service)

    def taken_out(self, service: str, day: date) -> date | None:
        """The day by which an amendment took this service out of the line; None where none did."""
        found, concerned = None, self._stages[0].concerns(service)
        for turn, concerns in self.turns(service):
            if turn > day:
                break
            if concerned != concerns:
                found, concerned = (None if concerns else turn), concerns
        return found

    def taken_out_after(self, service: str, day: date) -> date | None:
        """The first later day from which the line is without this service; None where there is none."""
        days = (turn for turn, concerns in self.turns(service) if turn > day and not concerns)
        return min(days, default=None)


def changed(now: LineNow, change: LineChange) -> LineNow:
    """The line after one change. A change of a line that is not there needs number and text, or counts
    for nothing."""
    if change.struck:
        return LineNow(None)
    if now.line is None:
        if change.number is None or change.text is None:
            return now
        return LineNow(Line(change.line, change.number, change.text, change.adds))
    line = now.line
    kept = [service for service in line.services if service not in change.removes]
    services = tuple(dict.fromkeys((*kept, *change.adds)))
    if line.services and not services:
        # Nothing is left of it. Without any service it would be about all of them.
        return LineNow(None)
    without = now.without.union(change.removes).difference(change.adds)
    words = replace(
        line,
        number=change.number or line.number,
        text=change.text or line.text,
        services=services,
    )
    return LineNow(words, without)
