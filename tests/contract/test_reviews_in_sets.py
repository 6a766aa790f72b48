"""Papers that were filed after decisions are looked at together, however many a load brought."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event, func, select

from casetrack.storage import round_trips, schema
from casetrack.usecases.authority import later_facts
from tests.support.authority import enter
from tests.support.registers import incumbency
from tests.support.world import World


def _waiting(world: World) -> int:
    with world.database.read() as connection:
        return int(
            connection.execute(select(func.count()).select_from(schema.reviews)).scalar_one()
        )


def _counted(do: Callable[[], Any]) -> tuple[int, Any]:
    """How often the database was asked."""
    count = 0

    def note(*_: Any) -> None:
        nonlocal count
        count += 1

    event.listen(Engine, "before_cursor_execute", note)
    round_trips.observers.append(note)
    try:
        found = do()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        round_trips.observers.remove(note)
    return count, found


def _load(world: World, papers: int, name: str) -> None:
    days = [f"20{year:02}-01-{day:02}" for year in range(1, 20) for day in range(1, 28)]
    enter(
        world,
        *[
            incumbency(f"{name}-{place}", "smr.rudi", "kepala-dlh", since=day, until=day)
            for place, day in zip(range(papers), days, strict=False)
        ],
    )


def test_papers_on_which_no_decision_rests_are_done_with_in_one_set(world: World) -> None:
    while later_facts.review_once(world.ctx):
        pass
    _load(world, 2, "two")
    few, done = _counted(lambda: later_facts.review_once(world.ctx))
    assert (done, _waiting(world)) == (2, 0)
    _load(world, 200, "many")
    many, done = _counted(lambda: later_facts.review_once(world.ctx))
    assert (done, _waiting(world)) == (200, 0)
    assert many == few
