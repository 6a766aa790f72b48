"""casetrack up, web, relay, clock: the processes."""

import json
import os
import signal
import socket
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from casetrack import bootstrap, config, demo
from casetrack.bootstrap import App
from casetrack.cli.common import plain_errors, program
from casetrack.config import Settings
from casetrack.domain.errors import BadInput
from casetrack.gateways.region_files import read_region
from casetrack.storage import migrate
from casetrack.usecases import regions
from casetrack.web.app import create_app
from workers import broker as doorbell
from workers import clock as clock_process
from workers import relay as relay_process
from workers.inside import Inside

TOKENS_FILE = "demo-tokens.json"


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured here and started from here; the app is made after the fork."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn asks for its settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """What gunicorn asks for the app, once in each worker process."""
        make = self._options["post_worker_init"]
        return make.app  # type: ignore[no-any-return]


class _Web:
    """Makes the app in each worker process, and what runs beside it."""

    def __init__(self, settings: Settings, *, inside: bool) -> None:
        self._settings, self._inside = settings, inside
        self._running: Inside | None = None
        self.flask: Flask | None = None

    @property
    def app(self) -> Flask:
        """The app of this process; threads start here, after any fork."""
        if self.flask is None:
            bell = relay_process.InProcess() if self._inside else None
            app = bootstrap.ready(self._settings, wake=bell.wake if bell else None)
            if bell:
                self._running = Inside(app, bell)
                self._running.start()
            self.flask = create_app(app)
        return self.flask

    def __call__(self, _worker: object) -> None:
        """gunicorn's post_worker_init hook."""

    def stop(self, _server: object, _worker: object) -> None:
        """gunicorn's worker_exit hook."""
        if self._running is not None:
            self._running.stop()


def _listen(bind: str) -> socket.socket:
    """Take the address before anything else is done: a port that is taken is one clear line.

    Who connects before the start is over waits. Raises BadInput.
    """
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal():
        raise BadInput(f"--bind {bind}: write ADDRESS:PORT, such as 0.0.0.0:8000")
    try:
        return socket.create_server(
            (host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, OverflowError) as error:
        raise BadInput(
            f"cannot listen on {bind}: {getattr(error, 'strerror', None) or error}; "
            "choose another port, or end what uses this one"
        ) from error


def _serve(
    settings: Settings, door: socket.socket, *, processes: int, threads: int, inside: bool
) -> None:
    web = _Web(settings, inside=inside)
    Server(
        {
            "bind": f"fd://{door.fileno()}",
            "workers": processes,
            "threads": threads,
            "worker_class": "gthread",
            "timeout": 90,
            "graceful_timeout": 20,
            "keepalive": 15,
            "loglevel": "warning",
            "limit_request_line": 4094,
            "proc_name": "casetrack",
            "post_worker_init": web,
            "worker_exit": web.stop,
            "control_socket_disable": True,
        }
    ).run()


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="Data folder (CASETRACK_DATA_DIR).")
@click.option("--no-demo", is_flag=True, help="Load no demo data; casetrack load brings yours.")
@plain_errors
def up(port: int, data: Path | None, no_demo: bool) -> None:
    """Everything in one process on 127.0.0.1: web, relay, clock and workers."""
    settings = _settings_for(port, data)
    doorbell.make(settings.broker_url)
    bootstrap.start_logging(settings)
    door = _listen(f"127.0.0.1:{port}")
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
    _serve(settings, door, processes=1, threads=24, inside=True)


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


def _load_demo(app: App, tokens: Path) -> None:
    """The demo regions, loaded again at every start (what is the same changes nothing)."""
    folders = demo.folders()
    with click.progressbar(folders, label="Loading the demo", width=20) as shown:
        for folder in shown:
            regions.load(app.ctx, read_region(folder))
    kept: dict[str, str] = json.loads(tokens.read_text()) if tokens.exists() else {}
    for record in regions.officers(app.ctx):
        if record.officer.login not in kept and not record.officer.disabled:
            kept[record.officer.login] = regions.create_token(app.ctx, record.officer.login)
    bootstrap.write_private(tokens, json.dumps(kept, indent=1) + "\n")


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@plain_errors
def web(bind: str, processes: int, threads: int) -> None:
    """The web processes."""
    settings = _for_many("casetrack web")
    door = _listen(bind)
    bootstrap.ready(settings).database.close()
    _serve(settings, door, processes=processes, threads=threads, inside=False)


def _for_many(name: str) -> Settings:
    """The settings of a process that is one of several. Raises BadInput."""
    settings = config.from_environment()
    doorbell.refuse_memory(settings.broker_url, name)
    doorbell.make(settings.broker_url)
    bootstrap.start_logging(settings)
    return settings


def _until_stopped() -> Event:
    stop = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


@click.command()
@plain_errors
def relay() -> None:
    """Number committed events, fan them out and ring the workers. Run as many as you like."""
    relay_process.run(bootstrap.ready(_for_many("casetrack relay")), _until_stopped())


@click.command()
@plain_errors
def clock() -> None:
    """Watch the deadlines. Run as many as you like."""
    clock_process.run(program(), _until_stopped())


COMMANDS = [up, web, relay, clock]
