"""An outside system is down: its cases stand still together, are told once, and go on together.

Over HTTP, on both databases; the clock's rounds are called as its process calls them.
"""

from typing import Any

import pytest

from casetrack.usecases.case import outages
from tests.contract.test_people import faults
from tests.support.letters import letters
from tests.support.stories import BUDI, City
from tests.support.web import refused

#: The system, the steps that need it, the service of the cases, and another step of theirs.
SETS = {
    "satusehat": ("SatuSehat SDMK", "sip-dokter", "recommend", "dinkes"),
    "air": ("Sistem DLH", "izin-reklame", "review_dlh", "dlh2"),
}


def taken_in(city: City, service: str, many: int) -> list[str]:
    numbers = []
    for at in range(many):
        applicant = {**BUDI, "nik": f"647201010190{at + 1:04}", "email": f"p{at}@example.id"}
        number = str(city.take_in(service, applicant)["number"])
        city.follow(number, "clerk declare_complete intake")
        numbers.append(number)
    return numbers


def follow(city: City) -> int:
    """Rounds of the clock until there is nothing more to do."""
    done = 0
    while now := outages.follow_once(city.world.ctx):
        done += now
    return done


def begun(city: City, system: str, service: str, step: str, who: str = "supervisor") -> Any:
    body = {"system": system, "places": [{"service": service, "step": step}]}
    return city.post("/outages", who, body)


def case_of(city: City, number: str) -> dict[str, Any]:
    found: dict[str, Any] = city.get(f"/cases/{number}", "auditor").get_json()
    return found


@pytest.mark.parametrize("of", SETS.values(), ids=SETS)
def test_cases_stand_still_together_are_told_once_and_go_on_together(
    city: City, of: tuple[str, str, str, str]
) -> None:
    system, service, step, _ = of
    numbers = taken_in(city, service, 5)
    before = {number: case_of(city, number)["due_at"] for number in numbers}
    city.deliver()
    for mail in city.world.mail.glob("*.eml"):
        mail.unlink()

    made = begun(city, system, service, step)
    assert made.status_code == 201, made.text
    outage = made.get_json()
    assert (outage["state"], outage["cases"]) == (
        "running", {"paused": 0, "resumed": 0, "left": 0},
    )  # fmt: skip
    assert (follow(city), follow(city)) == (5, 0)
    for number in numbers:
        case = case_of(city, number)
        assert (case["waiting_for"], case["due_at"]) == ("external_system", None)
    city.deliver()
    told = letters(city.world.mail)
    assert sorted(to for to, _ in told) == sorted(f"p{at}@example.id" for at in range(5))
    assert all("sistem instansi lain" in text for _, text in told)
    status = city.get(f"/status/{numbers[0]}").get_json()
    assert status["waiting_for"] == "external_system"

    # Who comes to the step later stands still too, and each result is there to be read, page by page.
    (late,) = taken_in(city, service, 1)
    assert follow(city) == 1
    path = f"/outages/{outage['id']}?limit=4"
    first = city.get(path, "supervisor").get_json()
    assert first["cases"] == {"paused": 6, "resumed": 0, "left": 0}
    rest = city.get(f"{path}&cursor={first['next_cursor']}", "supervisor").get_json()
    listed = [each["number"] for each in (*first["items"], *rest["items"])]
    assert listed == sorted([*numbers, late])
    (mine,) = city.get("/outages", "clerk").get_json()["items"]
    assert (mine["id"], mine["cases"]["paused"]) == (outage["id"], 6)

    # One goes on by an officer's hand, and is withdrawn: of it nothing is begun again at the end.
    went_on, withdrawn = numbers[0], numbers[1]
    assert city.on(went_on, "clerk", "actions", action="resume").status_code == 200
    assert city.on(withdrawn, "clerk", "actions", action="withdraw").status_code == 200
    assert follow(city) == 0
    assert case_of(city, went_on)["waiting_for"] is None

    city.world.hands.pass_time(days=3)
    act = f"/outages/{outage['id']}/actions"
    ended = city.post(act, "supervisor", {"action": "end"})
    assert (ended.status_code, ended.get_json()["state"]) == (200, "ending")
    assert refused(city.post(act, "supervisor", {"action": "end"})) == (409, "outage_ended")
    follow(city)
    found = city.get(f"/outages/{outage['id']}", "auditor").get_json()
    assert found["state"] == "over"
    assert {each["number"]: each["state"] for each in found["items"]} == {
        **dict.fromkeys([*numbers[2:], late], "resumed"), went_on: "left", withdrawn: "left",
    }  # fmt: skip
    for number in numbers[2:]:
        case = case_of(city, number)
        assert case["waiting_for"] is None
        assert case["due_at"] > before[number]
    assert city.types(numbers[2])[-2:] == ["case.paused", "case.resumed"]
    # Who comes now is not concerned.
    (free,) = taken_in(city, service, 1)
    assert follow(city) == 0
    assert case_of(city, free)["waiting_for"] is None
    assert faults(city.world) is None


