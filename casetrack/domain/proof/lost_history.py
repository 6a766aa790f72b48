"""What is not given again after a loss: ranges that a region's trace says were passed over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casetrack.domain.events import parse_instant

#: The deed, as the trace of administration calls it.
DEED: Final = "history_lost"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Numbers of one counter that nobody gets any more: of a service or pattern and a year."""

    of: str
    year: int
    first: int
    last: int

    def as_dict(self) -> dict[str, Any]:
        """As the event holds it."""
        return {name: getattr(self, name) for name in ("of", "year", "first", "last")}


@dataclass(frozen=True, slots=True)
class LostHistory:
    """One loss: since when history may be missing, and what is passed over for it."""

    since: datetime
    #: Ledger positions, the first and the last.
    positions: tuple[int, int]
    cases: tuple[Skipped, ...]
    products: tuple[Skipped, ...]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "LostHistory":
        """Read what an event holds. Raises LookupError, TypeError, ValueError."""
        first, last = data["positions"]["first"], data["positions"]["last"]
        return cls(
            parse_instant(data["lost_since"]),
            (int(first), int(last)),
            tuple(Skipped(**each) for each in data["case_numbers"]),
            tuple(Skipped(**each) for each in data["product_numbers"]),
        )


def passed_over(losses: Iterable[LostHistory], position: int) -> int:
    """The position behind which the ledger goes on when it had come to this one."""
    ends = {loss.positions[0] - 1: loss.positions[1] for loss in losses}
    while position in ends:
        position = ends[position]
    return position
