"""Rows of outages and of numbers set aside are made anew from their events."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from casetrack.domain.events import Event
from casetrack.domain.proof.verdict import UNREADABLE
from casetrack.storage.proof import row_writes
from casetrack.storage.proof.stored_rows import Reader
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.proof.bad_day_check import NUMBERS, OUTAGE, PAUSED, FoldedBadDays

_Remade = Iterator[tuple[str, str]]


def remake_bad_days(uow: UnitOfWork, region: str) -> _Remade:
    """Gives the stream and what was mended; nobody begins or ends an outage meanwhile."""
    uow.lock_register(region, exclusive=True)
    reader, said = Reader(uow.connection), FoldedBadDays()
    for body in reader.bodies_beside(region, (OUTAGE, NUMBERS), PAUSED):
        # What cannot be read is its chain's fault.
        with suppress(*UNREADABLE):
            said.look(Event.from_body(body))
    yield from _whole_rows(uow, reader, region, "outages", said.outages)
    yield from _whole_rows(uow, reader, region, "number_blocks", said.blocks)
    yield from _cases(uow, reader, region, said)
    yield from _numbers(uow, reader, region, said)


def _whole_rows(
    uow: UnitOfWork, reader: Reader, region: str, table: str, expected: dict[str, dict[str, Any]]
) -> _Remade:
    name, lead = ("outage", OUTAGE) if table == "outages" else ("block", NUMBERS)
    stored = {row[name]: row for row in reader.all_rows(table, region)}
    for key in sorted({*stored, *expected}):
        said, row = expected.get(key), stored.get(key)
        if said is None:
            row_writes.drop(uow, table, (region, key))
            yield f"{lead}{key}", "a row without events"
            continue
        whole = {"region": region, **said}
        if table == "outages":
            ended = said["ended_at"] is not None
            # Whether all its cases went on already the clock finds out.
            over = row is not None and row["state"] == "over"
            whole["state"] = ("over" if over else "ending") if ended else "running"
        if row is None or any(row[each] != value for each, value in whole.items()):
            row_writes.put(uow, table, whole)
            yield f"{lead}{key}", "its row differed from its events"


def _cases(uow: UnitOfWork, reader: Reader, region: str, said: FoldedBadDays) -> _Remade:
    stored = {
        (row["outage"], row["number"]): row for row in reader.all_rows("outage_cases", region)
    }
    for key in sorted({*stored, *said.cases}):
        row, found = stored.get(key), said.cases.get(key)
        if found is None:
            row_writes.drop(uow, "outage_cases", (region, *key))
        elif row is None or row["version"] != found[0]:
            new = {"state": "paused", "settled_at": None, **(row or {})}
            names = {"region": region, "outage": key[0], "number": key[1]}
            row_writes.put(
                uow, "outage_cases", {**new, **names, "version": found[0], "paused_at": found[1]}
            )
        else:
            continue
        yield f"{OUTAGE}{key[0]}", f"the row of the case {key[1]} differed"


def _numbers(uow: UnitOfWork, reader: Reader, region: str, said: FoldedBadDays) -> _Remade:
    taken: set[str] | None = None
    for row in list(reader.all_rows("reserved_numbers", region)):
        closed = said.closed.get(row["number"])
        mine = (row["block"], row["reason"]) if row["state"] == "closed" else None
        if (closed[:2] if closed else None) == mine:
            continue
        if closed is not None:
            new = {"state": "closed", "reason": closed[1], "settled_at": closed[2]}
            row_writes.put(uow, "reserved_numbers", {**row, **new, "settled_by": closed[3]})
        else:
            taken = {n for n, _ in reader.case_numbers(region)} if taken is None else taken
            state = "used" if row["number"] in taken else "reserved"
            row_writes.put(uow, "reserved_numbers", {**row, "state": state, "reason": None})
        yield f"{NUMBERS}{row['block']}", f"the row of the number {row['number']} differed"
