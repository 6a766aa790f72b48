"""Helpers in processes of their own, so that what they cost is counted apart: JSON lines in and out."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.processes import NotReady

_CHECKOUT = Path(__file__).resolve().parents[1]


class SideProcess:
    """A module of the benchmark that runs apart and does what it is told, one thing at a time."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            self._command,
            cwd=_CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid if self._process else 0

    def ask(self, do: str, **arguments: Any) -> Any:
        """Let it do this, and give its answer. Raises NotReady when it has ended."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise NotReady("it was not started")
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise NotReady(f"{' '.join(self._command[1:])} has ended")
        return json.loads(line)


def serve(actions: Mapping[str, Callable[..., Any]]) -> None:
    """Be such a process: carry out what comes in until nobody is there any more."""
    for line in sys.stdin:
        said = json.loads(line)
        answer = actions[said.pop("do")](**said)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
