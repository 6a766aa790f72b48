"""The persons of cases, opened, and how each is shown to who may read all, the name, or nothing.

Who opens them writes the look down first (`readings`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetrack.domain.people.readers import Shown, masked_nik
from casetrack.storage.people import sealed_rows
from casetrack.storage.people.sealed_rows import SealedParty
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import text_context

#: What only who reads persons in full is shown.
_IN_FULL = ("email", "phone", "address", "company_number", "passport_number", "acting")


@dataclass(frozen=True, slots=True)
class OpenParty:
    """A party and what was taken down of them; `data` is None of an erased person."""

    row: SealedParty
    data: Mapping[str, Any] | None

    def view(self, shown: Shown) -> dict[str, Any]:
        """As docs/api.md describes a party; there is none to show to who reads nothing."""
        said = self.data or {}
        nik = said.get("nik")
        return {
            "role": self.row.role,
            "kind": said.get("kind"),
            "name": said.get("name"),
            "nik": masked_nik(nik) if nik and shown != "full" else nik,
            **{name: said.get(name) if shown == "full" else None for name in _IN_FULL},
            "language": self.row.language,
            "channels": list(self.row.channels),
            "erased": self.data is None,
        }


def parties_of(ctx: Context, region: str, numbers: Sequence[str]) -> dict[str, list[OpenParty]]:
    """Everybody in these cases, by case; a case without parties has an empty list."""
    with ctx.database.read() as connection:
        rows = sealed_rows.parties_of_cases(connection, region, numbers)
    return by_case(ctx, region, numbers, rows)


def by_case(
    ctx: Context, region: str, numbers: Sequence[str], rows: Sequence[SealedParty]
) -> dict[str, list[OpenParty]]:
    """The same of rows that were read already."""
    found: dict[str, list[OpenParty]] = {number: [] for number in numbers}
    for row, data in zip(rows, _opened(ctx, region, rows), strict=True):
        found[row.number].append(OpenParty(row, data))
    return found


def _opened(
    ctx: Context, region: str, rows: Iterable[SealedParty]
) -> Iterable[Mapping[str, Any] | None]:
    keys: dict[str, bytes] = {}
    for row in rows:
        if row.wrapped_key is None or row.sealed is None:
            yield None
            continue
        if row.subject not in keys:
            keys[row.subject] = ctx.vault.unwrap(row.wrapped_key, region, row.subject)
        text = ctx.vault.open(keys[row.subject], row.sealed, text_context(region, row.text))
        yield json.loads(text)
