"""A NIK joins two files only where the name agrees; a supervisor says the rest."""

from typing import Any

import pytest

from casetrack.domain.delivery.receivers import told
from casetrack.usecases.delivery import relay
from casetrack.usecases.people import corrections, subjects
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.proof.verify import verify
from tests.support.erasing import erase
from tests.support.web import APPLICANT, BILLBOARD, Web, refused
from tests.support.world import SAMARINDA

NIK = "6472010101800003"
DEFECTS = [{"requirement": "ktp", "text": "buram"}]
REASON = {"reason": "KTP keduanya dilihat di loket"}


def opened(web: Web, name: str, nik: str | None = NIK, **more: Any) -> Any:
    """A file of somebody, with a remark that is sealed."""
    facts = {**BILLBOARD["facts"], "remark": f"remark of {name}"}
    applicant = {"kind": "person", "name": name, "nik": nik, "email": "a@example.id"}
    return web.open({**BILLBOARD, "facts": facts, "applicant": applicant, **more})


def person(web: Web, number: str) -> Person:
    """Who stands in this case as applicant."""
    return subjects.by_case(web.world.ctx, number)[0]


def cases_of(web: Web, number: str) -> list[str]:
    """The cases that belong to the person of this one."""
    view = subjects.show(web.world.ctx, person(web, number))
    return [case["number"] for case in view["cases"]]


def names_of(web: Web, number: str) -> set[str]:
    """By which names the person of this case is kept."""
    view = subjects.show(web.world.ctx, person(web, number))
    return {party["data"]["name"] for party in view["parties"]}


def settle(web: Web, number: str, action: str, who: str = "wati") -> Any:
    return web.post(f"/cases/{number}/identity", who, {"action": action, **REASON})


def sound(web: Web) -> bool:
    """Whether everything that is sealed is the one that the events speak of."""
    relay.drain(web.world.ctx, told, lambda _: None)
    verdict = verify(web.world.ctx, progress=lambda _: None)
    assert verdict.fault is None, verdict.fault
    return True


@pytest.mark.parametrize("nik", ["0000000000000000", "1111111111111111", "6472010101900000"])
def test_a_filler_joins_nobody_and_warns(web: Web, nik: str) -> None:
    ani, budi = opened(web, "Ani Contoh", nik), opened(web, "Ani Contoh", nik)
    assert (ani["identity_question"], budi["identity_question"]) == (False, False)
    assert [warning["at"] for warning in ani["warnings"]] == ["applicant.nik"]
    assert nik not in str(ani["warnings"])
    assert person(web, ani["number"]) != person(web, budi["number"])
    erase(web.world, person(web, ani["number"]), "subject_request")
    assert names_of(web, budi["number"]) == {"Ani Contoh"}
    assert refused(settle(web, budi["number"], "join")) == (409, "nobody_to_join")
    assert sound(web)


def test_a_doubtful_nik_warns_in_both_languages_and_a_right_one_does_not(web: Web) -> None:
    (warning,) = opened(web, "Ani", "6472017102900001")["warnings"]
    assert warning["said"]["id"].startswith("angka ke-7 sampai ke-12 bukan tanggal lahir")
    assert warning["said"]["en"] == warning["message"]
    assert opened(web, "Ani", "6472016107900001")["warnings"] == []


def test_the_same_name_is_the_same_person(web: Web) -> None:
    first, second = opened(web, "Rahmat Contoh"), opened(web, "H. RAHMAT CONTOH, S.H.")
    assert not second["identity_question"]
    assert cases_of(web, first["number"]) == [first["number"], second["number"]]


def test_a_known_nik_with_another_name_is_another_person_and_asked(web: Web) -> None:
    first, second = opened(web, "Rahmat Contoh"), opened(web, "Dewi Contoh")
    assert second["identity_question"] is True
    assert web.get(f"/cases/{second['number']}", "dewi").get_json()["identity_question"] is True
    assert web.get(f"/cases/{first['number']}", "dewi").get_json()["identity_question"] is False
    assert cases_of(web, first["number"]) == [first["number"]]
    # Who looks for the NIK finds both, and each is a person of their own.
    found = web.post("/cases/find", "dewi", {"nik": NIK}).get_json()["items"]
    assert {case["number"] for case in found} == {first["number"], second["number"]}
    assert len(subjects.by_nik(web.world.ctx, NIK)) == 2
    erase(web.world, person(web, second["number"]), "subject_request")
    assert names_of(web, first["number"]) == {"Rahmat Contoh"}
    assert sound(web)


def test_a_supervisor_joins_what_is_one_person(web: Web) -> None:
    first, second = opened(web, "Rahmat Contoh"), opened(web, "Rachmat Contoh")
    web.act(second["number"], "dewi", "claim", "intake", note="a note")
    answer = settle(web, second["number"], "join")
    assert answer.status_code == 200
    assert answer.get_json()["identity_question"] is False
    assert cases_of(web, first["number"]) == [first["number"], second["number"]]
    assert len(subjects.by_nik(web.world.ctx, NIK)) == 1
    # The case goes on, and what is written from now on is the joined person's.
    web.act(
        second["number"],
        "dewi",
        "return",
        "intake",
        defects=DEFECTS,
    )
    assert sound(web)
    # A third file finds the person by either name.
    assert not opened(web, "Rachmat Contoh")["identity_question"]
    erase(web.world, person(web, first["number"]), "subject_request")
    assert subjects.show(web.world.ctx, person(web, second["number"]))["erased"]
    assert sound(web)


