"""A paper works from the day of its signature; who filed it is judged by the register of that moment."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from casetrack.domain.authority.entries import MallStay
from casetrack.domain.authority.filing import Filed
from casetrack.domain.errors import BadInput
from casetrack.usecases.authority.load_papers import file
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.stories import SCAN, City
from tests.support.web import refused
from tests.support.world import SAMARINDA, World

LETTER = {"number": "800/1", "dated": "2026-11-20", "by": "kepala-dlh"}


def enter(city: City, who: str, kind: str, name: str, entry: dict[str, Any]) -> TestResponse:
    body = {"kind": kind, "id": name, "entry": entry, "document": {"sha256": SCAN}}
    return city.post("/authority/entries", f"smr.{who}", body)


def settle(city: City, who: str, kind: str, name: str, **said: Any) -> TestResponse:
    path = f"/authority/entries/{kind}/{name}"
    etag = city.get(path, "auditor").headers["ETag"]
    return city.post(f"{path}/actions", f"smr.{who}", {"action": "confirm", **said}, etag=etag)


def confirm_all(city: City) -> None:
    for paper in (
        f"registrar-{body}-{n}" for body in ("dlh", "dpmptsp", "setda") for n in (1, 2, 3, 4)
    ):
        if city.get(f"/authority/entries/registrar/{paper}", "auditor").status_code == 200:
            assert settle(city, "sekda", "registrar", paper).status_code == 200


def duty(officer: str, **more: Any) -> dict[str, Any]:
    said = {"officer": f"smr.{officer}", "agency": "dlh", "letter": LETTER, "since": "2026-11-23"}
    return {**said, **more}


def strangers(city: City) -> set[tuple[str, str]]:
    """Each paper with the officer who had no right to it."""
    return {
        (ref["id"], found["text"]["en"].split()[0])
        for found in city.ask("findings?code=filed_by_stranger&limit=100")
        for ref in found["entries"]
    }


def past_the_rules(city: City, name: str, by: str, second: str) -> None:
    """A paper of the environment agency that counts by hands which nobody asked for their right."""
    with city.world.database.write() as uow:
        uow.lock_register(SAMARINDA, exclusive=True)
        paper = Filed("stay", name, MallStay("dlh", "PKS", date(2027, 1, 1)), SCAN)
        file(uow, SAMARINDA, [paper], entered_by=f"smr.{by}", confirmed_by=f"smr.{second}")


# --- who filed it, as of then ---------------------------------------------------------------------------


def test_a_duty_that_reaches_back_makes_nobody_a_registrar_of_the_days_before(city: City) -> None:
    confirm_all(city)
    past_the_rules(city, "s-1", "registrar", "dlh.supervisor")
    assert strangers(city) == {("s-1", "smr.dlh.supervisor")}
    city.at("2026-11-25T09:00")
    # Its letter and its first day lie before that paper; nobody had entered it then.
    city.paper("registrar", "p", **duty("dlh.supervisor", since="2026-11-20"))
    assert strangers(city) == {("s-1", "smr.dlh.supervisor")}
    past_the_rules(city, "s-2", "registrar", "dlh.supervisor")
    assert strangers(city) == {("s-1", "smr.dlh.supervisor")}


def test_a_duty_that_is_ended_in_the_past_takes_back_nothing_that_was_filed_by_it(
    city: City,
) -> None:
    confirm_all(city)
    city.paper("registrar", "p", **duty("dlh.supervisor"))
    city.at("2026-11-24T09:00")
    stay = {"agency": "dlh", "agreement": "PKS", "since": "2027-01-01"}
    assert enter(city, "dlh.supervisor", "stay", "s", stay).status_code == 201
    assert settle(city, "registrar2", "stay", "s").status_code == 200
    city.at("2026-11-25T09:00")
    assert enter(city, "registrar", "registrar", "p", duty("dlh.supervisor", until="2026-11-22")
                 ).status_code == 201  # fmt: skip
    assert settle(city, "registrar2", "registrar", "p", stops=["p"]).status_code == 200
    assert city.get("/me", "smr.dlh.supervisor").get_json()["registrar_for"] == []
    assert strangers(city) == set()
    past_the_rules(city, "s-2", "dlh.supervisor", "registrar")
    assert strangers(city) == {("s-2", "smr.dlh.supervisor")}


def test_whom_a_paper_concerned_is_asked_of_the_seats_of_then(city: City) -> None:
    """Who became a subordinate afterwards filed it rightly; who was one and is none any more did not."""
    letter = {"number": "1", "dated": "2026-11-20", "by": "kepala-dlh"}
    seat = {"officer": "smr.dinkes.supervisor", "position": "kabid-tata-lingkungan", "form": "plh",
            "letter": letter, "since": "2026-11-24", "until": "2026-12-24"}  # fmt: skip
    head = city.entry("incumbency", "plt-kepala-dlh-2026")
    longer = {**head, "until": "2027-02-02"}
    assert enter(city, "dinkes.supervisor", "incumbency", "plt-kepala-dlh-2026", longer
                 ).status_code == 201  # fmt: skip
    assert (
        settle(city, "bapenda.supervisor", "incumbency", "plt-kepala-dlh-2026").status_code == 200
    )
    city.at("2026-11-24T09:00")
    city.paper("incumbency", "plh", **seat)
    answer = enter(city, "dinkes.supervisor", "incumbency", "plt-kepala-dlh-2026", head)
    assert refused(answer) == (403, "own_paper")
    assert city.ask("findings?code=filed_for_oneself") == []


# --- which day may lie before which --------------------------------------------------------------------


def test_no_first_paper_works_on_no_day(city: City) -> None:
    confirm_all(city)
    text = {"form": "decree", "number": "1", "title": "SK", "dated": "2026-11-20",
            "since": "2026-11-20", "lines": []}  # fmt: skip
    letter = {"number": "1", "dated": "2026-11-20", "by": "wali-kota"}
    seat = {"officer": "smr.clerk2", "position": "kabid-perizinan", "form": "plh", "letter": letter}
    line = {"id": "1", "number": "1", "text": "x", "until": "2026-11-19"}
    grant = {"kind": "mandate", "giver": "kepala-dpmptsp", "receiver": "kabid-perizinan",
             "actions": ["verify"], "services": ["izin-reklame"],
             "basis": [{"instrument": "sk-dpmptsp-27-2026", "line": "diktum-1"}]}  # fmt: skip
    back = {"since": "2026-12-01", "until": "2026-11-30"}
    over = {"agency": "dlh", "officer": "smr.dlh.supervisor", "instrument": "sk-lama"}
    city.paper("instrument", "sk-lama", **{**text, "until": "2026-11-22"})
    for at, kind, entry in (
        ("until", "registrar", duty("dlh.supervisor", **back)),
        # It works from its letter's own day only, and is over by then.
        ("until", "registrar", duty("dlh.supervisor", since="2026-11-01", until="2026-11-19")),
        ("instrument", "registrar", {**over, "since": "2026-11-23"}),
        ("until", "incumbency", {**seat, **back}),
        ("until", "incumbency", {**seat, "since": "2026-11-01", "until": "2026-11-19"}),
        ("until", "grant", {**grant, **back}),
        ("until", "stay", {"agency": "dlh", "agreement": "PKS", **back}),
        ("until", "position", {"agency": "dlh", "name": {"id": "X"}, **back,
                               "superiors": [{"position": "kepala-dlh"}]}),
        ("until", "instrument", {**text, "until": "2026-11-19"}),
        ("lines.0", "instrument", {**text, "lines": [line]}),
        ("since", "replacement", {"old": "perwali-9-2022", "new": "sk-lama", "since": "2026-11-19"}),
    ):  # fmt: skip
        answer = enter(city, "registrar", kind, "baru", entry)
        assert refused(answer) == (422, "invalid_entry"), (kind, at, answer.text)
        (fault,) = answer.get_json()["errors"]
        assert fault["at"] == at, kind
        told = {"kind": kind, "id": "baru", "entry": entry, "document": {"sha256": SCAN}}
        said = city.post("/authority/entries", "smr.registrar", told,
                         headers={"Accept-Language": "id"}).get_json()  # fmt: skip
        assert said["detail"] != answer.get_json()["detail"], kind
    # A revision may: so officers take back what was entered by mistake.
    city.paper("stay", "baru", agency="dlh", agreement="PKS", since="2026-12-01")
    city.paper("stay", "baru", agency="dlh", agreement="PKS", **back)


def test_a_load_brings_no_paper_that_works_on_no_day(database_url: str, tmp_path: Path) -> None:
    data = demo.region(SAMARINDA)
    assert data.register is not None
    never = Filed("stay", "tiada", MallStay("dlh", "PKS", date(2027, 1, 2), date(2027, 1, 1)), SCAN)
    papers = replace(data.register, entries=(*data.register.entries, never))
    wrong = replace(data, register=papers)
    world = World.make(database_url, tmp_path, regions_=())
    with pytest.raises(BadInput, match=r"tiada: it ends before it begins to work"):
        loading.load(world.ctx, wrong)
    loading.load(world.ctx, data)
    with pytest.raises(BadInput, match=r"tiada: .*it ends before it begins to work"):
        loading.load(world.ctx, wrong)
    world.close()


def test_days_before_the_signature_are_a_finding_of_every_kind(city: City) -> None:
    confirm_all(city)
    city.paper("registrar", "p", **duty("dlh.supervisor", since="2026-11-01"))
    text = {"form": "mayor_regulation", "number": "1", "title": "Perwali", "dated": "2026-11-20",
            "since": "2026-11-01", "lines": [{"id": "1", "number": "1", "text": "x"}]}  # fmt: skip
    city.paper("instrument", "perwali", **text)
    basis = {"instrument": "perwali", "line": "1"}
    city.paper("renaming", "nama", position="kepala-dlh", name={"id": "Kepala"}, basis=basis,
               since="2026-11-05")  # fmt: skip
    found = city.ask("findings?code=letter_signed_later&since=2026-11-01&at=2026-11-23&limit=100")
    spans = {each["entries"][0]["id"]: (each["since"], each["until"]) for each in found}
    assert spans == {
        "p": ("2026-11-01", "2026-11-19"),
        "perwali": ("2026-11-01", "2026-11-19"),
        "nama": ("2026-11-05", "2026-11-19"),
    }


def test_which_of_two_papers_came_first_joins_no_duty_with_a_seat(city: City) -> None:
    """A seat from February, then a duty from January; and a seat whose letter is dated later."""
    confirm_all(city)
    seat = {"officer": "smr.supervisor", "position": "kepala-dpmptsp", "form": "plh",
            "letter": {"number": "1", "dated": "2026-11-20", "by": "wali-kota"}}  # fmt: skip
    late = {**seat, "letter": {"number": "1", "dated": "2026-12-15", "by": "wali-kota"}}
    answer = enter(city, "registrar", "incumbency", "plh", {**late, "since": "2026-11-01"})
    assert refused(answer) == (409, "not_joined")
    other = {**seat, "officer": "smr.dlh.supervisor", "since": "2027-02-01"}
    city.paper("incumbency", "plh-2", **other)
    answer = enter(city, "registrar", "registrar", "p",
                   duty("dlh.supervisor", agency="dpmptsp", since="2027-01-01"))  # fmt: skip
    assert refused(answer) == (409, "not_joined")
