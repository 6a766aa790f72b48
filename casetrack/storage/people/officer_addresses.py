"""Officers' own e-mail addresses, each sealed under a key of its own; who got the mail of which day."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.unit_of_work import UnitOfWork

_ADDRESSES, _A = schema.officer_addresses, schema.officer_addresses.c
_REMINDERS, _R = schema.officer_reminders, schema.officer_reminders.c
_HERE = Fixed(
    select(_A.login, _A.wrapped_key, _A.sealed)
    .where(_A.region == bindparam("region"))
    .order_by(_A.login)
)
_ONE = Fixed(
    select(_A.wrapped_key, _A.sealed).where(
        _A.region == bindparam("region"), _A.login == bindparam("login")
    )
)
_TOLD = Fixed(
    select(_R.day).where(_R.region == bindparam("region"), _R.login == bindparam("login"))
)


def addressed(connection: Connection, region: str) -> Sequence[Any]:
    """The rows of a region: login, wrapped key, sealed address."""
    return ask(connection, _HERE, {"region": region})


def of_officer(connection: Connection, region: str, login: str) -> Any | None:
    """The row of one officer."""
    rows = ask(connection, _ONE, {"region": region, "login": login})
    return rows[0] if rows else None


def put(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Keep one in place of the one before."""
    uow.execute(upsert(uow.dialect, _ADDRESSES, [dict(values)]))


def forget(uow: UnitOfWork, region: str, login: str) -> None:
    """Nothing is kept of an officer's address."""
    uow.execute(delete(_ADDRESSES).where(_A.region == region, _A.login == login))


def told_on(connection: Connection, region: str, login: str) -> str | None:
    """The last day of which an officer was told; without a login, of which the whole region was."""
    rows = ask(connection, _TOLD, {"region": region, "login": login})
    return str(rows[0].day) if rows else None


def put_told(uow: UnitOfWork, region: str, login: str, day: str) -> None:
    """An officer, or the whole region, was told of this day."""
    row = {"region": region, "login": login, "day": day}
    uow.execute(upsert(uow.dialect, _REMINDERS, [row]))
