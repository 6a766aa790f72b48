"""How many statements and round trips each act costs on PostgreSQL: none may become more unseen.

A counter stands on the wire between the program and the server, so the counts hold whatever driver
speaks. When an act costs less than it says here, write the lower number down.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from bench.wire_counter import Counted, WireCounter
from casetrack.domain.service.definition import StepDefinition
from tests.support import postgres
from tests.support.authority import enter, give_letters, papers_of_samarinda, world_of
from tests.support.money import STALL, account, papers, regions, stall
from tests.support.products import PERMIT, drawing_up
from tests.support.registers import changed, latest
from tests.support.web import APPLICANT, BILLBOARD, Web
from tests.support.world import World, same

pytestmark = pytest.mark.postgres

#: Act → round trips, statements (BEGIN, COMMIT and NOTIFY are statements too).
MOST = {
    # One statement more than it had: whether who opens is one of those whom the file brings.
    "open": (6, 11),
    "transition": (3, 7),
    "refused by role": (1, 1),
    "judged, with a note": (4, 11),
    "transition under a key": (4, 10),
    "the same again": (2, 2),
    "refused as stale": (3, 6),
    "refused by the register": (5, 10),
    "judged decision": (3, 8),
    # One more than it had: which cases name this one.
    "case": (7, 7),
    "status": (1, 1),
    # One more than it had: why a limit stood still is in the events, and is read where one did.
    "status with the code": (5, 7),
    "verifying what is not known": (3, 6),
    "worklist": (4, 6),
    "cases": (3, 4),
    "found by a word": (4, 5),
    "feed": (2, 3),
    "whom to tell": (3, 3),
}
#: The same in a case that has a bill and a draft; the transition costs what it costs in any other.
MOST_OF_MONEY = {
    "bill issued": (3, 9),
    "transition beside bill and draft": (3, 7),
    # Who is behind which account: so that nobody confirms by another of theirs what they issued. And what
    # stands on the list with this reference, behind its lock.
    "bill confirmed": (5, 12),
}
#: Times that everything is done. The cheapest counts: what is read or prepared once is no cost of an act.
_TURNS = 5


@pytest.fixture
def wire() -> Iterator[WireCounter]:
    """A counter in front of the tests' server."""
    server = make_url(postgres.SERVER)
    with WireCounter(server.host or "127.0.0.1", server.port or 5432) as counter:
        yield counter


@pytest.fixture
def web(wire: WireCounter, postgres_url: str, tmp_path: Path) -> Iterator[Web]:
    """The cast, whose program speaks through the counter."""
    url = make_url(postgres_url).set(host="127.0.0.1", port=wire.port)
    city = papers_of_samarinda()
    its = [*city, changed(city, "sk-rini", officer="smr.rudi")]
    world = world_of(url.render_as_string(hide_password=False), tmp_path, its)
    yield Web(world)
    world.close()


def acts(web: Web, turn: int) -> Iterator[tuple[str, int, Callable[[], TestResponse]]]:
    """Each act with the status that it is answered; what it needs was done before it is given."""
    opened = {**BILLBOARD, "applicant": {**APPLICANT, "nik": f"64720101019{turn:05d}"}}
    yield "open", 201, lambda: web.post("/cases", "dewi", opened)
    case = web.open({**opened, "applicant": {**APPLICANT, "nik": f"64720102019{turn:05d}"}})
    number, code = case["number"], case["access_code"]

    def act(who: str, step: str, status: int, **more: Any) -> Callable[[], TestResponse]:
        options = {"etag": web.step(number, step)["etag"], **more.pop("options", {})}
        body = {"action": "complete", **more}
        path = f"/cases/{number}/steps/{step}/actions"
        return lambda: web.post(path, who, body, **options)

    complete = {"action": "declare_complete"}
    yield "transition", 200, act("dewi", "intake", 200, **complete)
    yield "refused by role", 403, act("sari", "review_dlh", 403, result="favourable")
    favourable = {"result": "favourable", "note": "sesuai"}
    yield "judged, with a note", 200, act("rudi", "review_dlh", 200, **favourable)
    key = {"options": {"key": f"key-{turn}"}}
    again = act("sari", "review_dishub", 200, result="favourable", **key)
    yield "transition under a key", 200, again
    yield "the same again", 200, again
    stale = {"options": {"etag": '"review_dlh.1"'}}
    yield "refused as stale", 412, act("hadi", "verify", 412, **stale)
    web.act(number, "hadi", "complete", "verify")
    yield "refused by the register", 403, act("yuni", "decide", 403)
    yield "judged decision", 200, act("hadi", "decide", 200)
    yield "case", 200, lambda: web.get(f"/cases/{number}", "dewi")
    yield "status", 200, lambda: web.get(f"/status/{number}")
    yield "status with the code", 200, lambda: web.get(f"/status/{number}?code={code}")
    yield "verifying what is not known", 200, lambda: web.get(f"/verify/503/{turn}/X/2026")
    yield "worklist", 200, lambda: web.get("/worklist", "dewi")
    yield "cases", 200, lambda: web.get("/cases", "dewi")
    yield "found by a word", 200, lambda: web.post("/cases/search", "dewi", {"q": "budi santoso"})
    yield "feed", 200, lambda: web.get("/events", "mesin")
    yield "whom to tell", 200, lambda: web.get("/untold", "dewi")


