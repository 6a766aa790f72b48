"""Whoever the register names sees the case and can act: giver of a power, superior, alternative.

The city is the demo's Samarinda. The mayor's account is another agency's, with the role of an officer;
what the mayor may see and do comes from the seat.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from casetrack.domain.authority.entries import Grant
from casetrack.domain.authority.filing import Filed, RegisterFile
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.usecases.authority.load_papers import file
from casetrack.usecases.authority.registrar_command import set_registrar
from casetrack.usecases.people import officers, tokens
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.authority import dismiss
from tests.support.registers import attribution, incumbency, position, recorded
from tests.support.web import Web, refused
from tests.support.world import SAMARINDA, World

CASE: dict[str, Any] = {
    "service": "izin-reklame",
    "facts": {"width_cm": 400, "location": "64.72.03"},
    "applicant": {"kind": "person", "name": "Budi Santoso", "nik": "6472010101900001"},
    "documents": demo.documents("izin-reklame", {}),
}
REVIEWS = """
    clerk declare_complete intake
    dlh complete review_dlh favourable
    dishub complete review_dishub favourable
    pupr complete review_pupr conditional
    dpmptsp complete verify
"""
DECISION = """
    signer complete decide
    bapenda complete assess_tax
    bapenda record_payment pay_tax
    signer complete sign
"""
DELEGATION = "delegasi-2026"
ARTICLE = {"article": "UU 30/2014 Pasal 42 ayat (2)", "note": "Tidak ada hubungan keluarga."}


def papers_of(data: RegionData) -> RegisterFile:
    assert data.register is not None
    return data.register


def delegation_of(data: RegionData) -> Filed:
    """The grant by which the mayor gave the billboard permit to the one-door office."""
    (found,) = [
        paper
        for paper in papers_of(data).entries
        if isinstance(paper.entry, Grant)
        and paper.entry.kind == "delegation"
        and "decide" in paper.entry.actions
        and paper.id == DELEGATION
    ]
    return found


def saying(data: RegionData, **parts: Any) -> Recorded:
    """A correction of the mayor's delegation."""
    paper = delegation_of(data)
    assert isinstance(paper.entry, Grant)
    return recorded("grant", paper.id, replace(paper.entry, **parts))


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[Web]:
    made = World.make(database_url, tmp_path, regions_=(demo.region(SAMARINDA),))
    yield Web(made)
    made.close()


def opened(web: Web, script: str = REVIEWS) -> str:
    number = str(web.open(CASE, "clerk")["number"])
    play(web, number, script)
    return number


def play(web: Web, number: str, script: str) -> None:
    for line in filter(str.strip, script.splitlines()):
        who, action, step, *rest = line.split()
        done = act(web, number, who, action, step, **({"result": rest[0]} if rest else {}))
        assert done.status_code == 200, (line, done.text)


def act(web: Web, number: str, who: str, action: str, step: str, **said: Any) -> TestResponse:
    return web.act(number, who, action, step, etag=web.etag(number, "auditor"), **said)


def on(web: Web, number: str, who: str, door: str, **body: Any) -> TestResponse:
    path, etag = f"/cases/{number}/{door}", web.etag(number, "auditor")
    return web.post(path, who, body, etag=etag)


def trace(web: Web, number: str) -> Any:
    return web.get(f"/cases/{number}/trace", "auditor").get_json()


# --- the mayor ------------------------------------------------------------------------------------


def test_the_mayor_whom_a_refusal_names_opens_the_case_and_decides_it(city: Web) -> None:
    number = opened(city)
    blocked = act(city, number, "dpmptsp", "complete", "decide")
    named = {each["officer"]: each for each in blocked.get_json()["alternatives"]}
    assert named["smr.walikota"]["giver_acts"] == "unknown"
    assert named["smr.signer"]["giver_acts"] is None
    assert city.get(f"/cases/{number}", "walikota").status_code == 200
    who = city.get(f"/authority/who?case={number}&step=decide", "walikota").get_json()["items"]
    assert {each["officer"] for each in who} == set(named)
    done = act(city, number, "walikota", "complete", "decide")
    assert done.status_code == 200, done.text
    passport = trace(city, number)["decisions"][-1]["authority"]["passport"]
    assert passport["seat"]["position"] == "wali-kota"
    (remark,) = passport["remarks"]
    assert (remark["kind"], remark["said"]) == ("giver_acts", "unknown")
    assert trace(city, number)["decisions"][-1]["judged_again"]["now"]["same"]
    for path in ("events", "trace"):
        assert city.get(f"/cases/{number}/{path}", "walikota").status_code == 200


