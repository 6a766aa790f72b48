"""The applicant dies while the case runs: nobody is told, no code opens, heirs go on or it ends.

Everything over HTTP, on both databases, with two sets of people and services.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.service.definition import ServiceDefinition
from tests.contract.test_people import faults
from tests.support import demo
from tests.support.letters import addresses, letters
from tests.support.stories import FACTS, SCAN, City
from tests.support.web import refused
from tests.support.world import SAMARINDA, World

DAY = "2026-11-20"
CERTIFICATE = {"dated": "2026-11-21", "name": "akta-kematian.pdf", "sha256": SCAN}
#: What says that somebody died, in either language, and the words of the code.
TELLING = (
    *("death", "died", "deceased", "meninggal", "wafat", "kematian"),
    *("almarhum", "heir", "waris"),
)


@dataclass(frozen=True)
class Set:
    """A service, and the people of one story."""

    service: str
    dead: Mapping[str, Any]
    proxy: Mapping[str, Any]
    heir: Mapping[str, Any]


BUDI = Set(
    "izin-reklame",
    {"kind": "person", "name": "Budi Santoso", "nik": "6472010101900001",
     "email": "budi@example.id"},
    {"kind": "person", "name": "Rahmat Hidayat", "email": "rahmat@example.id"},
    {"kind": "person", "name": "Sari Santoso", "nik": "6472014101950002",
     "email": "sari@example.id"},
)  # fmt: skip
SITI = Set(
    "surat-keterangan",
    {"kind": "person", "name": "Siti Aminah", "nik": "6472015502800003",
     "phone": "+62 812 5555 0001"},
    {"kind": "person", "name": "Joko Wibowo", "phone": "+62 813 4444 0002"},
    {"kind": "person", "name": "Ahmad Fauzi", "email": "fauzi@example.id"},
)  # fmt: skip
SETS = [BUDI, SITI]


def passing(service: ServiceDefinition) -> ServiceDefinition:
    return replace(service, passes_to_heirs=True)


@pytest.fixture(params=[True, False], ids=["passes", "ends"])
def city(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[City]:
    region = demo.region(SAMARINDA)
    if request.param:
        region = replace(region, services=tuple(map(passing, region.services)))
    world = World.make(database_url, tmp_path, regions_=(region,))
    yield City(world)
    world.close()


def people(city: City, number: str, **body: Any) -> Any:
    return city.on(number, body.pop("who", "clerk"), "parties", day=DAY, **body)


def taken_in(city: City, of: Set) -> dict[str, Any]:
    return city.open(
        {
            "service": of.service,
            "facts": FACTS[of.service],
            "applicant": of.dead,
            "representative": of.proxy,
            "documents": demo.documents(of.service, FACTS[of.service]),
        },
        "clerk",
    )


def public(city: City, number: str) -> str:
    return str(city.get(f"/status/{number}").text + city.get(f"//status?number={number}").text)


def told_nothing(city: City, number: str) -> None:
    """What leaves the house says nothing of a death."""
    city.deliver()
    said = public(city, number)
    said += str(city.get("/events?after=0&limit=500", "integrator").text)
    said += city.get(f"/cases/{number}/events", "integrator").text
    said += "".join(text for _, text in letters(city.world.mail))
    for word in TELLING:
        assert word not in said.lower(), word


def whole(city: City, number: str, who: str = "clerk") -> dict[str, Any]:
    found: dict[str, Any] = city.get(f"/cases/{number}", who).get_json()
    return found


def untold(city: City) -> list[str]:
    items = city.get("/untold", "clerk").get_json()["items"]
    return [notice["party"] for item in items for notice in item["notices"]]


@pytest.mark.parametrize("of", SETS, ids=["billboard", "letter"])
def test_nobody_is_told_and_no_code_opens_from_the_report_on(city: City, of: Set) -> None:
    opened = taken_in(city, of)
    number, code = str(opened["number"]), {"X-Access-Code": opened["access_code"]}
    city.follow(number, "clerk declare_complete intake")
    answer = people(city, number, action="report_death", note="Kata tetangga")
    assert answer.status_code == 200, answer.text
    assert "access_code" not in answer.get_json()
    assert answer.get_json()["due_at"] is None
    city.deliver()
    assert letters(city.world.mail) == []
    assert untold(city) == []
    assert refused(city.get(f"/status/{number}", headers=code)) == (404, "unknown_case")
    waits = city.get("/worklist?list=people", "supervisor").get_json()
    assert ([item["number"] for item in waits["items"]], waits["counts"]["people"]) == ([number], 1)
    reissue = city.on(number, "clerk", "actions", action="reissue_code")
    assert refused(reissue) == (409, "parties_open")
    shown = whole(city, number)
    assert shown["parties"][0]["death"]["status"] == "reported"
    assert shown["parties"][0]["death"]["by"] == "smr.clerk"
    told_nothing(city, number)
    assert faults(city.world) is None


@pytest.mark.parametrize("of", SETS, ids=["billboard", "letter"])
def test_a_report_that_was_wrong_is_lifted_and_all_goes_on(city: City, of: Set) -> None:
    opened = taken_in(city, of)
    number = str(opened["number"])
    city.follow(number, "clerk declare_complete intake")
    before = whole(city, number)
    people(city, number, action="report_death")
    assert refused(people(city, number, action="lift_death")) == (403, "role_not_allowed")
    answer = people(city, number, action="lift_death", who="supervisor")
    assert answer.status_code == 200, answer.text
    new = {"X-Access-Code": answer.get_json()["access_code"]}
    assert "next_action" in city.get(f"/status/{number}", headers=new).get_json()
    after = whole(city, number)
    assert after["due_at"] == before["due_at"]
    assert [s["status"] for s in after["steps"]] == [s["status"] for s in before["steps"]]
    assert "death" not in after["parties"][0]
    city.deliver()
    everybody = {each.get("email") for each in (of.dead, of.proxy)} - {None}
    assert addresses(city.world.mail) == everybody
    told_nothing(city, number)
    assert faults(city.world) is None


@pytest.mark.parametrize("of", SETS, ids=["billboard", "letter"])
def test_who_entered_it_does_not_confirm_it(city: City, of: Set) -> None:
    number = str(taken_in(city, of)["number"])
    people(city, number, action="report_death", who="supervisor")
    said = {"action": "confirm_death", "paper": CERTIFICATE, "who": "supervisor"}
    assert refused(people(city, number, **said)) == (403, "second_officer_needed")
    lift = people(city, number, action="lift_death", who="supervisor")
    assert refused(lift) == (403, "second_officer_needed")


@pytest.mark.parametrize("of", SETS, ids=["billboard", "letter"])
def test_a_confirmed_death_ends_the_case_or_heirs_go_on(city: City, of: Set) -> None:
    opened = taken_in(city, of)
    number = str(opened["number"])
    city.follow(number, "clerk declare_complete intake")
    people(city, number, action="report_death")
    heir = {"action": "succeed", "party": of.heir, "paper": CERTIFICATE}
    assert refused(people(city, number, **heir)) == (409, "no_death_open")
    confirm = {"action": "confirm_death", "who": "supervisor"}
    assert refused(people(city, number, **confirm)) == (422, "invalid_body")
    done = people(city, number, **confirm, paper=CERTIFICATE)
    assert done.status_code == 200, done.text
    definition = city.world.ctx.current_definition(SAMARINDA, of.service)
    if definition.passes_to_heirs:
        heirs_go_on(city, of, number, heir)
    else:
        it_ends(city, number, heir)
    told_nothing(city, number)
    city.strangers_see_nothing(number)
    assert faults(city.world) is None


def it_ends(city: City, number: str, heir: Mapping[str, Any]) -> None:
    shown = whole(city, number)
    assert (shown["status"], shown["closed_reason"]) == ("closed", "applicant_deceased")
    assert city.get(f"/status/{number}").get_json()["status"] == "closed"
    assert refused(people(city, number, **heir)) == (409, "status_forbids")
    city.deliver()
    assert letters(city.world.mail) == []
    assert untold(city) == []


def heirs_go_on(city: City, of: Set, number: str, heir: Mapping[str, Any]) -> None:
    waits = whole(city, number)
    assert (waits["status"], waits["due_at"]) == ("in_progress", None)
    assert [each["role"] for each in waits["parties"]] == ["applicant"]
    (proxy,) = waits["former_parties"]
    assert (proxy["was"], proxy["why"], proxy["name"]) == (
        "representative", "deceased", of.proxy["name"],
    )  # fmt: skip
    done = people(city, number, **heir)
    assert done.status_code == 200, done.text
    new = {"X-Access-Code": done.get_json()["access_code"]}
    assert "next_action" in city.get(f"/status/{number}", headers=new).get_json()
    shown = whole(city, number)
    assert [each["name"] for each in shown["parties"]] == [of.heir["name"]]
    assert [each["name"] for each in shown["former_parties"]] == [
        of.proxy["name"], of.dead["name"],
    ]  # fmt: skip
    assert shown["due_at"] is not None
    city.deliver()
    assert addresses(city.world.mail) == {of.heir["email"]}
    for each in (of.dead, of.heir, of.proxy):
        found = city.post("/cases/search", "clerk", {"q": each["name"]}).get_json()["items"]
        assert [item["number"] for item in found] == [number]
    assert untold(city) == []
