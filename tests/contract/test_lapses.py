"""A file that was sent back: its applicant is told before it may be closed, at last in person."""

from datetime import date
from typing import Any

import pytest

from casetrack.usecases.case import case_warnings
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support.web import Web
from tests.support.world import World


@pytest.fixture
def web(world: World) -> Web:
    """HTTP on the world, on Monday 23 November 2026."""
    return Web(world)


def sent_back(web: Web) -> dict[str, Any]:
    """A letter whose identity card could not be read, sent back on that Monday."""
    case = web.open()
    defects = [{"requirement": "ktp", "text": "Tidak terbaca"}]
    for step, action, more in (
        ("intake", "return", {"defects": defects}),
        (None, "send_return", {}),
    ):
        answer = web.act(
            case["number"], "dewi", action, step, etag=web.etag(case["number"]), **more
        )
        assert answer.status_code == 200, answer.text
    return case


def warned(web: Web) -> int:
    done = 0
    while found := case_warnings.warn_once(web.world.ctx):
        done += found
    return done


def status_of(web: Web, case: dict[str, Any]) -> dict[str, Any]:
    code = {"X-Access-Code": case["access_code"]}
    found: dict[str, Any] = web.get(f"/status/{case['number']}", headers=code).get_json()
    return found


def listed(web: Web, name: str) -> list[str]:
    page = web.get(f"/worklist?list={name}", "dewi").get_json()
    assert page["counts"][name] == len(page["items"])
    return [item["number"] for item in page["items"]]


def told(web: Web, number: str) -> list[str]:
    web.relay()
    found = web.get(f"/cases/{number}/messages", "dewi").get_json()["items"]
    return [kind for each in found for kind in each["types"] if kind.endswith("lapse_near")]


def events(web: Web, number: str) -> list[dict[str, Any]]:
    found = web.get(f"/cases/{number}/events", "dewi").get_json()["items"]
    return [each for each in found if each["type"].endswith("lapse_near")]


def pass_to(web: Web, day: date) -> None:
    now = web.world.database.now().date()
    web.world.hands.pass_time(days=(day - now).days)


def test_the_applicant_is_told_ten_and_three_days_before_and_then_by_the_counter(web: Web) -> None:
    case = sent_back(web)
    number = case["number"]
    said = status_of(web, case)["complete_by"]
    assert said["day"] == "2026-12-23"
    assert "23 Desember 2026" in said["message"]["id"]
    assert "complete_by" not in web.get(f"/status/{number}").get_json()
    page = web.flask.test_client().post(
        "/status", data={"number": number, "code": case["access_code"]}
    )
    assert "Lengkapilah kekurangan berkas paling lambat 23 Desember 2026" in page.text
    pass_to(web, date(2026, 12, 12))
    assert warned(web) == 0
    pass_to(web, date(2026, 12, 13))
    assert warned(web) == 1
    assert warned(web) == 0
    assert listed(web, "lapsing") == []
    pass_to(web, date(2026, 12, 20))
    assert warned(web) == 1
    assert told(web, number) != []
    assert [each["actor"]["id"] for each in events(web, number)] == ["clock", "clock"]
    assert listed(web, "lapsing") == [number]
    assert list(rebuild(web.world.ctx, None, lambda _: None)) == []
    assert verify(web.world.ctx, progress=lambda _: None).fault is None
    answer = web.act(number, "dewi", "resubmit", etag=web.etag(number))
    assert answer.status_code == 200, answer.text
    assert "complete_by" not in status_of(web, case)
    assert listed(web, "lapsing") == []
    pass_to(web, date(2027, 1, 20))
    assert warned(web) == 0


def test_who_is_sent_back_again_has_all_the_days_anew_and_one_who_left_hears_nothing(
    web: Web,
) -> None:
    case, other = sent_back(web), sent_back(web)
    pass_to(web, date(2026, 12, 21))
    assert warned(web) == 2, "what was missed while no clock ran is told as one"
    number = case["number"]
    for action, step, more in (
        ("resubmit", None, {}),
        ("return", "intake", {"defects": [{"requirement": "ktp", "text": "Masih buram"}]}),
        ("send_return", None, {}),
    ):
        answer = web.act(number, "dewi", action, step, etag=web.etag(number), **more)
        assert answer.status_code == 200, answer.text
    assert status_of(web, case)["complete_by"]["day"] == "2027-01-20"
    assert listed(web, "lapsing") == [other["number"]]
    web.act(other["number"], "dewi", "withdraw", etag=web.etag(other["number"]))
    pass_to(web, date(2027, 1, 10))
    assert warned(web) == 1
    assert len(events(web, other["number"])) == 1
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_a_check_that_took_too_long_is_said_plainly_to_who_waits(web: Web) -> None:
    case = web.open()
    assert "check_passed" not in status_of(web, case)
    web.world.hands.pass_time(days=14)
    said = status_of(web, case)["check_passed"]
    assert "Anda berhak menanyakannya di loket" in said["message"]["id"]
    assert "check_passed" not in web.get(f"/status/{case['number']}").get_json()
    web.play(case["number"], "dewi declare_complete intake")
    assert "check_passed" not in status_of(web, case)
