"""casetrack workers: the processes that attempt deliveries."""

import os

import click

from casetrack.cli.common import plain_errors
from casetrack.cli.relay_and_clock import settings_of_one
from workers import command


@click.command()
@click.option(
    "--processes",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each CPU",
    type=click.IntRange(1, 64),
)
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@plain_errors
def workers(processes: int, threads: int) -> None:
    """Attempt deliveries. Run as many as you like.

    With CASETRACK_METRICS_PORT each process answers /metrics and /readyz: the first there, each other
    one port further.
    """
    settings_of_one("workers")
    raise SystemExit(command.run(processes, threads))


COMMANDS = [workers]