def test_the_mayor_has_lists_of_what_a_seat_lets_them_see_and_do(city: Web) -> None:
    number, early = opened(city), opened(city, "")
    page = city.get("/worklist?list=seat", "walikota").get_json()
    assert [(item["number"], item["step"]["id"]) for item in page["items"]] == [(number, "decide")]
    assert "seat" not in page["counts"], "each row is asked by itself, so none is counted"
    seen = city.get("/cases?seat=true", "walikota").get_json()["items"]
    assert [item["number"] for item in seen] == [early, number]
    (whole, _) = city.get("/cases?seat=true&full=true", "walikota").get_json()["items"]
    assert whole["steps"]
    first = city.get("/cases?seat=true&limit=1", "walikota").get_json()
    rest = city.get(f"/cases?seat=true&cursor={first['next_cursor']}", "walikota").get_json()
    assert [item["number"] for item in (*first["items"], *rest["items"])] == [early, number]
    assert act(city, number, "walikota", "complete", "decide").status_code == 200
    assert city.get("/worklist?list=seat", "walikota").get_json()["items"][:1] != page["items"]
    for path in ("/worklist?list=seat", "/cases?seat=true"):
        # Who sits nowhere, and whose agency has the case in its own lists.
        for who in ("clerk", "signer", "dlh"):
            assert city.get(path, who).get_json()["items"] == [], (path, who)


def test_where_the_delegation_says_yes_the_mayor_is_named_with_its_article(city: Web) -> None:
    yes = saying(demo.region(SAMARINDA), giver_acts="yes", giver_article="Pasal 5 Perwali 34/2025")
    enter_as_load(city, yes)
    number = opened(city)
    blocked = act(city, number, "dpmptsp", "complete", "decide").get_json()
    assert ("smr.walikota", "yes") in {
        (each["officer"], each["giver_acts"]) for each in blocked["alternatives"]
    }
    assert act(city, number, "walikota", "complete", "decide").status_code == 200
    (remark,) = trace(city, number)["decisions"][-1]["authority"]["passport"]["remarks"]
    assert (remark["said"], remark["article"]) == ("yes", "Pasal 5 Perwali 34/2025")


def test_where_the_delegation_says_no_the_mayor_is_not_named_and_may_not(city: Web) -> None:
    no = saying(demo.region(SAMARINDA), giver_acts="no", giver_article="Pasal 6 Perwali 34/2025")
    enter_as_load(city, no)
    number = opened(city)
    blocked = act(city, number, "dpmptsp", "complete", "decide").get_json()
    assert {each["officer"] for each in blocked["alternatives"]} == {"smr.signer"}
    # The giver of the power sees the case all the same.
    assert city.get(f"/cases/{number}", "walikota").status_code == 200
    answer = act(city, number, "walikota", "complete", "decide")
    assert refused(answer) == (403, "giver_gave_away")
    assert answer.get_json()["link"]["grant"] == no.id
    assert act(city, number, "signer", "complete", "decide").status_code == 200


def enter_as_load(web: Web, *papers: Recorded) -> None:
    """Papers entered and confirmed at once."""
    with web.world.database.write() as uow:
        uow.lock_register(SAMARINDA, exclusive=True)
        filed = tuple(Filed(p.kind, p.id, p.entry, "ab" * 32) for p in papers)
        file(uow, SAMARINDA, filed, entered_by="smr.head", confirmed_by="smr.admin")


