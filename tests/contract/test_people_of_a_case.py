"""What is kept of who stood in a case before: read, found, reported, erased, and held by the proof."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.people.former_roles import is_former
from casetrack.storage.people import case_parties
from casetrack.usecases.case import erasures
from casetrack.usecases.people import corrections, subjects
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.proof.rebuild import rebuild
from tests.contract.test_people import faults
from tests.contract.test_person_reports import run
from tests.support.erasing import erase
from tests.support.letters import addresses
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, at_once, refused
from tests.support.world import SAMARINDA, World, samarinda

DAY = "2026-11-20"
PAPER = {"dated": DAY, "name": "akta.pdf"}
HEIR = {
    "kind": "person",
    "name": "Sari Santoso",
    "nik": "6472014101950002",
    "email": "sari@example.id",
}
PROXY = {"kind": "person", "name": "Rahmat Hidayat", "email": "rahmat@example.id"}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    ours = samarinda()
    passing = tuple(replace(each, passes_to_heirs=True) for each in ours.services)
    world = World.make(database_url, tmp_path, regions_=(replace(ours, services=passing),))
    yield Web(world)
    world.close()


def people(web: Web, number: str, action: str, who: str = "dewi", **body: Any) -> Any:
    said = {"action": action, "day": DAY, **body}
    return web.post(f"/cases/{number}/parties", who, said, etag=web.etag(number))


def died(web: Web, number: str) -> None:
    """The applicant is dead by certificate."""
    assert people(web, number, "report_death").status_code == 200
    assert people(web, number, "confirm_death", "wati", paper=PAPER).status_code == 200


def succeeded(web: Web, body: Any = LETTER) -> str:
    """A case in which an heir goes on; gives its number."""
    number = str(web.open(body)["number"])
    died(web, number)
    assert people(web, number, "succeed", party=HEIR, paper=PAPER).status_code == 200
    return number


def person(web: Web, number: str, role: str) -> Person:
    with web.world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, number, role)
    assert party is not None
    return Person(SAMARINDA, party.subject)


def test_notes_and_looks_of_before_stay_with_the_dead_and_the_proof_holds(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.act(number, "dewi", "declare_complete", "intake", note="Berkas rapi")
    why = {"reason": "KTP dibandingkan", "role": "applicant"}
    assert web.post(f"/cases/{number}/unmask", "rudi", why).status_code == 200
    died(web, number)
    assert people(web, number, "succeed", party=HEIR, paper=PAPER, note="Anak").status_code == 200
    web.act(number, "rudi", "complete", "review_dlh", result="favourable", note="Sesuai")
    assert web.post(f"/cases/{number}/unmask", "rudi", why).status_code == 200
    former = {**why, "role": "former.1"}
    read = web.post(f"/cases/{number}/unmask", "rudi", former).get_json()
    assert (read["role"], read["nik"]) == ("former.1", APPLICANT["nik"])
    web.relay()
    assert faults(web.world) is None
    words = [note["text"] for note in web.get(f"/cases/{number}", "dewi").get_json()["notes"]]
    assert words == ["Berkas rapi", "Anak", "Sesuai"]
    assert list(rebuild(web.world.ctx, None, lambda _: None)) == []


def test_whom_a_report_names_gets_their_own_messages_and_nothing_of_who_came_after(
    web: Web,
) -> None:
    number = str(web.open(LETTER)["number"])
    web.deliver()
    died(web, number)
    people(web, number, "succeed", party=HEIR, paper=PAPER)
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    assert addresses(web.world.mail) == {APPLICANT["email"], HEIR["email"]}
    for who in (APPLICANT, HEIR):
        found = run(web, "report", "--nik-file", "-", "--json", stdin=str(who["nik"]))
        (report,) = json.loads(found.stdout)
        assert {each["address"] for each in report["messages"]} == {who["email"]}
    dead = subjects.show(web.world.ctx, person(web, number, "former.1"))
    (party,) = dead["parties"]
    assert (party["role"], party["was"], party["data"]["name"]) == (
        "former.1", "applicant", APPLICANT["name"],
    )  # fmt: skip
    (shown,) = run(web, "report", "--case", number).stdout.split("\n\n1.")[:1]
    assert "Laporan data pribadi" in shown
    assert "former.1 (applicant)" in run(web, "report", "--case", number).stdout


def test_a_former_party_is_a_party_whose_erasure_waits_for_the_end_and_takes_only_theirs(
    web: Web,
) -> None:
    number = succeeded(web)
    asked = {"case": number, "role": "former.1", "reason": "subject_request"}
    barred = web.post("/erasures", "wati", asked)
    assert refused(barred) == (409, "erasing_barred")
    assert barred.get_json()["against"][0]["about"] == number
    web.act(number, "dewi", "withdraw")
    assert web.post("/erasures", "wati", asked).status_code == 201
    subject = person(web, number, "former.1").subject
    erasures.settle(web.world.ctx, web.world.actor("ketua"), subject, confirm=True)
    assert erasures.carry_out(web.world.ctx, Person(SAMARINDA, subject)) > 0
    case = web.get(f"/cases/{number}", "dewi").get_json()
    (former,) = case["former_parties"]
    assert (former["name"], former["erased"], former["was"]) == (None, True, "applicant")
    assert case["parties"][0]["name"] == HEIR["name"]
    web.relay()
    assert faults(web.world) is None


def test_where_the_dead_were_erased_an_act_with_words_is_refused_and_one_without_is_not(
    web: Web,
) -> None:
    number = str(web.open(LETTER)["number"])
    people(web, number, "report_death")
    erase(web.world, person(web, number, "applicant"), "unlawful")
    said = people(web, number, "confirm_death", "wati", paper=PAPER)
    assert refused(said) == (409, "subject_erased")
    bare = people(web, number, "confirm_death", "wati", paper={"dated": DAY})
    assert bare.status_code == 200, bare.text


def test_an_heir_who_has_a_known_number_and_another_name_is_asked_about(web: Web) -> None:
    web.open({**LETTER, "applicant": {**HEIR, "name": "Orang Lain"}})
    number = str(web.open(LETTER)["number"])
    died(web, number)
    answer = people(web, number, "succeed", party=HEIR, paper=PAPER).get_json()
    assert answer["identity_question"] is True
    body = {"action": "join", "reason": "KTP dilihat di loket"}
    joined = web.post(f"/cases/{number}/identity", "wati", body)
    assert joined.status_code == 200, joined.text
    web.relay()
    assert faults(web.world) is None


def test_a_contact_is_corrected_of_who_was_joined_before(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    other = str(web.open({**LETTER, "applicant": {**APPLICANT, "name": "Budi Sentosa"}})["number"])
    body = {"action": "join", "reason": "KTP dilihat di loket"}
    assert web.post(f"/cases/{other}/identity", "wati", body).status_code == 200
    changed = people(web, other, "correct_contact", contact={"phone": "0812 9999 0001"})
    assert changed.status_code == 200, changed.text
    assert person(web, other, "applicant") == person(web, number, "applicant")
    back = web.post(f"/cases/{other}/identity", "wati", {**body, "action": "separate"})
    assert back.status_code == 200, back.text
    assert person(web, other, "applicant") != person(web, number, "applicant")
    web.relay()
    assert faults(web.world) is None


def test_a_correction_by_the_operator_leaves_who_left_untold(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    people(web, number, "correct_contact", contact={"email": "baru@example.id"})
    web.deliver()
    corrections.correct(web.world.ctx, person(web, number, "applicant"), {"name": "Budi Santosa"})
    with web.world.database.read() as connection:
        held = case_parties.parties_of_case(connection, SAMARINDA, number)
    assert {row.role: row.channels for row in held if is_former(row.role)} == {"former.1": ()}
    web.relay()
    assert faults(web.world) is None


@pytest.mark.parametrize("column", ["silenced", "until"])
def test_a_row_that_says_otherwise_than_the_events_is_found(web: Web, column: str) -> None:
    power = {"acts": ["file"], "until": "2026-12-31"}
    number = str(web.open({**LETTER, "representative": {**PROXY, "power": power}})["number"])
    if column == "silenced":
        people(web, number, "report_death")
    web.relay()
    assert faults(web.world) is None
    with web.world.database.write() as uow:
        changed = f"UPDATE parties SET {column} = NULL WHERE role = 'representative'"
        uow.execute(text(changed))
    found = faults(web.world)
    assert found is not None
    assert found["kind"] == "party"


def test_of_two_at_once_one_is_heard_and_the_same_again_is_replayed(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    etag, path = web.etag(number), f"/cases/{number}/parties"
    web.world.token("dewi")
    said = {"action": "report_death", "day": DAY}
    answers = at_once(2, lambda _: web.post(path, "dewi", said, etag=etag))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    web.world.token("wati")
    lift = {"action": "lift_death", "day": DAY}
    etag = web.etag(number)
    first, again = (web.post(path, "wati", lift, etag=etag, key="lift-1") for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.get_json()["access_code"] == again.get_json()["access_code"]


def test_messages_to_who_left_are_among_those_of_the_case(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    people(web, number, "correct_contact", contact={"email": "baru@example.id"})
    web.deliver()
    items = web.get(f"/cases/{number}/messages", "dewi").get_json()["items"]
    told = {(item["party"], item["types"][-1].partition(".")[2], item["state"]) for item in items}
    assert told == {
        ("applicant", "case.parties_changed", "delivered"),
        ("former.1", "case.parties_changed", "delivered"),
    }


def test_a_new_director_and_a_new_representative_are_told_to_who_was_reached_before(
    web: Web,
) -> None:
    company = {**APPLICANT, "kind": "company", "name": "CV Contoh", "acting": "Sari"}
    agent = {"kind": "person", "name": "Agus Wakil", "email": "agus@example.id"}
    number = str(web.open({**LETTER, "applicant": company, "representative": agent})["number"])
    web.deliver()
    contact = {"acting": "Joko Baru", "email": "baru@example.id"}
    done = people(web, number, "change_director", contact=contact, paper=PAPER)
    assert done.status_code == 200, done.text
    newcomer = {"kind": "person", "name": "Wakil Baru", "email": "wakil@example.id"}
    power = {"acts": ["file"]}
    done = people(web, number, "appoint", party=newcomer, paper=PAPER, power=power)
    assert done.status_code == 200, done.text
    web.deliver()
    items = web.get(f"/cases/{number}/messages", "dewi").get_json()["items"]
    told = {
        item["party"]
        for item in items
        if item["state"] == "delivered" and item["types"][-1].endswith("case.parties_changed")
    }
    assert {"former.1", "former.2"} <= told, items
    web.relay()
    assert faults(web.world) is None


def test_a_pause_for_another_reason_stays_when_a_death_is_lifted(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.act(number, "dewi", "declare_complete", "intake")
    web.act(number, "dewi", "pause", reason="court")
    assert people(web, number, "report_death").status_code == 200
    assert refused(web.act(number, "dewi", "resume")) == (409, "parties_open")
    lifted = people(web, number, "lift_death", "wati")
    assert lifted.get_json()["waiting_for"] == "court"
    assert web.act(number, "dewi", "resume").status_code == 200


def test_a_death_after_the_decision_keeps_the_product_until_heirs_come(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    died(web, number)
    assert refused(web.act(number, "dewi", "hand_over")) == (409, "parties_open")
    people(web, number, "succeed", party=HEIR, paper=PAPER)
    assert web.act(number, "dewi", "hand_over").status_code == 200
    web.relay()
    assert faults(web.world) is None


def test_heirs_who_do_not_come_end_the_case(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    early = web.act(number, "dewi", "close", reason="applicant_deceased")
    assert refused(early) == (409, "no_death_open")
    died(web, number)
    closed = web.act(number, "dewi", "close", reason="applicant_deceased")
    assert closed.get_json()["closed_reason"] == "applicant_deceased"
    web.relay()
    items = web.get(f"/cases/{number}/events?limit=200", "mesin").get_json()["items"]
    assert "deceased" not in json.dumps(items)


def test_who_reports_a_death_is_told_in_which_other_cases_to_report_it(web: Web) -> None:
    first, second = (str(web.open(body)["number"]) for body in (LETTER, BILLBOARD))
    withdrawn = str(web.open(LETTER)["number"])
    web.act(withdrawn, "dewi", "withdraw")
    web.open({**LETTER, "applicant": HEIR})
    answer = people(web, first, "report_death").get_json()
    assert [each["number"] for each in answer["open_cases"]] == [second]


def test_a_lifted_death_gives_back_what_it_cancelled_and_nothing_of_before(web: Web) -> None:
    case = web.open({**BILLBOARD, "representative": PROXY})
    number = str(case["number"])
    web.relay()  # what opened waits for the representative
    ended = people(web, number, "end_power", paper=PAPER, why="withdrawn")
    assert ended.status_code == 200, ended.text
    web.deliver()
    web.world.hands.pass_time(hours=1)
    newcomer = {"kind": "person", "name": "Wakil Baru", "email": "baru@example.id"}
    power = {"acts": ["pay"]}
    assert (
        people(web, number, "appoint", party=newcomer, paper=PAPER, power=power).status_code == 200
    )
    web.deliver()
    before = sorted(web.world.mail.glob("*.eml"))
    web.world.hands.pass_time(hours=1)
    assert people(web, number, "report_death").status_code == 200
    assert people(web, number, "lift_death", "wati").status_code == 200
    web.deliver()
    new = [path.read_text() for path in sorted(web.world.mail.glob("*.eml")) if path not in before]
    theirs = [mail for mail in new if "To: baru@example.id" in mail]
    assert ["Pemrosesan dilanjutkan" in mail for mail in theirs] == [True]
    assert faults(web.world) is None


def test_nobody_is_their_own_heir_or_proxy(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    power = {"acts": ["collect"]}
    own = people(web, number, "appoint", party=APPLICANT, paper=PAPER, power=power)
    assert refused(own) == (422, "invalid_body")
    died(web, number)
    assert refused(people(web, number, "succeed", party=APPLICANT, paper=PAPER)) == (
        422, "invalid_body",
    )  # fmt: skip


def test_a_contact_that_is_corrected_says_nothing_of_who_acts(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    contact = {"email": "lain@example.id", "acting": "Joko Palsu"}
    said = refused(people(web, number, "correct_contact", contact=contact))
    assert said == (422, "invalid_body")
