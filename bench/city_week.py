"""A week of one city in an hour, on SQLite: whether lists are answered while everything else goes on.

Cases come all the time and lie with each agency for a while, so that lists are as full as in a working
week. Each write has its moment beforehand and is measured from that moment.
"""

import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from bench.http_client import Client
from bench.load import WRITES, Case
from bench.receiver_process import ReceiverProcess
from bench.report import in_words, machine, quantiles_ms
from bench.runner import Progress, Say, Stay, settle, stay
from casetrack import config
from casetrack.storage.delivery import delivery_lists

#: Applications in a week: a thousand on each of five days.
CASES = 5_000
#: Part of the time that a file lies between two acts: about two hours of a week of forty.
_LIES = 1 / 20
#: Connections of the counters and agencies: none waits for another's answer.
_DESKS = 8
#: Seconds between two looks at the lists.
_LOOKS_EVERY = 0.5
#: What somebody looks at all day long: login and address.
_LOOKS = (
    ("ben.roads", "/worklist"),
    ("ben.clerk", "/worklist?list=check"),
    ("ben.signer", "/worklist?mine=true"),
    ("ben.clerk", "/cases?limit=50"),
)


@dataclass
class CityWeek:
    """What was done, how soon it was answered, and what broke."""

    cases: int
    seconds: float
    #: Seconds from the moment at which a write was due, and of each look by its address.
    writes: list[float] = field(default_factory=list)
    looks: dict[str, list[float]] = field(default_factory=dict)
    #: Events that waited for their number, and open steps of the longest list, at each look.
    queued: list[int] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    mails: int = 0
    finished: int = 0
    settled_after: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything was answered as it should, every case came to its end, and verify agrees."""
        return not self.faults and self.finished == self.cases

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "scenario": "city week",
            "cases": self.cases,
            "finished": self.finished,
            "seconds": round(self.seconds, 1),
            "writes": len(self.writes),
            "writes_ms": quantiles_ms(self.writes),
            "looks": sum(map(len, self.looks.values())),
            "looks_ms": {path: quantiles_ms(found) for path, found in self.looks.items()},
            "queued_most": max(self.queued, default=0),
            "listed_most": max(self.listed, default=0),
            "mails": self.mails,
            "settled_after": round(self.settled_after, 2),
            "faults": self.faults[:10],
            "sound": self.sound,
            "machine": machine(),
        }

    def in_words(self) -> str:
        """For a person."""
        lines = [
            f"{self.finished:,} of {self.cases:,} cases in {self.seconds:,.0f} s, {len(self.writes):,} "
            f"writes, {self.mails:,} mails; casetrack up on SQLite, {machine()}.",
            f"{'a write, from its moment':36} {in_words(quantiles_ms(self.writes))}",
            *(
                f"GET {path:32} {in_words(quantiles_ms(found))}"
                for path, found in self.looks.items()
            ),
            f"The longest list had {max(self.listed, default=0):,} rows; at most "
            f"{max(self.queued, default=0):,} events waited for their number; all was told "
            f"{self.settled_after:.1f} s after the last write.",
            *self.faults[:10],
        ]
        return "\n".join(lines)


def city_week(
    cases: int, seconds: float, say: Say, progress: Progress, *, small: bool = False
) -> CityWeek:
    """So many cases from the counter to the permit in so many seconds. Raises NotReady."""
    embedded = config.load({})
    with ReceiverProcess("mail") as mail:
        smtp = {"CASETRACK_SMTP_URL": f"smtp://127.0.0.1:{mail.port}?from=izin@kota.example"}
        with stay(embedded, say, smtp, small=small) as place:
            found = CityWeek(cases, seconds)
            say(f"{cases:,} cases in {seconds:,.0f} s")
            _play(place, found, progress)
            found.settled_after = settle(place.database)
            found.mails = mail.count
            _judge(place, found)
            return found


def _play(place: Stay, found: CityWeek, progress: Progress) -> None:
    over = Event()
    watcher = Thread(target=_watch, args=(place, found, over), daemon=True)
    watcher.start()
    try:
        _Counters(place, found).work(progress)
    finally:
        over.set()
        watcher.join(30)


class _Counters:
    """One hand that gives out what is due, and desks that do it."""

    def __init__(self, place: Stay, found: CityWeek) -> None:
        self._place, self._found = place, found
        self._due: SimpleQueue[tuple[float, Case] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[float, Case]] = SimpleQueue()
        self._lies = found.seconds * _LIES / WRITES

    def work(self, progress: Callable[[int], None]) -> None:
        """Until every case is over, or a while after all should be."""
        desks = [Thread(target=self._desk, daemon=True) for _ in range(_DESKS)]
        for desk in desks:
            desk.start()
        for done in self._hand_out():
            progress(done)
        for _ in desks:
            self._due.put(None)
        for desk in desks:
            desk.join(30)

    def _hand_out(self) -> Iterator[int]:
        begin, ties = time.monotonic(), count()
        # The last case still has its time before the end.
        apart = self._found.seconds * (1 - _LIES) / self._found.cases
        waiting = [
            (begin + serial * apart, next(ties), Case(serial + 1))
            for serial in range(self._found.cases)
        ]
        under_way, written = 0, 0
        while waiting or under_way:
            while waiting and waiting[0][0] <= time.monotonic():
                due, _, case = heapq.heappop(waiting)
                self._due.put((due, case))
                under_way += 1
            time.sleep(0.005)
            while not self._done.empty():
                due, case = self._done.get()
                under_way, written = under_way - 1, written + 1
                if case.done and not case.over:
                    heapq.heappush(waiting, (due + self._lies, next(ties), case))
                yield written

    def _desk(self) -> None:
        client = Client(self._place.port, self._place.tokens)
        while (task := self._due.get()) is not None:
            due, case = task
            try:
                case.go_on(client)
                self._found.writes.append(time.monotonic() - due)
                self._found.finished += case.over
            except (OSError, ValueError, KeyError) as error:
                self._found.faults.append(f"{type(error).__name__}: {error}")
                case.done = 0
            finally:
                self._done.put((due, case))
        client.close()


def _watch(place: Stay, found: CityWeek, over: Event) -> None:
    """Somebody who looks at the lists again and again."""
    client = Client(place.port, place.tokens)
    while not over.wait(_LOOKS_EVERY):
        for login, path in _LOOKS:
            began = time.monotonic()
            try:
                status, document, _ = client.get(path, login)
            except (OSError, ValueError) as error:
                found.faults.append(f"{path}: {error}")
                continue
            found.looks.setdefault(path, []).append(time.monotonic() - began)
            if status != 200:
                found.faults.append(f"{path}: {status} {document}")
            found.listed.append(max(_counts(document), default=0))
        with place.database.read() as connection:
            found.queued.append(delivery_lists.queue_length(connection))
    client.close()


def _counts(document: Any) -> Iterator[int]:
    with suppress(AttributeError, TypeError):
        yield from (many for many in document.get("counts", {}).values() if isinstance(many, int))


def _judge(place: Stay, found: CityWeek) -> None:
    """What was promised, once everything has come to rest."""
    verdict = place.processes.casetrack("verify", "--json", faults=True)
    if '"ok": true' not in verdict.splitlines()[-1]:
        found.faults.append(verdict.splitlines()[-1][:300])
    with place.database.read() as connection:
        states = delivery_lists.delivery_counts(connection, ["pending", "given_up"])
    found.faults += [f"{many} deliveries are {state}" for state, many in states.items() if many]
