"""casetrack bench, from a checkout: the benchmark stands beside the package and is not installed."""

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from casetrack.cli.common import plain_errors
from casetrack.domain.errors import BadInput

#: The checkout that this package was started from, if it was.
CHECKOUT = Path(__file__).resolve().parents[2]


@plain_errors
def load(checkout: Path = CHECKOUT) -> click.Command:
    """The benchmark's command. Ends the program with one line where the checkout has none."""
    if not (checkout / "bench" / "command.py").is_file():
        raise BadInput(
            "the benchmark is not part of the installed package; run it from a checkout of the "
            "repository: make bench"
        )
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
    command: click.Command = importlib.import_module("bench.command").bench
    return command


class Bench(click.Command):
    """Stands for the benchmark until it is called, so that no other command loads it."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """The context of the benchmark's own command, which click invokes from there on."""
        return load().make_context(info_name, args, parent, **extra)


COMMANDS = [Bench("bench", short_help="Measure casetrack, or kill it (from a checkout).")]
