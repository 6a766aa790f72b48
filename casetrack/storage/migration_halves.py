"""Every migration since 0006 has two halves: one before the new code, one after the old code is gone.

A half tells by its id what it is (`0007_first`, `0007_second`), so that a release which does not have
the file knows whether it can run on such a schema. Ids sort in the order in which they were made.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Half = Literal["first", "second"]

_ID = re.compile(r"(\d{4})_(first|second)")


def half_of(revision: str) -> Half | None:
    """Which half this is; None for a whole migration from before there were halves, and for nonsense."""
    match = _ID.fullmatch(revision)
    return None if match is None else "first" if match[2] == "first" else "second"


@dataclass(frozen=True, slots=True)
class Schema:
    """Where a database stands: the migrations of this release that it has, and those of a newer one."""

    known: tuple[str, ...]
    applied: frozenset[str]
    strangers: tuple[str, ...]

    @property
    def newer(self) -> tuple[str, ...]:
        """First halves of a newer release: this one runs on the schema after them."""
        return tuple(name for name in self.strangers if half_of(name) == "first")

    @property
    def too_new(self) -> tuple[str, ...]:
        """What a newer release did after this one should have been gone."""
        return tuple(name for name in self.strangers if half_of(name) != "first")

    def missing(self, half: Half | None = None) -> tuple[str, ...]:
        """What was not applied yet; whole migrations count to the first half."""
        return tuple(
            name
            for name in self.known
            if name not in self.applied
            and (half is None or (half_of(name) == "second") == (half == "second"))
        )


def schema_at(known: Iterable[str], heads: Iterable[str], implied: Iterable[str]) -> Schema:
    """The schema that a version table describes.

    `heads` are the newest id of each branch; `implied` are the known ones below them. A stranger that
    is a first half stands in the row of the first half before it, which was applied too.
    """
    names = tuple(sorted(known))
    strangers = tuple(sorted(set(heads) - set(names)))
    below = {
        name
        for name in names
        if half_of(name) != "second" and any(name < newer for newer in strangers if half_of(newer))
    }
    return Schema(names, frozenset(implied) | below, strangers)
