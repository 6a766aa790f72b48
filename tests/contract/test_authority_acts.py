"""What stands in a decision's way and what follows it: conflicts, late paper, annulment, later facts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.case.commands import (
    ConflictDeclared,
    ConflictSettled,
    LatePaper,
    ProductChange,
)
from casetrack.domain.case.product_details import Basis
from casetrack.domain.errors import Forbidden, Invalid, NoAuthority, NotNow
from casetrack.usecases.authority import later_facts
from casetrack.usecases.case.trace import trace
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.people import officers
from tests.contract.test_authority_stories import at, events, ready_to_decide
from tests.support.authority import confirm, enter, papers_of_samarinda, world_of
from tests.support.registers import incumbency, withdrawal
from tests.support.web import Web, refused
from tests.support.world import BUDI, World

SCAN = "cd" * 32
ARTICLE, WHY = "UU 30/2014 Pasal 42 ayat (2)", "tidak ada hubungan keluarga"
SETTLED = ConflictSettled("smr.hadi", article=ARTICLE)
JUDGMENT = ProductChange(
    "authority",
    "court",
    Basis("12/G/2021/PTUN.SMD", date(2021, 3, 1), issuer="PTUN Samarinda"),
    found_on=date(2021, 3, 1),
)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Hadi heads the one-door office, Andi is the mayor above."""
    papers = [p for p in papers_of_samarinda() if p.id != "sk-rini"]
    papers.append(incumbency("sk-rudi", "smr.rudi", "kepala-dlh", since="2019-02-01"))
    world = world_of(database_url, tmp_path, papers)
    yield world
    world.close()


def decided(world: World) -> str:
    number = ready_to_decide(world)
    world.act(number, "hadi", "complete", "decide")
    world.act(number, "bima", "record_payment", "pay_tax")
    world.act(number, "hadi", "complete", "sign")
    return number


def traced(world: World, number: str) -> dict[str, Any]:
    return trace(world.ctx, sight(world.ctx, world.actor("audit"), number))


def test_a_declared_conflict_blocks_at_once_and_the_superior_lifts_it(office: World) -> None:
    number = ready_to_decide(office)
    office.act(number, "hadi", "declare_conflict", details=ConflictDeclared("family"))
    with pytest.raises(NoAuthority) as blocked:
        office.act(number, "hadi", "complete", "decide")
    assert blocked.value.code == "conflict_declared"
    with pytest.raises(NoAuthority) as not_above:
        office.act(number, "wati", "lift_conflict", details=SETTLED, note=WHY)
    assert not_above.value.code == "not_superior"
    office.act(number, "andi", "lift_conflict", details=SETTLED, note=WHY)
    office.act(number, "hadi", "complete", "decide")
    (remark,) = events(office, number)[-1].data["authority"]["passport"]["remarks"]
    assert remark["kind"] == "conflict_lifted"
    assert remark["by_position"] == "wali-kota"


def test_a_superior_takes_over_by_a_link_of_its_own(office: World) -> None:
    enter(office, incumbency("sk-yuni", "smr.yuni", "sekda", since="2020-01-02"))
    number = ready_to_decide(office)
    office.act(number, "hadi", "declare_conflict", details=ConflictDeclared("business"))
    office.act(number, "andi", "take_over", details=SETTLED, note=WHY)
    with pytest.raises(NoAuthority) as blocked:
        office.act(number, "hadi", "complete", "decide")
    assert blocked.value.code == "conflict_declared"
    office.act(number, "andi", "complete", "decide")
    assert traced(office, number)["decisions"][-1]["judged_again"]["now"]["holds"]


def test_only_a_superior_declares_anothers_conflict(office: World) -> None:
    number = ready_to_decide(office)
    of_hadi = ConflictDeclared("other", "smr.hadi")
    # Rini supervises another body, Wati sits below Hadi.
    for who in ("rudi", "rini", "wati"):
        with pytest.raises(Forbidden) as refused_:
            office.act(number, who, "declare_conflict", details=of_hadi)
        assert refused_.value.code == "not_their_superior"
        office.act(number, who, "report_conflict", details=of_hadi)
    office.act(number, "wati", "declare_conflict", details=ConflictDeclared("other", "smr.yuni"))
    office.act(number, "andi", "declare_conflict", details=of_hadi)


def test_nobody_decides_the_case_of_their_own_nik(office: World) -> None:
    assert BUDI.nik is not None
    number = ready_to_decide(office)
    officers.set_officer_nik(office.ctx, "smr.hadi", BUDI.nik)
    with pytest.raises(NoAuthority) as refused_:
        office.act(number, "hadi", "complete", "decide")
    assert refused_.value.code == "own_case"
    office.act(number, "andi", "complete", "decide")


