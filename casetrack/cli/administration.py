"""casetrack administration: who did what to accounts, tokens and a region's files."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from casetrack.cli.common import plain_errors, program, table
from casetrack.domain.people.administration import KEYS, TYPES
from casetrack.usecases.questions.past_administration import past_administration
from casetrack.usecases.region import regions

#: As many as one reads.
_MOST = 10_000
_DAY = click.DateTime(["%Y-%m-%d"])
Document = Mapping[str, Any]


@click.command("administration")
@click.option("--region", metavar="CODE", help="Default: the only one.")
@click.option("--since", type=_DAY, help="From this local day on.")
@click.option("--until", type=_DAY, help="Up to this local day, itself included.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, whole.")
@plain_errors
def administration(
    region: str | None, since: datetime | None, until: datetime | None, as_json: bool
) -> None:
    """Who did what to accounts, roles, registrars, tokens and a region's files; the newest first."""
    ctx = program().ctx
    page = past_administration(
        ctx,
        regions.choose(ctx, region),
        since=since.date() if since else None,
        until=until.date() if until else None,
        before=None,
        limit=_MOST,
    )
    if as_json:
        for item in page.items:
            click.echo(json.dumps(item))
        return
    rows = [
        (
            item["recorded_at"][:19],
            item["actor"]["id"],
            item["type"].removeprefix(TYPES),
            "; ".join(_in_words(item["data"])),
        )
        for item in page.items
    ]
    click.echo(table(rows, ("AT (UTC)", "BY", "ACT", "WHAT")) if rows else "Nothing was done then.")
    if page.next_key is not None:
        click.echo(f"Older ones are left out: give --until {page.items[-1]['recorded_at'][:10]}.")


def _in_words(data: Document) -> Iterator[str]:
    """Each thing, and what became otherwise of it."""
    for kind, name in KEYS.items():
        for change in data.get(kind, ()):
            yield f"{change[name]}: {_change(change.get('before'), change['after'])}"
    for change in data.get("offered", ()):
        was, now = (_value("version", change[when]) for when in ("before", "after"))
        yield f"{change['service']}: version {was} -> {now}"
    for word in ("removed", "added"):
        yield from (f"{word} {day['day']}" for day in data.get(word, ()))
    if "login" in data:
        yield ": ".join([data["login"], *filter(None, [", ".join(data.get("agencies", ()))])])
    if "after" in data:
        yield _change(data["before"], data["after"])


def _change(before: Document | None, after: Document) -> str:
    if before is None:
        told = [f"{name} {_value(name, value)}" for name, value in after.items()
                if name == "ends_at" or value not in (None, [], False)]  # fmt: skip
    else:
        told = [
            f"{name} {_value(name, before.get(name))} -> {_value(name, value)}"
            for name, value in after.items()
        ]
    return ", ".join(told)


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "+".join(map(str, value)) or "-"
    if value is None:
        return "never" if name == "ends_at" else "-"
    # Enough of a digest to be compared by eye; --json has all of it.
    return str(value)[:12] if name == "sha256" else str(value)


COMMANDS = [administration]
