"""How officers are printed, sealed: each row under a key of its own, so that it can be erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.unit_of_work import UnitOfWork

_TABLE, _P = schema.officer_profiles, schema.officer_profiles.c
_OF_LOGIN = Fixed(
    select(_P.since, _P.wrapped_key, _P.sealed)
    .where(_P.region == bindparam("region"), _P.login == bindparam("login"))
    .order_by(_P.since)
)


def of_officer(connection: Connection, region: str, login: str) -> Sequence[Any]:
    """The rows of an officer, oldest first: since, wrapped key, sealed text."""
    return ask(connection, _OF_LOGIN, {"region": region, "login": login})


def put(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Keep one; what counted from the same day is replaced."""
    uow.execute(upsert(uow.dialect, _TABLE, [dict(values)]))


def forget(uow: UnitOfWork, region: str, login: str) -> int:
    """Remove all that is kept of an officer; gives how many rows there were."""
    gone = delete(_TABLE).where(_P.region == region, _P.login == login)
    return int(uow.execute(gone).rowcount)
