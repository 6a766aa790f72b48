"""casetrack relay, clock: the processes that go in rounds and serve no HTTP but their metrics."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from types import FrameType

import click

from casetrack import bootstrap, config
from casetrack.cli.common import plain_errors
from casetrack.config import Settings
from casetrack.operations import log_lines, spans
from casetrack.operations.metrics import Metrics
from casetrack.operations.metrics_port import Port
from casetrack.operations.process_rounds import Rounds
from workers import broker as doorbell
from workers import clock as clock_process
from workers import relay as relay_process


def settings_of_one(process: str) -> Settings:
    """The settings of a process that is one of several. Raises BadInput."""
    settings = config.from_environment()
    doorbell.refuse_memory(settings.broker_url, f"casetrack {process}")
    doorbell.make(settings.broker_url)
    log_lines.start(settings, process)
    return settings


def _until_stopped() -> Event:
    stop = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


@contextmanager
def _rounds(process: str, settings: Settings, metrics_port: str | None) -> Iterator[Rounds]:
    """A process that goes in rounds, and its door for operations."""
    at = config.metrics_address(metrics_port) if metrics_port else settings.metrics_at
    rounds = Rounds(process, bootstrap.ready(settings), Metrics(), spans.start(process))
    with Port(at, rounds.exposition, rounds.wrong):
        log_lines.began(replace(settings, metrics_at=at), process)
        yield rounds
    rounds.spans.close()
    rounds.app.database.close()
    log_lines.ended(process)


_metrics_port = click.option(
    "--metrics-port",
    metavar="[ADDRESS:]PORT",
    help="Answer /metrics and /readyz there (CASETRACK_METRICS_PORT) [default: nowhere].",
)


@click.command()
@_metrics_port
@plain_errors
def relay(metrics_port: str | None) -> None:
    """Number committed events, fan them out and ring the workers. Run as many as you like."""
    with _rounds("relay", settings_of_one("relay"), metrics_port) as rounds:
        relay_process.run(rounds, _until_stopped())


@click.command()
@_metrics_port
@plain_errors
def clock(metrics_port: str | None) -> None:
    """Watch the deadlines. Run as many as you like."""
    settings = config.from_environment()
    log_lines.start(settings, "clock")
    with _rounds("clock", settings, metrics_port) as rounds:
        clock_process.run(rounds, _until_stopped())


COMMANDS = [relay, clock]
