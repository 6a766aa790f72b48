"""Three agencies look at a stall, complete on Friday 13 March 2026: one finds defects, one advises
against it, one says nothing. It comes back once with everything, nobody refuses by advice, and a payment
that is only reported unlocks nothing.

Over HTTP, on both databases.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.region.region_data import Officer
from casetrack.domain.service.definition import Requirement, ServiceDefinition, StepDefinition
from casetrack.usecases.case import deadlines
from casetrack.usecases.proof.verify import verify
from tests.support.authority import enter, give_letters
from tests.support.money import PAID, STALL, account, issue, on_bill, papers, stall
from tests.support.registers import latest
from tests.support.web import Web, refused
from tests.support.world import World, days, letter, samarinda, same, surabaya

REVIEWS = ("review_dlh", "review_dishub", "review_pupr")
FILE: dict[str, Any] = {
    **STALL,
    "documents": [{"requirement": "foto", "name": "foto.jpg"}, {"requirement": "denah"}],
}


def reviewed() -> ServiceDefinition:
    """The stall, with three reviews between its check and its decision."""
    own = stall()
    reviews = tuple(
        StepDefinition(
            name,
            same(name),
            name.removeprefix("review_"),
            "recommend",
            after=("intake",),
            limit=days(3),
            silence="no_opinion" if name == "review_dlh" else "blocks",
        )
        for name in REVIEWS
    )
    steps = [replace(s, after=REVIEWS) if s.id == "decide" else s for s in own.steps]
    return replace(
        own,
        requirements=(Requirement("foto", same("Foto")), Requirement("denah", same("Denah"))),
        steps=(steps[0], *reviews, *steps[1:]),
        limit=days(5),
    )


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    data = samarinda(reviewed(), letter())
    more = (Officer("smr.ika", "officer", "bapenda"), Officer("smr.pupr", "officer", "pupr"))
    city = replace(data, officers=(*data.officers, *more))
    world = World.make(database_url, tmp_path, regions_=(city, surabaya()))
    enter(world, *latest([*papers(), account()]))
    give_letters(world)
    web = Web(world)
    at(web, "2026-03-13T10:00")
    yield web
    world.close()


def at(web: Web, text: str) -> None:
    """It is this moment in Samarinda (WITA)."""
    web.world.hands.now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def case_of(web: Web, number: str) -> dict[str, Any]:
    found: dict[str, Any] = web.get(f"/cases/{number}", "audit").get_json()
    return found


def step_of(web: Web, number: str, step: str) -> dict[str, Any]:
    return next(each for each in case_of(web, number)["steps"] if each["id"] == step)


def test_three_reviewers_one_return_and_a_payment_that_unlocks_nothing(office: Web) -> None:
    opened = office.open(FILE)
    number, code = opened["number"], {"X-Access-Code": opened["access_code"]}
    office.play(number, "dewi declare_complete intake")
    # Five working days over Nyepi and Lebaran.
    assert case_of(office, number)["due_at"].startswith("2026-03-27T15:59:59")

    at(office, "2026-03-16T10:00")
    defects = [
        {"requirement": "foto", "text": "Terlalu gelap"},
        {"requirement": "denah", "text": "Skala tidak ada"},
    ]
    found = office.act(number, "sari", "return", "review_dishub", defects=defects)
    assert found.status_code == 200, found.text
    against = office.act(number, "pupr", "complete", "review_pupr", result="unfavourable")
    assert against.status_code == 200, against.text
    # Advice against it decides nothing, and so far the applicant was sent nothing.
    case = case_of(office, number)
    assert (case["status"], case["outcome"]) == ("in_progress", "none")
    assert office.get(f"/status/{number}", headers=code).get_json()["defects"] == []

    sent = office.act(number, "dewi", "send_return")
    assert sent.status_code == 200, sent.text
    assert sent.get_json()["status"] == "returned"
    told = office.get(f"/status/{number}", headers=code).get_json()["defects"]
    assert [(each["requirement"], each["text"]) for each in told] == [
        ("foto", "Terlalu gelap"),
        ("denah", "Skala tidak ada"),
    ]
    kinds = [
        each["type"] for each in office.get(f"/cases/{number}/events", "audit").get_json()["items"]
    ]
    assert kinds.count("casetrack.case.returned") == 1, "one return with everything in it"

    # The third says nothing until its limit has passed: it has no opinion, and stops nobody.
    at(office, "2026-03-27T08:00")
    while deadlines.watch_once(office.world.ctx):
        pass
    assert step_of(office, number, "review_dlh")["status"] == "no_opinion"
    assert case_of(office, number)["status"] == "returned"
    again = [
        {"requirement": "foto", "name": "foto-2.jpg"},
        {"requirement": "denah", "name": "d.pdf"},
    ]
    back = office.act(number, "dewi", "resubmit", documents=again)
    assert back.status_code == 200, back.text
    well = office.act(number, "sari", "complete", "review_dishub", result="favourable")
    assert well.status_code == 200, well.text
    decided = office.act(number, "hadi", "complete", "decide")
    assert decided.status_code == 200, decided.text
    assert decided.get_json()["status"] != "refused"

    # Reported is not paid.
    assert issue(office, number).status_code == 201
    assert on_bill(office, number, "dewi", "report").status_code == 200
    assert case_of(office, number)["waiting_for"] == "payment"
    assert refused(office.act(number, "hadi", "complete", "sign")) == (409, "status_forbids")
    paid = on_bill(office, number, "ika", "confirm", reference="NTPD-1", amount=PAID)
    assert paid.status_code == 200, paid.text
    office.play(number, "hadi complete sign\ndewi complete hand_over")
    assert case_of(office, number)["status"] == "handed_over"
    assert office.get(f"/cases/{number}", "tono").status_code == 404, "a stranger sees nothing"
    assert verify(office.world.ctx, progress=lambda _: None).fault is None
