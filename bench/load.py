"""The load: clients that take cases from the counter to the permit over kept connections.

Closed: each client sends its next write when the last one was answered. Open: each write has its moment
beforehand, whatever became of the ones before, and is measured from that moment; so what waits because
the server is slow is counted (no coordinated omission).
"""

import heapq
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

from bench import bench_region
from bench.http_client import Client

#: Writes of one case: the opening, and the transitions to the permit.
WRITES = 1 + len(bench_region.TRANSITIONS)
#: Seconds between two writes of one case when each has its moment.
_THINKS = 0.15
#: Seconds after the end in which what was due may still be answered.
_GRACE = 3.0
#: Connections of the open loop: more than a slow server answers at once.
_CONNECTIONS = 96


@dataclass
class Tally:
    """What all clients measured: seconds a request; and what the answers vouch for."""

    openings: list[float] = field(default_factory=list)
    transitions: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0
    #: Case number → how many of its events were answered.
    vouched: dict[str, int] = field(default_factory=dict)
    #: Writes of the open loop that were due and never sent.
    unsent: int = 0

    @property
    def writes(self) -> list[float]:
        """All of them."""
        return [*self.openings, *self.transitions]

    @property
    def per_second(self) -> float:
        """Writes a second that were answered."""
        return (len(self.writes) - self.unsent) / self.seconds if self.seconds else 0.0


class Case:
    """One case on its way."""

    def __init__(self, serial: int, service: str = bench_region.SERVICE) -> None:
        self._serial, self._service = serial, service
        self.done = 0
        self.number = ""
        self._etags: dict[str, str] = {}

    @property
    def over(self) -> bool:
        """Whether the permit is issued."""
        return self.done == WRITES

    def go_on(self, client: Client) -> None:
        """The next write. Raises OSError, and ValueError for an answer that is not 2xx."""
        if not self.done:
            application = bench_region.application(self._serial, self._service)
            self._take(client.post("/cases", "ben.clerk", application))
            return
        login, step, body = bench_region.TRANSITIONS[self.done - 1]
        path = f"/cases/{self.number}/steps/{step}/actions"
        self._take(client.post(path, login, body, self._etags[step]))

    def _take(self, answer: tuple[int, Any, str | None]) -> None:
        status, document, _ = answer
        if status not in (200, 201):
            raise ValueError(f"{self.number or 'an opening'}: {status} {document.get('detail')}")
        self.number = document["number"]
        self._etags = {step["id"]: step["etag"] for step in document["steps"]}
        self.done += 1


