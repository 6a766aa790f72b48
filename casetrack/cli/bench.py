"""casetrack bench."""

import json
import signal
from types import FrameType

import click

from casetrack import config
from casetrack.bench import authority
from casetrack.bench.processes import NotReady
from casetrack.bench.runner import first_scenario
from casetrack.cli.common import FAULT_FOUND, Progress, plain_errors
from casetrack.domain.errors import BadInput

#: Seconds of load when nothing is said.
_SECONDS = 20.0
#: Checks of the register that are measured.
_CHECKS = 500


@click.command()
@click.option("--seconds", type=click.FloatRange(1, 24 * 3600), help="How long [default: 20].")
@click.option("--cases", type=click.IntRange(1), help="So many cases instead.")
@click.option("--clients", default=8, show_default=True, type=click.IntRange(1, 256))
@click.option("--register", is_flag=True, help="Measure the authority register instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def bench(
    seconds: float | None, cases: int | None, clients: int, register: bool, as_json: bool
) -> None:
    """Measure one case after the other from opening to permit: eight transitions, a notice each.

    Starts real processes on the database server and the broker of the environment (SQLite and one
    process without them), in a database, a namespace and a folder of its own; all are removed
    again. docs/measurements.md says what was found before.
    """
    if register:
        _register(as_json)
        return
    if seconds is not None and cases is not None:
        raise BadInput("--seconds and --cases: give one of them")
    if seconds is None and cases is None:
        seconds = _SECONDS
    shown = Progress("transitions", cases * 8 if cases else None)
    # A measurement that is told to end cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        found = first_scenario(
            config.from_environment(),
            clients=clients,
            seconds=seconds,
            cases=cases,
            say=lambda line: click.echo(line, err=True),
            progress=shown,
        )
    except NotReady as error:
        raise BadInput(str(error)) from error
    shown.done()
    click.echo(json.dumps(found.as_dict()) if as_json else found.in_words())
    if not found.sound:
        raise SystemExit(FAULT_FOUND)


def _register(as_json: bool) -> None:
    shown = Progress("asked")
    found = authority.measure(
        config.from_environment(),
        rounds=_CHECKS,
        say=lambda line: click.echo(line, err=True),
        progress=shown,
    )
    shown.done()
    click.echo(json.dumps(found.as_dict()) if as_json else found.in_words())


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = [bench]
