"""Who stands in which role to a case, and how they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from casetrack.domain.people import contact
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Call, Fixed, ask
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Who stands in which role to a case, and how to reach them."""

    number: str
    role: str
    subject: str
    text: str
    channels: tuple[str, ...]
    language: str
    #: When the power by which they stand there is over; None where it has no last day.
    until: datetime | None = None
    #: Whether they are told nothing.
    silenced: bool = False
    #: Of who stood in another role before: the version of the one event of which they still hear.
    hears: int | None = None


def party_values(region: str, row: PartyRow) -> dict[str, Any]:
    """The columns of a party's row."""
    return {
        "region": region,
        "number": row.number,
        "role": row.role,
        "subject": row.subject,
        "text": row.text,
        "channels": contact.written(row.channels),
        "language": row.language,
        "until": row.until,
        "silenced": row.silenced or None,
        "hears": row.hears,
    }


def drop_party(uow: UnitOfWork, region: str, number: str, role: str) -> None:
    """Nobody stands in this role any more."""
    table = schema.parties.c
    uow.execute(
        delete(schema.parties).where(
            table.region == region, table.number == number, table.role == role
        )
    )


def put_party(uow: UnitOfWork, region: str, row: PartyRow) -> None:
    """Change how a party is reached."""
    uow.execute(upsert(uow.dialect, schema.parties, [party_values(region, row)]))


def _party(row: Any) -> PartyRow:
    reached = contact.read(row.channels)
    return PartyRow(
        row.number,
        row.role,
        row.subject,
        row.text,
        reached,
        row.language,
        row.until,
        bool(row.silenced),
        row.hears,
    )


def parties_of_subject(connection: Connection, region: str, subject_id: str) -> list[PartyRow]:
    """Every case in which the subject stands."""
    rows = connection.execute(
        select(schema.parties).where(
            schema.parties.c.region == region, schema.parties.c.subject == subject_id
        )
    )
    # Ordered here: SQLite would rather read the whole table in the order of its key.
    return sorted((_party(row) for row in rows), key=lambda party: (party.number, party.role))


_PARTY = Fixed(
    select(schema.parties).where(
        schema.parties.c.region == bindparam("region"),
        schema.parties.c.number == bindparam("number"),
        schema.parties.c.role == bindparam("role"),
    )
)


def in_role(region: str, number: str, role: str) -> Call:
    """Asks for one party of a case."""
    return _PARTY, {"region": region, "number": number, "role": role}


def read_party(rows: Sequence[Any]) -> PartyRow | None:
    """The party that was asked for."""
    return _party(rows[0]) if rows else None


def party(connection: Connection, region: str, number: str, role: str) -> PartyRow | None:
    """One party of a case."""
    return read_party(ask(connection, *in_role(region, number, role)))


def parties_of_case(connection: Connection, region: str, number: str) -> list[PartyRow]:
    """Everybody who stands in a role to the case."""
    rows = connection.execute(
        select(schema.parties)
        .where(schema.parties.c.region == region, schema.parties.c.number == number)
        .order_by(schema.parties.c.role)
    )
    return [_party(row) for row in rows]


def move_case(uow: UnitOfWork, region: str, number: str, source: str, target: str) -> None:
    """In this case the one subject stands where the other did."""
    table = schema.parties
    uow.execute(
        update(table)
        .where(table.c.region == region, table.c.number == number, table.c.subject == source)
        .values(subject=target)
    )
