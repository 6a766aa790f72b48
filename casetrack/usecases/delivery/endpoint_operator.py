"""What an operator does to subscribers' endpoints: see how they fare, pause, resume, remove."""

from collections.abc import Callable
from dataclasses import dataclass

from casetrack.domain.errors import NotFound, NotNow
from casetrack.storage.delivery import subscriptions as rows
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import subscriptions
from casetrack.usecases.delivery.webhook_attempt import set_state


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A subscription and how many deliveries wait for it or were given up."""

    row: Row
    pending: int
    given_up: int


def listed(ctx: Context, region: str | None) -> list[Endpoint]:
    """Every subscription, or those of one region."""
    with ctx.database.read() as connection:
        found = rows.all_of(connection, region=region)
        counts = [rows.waiting(connection, row.region, row.id) for row in found]
    return [
        Endpoint(row, count["pending"], count["given_up"])
        for row, count in zip(found, counts, strict=True)
    ]


def pause(ctx: Context, name: str) -> None:
    """Attempt nothing more for now. Raises NotFound, NotNow."""

    def paused(ctx: Context, uow: UnitOfWork, row: Row) -> Row:
        if row.state != "active":
            raise NotNow("not_active", f"{row.id} is {row.state}, not active.")
        return set_state(ctx, uow, row, "paused", "operator")

    _change(ctx, name, paused)


def resume(ctx: Context, name: str) -> None:
    """Go on with what waited. Raises NotFound, NotNow."""
    _change(ctx, name, subscriptions.resumed)


def remove(ctx: Context, name: str) -> None:
    """Cancel what waits and subscribe to nothing more. Raises NotFound, NotNow."""
    _change(ctx, name, subscriptions.removed)


def _change(ctx: Context, name: str, change: Callable[[Context, UnitOfWork, Row], Row]) -> None:
    with ctx.database.read() as connection:
        found = rows.all_of(connection, name=name)
    if not found:
        raise _unknown(name)
    with ctx.database.write() as uow:
        row = rows.lock(uow, found[0].region, name)
        if row is None:
            raise _unknown(name)
        change(ctx, uow, row)
    ctx.wake()


def _unknown(name: str) -> NotFound:
    return NotFound(
        "unknown_webhook", f"There is no webhook {name!r}; casetrack webhooks list shows them."
    )
