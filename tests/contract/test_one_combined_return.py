"""Defects go back all at once: who has not spoken yet is named, and what they find later is not lost."""

from typing import Any

from tests.support.web import BILLBOARD, Web, refused

PHOTO = [{"requirement": "foto", "text": "terlalu gelap"}]
PLAN = [{"requirement": "ktp", "text": "bukan milik pemohon"}]


def _warned(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["at"] for each in answer.get_json().get("warnings", ())]


def test_who_has_not_spoken_is_named_before_the_return_and_with_it(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, "dewi declare_complete intake")
    found = web.act(number, "rudi", "return", "review_dlh", defects=PHOTO)
    silent = _warned(found)
    assert "steps.review_dishub" in silent
    assert "steps.review_dlh" not in silent
    assert _warned(web.act(number, "dewi", "send_return")) == silent


def test_a_defect_that_comes_after_the_return_is_told_by_a_supervisor_and_never_passed_by(
    web: Web,
) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, "dewi declare_complete intake")
    web.act(number, "sari", "return", "review_dishub", defects=PHOTO)
    web.act(number, "dewi", "send_return")
    late = _warned(web.act(number, "rudi", "return", "review_dlh", defects=PLAN))
    assert "requirements.ktp" in late
    assert refused(web.act(number, "dewi", "send_return")) == (409, "supervisor_needed")
    assert _warned(web.act(number, "dewi", "resubmit")) == ["steps.review_dlh"]
    # It stands on the counter's list, and nobody decides past it.
    listed = web.get("/worklist?list=send_back", "dewi").get_json()["items"]
    assert [each["number"] for each in listed] == [number]
    web.act(number, "sari", "complete", "review_dishub", result="favourable")
    steps = {
        each["id"]: each["status"]
        for each in web.get(f"/cases/{number}", "dewi").get_json()["steps"]
    }
    assert (steps["review_dlh"], steps["decide"]) == ("returned", "waiting")
    assert web.act(number, "wati", "send_return").status_code == 200
    assert _warned(web.act(number, "dewi", "resubmit")) == []
    assert web.get("/worklist?list=send_back", "dewi").get_json()["items"] == []
