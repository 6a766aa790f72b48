"""A time limit of a case or a step that runs and stands still, as rows and events hold it."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from casetrack.domain.clock import Pause
from casetrack.domain.events import instant, parse_instant

#: How many pauses of the clock before stay as they were. The events of a case that is paused again and
#: again would else repeat all of them, and grow as its square; one without it names all of them.
KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit that runs: since when, and the times it stood still ([start, end, cap])."""

    started_at: str
    pauses: tuple[tuple[str, str | None, str | None], ...] = ()
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether it stands still now."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def stop(self, now: datetime, cap: datetime | None) -> "Clock":
        """Stand still from now, at most until the cap."""
        return replace(
            self, pauses=(*self.pauses, (instant(now), None, instant(cap) if cap else None))
        )

    def go_on(self, now: datetime) -> "Clock":
        """Run again from now; what had elapsed stays elapsed."""
        start, _, cap = self.pauses[-1]
        return replace(self, pauses=(*self.pauses[:-1], (start, instant(now), cap)))

    def times(self) -> tuple[datetime, list[Pause]]:
        """Start and pauses as moments, as the deadline rule takes them."""
        moments = [
            Pause(
                parse_instant(start),
                parse_instant(end) if end else None,
                parse_instant(cap) if cap else None,
            )
            for start, end, cap in self.pauses
        ]
        return parse_instant(self.started_at), moments


#: What of a clock's document is no key of another release.
_OF_CLOCK = frozenset({KEPT, *(part.name for part in fields(Clock) if part.name != "more")})


def read_clock(document: dict[str, Any] | None, before: Clock | None = None) -> Clock | None:
    """A clock as it is written; in an event the pauses that it keeps of `before` are only counted."""
    if document is None:
        return None
    pauses = tuple((start, end, cap) for start, end, cap in document["pauses"])
    kept = document.get(KEPT)
    if kept and before:
        pauses = (*before.pauses[:kept], *pauses)
    if len(document) == (2 if kept is None else 3):
        return Clock(document["started_at"], pauses)
    more = {name: value for name, value in document.items() if name not in _OF_CLOCK}
    return Clock(document["started_at"], pauses, more)


def clock_in_row(clock: Clock) -> dict[str, Any]:
    """A clock as a row holds it, with what a newer release keeps in it."""
    return {"started_at": clock.started_at, "pauses": clock.pauses, **clock.more}


def clock_in_event(clock: Clock, before: Clock | None) -> dict[str, Any]:
    """A clock as an event carries it: of its pauses only those that are not as they were."""
    kept = 0
    if before is not None:
        pairs = zip(before.pauses, clock.pauses, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    pauses = [list(pause) for pause in clock.pauses[kept:]]
    counted = {KEPT: kept} if kept else {}
    return {"started_at": clock.started_at, "pauses": pauses, **counted, **clock.more}
