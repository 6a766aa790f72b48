"""An officer is disabled while they hold steps, and nobody else sits in their position."""

import pytest

from casetrack.usecases.case import left_steps
from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from tests.support.stories import City
from tests.support.web import refused

#: Who goes, of which agency: the step that they hold, their position, and who may be given it.
OFFICERS = {
    "dishub": ("izin-reklame", "review_dishub", "kepala-dishub", "smr.dishub.supervisor"),
    "dinkes": ("sip-dokter", "recommend", "kepala-dinkes", "smr.dinkes.supervisor"),
}


@pytest.mark.parametrize("who", OFFICERS)
def test_who_is_disabled_leaves_steps_that_only_who_may_complete_them_gets(
    city: City, who: str
) -> None:
    service, step, chair, supervisor = OFFICERS[who]
    numbers = [city.case(service, "clerk declare_complete intake") for _ in range(5)]
    for number in numbers[:3]:
        assert city.do(number, who, "claim", step).status_code == 200
    assert officers.disable_officer(city.world.ctx, f"smr.{who}") == 1
    assert city.get("/cases", who).status_code == 401

    # What they held is held still, and shown.
    held = [city.step(number, step, "auditor")["assignee"] for number in numbers]
    assert held == [f"smr.{who}"] * 3 + [None] * 2
    covers = {each["service"]: each for each in city.ask("coverage")}
    (cover,) = [each for each in covers[service]["steps"] if each["step"] == step]
    assert cover["cover"] == "vacant"
    named = {each["position"] for each in city.ask("findings?code=officer_disabled")}
    assert chair in named

    # The radar says that today nobody is there, and whom a letter or an account would bring back.
    (loss,) = [
        each
        for each in city.get("/authority/radar", "auditor").get_json()["today"]
        if each["agency"] == who and "recommend" in each["actions"]
    ]
    services = [service, "izin-trayek"] if who == "dishub" else [service]
    assert (loss["left"], loss["services"], loss["open_cases"]) == ("nobody", services, 5)
    assert [each["officer"] for each in loss["lost"]] == [f"smr.{who}"]
    assert [each["position"] for each in loss["vacant"]] == [chair]

    # The supervisors of the agency hear of it by mail, with the steps that are held; once.
    before = set(city.world.mail.glob("*.eml"))
    city.deliver()
    told = [path.read_text() for path in set(city.world.mail.glob("*.eml")) - before]
    (mail,) = [text for text in told if f"smr.{who}" in text]
    assert f"To: {who}@samarinda.example" in mail
    assert [number in mail for number in numbers] == [True] * 3 + [False] * 2

    # So do the systems of the agency, without whose account it was; and the proof holds.
    events = city.get("/events?limit=200", "integrator").get_json()["events"]
    assert not [each for each in events if each["stream"] == f"agency/{who}"]
    officers.disable_officer(city.world.ctx, "smr.clerk2")
    city.relay()
    events = city.get("/events?limit=200", "integrator").get_json()["events"]
    (event,) = [each for each in events if each["stream"] == "agency/dpmptsp"]
    assert event["type"] == "casetrack.account.disabled"
    assert (event["data"]["agency"], event["data"]["held"]) == ("dpmptsp", [])
    assert "smr.clerk2" not in str(event)
    assert verify(city.world.ctx, progress=lambda _: None).fault is None

    # Nobody gets a step that they could not finish.
    for login in (supervisor, "smr.clerk", f"smr.{who}"):
        given = city.do(numbers[0], supervisor, "reassign", step, officer=login)
        assert given.status_code in (403, 422), login
    # Nor does a supervisor say "no opinion" for the office whose advice it is.
    silence = city.do(numbers[4], supervisor, "no_opinion", step)
    assert refused(silence) == (403, "not_incumbent")

    # What was held goes back to the agency's list by the clock, once, and the event says why.
    assert left_steps.give_back_once(city.world.ctx) == 3
    assert left_steps.give_back_once(city.world.ctx) == 0
    for number in numbers:
        found = city.step(number, step, "auditor")
        assert (found["assignee"], found["status"]) == (None, "ready")
    events = city.get(f"/cases/{numbers[0]}/events?limit=200", "auditor").get_json()["items"]
    assert events[-1]["type"] == "casetrack.step.reassigned"
    assert (events[-1]["data"]["assignee"], events[-1]["data"]["reason"]) == (
        None, "account_disabled",
    )  # fmt: skip
    listed = city.get("/worklist?unclaimed=true", supervisor).get_json()
    assert {*numbers} <= {item["number"] for item in listed["items"]}
    assert verify(city.world.ctx, progress=lambda _: None).fault is None

    city.strangers_see_nothing(*numbers)
    # With a letter for another officer the step goes on.
    city.paper(
        "incumbency", "plh-baru", officer="smr.pupr", position=chair, form="plh",
        since="2026-11-23", until="2026-12-31",
        letter={"number": "800/9", "dated": "2026-11-23", "by": "wali-kota"},
    )  # fmt: skip
    city.world.hands.pass_time(hours=1)
    given = city.do(numbers[0], supervisor, "reassign", step, officer="smr.pupr")
    assert given.status_code == 200, given.text
    said = {"result": "favourable", "as_position": chair}
    assert city.do(numbers[0], "pupr", "complete", step, **said).status_code == 200


def test_what_stood_still_is_everybody_s_when_it_goes_on(city: City) -> None:
    number = city.case("izin-reklame", "clerk declare_complete intake")
    assert city.do(number, "dishub", "claim", "review_dishub").status_code == 200
    paused = city.on(number, "clerk", "actions", action="pause", reason="court")
    assert paused.status_code == 200, paused.text
    officers.disable_officer(city.world.ctx, "smr.dishub")
    assert left_steps.give_back_once(city.world.ctx) == 1
    resumed = city.on(number, "clerk", "actions", action="resume")
    assert resumed.status_code == 200, resumed.text
    found = city.step(number, "review_dishub", "auditor")
    assert (found["status"], found["assignee"]) == ("ready", None)
    # Who holds a step and is there keeps it.
    assert city.do(number, "pupr", "claim", "review_pupr").status_code == 200
    assert left_steps.give_back_once(city.world.ctx) == 0
    assert city.step(number, "review_pupr", "auditor")["assignee"] == "smr.pupr"
    assert verify(city.world.ctx, progress=lambda _: None).fault is None
