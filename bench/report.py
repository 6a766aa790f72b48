"""What a measurement found, for a person and for a machine."""

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

QUANTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Report:
    """The first scenario: one opening, eight transitions, a notice each."""

    clients: int
    cases: int
    transitions: int
    seconds: float
    transitions_per_second: float
    #: All writes: the openings too.
    events_per_second: float
    opening_ms: dict[str, float]
    transition_ms: dict[str, float]
    #: From the event's `recorded_at` to the delivery's end, under this load.
    delivery_ms: dict[str, float]
    events: int
    numbered: int
    deliveries: int
    #: Seconds from the last answer until nothing was left to deliver.
    backlog_seconds: float
    faults: tuple[str, ...]
    processes: str
    database: str
    broker: str
    machine: str

    @property
    def sound(self) -> bool:
        """Whether every answered write is one event, one ledger entry and one delivery."""
        written = self.cases * 9
        same = self.events == self.numbered == self.deliveries
        return not self.faults and same and self.events == written

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"scenario": "first", **asdict(self), "sound": self.sound}

    def in_words(self) -> str:
        """For a person."""
        lines = [
            f"{self.cases:,} cases, {self.transitions:,} transitions in {self.seconds:.1f} s "
            f"by {self.clients} clients",
            "",
            f"  transitions      {self.transitions_per_second:8,.0f} a second",
            f"  all writes       {self.events_per_second:8,.0f} a second",
            f"  transition       {in_words(self.transition_ms)}",
            f"  opening          {in_words(self.opening_ms)}",
            f"  event to notice  {in_words(self.delivery_ms)}",
            f"  backlog          {self.backlog_seconds:8.1f} s after the last answer",
            "",
            f"  {self.events:,} events, {self.numbered:,} ledger entries, "
            f"{self.deliveries:,} deliveries: {'all there' if self.sound else 'NOT THE SAME'}",
            *(f"  FAULT {fault}" for fault in self.faults[:5]),
            "",
            f"{self.processes}; {self.database}; broker {self.broker}; {self.machine}.",
            "Load and program share the machine; notices are .eml files, without a mail server.",
        ]
        return "\n".join(lines)


def in_words(quantiles: Mapping[str, float], digits: int = 1) -> str:
    """Quantiles in milliseconds on one line, in columns."""
    return "   ".join(f"{name} {value:8,.{digits}f} ms" for name, value in quantiles.items())


def quantiles_ms(seconds: Sequence[float]) -> dict[str, float]:
    """The p50, p95 and p99 of these durations in milliseconds (nearest rank)."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    return {
        f"p{q}": round(ordered[math.ceil(len(ordered) * q / 100) - 1] * 1000, 2) for q in QUANTILES
    }


def machine() -> str:
    """Cores and Python."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