def acts_about_money(web: Web, turn: int) -> Iterator[tuple[str, int, Callable[[], TestResponse]]]:
    """A levy is issued and paid in a case whose draft waits; another agency looks at it meanwhile."""
    nik = f"64720103019{turn:05d}"
    case = web.open({**STALL, "applicant": {**APPLICANT, "nik": nik}})
    number = case["number"]
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    path, etag = f"/cases/{number}", web.etag(number)
    yield "bill issued", 201, lambda: web.post(f"{path}/bills", "bima", {"step": "pay"}, etag=etag)
    body, at = {"action": "complete"}, web.step(number, "look")["etag"]
    yield (
        "transition beside bill and draft",
        200,
        lambda: web.post(f"{path}/steps/look/actions", "rudi", body, etag=at),
    )
    paid, now = {"action": "confirm", "reference": f"T{turn}"}, web.etag(number)
    yield (
        "bill confirmed",
        200,
        lambda: web.post(f"{path}/bills/bill-1/actions", "ika", paid, etag=now),
    )
    assert [each["state"] for each in web.get(path, "dewi").get_json()["bills"]] == ["confirmed"]
    assert web.get(f"{path}/products", "dewi").get_json()["items"]


def counted(
    web: Web, wire: WireCounter, acts: Callable[..., Iterator[Any]] = acts
) -> dict[str, Counted]:
    """Every act, as cheap as it ever was."""
    found: dict[str, Counted] = {}
    user = make_url(postgres.SERVER).username or ""
    for turn in range(_TURNS):
        for name, status, do in acts(web, turn):
            wire.reset()
            answer = do()
            assert answer.status_code == status, (name, answer.text)
            now = wire.of(user)
            before = found.get(name, now)
            found[name] = min(before, now, key=lambda each: (each.round_trips, each.statements))
    return found


def test_no_act_costs_more_round_trips_or_statements_than_are_written_down(
    web: Web, wire: WireCounter
) -> None:
    assert not more_than(MOST, counted(web, wire))


def test_in_a_case_with_a_bill_and_a_draft_nothing_costs_more(
    wire: WireCounter, postgres_url: str, tmp_path: Path
) -> None:
    url = make_url(postgres_url).set(host="127.0.0.1", port=wire.port)
    look = StepDefinition("look", same("Tinjau"), "dlh", "record", after=("decide",), optional=True)
    plain = stall()
    service = replace(
        plain,
        steps=(*plain.steps, look),
        products=(replace(PERMIT, endorsed_by=()),),
    )
    region, other = regions()
    kept = tuple(each for each in region.services if each.id != plain.id)
    ours = drawing_up(replace(region, services=kept), service)
    world = World.make(url.render_as_string(hide_password=False), tmp_path, regions_=(ours, other))
    enter(world, *latest([*papers(), account()]))
    give_letters(world)
    assert not more_than(MOST_OF_MONEY, counted(Web(world), wire, acts_about_money))
    world.close()


def more_than(most: Mapping[str, tuple[int, int]], found: Mapping[str, Counted]) -> dict[str, str]:
    """What costs more than is written down."""
    now = {name: (each.round_trips, each.statements) for name, each in found.items()}
    assert now.keys() == most.keys()
    return {
        name: f"{costs} round trips and statements, {most[name]} are written down"
        for name, costs in now.items()
        if costs[0] > most[name][0] or costs[1] > most[name][1]
    }


def test_the_counter_tells_what_is_waited_for_from_what_is_sent(wire: WireCounter) -> None:
    server = make_url(postgres.SERVER).set(host="127.0.0.1", port=wire.port)
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as one:
        one.execute("SELECT 1")
        wire.reset()
        one.execute("SELECT 1")
        one.execute("SELECT 2")
        apart = wire.of(server.username or "")
        wire.reset()
        with one.pipeline():
            for _ in range(4):
                one.execute("SELECT 1")
        together = wire.of(server.username or "")
    assert (apart.round_trips, apart.statements) == (2, 2)
    assert together.statements == 4
    assert together.round_trips == 1
