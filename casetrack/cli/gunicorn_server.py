"""gunicorn, started from here: its settings, its hooks, and the app in each of its workers."""

import logging
import shutil
import socket
import tempfile
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

import gunicorn.glogging
from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client.multiprocess import mark_process_dead

from casetrack import bootstrap
from casetrack.bootstrap import App
from casetrack.cli.open_connections import OpenConnections
from casetrack.cli.patient_worker import IDLE, PatientWorker, with_connections
from casetrack.config import Limits, Settings
from casetrack.domain.errors import BadInput
from casetrack.operations import log_lines, spans
from casetrack.operations.backlog import Backlog
from casetrack.operations.metrics import Metrics
from casetrack.operations.metrics_port import Port, take
from casetrack.operations.spans import Spans
from casetrack.storage import schema_version
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.web.app import create_app
from casetrack.web.http.rates import Rates
from workers import relay as relay_process
from workers.embedded import Inside


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


class _GunicornLog(gunicorn.glogging.Logger):  # type: ignore[misc]
    """Lets gunicorn's lines go where ours go."""

    def setup(self, cfg: object) -> None:
        """No handlers of its own."""
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True


class _Web:
    """Makes the app in each worker process, and what runs beside it."""

    def __init__(self, settings: Settings, limits: Limits, *, inside: bool) -> None:
        self._settings, self._inside = settings, inside
        #: Shared by all processes.
        self._rates = Rates(limits.writes, limits.reads)
        self._name = "up" if inside else "web"
        #: Taken before any fork: whichever process hears of a scrape answers for all.
        self._operations = take(settings.metrics_at) if settings.metrics_at else None
        self._port: Port | None = None
        self._running: Inside | None = None
        self._spans = Spans()
        #: Where sibling processes count together; made by the master, before any fork.
        self._shared = None if inside else Path(tempfile.mkdtemp(prefix="casetrack-metrics-"))
        self.flask: Flask | None = None

    @property
    def app(self) -> Flask:
        """The app of this process; threads start here, after any fork."""
        if self.flask is None:
            bell = relay_process.InProcess() if self._inside else None
            # The master has seen that the database fits. A worker that is started again while the
            # database is away answers 503 until it is back, and does not end the master.
            app = bootstrap.build(self._settings, wake=bell.wake if bell else None)
            metrics = Metrics(self._shared)
            self._spans = spans.start(self._name)
            if bell:
                self._running = Inside(app, bell, metrics, self._spans)
                self._running.start()
            self.flask = create_app(app, metrics, self._spans, self._rates)
            self._port = Port(
                self._operations,
                lambda: metrics.exposition(Backlog(app)),
                lambda: _wrong(app),
            )
            self._port.__enter__()
        return self.flask

    def __call__(self, _worker: object) -> None:
        """gunicorn's post_worker_init hook."""

    def before_fork(self, server: Any, worker: PatientWorker) -> None:
        """gunicorn's pre_fork hook: the worker gets a row of the table that nobody else writes in."""
        taken = {each.row for each in server.WORKERS.values()}
        worker.row = next(row for row in count() if row not in taken)

    def stop(self, _server: object, _worker: object) -> None:
        """gunicorn's worker_exit hook."""
        if self._running is not None:
            self._running.stop()
        self._spans.close()

    def gone(self, _server: object, worker: Any) -> None:
        """gunicorn's child_exit hook: its counters stay, what it had open does not."""
        if self._shared is not None:
            mark_process_dead(worker.pid, path=str(self._shared))  # type: ignore[no-untyped-call]

    def end(self, _server: object) -> None:
        """gunicorn's on_exit hook."""
        if self._shared is not None:
            shutil.rmtree(self._shared, ignore_errors=True)
        log_lines.ended(self._name)


def _wrong(app: App) -> list[str]:
    """What keeps the web from its work; nothing as a rule."""
    try:
        schema_version.require_current(app.database)
    except (BadInput, DatabaseDown) as error:
        return [str(error)]
    return []


def listen(bind: str) -> socket.socket:
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


def serve(
    settings: Settings, door: socket.socket, *, processes: int, threads: int, inside: bool
) -> None:
    """Serve until told to end: SIGTERM lets each request that has begun be answered."""
    host, port = door.getsockname()[:2]
    outside = not inside and (bool(settings.trusted_proxies) or not ip_address(host).is_loopback)
    limits = settings.limits.at(reached_from_outside=outside)
    web = _Web(settings, limits, inside=inside)
    # One that is about to end may still be there when its successor begins.
    rows = 2 * processes
    connections = OpenConnections(limits.connections, rows, settings.trusted_proxies)
    name = "up" if inside else "web"
    log_lines.began(settings, name, listens=f"{host}:{port}", processes=processes, threads=threads)
    Server(
        {
            "bind": f"fd://{door.fileno()}",
            "workers": processes,
            "threads": threads,
            "worker_class": with_connections(connections),
            "timeout": 90,
            "graceful_timeout": 20,
            "keepalive": int(IDLE),
            # Answers are gathered, not copied from file to socket.
            "sendfile": False,
            "loglevel": "warning",
            "limit_request_line": 4094,
            "proc_name": "casetrack",
            # What a caller says of where it is mounted, whence it came and by which scheme is not
            # believed, from no address: docs/decisions/0025-doors.md.
            "forwarder_headers": "",
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "pre_fork": web.before_fork,
            "post_worker_init": web,
            "worker_exit": web.stop,
            "child_exit": web.gone,
            "on_exit": web.end,
            "logger_class": _GunicornLog,
            "control_socket_disable": True,
        }
    ).run()
