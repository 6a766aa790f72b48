"""Days that cannot be are refused where they are said; so is what was done already."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract.test_people import faults
from tests.support.web import BILLBOARD, LETTER, Web, refused
from tests.support.world import World, samarinda

DAY = "2026-11-20"
PAPER = {"dated": DAY}
HEIR: dict[str, Any] = {"kind": "person", "name": "Sari Santoso", "nik": "6472014101950002"}
#: By their NIK born on 1 March 2010, or a hundred years before.
CHILD: dict[str, Any] = {"kind": "person", "name": "Rahmat Hidayat", "nik": "6472010103100004"}
COMPANY: dict[str, Any] = {
    "kind": "company", "name": "PT Papan Jaya", "company_number": "1234567890123",
    "acting": "Sari Santoso",
}  # fmt: skip
POWER = {"acts": ["file", "complete"], "until": None}


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


def done(web: Web, number: str, action: str, who: str = "dewi", **body: Any) -> None:
    answer = people(web, number, action, who, **body)
    assert answer.status_code == 200, answer.text


def wrong(answer: Any) -> list[str]:
    """At which fields; each in both languages, with what is to be compared."""
    assert refused(answer) == (422, "invalid_body"), answer.text
    found = answer.get_json()["errors"]
    assert all(each["said"]["id"] and each["said"]["id"] != each["said"]["en"] for each in found)
    assert not any("tidak dapat diterima" in each["said"]["id"] for each in found)
    return [each["at"] for each in found]


#: The applicant is born on 1 January 1990 by their NIK; today is 23 November 2026.
DEATHS: list[tuple[Mapping[str, Any], list[str]]] = [
    ({"day": "1989-12-31"}, ["day"]),
    ({"day": "2026-11-24"}, ["day"]),
    ({"day": "1944-05-01"}, ["day"]),
    ({"day": "2026-11-21", "paper": {"dated": "2026-11-20"}}, ["paper.dated"]),
    ({"day": DAY, "paper": {"dated": "2026-11-24"}}, ["paper.dated"]),
    ({"day": DAY, "paper": {"dated": "1900-01-01"}}, ["paper.dated"]),
]


@pytest.mark.parametrize(("said", "at"), DEATHS)
def test_nobody_dies_before_their_birth_or_tomorrow_nor_is_it_attested_before(
    web: Web, said: Mapping[str, Any], at: list[str]
) -> None:
    number = str(web.open(BILLBOARD)["number"])
    assert set(at) <= set(wrong(people(web, number, "report_death", **said)))
    done(web, number, "report_death")
    paper = said.get("paper", {"dated": "2026-11-23"})
    confirm = people(web, number, "confirm_death", "wati", **{**said, "paper": paper})
    assert set(at) <= set(wrong(confirm))
    done(web, number, "confirm_death", "wati", paper=PAPER)


def test_heirs_come_after_the_death(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    done(web, number, "report_death")
    done(web, number, "confirm_death", "wati", paper=PAPER)
    heir: dict[str, Any] = {"party": HEIR, "paper": {"dated": "2026-11-21"}}
    assert wrong(people(web, number, "succeed", day="2026-11-19", **heir)) == ["day"]
    done(web, number, "succeed", **heir)
    # They are the applicant now, and nobody died whom they could follow.
    assert refused(people(web, number, "succeed", **heir)) == (409, "no_death_open")
    dead = {**BILLBOARD["applicant"], "role": None}
    del dead["role"]
    assert wrong(people(web, number, "appoint", party=dead, power=POWER, paper=PAPER)) == ["party"]
    assert faults(web.world) is None


POWERS: list[tuple[Mapping[str, Any], list[str]]] = [
    ({"power": {**POWER, "until": "2026-11-22"}}, ["power.until"]),
    ({"power": {**POWER, "until": "1900-01-01"}}, ["power.until"]),
    ({"power": {**POWER, "until": "2199-01-01"}}, ["power.until"]),
    ({"day": "1900-01-01"}, ["day"]),
    ({"day": "2026-12-01", "power": {**POWER, "until": "2026-11-30"}}, ["day", "power.until"]),
    ({"paper": {"dated": "2027-01-01"}}, ["paper.dated"]),
    ({"party": CHILD, "day": "1909-01-01"}, ["day"]),
]


@pytest.mark.parametrize(("said", "at"), POWERS)
def test_a_power_has_a_day_that_can_be_and_ends_after_it_began(
    web: Web, said: Mapping[str, Any], at: list[str]
) -> None:
    number = str(web.open(BILLBOARD)["number"])
    proxy: dict[str, Any] = {"party": HEIR, "power": POWER, "paper": PAPER}
    assert set(at) == set(wrong(people(web, number, "appoint", **{**proxy, **said})))
    done(web, number, "appoint", **proxy)


@pytest.mark.parametrize("why", ["withdrawn", "renounced", "died"])
def test_no_power_ends_before_it_began(web: Web, why: str) -> None:
    number = str(web.open(BILLBOARD)["number"])
    done(web, number, "appoint", party=HEIR, power=POWER, paper={"dated": "2026-11-10"})
    end: dict[str, Any] = {"why": why, "paper": {"dated": "2026-11-21"}}
    for day in ("1900-01-01", "2026-11-19", "2026-11-24"):
        assert "day" in wrong(people(web, number, "end_power", day=day, **end))
    done(web, number, "end_power", **end)
    assert refused(people(web, number, "end_power", **end)) == (409, "no_representative")


def test_a_power_that_came_with_the_application_has_days_that_can_be(web: Web) -> None:
    brought = {**POWER, "paper": {"dated": "2026-11-10"}}

    def opened(**power: Any) -> Any:
        proxy = {**HEIR, "power": {**brought, **power}}
        return web.post("/cases", "dewi", {**LETTER, "representative": proxy})

    assert wrong(opened(until="2026-11-22")) == ["representative.power.until"]
    assert wrong(opened(until="2199-01-01")) == ["representative.power.until"]
    for day in ("2026-11-24", "1900-01-01"):
        assert wrong(opened(paper={"dated": day})) == ["representative.power.paper.dated"]
    number = str(opened(until="2026-11-23").get_json()["number"])
    end: dict[str, Any] = {"why": "withdrawn", "paper": {"dated": "2026-11-21"}}
    assert wrong(people(web, number, "end_power", day="2026-11-09", **end)) == ["day"]
    done(web, number, "end_power", day="2026-11-10", **end)


def test_the_same_proxy_by_the_same_power_and_the_same_director_are_entered_once(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    proxy: dict[str, Any] = {"party": HEIR, "power": POWER, "paper": PAPER}
    done(web, number, "appoint", **proxy)
    again: dict[str, Any] = {**proxy, "power": {**POWER, "acts": ["complete", "file"]}}
    assert refused(people(web, number, "appoint", **again)) == (409, "acts_already")
    longer: dict[str, Any] = {**proxy, "power": {**POWER, "until": "2027-11-20"}}
    done(web, number, "appoint", **longer)
    company = str(web.open({**BILLBOARD, "applicant": COMPANY})["number"])
    for name in ("Sari Santoso", "SARI  SANTOSO", "Hj. Sari Santoso, S.E."):
        said: dict[str, Any] = {
            "contact": {"acting": name, "email": "baru@example.id"},
            "paper": PAPER,
        }
        assert refused(people(web, company, "change_director", **said)) == (409, "acts_already")
    done(web, company, "change_director", contact={"acting": "Joko Wibowo"}, paper=PAPER)


def test_who_died_as_a_proxy_does_not_come_back_as_one(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    proxy: dict[str, Any] = {"party": HEIR, "power": POWER, "paper": PAPER}
    done(web, number, "appoint", **proxy)
    done(web, number, "end_power", why="died", paper=PAPER)
    assert wrong(people(web, number, "appoint", **proxy)) == ["party"]


def test_a_ground_and_its_instrument_have_days_that_can_be(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    said: dict[str, Any] = {
        "action": "annul", "ground": "procedure", "by": "court", "found_on": "2026-11-23",
        "instrument": {"number": "1/G/2026", "dated": "2026-11-23", "issuer": "PTUN Samarinda"},
    }  # fmt: skip

    def annulled(**more: Any) -> Any:
        path = f"/cases/{number}/product/actions"
        return web.post(path, "hadi", {**said, **more}, etag=web.etag(number))

    assert wrong(annulled(found_on="1900-01-01")) == ["found_on"]
    for day in ("2026-11-24", "1900-01-01"):
        instrument = {**said["instrument"], "dated": day}
        assert wrong(annulled(instrument=instrument)) == ["instrument.dated"]
    assert annulled().status_code == 200


def test_a_letter_of_assignment_does_not_last_for_ever(web: Web) -> None:
    number = str(web.open(LETTER)["number"])
    said = {"reason": "Pemeriksaan", "assignment": {"letter": "ST-1/2026", "until": "2199-12-31"}}
    assert wrong(web.post(f"/cases/{number}/unmask", "audit", said)) == ["assignment.until"]
