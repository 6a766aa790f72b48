"""Officers' accounts: one login, one region."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, true, update

from casetrack.domain.access import Account
from casetrack.domain.region.region_data import Officer
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OfficerRecord:
    """An officer and the region they belong to."""

    region: str
    officer: Officer


def put_officers(uow: UnitOfWork, region: str, officers: Iterable[Officer]) -> None:
    """Make a region's accounts these; those that are not named are disabled."""
    rows = [officer_values(region, officer) for officer in officers]
    if rows:
        uow.execute(upsert(uow.dialect, schema.officers, rows))
    uow.execute(
        update(schema.officers)
        .where(
            schema.officers.c.region == region,
            schema.officers.c.login.not_in([row["login"] for row in rows]),
        )
        .values(disabled=True)
    )


def officer_values(region: str, officer: Officer) -> dict[str, Any]:
    """The columns of an officer's row."""
    return {
        "region": region,
        "login": officer.login,
        "role": officer.role,
        "roles": json.dumps(list(officer.roles)),
        "agency": officer.agency,
        "positions": json.dumps(list(officer.positions)),
        "disabled": officer.disabled,
    }


def put_officer(uow: UnitOfWork, region: str, officer: Officer) -> None:
    """Add an officer, or change their account."""
    uow.execute(upsert(uow.dialect, schema.officers, [officer_values(region, officer)]))


def set_nik_index(uow: UnitOfWork, login: str, nik_index: str) -> None:
    """Keep the keyed index of an officer's own NIK."""
    uow.execute(
        update(schema.officers).where(schema.officers.c.login == login).values(nik_index=nik_index)
    )


def disable_officer(uow: UnitOfWork, login: str) -> bool:
    """Nobody can act as this officer any more. False when there is none."""
    result = uow.execute(
        update(schema.officers).where(schema.officers.c.login == login).values(disabled=True)
    )
    return bool(result.rowcount)


def all_officers(connection: Connection) -> list[OfficerRecord]:
    """All officers, by region and login."""
    rows = connection.execute(
        select(schema.officers).order_by(schema.officers.c.region, schema.officers.c.login)
    )
    return [OfficerRecord(row.region, _officer(row)) for row in rows]


def some_officers(
    connection: Connection, region: str, agency: str | None, after: str, most: int
) -> list[Officer]:
    """Officers of a region, or of one agency of it, behind a login."""
    table = schema.officers.c
    rows = connection.execute(
        select(schema.officers)
        .where(table.region == region, table.login > after)
        .where(table.agency == agency if agency is not None else true())
        .order_by(table.login)
        .limit(most)
    )
    return [_officer(row) for row in rows]


def accounts(connection: Connection, region: str) -> dict[str, bool]:
    """The logins of a region, each with whether the account is live."""
    table = schema.officers.c
    rows = connection.execute(select(table.login, table.disabled).where(table.region == region))
    return {row.login: not row.disabled for row in rows}


def of_case(
    connection: Connection, region: str, number: str, logins: Collection[str]
) -> dict[str, Account]:
    """The accounts of these logins, each with whether they are a party of the case, by the keyed index
    of their NIK."""
    table, subjects, parties = schema.officers, schema.subjects.c, schema.parties.c
    party = (
        select(subjects.subject)
        .join(
            schema.parties,
            (parties.region == subjects.region) & (parties.subject == subjects.subject),
        )
        .where(
            subjects.region == region,
            subjects.nik_index == table.c.nik_index,
            parties.region == region,
            parties.number == number,
        )
        .exists()
    )
    rows = connection.execute(
        select(table, party.label("party")).where(
            table.c.region == region, table.c.login.in_(sorted(logins))
        )
    )
    found = ((_officer(row), row.party) for row in rows)
    return {
        officer.login: Account(
            officer.login, officer.roles, officer.agency, not officer.disabled, bool(party)
        )
        for officer, party in found
    }


def find_officer(connection: Connection, login: str) -> OfficerRecord | None:
    """One officer; logins are unique across regions."""
    row = connection.execute(
        select(schema.officers).where(schema.officers.c.login == login)
    ).first()
    return OfficerRecord(row.region, _officer(row)) if row else None


def _officer(row: Any) -> Officer:
    positions = tuple(json.loads(row.positions))
    more = more_roles(row.role, row.roles)
    return Officer(row.login, row.role, row.agency, positions, row.disabled, more)


def more_roles(role: str, roles: str | None) -> tuple[str, ...]:
    """The further roles of an account, as its row has them."""
    known = json.loads(roles) if roles is not None else [role]
    return tuple(known[1:]) if known[:1] == [role] else ()
