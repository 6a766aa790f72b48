"""casetrack verify, rebuild."""

import click

COMMANDS: list[click.Command] = []