@pytest.mark.parametrize("way", ["lift", "take_over"])
def test_the_mayor_settles_a_conflict_of_the_head_with_reason_and_article(
    city: Web, way: str
) -> None:
    number = opened(city)
    assert (
        on(city, number, "signer", "conflicts", action="declare", ground="family").status_code
        == 200
    )
    assert refused(act(city, number, "signer", "complete", "decide")) == (403, "conflict_declared")
    bare = {"action": way, "officer": "smr.signer"}
    for missing in ARTICLE:
        said = {name: text for name, text in ARTICLE.items() if name != missing}
        answer = on(city, number, "walikota", "conflicts", **bare, **said)
        assert refused(answer) == (422, "invalid_body")
        assert [fault["at"] for fault in answer.get_json()["errors"]] == [missing]
    beside = on(city, number, "dpmptsp", "conflicts", **bare, **ARTICLE)
    assert refused(beside) == (403, "not_superior")
    assert [each["officer"] for each in beside.get_json()["alternatives"]] == ["smr.walikota"]
    done = on(city, number, "walikota", "conflicts", **bare, **ARTICLE)
    assert done.status_code == 200, done.text
    (conflict,) = done.get_json()["conflicts"]
    assert (conflict["by_position"], conflict["article"]) == ("wali-kota", ARTICLE["article"])
    decider = "signer" if way == "lift" else "walikota"
    assert act(city, number, decider, "complete", "decide").status_code == 200


def test_the_mayor_annuls_as_the_superior_with_reason_and_article(city: Web) -> None:
    number = opened(city, REVIEWS + DECISION)
    body = {
        "action": "annul",
        "ground": "procedure",
        "by": "superior",
        "instrument": {"number": "500/1", "dated": "2026-11-23"},
        "found_on": "2026-11-23",
        "written": {
            "grounds": [{"facts": "Tanpa tinjauan.", "rule": "Pasal 9.", "reason": "Wajib ada."}],
            "relied_on": ["Laporan 3/2026"],
        },
        "hearing": {"why_not": "Ada bahaya bagi lalu lintas."},
    }
    assert refused(on(city, number, "walikota", "product/actions", **body)) == (422, "invalid_body")
    below = on(city, number, "signer", "product/actions", **body, **ARTICLE)
    assert refused(below) == (403, "not_superior")
    assert {each["officer"] for each in below.get_json()["alternatives"]} == {"smr.walikota"}
    done = on(city, number, "walikota", "product/actions", **body, **ARTICLE)
    assert done.status_code == 200, done.text
    assert done.get_json()["product"]["article"] == ARTICLE["article"]


# --- strangers ------------------------------------------------------------------------------------


def test_a_seat_without_a_power_for_the_case_shows_nothing_of_it(city: Web) -> None:
    number = opened(city)
    for stranger in ("dinkes", "polresta", "smr.polresta.supervisor", "imigrasi"):
        for path in ("", "/trace", "/events"):
            answer = city.get(f"/cases/{number}{path}", stranger)
            assert refused(answer) == (404, "unknown_case"), stranger
        assert refused(act(city, number, stranger, "complete", "decide")) == (404, "unknown_case")
        declared = on(city, number, stranger, "conflicts", action="declare", ground="family")
        assert refused(declared) == (404, "unknown_case")


def test_a_seat_that_ended_or_is_contested_shows_nothing(city: Web) -> None:
    number = opened(city)
    city.world.hands.pass_time(days=1)
    second = incumbency("wali-kota-2", "smr.imigrasi", "wali-kota", since="2026-11-24", by=None)
    enter_as_load(city, second)
    # Two definitive mayors: neither is believed.
    for who in ("walikota", "imigrasi"):
        assert refused(city.get(f"/cases/{number}", who)) == (404, "unknown_case")


def test_the_superior_of_who_is_conflicted_sees_the_case_and_nobody_else(city: Web) -> None:
    enter_as_load(
        city,
        position("sekda", "setda"),
        position("asisten", "setda", superior="sekda"),
        incumbency("sk-asisten", "smr.dinkes", "asisten", since="2026-01-02"),
    )
    number = opened(city)
    assert refused(city.get(f"/cases/{number}", "dinkes")) == (404, "unknown_case")


# --- whose recommendation -------------------------------------------------------------------------


