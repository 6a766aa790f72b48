"""A case stands still for a cause no more often, and no longer in all, than its service says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casetrack.domain.clock import TimeLimit
from casetrack.domain.service.definition import PauseLimit
from casetrack.usecases.proof.verify import verify
from tests.support.web import Web, refused
from tests.support.world import World, letter, samarinda, surabaya

LIMITS = {
    "external_system": PauseLimit("SOP 12/2026", times=2, total=TimeLimit(10, "calendar_days")),
    "court": PauseLimit("SOP 12/2026", total=TimeLimit(10, "calendar_days")),
}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """A letter whose clerk may pause it twice for a system outside, and ten days in all."""
    regions = (samarinda(replace(letter(), pause_limits=LIMITS)), surabaya())
    world = World.make(database_url, tmp_path, regions_=regions)
    yield Web(world)
    world.close()


def _complete(web: Web) -> str:
    number: str = web.open()["number"]
    web.play(number, "dewi declare_complete intake")
    return number


def test_a_third_pause_for_the_cause_is_refused_with_what_to_do(web: Web) -> None:
    number = _complete(web)
    for _ in range(2):
        done = web.act(number, "dewi", "pause", reason="external_system")
        assert done.status_code == 200, done.text
        web.world.hands.pass_time(hours=3)
        assert web.act(number, "dewi", "resume").status_code == 200
    third = web.act(number, "dewi", "pause", reason="external_system")
    assert refused(third) == (409, "pauses_used_up")
    assert "2 times (SOP 12/2026)" in third.get_json()["detail"]
    assert "return it to the applicant" in third.get_json()["detail"]
    # Another cause is another matter, and one of which the service says nothing has no limit.
    for cause in ("court", "force_majeure"):
        assert web.act(number, "dewi", "pause", reason=cause).status_code == 200
        assert web.act(number, "dewi", "resume").status_code == 200
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_the_clock_runs_again_once_the_days_in_all_are_used_up(web: Web) -> None:
    number = _complete(web)
    assert web.act(number, "dewi", "pause", reason="court").status_code == 200
    web.world.hands.pass_time(days=7)
    assert web.act(number, "dewi", "resume").status_code == 200
    # Three days are left, though a pause for a court may last ninety.
    assert web.act(number, "dewi", "pause", reason="court").status_code == 200
    clock = web.get(f"/cases/{number}/clock", "dewi").get_json()
    stops = [
        stop for item in clock["items"] for stop in item["pauses"] if stop["reason"] == "court"
    ]
    assert {stop["cap"][:10] for stop in stops if stop["until"] is None} == {"2026-12-03"}
    web.world.hands.pass_time(days=5)
    assert web.act(number, "dewi", "resume").status_code == 200
    again = web.act(number, "dewi", "pause", reason="court")
    assert refused(again) == (409, "pauses_used_up")
    assert "10 calendar_days in all" in again.get_json()["detail"]
