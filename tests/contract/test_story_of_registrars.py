"""How an office comes to its registrars: set up by an operator, confirmed by the head of the secretariat,
and from then on made and ended by papers."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from casetrack.usecases.proof.verify import verify
from casetrack.web.http import rule_words
from tests.support.stories import SCAN, City
from tests.support.web import refused

LETTER = {"number": "800/700/DLH/2026", "dated": "2026-11-20", "by": "kepala-dlh"}
CLERK = "polresta.clerk"


def duty(officer: str, agency: str = "dlh", **more: Any) -> dict[str, Any]:
    said = {"officer": f"smr.{officer}", "agency": agency, "letter": LETTER, "since": "2026-11-23"}
    return {**said, **more}


def enter(city: City, who: str, entry: dict[str, Any], paper: str = "petugas-3") -> TestResponse:
    body = {"kind": "registrar", "id": paper, "entry": entry, "document": {"sha256": SCAN}}
    return city.post("/authority/entries", f"smr.{who}", body)


def settle(city: City, who: str, paper: str, **said: Any) -> TestResponse:
    path = f"/authority/entries/registrar/{paper}"
    etag = city.get(path, "auditor").headers["ETag"]
    return city.post(f"{path}/actions", f"smr.{who}", {"action": "confirm", **said}, etag=etag)


def set_up(city: City) -> dict[str, str]:
    """What waits for the head of the secretariat: each entry with its officer."""
    items = city.ask("entries?kind=registrar&limit=100")
    return {item["id"]: item["entry"]["officer"] for item in items if item["confirmed_by"] is None}


def confirm_all(city: City) -> None:
    """The secretary of the city has confirmed whoever keeps the papers of these bodies."""
    for paper, officer in set_up(city).items():
        if paper.startswith(
            ("registrar-dlh", "registrar-setda", "registrar-dishub", "registrar-dpm")
        ):
            assert settle(city, "sekda", paper).status_code == 200, officer


def keeps(city: City, who: str) -> list[str]:
    answer: list[str] = city.get("/me", f"smr.{who}").get_json()["registrar_for"]
    return answer


def facts(city: City, paper: str) -> list[dict[str, Any]]:
    query = text("SELECT body FROM events WHERE stream = :stream ORDER BY version")
    with city.world.database.read() as connection:
        rows = connection.execute(query, {"stream": f"register/registrar/{paper}"}).scalars()
        return [json.loads(body)["data"] for body in rows]


def test_the_first_registrars_are_a_finding_until_the_head_of_the_secretariat_confirms_each(
    city: City,
) -> None:
    waiting = set_up(city)
    found = city.ask("findings?code=registrar_set_up&limit=100")
    assert {ref["id"] for each in found for ref in each["entries"]} == set(waiting)
    for who in ("registrar", "supervisor", "dlh2"):
        code = (403, "secretariat_head_only") if keeps(city, who) else (403, "not_registrar")
        assert refused(settle(city, who, "registrar-dlh-1")) == code, who
    # The secretary of the city keeps no papers and is let in for this alone.
    assert keeps(city, "sekda") == []
    assert city.get("/authority/entries?kind=registrar", "sekda").status_code == 200
    for paper in waiting:
        done = settle(city, "sekda", paper)
        assert (done.status_code, done.get_json()["confirmed_by"]) == (200, "smr.sekda"), paper
    assert facts(city, "registrar-dlh-1")[-1]["right"]["stream"] == (
        "register/incumbency/sekretaris-daerah-2022"
    )
    assert city.ask("findings?code=registrar_set_up") == []
    assert city.ask("findings?code=filed_by_stranger") == []
    assert refused(settle(city, "sekda", "registrar-dlh-1")) == (409, "no_draft")
    assert verify(city.world.ctx, progress=lambda _: None).fault is None


def test_who_was_set_up_makes_no_registrar_before_the_confirmation(city: City) -> None:
    answer = enter(city, "registrar", duty("dlh.supervisor"))
    assert refused(answer) == (403, "not_registrar")
    assert "until the head of the secretariat has confirmed it" in answer.get_json()["detail"]
    settle(city, "sekda", "registrar-dlh-1")
    assert enter(city, "registrar", duty("dlh.supervisor")).status_code == 201
    assert refused(settle(city, "registrar2", "petugas-3")) == (403, "not_registrar")


def test_another_registrar_is_made_by_two_of_the_body_and_ended_by_two(city: City) -> None:
    confirm_all(city)
    assert refused(enter(city, CLERK, duty(CLERK))) == (403, "not_registrar")
    # Neither who is named, nor somebody of another body, nor one alone.
    assert refused(enter(city, "head", duty("dlh.supervisor"))) == (403, "not_registrar")
    assert refused(enter(city, "registrar", duty("registrar"))) == (403, "own_paper")
    assert enter(city, "registrar", duty("dlh.supervisor")).status_code == 201
    assert refused(settle(city, "registrar", "petugas-3")) == (403, "second_officer_needed")
    assert refused(enter(city, "dlh.supervisor", duty(CLERK), "p")) == (403, "not_registrar")
    assert settle(city, "registrar2", "petugas-3").status_code == 200
    assert keeps(city, "dlh.supervisor") == ["dlh"]
    # Of both hands is kept by which entry they were registrars then.
    drafted, confirmed = facts(city, "petugas-3")
    rights = [event["right"]["stream"] for event in (drafted, confirmed)]
    assert rights == ["register/registrar/registrar-dlh-1", "register/registrar/registrar-dlh-2"]
    assert "set_up" not in drafted["right"]

    over = duty("dlh.supervisor", until="2026-11-30")
    assert enter(city, "registrar", over).status_code == 201
    assert settle(city, "registrar2", "petugas-3").status_code == 200
    city.at("2026-11-30T23:00")
    assert keeps(city, "dlh.supervisor") == ["dlh"]
    assert enter(city, "dlh.supervisor", duty("pupr.supervisor"), "p").status_code == 201
    city.at("2026-12-01T00:30")
    assert keeps(city, "dlh.supervisor") == []
    assert refused(enter(city, "dlh.supervisor", duty(CLERK), "q")) == (403, "not_registrar")
    # What they entered waits: whoever confirms it asks whether they may still.
    assert refused(settle(city, "registrar2", "p")) == (403, "not_registrar")


def test_a_duty_that_begins_later_is_none_before(city: City) -> None:
    confirm_all(city)
    city.paper("registrar", "petugas-3", **duty("dlh.supervisor", since="2026-12-01"))
    assert keeps(city, "dlh.supervisor") == []
    assert refused(enter(city, "dlh.supervisor", duty(CLERK), "p")) == (403, "not_registrar")
    city.at("2026-12-01T08:00")
    assert enter(city, "dlh.supervisor", duty("pupr.supervisor"), "p").status_code == 201


def test_a_head_is_made_registrar_by_the_secretariat_s_two(city: City) -> None:
    confirm_all(city)
    city.paper("registrar", "petugas-3", **duty("dishub.supervisor"))
    city.paper("registrar", "petugas-4", **duty("pupr.supervisor"))
    answer = enter(city, "dishub.supervisor", duty("dlh2", "dishub"), "p")
    assert refused(answer) == (403, "not_registrar")
    # The acting head of the environment agency: what is theirs is the secretariat's.
    answer = enter(city, "dishub.supervisor", duty("dlh2"), "p")
    assert (refused(answer), answer.get_json()["agency"]) == ((403, "not_registrar"), "setda")
    # The transport agency's papers decide nothing at the environment agency.
    city.paper("registrar", "p", **duty("dlh2", "dishub"))


def test_to_take_away_the_last_two_is_asked_and_the_radar_says_who_has_fewer(city: City) -> None:
    confirm_all(city)
    city.paper("registrar", "petugas-3", **duty("dlh.supervisor"))
    first = city.entry("registrar", "registrar-dlh-1")
    over = {**first, "letter": LETTER, "until": "2026-11-22"}
    # One of three: an end from today on is ordinary, one that reaches back is not.
    assert enter(city, "registrar2", over, "registrar-dlh-1").status_code == 201
    answer = settle(city, "dlh.supervisor", "registrar-dlh-1")
    assert refused(answer) == (409, "stops_what_works")
    assert answer.get_json()["stops"] == ["registrar-dlh-1"]
    assert settle(city, "dlh.supervisor", "registrar-dlh-1", action="discard").status_code == 200
    later = {**over, "until": "2026-12-31"}
    assert enter(city, "registrar2", later, "registrar-dlh-1").status_code == 201
    assert settle(city, "dlh.supervisor", "registrar-dlh-1").status_code == 200
    # One of two that are left from then on.
    third = duty("dlh.supervisor", until="2027-01-15")
    assert enter(city, "registrar", third).status_code == 201
    answer = settle(city, "registrar2", "petugas-3")
    assert refused(answer) == (409, "stops_what_works")
    assert answer.get_json()["stops"] == ["petugas-3", "registrar-dlh-2"]
    done = settle(city, "registrar2", "petugas-3", stops=["registrar-dlh-2", "petugas-3"])
    assert done.status_code == 200
    radar = city.get("/authority/radar?days=90", "auditor").get_json()["registrars"]
    assert radar == [{"agency": "dlh", "since": "2027-01-16", "officers": ["smr.registrar2"]}]
    assert city.ask("findings?code=registrars_few") == []
    city.at("2027-01-16T08:00")
    (few,) = city.ask("findings?code=registrars_few")
    assert few["text"]["en"].startswith("dlh has fewer than two registrars")


def test_what_makes_no_registrar_is_refused(city: City) -> None:
    confirm_all(city)
    nothing = {key: value for key, value in duty("dlh.supervisor").items() if key != "letter"}
    for entry, said in (
        (nothing, "no paper is named"),
        (duty("tiada"), "no account"),
        (duty("auditor"), "keeps no papers"),
        (duty("dlh.supervisor", "tiada"), "no agency"),
    ):
        answer = enter(city, "registrar", entry)
        assert refused(answer) == (422, "invalid_entry"), said
        document = answer.get_json()
        assert said in document["detail"]
        assert all(rule_words.known(each["message"]) for each in document["errors"])
    named = {**nothing, "instrument": "perwali-999-2025"}
    assert enter(city, "registrar", named).status_code == 201


def test_no_paper_joins_a_duty_with_a_seat_that_decides_the_cases_it_keeps(city: City) -> None:
    confirm_all(city)
    # A registrar of the one-door office becomes its acting head: by the letter, or by the duty.
    head = {
        "officer": "smr.supervisor", "position": "kepala-dpmptsp", "form": "plh",
        "letter": LETTER, "since": "2026-12-28", "until": "2026-12-30",
    }  # fmt: skip
    body = {"kind": "incumbency", "id": "plh", "entry": head, "document": {"sha256": SCAN}}
    answer = city.post("/authority/entries", "registrar", body)
    assert refused(answer) == (409, "not_joined")
    assert answer.get_json()["positions"] == ["kepala-dpmptsp"]
    answer = enter(city, "registrar", duty("signer", "dpmptsp"))
    assert refused(answer) == (409, "not_joined")
    # A power for the position in which a registrar sits joins the two as well.
    mandate = {
        "kind": "mandate", "giver": "kepala-dpmptsp", "receiver": "sekretaris-dpmptsp",
        "actions": ["decide"], "services": ["surat-keterangan"],
        "basis": [{"instrument": "sk-dpmptsp-27-2026", "line": "diktum-1"}],
        "since": "2026-11-23",
    }  # fmt: skip
    body = {"kind": "grant", "id": "mandat", "entry": mandate, "document": {"sha256": SCAN}}
    assert refused(city.post("/authority/entries", "registrar", body)) == (409, "not_joined")
    # Another agency's papers are not about their own seat.
    assert enter(city, "registrar", duty("signer", "dlh")).status_code == 201


@pytest.mark.parametrize(
    ("kind", "paper", "entry"),
    [
        (
            "incumbency",
            "plh-sekda",
            {
                "officer": "smr.dlh2",
                "position": "sekretaris-daerah",
                "form": "plh",
                "letter": {"number": "800/1", "dated": "2026-11-20", "by": "wali-kota"},
                "since": "2026-11-23",
                "until": "2026-11-30",
            },
        ),
        (
            "position",
            "staf-ahli",
            {
                "agency": "setda",
                "name": {"id": "Staf Ahli", "en": "Expert Staff"},
                "superiors": [{"position": "wali-kota", "since": "2026-11-23"}],
            },
        ),
    ],
)
def test_whom_nobody_confirmed_makes_nobody_who_would_confirm_them(
    city: City, kind: str, paper: str, entry: dict[str, Any]
) -> None:
    body = {"kind": kind, "id": paper, "entry": entry, "document": {"sha256": SCAN}}
    made = city.post("/authority/entries", "smr.bapenda.supervisor", body)
    assert refused(made) == (403, "not_registrar")
    # Once the head of the secretariat has confirmed them it is theirs to enter.
    confirm_all(city)
    made = city.post("/authority/entries", "smr.bapenda.supervisor", body)
    assert made.status_code == 201, made.text