def test_paper_signed_at_ten_and_typed_at_three_is_judged_at_ten_and_late_for_ever(
    office: World,
) -> None:
    """The power went at nine. Hadi's letter ends that day; at three the next day Hadi types it in."""
    enter(office, withdrawal("tarik", "delegasi-reklame", since="2021-01-20", on="perda#1"))
    number = ready_to_decide(office)
    office.hands.now = at("2021-01-20T15:00")
    with pytest.raises(NoAuthority):
        office.act(number, "hadi", "complete", "decide")
    paper = LatePaper("decide", at("2021-01-19T10:00"), "power_cut", SCAN)
    office.act(number, "wati", "admit_late", details=paper)
    office.act(number, "hadi", "complete", "decide", late="late-1")
    event = events(office, number)[-1]
    assert event.occurred_at == at("2021-01-19T10:00")
    assert event.recorded_at > at("2021-01-20T15:00")
    assert event.data["late"]["sha256"] == SCAN
    assert event.data["authority"]["passport"]["day"] == "2021-01-19"
    # The clock counts to the recording: lateness is not hidden by the paper's time.
    assert event.data["steps"]["decide"]["ended_at"] > "2021-01-20"
    assert traced(office, number)["decisions"][-1]["late"]["reason"] == "power_cut"
    with pytest.raises(NotNow):
        office.act(number, "hadi", "complete", "decide", late="late-1")


def test_a_letter_confirmed_after_the_recording_comes_too_late_for_a_late_entry(
    office: World,
) -> None:
    number = ready_to_decide(office)
    office.hands.now = at("2021-01-20T15:00")
    paper = LatePaper("decide", at("2021-01-19T10:00"), "power_cut", SCAN)
    office.act(number, "wati", "admit_late", details=paper)
    letter = incumbency(
        "plh-bima", "smr.yuni", "kepala-dpmptsp", "plh", since="2021-01-19", until="2021-01-19"
    )
    with pytest.raises(NoAuthority):
        office.act(number, "yuni", "complete", "decide", late="late-1")
    confirm(office, letter)
    office.act(number, "yuni", "complete", "decide", late="late-1")
    assert len(events(office, f"refusal/{number}")) == 1


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2021-01-01T10:00", "before_ready"), ("2031-01-01T10:00", "not_late")],
)
def test_paper_of_an_impossible_time_is_not_admitted(office: World, moment: str, code: str) -> None:
    number = ready_to_decide(office)
    paper = LatePaper("decide", at(moment), "network", SCAN)
    with pytest.raises(Invalid) as refused_:
        office.act(number, "wati", "admit_late", details=paper)
    assert refused_.value.code == code


def test_a_court_annuls_the_case_stays_granted_and_the_product_says_so(office: World) -> None:
    number = decided(office)
    office.hands.now = at("2021-03-02T09:00")
    answer = office.act(number, "wati", "annul", details=JUDGMENT)
    assert answer.view["status"] == "granted"
    assert answer.view["product"]["status"] == "annulled"
    assert answer.view["product"]["late"] is False
    event = events(office, number)[-1]
    assert event.type == "casetrack.case.annulled"
    assert event.data["authority"]["scheme"] == "external"
    with pytest.raises(NotNow):
        office.act(number, "wati", "annul", details=JUDGMENT)


def test_after_five_working_days_an_annulment_is_flagged_and_not_blocked(office: World) -> None:
    number = decided(office)
    own = replace(JUDGMENT, by="official", ground="substance")
    office.hands.now = at("2021-03-09T09:00")
    view = office.act(number, "hadi", "annul", details=own).view
    assert view["product"]["late"] is True
    passport = events(office, number)[-1].data["authority"]["passport"]
    assert (passport["action"], passport["seat"]["officer"]) == ("annul", "smr.hadi")


def test_a_superior_annuls_what_was_decided_below_and_nobody_beside(office: World) -> None:
    number = decided(office)
    office.hands.now = at("2021-03-02T09:00")
    by_superior = replace(JUDGMENT, by="superior", ground="procedure", article="Pasal 66")
    with pytest.raises(NoAuthority) as beside:
        office.act(number, "hadi", "annul", details=by_superior, note=WHY)
    assert beside.value.code == "not_superior"
    assert [each["officer"] for each in beside.value.fields["alternatives"]] == ["smr.andi"]
    office.act(number, "andi", "annul", details=by_superior, note=WHY)


