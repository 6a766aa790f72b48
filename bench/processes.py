"""Real processes of casetrack, started, watched, stopped and killed: for measurements and tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from click.testing import CliRunner

from bench.warm import Started
from bench.warm import start as start_warm
from casetrack.cli.main import main

#: Where the commands of this installation are.
BIN = Path(sys.executable).parent
#: Seconds that a process gets to end by itself.
PATIENCE = 25.0


class NotReady(Exception):
    """A process ended or did not come up in time; holds the end of its log."""


class Running:
    """One process in a session of its own, so that all it forks can be ended with it."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str],
        log: Path,
        cwd: Path,
        *,
        warm: bool = False,
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self.popen: subprocess.Popen[bytes] | Started
        if warm:
            self.popen = start_warm(command, environment, log, cwd)
            return
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The first process; its group has the same number."""
        return self.popen.pid

    @property
    def alive(self) -> bool:
        """Whether the first process runs."""
        return self.popen.poll() is None

    def children(self) -> list[int]:
        """What the first process forked, on Linux; elsewhere nothing is known."""
        try:
            text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return []
        return [int(pid) for pid in text.split()]

    def kill(self) -> None:
        """SIGKILL the first process; what it forked stays behind and has to notice."""
        self.popen.kill()
        self.popen.wait()

    def kill_child(self, pid: int) -> None:
        """SIGKILL one that it forked, if it is still there."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def stop(self, patience: float = PATIENCE) -> int:
        """Ask it to end, end what is left of it by force; gives its exit status."""
        if self.alive:
            self.popen.terminate()
        try:
            self.popen.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.sweep()
        return self.popen.wait()

    def sweep(self) -> None:
        """End every process of its session that is left."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def tail(self, lines: int = 15) -> str:
        """The end of what it said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Processes:
    """All processes of one stay; leaving the block ends them.

    `warm`: they are forked by a process that has loaded the program, where nothing hangs on the start.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, *, warm: bool = False) -> None:
        self.environment, self.folder, self.warm = dict(environment), folder, warm
        self.running: list[Running] = []

    def __enter__(self) -> Self:
        """Nothing runs yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them all; those that only wait for their end wait together."""
        for process in self.running:
            if process.alive:
                process.popen.terminate()
        for process in self.running:
            process.stop()

    def start(self, name: str, *arguments: str, **more: str) -> Running:
        """Start one of the installation's commands; `more` is added to its environment."""
        command = [str(BIN / arguments[0]), *arguments[1:]]
        log, environment = self.folder / f"{name}.log", {**self.environment, **more}
        process = Running(name, command, environment, log, self.folder, warm=self.warm)
        self.running.append(process)
        return process

    def forget(self, process: Running) -> None:
        """It has ended and is not waited for."""
        self.running.remove(process)

    def casetrack(self, *arguments: str, faults: bool = False) -> str:
        """Run a command to its end and give what it printed. Raises NotReady when it fails.

        With `faults`, that it found one (exit status 1) is an answer too. It runs in this process: to
        start one takes longer than most commands do.
        """
        foreign = {name: None for name in os.environ if name.startswith("CASETRACK_")}
        environment = {**foreign, **self.environment}
        done = CliRunner().invoke(main, list(arguments), env=environment)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if done.exit_code > (1 if faults else 0):
            raise NotReady(f"casetrack {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def wait_for_web(self, process: Running, port: int, patience: float = 60) -> None:
        """Until /readyz says so. Raises NotReady."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if not process.alive:
                raise NotReady(f"{process.name} ended ({process.popen.poll()}):\n{process.tail()}")
            if _answers(port):
                return
            time.sleep(0.1)
        raise NotReady(f"{process.name} did not come up in {patience:.0f} s:\n{process.tail()}")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
