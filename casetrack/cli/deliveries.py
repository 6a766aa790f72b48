"""casetrack deliveries list / retry."""

import json
from datetime import datetime
from typing import Any

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.delivery.receivers import STATES
from casetrack.domain.errors import BadInput
from casetrack.domain.events import instant
from casetrack.usecases.delivery import deliveries
from casetrack.usecases.delivery.deliveries import Delivery, Which

_HEADS = ("REGION", "POSITION", "LANE", "TYPE", "CHANNEL", "STATE", "ATTEMPTS", "NEXT", "ERROR")


@click.group("deliveries")
def group() -> None:
    """See what waits, fails or was given up, and send it again."""


@group.command("list")
@click.option("--case", "number", metavar="NUMBER", help="Only of this case.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    help=f"May be given several times; default {', '.join(deliveries.OPEN)}.",
)
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="A JSON list on one line.")
@plain_errors
def list_deliveries(number: str | None, states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List deliveries, lane by lane in their order. Addresses are not shown."""
    wanted = states or deliveries.OPEN
    ctx = program().ctx
    found = deliveries.find(ctx, number=number, states=wanted, limit=limit + 1)
    rows, more = found[:limit], len(found) > limit
    if as_json:
        joined = deliveries.joined(ctx, rows)
        click.echo(json.dumps([_view(row, joined) for row in rows]))
    elif rows:
        click.echo(table([_cells(row) for row in rows], _HEADS))
    else:
        click.echo(_nothing(number, states))
    if more:
        click.echo(
            f"There are more than {limit}; narrow down with --case or raise --limit.", err=True
        )


def _nothing(number: str | None, states: tuple[str, ...]) -> str:
    where = f" of {number}" if number else ""
    if states:
        return f"No delivery{where} is {' or '.join(states)}."
    return (
        f"Nothing{where} waits, was given up or was not possible: every message that was due has "
        "gone out or was told in person. Events that the relay has not numbered yet come later."
    )


def _time(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None


def _view(row: Delivery, joined: dict[tuple[str, str, int], list[str]]) -> dict[str, Any]:
    return {
        "region": row.region,
        "position": row.position,
        "lane": row.lane,
        "number": row.number,
        "party": row.role,
        "type": row.type,
        "joined": joined.get((row.region, row.lane, row.position), []),
        "channel": row.channel,
        "tried": deliveries.failed_channels(row),
        "template": row.template,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt": _time(row.not_before),
        "last_error": row.last_error,
        "recorded_at": _time(row.recorded_at),
        "ended_at": _time(row.ended_at),
    }


def _cells(row: Delivery) -> tuple[Any, ...]:
    upcoming = row.not_before.isoformat(timespec="seconds") if row.not_before else None
    if row.state == "pending" and upcoming is None:
        upcoming = "in its turn"
    return (
        row.region,
        row.position,
        row.lane,
        row.type,
        row.channel,
        row.state,
        row.attempts,
        upcoming,
        _errors(row),
    )


def _errors(row: Delivery) -> str | None:
    """Why each channel before this one failed, and the last trouble with this one."""
    tried = [f"{each['channel']}: {each['error']}" for each in deliveries.failed_channels(row)]
    return "; ".join([*tried, *([row.last_error] if row.last_error else [])]) or None


@group.command("retry")
@click.option("--case", "number", metavar="NUMBER", help="All of this case.")
@click.option("--position", metavar="REGION:POSITION", help="Those about this ledger entry.")
@click.option("--all", "everything", is_flag=True, help="All that were given up.")
@click.option(
    "--reason",
    default="by an operator",
    show_default=True,
    help="Kept, sealed, beside what goes to a webhook.",
)
@plain_errors
def retry(number: str | None, position: str | None, everything: bool, reason: str) -> None:
    """Send again what was given up, beginning anew with the attempts.

    A lane's older message goes before its newer ones that still wait. What is not possible has no
    address: it is told in person, from the clerk's list.
    """
    if [number is not None, position is not None, everything].count(True) != 1:
        raise BadInput("name one of --case, --position and --all")
    region, place = deliveries.parse_position(position) if position else (None, None)
    again = deliveries.retry(program().ctx, Which(number, region, place), reason)
    for row in again:
        click.echo(f"{row.region}:{row.position} {row.lane} {row.type}")
    if again:
        click.echo(f"{len(again)} will be sent again as soon as a worker is free.", err=True)
    else:
        click.echo("Nothing of that was given up, so nothing is sent again.")


COMMANDS = [group]
