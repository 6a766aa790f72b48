"""Whether the relay numbers what waits as fast as it is written: in this process, on a real server."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casetrack.bench import region
from casetrack.bench.authority import place
from casetrack.bench.report import machine
from casetrack.bench.runner import Progress, Say
from casetrack.bootstrap import told
from casetrack.config import Settings
from casetrack.gateways.region_files import read_region
from casetrack.storage import measures
from casetrack.usecases import regions, relay
from casetrack.usecases.replay import Importer

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
    """Events a second: written, in bulk, and numbered and fanned out, each with one delivery."""

    events: int
    written_per_second: float
    drained_per_second: float
    drained_without_deliveries_per_second: float
    database: str
    machine: str

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack bench --drain --json` prints it."""
        return {"scenario": "drain", **asdict(self)}

    def in_words(self) -> str:
        """For a person."""
        return (
            f"{self.events:,} events that waited: written in bulk at {self.written_per_second:,.0f}/s, "
            f"numbered and fanned out, a delivery each, at {self.drained_per_second:,.0f}/s, "
            f"numbered only at {self.drained_without_deliveries_per_second:,.0f}/s.\n"
            f"{self.database}; {self.machine}. In one process."
        )


def measure(settings: Settings, *, events: int, say: Say, progress: Progress) -> DrainReport:
    """Write so many events, then drain them; once with a delivery each and once with none."""
    with place(settings) as app, tempfile.TemporaryDirectory() as folder:
        regions.load(app.ctx, read_region(region.write(Path(folder))))
        rates = {}
        written = 0.0
        for name, hears in (("with", told), ("without", _nobody)):
            say(f"writing {events:,} events")
            importer = Importer(app.ctx, region.CODE, f"{name:0<64}"[:64], lambda: None)
            began = time.perf_counter()
            for seen in importer.take(_log(events)):
                progress(seen)
            written = events / (time.perf_counter() - began)
            say("draining")
            began = time.perf_counter()
            drained = relay.drain(app.ctx, hears, lambda _: None)
            rates[name] = drained / (time.perf_counter() - began)
        return DrainReport(
            events=events,
            written_per_second=round(written),
            drained_per_second=round(rates["with"]),
            drained_without_deliveries_per_second=round(rates["without"]),
            database=measures.version(app.database),
            machine=machine(),
        )


def _nobody(_type: str) -> bool:
    return False


def _log(events: int) -> Iterator[tuple[_Logged, str | None]]:
    begin = datetime(2019, 5, 6, 1, 0, tzinfo=UTC)
    for number in range(events):
        trace, index = divmod(number, _OF_A_TRACE)
        yield _Logged(trace, index, time=begin + timedelta(minutes=index)), f"case-{trace}"
