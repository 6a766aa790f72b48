"""Nobody acts on a case of which they are, or were, a party, by whatever door and account."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.people import officers
from tests.contract.test_erasures import REASON
from tests.contract.test_people import faults
from tests.support.web import BILLBOARD, LETTER, Web, refused
from tests.support.world import World, samarinda

DAY = "2026-11-20"
PAPER = {"dated": DAY, "name": "akta.pdf"}
DEWI = "6472014101850011"
MINE: dict[str, Any] = {"kind": "person", "name": "Dewi Lestari", "nik": DEWI}
HEIR: dict[str, Any] = {"kind": "person", "name": "Sari Santoso", "nik": "6472014101950002"}
POWER = {"acts": ["file", "complete"], "until": None}
OWN = (403, "own_case")


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Dewi and Wati are two accounts of one person, whose NIK stands with the first."""
    ours = samarinda()
    known = tuple(
        replace(each, person="p-1") if each.login in ("smr.dewi", "smr.wati") else each
        for each in ours.officers
    )
    second = replace(ours.officers[0], login="smr.mawar")
    boss = replace(ours.officers[2], login="smr.bambang")
    passing = tuple(replace(each, passes_to_heirs=True) for each in ours.services)
    region = replace(ours, officers=(*known, second, boss), services=passing)
    world = World.make(database_url, tmp_path, regions_=(region,))
    officers.set_officer_nik(world.ctx, "smr.dewi", DEWI)
    yield Web(world)
    world.close()


def on(web: Web, number: str, who: str, door: str, **body: Any) -> Any:
    return web.post(f"/cases/{number}/{door}", who, body, etag=web.etag(number))


def people(web: Web, number: str, who: str, action: str, **body: Any) -> Any:
    return on(web, number, who, "parties", action=action, day=DAY, **body)


def of_dewi(web: Web) -> str:
    """Dewi's own application, taken in by a colleague."""
    number = str(web.open({**BILLBOARD, "applicant": MINE}, "mawar")["number"])
    web.relay()
    return number


@pytest.mark.parametrize("who", ["dewi", "wati"])
def test_no_act_at_the_counter_is_done_on_ones_own_case_by_any_account(web: Web, who: str) -> None:
    number = of_dewi(web)
    act: dict[str, Callable[[], Any]] = {
        "reissue": lambda: web.act(number, who, "reissue_code"),
        "withdraw": lambda: web.act(number, who, "withdraw"),
        "close": lambda: web.act(number, who, "close", reason="opened_in_error"),
        "link": lambda: web.act(number, who, "link", links=[
            {"kind": "duplicate_of", "number": web.open(LETTER, "mawar")["number"]}
        ]),
        "document": lambda: on(web, number, who, "documents", requirement="foto", name="baru.jpg"),
        "contact": lambda: people(
            web, number, who, "correct_contact", contact={"email": "dewi@example.id"}
        ),
        "power": lambda: people(
            web, number, who, "appoint", party=HEIR, power=POWER, paper=PAPER
        ),
        "death": lambda: people(web, number, who, "report_death"),
    }  # fmt: skip
    assert {name: refused(each()) for name, each in act.items()} == dict.fromkeys(act, OWN)
    assert web.act(number, "mawar", "reissue_code").status_code == 200
    said = on(web, number, who, "conflicts", action="declare", ground="family")
    assert said.status_code == 200, said.text
    web.relay()
    refusals = [
        event["data"]["action"]
        for event in web.get(f"/cases/{number}/events?limit=100", "mawar").get_json()["items"]
        if event["type"] == "casetrack.authority.refused"
    ]
    assert len(refusals) == len(act)
    assert faults(web.world) is None


def test_completing_and_claiming_and_being_given_a_step_are_refused_alike(web: Web) -> None:
    number = of_dewi(web)
    assert refused(web.act(number, "dewi", "claim", "intake")) == OWN
    assert refused(web.act(number, "dewi", "declare_complete", "intake")) == OWN
    give = {"action": "reassign", "officer": "smr.dewi", "reason": "Libur"}
    assert refused(web.post(
        f"/cases/{number}/steps/intake/actions", "mawar", give, etag=web.etag(number)
    )) == OWN  # fmt: skip
    give = {**give, "officer": "smr.mawar"}
    path = f"/cases/{number}/steps/intake/actions"
    assert refused(web.post(path, "wati", give, etag=web.etag(number))) == OWN
    assert web.act(number, "mawar", "declare_complete", "intake").status_code == 200