def test_the_environment_agency_s_recommendation_is_not_the_transport_agency_s(city: Web) -> None:
    number = opened(city, "clerk declare_complete intake")
    borrowed = incumbency("sk-pinjam", "smr.dishub", "kepala-dlh", "plh", since="2026-11-23")
    enter_as_load(city, borrowed)
    who = city.get(f"/authority/who?case={number}&step=review_dlh", "dlh").get_json()["items"]
    assert "smr.pupr" not in {each["officer"] for each in who}
    blocked = act(city, number, "dlh", "complete", "review_dishub", result="favourable")
    assert refused(blocked) == (403, "not_your_agency")
    # By the seat that they hold at the environment agency, whatever agency their account is of.
    said = {"result": "favourable", "as_position": "kepala-dlh"}
    done = act(city, number, "dishub", "complete", "review_dlh", **said)
    assert done.status_code == 200, done.text


def test_a_grant_that_names_a_step_is_for_that_step(city: Web) -> None:
    enter_as_load(
        city,
        attribution(
            "rekomendasi-lintas", "kepala-dlh", on="uu-23-2014#pasal-65", since="2020-01-01",
            actions=("recommend",), services=("izin-reklame",),
        ),
    )  # fmt: skip
    number = opened(city, "clerk declare_complete intake")
    who = f"/authority/who?case={number}&step=review_pupr"
    assert "smr.dlh2" not in {e["officer"] for e in city.get(who, "pupr").get_json()["items"]}
    named = attribution(
        "rekomendasi-lintas", "kepala-dlh", on="uu-23-2014#pasal-65", since="2020-01-01",
        actions=("recommend",), services=("izin-reklame",),
    )  # fmt: skip
    assert isinstance(named.entry, Grant)
    enter_as_load(city, recorded("grant", named.id, replace(named.entry, steps=("review_pupr",))))
    assert "smr.dlh2" in {e["officer"] for e in city.get(who, "pupr").get_json()["items"]}
    done = act(city, number, "dlh2", "complete", "review_pupr", result="favourable")
    assert done.status_code == 200, done.text


# --- who could not finish ---------------------------------------------------------------------------


def test_a_step_is_taken_by_and_given_to_only_who_could_finish_it(city: Web) -> None:
    number = opened(city, "clerk declare_complete intake")
    taken = act(city, number, "dlh2", "claim", "review_dlh")
    assert taken.status_code == 200, taken.text
    play(
        city,
        number,
        REVIEWS.replace("clerk declare_complete intake", "").replace(" dlh ", " dlh2 "),
    )
    answer = act(city, number, "dpmptsp2", "claim", "decide")
    assert refused(answer) == (403, "not_incumbent")
    assert "smr.signer" in {each["officer"] for each in answer.get_json()["alternatives"]}
    for login in ("smr.dpmptsp2", "smr.supervisor", "smr.clerk"):
        given = act(city, number, "supervisor", "reassign", "decide", officer=login)
        assert refused(given) == (403, "not_incumbent"), login
    for login in ("smr.nobody", "sby.clerk"):
        given = act(city, number, "supervisor", "reassign", "decide", officer=login)
        assert refused(given) == (422, "unknown_officer"), login
    for login in ("smr.walikota", "smr.signer"):
        given = act(city, number, "supervisor", "reassign", "decide", officer=login)
        assert given.status_code == 200, given.text
    assert act(city, number, "signer", "complete", "decide").status_code == 200


def test_a_step_without_a_power_is_given_to_whose_role_may_do_it(city: Web) -> None:
    number = opened(city, REVIEWS.replace("dpmptsp complete verify", ""))
    for login in ("smr.supervisor", "smr.clerk"):
        given = act(city, number, "supervisor", "reassign", "verify", officer=login)
        assert refused(given) == (422, "assignee_may_not"), login
    given = act(city, number, "supervisor", "reassign", "verify", officer="smr.dpmptsp2")
    assert given.status_code == 200, given.text


