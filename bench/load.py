"""The load: client threads that take cases from the counter to the permit over kept connections."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

from bench import bench_region

API = "/api/v1"


@dataclass
class Client:
    """One keep-alive connection, opened again when it breaks."""

    port: int
    tokens: Mapping[str, str]
    timeout: float = 30
    _connection: HTTPConnection | None = None

    def post(
        self, path: str, login: str, body: Mapping[str, Any], etag: str | None = None
    ) -> tuple[int, Any, str | None]:
        """Status, document and ETag of a write. Raises OSError or HTTPException."""
        headers = {"Content-Type": "application/json"}
        if etag is not None:
            headers["If-Match"] = etag
        return self._ask("POST", path, login, headers, json.dumps(body))

    def get(self, path: str, login: str) -> tuple[int, Any, str | None]:
        """The same of a read."""
        return self._ask("GET", path, login, {}, None)

    def _ask(
        self, method: str, path: str, login: str, headers: dict[str, str], body: str | None
    ) -> tuple[int, Any, str | None]:
        headers["Authorization"] = f"Bearer {self.tokens[login]}"
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self._connection.request(method, API + path, body, headers)
            response = self._connection.getresponse()
            return response.status, json.loads(response.read()), response.getheader("ETag")
        except (OSError, HTTPException, ValueError):
            self.close()
            raise

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Tally:
    """What all clients measured: seconds a request."""

    openings: list[float] = field(default_factory=list)
    transitions: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0


class Load:
    """Clients that go on until so many cases are done, so much time is over, or somebody stops it."""

    def __init__(
        self,
        port: int,
        tokens: Mapping[str, str],
        *,
        seconds: float | None,
        cases: int | None,
        rate: float | None = None,
    ) -> None:
        """`rate`: so many writes a second by all clients together; None is as many as come."""
        self._port, self._tokens = port, tokens
        self._seconds, self._cases = seconds, cases
        self._pause = 1 / rate if rate else 0.0
        self._turn = time.monotonic()
        self._serials = count(1)
        self._lock = Lock()
        self._stop = Event()
        self._answered = time.monotonic()
        self.tally = Tally()

    def run(self, clients: int, progress: Callable[[int], None]) -> Tally:
        """Let so many clients work; gives what they measured."""
        threads = [Thread(target=self._client, daemon=True) for _ in range(clients)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                threads[0].join(0.2)
                time.sleep(0.05)
                progress(len(self.tally.transitions))
                if self._seconds is not None and time.monotonic() - began >= self._seconds:
                    self._stop.set()
        finally:
            # Also on Ctrl-C: what is under way ends, nothing new begins.
            self._stop.set()
            for thread in threads:
                thread.join(30)
        self.tally.seconds = self._answered - began
        return self.tally

    def _client(self) -> None:
        client = Client(self._port, self._tokens)
        try:
            for serial in self._work():
                self._one_case(client, serial)
        except (OSError, HTTPException, ValueError, KeyError, StopIteration) as error:
            self.tally.faults.append(f"{type(error).__name__}: {error}")
        finally:
            client.close()

    def _work(self) -> Iterator[int]:
        while not self._stop.is_set():
            with self._lock:
                serial = next(self._serials)
            if self._cases is not None and serial > self._cases:
                return
            yield serial

    def _one_case(self, client: Client, serial: int) -> None:
        """From the counter to the permit. A case that was begun is taken to its end."""
        case = self._timed(
            self.tally.openings, client, "/cases", "ben.clerk", bench_region.application(serial)
        )
        for login, step, body in bench_region.TRANSITIONS:
            etag = next(s["etag"] for s in case["steps"] if s["id"] == step)
            path = f"/cases/{case['number']}/steps/{step}/actions"
            case = self._timed(self.tally.transitions, client, path, login, body, etag)
        with self._lock:
            self.tally.cases += 1

    def _timed(self, into: list[float], client: Client, *request: Any) -> Any:
        self._await_turn()
        began = time.perf_counter()
        status, document, _ = client.post(*request)
        took = time.perf_counter() - began
        if status not in (200, 201):
            raise ValueError(f"{request[0]} answered {status}: {document.get('detail')}")
        into.append(took)
        self._answered = time.monotonic()
        return document

    def _await_turn(self) -> None:
        """At a given rate the writes of all clients begin one after the other, evenly."""
        if not self._pause:
            return
        with self._lock:
            self._turn = turn = max(self._turn + self._pause, time.monotonic())
        time.sleep(max(0.0, turn - time.monotonic()))
