"""Outages and numbers set aside against their events: what the rows say of each is what was recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.events import TYPE_PREFIX, Event, instant
from casetrack.domain.proof.verdict import UNREADABLE, Fault
from casetrack.storage.case.outage_rows import written_places
from casetrack.storage.proof.stored_rows import Reader

OUTAGE, NUMBERS = "outage/", "numbers/"
PAUSED = f"{TYPE_PREFIX}case.paused"
#: An outage that was ended is `ending` until its cases go on, then `over`; no event says which.
_AFTER_THE_END = ("ending", "over")
Row = Mapping[str, Any]


@dataclass
class FoldedBadDays:
    """What the events of a region say of outages, their cases, and blocks of numbers."""

    outages: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Outage and case → version and moment of the pause.
    cases: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    blocks: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Number → block, reason, when and by whom, of those that were closed.
    closed: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    #: Streams that no rule here made.
    broken: set[str] = field(default_factory=set)

    def look(self, event: Event) -> None:
        """Take in an event; those of other things are passed over."""
        try:
            if event.type == PAUSED and (name := event.data.get("outage")):
                self.cases[name, event.stream] = (event.version, instant(event.recorded_at))
            elif event.stream.startswith(OUTAGE):
                self._outage(event)
            elif event.stream.startswith(NUMBERS):
                self._block(event)
        except UNREADABLE:
            self.broken.add(event.stream)

    def _outage(self, event: Event) -> None:
        data, by, at = event.data, event.actor["id"], instant(event.occurred_at)
        if event.version == 1:
            self.outages[data["outage"]] = {
                "outage": data["outage"],
                "system": data["system"],
                "agency": data["agency"],
                "places": written_places((p["service"], p["step"]) for p in data["places"]),
                "begun_at": at,
                "begun_by": by,
                "ended_at": None,
                "ended_by": None,
            }
        else:
            self.outages[data["outage"]] |= {"ended_at": at, "ended_by": by}

    def _block(self, event: Event) -> None:
        data = event.data
        if event.version == 1:
            names = ("block", "service", "year", "first", "last", "agency")
            at, by = instant(event.occurred_at), event.actor["id"]
            said = {name: data[name] for name in names}
            self.blocks[data["block"]] = {**said, "reserved_at": at, "reserved_by": by}
        else:
            said_by = (data["block"], data["reason"], instant(event.occurred_at), event.actor["id"])
            self.closed |= dict.fromkeys(data["numbers"], said_by)


def check(reader: Reader, region: str, found: FoldedBadDays) -> Iterator[Fault]:
    """Every row that is missing, too many, or says otherwise."""
    if not (found.outages or found.blocks or found.broken):
        rows = [*reader.all_rows("outages", region), *reader.all_rows("number_blocks", region)]
        for row in rows:
            yield _fault(region, _stream_of(row), "a row without events")
        return
    yield from _outages(reader, region, found)
    yield from _blocks(reader, region, found)


def _outages(reader: Reader, region: str, found: FoldedBadDays) -> Iterator[Fault]:
    stored = {row["outage"]: row for row in reader.all_rows("outages", region)}
    for name in sorted({*stored, *found.outages}):
        said, row = found.outages.get(name), stored.get(name)
        if detail := _difference(said, row) or (said and row and _wrong_state(said, row)):
            yield _fault(region, f"{OUTAGE}{name}", detail)
    rows = {(row["outage"], row["number"]): row for row in reader.all_rows("outage_cases", region)}
    for key in sorted({*rows, *found.cases}):
        row, pause = rows.get(key), found.cases.get(key)
        if row is None or pause is None or row["version"] != pause[0]:
            detail = (
                f"that the case {key[1]} stood still for it is said by its row or an event alone"
            )
            yield _fault(region, f"{OUTAGE}{key[0]}", detail)


def _wrong_state(said: Row, row: Row) -> str:
    ended = said["ended_at"] is not None
    right = row["state"] in _AFTER_THE_END if ended else row["state"] == "running"
    return "" if right else f"its row says {row['state']}, and its events do not"


def _blocks(reader: Reader, region: str, found: FoldedBadDays) -> Iterator[Fault]:
    stored = {row["block"]: row for row in reader.all_rows("number_blocks", region)}
    for name in sorted({*stored, *found.blocks}):
        if detail := _difference(found.blocks.get(name), stored.get(name)):
            yield _fault(region, f"{NUMBERS}{name}", detail)
    many = dict.fromkeys(found.blocks, 0)
    for row in reader.all_rows("reserved_numbers", region):
        block, number = row["block"], row["number"]
        many[block] = many.get(block, 0) + 1
        said = found.closed.get(number)
        mine = (block, row["reason"]) if row["state"] == "closed" else None
        if (said[:2] if said else None) != mine:
            detail = f"that the number {number} was closed is said by its row or an event alone"
            yield _fault(region, f"{NUMBERS}{block}", detail)
    for name, block_said in found.blocks.items():
        if many[name] != block_said["last"] - block_said["first"] + 1:
            detail = f"it has {many[name]} numbers, and its event another count"
            yield _fault(region, f"{NUMBERS}{name}", detail)


def _difference(said: Row | None, row: Row | None) -> str:
    if said is None or row is None:
        return "a row without events, or events without a row"
    names = [name for name, value in said.items() if row[name] != value]
    return f"its row differs from its events in {', '.join(names)}" if names else ""


def _stream_of(row: Row) -> str:
    return f"{OUTAGE}{row['outage']}" if "outage" in row else f"{NUMBERS}{row['block']}"


def _fault(region: str, stream: str, detail: str) -> Fault:
    return Fault("bad_day", region, stream, None, detail)
