"""A day of looks is counted into the ledger once it is over; afterwards no look can be touched unseen."""

import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from casetrack.domain.delivery.receivers import told
from casetrack.domain.events import Event
from casetrack.operations.metrics import Metrics
from casetrack.operations.process_rounds import Rounds
from casetrack.operations.spans import Spans
from casetrack.storage import schema
from casetrack.storage.case import case_events
from casetrack.usecases.delivery import relay
from casetrack.usecases.people import reading_days, readings
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support.web import at_once
from tests.support.world import SAMARINDA, World, samarinda
from workers import clock

FIRST, SECOND = "SMR-SKT-2026-000001-1", "SMR-SKT-2026-000002-2"


def look(world: World, *numbers: str, who: str = "rudi") -> None:
    readings.record(world.ctx, world.actor(who), "list", numbers)


def days(world: World) -> list[Event]:
    """The days of Samarinda that were counted."""
    with world.database.read() as connection:
        rows = case_events.stream_events(
            connection, SAMARINDA, f"readings/{SAMARINDA}", after=0, limit=100
        )
    return [Event.from_body(row.body) for row in rows]


def count_all(world: World) -> int:
    total = 0
    while done := reading_days.close_once(world.ctx):
        total += done
    return total


def fault(world: World) -> str | None:
    """What verify names, if anything."""
    relay.drain(world.ctx, told, lambda _: None)
    found = verify(world.ctx, progress=lambda _: None).fault
    return f"{found.kind}: {found.detail}" if found else None


def two_days(world: World) -> None:
    """Looks on Monday and on Wednesday, both counted, and one today."""
    look(world, FIRST, SECOND)
    look(world, FIRST, who="dewi")
    world.hands.pass_time(days=2)
    look(world, SECOND)
    world.hands.pass_time(days=1)
    assert count_all(world) == 2
    look(world, FIRST)


def test_a_day_is_counted_an_hour_after_its_local_midnight(world: World) -> None:
    world.hands.pass_time(hours=14, minutes=58)  # Monday 23:58 in Samarinda, UTC+8
    look(world, FIRST)
    world.hands.pass_time(minutes=4)
    look(world, FIRST)
    assert count_all(world) == 0, "a look may still be on its way into the record"
    world.hands.pass_time(hours=1)
    assert count_all(world) == 1
    (day,) = days(world)
    assert (day.type, day.data["day"], day.data["count"]) == (
        "casetrack.readings.counted",
        "2026-11-23",
        1,
    )
    assert re.fullmatch(r"[0-9a-f]{64}", day.data["hash"])
    assert (day.data["since"], day.data["until"]) == (
        "2026-11-22T16:00:00.000000Z",
        "2026-11-23T16:00:00.000000Z",
    )
    assert count_all(world) == 0


def test_days_without_a_look_are_no_events_and_verify_holds(world: World) -> None:
    two_days(world)
    assert [day.data["day"] for day in days(world)] == ["2026-11-23", "2026-11-25"]
    assert fault(world) is None
    assert list(rebuild(world.ctx, None, lambda _: None)) == []


def test_two_clocks_count_a_day_once(world: World) -> None:
    look(world, FIRST)
    world.hands.pass_time(days=1)
    assert sum(at_once(3, lambda _: reading_days.close_once(world.ctx))) == 1
    assert len(days(world)) == 1


READINGS, BY_CASE = schema.readings, schema.reading_cases
MONDAY = READINGS.c.login == "smr.dewi"


def _slip_in(values: dict[str, Any], at: str) -> Any:
    moment = schema.Instant().process_result_value(at, None)  # type: ignore[arg-type]
    return insert(READINGS).values(**{**values, "at": moment, "reading": "x"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (update(READINGS).where(MONDAY).values(login="smr.hadi"), "does not fit its seal"),
        (update(READINGS).where(MONDAY).values(seal="0" * 64), "does not fit its seal"),
        (update(READINGS).where(MONDAY).values(cases="nothing"), "does not fit its seal"),
        (delete(READINGS).where(MONDAY), "the day had 2 looks"),
        (delete(BY_CASE).where(BY_CASE.c.login == "smr.dewi"), "is not led to every look"),
        (update(BY_CASE).where(BY_CASE.c.login == "smr.dewi").values(number=SECOND), "is led to"),
    ],
)
def test_whatever_is_done_to_the_record_is_named(world: World, change: Any, said: str) -> None:
    two_days(world)
    with world.database.write() as uow:
        uow.execute(change)
    found = fault(world) or ""
    assert found.startswith("readings: ")
    assert said in found


@pytest.mark.parametrize(
    "at", ["2026-11-23T05:00:00.000000Z", "2026-11-24T05:00:00.000000Z"], ids=["day", "between"]
)
def test_a_look_that_was_slipped_in_is_named(world: World, at: str) -> None:
    two_days(world)
    with world.database.write() as uow:
        row = dict(uow.execute(READINGS.select().where(MONDAY)).one()._mapping)
        uow.execute(_slip_in(row, at))
    assert (fault(world) or "").startswith("readings: ")


def test_a_look_of_today_cannot_be_changed_either(world: World) -> None:
    look(world, FIRST)
    assert fault(world) is None
    with world.database.write() as uow:
        uow.execute(update(READINGS).values(agency="dishub"))
    assert "does not fit its seal" in (fault(world) or "")


def test_a_region_keeps_looks_as_long_as_its_files_say(world: World) -> None:
    two_days(world)
    world.hands.pass_time(days=1)
    assert count_all(world) == 1
    assert reading_days.forget_once(world.ctx) == 0, "without a word they are kept"
    home = samarinda()
    loading.load(world.ctx, replace(home, region=replace(home.region, looks_kept=1)))
    world.hands.pass_time(
        days=363
    )  # the looks of Monday are a year old, those of Wednesday not yet
    assert reading_days.forget_once(world.ctx) == 2
    assert reading_days.forget_once(world.ctx) == 0
    with world.database.read() as connection:
        left = connection.execute(READINGS.select().order_by(READINGS.c.at)).all()
        places = connection.execute(BY_CASE.select()).all()
    assert [row.at.date().isoformat() for row in left] == ["2026-11-25", "2026-11-26"]
    assert len(places) == 2
    assert fault(world) is None
    with world.database.write() as uow:
        uow.execute(delete(READINGS).where(READINGS.c.reading == left[0].reading))
    assert (fault(world) or "").startswith("readings: ")


class OneRound(threading.Event):
    """Stops a process when it would rest."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_the_clock_process_counts_the_days(world: World) -> None:
    look(world, FIRST)
    world.hands.pass_time(days=2)
    look(world, SECOND)
    world.hands.pass_time(days=2)
    clock.run(Rounds("clock", world.app, Metrics(), Spans()), OneRound())
    assert [day.data["count"] for day in days(world)] == [1, 1]
