"""The load generator, a process of its own: `python -m bench.generator PORT`, told what to do."""

import sys
import time
from dataclasses import asdict
from typing import Any

from bench.http_client import Client
from bench.load import Case, Load, PacedLoad, Tally, reading
from bench.side_process import SideProcess, serve


class Generator(SideProcess):
    """The generator, as the measurement sees it."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        super().__init__("bench.generator", str(port))
        self._tokens = tokens
        self._next = 1

    def closed(self, *, clients: int, seconds: float, cases: int | None = None) -> Tally:
        """Clients that send their next write when the last was answered."""
        return self._load(
            "closed", tokens=self._tokens, clients=clients, seconds=seconds, cases=cases
        )

    def paced(self, *, rate: float, seconds: float) -> Tally:
        """So many writes a second, whatever becomes of them."""
        return self._load("paced", tokens=self._tokens, rate=rate, seconds=seconds)

    def reading(
        self, path: str, *, clients: int, seconds: float, rate: float | None = None
    ) -> Tally:
        """GETs without a token."""
        found = self.ask("reading", path=path, clients=clients, seconds=seconds, rate=rate)
        return Tally(**found)

    def bring_to(self, step: int, *, service: str, cases: int) -> dict[str, int]:
        """Cases of which so many writes are done and the next is not; number to events."""
        first = self._serials(cases)
        told: dict[str, int] = self.ask(
            "bring_to", tokens=self._tokens, step=step, service=service, cases=cases, first=first
        )
        return told

    def go_on(self, *, service: str) -> list[float]:
        """The next write of each of these cases; seconds of each."""
        found: list[float] = self.ask("go_on", service=service)
        return found

    def finish(self, *, service: str) -> dict[str, int]:
        """Take these cases to their end; number to events."""
        told: dict[str, int] = self.ask("finish", service=service)
        return told

    def _load(self, do: str, **how: Any) -> Tally:
        # Each measurement has applicants of its own, since one who is known takes another way.
        return Tally(**self.ask(do, first=self._serials(10**6), **how))

    def _serials(self, count: int) -> int:
        first, self._next = self._next, self._next + count
        return first


class _Here:
    """The other side: what the process does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._client = Client(port, {})
        self._cases: dict[str, list[Case]] = {}

    def closed(
        self, tokens: dict[str, str], clients: int, seconds: float, cases: int | None, first: int
    ) -> dict[str, Any]:
        load = Load(self._port, tokens, seconds=seconds, cases=cases, first=first)
        return asdict(load.run(clients))

    def paced(
        self, tokens: dict[str, str], rate: float, seconds: float, first: int
    ) -> dict[str, Any]:
        load = PacedLoad(self._port, tokens, rate=rate, seconds=seconds, first=first)
        return asdict(load.run())

    def reading(
        self, path: str, clients: int, seconds: float, rate: float | None
    ) -> dict[str, Any]:
        return asdict(reading(self._port, path, clients=clients, seconds=seconds, rate=rate))

    def bring_to(
        self, tokens: dict[str, str], step: int, service: str, cases: int, first: int
    ) -> dict[str, int]:
        self._client.tokens = tokens
        self._cases[service] = [Case(serial, service) for serial in range(first, first + cases)]
        return self._until(service, step)

    def go_on(self, service: str) -> list[float]:
        seconds = []
        for case in self._cases[service]:
            began = time.perf_counter()
            case.go_on(self._client)
            seconds.append(time.perf_counter() - began)
        return seconds

    def finish(self, service: str) -> dict[str, int]:
        return self._until(service, None)

    def _until(self, service: str, step: int | None) -> dict[str, int]:
        for case in self._cases[service]:
            while not case.over and case.done != step:
                case.go_on(self._client)
        return {case.number: case.done for case in self._cases[service]}


if __name__ == "__main__":
    here = _Here(int(sys.argv[1]))
    serve(
        {
            name: getattr(here, name)
            for name in ("closed", "paced", "reading", "bring_to", "go_on", "finish")
        }
    )
