"""What is said when the people of a case change: the fact's day, its paper, who comes, by what power."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from casetrack.domain.case.case_people import IdentityDocument, PowerEnd, Signature, Standing


@dataclass(frozen=True, slots=True)
class PartyChange:
    """Of the acts on the people of a case. Names and texts are already references (id and HMAC)."""

    #: On which day it was so, not when it was entered.
    day: date
    role: str = "applicant"
    #: The paper: its day, and the reference to its name and hash.
    paper: Mapping[str, Any] | None = None
    #: Of `end_power`.
    why: PowerEnd | None = None
    #: Of `appoint`: `acts` and `until`, the last day as ISO 8601 or None.
    power: Mapping[str, Any] | None = None
    #: Who comes, or how they are reached from now on: subject, kind, and the reference to the rest.
    person: Mapping[str, Any] | None = None
    #: Of `change_director`: who acts for the company, where their NIK was given; a person of their own.
    director: Mapping[str, Any] | None = None
    #: The earliest day on which who the day is about can have been born, by their NIK.
    born: date | None = None
    #: Whether who acts is the person who reported the death.
    same_officer: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """Of `resubmit`, `withdraw`, `hand_over` and a document that is brought: who stood at the
    counter, by which identity document they were known, and how they signed."""

    party: Standing
    document: IdentityDocument
    signature: Signature | None = None
    #: The document of the case that shows the signature: a scan of the slip, or a picture of a screen.
    proof: str | None = None

    def as_data(self) -> dict[str, Any]:
        """What the event keeps."""
        return {name: value for name, value in asdict(self).items() if value is not None}
