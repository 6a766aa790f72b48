"""Commands of the installation by a process that has loaded the program: `python -m bench.warm`.

To load it takes a second of a processor, and a test may start a dozen processes for which nothing
hangs on that. What a measurement counts, and what is said of a start, comes of real starts.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from atexit import register
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from threading import Lock
from typing import Any

_CHECKOUT = Path(__file__).resolve().parents[1]
#: What the commands load. Not `workers`: it makes its doorbell of the environment while it is loaded.
_LOADED = (
    "casetrack.bootstrap",
    "casetrack.cli.main",
    "casetrack.cli.common",
    "casetrack.cli.open_connections",
    "casetrack.cli.patient_worker",
    "casetrack.gateways.region.region_files",
    "casetrack.operations.attempts",
    "casetrack.operations.process_rounds",
    "casetrack.usecases.case.bill_clock",
    "casetrack.usecases.case.deadlines",
    "casetrack.usecases.case.expiring_products",
    "casetrack.usecases.case.scanning",
    "casetrack.usecases.case.stalled_steps",
    "casetrack.usecases.authority.later_facts",
    "casetrack.usecases.region.loading",
    "casetrack.storage.migrate",
    "casetrack.usecases.proof.verify",
    "casetrack.web.app",
    "dramatiq.cli",
    "gunicorn.app.base",
    "gunicorn.workers.gthread",
    "pika",
    "redis",
)


class Started:
    """A process that was forked elsewhere, with as much of `subprocess.Popen` as is asked of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status once it has ended; a signal that ended it counts below zero."""
        if self.returncode is None:
            self.returncode = _loader().ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended. Raises TimeoutExpired."""
        until = time.monotonic() + timeout if timeout is not None else None
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("a warm start", timeout or 0.0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    folder: Path,
    errors: Path | None = None,
) -> Started:
    """Start a command of the installation, in a session of its own, its words in the log.

    Its errors are in the log too, or in a file of their own.
    """
    asked = {
        "command": list(command),
        "environment": dict(environment),
        "log": str(log),
        "errors": str(errors or log),
        "folder": str(folder),
    }
    return Started(int(_loader().ask({"start": asked})))


class _Loader:
    """The process that has loaded the program, as this one talks to it."""

    def __init__(self, line: socket.socket, ended: Callable[[], Any]) -> None:
        self._lock = Lock()
        self._line, self._ended = line, ended
        self._answers = line.makefile("r", encoding="utf-8")
        register(self.close)

    @classmethod
    def new(cls) -> "_Loader":
        """A process that loads the program."""
        here, there = socket.socketpair()
        with there:
            process = subprocess.Popen(
                [sys.executable, "-m", "bench.warm", str(there.fileno())],
                cwd=_CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(there.fileno(),),
            )
        return cls(here, process.wait)

    @classmethod
    def of_this(cls) -> "_Loader":
        """A fork of this process, which has loaded the program and has no threads yet."""
        here, there = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            here.close()
            _answer_all(there)
            os._exit(0)
        there.close()
        return cls(here, lambda: os.waitpid(pid, 0))

    def ask(self, question: dict[str, Any]) -> Any:
        """One question, one answer. Raises OSError where it is gone."""
        with self._lock:
            self._line.sendall(json.dumps(question).encode() + b"\n")
            answer = self._answers.readline()
        if not answer:
            raise OSError("the process that forks is gone")
        return json.loads(answer)

    def close(self) -> None:
        """It ends when nobody asks any more."""
        self._answers.close()
        self._line.close()
        self._ended()


_ONE: list[_Loader] = []


def _loader() -> _Loader:
    if not _ONE:
        _ONE.append(_Loader.new())
    return _ONE[0]


# ---- The other side


def _serve(descriptor: int) -> None:
    gc.disable()
    for name in _LOADED:
        import_module(name)
    assert "workers" not in sys.modules
    gc.collect()
    gc.freeze()
    _answer_all(socket.socket(fileno=descriptor))


def _answer_all(line: socket.socket) -> None:
    """Until nobody asks any more."""
    ended: dict[int, int] = {}
    questions = line.makefile("r", encoding="utf-8")
    while said := questions.readline():
        question = json.loads(said)
        if "start" in question:
            pid = os.fork()
            if pid == 0:
                os.close(line.detach())
                sys.exit(_become(**question["start"])())
            answer: int | None = pid
        else:
            _reap(ended)
            answer = ended.get(question["ended"])
        line.sendall(json.dumps(answer).encode() + b"\n")


def _reap(ended: dict[int, int]) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            ended[pid] = os.waitstatus_to_exitcode(status)


def _become(
    command: list[str], environment: dict[str, str], log: str, errors: str, folder: str
) -> Callable[[], Any]:
    """This process is to be the command from now on; gives what the command does."""
    os.setsid()
    for file, place in ((log, 1), (errors, 2)):
        out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(out, place)
        os.close(out)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    # As for a command that is a file.
    sys.path[0] = str(Path(command[0]).parent)
    if "bench" in command:
        # It starts others in its turn.
        _ONE[:] = [_Loader.of_this()]
    gc.enable()
    (entry,) = entry_points(group="console_scripts", name=Path(command[0]).name)
    done: Callable[[], Any] = entry.load()
    return done


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
