"""The record of who looked at personal data, against its seals and the days that the ledger holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from casetrack.domain.events import GENESIS, chain_hash, parse_instant
from casetrack.domain.people.readings import Reading
from casetrack.domain.proof.verdict import UNREADABLE, Fault, read
from casetrack.storage.people.readings import from_values
from casetrack.storage.proof.row_tables import Stored
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.context import Context
from casetrack.usecases.people import readings
from casetrack.usecases.people.reading_days import forgotten_of, stream_of


@dataclass
class _Day:
    """A day that was counted, and what its rows come to now. Moments are RFC 3339 in UTC."""

    version: int
    since: str
    until: str
    said: tuple[int, str]
    count: int = 0
    digest: str = GENESIS

    def add(self, seal: str) -> None:
        self.count, self.digest = self.count + 1, chain_hash(self.digest, seal)


def check(ctx: Context, reader: Reader, region: str) -> Iterator[Fault]:
    """Every row, in order, in one pass; then the rows by which cases find them."""
    stream = stream_of(region)
    # What the region no longer keeps is gone, or about to go: only what came later is compared.
    gone = _forgotten(reader, region)
    counted, seen = list(_days(reader, region)), 0
    gone = max([gone, *(day.until for day in counted if day.since < gone)])
    days = [day for day in counted if day.since >= gone]
    waiting = iter(days)
    day = next(waiting, None)
    for row in reader.all_rows("readings", region):
        while day is not None and row["at"] >= day.until:
            day = next(waiting, None)
        name = f"the look {row['reading']} of {row['at']}"
        if row["at"] >= gone and day is not None and row["at"] < day.since:
            yield Fault("readings", region, stream, day.version, f"{name} was slipped in")
        elif day is not None and row["at"] >= day.since:
            day.add(str(row["seal"]))
        reading = _genuine(ctx, row)
        if reading is None:
            yield Fault("readings", region, stream, None, f"{name} does not fit its seal")
        seen += len(reading.cases) if reading else 0
    for each in days:
        if (each.count, each.digest) != each.said:
            detail = f"the day had {each.said[0]} looks; the {each.count} that are there differ"
            yield Fault("readings", region, stream, each.version, detail)
    yield from _found_by_case(reader, region, seen)


def _days(reader: Reader, region: str) -> Iterator[_Day]:
    """What cannot be read is its chain's fault."""
    for _, body in reader.bodies(region, [stream_of(region)]):
        event = read(body)
        try:
            if event is not None:
                data = event.data
                said = (int(data["count"]), str(data["hash"]))
                yield _Day(event.version, str(data["since"]), str(data["until"]), said)
        except UNREADABLE:
            continue


def _forgotten(reader: Reader, region: str) -> str:
    """Until when looks were removed; before all moments where none was."""
    found = [""]
    for _, body in reader.bodies(region, [forgotten_of(region)]):
        event = read(body)
        if event is not None:
            found.append(str(event.data.get("until", "")))
    return max(found)


def _genuine(ctx: Context, row: Stored) -> Reading | None:
    """The look that a row holds, if it is the one that was sealed, whatever was written into the row."""
    try:
        reading = from_values(row, parse_instant(row["at"]))
        return reading if readings.seal_of(ctx, reading) == row["seal"] else None
    except UNREADABLE:
        return None


def _found_by_case(reader: Reader, region: str, seen: int) -> Iterator[Fault]:
    """Each look is found by each of its cases, and by no other."""
    for number in reader.looks_without_reading(region):
        detail = f"the case {number} is led to a look that is not there or not of this case"
        yield Fault("readings", region, stream_of(region), None, detail)
    if reader.looks_at_cases(region) != seen:
        detail = "a case is not led to every look at it"
        yield Fault("readings", region, stream_of(region), None, detail)