def test_no_opinion_for_an_office_takes_the_office_s_power(city: Web) -> None:
    number = opened(city, "clerk declare_complete intake")
    for who in ("smr.dishub.supervisor", "smr.dlh.supervisor"):
        step = f"review_{who.split('.')[1]}"
        assert refused(act(city, number, who, "no_opinion", step)) == (403, "not_incumbent")
    done = act(city, number, "dishub", "no_opinion", "review_dishub")
    assert done.status_code == 200, done.text
    decision = trace(city, number)["decisions"][-1]
    assert (decision["action"], decision["authority"]["scheme"]) == ("no_opinion", "checked")
    assert decision["authority"]["passport"]["seat"]["position"] == "kepala-dishub"


# --- conflicts of others ----------------------------------------------------------------------------


def test_a_conflict_is_declared_by_a_superior_and_reported_by_others(city: Web) -> None:
    number = opened(city)
    declare = {"action": "declare", "ground": "family"}
    for who, login in (
        ("smr.dishub.supervisor", "smr.signer"),  # of another body
        ("dpmptsp", "smr.signer"),  # sits below
        ("dpmptsp2", "smr.dpmptsp"),  # neither above nor supervisor
        ("head", "smr.signer"),  # the head's account sits below the signer
    ):
        answer = on(city, number, who, "conflicts", **declare, officer=login)
        assert refused(answer) == (403, "not_their_superior"), who
    for who in ("supervisor", "smr.dishub.supervisor"):
        answer = on(city, number, who, "conflicts", **declare, officer="smr.nobody")
        assert refused(answer) == (422, "unknown_officer")
    report = {"action": "report", "ground": "family", "officer": "smr.signer"}
    done = on(city, number, "smr.dishub.supervisor", "conflicts", **report, note="Sepupu pemohon.")
    assert done.status_code == 200, done.text
    assert [c["status"] for c in done.get_json()["conflicts"]] == ["reported"]
    again = on(city, number, "smr.dishub.supervisor", "conflicts", **report)
    assert refused(again) == (409, "reported_already")
    lift = {"action": "lift", "officer": "smr.signer", **ARTICLE}
    assert refused(on(city, number, "walikota", "conflicts", **lift)) == (409, "no_conflict")
    # A report blocks nothing; a declaration stands beside it and blocks.
    assert (
        on(city, number, "walikota", "conflicts", **declare, officer="smr.signer").status_code
        == 200
    )
    assert refused(act(city, number, "signer", "complete", "decide")) == (403, "conflict_declared")
    assert on(city, number, "walikota", "conflicts", **lift).status_code == 200
    assert on(city, number, "pupr", "conflicts", **report).status_code == 200
    assert act(city, number, "signer", "complete", "decide").status_code == 200
    types = [e["type"] for e in city.get(f"/cases/{number}/events", "auditor").get_json()["items"]]
    assert types.count("casetrack.conflict.reported") == 2


def test_the_supervisor_of_the_same_body_declares_it(city: Web) -> None:
    number = opened(city)
    body = {"action": "declare", "ground": "business", "officer": "smr.dpmptsp"}
    assert on(city, number, "supervisor", "conflicts", **body).status_code == 200


# --- accounts ---------------------------------------------------------------------------------------


def test_whose_account_is_disabled_is_no_alternative_and_leaves_a_vacant_chair(city: Web) -> None:
    number = opened(city)
    officers.disable_officer(city.world.ctx, "smr.walikota")
    blocked = act(city, number, "dpmptsp", "complete", "decide").get_json()
    assert {each["officer"] for each in blocked["alternatives"]} == {"smr.signer"}
    assert {each["position"] for each in blocked["vacant"]} == {"wali-kota"}


def test_a_party_of_the_case_is_no_alternative(city: Web) -> None:
    number = opened(city)
    officers.set_officer_nik(city.world.ctx, "smr.walikota", CASE["applicant"]["nik"])
    blocked = act(city, number, "dpmptsp", "complete", "decide").get_json()
    assert {each["officer"] for each in blocked["alternatives"]} == {"smr.signer"}
    assert blocked["vacant"] == []


# --- several roles, and what a seat may ask ------------------------------------------------------------


