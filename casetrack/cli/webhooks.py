"""casetrack webhooks list / pause / resume / remove: what an operator does to subscribers' endpoints."""

import json

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.events import instant
from casetrack.usecases.delivery import endpoint_operator
from casetrack.usecases.delivery.endpoint_operator import Endpoint

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
    views = [_view(found) for found in endpoint_operator.listed(program().ctx, region)]
    if as_json:
        click.echo(json.dumps(views))
    elif views:
        click.echo(table([tuple(view.values()) for view in views], _HEADS))
    else:
        click.echo("Nobody has subscribed: integrators do with POST /api/v1/webhooks.")


def _view(found: Endpoint) -> dict[str, object]:
    row = found.row
    return {
        "region": row.region,
        "id": row.id,
        "agency": row.agency,
        "state": row.state if row.why is None else f"{row.state} ({row.why})",
        "since": instant(row.state_since)[:19] + "Z",
        "failures": row.failures,
        "pending": found.pending,
        "given_up": found.given_up,
        "host": "/".join(row.url.split("/", 3)[:3]),
        "last_error": row.last_error,
    }


@group.command("pause")
@click.argument("webhook")
@plain_errors
def pause(webhook: str) -> None:
    """Attempt nothing more for now; what is due waits and stays visible."""
    endpoint_operator.pause(program().ctx, webhook)
    click.echo(f"{webhook} is paused; casetrack webhooks resume lets it go on.")


@group.command("resume")
@click.argument("webhook")
@plain_errors
def resume(webhook: str) -> None:
    """Go on with what waited."""
    endpoint_operator.resume(program().ctx, webhook)
    click.echo(f"{webhook} goes on with what waited.")


@group.command("remove")
@click.argument("webhook")
@plain_errors
def remove(webhook: str) -> None:
    """Remove it; what waits is cancelled."""
    endpoint_operator.remove(program().ctx, webhook)
    click.echo(f"{webhook} is removed.")


COMMANDS = [group]
