"""casetrack bench."""

import json
import signal
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import click

from bench import delivery_times, register_costs
from bench import drain as draining
from bench import slow_clients as crowds
from bench.fault_run import Plan, fault_run
from bench.processes import NotReady
from bench.runner import first_scenario
from casetrack import config
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
@click.option("--faults", is_flag=True, help="Kill everything at random, then check the promises.")
@click.option("--broker", type=click.Choice(["redis", "rabbitmq"]), help="Of the fault run [both].")
@click.option("--kills", default=40, show_default=True, type=click.IntRange(4, 5000))
@click.option("--minutes", default=30.0, show_default=True, type=click.FloatRange(0.1, 24 * 60))
@click.option("--away", default=60.0, show_default=True, type=click.FloatRange(1, 3600),
              help="Seconds that one receiver is away.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), help="Repeat the order of an earlier fault run.")
@click.option("--register", is_flag=True, help="Measure the authority register instead.")
@click.option(
    "--delivery", is_flag=True, help="Measure how soon webhooks hear, and who slows whom."
)
@click.option("--waiting", default=100_000, show_default=True, type=click.IntRange(1),
              help="--delivery: due lanes in another region.")  # fmt: skip
@click.option("--drain", is_flag=True, help="Measure how fast the relay numbers what waits.")
@click.option("--queued", default=100_000, show_default=True, type=click.IntRange(1),
              help="--drain: events.")  # fmt: skip
@click.option("--slow-clients", is_flag=True, help="Measure who is answered beside slow clients.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def bench(
    seconds: float | None,
    cases: int | None,
    clients: int,
    faults: bool,
    register: bool,
    delivery: bool,
    waiting: int,
    drain: bool,
    queued: int,
    slow_clients: bool,
    broker: str | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Measure one case after the other from opening to permit: eight transitions, a notice each.

    Starts real processes on the database server and the broker of the environment (SQLite and one
    process without them), in a database, a namespace and a folder of its own; all are removed
    again. docs/measurements.md says what was found before.

    With --faults: on a PostgreSQL and a broker of its own, web, relay, workers and clock are killed
    --kills times in all while cases flow, the broker is emptied and restarted, PostgreSQL restarted,
    receivers are away, slow, failing or hang up; then every promise of docs/reliability.md is
    checked. Exit status 1 if one was broken. --delivery, --drain, --register and --slow-clients measure
    what their names say.
    """
    # A measurement that is told to end cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    if faults:
        brokers = [broker] if broker else ["redis", "rabbitmq"]
        raise SystemExit(_faults(brokers, as_json, **how))
    if register:
        _show(partial(register_costs.measure, rounds=_CHECKS), "asked", as_json)
    elif drain:
        rate: dict[str, Any] = {"seconds": seconds or _SECONDS / 2, "clients": clients}
        _show(partial(draining.measure, events=queued, **rate), "events written", as_json)
    elif delivery:
        how_much: dict[str, Any] = {
            "seconds": seconds or _SECONDS,
            "clients": clients,
            "waiting": waiting,
        }
        measured = partial(delivery_times.measure, **how_much)
        _show(measured, "transitions", as_json)
    elif slow_clients:
        _show(partial(crowds.measure, seconds=seconds or _SECONDS), "questions", as_json)
    else:
        _show(_scenario(clients, seconds, cases), "transitions", as_json)


def _scenario(clients: int, seconds: float | None, cases: int | None) -> Callable[..., Any]:
    if seconds is not None and cases is not None:
        raise BadInput("--seconds and --cases: give one of them")
    if cases is None:
        seconds = seconds or _SECONDS
    return partial(first_scenario, clients=clients, seconds=seconds, cases=cases)


def _faults(brokers: list[str], as_json: bool, **how: Any) -> int:
    """One run a broker; the exit status."""
    sound = True
    plan = Plan(**{name: value for name, value in how.items() if value is not None})
    for broker in brokers:
        shown = Progress("faults")
        try:
            found = fault_run(broker, plan, _say, shown)
        except NotReady as error:
            raise BadInput(str(error)) from error
        shown.done()
        click.echo(json.dumps(found.as_dict()) if as_json else f"{found.in_words()}\n")
        sound = sound and found.sound
    return 0 if sound else FAULT_FOUND


def _show(measure: Callable[..., Any], what: str, as_json: bool) -> None:
    """One measurement with its progress; exit status 1 where something is missing at the end."""
    shown = Progress(what)
    try:
        found = measure(config.from_environment(), say=_say, progress=shown)
    except NotReady as error:
        raise BadInput(str(error)) from error
    shown.done()
    click.echo(json.dumps(found.as_dict()) if as_json else found.in_words())
    if not getattr(found, "sound", True):
        raise SystemExit(FAULT_FOUND)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = [bench]
