"""A command loads what it needs: what another one needs is not there when it begins."""

import subprocess
import sys

import pytest

_START = """
import sys

import click

from casetrack.cli.main import Commands, main

name = sys.argv[1]
if name == "--help":
    Commands().format_commands(click.Context(main), click.HelpFormatter())
else:
    Commands().get_command(click.Context(main), name)
print(*sys.modules)
"""
#: What serves HTTP, migrates, reads a region's files, or stands between processes.
WEB = {"flask", "werkzeug", "pydantic", "pydantic_core", "gunicorn", "segno"}
MIGRATION = {"alembic", "mako"}
FILES = {"yaml"}
DOORBELL = {"dramatiq", "prometheus_client"}
#: A broker's client and the exporter of traces: loaded where the settings name one.
LATER = {"redis", "pika", "opentelemetry.sdk"}
EVERYTHING = WEB | MIGRATION | FILES | DOORBELL | LATER | {"sqlalchemy", "psycopg", "jinja2"}


@pytest.mark.parametrize(
    ("command", "needless"),
    [
        ("--help", EVERYTHING),
        ("verify", WEB | MIGRATION | FILES | DOORBELL | LATER),
        ("clock", WEB | MIGRATION | FILES | LATER),
        ("workers", WEB | MIGRATION | FILES | LATER),
        ("up", MIGRATION | LATER),
    ],
)
def test_a_command_does_not_load_what_it_has_no_use_for(command: str, needless: set[str]) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", _START, command], capture_output=True, text=True, check=True
    )
    loaded = set(shown.stdout.split())
    assert "casetrack.cli.main" in loaded
    assert loaded & needless == set()
