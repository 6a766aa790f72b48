"""Clients that get over every broken connection, as sensible ones do: they look, and go on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from bench import bench_region
from bench.http_client import Client


@dataclass
class Answers:
    """What was answered 2xx: case number → how many of its events the answers vouch for."""

    vouched: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    broken: int = 0
    unavailable: int = 0
    stop: Event = field(default_factory=Event)

    @property
    def writes(self) -> int:
        """Writes that were answered."""
        return sum(list(self.vouched.values()))


class Customers:
    """Several of them at once, each with `pause` seconds between two writes."""

    def __init__(
        self, port: int, tokens: Mapping[str, str], count: int = 4, pause: float = 0.0
    ) -> None:
        self.answers = Answers()
        self._threads = [
            Thread(
                target=_Customer(port, tokens, self.answers, place * 10**6, pause).work,
                daemon=True,
            )
            for place in range(count)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish what it has begun."""
        self.answers.stop.set()
        for thread in self._threads:
            thread.join(30)


class _Customer:
    def __init__(
        self, port: int, tokens: Mapping[str, str], answers: Answers, first: int, pause: float
    ) -> None:
        self._client = Client(port, tokens, timeout=10)
        self._answers, self._serial, self._pause = answers, first, pause

    def work(self) -> None:
        """Case after case until told to stop."""
        while not self._answers.stop.is_set():
            self._serial += 1
            case = self._write("/cases", "ben.clerk", bench_region.application(self._serial))
            if case is None:
                continue
            number = case["number"]
            self._answers.vouched[number] = 1
            for done, (login, step, body) in enumerate(bench_region.TRANSITIONS, start=2):
                if not self._transition(case, login, step, body):
                    break
                self._answers.vouched[number] = done
        self._client.close()

    def _transition(
        self, case: dict[str, Any], login: str, step: str, body: dict[str, str]
    ) -> bool:
        """Done for certain, or False: given up because the end has come."""
        path = f"/cases/{case['number']}/steps/{step}/actions"
        # Nobody else works on this case: a step that moved was moved by us, the answer got lost.
        while not self._answers.stop.is_set():
            etag = next(s["etag"] for s in case["steps"] if s["id"] == step)
            after = self._write(path, login, body, etag)
            if after is not None:
                case["steps"] = after["steps"]
                return True
        return False

    def _write(
        self, path: str, login: str, body: dict[str, Any], etag: str | None = None
    ) -> dict[str, Any] | None:
        """The document, or None when nobody can say whether it was done."""
        self._answers.stop.wait(self._pause)
        try:
            status, document, _ = self._client.post(path, login, body, etag)
        except (OSError, ValueError):
            self._answers.broken += 1
            time.sleep(0.1)
            return None
        if status in (200, 201):
            return dict(document)
        if status == 412:
            # Done, but the answer was lost with the process: read what it has become.
            return self._read(path, login)
        if status == 503:
            self._answers.unavailable += 1
        else:
            self._answers.unexpected.append(f"{path}: {status} {document}")
        time.sleep(0.1)
        return None

    def _read(self, path: str, login: str) -> dict[str, Any] | None:
        number = path.split("/")[2]
        try:
            status, document, _ = self._client.get(f"/cases/{number}", login)
        except (OSError, ValueError):
            return None
        return dict(document) if status == 200 else None
