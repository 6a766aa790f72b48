"""Passwords of officers as digests, and invitations to set one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork

_PASSWORDS, _INVITATIONS = schema.passwords, schema.invitations


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may set a password, and until when."""

    region: str
    login: str
    ends_at: datetime


def digest_of(connection: Connection, region: str, login: str) -> str | None:
    """The digest of an officer's password; None where none was set."""
    table = _PASSWORDS.c
    query = select(table.digest).where(table.region == region, table.login == login)
    found: str | None = connection.execute(query).scalar()
    return found


def put_password(uow: UnitOfWork, region: str, login: str, digest: str, now: datetime) -> None:
    """Keep an officer's password in place of the one before. Under the officer's lock."""
    table = _PASSWORDS.c
    uow.execute(delete(_PASSWORDS).where(table.region == region, table.login == login))
    row = {"region": region, "login": login, "digest": digest, "set_at": now}
    uow.execute(insert(_PASSWORDS).values(row))


def put_invitation(uow: UnitOfWork, made: Invitation, digest: str, now: datetime) -> None:
    """Keep an invitation in place of the one before. Under the officer's lock."""
    remove_invitation(uow, made.region, made.login)
    row = {
        "region": made.region,
        "login": made.login,
        "digest": digest,
        "made_at": now,
        "ends_at": made.ends_at,
    }
    uow.execute(insert(_INVITATIONS).values(row))


def find_invitation(connection: Connection, digest: str) -> Invitation | None:
    """The invitation whose link holds this, over or not."""
    table = _INVITATIONS.c
    query = select(table.region, table.login, table.ends_at).where(table.digest == digest)
    row = connection.execute(query).first()
    return Invitation(*row) if row else None


def remove_invitation(uow: UnitOfWork, region: str, login: str) -> None:
    """No link sets a password of this officer any more."""
    table = _INVITATIONS.c
    uow.execute(delete(_INVITATIONS).where(table.region == region, table.login == login))
