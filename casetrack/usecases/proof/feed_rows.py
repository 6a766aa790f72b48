"""Whom each entry of the ledger concerns, as rows say it and as its stream says it.

The feeds of agencies are walked along these rows: one that is gone hides an event from its agency.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from casetrack.domain.proof.verdict import Fault
from casetrack.storage.delivery import audience
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.feed import is_known_whom

#: Entries whose agencies are asked for at once: memory stays bounded.
_BATCH = 1_000
_Key = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class OfFeed:
    """A row that is missing, or one too many."""

    position: Any
    agency: str
    missing: bool

    @property
    def detail(self) -> str:
        """For a person."""
        said = "is not there" if self.missing else "is there, and the entry is none of theirs"
        return f"row {self.position} {self.agency} of ledger_agencies {said}"


def check(ctx: Context, reader: Reader, region: str) -> Iterator[Fault]:
    """Every row that differs; none while an older release's entries may be without."""
    for each in differences(ctx, reader, region):
        yield Fault("feed", region, None, None, each.detail, position=each.position)


def differences(ctx: Context, reader: Reader, region: str) -> Iterator[OfFeed]:
    """What is missing and what is too much, in the order of the ledger."""
    if not is_known_whom(ctx):
        return
    stored = reader.concerned(region)
    row = next(stored, None)
    for position, agencies in _expected(reader, region):
        found = set[str]()
        while row is not None and _is_before(row, position):
            yield OfFeed(*row, missing=False)
            row = next(stored, None)
        while row is not None and row[0] == position:
            found.add(row[1])
            row = next(stored, None)
        yield from (OfFeed(position, each, missing=True) for each in sorted(agencies - found))
        yield from (OfFeed(position, each, missing=False) for each in sorted(found - agencies))
    while row is not None:
        yield OfFeed(*row, missing=False)
        row = next(stored, None)


def _is_before(row: _Key, position: int) -> bool:
    return isinstance(row[0], int) and row[0] < position


def _expected(reader: Reader, region: str) -> Iterator[tuple[int, frozenset[str]]]:
    places = reader.places(region)
    while chunk := list(islice(places, _BATCH)):
        streams = {stream for _, stream in chunk}
        concerned = audience.concerned(reader.connection, region, streams)
        for position, stream in chunk:
            # A subscription of the region itself belongs to no agency.
            yield position, frozenset(filter(None, concerned.get(stream, ())))
