"""A release at work: its commands and its processes, from wherever its code lies."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from bench.processes import Processes, free_port
from tests.releases.stories import LOGINS, Body, Reply
from tests.support.processes import run_warm

_START = "from casetrack.cli.main import main; main()"
#: Several commands in one process, and what stands behind each one's output.
_NEXT = "\f\n"
_ALL = """
import json, sys
from casetrack.cli.main import main
for words in json.loads(sys.argv[1]):
    main(words, standalone_mode=False)
    print(end="\\f\\n", flush=True)
"""
_ROOT = Path(__file__).resolve().parents[2]


class Line:
    """Over HTTP to a running release: a `Desk`."""

    def __init__(self, port: int, tokens: Mapping[str, str]) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60)
        self.tokens = tokens

    def ask(
        self, method: str, path: str, login: str, body: Body | None = None, etag: str | None = None
    ) -> Reply:
        """One request."""
        headers = {"Authorization": f"Bearer {self.tokens[login]}"}
        if etag is not None:
            headers["If-Match"] = etag
        answer = self.client.request(method, path, json=body, headers=headers)
        return Reply(answer.status_code, answer.headers.get("ETag"), answer.json())

    def __enter__(self) -> Self:
        """It is open already."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Hang up."""
        self.client.close()


@dataclass
class Release:
    """The code in a folder, and the interpreter that has its packages.

    The folder leads Python's path, so that its code is the one that runs whatever is installed.
    """

    name: str
    code: Path
    python: Path
    environment: dict[str, str]
    folder: Path
    #: Packages that it takes from elsewhere than the interpreter.
    packages: Sequence[Path] = ()

    def __post_init__(self) -> None:
        path = os.pathsep.join(map(str, (self.code, *self.packages)))
        self.environment = {**self.environment, "PYTHONPATH": path}

    @property
    def today(self) -> bool:
        """Whether it is the code of this checkout: that starts warm."""
        return self.code == _ROOT

    def run(self, *words: str, stdin: str = "", faults: bool = False) -> str:
        """One of its commands to its end; gives what it printed."""
        if self.today and not stdin:
            done = run_warm(
                "casetrack", *words, environment=self.environment, folder=self.folder, patience=180
            )
            assert done.returncode <= (1 if faults else 0), (self.name, words, done.stderr)
            return done.stdout
        return self._python(_START, *words, stdin=stdin, faults=faults)

    def run_all(self, *commands: Sequence[str]) -> list[str]:
        """Several commands, one after the other in one process; gives what each printed."""
        return self._python(_ALL, json.dumps(commands)).split(_NEXT)[:-1]

    def _python(self, program: str, *words: str, stdin: str = "", faults: bool = False) -> str:
        done = subprocess.run(
            [self.python, "-c", program, *words],
            env=self.environment,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode <= (1 if faults else 0), (self.name, words, done.stderr)
        return done.stdout

    def tokens(self, *more: str) -> dict[str, str]:
        """A new token for everybody in the stories, and for these."""
        logins = (*LOGINS, *more)
        told = self.run_all(*[("token", "create", "--officer", login) for login in logins])
        return {login: said.splitlines()[-1] for login, said in zip(logins, told, strict=True)}

    @contextmanager
    def up(self, tokens: Mapping[str, str]) -> Iterator[Line]:
        """All of it in one process, and a line to it."""
        port = free_port()
        with Processes(self.environment, self.folder) as processes:
            words = ("up", "--no-demo", "--port", str(port))
            process = processes.start(f"{self.name}-up", str(self.python), "-c", _START, *words)
            processes.wait_for_web(process, port, patience=120)
            with Line(port, tokens) as line:
                yield line

    @contextmanager
    def production(self, tokens: Mapping[str, str]) -> Iterator[Line]:
        """Its web, relay, clock and workers, and a line to it."""
        port, python = free_port(), str(self.python)
        web = ("web", "--bind", f"127.0.0.1:{port}", "--processes", "1", "--threads", "4")
        casetrack = ("casetrack",) if self.today else (python, "-c", _START)
        dramatiq = ("dramatiq",) if self.today else (python, "-m", "dramatiq")
        with Processes(self.environment, self.folder, warm=self.today) as processes:
            process = processes.start(f"{self.name}-web", *casetrack, *web)
            for part in ("relay", "clock"):
                processes.start(f"{self.name}-{part}", *casetrack, part)
            few = ("workers", "--processes", "1", "--threads", "2")
            processes.start(f"{self.name}-workers", *dramatiq, *few)
            processes.wait_for_web(process, port, patience=120)
            with Line(port, tokens) as line:
                yield line
