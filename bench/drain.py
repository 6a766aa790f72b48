"""Whether the relay numbers what waits as fast as it is written: both measured in one stay.

The relay is stopped, a log is imported, the relay is started again: what it drains is a queue of
events with a subscriber each, while the workers deliver what it has numbered.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import bench_region, measurement_queries
from bench.delivery_times import TYPES, full_load, refuse_embedded, subscribe
from bench.processes import NotReady
from bench.recorders import Receiver, webhooks
from bench.report import machine
from bench.runner import STUCK, Progress, Say, Stay, stay
from casetrack import bootstrap, config
from casetrack.config import Settings
from casetrack.storage.delivery import delivery_lists
from casetrack.usecases.logs.replay import Importer

#: Events of one trace: a long case.
_OF_A_TRACE = 25


@dataclass(frozen=True)
class _Logged:
    """An event of a log that never was."""

    trace: int
    index: int
    activity: str = "T02 Check"
    time: datetime = datetime(2019, 5, 6, 1, 0, tzinfo=UTC)
    offset_minutes: int = 480
    resource: str | None = None
    group: str | None = None
    lifecycle: str | None = None
    instance: str | None = None


@dataclass(frozen=True)
class DrainReport:
    """Events a second: written by the clients of the bench, and drained by the relay behind."""

    events: int
    written_per_second: float
    drained_per_second: float
    drained_per_written: float
    delivered_meanwhile: int
    database: str
    broker: str
    machine: str

    @property
    def sound(self) -> bool:
        """Whether the relay keeps up."""
        return self.drained_per_written >= 1

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack bench --drain --json` prints it."""
        return {"scenario": "drain", **asdict(self), "sound": self.sound}

    def in_words(self) -> str:
        """For a person."""
        return (
            f"The clients write {self.written_per_second:,.1f} events/s; the relay drains "
            f"{self.events:,} that waited, two deliveries each, at {self.drained_per_second:,.0f}/s: "
            f"{self.drained_per_written:,.1f} times as fast. The workers delivered "
            f"{self.delivered_meanwhile:,} webhooks meanwhile.\n"
            f"{self.database}; broker {self.broker}; {self.machine}. Load, program and receiver "
            "share it."
        )


def measure(
    settings: Settings,
    *,
    events: int,
    seconds: float,
    clients: int,
    say: Say,
    progress: Progress,
    small: bool = False,
) -> DrainReport:
    """Load, then a queue of so many events. Raises BadInput, DatabaseDown, NotReady."""
    refuse_embedded(settings)
    allowed = {"CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8"}
    with stay(settings, say, allowed, small=small) as place, Receiver("good", webhooks) as good:
        subscribe(place, good, [*TYPES, "casetrack.imported.*"], bench_region.ARCHIVE)
        say("full load")
        written = full_load(place, seconds, clients, progress)
        say(f"the relay is stopped and {events:,} events are written")
        relay = next(each for each in place.processes.running if each.name == "relay")
        relay.stop()
        place.processes.forget(relay)
        _import(place, events, progress)
        with place.database.read() as connection:
            queued = delivery_lists.queue_length(connection)
        before = len(good.receipts)
        say("the relay is started")
        drained = _drain(place, queued, progress)
        return DrainReport(
            events=queued,
            written_per_second=round(written, 1),
            drained_per_second=round(drained),
            drained_per_written=round(drained / written, 1),
            delivered_meanwhile=len(good.receipts) - before,
            database=measurement_queries.version(place.database),
            broker=settings.broker_url.partition(":")[0],
            machine=machine(),
        )


def _import(place: Stay, events: int, progress: Progress) -> None:
    app = bootstrap.build(config.load(place.processes.environment), wake=lambda: None)
    try:
        importer = Importer(app.ctx, bench_region.CODE, "d" * 64, lambda: None)
        for seen in importer.take(_log(events)):
            progress(seen)
    finally:
        app.database.close()


def _drain(place: Stay, queued: int, progress: Progress) -> float:
    """Events a second, from the first that was numbered to the last: a start is no draining."""
    place.processes.start("relay", "casetrack", "relay")
    began, at_first, last = time.monotonic(), queued, queued
    moved = began
    while last:
        time.sleep(0.05)
        with place.database.read() as connection:
            left = delivery_lists.queue_length(connection)
        now = time.monotonic()
        if left != last:
            if last == queued:
                began, at_first = now, left
            last, moved = left, now
            progress(queued - left)
        if now - moved > STUCK:
            raise NotReady(f"the relay drained nothing for {STUCK:.0f} s")
    if not at_first:
        # It was over before it was seen to begin.
        return queued / 0.05
    return at_first / (time.monotonic() - began)


def _log(events: int) -> Iterator[tuple[_Logged, str | None]]:
    begin = datetime(2019, 5, 6, 1, 0, tzinfo=UTC)
    for number in range(events):
        trace, index = divmod(number, _OF_A_TRACE)
        yield _Logged(trace, index, time=begin + timedelta(minutes=index)), f"case-{trace}"
