"""Sealed texts: what was taken down of a person, notes, defects, names of documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from casetrack.storage import schema
from casetrack.storage.row_sets import Rows, Writes
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class TextRow:
    """A sealed text: party data, a note, a defect, a document's name."""

    text: str
    subject: str
    kind: str
    number: str
    sealed: bytes


def text_values(region: str, rows: Sequence[TextRow]) -> list[dict[str, Any]]:
    """The rows of sealed texts."""
    return [{"region": region, **{name: getattr(row, name) for name in _TEXT}} for row in rows]


_TEXTS = Writes(Rows(schema.texts))


def put_texts(uow: UnitOfWork, region: str, rows: Sequence[TextRow]) -> None:
    """Keep sealed texts."""
    if rows:
        uow.put(_TEXTS, {"texts": text_values(region, rows)})


_TEXT = ("text", "subject", "kind", "number", "sealed")


def texts_of_subject(connection: Connection, region: str, subject_id: str) -> list[TextRow]:
    """All sealed texts of a subject."""
    table = schema.texts
    rows = connection.execute(
        select(table.c.text, table.c.subject, table.c.kind, table.c.number, table.c.sealed).where(
            table.c.region == region, table.c.subject == subject_id
        )
    )
    return [TextRow(*row) for row in rows]


def party_texts(connection: Connection, region: str, subject_id: str) -> list[TextRow]:
    """What was taken down of the person in each of their cases."""
    texts = texts_of_subject(connection, region, subject_id)
    return [text for text in texts if text.kind == "party"]


def one_text(connection: Connection, region: str, text_id: str) -> TextRow | None:
    """A sealed text by id."""
    table = schema.texts
    row = connection.execute(
        select(table.c.text, table.c.subject, table.c.kind, table.c.number, table.c.sealed).where(
            table.c.region == region, table.c.text == text_id
        )
    ).first()
    return TextRow(*row) if row else None


def drop_text(uow: UnitOfWork, region: str, text_id: str) -> None:
    """Remove one text that a corrected one replaces."""
    uow.execute(
        delete(schema.texts).where(schema.texts.c.region == region, schema.texts.c.text == text_id)
    )


def put_text(uow: UnitOfWork, region: str, row: TextRow) -> None:
    """The text stands under another subject's key now."""
    table = schema.texts
    uow.execute(
        update(table)
        .where(table.c.region == region, table.c.text == row.text)
        .values(subject=row.subject, sealed=row.sealed)
    )
