"""To erase somebody takes two officers and the operator, and nothing that stands against it."""

from dataclasses import replace
from typing import Any

import pytest

from casetrack.domain.errors import BadInput
from casetrack.domain.events import Event
from casetrack.domain.service.definition import Retention
from casetrack.storage.case import case_events
from casetrack.storage.people import erasing_rows
from casetrack.usecases.case import erasures
from casetrack.usecases.people import officers, subjects
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.region import loading
from tests.contract.test_people import faults
from tests.support.commands import run_command
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, problem, refused
from tests.support.world import SAMARINDA, World, environment_for, letter, samarinda

REASON = {"reason": "subject_request"}


def ended(web: Web, **applicant: Any) -> str:
    """A letter that was asked for and taken back; gives its number."""
    number = str(web.open({**LETTER, "applicant": {**APPLICANT, **applicant}})["number"])
    web.play(number, "dewi withdraw")
    return number


def asked(web: Web, number: str, who: str = "wati") -> str:
    """Somebody asks for the applicant's erasure; gives the subject."""
    answer = web.post("/erasures", who, {"case": number, **REASON})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["subject"])


def settle(web: Web, subject: str, who: str, action: str = "confirm") -> Any:
    return web.post(f"/erasures/{subject}/actions", who, {"action": action})


def person(subject: str) -> Person:
    return Person(SAMARINDA, subject)


def test_one_asks_another_confirms_and_the_operator_carries_it_out(web: Web) -> None:
    subject = asked(web, ended(web))
    with pytest.raises(BadInput, match="asked for and not confirmed"):
        erasures.carry_out(web.world.ctx, person(subject))
    assert refused(settle(web, subject, "wati")) == (403, "second_officer_needed")
    # Rini is a supervisor as Wati is; neither is named for data protection, as Ketua is.
    assert refused(settle(web, subject, "rini")) == (403, "data_protection_needed")
    decided = settle(web, subject, "ketua").get_json()
    assert (decided["status"], decided["asked_by"], decided["decided_by"]) == (
        "decided", "smr.wati", "smr.ketua",
    )  # fmt: skip
    assert web.get(f"/erasures/{subject}", "audit").get_json() == decided
    assert refused(settle(web, subject, "ketua")) == (409, "no_erasure_asked")
    assert erasures.carry_out(web.world.ctx, person(subject)) == 1
    assert web.get(f"/erasures/{subject}", "wati").get_json()["status"] == "erased"
    assert subjects.show(web.world.ctx, person(subject))["erased"]
    web.relay()
    assert faults(web.world) is None


def test_two_accounts_of_one_person_are_one_officer(web: Web) -> None:
    subject = asked(web, ended(web))
    for login in ("smr.wati", "smr.ketua"):
        officers.set_officer_nik(web.world.ctx, login, "6472010101700001")
    assert refused(settle(web, subject, "ketua")) == (403, "second_officer_needed")


def test_who_is_named_for_data_protection_may_be_the_first_as_well(web: Web) -> None:
    subject = asked(web, ended(web), "ketua")
    assert settle(web, subject, "wati").get_json()["status"] == "decided"


def test_nobody_is_erased_while_a_case_of_theirs_is_open(web: Web) -> None:
    number = ended(web)
    subject = asked(web, number)
    assert settle(web, subject, "ketua").status_code == 200
    other = str(web.open()["number"])
    against = [{"kind": "case_open", "about": other, "until": None}]
    assert web.get(f"/erasures/{subject}", "ketua").get_json()["against"] == against
    with pytest.raises(BadInput, match=f"the case {other} is not over"):
        erasures.carry_out(web.world.ctx, person(subject))
    barred = web.post("/erasures", "wati", {"case": other, **REASON})
    assert problem(barred) == "erasure_asked_already"
    web.play(other, "dewi withdraw")
    assert erasures.carry_out(web.world.ctx, person(subject)) == 2


def test_what_stands_against_it_is_said_with_its_reason_when_it_is_asked_for(web: Web) -> None:
    number = str(web.open()["number"])
    barred = web.post("/erasures", "wati", {"case": number, **REASON})
    assert problem(barred) == "erasing_barred"
    assert barred.get_json()["against"] == [{"kind": "case_open", "about": number, "until": None}]
    assert number in barred.get_json()["detail"]


