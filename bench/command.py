"""casetrack bench."""

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

import click

from bench import city_week, delivery_times, fill_command, register_costs, whole_run
from bench import drain as draining
from bench import flat as growth
from bench import slow_clients as crowds
from bench.fault_run import SHORT, Plan, fault_run
from bench.performance_page import write_page
from bench.processes import NotReady
from casetrack import config
from casetrack.cli.common import FAULT_FOUND, Progress, plain_errors
from casetrack.domain.errors import BadInput

#: Seconds of load when nothing is said.
_SECONDS = 20.0
#: Checks of the register that are measured.
_CHECKS = 500
#: What `--flat` compares when nothing is said.
_SMALL, _LARGE = 10_000, 1_000_000


@click.command()
@click.option(
    "--short", is_flag=True, help="In little time: that it works, no figures. Of most of them."
)
@click.option("--page", is_flag=True, help="Write what was found into docs/performance.md.")
@click.option("--no-peers", is_flag=True, help="Without other programs beside it.")
@click.option("--seconds", type=click.FloatRange(1, 24 * 3600), help="How long [default: 20].")
@click.option("--clients", default=8, show_default=True, type=click.IntRange(1, 256),
              help="--delivery, --drain: so many at once.")  # fmt: skip
@click.option("--faults", is_flag=True, help="Kill everything at random, then check the promises.")
@click.option("--broker", type=click.Choice(["redis", "rabbitmq"]), help="Of the fault run [both].")
@click.option("--kills", type=click.IntRange(4, 5000), help="[default: 40]")
@click.option("--minutes", type=click.FloatRange(0.1, 24 * 60), help="[default: 30]")
@click.option("--away", type=click.FloatRange(1, 3600),
              help="Seconds that one receiver is away [default: 60].")  # fmt: skip
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
@click.option("--flat", is_flag=True, help="Compare a small and a large database, block by block.")
@click.option("--fill", is_flag=True, help="Fill the database of the environment with cases.")
@click.option("--cases", type=click.IntRange(1), help="--fill, --flat [1,000,000], --week [5,000].")
@click.option("--small", default=_SMALL, show_default=True, type=click.IntRange(1),
              help="--flat: the small one's cases.")  # fmt: skip
@click.option("--week", is_flag=True, help="Play a week of one city in --seconds, on SQLite.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@plain_errors
def bench(as_json: bool, faults: bool, broker: str | None, **how: Any) -> None:
    """Measure the whole: real processes, PostgreSQL and Redis of their own, mail and webhooks sent.

    A case is an opening and eight transitions, of which a register of ten years judges two. Beside it
    stand pgbench with the very statements of the web, and other programs in environments of their
    own under build/. At the end every promise is checked; exit status 1 if one was broken.
    docs/performance.md says what was found.

    With --faults: on a PostgreSQL and a broker of its own, web, relay, workers and clock are killed
    --kills times in all while cases flow, the broker is emptied and restarted, PostgreSQL restarted,
    receivers are away, slow, failing or hang up; then every promise of docs/reliability.md is
    checked. --delivery, --drain and --slow-clients measure what their names say, on the servers of
    the environment; so does --register. --flat and --fill are about large databases, --week about
    one process with SQLite.
    """
    # A measurement that is told to end cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    if faults:
        brokers = [broker] if broker else ["redis", "rabbitmq"]
        wanted = {name: how[name] for name in ("kills", "minutes", "away", "seed")}
        raise SystemExit(_faults(brokers, as_json, short=how["short"], **wanted))
    for name, measure in _ON_THE_ENVIRONMENT.items():
        if how[name]:
            what, bound = measure(how)
            settings = config.from_environment()
            _show(lambda **shown: bound(settings, **shown), what, as_json)  # noqa: B023 - left at once
            return
    if how["week"]:
        cases, seconds = how["cases"] or city_week.CASES, how["seconds"] or 3600.0
        week = partial(city_week.city_week, cases, seconds, small=how["short"])
        _show(week, "writes", as_json)
        return
    if how["flat"]:
        long = growth.Sizes(how["small"], how["cases"] or _LARGE)
        sizes = growth.SHORT if how["short"] else long
        _show(partial(growth.flat, sizes), "cases", as_json)
        return
    found = _show(partial(_whole, how), "writes", as_json, sound=False)
    if how["page"]:
        write_page(found)
    if not found.sound:
        raise SystemExit(FAULT_FOUND)


def _whole(how: dict[str, Any], say: Callable[[str], None], progress: Progress) -> Any:
    plan = whole_run.plan(short=how["short"], peers=not how["no_peers"])
    return whole_run.whole_run(plan, say)


def _drain(how: dict[str, Any]) -> tuple[str, Callable[..., Any]]:
    seconds = how["seconds"] or _SECONDS / 2
    rate = {"seconds": seconds, "clients": how["clients"], "small": how["short"]}
    return "events written", partial(draining.measure, events=how["queued"], **rate)


def _delivery(how: dict[str, Any]) -> tuple[str, Callable[..., Any]]:
    much = {"seconds": how["seconds"] or _SECONDS, "clients": how["clients"], "small": how["short"]}
    return "transitions", partial(delivery_times.measure, waiting=how["waiting"], **much)


#: Measured on the servers of the environment: what is counted meanwhile, and how it is done.
_ON_THE_ENVIRONMENT: dict[str, Callable[[dict[str, Any]], tuple[str, Callable[..., Any]]]] = {
    "register": lambda how: ("asked", partial(register_costs.measure, rounds=_CHECKS)),
    "drain": _drain,
    "delivery": _delivery,
    "slow_clients": lambda how: (
        "questions",
        partial(crowds.measure, seconds=how["seconds"] or _SECONDS),
    ),
    "fill": lambda how: ("cases", partial(fill_command.fill_up, cases=how["cases"] or _LARGE)),
}


def _faults(brokers: list[str], as_json: bool, *, short: bool, **how: Any) -> int:
    """One run a broker; the exit status."""
    sound = True
    wanted = {name: value for name, value in how.items() if value is not None}
    for broker in brokers:
        plan = replace(SHORT[broker], **wanted) if short else Plan(**wanted)
        shown = Progress("faults")
        try:
            found = fault_run(broker, plan, _say, shown)
        except NotReady as error:
            raise BadInput(str(error)) from error
        shown.done()
        click.echo(json.dumps(found.as_dict()) if as_json else f"{found.in_words()}\n")
        sound = sound and found.sound
    return 0 if sound else FAULT_FOUND


def _show(measure: Callable[..., Any], what: str, as_json: bool, *, sound: bool = True) -> Any:
    """One measurement with its progress; exit status 1 where something is missing at the end."""
    shown = Progress(what)
    try:
        found = measure(say=_say, progress=shown)
    except NotReady as error:
        raise BadInput(str(error)) from error
    shown.done()
    click.echo(json.dumps(found.as_dict()) if as_json else found.in_words())
    if sound and not getattr(found, "sound", True):
        raise SystemExit(FAULT_FOUND)
    return found


def _say(line: str) -> None:
    click.echo(line, err=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = [bench]
