"""A confirmed entry of the register, and where it is proven."""

from dataclasses import dataclass

from casetrack.domain.authority.entries import Entry, EntryKind


@dataclass(frozen=True, slots=True)
class Cite:
    """Where an entry stands in the events: the stream and version that confirmed it, and its hash."""

    stream: str
    version: int
    hash: str
    #: The operator who put it in as the region was set up, while no registrar has confirmed it.
    set_up: str | None = None

    def as_data(self) -> dict[str, str | int]:
        """As a passport keeps it."""
        said: dict[str, str | int] = {"set_up": self.set_up} if self.set_up else {}
        return {"stream": self.stream, "version": self.version, "hash": self.hash, **said}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One confirmed entry: what it says, and where that is proven."""

    kind: EntryKind
    id: str
    entry: Entry
    cite: Cite
