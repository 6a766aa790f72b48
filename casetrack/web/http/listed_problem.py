"""What is listed of a code that an error may carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """One code. Several statuses: the same fault in the path (404) and in the body (422)."""

    statuses: tuple[int, ...]
    meaning: str
    cure: str
