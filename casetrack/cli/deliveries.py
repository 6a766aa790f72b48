"""casetrack deliveries."""

import click

COMMANDS: list[click.Command] = []
