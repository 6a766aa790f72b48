"""Servers, receivers, generator and casetrack's processes of the whole measurement, each kind apart.

Each kind of process is another database user, so the server's own books say who asked for what.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench import bench_region, judged_region, own_servers
from bench.generator import Generator
from bench.http_client import Client
from bench.own_servers import Server
from bench.process_costs import Snapshot, memory
from bench.processes import NotReady, Processes, Running, free_port
from bench.receiver_process import ReceiverProcess
from bench.runner import start_processes
from bench.surroundings import bare, keys, tokens_for
from casetrack import bootstrap, config
from casetrack.domain.access import Actor
from casetrack.domain.delivery.receivers import told
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.delivery import relay, subscriptions
from casetrack.usecases.region import loading

KINDS = ("web", "relay", "workers", "clock")
#: The server writes each statement with its values, or its plan, as JSON when it is told to.
_SETTINGS = (
    "shared_preload_libraries=pg_stat_statements",
    "session_preload_libraries=auto_explain",
    "pg_stat_statements.max=10000",
    "logging_collector=on",
    "log_destination=jsonlog",
    "log_directory=recorded",
    "log_filename=statements",
    "log_file_mode=0644",
)
#: Name of the database, and of its copy from before anything was done.
DATABASE, BEFORE = "bench", "before"
Say = Callable[[str], None]
TYPES = ["casetrack.case.*", "casetrack.step.*"]


@dataclass
class Stage:
    """What runs for the measurement, and how to look at it."""

    folder: Path
    postgresql: Server
    broker: Server
    processes: Processes
    database: Database
    tokens: dict[str, str]
    port: int
    mail: ReceiverProcess
    webhook: ReceiverProcess
    generator: Generator
    #: One process of each kind.
    small: bool = False
    #: The webhook's subscription.
    subscription: str = ""
    #: Kind → process.
    running: dict[str, Running] = field(default_factory=dict)

    def url(self, user: str = "postgres", database: str = DATABASE, port: int | None = None) -> str:
        """A database of the server, for this user, perhaps behind another port."""
        made = make_url(self.postgresql.url).set(username=user, database=database)
        return (made.set(port=port) if port else made).render_as_string(hide_password=False)

    def ask(self, statement: str, database: str = DATABASE) -> list[tuple[object, ...]]:
        """One statement of the measurement's own, as a transaction of its own."""
        with psycopg.connect(self.url(database=database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self, through: int | None = None) -> None:
        """Start casetrack's processes; their connections go `through` this port. Raises NotReady."""
        self.running = start_processes(
            self.processes,
            self.port,
            lambda kind: {"CASETRACK_DATABASE_URL": self.url(kind, port=through)},
            small=self.small,
        )

    def stop(self) -> None:
        """End casetrack's processes."""
        for process in self.running.values():
            process.popen.terminate()
        for process in self.running.values():
            process.stop()
            self.processes.forget(process)
        self.running.clear()

    def pids(self) -> dict[str, int]:
        """The first process of each kind that is measured."""
        return {
            **{kind: process.pid for kind, process in self.running.items()},
            "postgres": self.postgresql.pid,
            "redis": self.broker.pid,
            "generator": self.generator.pid,
            "receivers": self.mail.pid,
            "webhook receiver": self.webhook.pid,
        }

    def memory(self) -> dict[str, int]:
        """Bytes by kind of process."""
        now = Snapshot.now()
        return {kind: memory(now.tree(pid)) for kind, pid in self.pids().items()}

    def backends(self) -> int:
        """Connections to the database that casetrack's processes hold."""
        held = f"usename IN {KINDS}"
        return int(str(self.ask(f"SELECT count(*) FROM pg_stat_activity WHERE {held}")[0][0]))


@contextmanager
def stage(small: bool, say: Say, settings: Sequence[str] = ()) -> Iterator[Stage]:
    """All of it but casetrack's processes, with these settings of PostgreSQL too; removed afterwards.

    `small`: a register of two years, one process of each kind, a server that writes nothing down at once.
    Raises BadInput, NotReady.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="casetrack-bench-")))
        say("starting a PostgreSQL, a Redis, a mail server and a webhook's endpoint")
        settings = (*_SETTINGS, *settings, *(own_servers.FORGETFUL if small else ()))
        postgresql = stack.enter_context(own_servers.postgresql(folder, settings))
        broker = stack.enter_context(own_servers.redis(folder))
        mail = stack.enter_context(ReceiverProcess("mail"))
        webhook = stack.enter_context(ReceiverProcess("webhook"))
        environment = {
            **bare(),
            **keys(folder),
            "CASETRACK_BROKER_URL": f"{broker.url}?namespace=casetrack-bench",
            "CASETRACK_SMTP_URL": f"smtp://127.0.0.1:{mail.port}?from=izin@kota.example",
            "CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8",
            "CASETRACK_METRICS_PUBLIC": "1",
        }
        _users_and_database(postgresql.url)
        url = make_url(postgresql.url).set(database=DATABASE)
        environment["CASETRACK_DATABASE_URL"] = url.render_as_string(hide_password=False)
        processes = stack.enter_context(Processes(environment, folder, warm=small))
        processes.casetrack("db", "upgrade")
        _load_region(environment, folder, small, say)
        tokens = tokens_for(processes)
        database = Database(environment["CASETRACK_DATABASE_URL"])
        stack.callback(database.close)
        port = free_port()
        generator = stack.enter_context(Generator(port, tokens))
        place = Stage(
            folder,
            postgresql,
            broker,
            processes,
            database,
            tokens,
            port,
            mail,
            webhook,
            generator,
            small,
        )
        # There are no decisions yet which the papers could speak against: nothing is to be looked at.
        place.ask("DELETE FROM reviews")
        yield place


def subscribe(place: Stage) -> None:
    """Let the webhook's receiver hear of everything that happens to cases. Raises NotReady."""
    client = Client(place.port, place.tokens)
    asked = {"url": _hook(place), "types": TYPES}
    status, document, _ = client.post("/webhooks", bench_region.SYSTEM, asked)
    client.close()
    if status != 201:
        raise NotReady(f"no subscription could be made: {document}")
    _trust(place, document)


def come_to_rest(place: Stage) -> None:
    """Subscribe likewise and number what was loaded, before any process runs; then all is let go."""
    app = bootstrap.build(config.load(place.processes.environment), wake=lambda: None)
    try:
        actor = Actor("officer", bench_region.SYSTEM, bench_region.CODE, "integrator", "counter")
        wanted = subscriptions.Wanted(_hook(place), tuple(TYPES))
        document = subscriptions.create(app.ctx, actor, wanted, None).view
        relay.drain(app.ctx, told, lambda _: None)
    finally:
        app.database.close()
    _trust(place, document)
    place.database.close()


def _hook(place: Stage) -> str:
    return f"http://127.0.0.1:{place.webhook.port}/hook"


def _trust(place: Stage, document: Mapping[str, Any]) -> None:
    place.webhook.trust(document["secret"])
    place.subscription = document["id"]


def _users_and_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for kind in KINDS:
            connection.execute(f"CREATE ROLE {kind} LOGIN SUPERUSER".encode())
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
        connection.execute(b"CREATE EXTENSION pg_stat_statements")


def _load_region(environment: Mapping[str, str], folder: Path, small: bool, say: Say) -> None:
    """The region, with a register of ten years, or of two where it is only tried."""
    size = judged_region.tried() if small else judged_region.today()
    data = judged_region.judged_region(folder / "region", size)
    assert data.register is not None
    say(f"loading a region with {len(data.register.entries):,} papers in its register")
    app = bootstrap.build(config.load(environment), wake=lambda: None)
    try:
        loading.load(app.ctx, data)
    finally:
        app.database.close()
