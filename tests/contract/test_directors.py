"""Who acts for a company and gave their NIK stands in the case as a person of their own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from tests.contract.test_own_case import DAY, OWN, PAPER
from tests.support.commands import run_command
from tests.support.web import BILLBOARD, Web, refused
from tests.support.world import World, environment_for, samarinda

DEWI = "6472014101850011"
OTHER = "6472010101800003"
COMPANY: dict[str, Any] = {
    "kind": "company", "name": "PT Terang Jaya", "company_number": "1234567890123",
    "email": "kantor@terang.example", "acting": "Dewi Lestari",
}  # fmt: skip
HERS = {**COMPANY, "acting_nik": DEWI}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Dewi and Wati are two accounts of one person; Mawar is a colleague at the counter."""
    ours = samarinda()
    known = tuple(
        replace(each, person="p-1") if each.login in ("smr.dewi", "smr.wati") else each
        for each in ours.officers
    )
    second = replace(ours.officers[0], login="smr.mawar")
    world = World.make(database_url, tmp_path, regions_=(replace(ours, officers=(*known, second)),))
    officers.set_officer_nik(world.ctx, "smr.dewi", DEWI)
    yield Web(world)
    world.close()


def of(web: Web, company: dict[str, Any]) -> str:
    return str(web.open({**BILLBOARD, "applicant": company}, "mawar")["number"])


def changed(web: Web, number: str, who: str, **contact: Any) -> Any:
    said = {"action": "change_director", "day": DAY, "paper": PAPER, "contact": contact}
    return web.post(f"/cases/{number}/parties", who, said, etag=web.etag(number))


def roles(web: Web, number: str) -> dict[str, Any]:
    case = web.get(f"/cases/{number}", "mawar").get_json()
    left = {each["role"]: (each["was"], each["name"]) for each in case["former_parties"]}
    return {each["role"]: each["name"] for each in case["parties"]} | left


@pytest.mark.parametrize("who", ["dewi", "wati"])
def test_an_officer_who_directs_the_company_does_nothing_to_its_case(web: Web, who: str) -> None:
    taken = web.post("/cases", who, {**BILLBOARD, "applicant": HERS})
    assert refused(taken) == (OWN if who == "dewi" else (403, "role_not_allowed"))
    number = of(web, HERS)
    assert refused(web.act(number, who, "reissue_code")) == OWN
    assert refused(changed(web, number, who, acting="Orang Lain")) == OWN
    # Nor do they make themselves the director, and who was one acts no more either.
    other = of(web, COMPANY)
    assert refused(changed(web, other, who, acting="Dewi Lestari", acting_nik=DEWI)) == OWN
    assert changed(web, number, "mawar", acting="Orang Lain").status_code == 200
    assert refused(web.act(number, who, "reissue_code")) == OWN
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_a_director_is_told_nothing_and_comes_and_leaves_with_the_office(web: Web) -> None:
    number = of(web, HERS)
    case = web.get(f"/cases/{number}", "mawar").get_json()
    assert {each["role"]: each["nik"] for each in case["parties"]} == {
        "applicant": None, "director": DEWI,
    }  # fmt: skip
    masked = web.get(f"/cases/{number}", "rudi").get_json()["parties"]
    assert {each["role"]: each["nik"] for each in masked}["director"] == "6472********0011"
    reached = {"email": "kantor@terang.example", "acting": "Budi Santoso"}
    done = changed(web, number, "mawar", acting_nik=OTHER, **reached)
    assert done.status_code == 200, done.text
    web.deliver()
    assert roles(web, number) == {
        "applicant": "PT Terang Jaya", "director": "Budi Santoso",
        "former.1": ("applicant", "PT Terang Jaya"), "former.2": ("director", "Dewi Lestari"),
    }  # fmt: skip
    told = web.get(f"/cases/{number}/messages", "mawar").get_json()["items"]
    # The office's address before the change hears of the change; a director is never written to.
    assert {each["party"] for each in told} == {"applicant", "former.1"}
    assert web.get("/untold", "mawar").get_json()["items"] == []
    found = web.post("/cases/find", "mawar", {"nik": OTHER}).get_json()["items"]
    assert [each["number"] for each in found] == [number]
    assert verify(web.world.ctx, progress=lambda _: None).fault is None


