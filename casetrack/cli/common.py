"""What every command does alike: settings, errors in one line, exit status, progress."""

import functools
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from casetrack import bootstrap, config
from casetrack.bootstrap import App
from casetrack.domain.errors import BadInput, Refusal
from casetrack.operations import log_lines
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.case.unprinted_letters import letter_warnings
from casetrack.usecases.context import Context

FAULT_FOUND, BAD_INPUT = 1, 2
#: As a file's name: read it from stdin.
STDIN = "-"

P = ParamSpec("P")
R = TypeVar("R")


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Refused input ends the program with one clear message and exit status 2."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (BadInput, Refusal, DatabaseDown) as error:
            click.echo(f"casetrack: {error}", err=True)
            raise SystemExit(BAD_INPUT) from None

    return wrapped


def program() -> App:
    """The program of this environment, on a database that fits it; closed as the command ends."""
    settings = config.from_environment()
    log_lines.start(settings, "command")
    app = bootstrap.ready(settings)
    command = click.get_current_context(silent=True)
    if command is not None:
        command.call_on_close(app.database.close)
    return app


def warn_of_letters(ctx: Context, said: Mapping[str, Any]) -> None:
    """Says of which fields letters would not be printed as they are written."""
    texts = [(name, text) for name, text in said.items() if isinstance(text, str)]
    for each in letter_warnings(ctx, texts):
        click.echo(f"Warning: {each['at']}: {each['message']}.", err=True)


def read_private(source: str, prompt: str) -> str:
    """The text of a file or of stdin; a person at a terminal is asked, and sees no echo."""
    if source == STDIN and sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, err=True))
    try:
        return sys.stdin.read() if source == STDIN else Path(source).read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not a text file"
        raise BadInput(f"cannot read {source}: {reason}") from error


class Progress:
    """A line on stderr that is written over, when a person looks on; else now and then a line."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what, self._total = what, total
        self._shown = time.monotonic()
        self._person = sys.stderr.isatty()

    def __call__(self, done: int, note: str = "") -> None:
        now = time.monotonic()
        if now - self._shown < (0.2 if self._person else 10):
            return
        self._shown = now
        of = f" of {self._total:,}" if self._total else ""
        end = "\r" if self._person else "\n"
        print(f"{self._what}: {done:,}{of} {note}".rstrip(), end=end, file=sys.stderr, flush=True)

    def done(self) -> None:
        """Leave a clean line behind."""
        if self._person:
            print(" " * 79, end="\r", file=sys.stderr, flush=True)


def table(rows: list[tuple[Any, ...]], heads: tuple[str, ...]) -> str:
    """Rows under heads, in columns."""
    texts = [heads, *[tuple("" if cell is None else str(cell) for cell in row) for row in rows]]
    widths = [max(len(row[column]) for row in texts) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    )
