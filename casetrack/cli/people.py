"""casetrack subject."""

import click

COMMANDS: list[click.Command] = []
