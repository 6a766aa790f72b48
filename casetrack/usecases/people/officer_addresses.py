"""Officers' own e-mail addresses: as the region's files say them, sealed, outside the events."""

from collections.abc import Mapping
from typing import Any

from casetrack.storage.people import officer_addresses as rows
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context


def keep_addresses(ctx: Context, uow: UnitOfWork, region: str, said: Mapping[str, str]) -> None:
    """Make the addresses of a region's officers what its files say; who is not named has none."""
    known = addresses(ctx, uow.connection, region)
    for login in sorted(set(known) - set(said)):
        rows.forget(uow, region, login)
    for login, address in sorted(said.items()):
        if known.get(login) != address:
            key, wrapped = ctx.vault.new_key(region, _holder(login))
            sealed = ctx.vault.seal(key, address, _holder(login))
            rows.put(
                uow, {"region": region, "login": login, "wrapped_key": wrapped, "sealed": sealed}
            )


def addresses(ctx: Context, connection: Any, region: str) -> dict[str, str]:
    """The address of each officer of whom one is known."""
    return {
        row.login: _opened(ctx, region, row.login, row)
        for row in rows.addressed(connection, region)
    }


def address_of(ctx: Context, connection: Any, region: str, login: str) -> str | None:
    """Where an officer reads their mail; None where nobody said."""
    row = rows.of_officer(connection, region, login)
    return _opened(ctx, region, login, row) if row is not None else None


def _opened(ctx: Context, region: str, login: str, row: Any) -> str:
    key = ctx.vault.unwrap(row.wrapped_key, region, _holder(login))
    return ctx.vault.open(key, row.sealed, _holder(login))


def _holder(login: str) -> str:
    """To what key and text are bound: moved to another row, they do not open."""
    return f"address:{login}"