def test_an_outage_leaves_other_pauses_alone(city: City) -> None:
    (number,) = taken_in(city, "sip-dokter", 1)
    begun(city, "SatuSehat SDMK", "sip-dokter", "recommend")
    paused = city.on(number, "clerk", "actions", action="pause", reason="court")
    assert paused.status_code == 200, paused.text
    assert follow(city) == 0
    assert city.on(number, "clerk", "actions", action="resume").status_code == 200
    assert follow(city) == 1
    # Let go on and paused by hand for something else: the end of the outage begins nothing.
    assert city.on(number, "clerk", "actions", action="resume").status_code == 200
    again = city.on(number, "clerk", "actions", action="pause", reason="external_system")
    assert again.status_code == 200, again.text
    (outage,) = city.get("/outages", "supervisor").get_json()["items"]
    city.post(f"/outages/{outage['id']}/actions", "supervisor", {"action": "end"})
    follow(city)
    assert case_of(city, number)["waiting_for"] == "external_system"
    assert faults(city.world) is None


def test_an_outage_that_runs_is_not_declared_again_and_its_end_lets_all_go_on(city: City) -> None:
    numbers = taken_in(city, "sip-dokter", 2)
    first = begun(city, "SatuSehat SDMK", "sip-dokter", "recommend").get_json()
    again = begun(city, " satusehat  sdmk ", "sip-dokter", "recommend")
    assert refused(again) == (409, "outage_running")
    assert again.get_json()["outage"] == first["id"]
    # The agency of the step says it too: it is the same one.
    theirs = begun(city, "SatuSehat SDMK", "sip-dokter", "recommend", "smr.dinkes.supervisor")
    assert refused(theirs) == (409, "outage_running")
    # Another system, or the same one at another step, is another outage.
    assert begun(city, "SatuSehat SDMK", "izin-reklame", "review_dlh").status_code == 201
    assert follow(city) == 2
    act = f"/outages/{first['id']}/actions"
    assert city.post(act, "supervisor", {"action": "end"}).status_code == 200
    follow(city)
    assert [case_of(city, number)["waiting_for"] for number in numbers] == [None, None]
    assert follow(city) == 0
    # It breaks down once more.
    assert begun(city, "SatuSehat SDMK", "sip-dokter", "recommend").status_code == 201
    assert faults(city.world) is None


def test_only_whose_step_or_counter_it_is_says_so_and_reads_it(city: City) -> None:
    assert refused(begun(city, "X", "sip-dokter", "nothing")) == (422, "invalid_body")
    assert refused(begun(city, "X", "no-such", "recommend")) == (422, "invalid_body")
    assert refused(begun(city, "X", "sip-dokter", "recommend", "clerk")) == (
        403, "role_not_allowed",
    )  # fmt: skip
    elsewhere = begun(city, "X", "sip-dokter", "recommend", "smr.dishub.supervisor")
    assert refused(elsewhere) == (422, "invalid_body")
    theirs = begun(city, "SatuSehat", "sip-dokter", "recommend", "smr.dinkes.supervisor")
    assert theirs.status_code == 201, theirs.text
    path = f"/outages/{theirs.get_json()['id']}"
    assert refused(city.get(path, "supervisor")) == (404, "unknown_outage")
    assert city.get("/outages", "supervisor").get_json()["items"] == []
    assert city.get(path, "auditor").status_code == 200
    act = {"action": "end"}
    assert refused(city.post(f"{path}/actions", "supervisor", act)) == (404, "unknown_outage")


def test_the_feed_tells_it_without_the_words_of_the_office(city: City) -> None:
    (number,) = taken_in(city, "sip-dokter", 1)
    begun(city, "Sistem milik Pak Anu", "sip-dokter", "recommend")
    assert follow(city) == 1
    city.relay()
    events = city.get("/events?limit=200", "integrator").get_json()["events"]
    (event,) = [each for each in events if each["type"] == "casetrack.case.paused"]
    assert (event["subject"], event["data"]["change"]["reason"]) == (number, "external_system")
    assert "Pak Anu" not in str(events)
