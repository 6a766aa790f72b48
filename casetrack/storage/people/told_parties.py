"""Parties who are still told: where a channel finds them, and whose power is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from casetrack.domain.people import contact
from casetrack.storage import schema


def powers_over(connection: Connection, region: str, now: datetime, limit: int) -> list[str]:
    """Numbers of cases in which a representative's last day has passed, longest ago first."""
    table = schema.parties.c
    rows = connection.execute(
        select(table.number)
        .where(
            table.region == region,
            table.until <= now,
            table.role == "representative",
            table.silenced.is_(None),
        )
        .order_by(table.until)
        .limit(limit)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class ReachedRow:
    """How a party is reached, sealed: its channels, and the key and the text that hold its addresses."""

    subject: str
    text: str
    channels: tuple[str, ...]
    language: str
    wrapped_key: bytes
    sealed: bytes


def reached(
    connection: Connection, region: str, number: str, role: str, now: datetime
) -> ReachedRow | None:
    """All that is needed to reach a party, in one read; None when it is not there, erased, or not to be
    told any more."""
    row = connection.execute(
        _REACHED, {"in_region": region, "of_number": number, "as_role": role, "now": now}
    ).first()
    if row is None:
        return None
    values = {**row._mapping, "channels": contact.read(row.channels)}
    return ReachedRow(**values)


def _reached() -> Select[Any]:
    parties, subjects, texts = schema.parties, schema.subjects, schema.texts
    return (
        select(
            parties.c.subject,
            parties.c.text,
            parties.c.channels,
            parties.c.language,
            subjects.c.wrapped_key,
            texts.c.sealed,
        )
        .join(
            subjects,
            (subjects.c.region == parties.c.region) & (subjects.c.subject == parties.c.subject),
        )
        .join(texts, (texts.c.region == parties.c.region) & (texts.c.text == parties.c.text))
        .where(
            parties.c.region == bindparam("in_region"),
            parties.c.number == bindparam("of_number"),
            parties.c.role == bindparam("as_role"),
            subjects.c.wrapped_key.is_not(None),
            is_told(bindparam("now", type_=schema.Instant())),
        )
    )


def is_told(now: Any) -> ColumnElement[bool]:
    """In a query of parties: whether they are still told, their power not over and they not silenced."""
    parties = schema.parties.c
    return and_(parties.silenced.is_(None), or_(parties.until.is_(None), parties.until > now))


_REACHED = _reached()
