"""A statement that SQLAlchemy cannot keep is compiled anew at each call: a quarter of a write's time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import CacheStats

from casetrack.domain.delivery.receivers import told
from casetrack.storage import fixed, round_trips
from casetrack.usecases.delivery import relay
from tests.support import compiled_once
from tests.support.world import BILLBOARD_STORY, World


def test_what_a_transition_runs_is_compiled_once(world: World) -> None:
    compiled: list[tuple[CacheStats, str]] = []
    prepared: list[int] = []

    def note(_c: Any, _k: Any, statement: str, _v: Any, context: Any, _many: bool) -> None:
        if context.compiled is not None:
            compiled.append((context.cache_hit, " ".join(statement.split())))

    def story() -> None:
        brought = [{"requirement": "ktp"}, {"requirement": "foto", "name": "foto.jpg"}]
        number = world.open("izin-reklame", documents=brought).view["number"]
        world.play(number, BILLBOARD_STORY)
        relay.drain(world.ctx, told, lambda _: None)

    compiled_once.forget()
    story()
    story()  # the applicant is known now, and their number is looked for

    def note_trip(calls: Sequence[Any]) -> None:
        prepared.extend(statement.number for statement, _ in calls)

    made = fixed.made()
    event.listen(Engine, "after_cursor_execute", note)
    round_trips.observers.append(note_trip)
    try:
        story()
    finally:
        event.remove(Engine, "after_cursor_execute", note)
        round_trips.observers.remove(note_trip)
    assert len(compiled) + len(prepared) > 30
    assert fixed.made() == made, "a statement that is made once was made again"
    anew = {statement for hit, statement in compiled if hit is not CacheStats.CACHE_HIT}
    assert not anew, anew