def test_a_token_carries_all_roles_of_the_account(city: Web) -> None:
    both = Officer("smr.both", "clerk", "dpmptsp", more_roles=("supervisor",))
    officers.add_officer(city.world.ctx, SAMARINDA, both)
    number = str(city.open(CASE, "smr.both")["number"])
    city.act(number, "smr.both", "declare_complete", "intake", etag=city.etag(number, "auditor"))
    done = on(city, number, "smr.both", "actions", action="extend")
    assert done.status_code == 200, done.text
    assert refused(city.get("/authority/radar", "smr.both")) == (403, "role_not_allowed")
    (record,) = (r for r in officers.all_officers(city.world.ctx) if r.officer == both)
    assert record.officer.roles == ("clerk", "supervisor")


def test_who_sits_in_a_position_with_a_power_asks_about_it_and_nothing_else(city: Web) -> None:
    number = opened(city)
    assert act(city, number, "signer", "complete", "decide").status_code == 200

    def ask(path: str, who: str) -> Any:
        answer = city.get(f"/authority/{path}", who)
        assert answer.status_code == 200, answer.text
        return answer.get_json()["items"]

    for who, mine, others in (
        ("walikota", {"izin-reklame", "sip-dokter", "surat-keterangan", "pbg"}, {"skck"}),
        ("dinkes", {"sip-dokter"}, {"izin-reklame", "pbg"}),
    ):
        shown = {each["service"] for each in ask("coverage", who)}
        assert shown >= mine
        assert not shown & others
    # The acting head of the environment agency goes on 1 February: no business of the health agency.
    days = {
        who: {a["last_day"]: a for a in ask("radar?days=90", who)} for who in ("dlh2", "dinkes")
    }
    assert "2027-02-01" in days["dlh2"]
    assert "2027-02-01" not in days["dinkes"]
    losses = [loss for alarm in days["dinkes"].values() for loss in alarm["losses"]]
    assert {service for loss in losses for service in loss["services"]} == {"sip-dokter"}
    assert {d["service"] for d in ask("decisions", "dishub")} == {"izin-reklame"}
    assert ask("decisions", "dinkes") == []
    found = {f["code"] for f in ask("findings", "auditor")}
    assert {f["code"] for f in ask("findings", "dinkes")} < found
    for who in ("supervisor", "smr.polresta.clerk", "dpmptsp2"):
        for path in ("radar", "coverage", "findings", "decisions"):
            answer = city.get(f"/authority/{path}", who)
            assert refused(answer) == (403, "role_not_allowed"), (who, path)
    # A seat without any power asks nothing.
    enter_as_load(
        city,
        position("kasi", "dinkes"),
        incumbency("sk-kasi", "smr.imigrasi", "kasi", since="2026-01-02"),
    )
    assert refused(city.get("/authority/coverage", "imigrasi")) == (403, "role_not_allowed")


def test_a_seat_opens_the_step_whatever_the_role(city: Web) -> None:
    number = opened(city)
    enter_as_load(
        city,
        incumbency("plh-klerk", "smr.clerk2", "kepala-dpmptsp", "plh", since="2026-11-23"),
    )
    assert refused(act(city, number, "clerk", "complete", "decide")) == (403, "role_not_allowed")
    assert act(city, number, "clerk2", "claim", "decide").status_code == 200
    assert act(city, number, "clerk2", "complete", "decide").status_code == 200


def test_what_may_not_be_joined_in_one_person_is_not_added(city: Web) -> None:
    def added(*roles: str, agency: str | None = None, seats: tuple[str, ...] = ()) -> None:
        new = Officer("smr.neu", roles[0], agency, seats, more_roles=roles[1:])
        officers.add_officer(city.world.ctx, SAMARINDA, new)

    for roles in (("auditor", "clerk"), ("admin", "supervisor"), ("auditor", "admin"),
                  ("clerk", "clerk")):  # fmt: skip
        with pytest.raises(BadInput):
            added(*roles)
    for role in ("admin", "auditor"):
        with pytest.raises(BadInput, match="decides"):
            added(role, seats=("kepala-dpmptsp",))
    added("admin", seats=("sekretaris-dpmptsp",))