def test_a_case_of_no_concern_stands_against_it_and_is_not_named(web: Web) -> None:
    board = str(web.open(BILLBOARD)["number"])
    web.play(board, "dewi withdraw")
    subject = asked(web, board, "rini")
    letter = str(web.open()["number"])
    assert refused(web.get(f"/cases/{letter}", "rini")) == (404, "unknown_case")
    unnamed = [{"kind": "case_open", "about": None, "until": None}]
    assert web.get(f"/erasures/{subject}", "rini").get_json()["against"] == unnamed
    named = web.get(f"/erasures/{subject}", "wati").get_json()["against"]
    assert named == [{"kind": "case_open", "about": letter, "until": None}]
    settle(web, subject, "rini", "decline")
    barred = web.post("/erasures", "rini", {"case": board, **REASON})
    assert barred.get_json()["against"] == unnamed
    assert letter not in barred.text
    assert "a case of other agencies is not over" in barred.get_json()["detail"]


def test_nobody_is_erased_while_it_is_open_who_they_are(web: Web) -> None:
    ended(web)
    number = ended(web, name="Orang Lain")
    barred = web.post("/erasures", "wati", {"case": number, **REASON})
    assert [each["kind"] for each in barred.get_json()["against"]] == ["identity_open"]
    said = {"action": "separate", "reason": "KTP diperiksa"}
    assert web.post(f"/cases/{number}/identity", "wati", said).status_code == 200
    asked(web, number)


def test_an_auditor_holds_it_and_only_an_auditor_lets_go(web: Web) -> None:
    number = ended(web)
    held = web.post("/holds", "audit", {"case": number, "reason": "investigation"}).get_json()
    subject, hold = held["subject"], f"/holds/{held['subject']}/actions"
    assert (held["hold"], held["status"]) == ("investigation", "none")
    barred = web.post("/erasures", "wati", {"case": number, **REASON})
    assert barred.get_json()["against"] == [
        {"kind": "held", "about": "investigation", "until": None}
    ]
    assert refused(web.post(hold, "ketua", {"action": "lift"})) == (403, "role_not_allowed")
    again = web.post("/holds", "audit", {"case": number, "reason": "audit"})
    assert problem(again) == "held_already"
    assert web.post(hold, "audit", {"action": "lift"}).get_json()["hold"] is None
    assert problem(web.post(hold, "audit", {"action": "lift"})) == "no_hold"
    assert asked(web, number) == subject


def test_a_hold_that_comes_after_the_decision_stops_the_operator(web: Web) -> None:
    number = ended(web)
    subject = asked(web, number)
    settle(web, subject, "ketua")
    web.post("/holds", "audit", {"case": number, "reason": "court"})
    with pytest.raises(BadInput, match=r"an auditor holds it \(court\)"):
        erasures.carry_out(web.world.ctx, person(subject))
    assert not subjects.show(web.world.ctx, person(subject))["erased"]


def test_what_was_declined_may_be_asked_for_again(web: Web) -> None:
    number = ended(web)
    subject = asked(web, number)
    # Who asked may take it back.
    assert settle(web, subject, "wati", "decline").get_json()["status"] == "declined"
    with pytest.raises(BadInput, match="declined"):
        erasures.carry_out(web.world.ctx, person(subject))
    assert asked(web, number) == subject


def test_a_decision_can_be_taken_back_until_it_is_carried_out(web: Web) -> None:
    number = ended(web)
    subject = asked(web, number)
    settle(web, subject, "ketua")
    # What was told to who asks anew is a way.
    assert problem(web.post("/erasures", "wati", {"case": number, **REASON})) == (
        "erasure_asked_already"
    )
    taken_back = settle(web, subject, "rini", "decline").get_json()
    assert (taken_back["status"], taken_back["decided_by"]) == ("declined", "smr.rini")
    with pytest.raises(BadInput, match="declined"):
        erasures.carry_out(web.world.ctx, person(subject))
    assert refused(settle(web, subject, "rini", "decline")) == (409, "no_erasure_asked")
    assert asked(web, number) == subject


def test_a_repeated_request_has_one_effect(web: Web) -> None:
    number = ended(web)
    body = {"case": number, **REASON}
    first = web.post("/erasures", "wati", body, key="k")
    again = web.post("/erasures", "wati", body, key="k")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.get_json() == first.get_json()
    assert problem(web.post("/erasures", "wati", body)) == "erasure_asked_already"


