"""Each try to sign in as an officer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from casetrack.domain.people.sign_ins import Outcome, Place
from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork

_TABLE = schema.sign_ins


@dataclass(frozen=True, slots=True)
class SignIn:
    """One try."""

    sign_in: str
    at: datetime
    login: str
    outcome: Outcome
    place: Place


def put_sign_in(uow: UnitOfWork, region: str, tried: SignIn) -> None:
    """Keep a try."""
    row = {
        "region": region,
        "sign_in": tried.sign_in,
        "at": tried.at,
        "login": tried.login,
        "outcome": tried.outcome,
        "address": tried.place.address,
        "agent": tried.place.agent,
    }
    uow.execute(insert(_TABLE).values(row))


def some_sign_ins(
    connection: Connection,
    region: str,
    *,
    since: datetime | None,
    until: datetime | None,
    before: tuple[Any, ...] | None,
    limit: int,
) -> list[SignIn]:
    """Tries of a region's officers, the newest first; `before` is the key of the last one seen."""
    table = _TABLE.c
    query = select(_TABLE).where(table.region == region)
    if since is not None:
        query = query.where(table.at >= since)
    if until is not None:
        query = query.where(table.at < until)
    if before is not None:
        at, sign_in = before
        query = query.where((table.at < at) | ((table.at == at) & (table.sign_in < sign_in)))
    rows = connection.execute(query.order_by(table.at.desc(), table.sign_in.desc()).limit(limit))
    return [
        SignIn(row.sign_in, row.at, row.login, row.outcome, Place(row.address, row.agent))
        for row in rows
    ]


def purge(uow: UnitOfWork, region: str, older_than: datetime) -> int:
    """Forget tries of then; gives how many."""
    old = delete(_TABLE).where(_TABLE.c.region == region, _TABLE.c.at < older_than)
    return int(uow.execute(old).rowcount)
