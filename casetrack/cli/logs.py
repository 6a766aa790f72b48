"""casetrack replay, export."""

import click

COMMANDS: list[click.Command] = []
