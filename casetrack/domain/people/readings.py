"""The record of who looked at personal data: what one row says, and what a day of rows comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from casetrack.domain.events import GENESIS, canonical, chain_hash, instant

#: One case; a page of a list; a search; what was printed; what was handed out or exported.
Kind = Literal["case", "list", "search", "print", "export"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: An officer who looks at the same case again within this time is still looking.
ONE_LOOK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look: when, by whom, at which cases; `query` is a keyed digest of what was typed."""

    region: str
    at: datetime
    reading: str
    login: str
    role: str
    agency: str | None
    kind: Kind
    cases: tuple[str, ...]
    query: str | None = None

    def as_data(self) -> dict[str, Any]:
        """What is sealed, and what an auditor is shown."""
        return {
            "id": self.reading,
            "at": instant(self.at),
            "officer": self.login,
            "role": self.role,
            "agency": self.agency,
            "kind": self.kind,
            "cases": list(self.cases),
            "query": self.query,
        }

    def body(self) -> str:
        """The one spelling over which its seal is made."""
        return canonical({**self.as_data(), "region": self.region})


def chained(seals: Iterable[str]) -> tuple[int, str]:
    """How many, and the hash of a chain over the seals of a day's rows in their order."""
    count, digest = 0, GENESIS
    for seal in seals:
        count, digest = count + 1, chain_hash(digest, seal)
    return count, digest
