"""Many at once: one effect, one winner, no gap, whatever the threads do."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from casetrack.domain.case.commands import Seen
from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import Refusal, Stale
from casetrack.storage import schema
from casetrack.storage.case import case_events, queries
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.people import subjects as people
from casetrack.usecases.case import do
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.opening import Application, open_at_counter
from casetrack.usecases.case.sealed_parties import Party
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Answer
from casetrack.usecases.delivery import relay
from tests.support.apart import drain_apart
from tests.support.lanes import work
from tests.support.web import APPLICANT, LETTER, Web, at_once, problem
from tests.support.world import BUDI, SAMARINDA, World

MANY = 100
TWO_PARTIES = {
    **LETTER,
    "representative": {"kind": "person", "name": "Wakil", "email": "wakil@example.id"},
}


def _versions(world: World, stream: str) -> list[int]:
    with world.database.read() as connection:
        rows = connection.execute(
            schema.events.select()
            .where(schema.events.c.region == SAMARINDA, schema.events.c.stream == stream)
            .order_by(schema.events.c.version)
        )
        return [row.version for row in rows]


def _deliveries(world: World, number: str) -> Counter[str]:
    """How many events each party is about to be told, in however many messages."""
    relay.drain(world.ctx, told, lambda _: None)
    with world.database.read() as connection:
        rows = delivery_lists.deliveries(connection, number=number, states=["pending"], limit=1000)
        joined = connection.execute(schema.joined.select().filter_by(region=SAMARINDA)).all()
    also = [row.lane.partition("/")[2] for row in joined if row.lane.startswith(f"{number}/")]
    return Counter([*(row.role for row in rows), *also])


def _numbers(world: World) -> list[str]:
    with world.database.read() as connection:
        rows = queries.cases(
            connection,
            SAMARINDA,
            agency=None,
            status=None,
            service=None,
            before=None,
            limit=1000,
        )
    return [row.document["number"] for row in rows]


def _serials(numbers: list[str]) -> list[int]:
    return sorted(CaseNumber.parse(number).serial for number in numbers)


def _statuses(responses: list[Any]) -> Counter[int]:
    assert all(isinstance(r, TestResponse) for r in responses), responses
    return Counter(response.status_code for response in responses)


def test_of_identical_writes_at_once_one_is_done_and_the_others_are_stale(world: World) -> None:
    web = Web(world)
    number = web.open(TWO_PARTIES)["number"]
    assert _deliveries(world, number) == {"applicant": 1, "representative": 1}
    seen = web.etag(number)
    world.token("dewi")

    def declare(_: int) -> TestResponse:
        return web.act(number, "dewi", "declare_complete", "intake", etag=seen)

    answers = at_once(MANY, declare)
    assert _statuses(answers) == {200: 1, 412: MANY - 1}
    assert {problem(r) for r in answers if r.status_code == 412} == {"stale"}
    assert _versions(world, number) == [1, 2]
    assert _deliveries(world, number) == {"applicant": 2, "representative": 2}


def test_the_same_below_http_with_the_steps_version(world: World) -> None:
    number = world.open("surat-keterangan").view["number"]
    world.play(number, "dewi declare_complete intake")
    actor = world.actor("hadi")
    case = sight(world.ctx, actor, number)
    seen = Seen(step="decide", step_version=case.state.steps["decide"].version)
    doing = Doing("complete", step="decide")

    def decide(_: int) -> Answer:
        return do.do(world.ctx, actor, case, doing, lambda: seen)

    results = at_once(MANY, decide)
    assert Counter(type(result) for result in results) == {Answer: 1, Stale: MANY - 1}
    assert _versions(world, number) == [1, 2, 3]


def test_of_different_acts_at_once_one_is_done(world: World) -> None:
    web = Web(world)
    number = web.open()["number"]
    seen = web.etag(number)
    acts: list[Callable[[], TestResponse]] = [
        lambda: web.act(number, "dewi", "withdraw", etag=seen),
        lambda: web.act(number, "dewi", "close", reason="duplicate", etag=seen),
        lambda: web.act(number, "hadi", "claim", "intake", etag=seen),
        lambda: web.act(number, "dewi", "declare_complete", "intake", etag=seen),
    ]
    for who in ("dewi", "hadi"):
        world.token(who)
    answers = at_once(40, lambda place: acts[place % 4]())
    assert _statuses(answers) == {200: 1, 412: 39}
    assert _versions(world, number) == [1, 2]


def _replayed_or_busy(responses: list[TestResponse], status: int) -> None:
    """One effect; the others its replay, or 409 with Retry-After."""
    counted = _statuses(responses)
    assert set(counted) <= {status, 409}, [r.text for r in responses if r.status_code >= 500]
    done = [r for r in responses if r.status_code == status]
    first = [r for r in done if "Idempotent-Replayed" not in r.headers]
    assert len(first) == 1
    assert {r.data for r in done} == {first[0].data}
    for response in responses:
        if response.status_code == 409:
            assert problem(response) == "request_under_way"
            assert int(response.headers["Retry-After"]) >= 1


def test_openings_at_once_under_one_key_have_one_effect(world: World) -> None:
    web = Web(world)
    world.token("dewi")
    answers = at_once(MANY, lambda _: web.post("/cases", "dewi", TWO_PARTIES, key="k"))
    _replayed_or_busy(answers, 201)
    (number,) = _numbers(world)
    assert _serials([number]) == [1]
    assert _deliveries(world, number) == {"applicant": 1, "representative": 1}
    # The losers' serials came back with their transactions.
    assert _serials([web.open()["number"]]) == [2]


def test_acts_at_once_under_one_key_have_one_effect(world: World) -> None:
    web = Web(world)
    number = web.open()["number"]
    seen = web.etag(number)
    world.token("dewi")
    answers = at_once(
        MANY, lambda _: web.act(number, "dewi", "declare_complete", "intake", key="k", etag=seen)
    )
    _replayed_or_busy(answers, 200)
    assert _versions(world, number) == [1, 2]
    assert _deliveries(world, number) == {"applicant": 2}


def test_numbers_have_no_gap_though_some_openings_fail(world: World) -> None:
    web = Web(world)
    world.token("dewi")

    def open_one(place: int) -> TestResponse:
        if place % 4 == 0:  # refused before any number is drawn
            return web.post("/cases", "dewi", {**LETTER, "documents": [{"requirement": "x"}]})
        if place % 4 == 1:  # all of these but one are undone after their number was drawn
            return web.post("/cases", "dewi", LETTER, key="k")
        nik = f"64720101019{place:05d}"
        return web.post("/cases", "dewi", {**LETTER, "applicant": {**APPLICANT, "nik": nik}})

    answers = at_once(MANY, open_one)
    assert set(_statuses(answers)) <= {201, 409, 422}
    assert _statuses(answers)[422] == 25
    numbers = {r.get_json()["number"] for r in answers if r.status_code == 201}
    assert len(numbers) == 51
    assert _serials(list(numbers)) == list(range(1, 52))
    assert sorted(_numbers(world)) == sorted(numbers)


def test_numbers_have_no_gap_when_a_transaction_breaks_off_at_its_end(world: World) -> None:
    """The last write of an opening fails in every third thread: its number is given to another."""
    application = Application("surat-keterangan", {}, [BUDI])
    broken = Application(
        "surat-keterangan",
        {},
        [BUDI, Party("applicant", "person", "Twice in one role")],
    )
    actor = world.actor("dewi")

    def open_one(place: int) -> str:
        asked = broken if place % 3 == 0 else application
        return str(open_at_counter(world.ctx, actor, asked).view["number"])

    results = at_once(30, open_one)
    assert Counter(isinstance(result, str) for result in results) == {True: 20, False: 10}
    assert all(isinstance(r, str | Refusal) for r in results), results
    assert _serials(_numbers(world)) == list(range(1, 21))


@pytest.mark.parametrize("count", [2, 40])
def test_first_cases_of_one_person_at_once_make_one_subject(world: World, count: int) -> None:
    actor = world.actor("dewi")
    application = Application("surat-keterangan", {}, [BUDI])
    results = at_once(count, lambda _: open_at_counter(world.ctx, actor, application))
    assert [type(result) for result in results] == [Answer] * count, results
    with world.database.read() as connection:
        subjects = connection.execute(schema.subjects.select()).all()
        index = world.ctx.vault.nik_index(SAMARINDA, BUDI.nik or "")
        found = people.find_by_nik(connection, SAMARINDA, index)
    assert found is not None
    assert [row.subject for row in subjects] == [found.subject]
    assert len(_numbers(world)) == count


def test_relays_at_once_give_every_event_one_place(world: World) -> None:
    relay.drain(world.ctx, told, lambda _: None)
    for _ in range(10):
        world.play(world.open().view["number"], "dewi declare_complete intake")
    done = at_once(8, lambda _: relay.drain(world.ctx, told, lambda _: None))
    assert sum(done) == 20
    with world.database.read() as connection:
        rows = case_events.ledger_entries(connection, SAMARINDA, after=0, limit=1000)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    streams = {row.stream for row in rows if not row.stream.startswith("register/")}
    assert len(streams) == 11  # ten cases, and who loaded the region


def test_workers_at_once_send_every_message_once_and_in_order(world: World) -> None:
    number = world.open().view["number"]
    world.play(number, "dewi declare_complete intake\nhadi complete decide\ndewi hand_over")
    rung = drain_apart(world)

    assert sum(at_once(8, lambda _: work(world.ctx, rung, world.app.teller))) == 4
    with world.database.read() as connection:
        rows = delivery_lists.deliveries(
            connection, number=number, states=["delivered"], limit=1000
        )
    assert [row.attempts for row in rows] == [1] * 4
    ended = [row.ended_at for row in rows if row.ended_at is not None]
    assert ended == sorted(ended)
    assert len(list(world.mail.glob("*.eml"))) == 4


def test_wrong_codes_at_once_are_all_counted(world: World) -> None:
    web = Web(world)
    case = web.open()
    at_once(20, lambda n: web.get(f"/status/{case['number']}?code=WRONG{n:03d}"))
    held = web.get(f"/status/{case['number']}?code={case['access_code']}")
    assert held.status_code == 429