@pytest.mark.parametrize("who", ["dewi", "wati"])
def test_nobody_enters_themselves_as_an_heir_or_a_proxy(web: Web, who: str) -> None:
    number = str(web.open(BILLBOARD, "mawar")["number"])
    assert refused(people(
        web, number, who, "appoint", party=MINE, power=POWER, paper=PAPER
    )) == OWN  # fmt: skip
    assert people(web, number, "mawar", "report_death").status_code == 200
    assert people(web, number, "bambang", "confirm_death", paper=PAPER).status_code == 200
    assert refused(people(web, number, who, "succeed", party=MINE, paper=PAPER)) == OWN
    assert people(web, number, "mawar", "succeed", party=MINE, paper=PAPER).status_code == 200
    assert refused(web.act(number, who, "reissue_code")) == OWN


def test_who_was_a_party_once_acts_no_more_and_does_not_end_their_own_power(web: Web) -> None:
    number = str(web.open({**BILLBOARD, "representative": MINE}, "mawar")["number"])
    assert refused(people(web, number, "dewi", "end_power", paper=PAPER, why="withdrawn")) == OWN
    assert people(
        web, number, "mawar", "end_power", paper=PAPER, why="withdrawn"
    ).status_code == 200  # fmt: skip
    assert refused(web.act(number, "dewi", "declare_complete", "intake")) == OWN
    assert refused(web.act(number, "wati", "close", reason="opened_in_error")) == OWN


def test_nobody_takes_in_their_own_application_or_one_in_which_they_act(web: Web) -> None:
    assert refused(web.post("/cases", "dewi", {**BILLBOARD, "applicant": MINE})) == OWN
    assert refused(web.post("/cases", "dewi", {**BILLBOARD, "representative": MINE})) == OWN
    of_dewi(web)
    # Known by then, so the person is found and not made.
    assert refused(web.post("/cases", "dewi", {**LETTER, "applicant": MINE})) == OWN
    assert web.post("/cases", "dewi", LETTER).status_code == 201


def test_identity_erasure_and_telling_of_ones_own_case_are_for_others(web: Web) -> None:
    number = str(web.open({**BILLBOARD, "representative": MINE}, "mawar")["number"])
    web.relay()
    join = {"action": "separate", "reason": "Orang lain"}
    assert refused(web.post(f"/cases/{number}/identity", "wati", join)) == OWN
    told = {"number": number, "position": 1}
    assert refused(web.post("/untold", "dewi", told)) == OWN
    assert web.post("/untold", "mawar", told).status_code == 200
    hold = {"case": number, "reason": "audit"}
    officers.set_officer_nik(web.world.ctx, "smr.audit", DEWI)
    assert refused(web.post("/holds", "audit", hold)) == (403, "own_erasure")
    officers.set_officer_nik(web.world.ctx, "smr.audit", HEIR["nik"])
    web.act(number, "mawar", "withdraw")
    web.relay()
    ask = {"case": number, **REASON}
    assert refused(web.post("/erasures", "wati", ask)) == (403, "own_erasure")
    assert web.post("/erasures", "bambang", ask).status_code == 201
    assert web.post("/holds", "audit", hold).status_code == 201


def test_a_refused_change_of_the_people_says_outside_only_that_something_was_refused(
    web: Web,
) -> None:
    number = of_dewi(web)
    assert refused(people(web, number, "dewi", "report_death")) == OWN
    web.relay()
    events = web.get("/events?after=0&limit=500", "mesin").get_json()["events"]
    (said,) = [e["data"]["change"] for e in events if e["type"] == "casetrack.authority.refused"]
    assert said == {"action": None, "step": None, "code": "own_case"}
    for who, action in (("rudi", None), ("mawar", "report_death")):
        items = web.get(f"/cases/{number}/events?limit=100", who).get_json()["items"]
        (data,) = [e["data"] for e in items if e["type"] == "casetrack.authority.refused"]
        assert data.get("action") == action
        picture = web.get(f"/cases/{number}/refusals/1/picture?lang=en", who)
        assert picture.status_code == 200
        assert ("report death" in picture.text) == (who == "mawar")
