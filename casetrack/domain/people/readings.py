"""The record of who looked at personal data: what one row says, and what a day of rows comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from casetrack.domain.events import GENESIS, canonical, chain_hash, instant

#: One case; a page of a list; a search; what was printed; what was handed out or exported; a party of a
#: case in full, with a reason; the file of a document; one complaint; a page of a list of complaints.
Kind = Literal[
    "case", "list", "search", "print", "export", "unmask", "file", "complaint", "complaints"
]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Looks at complaints: their numbers stand where those of cases do.
OF_COMPLAINTS: tuple[Kind, ...] = ("complaint", "complaints")
#: An officer who looks at the same case again within this time is still looking.
ONE_LOOK = timedelta(minutes=15)
#: A person who asks what is kept about them is answered within this time (UU 27/2022, article 32).
ANSWERED_WITHIN = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Who was shown in full, why, and under which assignment.

    `reason` is the id of the sealed text; `letter` and `until`, the assignment's number and last day, are
    None where none was needed.
    """

    party: str
    reason: str
    letter: str | None = None
    until: date | None = None

    def as_data(self) -> dict[str, Any]:
        """What is sealed of it."""
        return {
            "party": self.party,
            "reason": self.reason,
            "letter": self.letter,
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """One look: when, by whom, at which cases; `query` is a keyed digest of what was typed: the words of
    a search, the reason of an unmasking."""

    region: str
    at: datetime
    reading: str
    login: str
    role: str
    agency: str | None
    kind: Kind
    cases: tuple[str, ...]
    query: str | None = None
    #: Only of the kind `unmask`.
    unmasking: Unmasking | None = None

    def as_data(self) -> dict[str, Any]:
        """What is sealed, and what an auditor is shown; there the reason comes in words."""
        return {
            "id": self.reading,
            "at": instant(self.at),
            "officer": self.login,
            "role": self.role,
            "agency": self.agency,
            "kind": self.kind,
            "cases": list(self.cases),
            "query": self.query,
            "unmasking": self.unmasking.as_data() if self.unmasking else None,
        }

    def body(self) -> str:
        """The one spelling over which its seal is made.

        Without an unmasking it is spelled as before there was any: older seals fit.
        """
        data = {**self.as_data(), "region": self.region}
        if self.unmasking is None:
            del data["unmasking"]
        return canonical(data)


def chained(seals: Iterable[str]) -> tuple[int, str]:
    """How many, and the hash of a chain over the seals of a day's rows in their order."""
    count, digest = 0, GENESIS
    for seal in seals:
        count, digest = count + 1, chain_hash(digest, seal)
    return count, digest
