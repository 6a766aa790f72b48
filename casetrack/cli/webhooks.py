"""casetrack webhooks list / pause / resume / remove: what an operator does to subscribers' endpoints."""

import json
from collections.abc import Callable

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.errors import BadInput
from casetrack.domain.events import instant
from casetrack.storage.delivery import subscriptions
from casetrack.storage.delivery.subscriptions import Row
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import subscriptions as webhooks
from casetrack.usecases.delivery.webhook_attempt import set_state

_HEADS = ("REGION", "WEBHOOK", "AGENCY", "STATE", "SINCE", "FAILURES", "WAITS", "GIVEN UP", "HOST",
          "LAST ERROR")  # fmt: skip


@click.group("webhooks")
def group() -> None:
    """See subscribers' endpoints, pause, resume and remove them."""


@group.command("list")
@click.option("--region", metavar="CODE", help="Only of this region.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on one line.")
@plain_errors
def list_webhooks(region: str | None, as_json: bool) -> None:
    """List webhooks and how their endpoints fare. Of a URL only the host is shown."""
    ctx = program().ctx
    with ctx.database.read() as connection:
        rows = subscriptions.all_of(connection, region=region)
        waiting = {row.id: subscriptions.waiting(connection, row.region, row.id) for row in rows}
    views = [_view(row, waiting[row.id]) for row in rows]
    if as_json:
        click.echo(json.dumps(views))
    elif views:
        click.echo(table([tuple(view.values()) for view in views], _HEADS))
    else:
        click.echo("Nobody has subscribed: integrators do with POST /api/v1/webhooks.")


def _view(row: Row, waiting: dict[str, int]) -> dict[str, object]:
    return {
        "region": row.region,
        "id": row.id,
        "agency": row.agency,
        "state": row.state if row.why is None else f"{row.state} ({row.why})",
        "since": instant(row.state_since)[:19] + "Z",
        "failures": row.failures,
        "pending": waiting["pending"],
        "given_up": waiting["given_up"],
        "host": "/".join(row.url.split("/", 3)[:3]),
        "last_error": row.last_error,
    }


@group.command("pause")
@click.argument("webhook")
@plain_errors
def pause(webhook: str) -> None:
    """Attempt nothing more for now; what is due waits and stays visible."""

    def do(ctx: Context, uow: UnitOfWork, row: Row) -> Row:
        if row.state != "active":
            raise BadInput(f"{row.id} is {row.state}, not active")
        return set_state(ctx, uow, row, "paused", "operator")

    _change(webhook, do, "is paused; casetrack webhooks resume lets it go on")


@group.command("resume")
@click.argument("webhook")
@plain_errors
def resume(webhook: str) -> None:
    """Go on with what waited."""
    _change(webhook, webhooks.resumed, "goes on with what waited")


@group.command("remove")
@click.argument("webhook")
@plain_errors
def remove(webhook: str) -> None:
    """Remove it; what waits is cancelled."""
    _change(webhook, webhooks.removed, "is removed")


def _change(name: str, do: Callable[[Context, UnitOfWork, Row], Row], told: str) -> None:
    ctx = program().ctx
    with ctx.database.read() as connection:
        found = subscriptions.all_of(connection, name=name)
    if not found:
        raise BadInput(f"there is no webhook {name!r}; casetrack webhooks list shows them")
    with ctx.database.write() as uow:
        row = subscriptions.lock(uow, found[0].region, name)
        if row is None:
            raise BadInput(f"there is no webhook {name!r}")
        do(ctx, uow, row)
    ctx.wake()
    click.echo(f"{name} {told}.")


COMMANDS = [group]