def test_nobody_becomes_registrar_of_the_papers_by_which_they_decide(city: Web) -> None:
    ctx = city.world.ctx
    with pytest.raises(BadInput, match="dpmptsp has two registrars"):
        set_registrar(ctx, "smr.signer", ["dpmptsp"], keeps=True)
    for login in ("smr.registrar", "smr.supervisor", "smr.head"):
        dismiss(city.world, login, "dpmptsp")
    dismiss(city.world, "smr.registrar", "dlh")
    with pytest.raises(BadInput, match="kepala-dpmptsp"):
        set_registrar(ctx, "smr.signer", ["dlh", "dpmptsp"], keeps=True)
    assert city.world.actor("signer").registrar_for == ()
    set_registrar(ctx, "smr.signer", ["dlh"], keeps=True)
    assert city.world.actor("signer").registrar_for == ("dlh",)


def test_no_load_gives_a_duty_to_whom_a_letter_of_officers_seats_where_they_decide(
    city: Web,
) -> None:
    enter_as_load(
        city,
        incumbency("plh-petugas", "smr.clerk2", "kepala-dpmptsp", "plh", since="2026-11-23"),
    )
    data = demo.region(SAMARINDA)

    def given(officer: Officer) -> RegionData:
        others = [each for each in data.officers if each.login != officer.login]
        return replace(data, officers=(*others, officer))

    for login in ("smr.registrar", "smr.supervisor", "smr.head"):
        dismiss(city.world, login, "dpmptsp")
    for refused_one in (
        Officer("smr.clerk2", "admin", None),
        Officer("smr.clerk2", "clerk", "dpmptsp", registrar_for=("dpmptsp",)),
    ):
        with pytest.raises(BadInput, match=r"officers\.yaml: smr\.clerk2 would sit in kepala-dpm"):
            loading.load(city.world.ctx, given(refused_one))
    loading.load(
        city.world.ctx, given(Officer("smr.clerk2", "clerk", "dpmptsp", registrar_for=("dlh",)))
    )


def test_what_is_wrong_with_accounts_is_a_finding_of_today(city: Web) -> None:
    def found(code: str) -> set[str]:
        path = f"/authority/findings?limit=100&code={code}"
        return {each["text"]["en"] for each in city.get(path, "auditor").get_json()["items"]}

    assert found("seat_not_joined") == set()
    enter_as_load(
        city,
        incumbency("plh-petugas", "smr.supervisor", "kepala-dpmptsp", "plh", since="2026-11-23"),
    )
    (joined,) = found("seat_not_joined")
    assert joined.startswith("smr.supervisor sits in kepala-dpmptsp")
    ours = [text for text in found("registrar_set_up") if text.startswith("smr.head ")]
    assert ours == [
        "smr.head is registrar for dpmptsp by the operator's word alone: the head of the secretariat "
        "has not confirmed it."
    ]
    assert found("token_without_end") == set()
    tokens.create_token(city.world.ctx, "smr.clerk", days=0)
    assert found("token_without_end") == {"smr.clerk has a token without an end."}


def test_a_power_of_an_account_of_nobody_known_is_a_finding_where_others_are_known(
    city: Web,
) -> None:
    def found() -> set[str]:
        path = "/authority/findings?limit=100&code=account_without_person"
        items = city.get(path, "auditor").get_json()["items"]
        return {each["text"]["en"].split()[0] for each in items}

    # Nobody says of any account whose it is: that is a choice, and no finding.
    assert found() == set()
    officers.set_officer_nik(city.world.ctx, "smr.clerk", "6472014101850011")
    # Who keeps papers, protects data or holds a power; neither the other clerk nor another agency.
    assert found() == {"smr.dpmptsp", "smr.head", "smr.signer", "smr.supervisor"}
    officers.set_officer_nik(city.world.ctx, "smr.signer", "6472010101800003")
    assert found() == {"smr.dpmptsp", "smr.head", "smr.supervisor"}
    officers.disable_officer(city.world.ctx, "smr.head")
    assert found() == {"smr.dpmptsp", "smr.supervisor"}
