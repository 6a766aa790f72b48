"""Days and moments over HTTP: the ends of what is taken break nothing, and each refusal says where."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.web import BILLBOARD, BOTH, LETTER, Web, refused, shared_world
from tests.support.world import BILLBOARD_STORY

SCAN = "cd" * 32


@pytest.fixture(scope="module", params=BOTH)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """HTTP on a world that all share; each test takes in a file of its own."""
    with shared_world(request, tmp_path_factory) as world:
        yield Web(world)


def annulled(web: Web, number: str, found_on: Any, dated: Any = "2026-11-20") -> Any:
    body = {
        "action": "annul",
        "ground": "procedure",
        "by": "court",
        "instrument": {"number": "12/G/2026", "dated": dated, "issuer": "PTUN Samarinda"},
        "found_on": found_on,
    }
    etag = web.etag(number)
    return web.post(f"/cases/{number}/product/actions", "wati", body, etag=etag)


@pytest.fixture(scope="module")
def granted(web: Web) -> str:
    """A permit that was handed over."""
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, BILLBOARD_STORY)
    return number


def late_entry(web: Web, number: str, occurred_at: Any) -> Any:
    paper = {"step": "intake", "occurred_at": occurred_at, "reason": "network", "sha256": SCAN}
    etag = web.etag(number)
    return web.post(f"/cases/{number}/late-entries", "wati", paper, etag=etag)


@pytest.mark.parametrize(("day", "late"), [("1945-08-17", True), ("2026-11-23", False)])
def test_a_ground_found_on_the_first_day_or_today_is_taken(web: Web, day: str, late: bool) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, BILLBOARD_STORY)
    product = annulled(web, number, day, dated=day).get_json()["product"]
    assert (product["found_on"], product["late"]) == (day, late)
    assert product["instrument"]["dated"] == day


def test_a_ground_found_on_a_day_to_come_is_refused(web: Web, granted: str) -> None:
    for day in ("2026-12-24", "2200-12-31"):
        assert refused(annulled(web, granted, day)) == (422, "found_in_future")


@pytest.mark.parametrize("day", [20261123, 1, "0", "1899-12-31", "2201-01-01", "2026-02-30", None])
def test_a_ground_found_on_no_day_is_refused_with_its_place(
    web: Web, granted: str, day: Any
) -> None:
    for answer, at in (
        (annulled(web, granted, day), "found_on"),
        (annulled(web, granted, "2026-11-20", dated=day), "instrument.dated"),
    ):
        assert refused(answer) == (422, "invalid_body")
        [fault] = answer.get_json()["errors"]
        assert fault["at"] == at
        # In words, not as a program writes a day.
        assert "datetime" not in str(fault)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("1900-01-01T00:00:00Z", "before_ready"),
        ("2200-12-30T23:59:59-14:00", "not_late"),
        ("2026-11-23T10:00:00", "invalid_body"),
        ("0001-01-01T00:00:00+14:00", "invalid_body"),
        (1795000000, "invalid_body"),
        ("1795000001", "invalid_body"),
    ],
)
def test_a_late_paper_of_no_possible_time_is_refused(web: Web, moment: Any, code: str) -> None:
    number = str(web.open(LETTER)["number"])
    assert refused(late_entry(web, number, moment)) == (422, code)


def test_a_late_paper_is_admitted_with_the_offset_it_was_written_in(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.world.hands.pass_time(hours=2)
    written = web.world.hands.now.replace(microsecond=0)
    web.world.hands.pass_time(hours=1)
    local = written.isoformat().replace("+00:00", "Z")
    case = late_entry(web, number, local).get_json()
    assert case["late"][0]["occurred_at"] == f"{written:%Y-%m-%dT%H:%M:%S}.000000Z"


@pytest.mark.parametrize("at", ["0", "1700000000", "2026-W05-1", "2026-02-30", "20260131"])
def test_a_query_takes_days_by_the_same_rule(web: Web, at: str) -> None:
    answer = web.get(f"/authority/powers?at={at}", "ketua")
    assert refused(answer) == (422, "invalid_query")
    assert answer.get_json()["errors"][0]["at"] == "at"
