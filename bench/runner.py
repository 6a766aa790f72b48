"""What a measurement on the servers of the environment stands on: processes up, everything away again."""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import bench_region, measurement_queries
from bench.processes import Processes, Running, free_port
from bench.surroundings import bare, keys, tokens_for
from casetrack.config import Settings
from casetrack.domain.errors import BadInput
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.unit_of_work import Database
from workers import broker as doorbell

#: Seconds without any progress after which the backlog is given up.
STUCK = 90.0

Say = Callable[[str], None]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stay:
    """What runs for the measurement."""

    port: int
    tokens: dict[str, str]
    database: Database
    what: str
    processes: Processes


@contextmanager
def stay(
    settings: Settings, say: Say, more: Mapping[str, str] = {}, *, small: bool = False
) -> Iterator[Stay]:
    """Everything that runs for a measurement, with these settings beside; removed afterwards.

    `small`: one process of each kind.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casetrack-bench-")))
        environment = {**stack.enter_context(_environment(settings, folder)), **more}
        processes = stack.enter_context(Processes(environment, folder, warm=small))
        say("making a database, a region and tokens")
        processes.casetrack("db", "upgrade")
        processes.casetrack("load", str(bench_region.write(folder / "region")))
        tokens = tokens_for(processes)
        database = Database(environment["CASETRACK_DATABASE_URL"])
        stack.callback(database.close)
        say("starting the processes")
        port = free_port()
        what = _start(processes, settings, port, small=small)
        yield Stay(port, tokens, database, what, processes)


@contextmanager
def _environment(settings: Settings, folder: Path) -> Iterator[dict[str, str]]:
    """Settings of its own: nothing of the installation is read or written."""
    kept = {**bare(), **keys(folder)}
    with ExitStack() as stack:
        if settings.embedded:
            kept["CASETRACK_DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite'}"
        else:
            kept["CASETRACK_DATABASE_URL"] = stack.enter_context(
                measurement_queries.database_beside(settings.database_url, "casetrack_bench")
            )
        kept["CASETRACK_BROKER_URL"] = stack.enter_context(_own_doorbell(settings.broker_url))
        yield kept


@contextmanager
def _own_doorbell(url: str) -> Iterator[str]:
    """A namespace of its own on the same server: no worker of the installation hears our rings."""
    doorbell.make(url)
    if url.startswith("memory:"):
        yield url
        return
    own = f"{url}{'&' if '?' in url else '?'}namespace=casetrack-bench-{secrets.token_hex(4)}"
    try:
        yield own
    finally:
        doorbell.forget(own)


def _start(processes: Processes, settings: Settings, port: int, *, small: bool) -> str:
    """`casetrack up` where everything is in one process, else the production processes."""
    if settings.broker_url.startswith("memory:"):
        one = processes.start("up", "casetrack", "up", "--no-demo", "--port", str(port))
        processes.wait_for_web(one, port)
        return "casetrack up (one process)"
    if settings.embedded:
        raise BadInput(
            "CASETRACK_BROKER_URL names a server and CASETRACK_DATABASE_URL none: SQLite is measured "
            "with memory:// only"
        )
    start_processes(processes, port, small=small)
    of = 1 if small else 2
    return f"web {of} x 8 threads, relay, workers {of} x 8 threads, clock"


def start_processes(
    processes: Processes,
    port: int,
    more: Callable[[str], Mapping[str, str]] = lambda _: {},
    *,
    small: bool = False,
) -> dict[str, Running]:
    """Web, relay, workers and clock, as an installation has them; kind to process. Raises NotReady.

    `more` gives what is added to the environment of one kind. `small`: one process of each.
    """
    commands = commands_of(port, threads=8, small=small)
    running = {
        kind: processes.start(kind, *command, **more(kind)) for kind, command in commands.items()
    }
    processes.wait_for_web(running["web"], port, patience=120)
    return running


def commands_of(port: int, *, threads: int, small: bool) -> dict[str, tuple[str, ...]]:
    """Kind → the command that starts it: two processes of web and workers, or one."""
    many = ("--processes", "1" if small else "2", "--threads", str(threads))
    return {
        "web": ("casetrack", "web", "--bind", f"127.0.0.1:{port}", *many),
        "relay": ("casetrack", "relay"),
        "workers": ("dramatiq", "workers", *many),
        "clock": ("casetrack", "clock"),
    }


def settle(database: Database) -> float:
    """Wait until every event is numbered and everybody told, and give how many seconds that took."""
    began = moved = time.monotonic()
    last = None
    while True:
        with database.read() as connection:
            left = (
                delivery_lists.queue_length(connection),
                delivery_lists.delivery_counts(connection, ["pending"]).get("pending", 0),
            )
        if left != last:
            last, moved = left, time.monotonic()
        if left == (0, 0) or time.monotonic() - moved > STUCK:
            return time.monotonic() - began
        time.sleep(0.25)
