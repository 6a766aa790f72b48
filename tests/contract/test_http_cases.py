"""A case over HTTP: what opening gives, one whole life, and what an ETag is."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.support.web import (
    APPLICANT,
    BILLBOARD,
    BOTH,
    LETTER,
    Web,
    problem,
    refused,
    shared_world,
)
from tests.support.world import BILLBOARD_STORY, LETTER_STORY

STRONG = re.compile(r'"[^"]+"')


@pytest.fixture(scope="module", params=BOTH)
def quiet(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """HTTP on a world in which nothing comes to pass, so that these tests can share it."""
    with shared_world(request, tmp_path_factory) as world:
        yield Web(world)


def test_opening_answers_201_with_location_strong_etag_and_the_case(web: Web) -> None:
    response = web.post("/cases", "dewi", BILLBOARD)
    case = response.get_json()
    assert response.status_code == 201
    assert re.fullmatch(r"SMR-REK-2026-000001-\d", case["number"])
    assert response.headers["Location"].endswith(f"/api/v1/cases/{case['number']}")
    assert STRONG.fullmatch(response.headers["ETag"])
    assert response.content_type == "application/json"
    assert case["access_code"]
    assert (case["status"], case["outcome"], case["waiting_for"]) == ("submitted", "none", None)
    assert case["service"] == {
        "id": "izin-reklame",
        "version": 1,
        "name": {"id": "Izin Reklame", "en": "Billboard permit"},
    }
    assert case["declared_complete_at"] is None
    assert case["due_at"] is None
    assert case["holder"] == {"id": "dpmptsp", "name": {"id": "DPMPTSP", "en": "DPMPTSP"}}
    assert datetime.fromisoformat(case["opened_at"]).tzinfo is not None
    assert [step["id"] for step in case["steps"]][:2] == ["intake", "review_dlh"]
    for step in case["steps"]:
        assert {"id", "name", "agency", "kind", "status", "result", "due_at", "etag"} <= set(step)
        assert STRONG.fullmatch(step["etag"])
    assert case["steps"][0]["status"] == "ready"
    assert case["steps"][0]["due_at"] is not None


def test_the_access_code_is_given_once(web: Web) -> None:
    number = web.open()["number"]
    assert "access_code" not in web.get(f"/cases/{number}", "dewi").get_json()
    listed = web.get("/cases", "dewi").get_json()["items"]
    assert "access_code" not in listed[0]
    assert "access_code" not in web.act(number, "dewi", "declare_complete", "intake").get_json()


def test_a_walk_in_needs_only_kind_and_name(web: Web) -> None:
    body = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}
    assert web.open(body)["status"] == "submitted"


def test_location_and_etag_of_the_answer_are_those_that_a_read_gives(web: Web) -> None:
    opened = web.post("/cases", "dewi", LETTER)
    location = opened.headers["Location"].partition("/api/v1")[2]
    read = web.get(location, "dewi")
    assert read.status_code == 200
    assert read.headers["ETag"] == opened.headers["ETag"]
    unchanged = web.get(location, "dewi", headers={"If-None-Match": opened.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_a_billboard_permit_lives_its_whole_life_over_http(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, BILLBOARD_STORY)
    case = web.get(f"/cases/{number}", "dewi").get_json()
    assert (case["status"], case["outcome"]) == ("handed_over", "granted")
    status = {step["id"]: step["status"] for step in case["steps"]}
    assert status.pop("visit") == "skipped"
    assert set(status.values()) == {"completed"}
    assert {step["id"]: step["result"] for step in case["steps"]}["review_dlh"] == "favourable"
    events = web.get(f"/cases/{number}/events", "audit").get_json()["items"]
    assert [event["type"] for event in events] == [
        "casetrack.case.opened",
        "casetrack.case.declared_complete",
        "casetrack.step.completed",
        "casetrack.step.completed",
        "casetrack.step.completed",
        "casetrack.step.completed",
        "casetrack.step.completed",
        "casetrack.case.granted",
        "casetrack.case.handed_over",
    ]


def test_the_clock_runs_from_completeness_and_stands_while_the_applicant_is_asked(
    web: Web,
) -> None:
    number = web.open()["number"]
    declared = web.act(number, "dewi", "declare_complete", "intake").get_json()
    assert declared["status"] == "in_progress"
    # Monday 23 November, three working days: Thursday, last second in Samarinda (UTC+8).
    assert declared["due_at"].startswith("2026-11-26T15:59:59")
    defects = [{"requirement": "ktp", "text": "KTP buram"}]
    assert web.act(number, "hadi", "return", "decide", defects=defects).status_code == 200
    sent = web.act(number, "dewi", "send_return").get_json()
    assert (sent["status"], sent["waiting_for"], sent["due_at"]) == ("returned", "applicant", None)
    shown = web.get(f"/cases/{number}", "hadi").get_json()["defects"]
    assert [(d["requirement"], d["text"]) for d in shown] == [("ktp", "KTP buram")]
    # Two whole days stand still, Tuesday and Wednesday; the weekend counts for nothing anyway.
    web.world.hands.pass_time(days=3)
    again = web.act(number, "dewi", "resubmit").get_json()
    assert (again["status"], again["waiting_for"]) == ("in_progress", None)
    assert again["due_at"].startswith("2026-11-30T15:59:59")


def test_a_refusal_ends_the_case_and_hands_over_the_letter(web: Web) -> None:
    number = web.open()["number"]
    web.play(number, "dewi declare_complete intake\nhadi refuse decide\ndewi hand_over")
    case = web.get(f"/cases/{number}", "dewi").get_json()
    assert (case["status"], case["outcome"]) == ("handed_over", "refused")


@pytest.mark.parametrize(
    ("action", "reason", "status"),
    [("withdraw", None, "withdrawn"), ("close", "wrong_service", "closed")],
)
def test_a_case_can_end_early(web: Web, action: str, reason: str | None, status: str) -> None:
    number = web.open()["number"]
    ended = web.act(number, "dewi", action, reason=reason).get_json()
    assert (ended["status"], ended["outcome"], ended["closed_reason"]) == (status, "none", reason)
    assert refused(web.act(number, "dewi", "declare_complete", "intake"))[0] == 409


def test_a_new_access_code_makes_the_old_one_worthless(web: Web) -> None:
    case = web.open()
    number = case["number"]
    fresh = web.act(number, "dewi", "reissue_code").get_json()["access_code"]
    old = web.get(f"/status/{number}", headers={"X-Access-Code": case["access_code"]})
    assert old.status_code == 404
    assert web.get(f"/status/{number}", headers={"X-Access-Code": fresh}).status_code == 200


def test_every_answer_to_a_write_carries_the_etag_of_what_it_wrote(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    on_step = web.act(number, "rudi", "claim", "review_dlh")
    step = next(s for s in on_step.get_json()["steps"] if s["id"] == "review_dlh")
    assert on_step.headers["ETag"] == step["etag"]
    # The ETag of that answer is enough to go on with the step.
    done = web.act(
        number,
        "rudi",
        "complete",
        "review_dlh",
        result="favourable",
        etag=on_step.headers["ETag"],
    )
    assert done.status_code == 200
    on_case = web.act(number, "dewi", "pause", reason="court")
    assert on_case.headers["ETag"] == web.etag(number)


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"service": "izin-tidak-ada"}, "service"),
        ({"facts": {"width_cm": 4.5, "location": "64.72.03"}}, "facts"),
        ({"facts": {"width_cm": 400}}, "facts"),
        ({"facts": {"width_cm": 400, "location": "x", "colour": "red"}}, "facts"),
        ({"facts": {"width_cm": 10**20, "location": "x"}}, "facts"),
        ({"facts": {"width_cm": 400, "location": "a\x00b"}}, "facts"),
        ({"facts": {"width_cm": 400, "location": "a\ud800b"}}, "facts"),
        ({"applicant": {"kind": "person"}}, "applicant.name"),
        ({"applicant": {**APPLICANT, "nik": "123"}}, "applicant.nik"),
        ({"applicant": {**APPLICANT, "name": "a\x00b"}}, "applicant.name"),
        ({"applicant": {**APPLICANT, "name": "a\udfffb"}}, "applicant.name"),
        ({"applicant": {**APPLICANT, "email": "nobody"}}, "applicant.email"),
        ({"documents": [{"requirement": "paspor"}]}, "documents.0.requirement"),
        ({"sevice": "izin-reklame"}, "sevice"),
    ],
)
def test_content_that_cannot_be_taken_is_a_422_that_says_where(
    quiet: Web, change: dict[str, object], at: str
) -> None:
    response = quiet.post("/cases", "dewi", {**BILLBOARD, **change})
    assert response.status_code == 422
    problem(response)
    assert any(fault["at"].startswith(at) for fault in response.get_json()["errors"])
    assert quiet.get("/cases", "dewi").get_json()["items"] == []


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"service": "a", "service": "b"}', "malformed_json"),
        (b'{"service": NaN}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (b"[]", "invalid_body"),
        (b"null", "invalid_body"),
    ],
)
def test_a_body_that_is_not_json_of_an_object_is_422(quiet: Web, raw: bytes, code: str) -> None:
    assert refused(quiet.post("/cases", "dewi", raw=raw)) == (422, code)


def test_a_body_that_is_no_json_by_its_own_word_is_415(quiet: Web) -> None:
    response = quiet.post("/cases", "dewi", raw=b"a=1", headers={"Content-Type": "text/plain"})
    assert refused(response) == (415, "not_json")


def test_a_body_too_large_is_413(quiet: Web) -> None:
    assert refused(quiet.post("/cases", "dewi", raw=b" " * 300_000))[0] == 413


def test_a_clerk_of_another_counter_cannot_take_the_file_in(quiet: Web) -> None:
    body = {**LETTER, "service": "izin-reklame"}
    assert refused(quiet.post("/cases", "sby.clerk", body)) == (422, "unknown_service")


def test_the_story_of_a_letter_uses_numbers_of_its_own(web: Web) -> None:
    numbers = [web.open(body)["number"] for body in (LETTER, BILLBOARD, LETTER)]
    assert [n[:19] for n in numbers] == [
        "SMR-SKT-2026-000001",
        "SMR-REK-2026-000001",
        "SMR-SKT-2026-000002",
    ]
    web.play(numbers[0], LETTER_STORY)
    # A number is read as people type it.
    typed = web.get(f"/cases/{numbers[2].lower()}", "dewi")
    assert typed.get_json()["number"] == numbers[2]
