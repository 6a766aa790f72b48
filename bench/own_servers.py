"""Servers of our own, on ports of our own, to be stopped and started again: nobody else uses them."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from bench.processes import NotReady, free_port
from casetrack.domain.errors import BadInput

#: Seconds that a server gets to come up: the machine may be busy.
PATIENCE = 180.0


@dataclass
class Server:
    """One server: its command, where it is, whether it answers."""

    name: str
    folder: Path
    command: list[str]
    url: str
    answers: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    #: How it is ended at once. PostgreSQL's own "immediate" loses nothing that was committed.
    ends_by: signal.Signals = signal.SIGKILL
    #: Made anew at every start, so that nothing survives.
    forgets: Path | None = None
    _process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.kill()

    def start(self) -> None:
        """Until it answers. Raises NotReady."""
        if self.forgets is not None:
            shutil.rmtree(self.forgets, ignore_errors=True)
        log = self.folder / f"{self.name}.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                user=self.user,
            )
        until = time.monotonic() + PATIENCE
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                said = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                self.kill()
                raise NotReady(f"{self.name} did not come up:\n{said}")
            time.sleep(0.1)

    def kill(self) -> None:
        """As a power cut does, with everything that it forked."""
        if self._process is None:
            return
        self._process.send_signal(self.ends_by)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=20)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        """The first process while it runs, else 0."""
        return self._process.pid if self._process else 0

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()


#: Nothing has to outlive a power cut. What is only killed loses nothing by it.
FORGETFUL = ("fsync=off", "full_page_writes=off", "max_wal_size=8GB", "checkpoint_timeout=1h")


def postgresql(folder: Path, settings: Sequence[str] = ()) -> Server:
    """A cluster that survives being killed, with these settings (name=value) and the usual durability.

    Raises BadInput without PostgreSQL's programs.
    """
    programs = _postgresql_programs()
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    home, data, port = folder / "postgresql", folder / "postgresql" / "data", free_port()
    home.mkdir()
    if user is not None:
        shutil.chown(home, user)
        for above in (folder, *_own_above(folder)):
            mode = above.stat().st_mode
            # To be walked through, not to be read: only what was made for this run.
            if above.stat().st_uid == os.geteuid() and mode & 0o011 != 0o011:
                above.chmod(mode | 0o011)
    made = subprocess.run(
        [
            str(programs / "initdb"),
            *("-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8"),
        ],
        capture_output=True,
        text=True,
        user=user,
        cwd=home,
        check=False,
    )
    if made.returncode:
        raise NotReady(f"initdb: {made.stderr.strip()}")
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def answers() -> bool:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    for setting in ("listen_addresses=127.0.0.1", f"unix_socket_directories={home}", *settings):
        command += ["-c", setting]
    return Server("postgresql", folder, command, url, answers, user=user, ends_by=signal.SIGQUIT)


def _own_above(folder: Path) -> list[Path]:
    """Folders above that were made for tests and measurements, below the system's temporary one."""
    return [above for above in folder.parents if Path(tempfile.gettempdir()) in above.parents]


def _postgresql_programs() -> Path:
    candidates = [Path(found).parent for found in [shutil.which("initdb")] if found]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists():
            return folder
    raise BadInput("initdb was not found: the fault run starts a PostgreSQL of its own; install it")


def redis(folder: Path) -> Server:
    """A Redis that forgets everything when it is started again. Raises BadInput without one."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise BadInput("redis-server was not found: the fault run starts a Redis of its own")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly"]
    return Server(
        "redis",
        folder,
        [*command, "no"],
        f"redis://127.0.0.1:{port}/0",
        lambda: _says(port, b"PING\r\n", b"+PONG"),
    )


def rabbitmq(folder: Path) -> Server:
    """A RabbitMQ node that forgets everything when it is started again. Raises BadInput without one."""
    program = _rabbitmq_program()
    home, port = folder / "rabbitmq", free_port()
    home.mkdir()
    config = home / "rabbitmq.conf"
    config.write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    environment = {
        # Its own cookie, its own database, its own name: it joins nobody.
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"bench{port}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(home / "database"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    return Server(
        "rabbitmq",
        folder,
        [program],
        f"amqp://guest:guest@127.0.0.1:{port}/%2F",
        # What does not speak our AMQP is told which one it speaks.
        lambda: _says(port, b"AMQP\x00\x00\x00\x00", b"AMQP"),
        environment,
        forgets=home / "database",
    )


def _rabbitmq_program() -> str:
    # The one in PATH on Debian changes to another user; this one runs as who starts it.
    for path in ("/usr/lib/rabbitmq/bin/rabbitmq-server", shutil.which("rabbitmq-server")):
        if path and Path(path).exists():
            return path
    raise BadInput("rabbitmq-server was not found: the fault run starts a RabbitMQ of its own")


def _says(port: int, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(question)
            return connection.recv(64).startswith(answer)
    except OSError:
        return False


BROKERS: Mapping[str, Callable[[Path], Server]] = {"redis": redis, "rabbitmq": rabbitmq}
