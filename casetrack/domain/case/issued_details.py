"""What is said of a result that another issues in a system of its own."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IssuedElsewhere:
    """Of completing the issuing step of a service that is only tracked: the number that its issuer gave,
    the day on the result, and its last day where it has one."""

    number: str
    dated: date
    valid_until: date | None = None