def test_the_nik_of_a_director_may_come_later_and_another_keeps_out_nobody(web: Web) -> None:
    number = of(web, COMPANY)
    assert web.act(number, "dewi", "reissue_code").status_code == 200
    again = changed(web, number, "mawar", acting="Dewi Lestari")
    assert refused(again) == (409, "acts_already")
    done = changed(web, number, "mawar", acting="Dewi Lestari", acting_nik=DEWI)
    assert done.status_code == 200, done.text
    assert refused(web.act(number, "dewi", "reissue_code")) == OWN
    again = changed(web, number, "mawar", acting="Dewi Lestari", acting_nik=DEWI)
    assert refused(again) == (409, "acts_already")
    asked = web.post(
        "/erasures", "wati", {"case": number, "role": "director", "reason": "unlawful"}
    )
    assert refused(asked) == (409, "erasing_barred")  # the case is open
    held = {"case": number, "role": "director", "reason": "audit"}
    assert web.post("/holds", "audit", held).status_code in (200, 201)


@pytest.mark.parametrize(
    ("role", "party"),
    [
        ("applicant", {"kind": "company", "name": "PT Terang", "acting_nik": OTHER}),
        ("applicant", {"kind": "person", "name": "Budi", "acting_nik": OTHER}),
        ("payer", {**HERS, "acting_nik": OTHER}),
    ],
)
def test_a_nik_of_nobody_who_acts_for_the_applicant_is_refused(
    web: Web, role: str, party: dict[str, Any]
) -> None:
    answer = web.post("/cases", "mawar", {**BILLBOARD, role: party})
    assert refused(answer) == (422, "invalid_body")
    [fault] = answer.get_json()["errors"]
    assert fault["at"] == f"{role}.acting_nik"
    assert fault["said"]["id"].startswith("Hanya dari yang mewakili")
    assert OTHER not in answer.text


def test_a_doubtful_nik_of_a_director_warns_and_joins_nobody(web: Web) -> None:
    case = web.open(
        {**BILLBOARD, "applicant": {**COMPANY, "acting_nik": "6472010101800000"}}, "mawar"
    )
    assert [each["at"] for each in case["warnings"]] == ["applicant.acting_nik"]


def test_a_director_is_reported_joined_and_erased_like_every_person(web: Web) -> None:
    first = of(web, {**COMPANY, "acting": "Budi Santoso", "acting_nik": OTHER})
    case = web.open(
        {**BILLBOARD, "applicant": {**COMPANY, "acting": "Lain Nama", "acting_nik": OTHER}}, "mawar"
    )
    assert case["identity_question"]
    number = str(case["number"])
    said = {"action": "join", "reason": "KTP yang sama"}
    joined = web.post(f"/cases/{number}/identity", "wati", said, etag=web.etag(number))
    assert joined.status_code == 200, joined.text
    found = web.post("/cases/find", "mawar", {"nik": OTHER}).get_json()["items"]
    assert {each["number"] for each in found} == {first, number}
    for each in (first, number):
        assert web.act(each, "mawar", "withdraw").status_code == 200
    asked = web.post("/erasures", "wati", {"case": first, "role": "director", "reason": "unlawful"})
    subject = asked.get_json()["subject"]
    outside = environment_for(web.world.app.settings.database_url, web.world.mail.parent)
    told = run_command(outside, ["subject", "report", "--subject", subject]).output
    assert first in told
    assert number in told
    shown = run_command(outside, ["subject", "show", "--subject", subject]).output
    assert "Budi Santoso" in shown
