"""casetrack bench."""

import click

COMMANDS: list[click.Command] = []
