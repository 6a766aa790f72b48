"""Officers' accounts: one login, one region."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, true, update

from casetrack.domain.access import Account
from casetrack.domain.authority.registrars import Keeper
from casetrack.domain.people.persons import Account as Mark
from casetrack.domain.people.persons import persons_of
from casetrack.domain.region.region_data import Officer
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.people.own_case import whose
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OfficerRecord:
    """An officer and the region they belong to."""

    region: str
    officer: Officer


def put_officers(uow: UnitOfWork, region: str, officers: Iterable[Officer]) -> None:
    """Make a region's accounts these; those that are not named are disabled.

    Who was shut out by command stays so, whatever the files say. Who is a registrar stays so too: that is
    a paper of the register.
    """
    out = shut_out(uow.connection, region)
    rows = [
        officer_values(region, replace(each, disabled=each.disabled or each.login in out))
        for each in officers
    ]
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
    """The columns of an officer's row that files and commands say."""
    return {
        "region": region,
        "login": officer.login,
        "role": officer.role,
        "roles": json.dumps(list(officer.roles)),
        "agency": officer.agency,
        "positions": json.dumps(list(officer.positions)),
        "disabled": officer.disabled,
        "data_protection": officer.data_protection,
        "person": officer.person,
    }


def put_officer(uow: UnitOfWork, region: str, officer: Officer) -> None:
    """Add an officer, or change their account."""
    uow.execute(upsert(uow.dialect, schema.officers, [officer_values(region, officer)]))


def close_duties(uow: UnitOfWork, region: str, login: str) -> None:
    """Their account says no more whose papers the officer keeps, only whose they once did."""
    row = uow.execute(
        select(schema.officers.c.registrar_for).where(
            schema.officers.c.region == region, schema.officers.c.login == login
        )
    ).first()
    once = dict.fromkeys(json.loads((row.registrar_for if row else None) or "{}"), False)
    uow.execute(
        update(schema.officers)
        .where(schema.officers.c.region == region, schema.officers.c.login == login)
        .values(registrar_for=json.dumps(once, sort_keys=True))
    )


def nik_index_of(connection: Connection, region: str, login: str) -> str | None:
    """The keyed index of an officer's NIK; None where it is not kept."""
    table = schema.officers.c
    query = select(table.nik_index).where(table.region == region, table.login == login)
    return connection.execute(query).scalar()


def set_nik_index(uow: UnitOfWork, login: str, nik_index: str) -> None:
    """Keep the keyed index of an officer's own NIK."""
    uow.execute(
        update(schema.officers).where(schema.officers.c.login == login).values(nik_index=nik_index)
    )


def disable_officer(uow: UnitOfWork, login: str, now: datetime) -> None:
    """Nobody can act as this officer until they are enabled."""
    _set_out(uow, login, now)


def enable_officer(uow: UnitOfWork, login: str) -> None:
    """The officer can act again, with a new token."""
    _set_out(uow, login, None)


def _set_out(uow: UnitOfWork, login: str, since: datetime | None) -> None:
    # `disabled` too: it is all that the release before knows.
    uow.execute(
        update(schema.officers)
        .where(schema.officers.c.login == login)
        .values(shut_out_at=since, disabled=since is not None)
    )


def shut_out(connection: Connection, region: str) -> set[str]:
    """The logins of a region that were disabled by command."""
    table = schema.officers.c
    rows = connection.execute(
        select(table.login).where(table.region == region, table.shut_out_at.is_not(None))
    )
    return set(rows.scalars())


def lock_officer(uow: UnitOfWork, login: str) -> OfficerRecord | None:
    """One officer, whom nobody disables before this transaction ends."""
    row = uow.execute(
        select(schema.officers).where(schema.officers.c.login == login).with_for_update()
    ).first()
    return OfficerRecord(row.region, _officer(row)) if row else None


def all_officers(connection: Connection) -> list[OfficerRecord]:
    """All officers, by region and login."""
    rows = connection.execute(
        select(schema.officers).order_by(schema.officers.c.region, schema.officers.c.login)
    )
    return [OfficerRecord(row.region, _officer(row)) for row in rows]


