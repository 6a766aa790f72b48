"""casetrack bounces: what the mail server could not deliver."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from casetrack.cli.common import Progress, plain_errors, program
from casetrack.domain.errors import BadInput
from casetrack.gateways.mail import bounces as gateway
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import bounces as usecase

_STDIN = "-"


@click.command("bounces")
@click.argument("source", default=_STDIN, metavar="[FILE|FOLDER|-]")
@plain_errors
def bounces(source: str) -> None:
    """Read mail that came back: one mail from stdin or a file, an mbox, or a Maildir.

    A mail server pipes each one in by an alias (docs/channels.md). A message whose status part says that
    it failed goes on by the party's next channel, or onto the clerk's list "to be told in person".
    Anything else changes nothing, a bounce in plain text too (no_status_notification), so the same mail
    may be read twice. The mails stay where they are.
    """
    if source == _STDIN and sys.stdin.isatty():
        raise BadInput("name a file, an mbox or a Maildir, or pipe a mail in")
    ctx = program().ctx
    done: Counter[str] = Counter()
    progress = Progress("mails read")
    for place, raw in enumerate(_mails(source), start=1):
        done.update(_take(ctx, raw))
        progress(place)
    progress.done()
    for what, count in sorted(done.items()):
        click.echo(f"{count} {what}")
    if not done:
        click.echo("There is no mail.")


def _mails(source: str) -> Iterator[bytes]:
    if source != _STDIN:
        return gateway.mails(Path(source))
    return iter([gateway.one(sys.stdin.buffer)])


def _take(ctx: Context, raw: bytes) -> list[str]:
    found = gateway.read(raw)
    if isinstance(found, gateway.Ignored):
        return [f"ignored: {found.why}"]
    told = [
        usecase.take(ctx, each.region, each.position, each.role, each.seal, each.status)
        for each in found
    ]
    return [
        {None: "ignored: unknown", "in_person": "to be told in person"}.get(
            what, f"goes on by {what}"
        )
        for what in told
    ]


COMMANDS = [bounces]
