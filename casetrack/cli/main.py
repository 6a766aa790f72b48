"""The `casetrack` command."""

import click

from casetrack import __version__
from casetrack.cli import (
    authority,
    bench,
    bounces,
    database,
    deliveries,
    four_models,
    logs,
    people,
    proof,
    regions,
    serve,
    templates,
    webhooks,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Where a case is, by what right it was decided, and whether its time limit was kept.

    Settings come from the environment (CASETRACK_…, each also as …_FILE); docs/settings.md lists
    them. Exit status: 0 fine, 1 a fault was found, 2 bad input or settings.
    """


for group in (
    serve,
    database,
    regions,
    logs,
    proof,
    deliveries,
    bounces,
    templates,
    webhooks,
    authority,
    people,
    four_models,
    bench,
):
    for command in group.COMMANDS:
        main.add_command(command)