def test_a_supervisor_keeps_two_apart_and_both_are_found_again(web: Web) -> None:
    opened(web, "Rahmat Contoh")
    second = opened(web, "Dewi Contoh")
    answer = settle(web, second["number"], "separate")
    assert answer.get_json()["identity_question"] is False
    third = opened(web, "Dewi Contoh")
    assert not third["identity_question"]
    assert cases_of(web, third["number"]) == [second["number"], third["number"]]
    assert sound(web)
    # It may be said otherwise later.
    assert settle(web, third["number"], "join").status_code == 200
    assert sound(web)


def test_one_case_is_taken_out_of_a_person_at_any_time(web: Web) -> None:
    first, second = opened(web, "Rahmat Contoh"), opened(web, "Rahmat Contoh")
    for case in (first, second):
        web.act(case["number"], "dewi", "claim", "intake", note="a note")
    corrections.correct(web.world.ctx, person(web, first["number"]), {"address": "Jalan Melati 5"})
    assert settle(web, second["number"], "separate").status_code == 200
    assert cases_of(web, first["number"]) == [first["number"]]
    assert cases_of(web, second["number"]) == [second["number"]]
    web.act(
        second["number"],
        "dewi",
        "return",
        "intake",
        defects=DEFECTS,
    )
    assert sound(web)
    # Each keeps their rights: their own data, their correction, their erasure.
    corrections.correct(web.world.ctx, person(web, second["number"]), {"name": "Rahmat Lain"})
    assert names_of(web, first["number"]) == {"Rahmat Contoh"}
    assert sound(web)
    erase(web.world, person(web, first["number"]), "subject_request")
    texts = subjects.show(web.world.ctx, person(web, second["number"]))["texts"]
    assert {"a note", "remark of Rahmat Contoh", "buram"} <= {text["text"] for text in texts}
    defects = web.get(f"/cases/{second['number']}", "dewi").get_json()["defects"]
    assert [defect["text"] for defect in defects] == ["buram"]
    assert sound(web)
    assert refused(settle(web, second["number"], "separate")) == (409, "nothing_to_separate")
    assert refused(settle(web, first["number"], "separate")) == (409, "subject_erased")


def test_a_case_goes_there_and_back_and_there_again(web: Web) -> None:
    first, second = opened(web, "Rahmat Contoh"), opened(web, "Rahmat Contoh")
    for action in ("separate", "join", "separate", "join"):
        assert settle(web, second["number"], action).status_code == 200, action
        assert sound(web)
    assert cases_of(web, first["number"]) == [first["number"], second["number"]]


def test_messages_find_the_person_after_a_separation(web: Web) -> None:
    opened(web, "Rahmat Contoh")
    second = opened(web, "Rahmat Contoh")
    settle(web, second["number"], "separate")
    web.deliver()
    mails = [path.read_text() for path in web.world.mail.glob("*.eml")]
    assert any(second["number"] in mail for mail in mails)


def test_a_stranger_to_the_applicant_in_the_same_case_is_asked_too(web: Web) -> None:
    representative = {"kind": "person", "name": "Dewi Contoh", "nik": NIK}
    case = opened(web, "Rahmat Contoh", representative=representative)
    assert case["identity_question"] is True
    assert settle(web, case["number"], "separate").get_json()["identity_question"] is False
    assert sound(web)


def test_only_a_supervisor_of_the_front_office_says_who_is_who(web: Web) -> None:
    opened(web, "Rahmat Contoh")
    number = opened(web, "Dewi Contoh")["number"]
    assert settle(web, number, "join", "dewi").status_code == 403
    assert settle(web, number, "join", "rini").status_code == 403
    assert settle(web, number, "join", "tono").status_code == 404
    no_reason = web.post(f"/cases/{number}/identity", "wati", {"action": "join"})
    assert refused(no_reason) == (422, "invalid_body")


def test_the_reason_is_somebody_s_own_words_and_is_sealed(web: Web) -> None:
    opened(web, "Rahmat Contoh")
    number = opened(web, "Dewi Contoh")["number"]
    settle(web, number, "join")
    view = subjects.show(web.world.ctx, person(web, number))
    assert REASON["reason"] in {text["text"] for text in view["texts"]}


def test_the_same_request_twice_is_answered_once(web: Web) -> None:
    opened(web, APPLICANT["name"])
    number = opened(web, "Dewi Contoh")["number"]
    body = {"action": "join", **REASON}
    answers = [web.post(f"/cases/{number}/identity", "wati", body, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert person(web, number).region == SAMARINDA
