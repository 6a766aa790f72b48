"""When writing gives way, for how long, and who looks what waits."""

from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from casetrack.storage.delivery import due_lanes
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.delivery import giving_way
from casetrack.usecases.delivery.giving_way import AWAY, BUSY, FREE, LOOK, MOST, GivingWay, pause


class Hands:
    """A clock, and a database of which only is asked how many wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.waiting, self.looks, self.away = 1000.0, 0, 0, False
        self.waits: list[float] = []
        monkeypatch.setattr(due_lanes, "left_waiting", self._left_waiting)

    def _left_waiting(self, *_: object) -> int:
        self.looks += 1
        if self.away:
            raise DatabaseDown("it is away")
        return self.waiting

    def turns(self) -> GivingWay:
        database = SimpleNamespace(now=lambda: datetime.now(UTC), read=ExitStack)
        ctx: Any = SimpleNamespace(database=database)
        return GivingWay(ctx, self.waits.append, lambda: self.now, lambda seconds: None)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return Hands(monkeypatch)


def write(turns: GivingWay, at_once: int, region: str = "64.72") -> None:
    """So many writes, each begun before the one before it has ended."""
    with ExitStack() as under_way:
        for _ in range(at_once):
            under_way.enter_context(turns.turn(region))


def test_a_pause_grows_with_what_waits_and_is_none_where_little_waits_or_somebody_is_away() -> None:
    pauses = [pause(waiting) for waiting in range(AWAY)]
    assert pauses == sorted(pauses)
    assert set(pauses[: FREE + 1]) == {0.0}
    assert pauses[FREE + 1] > 0
    assert max(pauses) == MOST
    assert pause(AWAY) == pause(10 * AWAY) == 0.0


def test_one_clerk_after_the_other_neither_looks_nor_waits(hands: Hands) -> None:
    turns, hands.waiting = hands.turns(), 500
    for _ in range(20):
        write(turns, BUSY - 1)
    assert (hands.looks, hands.waits) == (0, [])


def test_whoever_writes_beside_others_waits_and_one_look_serves_all(hands: Hands) -> None:
    turns, hands.waiting = hands.turns(), FREE + 10
    write(turns, BUSY + 5)
    assert hands.looks == 1
    assert hands.waits == [pause(FREE + 10)] * 6
    hands.now, hands.waiting = hands.now + 2 * LOOK, 0
    write(turns, BUSY + 5)
    assert hands.looks == 2
    assert len(hands.waits) == 6


def test_a_region_waits_for_what_is_its_own(hands: Hands) -> None:
    turns, hands.waiting = hands.turns(), FREE + 10
    write(turns, BUSY, "64.72")
    hands.waiting = 0
    write(turns, BUSY, "35.78")
    assert (hands.looks, len(hands.waits)) == (2, 1)


def test_where_the_database_is_away_nobody_waits_for_it_here(hands: Hands) -> None:
    turns, hands.away = hands.turns(), True
    write(turns, BUSY)
    assert (hands.looks, hands.waits) == (1, [])


def test_a_write_that_fails_is_under_way_no_more(hands: Hands) -> None:
    turns, hands.waiting = hands.turns(), 500
    for _ in range(2 * giving_way.BUSY):
        with pytest.raises(ZeroDivisionError), turns.turn("64.72"):
            _ = 1 / 0
    write(turns, BUSY - 1)
    assert hands.looks == 0