def of_region(
    connection: Connection, region: str, login: str | None = None
) -> list[tuple[Officer, bool]]:
    """A region's officers by login, or one of them, each with whether a command shut them out."""
    table = schema.officers
    query = select(table).where(table.c.region == region).order_by(table.c.login)
    if login is not None:
        query = query.where(table.c.login == login)
    return [(_officer(row), row.shut_out_at is not None) for row in connection.execute(query)]


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
    rows = connection.execute(
        select(table.login, table.disabled, table.shut_out_at).where(table.region == region)
    )
    return {row.login: not _is_disabled(row) for row in rows}


def live_among(connection: Connection, region: str, logins: Collection[str]) -> set[str]:
    """Those of these logins whose account is not disabled."""
    table = schema.officers.c
    rows = connection.execute(
        select(table.login, table.disabled, table.shut_out_at).where(
            table.region == region, table.login.in_(sorted(logins))
        )
    )
    return {row.login for row in rows if not _is_disabled(row)}


def of_case(
    connection: Connection, region: str, number: str, logins: Collection[str]
) -> dict[str, Account]:
    """The accounts of these logins, each with whether they are or were a party of the case, by the keyed
    index of their NIK or of another account of theirs."""
    table, subjects, parties = schema.officers, schema.subjects.c, schema.parties.c
    twins = schema.officers.alias("twin")
    twin = twins.c
    party = (
        select(subjects.subject)
        .join(
            schema.parties,
            (parties.region == subjects.region) & (parties.subject == subjects.subject),
        )
        .join(twins, (twin.region == region) & whose(twin.nik_index))
        .where(
            subjects.region == region,
            or_(twin.login == table.c.login, twin.person == table.c.person),
            parties.region == region,
            parties.number == number,
        )
        .correlate(table)
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


def for_data_protection(connection: Connection, region: str) -> set[str]:
    """The logins of a region that are named for data protection."""
    table = schema.officers.c
    rows = connection.execute(
        select(table.login).where(table.region == region, table.data_protection.is_(True))
    )
    return set(rows.scalars())


def marks(connection: Connection, region: str) -> list[Mark]:
    """What is known of whose each account of a region is, by login."""
    table = schema.officers.c
    rows = connection.execute(
        select(table.login, table.person, table.nik_index).where(table.region == region)
    )
    return sorted((row.login, row.person, row.nik_index) for row in rows)


def persons(connection: Connection, region: str) -> dict[str, str]:
    """The person behind each account of a region: several count as one."""
    return persons_of(marks(connection, region))


def keepers(connection: Connection, region: str) -> dict[str, Keeper]:
    """Every account of a region as the register asks for it: who they are, and whose papers they keep."""
    query = select(schema.officers).where(schema.officers.c.region == region)
    rows = connection.execute(query.order_by(schema.officers.c.login)).all()
    persons = persons_of([(row.login, row.person, row.nik_index) for row in rows])
    return {row.login: _keeper(row, persons[row.login]) for row in rows}


def _keeper(row: Any, person: str) -> Keeper:
    duties = json.loads(row.registrar_for or "{}")
    return Keeper(
        row.login,
        person,
        row.agency,
        not _is_disabled(row),
        frozenset(body for body, keeps in duties.items() if keeps),
        frozenset(duties),
        (row.role, *more_roles(row.role, row.roles)),
    )


def find_officer(connection: Connection, login: str) -> OfficerRecord | None:
    """One officer; logins are unique across regions."""
    row = connection.execute(
        select(schema.officers).where(schema.officers.c.login == login)
    ).first()
    return OfficerRecord(row.region, _officer(row)) if row else None


def _officer(row: Any) -> Officer:
    return Officer(
        row.login,
        row.role,
        row.agency,
        tuple(json.loads(row.positions)),
        _is_disabled(row),
        more_roles(row.role, row.roles),
        registrar_for(row.registrar_for),
        bool(row.data_protection),
        row.person,
    )


def more_roles(role: str, roles: str | None) -> tuple[str, ...]:
    """The further roles of an account, as its row has them."""
    known = json.loads(roles) if roles is not None else [role]
    return tuple(known[1:]) if known[:1] == [role] else ()


def registrar_for(stored: str | None) -> tuple[str, ...]:
    """The bodies whose papers an officer keeps by their account, of what its row says: since who is a
    registrar is a paper of the register, none."""
    return tuple(body for body, keeps in sorted(json.loads(stored or "{}").items()) if keeps)


def _is_disabled(row: Any) -> bool:
    # Both: a load of the release before, or one that ran beside the command, sets the first alone.
    return row.disabled or row.shut_out_at is not None