def test_a_fact_recorded_later_questions_an_old_passport_and_changes_nothing_of_it(
    office: World,
) -> None:
    number = decided(office)
    before = events(office, number)
    confirm(office, withdrawal("tarik", "delegasi-reklame", since="2021-01-18", on="perda#1"))
    while later_facts.review_once(office.ctx):
        pass
    assert events(office, number) == before
    doubts = events(office, f"authority/{number}")
    assert [d.data["code"] for d in doubts] == ["grant_withdrawn", "grant_withdrawn"]
    assert doubts[0].type == "casetrack.authority.questioned"
    told = traced(office, number)["decisions"]
    recommended, decision, signature = told
    assert recommended["questioned"] == []
    assert decision["questioned"][0]["entry"]["id"] == "tarik"
    assert decision["judged_again"]["then"] == {
        "holds": True,
        "code": None,
        "link": None,
        "same": True,
    }
    assert signature["judged_again"]["now"]["code"] == "grant_withdrawn"


def test_the_path_shows_hand_overs_and_days_by_agency(office: World) -> None:
    number = decided(office)
    told = traced(office, number)
    path = [(m["from"]["id"], m["to"]["id"]) for m in told["hand_overs"]]
    assert ("dpmptsp", "dlh") in path
    assert path[-1][0] == "bapenda"
    assert {c["agency"]["id"] for c in told["charged"]} >= {"dpmptsp", "dlh", "dishub"}
    assert told["statement"] == "authorised according to the register"


def test_papers_come_in_by_two_officers_over_http(office: World) -> None:
    web = Web(office)
    entry = {
        "officer": "smr.yuni",
        "position": "kepala-dpmptsp",
        "form": "plh",
        "letter": {"number": "800/1", "dated": "2021-01-18", "by": "wali-kota"},
        "since": "2021-01-18",
        "until": "2021-01-22",
    }
    body = {"kind": "incumbency", "id": "plh-yuni", "entry": entry, "document": {"sha256": SCAN}}
    made = web.post("/authority/entries", "lina", body, key="one")
    assert made.status_code == 201, made.text
    assert web.post("/authority/entries", "lina", body, key="one").get_json() == made.get_json()
    path, etag = f"{made.headers['Location'].removeprefix('/api/v1')}/actions", made.headers["ETag"]
    confirm_ = {"action": "confirm"}
    assert refused(web.post(path, "lina", confirm_, etag=etag)) == (403, "second_officer_needed")
    assert refused(web.post(path, "joko", confirm_)) == (428, "if_match_missing")
    assert refused(web.post(path, "joko", confirm_, etag='"7"')) == (412, "stale")
    done = web.post(path, "joko", confirm_, etag=etag)
    assert done.status_code == 200, done.text
    assert (done.get_json()["state"], done.get_json()["confirmed_by"]) == ("confirmed", "smr.joko")
    assert refused(web.post(path, "joko", confirm_, etag=done.headers["ETag"])) == (
        409,
        "no_draft",
    )
    broken = {**body, "entry": {**entry, "form": "plx", "since": "soon", "wish": 1}}
    answer = web.post("/authority/entries", "lina", broken)
    assert refused(answer) == (422, "invalid_entry")
    assert {e["at"] for e in answer.get_json()["errors"]} == {"form", "since", "wish"}


def test_a_refusal_over_http_names_the_link_and_who_may_act_instead(office: World) -> None:
    web = Web(office)
    number = ready_to_decide(office)
    answer = web.act(number, "yuni", "complete", "decide")
    assert refused(answer) == (403, "not_incumbent")
    others = {(a["officer"], a["position"]) for a in answer.get_json()["alternatives"]}
    assert ("smr.hadi", "kepala-dpmptsp") in others


def test_a_courts_judgment_is_recorded_at_the_counter_and_not_before_its_day(office: World) -> None:
    number = decided(office)
    office.hands.now = at("2021-03-02T09:00")
    with pytest.raises(Forbidden):
        office.act(number, "rudi", "annul", details=JUDGMENT)
    with pytest.raises(Invalid) as refused_:
        office.act(number, "wati", "annul", details=replace(JUDGMENT, found_on=date(2200, 1, 1)))
    assert refused_.value.code == "found_in_future"


def test_nobody_settles_their_own_conflict(office: World) -> None:
    number = ready_to_decide(office)
    office.act(number, "andi", "declare_conflict", details=ConflictDeclared("family"))
    for action in ("lift_conflict", "take_over"):
        with pytest.raises(NotNow) as refused_:
            office.act(
                number,
                "andi",
                action,
                details=ConflictSettled("smr.andi", article=ARTICLE),
                note=WHY,
            )
        assert refused_.value.code == "own_conflict"