class Load:
    """The closed loop: clients go on until so many cases are done, or so much time is over."""

    def __init__(
        self,
        port: int,
        tokens: Mapping[str, str],
        *,
        seconds: float | None,
        cases: int | None,
        first: int = 1,
    ) -> None:
        """`first`: the serial of the first applicant; each serial is another person."""
        self._port, self._tokens = port, tokens
        self._seconds, self._cases = seconds, cases
        self._first, self._serials = first, count(first)
        self._lock = Lock()
        self._stop = Event()
        self._answered = time.monotonic()
        self.tally = Tally()

    def run(self, clients: int, progress: Callable[[int], None] = lambda _: None) -> Tally:
        """Let so many clients work; gives what they measured."""
        threads = [Thread(target=self._client, daemon=True) for _ in range(clients)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                threads[0].join(0.05)
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
                self._one_case(client, Case(serial))
        except (OSError, ValueError, KeyError) as error:
            self.tally.faults.append(f"{type(error).__name__}: {error}")
        finally:
            client.close()

    def _work(self) -> Iterator[int]:
        while not self._stop.is_set():
            with self._lock:
                serial = next(self._serials)
            if self._cases is not None and serial >= self._first + self._cases:
                return
            yield serial

    def _one_case(self, client: Client, case: Case) -> None:
        """From the counter to the permit. A case that was begun is taken to its end."""
        while not case.over:
            into = self.tally.transitions if case.done else self.tally.openings
            began = time.perf_counter()
            case.go_on(client)
            into.append(time.perf_counter() - began)
            self._answered = time.monotonic()
            self.tally.vouched[case.number] = case.done
        with self._lock:
            self.tally.cases += 1


class PacedLoad:
    """The open loop: so many writes a second; cases begin at a random moment of equal shares of it."""

    def __init__(
        self,
        port: int,
        tokens: Mapping[str, str],
        *,
        rate: float,
        seconds: float,
        first: int = 1,
        seed: int = 1,
    ) -> None:
        self._port, self._tokens = port, tokens
        # A case takes its time: before the first are over, fewer writes than wanted are due.
        ramp = _THINKS * WRITES
        self._begin = time.monotonic() + 0.1 + ramp
        self._end = self._begin + seconds
        self._lock = Lock()
        self._ties = count()
        self._due: list[tuple[float, int, Case]] = []
        dice, apart = random.Random(seed), WRITES / rate
        for place in range(int((seconds + ramp) / apart)):
            moment = self._begin - ramp + (place + dice.random()) * apart
            heapq.heappush(self._due, (moment, next(self._ties), Case(first + place)))
        self.tally = Tally(seconds=seconds)

    def run(self) -> Tally:
        """Send each write at its moment; gives what was measured once the first cases are over."""
        threads = [Thread(target=self._client, daemon=True) for _ in range(_CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        now = time.monotonic()
        late = [due for due, _, _ in self._due if self._begin <= due <= self._end]
        self.tally.unsent = len(late)
        self.tally.transitions += [now - due for due in late]
        return self.tally

    def _client(self) -> None:
        client = Client(self._port, self._tokens)
        try:
            while (task := self._next()) is not None:
                self._send(client, *task)
        except (OSError, ValueError, KeyError) as error:
            self.tally.faults.append(f"{type(error).__name__}: {error}")
        finally:
            client.close()

    def _next(self) -> tuple[float, Case] | None:
        """What is due first, when it is due; None when all is over."""
        while (now := time.monotonic()) < self._end + _GRACE:
            with self._lock:
                if self._due and self._due[0][0] <= now:
                    due, _, case = heapq.heappop(self._due)
                    return due, case
                first = self._due[0][0] if self._due else self._end + _GRACE
            if first > self._end and now > self._end:
                return None
            # No longer than until a case that is under way may bring something that is due sooner.
            time.sleep(max(0.0005, min(first - now, 0.02)))
        return None

    def _send(self, client: Client, due: float, case: Case) -> None:
        into = self.tally.transitions if case.done else self.tally.openings
        case.go_on(client)
        if self._begin <= due <= self._end:
            into.append(time.monotonic() - due)
        self.tally.vouched[case.number] = case.done
        if case.over:
            self.tally.cases += 1
        elif due + _THINKS <= self._end:
            with self._lock:
                heapq.heappush(self._due, (due + _THINKS, next(self._ties), case))


def reading(
    port: int, path: str, *, seconds: float, clients: int, rate: float | None = None
) -> Tally:
    """GETs of this path as fast as they are answered, or each at its moment, evenly spaced."""
    tally, lock = Tally(seconds=seconds), Lock()
    begin = time.monotonic() + 0.1
    moments = iter([begin + n / rate for n in range(int(rate * seconds))] if rate else count())

    def client() -> None:
        own = Client(port, {})
        while True:
            with lock:
                due = next(moments, None)
            now = time.monotonic()
            if (
                due is None
                or now > begin + seconds + _GRACE
                or (not rate and now > begin + seconds)
            ):
                break
            due = due if rate else now
            time.sleep(max(0.0, due - now))
            status = own.look(path)
            tally.openings.append(time.monotonic() - due)
            if status != 200:
                tally.faults.append(f"{path} answered {status}")
                break
        own.close()

    threads = [Thread(target=client, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 30)
    tally.unsent = sum(1 for _ in moments) if rate else 0
    return tally
