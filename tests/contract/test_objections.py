"""An objection is a case of its own: taken in even late, decided by the position that decided, granted by
silence; an appeal goes to the position above.

The billboard of Budi Santoso is refused by Hadi, head of the one-door office; Andi is the mayor.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.case import deadlines
from casetrack.usecases.delivery.notify import last_told
from casetrack.usecases.proof.verify import verify
from tests.contract.test_authority_stories import at, ready_to_decide
from tests.support.authority import (
    confirm,
    enter,
    give_letters,
    guarded_regions,
    papers_of_samarinda,
)
from tests.support.registers import changed, day, incumbency, latest
from tests.support.reviews import lodged, with_reviews
from tests.support.web import LETTER, Web, refused
from tests.support.world import LETTER_STORY, World, samarinda, surabaya


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Samarinda with its register and with services for objections and appeals."""
    here, there = guarded_regions()
    world = World.make(database_url, tmp_path, regions_=(with_reviews(here), there))
    papers = [p for p in papers_of_samarinda() if p.id != "sk-rini"]
    papers.append(incumbency("sk-rudi", "smr.rudi", "kepala-dlh", since="2019-02-01"))
    enter(world, *latest(papers))
    give_letters(world)
    yield Web(world)
    world.close()


@pytest.fixture
def unguarded(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """The same without any register."""
    regions = (with_reviews(samarinda()), surabaya())
    world = World.make(database_url, tmp_path, regions_=regions)
    yield Web(world)
    world.close()


def _refused_board(web: Web, *, handed_over: bool = True) -> str:
    """Refused on Monday 18 January 2021, and handed over on that day."""
    number = ready_to_decide(web.world)
    done = web.act(number, "hadi", "refuse", "decide")
    assert done.status_code == 200, done.text
    if handed_over:
        said = {"party": "applicant", "document": "ktp"}
        done = web.act(number, "dewi", "hand_over", present=said)
        assert done.status_code == 200, done.text
    return number


def _read(web: Web, number: str, who: str = "audit") -> dict[str, Any]:
    case: dict[str, Any] = web.get(f"/cases/{number}", who).get_json()
    return case


def _last_decision(web: Web, number: str) -> dict[str, Any]:
    found: dict[str, Any] = web.get(f"/cases/{number}/trace", "audit").get_json()["decisions"][-1]
    return found


def _pass_until(web: Web, moment: datetime) -> None:
    web.world.hands.now = moment
    while deadlines.watch_once(web.world.ctx):
        pass


def _sound(web: Web, *said: str) -> None:
    """Verify finds nothing but this, neither in the rows nor in the passports."""
    found = verify(web.world.ctx, progress=lambda _: None)
    assert found.fault is None
    kinds = {each["kind"] for each in found.as_dict()["findings"]} - {"papers"}
    assert kinds - {"hand_over"} == {*said}, found.as_dict()["findings"]


def test_an_objection_says_which_decision_and_until_when_it_may_come(web: Web) -> None:
    first = _refused_board(web)
    review = lodged(web, first)["review"]
    assert (review["kind"], review["number"], review["position"]) == (
        "objection",
        first,
        "kepala-dpmptsp",
    )
    assert (review["reached"], review["in_time"]) == ("2021-01-18", True)
    # 21 working days after Monday 18 January; 12 February is the day of Imlek.
    assert (review["days"], review["until"]) == (21, "2021-02-17")
    assert review["decides"] == {"rule": "same_position", "article": "Pasal 77 UU 30/2014"}
    assert review["decided_by"] == ["smr.hadi"]


def test_what_was_only_sent_or_never_handed_over_has_no_last_day(web: Web) -> None:
    first = _refused_board(web, handed_over=False)
    web.world.hands.now = at("2021-06-01T09:00")
    review = lodged(web, first)["review"]
    assert (review["reached"], review["until"], review["in_time"]) == (None, None, None)


def test_a_late_one_is_taken_in_and_judged_by_an_officer(web: Web) -> None:
    first = _refused_board(web)
    web.world.hands.now = at("2021-03-01T09:00")
    case = lodged(web, first)
    assert case["review"]["in_time"] is False
    done = web.act(case["number"], "hadi", "refuse", "decide", note="lewat waktu")
    assert done.status_code == 200, done.text
    assert _read(web, case["number"])["status"] == "refused"


def test_the_same_officer_decides_and_the_passport_says_why(web: Web) -> None:
    first = _refused_board(web)
    number = lodged(web, first)["number"]
    above = web.act(number, "andi", "complete", "decide", as_position="wali-kota")
    assert refused(above) == (403, "not_the_deciding_position")
    instead = above.get_json()["alternatives"]
    assert [each["officer"] for each in instead] == ["smr.hadi"]
    done = web.act(number, "hadi", "complete", "decide")
    assert done.status_code == 200, done.text
    decision = _last_decision(web, number)
    (remark,) = decision["authority"]["passport"]["remarks"]
    assert remark == {
        "kind": "objection",
        "position": "kepala-dpmptsp",
        "decided_by": ["smr.hadi"],
        "same_officer": True,
        "article": "Pasal 77 UU 30/2014",
    }
    assert decision["judged_again"]["then"]["holds"]
    assert decision["judged_again"]["now"]["holds"]
    _sound(web)


def test_applicant_and_clerk_read_who_decides(web: Web) -> None:
    first = _refused_board(web)
    case = lodged(web, first)
    number, code = case["number"], case["access_code"]
    said = web.get(f"/status/{number}?code={code}").get_json()["reviewed_by"]
    assert "termasuk petugas yang sama (Pasal 77 UU 30/2014)" in said["id"]
    assert "reviewed_by" not in web.get(f"/status/{number}").get_json()
    form = {"number": number, "code": code}
    assert said["id"] in web.flask.test_client().post("/status", data=form).text
    asked = web.get(f"/authority/who?case={number}&step=decide", "dewi")
    assert asked.status_code == 200, asked.text
    assert [each["officer"] for each in asked.get_json()["items"]] == ["smr.hadi"]


def test_whoever_sits_there_today_decides(web: Web) -> None:
    first = _refused_board(web)
    number = lodged(web, first)["number"]
    papers = papers_of_samarinda()
    confirm(web.world, changed(papers, "sk-hadi", until=day("2021-01-31")))
    confirm(
        web.world,
        incumbency("sk-yuni", "smr.yuni", "kepala-dpmptsp", since="2021-02-01", dated="2021-01-30"),
    )
    web.world.hands.now = at("2021-02-02T09:00")
    assert web.act(number, "hadi", "complete", "decide").status_code == 403
    done = web.act(number, "yuni", "complete", "decide")
    assert done.status_code == 200, done.text
    (remark,) = _last_decision(web, number)["authority"]["passport"]["remarks"]
    assert remark["same_officer"] is False


def test_silence_grants_it_and_five_days_are_left_to_carry_it_out(web: Web) -> None:
    first = _refused_board(web)
    number = lodged(web, first)["number"]
    # Ten working days after Monday 18 January end on Monday 1 February.
    assert _read(web, number)["due_at"].startswith("2021-02-01T")
    _pass_until(web, datetime(2021, 2, 1, 16, tzinfo=UTC))
    case = _read(web, number)
    assert (case["status"], case["outcome"]) == ("granted", "deemed_granted")
    assert case["deemed"]["article"] == "Pasal 77 ayat (5) UU 30/2014"
    left = next(step for step in case["steps"] if step["id"] == "carry_out")
    assert (left["status"], left["due_at"][:10]) == ("ready", "2021-02-09")
    clock = web.get(f"/cases/{number}/clock", "dewi").get_json()
    assert [each["step"] for each in clock["items"]] == ["carry_out"]
    counted = [day["day"] for day in clock["items"][0]["days"] if day["counted"]]
    assert counted == [f"2021-02-{day:02}" for day in (3, 4, 5, 8, 9)]
    _pass_until(web, datetime(2021, 2, 10, 16, tzinfo=UTC))
    items = web.get(f"/cases/{number}/events?limit=200", "audit").get_json()["items"]
    missed = [e for e in items if e["type"] == "casetrack.step_deadline.missed"]
    assert [each["data"]["step"] for each in missed] == ["carry_out"]
    said = {"result": "nothing_to_change"}
    assert refused(web.act(number, "hadi", "complete", "carry_out", **said)) == (
        422,
        "reason_missing",
    )
    said["note"] = "yang pertama sudah diterbitkan lagi"
    done = web.act(number, "hadi", "complete", "carry_out", **said)
    assert done.status_code == 200, done.text
    assert _read(web, number)["review"]["carried_out"] == []
    passport = _last_decision(web, number)["authority"]["passport"]
    assert passport["seat"]["position"] == "kepala-dpmptsp"
    _sound(web, "unchanged")


def test_that_a_granted_objection_changes_nothing_is_said_by_the_position_that_decides(
    web: Web,
) -> None:
    case = lodged(web, _refused_board(web))
    number, form = case["number"], {"number": case["number"], "code": case["access_code"]}
    _pass_until(web, datetime(2021, 2, 1, 16, tzinfo=UTC))
    said = {"result": "nothing_to_change", "note": "tidak perlu"}
    for other in ("yuni", "dewi"):
        refusal = web.act(number, other, "complete", "carry_out", **said)
        assert refusal.status_code == 403, (other, refusal.text)
    early = web.act(number, "dewi", "hand_over", present={"party": "applicant", "document": "ktp"})
    assert refused(early) == (409, "not_carried_out")
    page = web.flask.test_client().post("/status", data=form).text
    assert "Keputusan baru sedang ditetapkan" in page
    assert "Ambil hasilnya" not in page
    done = web.act(number, "hadi", "complete", "carry_out", **said)
    assert done.status_code == 200, done.text
    page = web.flask.test_client().post("/status", data=form).text
    assert "Ambil hasilnya" not in page, page
    event = last_told(
        web.world.ctx, number, "casetrack.step.completed", "id", "https://x.example/status"
    )
    assert event.step is not None
    assert event.step.id.endswith("(tidak ada yang diubah)")
    assert event.due_at is None


def test_what_is_granted_is_carried_out_in_the_first_case(web: Web) -> None:
    first = _refused_board(web)
    number = lodged(web, first)["number"]
    assert web.act(number, "hadi", "complete", "decide").status_code == 200
    early = web.act(number, "hadi", "complete", "carry_out")
    assert refused(early) == (409, "not_carried_out")
    annul = {
        "action": "annul",
        "ground": "substance",
        "instrument": {"number": "1/KBR/2021", "dated": "2021-01-18"},
        "found_on": "2021-01-18",
    }
    done = web.post(f"/cases/{first}/product/actions", "hadi", annul, etag=web.etag(first))
    assert done.status_code == 200, done.text
    assert web.act(number, "hadi", "complete", "carry_out").status_code == 200
    (carried,) = _read(web, number)["review"]["carried_out"]
    assert carried["action"] == "annul"
    assert _read(web, first)["product"]["version"] == carried["version"]
    _sound(web)


def test_a_case_that_replaces_the_first_carries_it_out_once_it_is_decided(web: Web) -> None:
    first = _refused_board(web)
    number = lodged(web, first)["number"]
    assert web.act(number, "hadi", "complete", "decide").status_code == 200
    anew = ready_to_decide(web.world)
    named = web.act(anew, "dewi", "link", links=[{"kind": "replaces", "number": first}])
    assert named.status_code == 200, named.text
    early = web.act(number, "hadi", "complete", "carry_out")
    assert refused(early) == (409, "not_carried_out")
    assert web.act(anew, "hadi", "refuse", "decide").status_code == 200
    assert web.act(number, "hadi", "complete", "carry_out").status_code == 200


def test_the_superior_decides_the_appeal_and_nobody_who_decided_before(web: Web) -> None:
    first = _refused_board(web)
    objection = lodged(web, first)["number"]
    assert web.act(objection, "hadi", "refuse", "decide").status_code == 200
    said = {"party": "applicant", "document": "ktp"}
    assert web.act(objection, "dewi", "hand_over", present=said).status_code == 200
    case = lodged(web, objection, "appeal")
    number, review = case["number"], case["review"]
    assert (review["kind"], review["days"], review["position"]) == (
        "appeal",
        10,
        "kepala-dpmptsp",
    )
    assert refused(web.act(number, "hadi", "complete", "decide")) == (403, "not_superior")
    done = web.act(number, "andi", "complete", "decide")
    assert done.status_code == 200, done.text
    passport = _last_decision(web, number)["authority"]["passport"]
    assert passport["seat"]["position"] == "wali-kota"
    remark = next(each for each in passport["remarks"] if each["kind"] == "appeal")
    assert remark["same_officer"] is False
    _sound(web)


def test_who_became_the_superior_since_does_not_decide_the_appeal(web: Web) -> None:
    first = _refused_board(web)
    objection = lodged(web, first)["number"]
    assert web.act(objection, "hadi", "refuse", "decide").status_code == 200
    number = lodged(web, objection, "appeal")["number"]
    papers = papers_of_samarinda()
    confirm(web.world, changed(papers, "sk-andi", until=day("2021-01-18")))
    confirm(
        web.world,
        incumbency("sk-wali", "smr.hadi", "wali-kota", since="2021-01-19", dated="2021-01-18"),
    )
    web.world.hands.now = at("2021-01-20T09:00")
    assert refused(web.act(number, "hadi", "complete", "decide")) == (403, "decided_before")


def test_an_objection_is_decided_once_it_says_against_what(web: Web) -> None:
    first = _refused_board(web)
    body = {"service": "keberatan", "applicant": LETTER["applicant"]}
    body["documents"] = [{"requirement": "surat"}]
    number = web.open(body)["number"]
    assert web.act(number, "dewi", "declare_complete", "intake").status_code == 200
    assert refused(web.act(number, "hadi", "complete", "decide")) == (409, "review_unnamed")
    links = [{"kind": "objection_to", "number": first}]
    assert web.act(number, "dewi", "link", links=links).status_code == 200
    another = [{"kind": "objection_to", "number": web.open()["number"]}]
    assert refused(web.act(number, "dewi", "link", links=another)) == (409, "review_named")
    assert web.act(number, "hadi", "complete", "decide").status_code == 200


def test_kinds_of_links_that_do_not_fit_are_refused(web: Web) -> None:
    first = _refused_board(web)
    objection = lodged(web, first)["number"]
    body = {"service": "banding", "applicant": LETTER["applicant"], "documents": []}
    for service, kind, number in (
        ("surat-keterangan", "objection_to", first),
        ("keberatan", "objection_to", objection),
        ("banding", "appeal_of", first),
        ("keberatan", "appeal_of", objection),
    ):
        links = [{"kind": kind, "number": number}]
        answer = web.post("/cases", "dewi", {**body, "service": service, "links": links})
        assert refused(answer) == (409, "link_does_not_fit"), (service, kind)


def test_it_names_the_first_case_to_who_sees_that_one_alone(web: Web) -> None:
    first = _refused_board(web)
    number = lodged(web, first)["number"]
    assert _read(web, number)["review"]["number"] == first
    assert {"kind": "objection_to", "number": number} in _read(web, first)["linked_from"]
    # The environment agency advised in the first case and has no part in the objection.
    assert _read(web, first, "rudi")["linked_from"] == []


def test_one_may_object_to_silence_and_whoever_holds_the_power_decides(web: Web) -> None:
    first = ready_to_decide(web.world)
    web.world.hands.now = at("2021-06-01T09:00")
    case = lodged(web, first)
    assert (case["review"]["decided"], case["review"]["position"]) == (None, None)
    done = web.act(case["number"], "hadi", "complete", "decide")
    assert done.status_code == 200, done.text


def test_where_no_register_is_asked_the_role_decides(unguarded: Web) -> None:
    first = unguarded.open()["number"]
    unguarded.play(first, LETTER_STORY)
    number = lodged(unguarded, first)["number"]
    done = unguarded.act(number, "hadi", "complete", "decide")
    assert done.status_code == 200, done.text
    assert _last_decision(unguarded, number)["authority"]["scheme"] == "unchecked"
    _sound(unguarded)


def test_the_passport_keeps_why_somebody_refused_after_the_limit(web: Web) -> None:
    first = ready_to_decide(web.world)
    web.world.hands.now = at("2021-06-01T09:00")
    warned = web.act(first, "hadi", "refuse", "decide")
    assert refused(warned) == (409, "limit_passed")
    why = "Lokasi masih sengketa sampai putusan pengadilan."
    done = web.act(first, "hadi", "refuse", "decide", after_limit=why)
    assert done.status_code == 200, done.text
    passport = _last_decision(web, first)["authority"]["passport"]
    (remark,) = [each for each in passport["remarks"] if each["kind"] == "after_limit"]
    assert remark["due_at"].startswith("2021-01-27T")
    assert why in [each["text"] for each in _read(web, first, "dewi")["notes"]]
    _sound(web)