def test_the_retention_of_a_service_stands_against_it_until_its_last_day(
    database_url: str, tmp_path: Any
) -> None:
    kept = replace(letter(), retention=Retention(5, "Perwal 12/2020 Pasal 4"))
    world = World.make(database_url, tmp_path, regions_=(samarinda(kept),))
    web = Web(world)
    number = ended(web)
    barred = web.post("/erasures", "wati", {"case": number, **REASON})
    assert barred.get_json()["against"] == [
        {"kind": "retention", "about": f"Perwal 12/2020 Pasal 4 ({number})", "until": "2031-11-23"}
    ]
    assert "until 2031-11-23" in barred.get_json()["detail"]
    world.hands.pass_time(days=5 * 365 + 1)
    assert problem(web.post("/erasures", "wati", {"case": number, **REASON})) == "erasing_barred"
    world.hands.pass_time(days=1)
    asked(web, number)
    world.close()


def waiting(web: Web, who: str = "ketua") -> list[tuple[str, str, list[str]]]:
    """The list: whom, how far, what stands against it."""
    items = web.get("/erasures", who).get_json()["items"]
    return [(i["subject"], i["status"], [each["kind"] for each in i["against"]]) for i in items]


def test_what_waits_is_listed_to_auditors_and_to_who_is_named_for_data_protection(web: Web) -> None:
    assert waiting(web) == []
    first, second = ended(web), ended(web, nik="6472010101900009", name="Siti")
    subject = asked(web, first)
    web.world.hands.pass_time(days=1)
    other = asked(web, second)
    assert waiting(web) == waiting(web, "audit") == [(subject, "asked", []), (other, "asked", [])]
    assert refused(web.get("/erasures", "wati")) == (403, "data_protection_needed")
    settle(web, subject, "ketua")
    settle(web, other, "ketua", "decline")
    assert waiting(web) == [(subject, "decided", [])]
    erasures.carry_out(web.world.ctx, person(subject))
    assert waiting(web) == []
    assert faults(web.world) is None


def test_the_list_has_pages_and_the_longest_waits_first(web: Web) -> None:
    subjects_ = [asked(web, ended(web, nik=f"647201010190000{at}", name="Siti")) for at in range(3)]
    first = web.get("/erasures?limit=2", "audit").get_json()
    rest = web.get(f"/erasures?limit=2&cursor={first['next_cursor']}", "audit").get_json()
    assert [each["subject"] for each in first["items"] + rest["items"]] == subjects_
    assert rest["next_cursor"] is None


def test_what_was_refused_waits_with_its_reason_and_its_date_until_it_is_asked_for_again(
    database_url: str, tmp_path: Any
) -> None:
    kept = replace(letter(), retention=Retention(5, "Perwal 12/2020 Pasal 4"))
    world = World.make(database_url, tmp_path, regions_=(samarinda(kept),))
    web = Web(world)
    number = ended(web)
    for _ in range(2):
        assert (
            problem(web.post("/erasures", "wati", {"case": number, **REASON})) == "erasing_barred"
        )
    (waits,) = web.get("/erasures", "ketua").get_json()["items"]
    assert (waits["status"], waits["asked_by"]) == ("refused", "smr.wati")
    assert [(each["kind"], each["until"]) for each in waits["against"]] == [
        ("retention", "2031-11-23")
    ]
    stream = f"subject/{waits['subject']}"
    with world.database.read() as connection:
        rows = case_events.stream_events(connection, SAMARINDA, stream, after=0, limit=9)
    told = [Event.from_body(row.body).type for row in rows]
    assert told == ["casetrack.subject.erasure_refused"], "the same refusal is written down once"
    with pytest.raises(BadInput, match="was refused, since something stood against it"):
        erasures.carry_out(world.ctx, person(waits["subject"]))
    words = ["subject", "erasures", "--region", SAMARINDA]
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    shown = run_command(environment, words)
    assert "erasure refused; asked by smr.wati" in shown.stdout
    assert "against it: retention" in shown.stdout
    assert "until 2031-11-23" in shown.stdout
    assert faults(world) is None
    world.hands.pass_time(days=5 * 365 + 2)
    assert waiting(web) == [(waits["subject"], "refused", [])]
    asked(web, number)
    assert waiting(web) == [(waits["subject"], "asked", [])]
    world.close()


def test_who_takes_a_refused_request_back_takes_it_from_the_list(web: Web) -> None:
    number = str(web.open()["number"])
    assert problem(web.post("/erasures", "wati", {"case": number, **REASON})) == "erasing_barred"
    ((subject, status, _),) = waiting(web)
    assert status == "refused"
    assert refused(settle(web, subject, "ketua")) == (409, "no_erasure_asked")
    assert settle(web, subject, "ketua", "decline").get_json()["status"] == "declined"
    assert waiting(web) == []


