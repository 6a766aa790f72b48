"""casetrack up, web, relay, clock: the processes."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

import click

from casetrack import bootstrap, config, demo
from casetrack.bootstrap import App
from casetrack.cli.common import plain_errors
from casetrack.cli.gunicorn_server import listen, serve
from casetrack.config import Settings
from casetrack.gateways.data_folder import write_private
from casetrack.gateways.region.region_files import read_region
from casetrack.operations import log_lines, spans
from casetrack.operations.metrics import Metrics
from casetrack.operations.port import Port
from casetrack.operations.rounds import Rounds
from casetrack.storage import migrate
from casetrack.usecases.people import officers, tokens
from casetrack.usecases.region import loading
from workers import broker as doorbell
from workers import clock as clock_process
from workers import relay as relay_process

TOKENS_FILE = "demo-tokens.json"


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="Data folder (CASETRACK_DATA_DIR).")
@click.option("--no-demo", is_flag=True, help="Load no demo data; casetrack load brings yours.")
@plain_errors
def up(port: int, data: Path | None, no_demo: bool) -> None:
    """Everything in one process on 127.0.0.1: web, relay, clock and workers."""
    settings = _settings_for(port, data)
    doorbell.make(settings.broker_url)
    log_lines.start(settings, "up", person=sys.stderr.isatty())
    door = listen(f"127.0.0.1:{port}")
    app = _upgraded(settings)
    tokens = settings.data_dir / TOKENS_FILE
    if not no_demo:
        _load_demo(app, tokens)
    app.database.close()
    click.echo(f"casetrack is on {settings.public_url}")
    click.echo(f"  status page  {settings.public_url}/status")
    click.echo(f"  API          {settings.public_url}/api/v1/openapi.json")
    click.echo(f"  data         {settings.data_dir.resolve()}")
    if tokens.exists():
        click.echo(f"  demo tokens  {tokens.resolve()}  (login: token)")
    click.echo("Stop it with Ctrl-C.")
    serve(settings, door, processes=1, threads=24, inside=True)


def _settings_for(port: int, data: Path | None) -> Settings:
    """The settings of the environment and the options, also for the processes below."""
    if data is not None:
        os.environ["CASETRACK_DATA_DIR"] = str(data)
        os.environ.pop("CASETRACK_DATA_DIR_FILE", None)
    if "CASETRACK_PUBLIC_URL_FILE" not in os.environ:
        os.environ.setdefault("CASETRACK_PUBLIC_URL", f"http://127.0.0.1:{port}")
    return config.from_environment()


def _upgraded(settings: Settings) -> App:
    """The program, on a database that is migrated if need be."""
    app = bootstrap.build(settings)
    migrate.upgrade(app.database)
    app.database.close()
    return bootstrap.ready(settings)


def _load_demo(app: App, token_file: Path) -> None:
    """The demo regions, loaded again at every start (what is the same changes nothing)."""
    folders = demo.folders()
    with click.progressbar(folders, label="Loading the demo", width=20) as shown:
        for folder in shown:
            loading.load(app.ctx, read_region(folder))
    kept: dict[str, str] = json.loads(token_file.read_text()) if token_file.exists() else {}
    for record in officers.all_officers(app.ctx):
        if record.officer.login not in kept and not record.officer.disabled:
            kept[record.officer.login] = tokens.create_token(app.ctx, record.officer.login)
    write_private(token_file, json.dumps(kept, indent=1) + "\n")


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@plain_errors
def web(bind: str, processes: int, threads: int) -> None:
    """The web processes."""
    settings = _for_many("web")
    door = listen(bind)
    bootstrap.ready(settings).database.close()
    serve(settings, door, processes=processes, threads=threads, inside=False)


def _for_many(process: str) -> Settings:
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
        yield rounds
    rounds.spans.close()
    rounds.app.database.close()


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
    with _rounds("relay", _for_many("relay"), metrics_port) as rounds:
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


COMMANDS = [up, web, relay, clock]
