"""Who hears of a limit that was missed, after how many working days, and from what hour of the day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

from casetrack.domain.service.definition import Problem

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Escalation:
    """Working days after a limit was missed until the supervisor hears of it, and until the head does;
    the hour of a working day from which the one mail of the day goes out."""

    supervisor_after: int = 1
    head_after: int = 3
    daily_mail_at: time = time(7)

    def as_dict(self) -> dict[str, Any]:
        """Give the form that is kept."""
        return {
            "supervisor_after": self.supervisor_after,
            "head_after": self.head_after,
            "daily_mail_at": self.daily_mail_at.strftime("%H:%M"),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave, or a part of it. Raises ValueError."""
        said = {name: data[name] for name in ("supervisor_after", "head_after") if name in data}
        if "daily_mail_at" in data:
            said["daily_mail_at"] = time.fromisoformat(data["daily_mail_at"])
        return cls(**said)


DEFAULT = Escalation()


def escalation_problems(escalation: Escalation) -> Iterator[Problem]:
    """Say what does not fit together."""
    first, second = escalation.supervisor_after, escalation.head_after
    if not 1 <= first <= second <= _LONGEST:
        yield Problem(
            ("region", "escalation"),
            f"escalation: the supervisor hears after {first}, the head after {second} working days",
            f"give 1 to {_LONGEST} working days, the head's not before the supervisor's",
        )