def test_a_decision_that_is_not_carried_out_in_time_lapses(web: Web) -> None:
    number = ended(web)
    subject = asked(web, number)
    assert settle(web, subject, "ketua").get_json()["decided_until"] == "2026-12-23"
    web.world.hands.pass_time(days=30)
    assert waiting(web) == [(subject, "decided", [])]
    web.world.hands.pass_time(days=1)
    assert waiting(web) == [(subject, "lapsed", [])]
    with pytest.raises(BadInput, match="decided too long ago"):
        erasures.carry_out(web.world.ctx, person(subject))
    assert faults(web.world) is None
    # It is asked for anew, by the same two.
    assert asked(web, number) == subject
    settle(web, subject, "ketua")
    assert erasures.carry_out(web.world.ctx, person(subject)) == 1


def test_a_region_says_within_how_many_days_a_decision_is_carried_out(web: Web) -> None:
    number = ended(web)
    home = samarinda()
    loading.load(web.world.ctx, replace(home, region=replace(home.region, erase_within=3)))
    subject = asked(web, number)
    assert settle(web, subject, "ketua").get_json()["decided_until"] == "2026-11-26"


def test_what_a_retention_kept_is_destroyed_with_the_archive_authority_s_letter(web: Web) -> None:
    number = ended(web)
    home = samarinda()
    rule = "UU 43/2009 Pasal 53"
    loading.load(web.world.ctx, replace(home, region=replace(home.region, archive_rule=rule)))
    body = {"case": number, "reason": "retention_ended"}
    answer = web.post("/erasures", "wati", body)
    assert refused(answer) == (422, "approval_needed")
    assert answer.get_json()["rule"] == rule
    letter = {"reference": "B-12/ANRI/2026", "dated": "2027-01-01"}
    early = web.post("/erasures", "wati", {**body, "approval": letter})
    assert refused(early) == (422, "invalid_body")
    letter["dated"] = "2026-11-20"
    asked_for = web.post("/erasures", "wati", {**body, "approval": letter})
    assert asked_for.status_code == 201
    assert asked_for.get_json()["approval"] == letter
    # What a person asks for needs no archive's yes.
    settle(web, asked_for.get_json()["subject"], "ketua", "decline")
    assert asked(web, number) == asked_for.get_json()["subject"]


def test_nobody_asks_for_or_confirms_their_own_erasure(web: Web) -> None:
    number = ended(web)
    officers.set_officer_nik(web.world.ctx, "smr.wati", APPLICANT["nik"])
    body = {"case": number, **REASON}
    assert refused(web.post("/erasures", "wati", body)) == (403, "own_erasure")
    officers.set_officer_nik(web.world.ctx, "smr.wati", "6472010101700001")
    subject = asked(web, number)
    officers.set_officer_nik(web.world.ctx, "smr.ketua", APPLICANT["nik"])
    assert refused(settle(web, subject, "ketua")) == (403, "own_erasure")
    # What is taken back harms nobody.
    assert settle(web, subject, "ketua", "decline").get_json()["status"] == "declined"


def test_the_row_of_an_erasure_that_waits_is_held_by_verify(web: Web) -> None:
    subject = asked(web, ended(web))
    with web.world.database.write() as uow:
        erasing_rows.set_waiting(uow, SAMARINDA, subject, None)
    assert "an erasure that waits" in str(faults(web.world))


def test_a_dry_run_says_who_decided_and_what_stands_against_it(web: Web) -> None:
    world = web.world
    subject = asked(web, ended(web))
    words = ["subject", "erase", "--subject", subject]
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    refused_ = run_command(environment, [*words, "--yes"])
    assert (refused_.exit_code, refused_.stdout) == (2, "")
    assert "asked for and not confirmed" in refused_.stderr
    settle(web, subject, "ketua")
    other = str(web.open()["number"])
    shown = run_command(environment, [*words, "--dry-run"])
    assert shown.exit_code == 0
    for said in ("asked by smr.wati", "decided by smr.ketua", f"against it: case_open, {other}"):
        assert said in shown.stdout
    assert not subjects.show(world.ctx, person(subject))["erased"]


def test_a_person_of_another_region_and_a_role_that_nobody_has_are_unknown(web: Web) -> None:
    number = ended(web)
    subject = asked(web, number)
    assert refused(web.get(f"/erasures/{subject}", "sby.audit")) == (404, "unknown_subject")
    body = {"case": number, "role": "payer", **REASON}
    assert refused(web.post("/erasures", "wati", body)) == (404, "unknown_subject")
