"""Free text and party data on their way into sealed rows; events get a reference and an HMAC."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.events import check_json
from casetrack.storage.people.person_texts import TextRow
from casetrack.storage.people.sealed_rows import SealedText
from casetrack.usecases.context import Context


@dataclass
class Sealer:
    """Seals texts under one subject's key and collects the rows to store."""

    ctx: Context
    region: str
    subject: str
    key: bytes
    rows: list[tuple[str, str, bytes]] = field(default_factory=list)

    def seal(self, kind: str, text: str) -> dict[str, Any]:
        """The reference that an event may hold: the row's id and the HMAC of the text."""
        check_json(text)
        text_id = self.ctx.new_id()
        sealed = self.ctx.vault.seal(self.key, text, text_context(self.region, text_id))
        self.rows.append((text_id, kind, sealed))
        return {"text": text_id, "hmac": self.ctx.vault.digest(self.key, f"{text_id}:{text}")}

    def texts(self, number: str) -> list[TextRow]:
        """The rows, for this case."""
        return [
            TextRow(text_id, self.subject, kind, number, sealed)
            for text_id, kind, sealed in self.rows
        ]


def open_texts(ctx: Context, region: str, rows: Iterable[SealedText]) -> dict[str, str]:
    """Each of these texts by its id."""
    keys: dict[str, bytes] = {}
    found = {}
    for row in rows:
        if row.subject not in keys:
            keys[row.subject] = ctx.vault.unwrap(row.wrapped_key, region, row.subject)
        context = text_context(region, row.text)
        found[row.text] = ctx.vault.open(keys[row.subject], row.sealed, context)
    return found


def text_context(region: str, text_id: str) -> str:
    """What a sealed text is bound to: moved to another row, it does not open."""
    return f"text:{region}:{text_id}"


def as_text(document: Mapping[str, Any]) -> str:
    """Party data as one text."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
