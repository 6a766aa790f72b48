"""Lanes keep their order, leases decide who delivers, and what is given up stays visible."""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from click.testing import Result

from casetrack.domain.delivery.receivers import ATTEMPTS, LEASE, STATES, told
from casetrack.domain.errors import BadInput
from casetrack.domain.events import GENESIS, Event
from casetrack.domain.proof.ledger import ledger_hash
from casetrack.storage import schema
from casetrack.storage.delivery import delivery_lists, sending_again, sequencing
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.unit_of_work import DatabaseDown, UnitOfWork
from casetrack.usecases.delivery import deliveries, relay, sets, untold
from casetrack.usecases.delivery.channel_choice import Ways
from casetrack.usecases.delivery.deliveries import Which
from casetrack.usecases.delivery.outcomes import DELIVERED, Attempt, Outcome
from tests.support.apart import drain_apart
from tests.support.commands import run_command
from tests.support.lanes import attempt_lane, claim_lane, finish
from tests.support.world import BUDI, LETTER_STORY, SAMARINDA, World, environment_for

TROUBLE = Outcome("failed", "the mail server is busy")
REFUSED = Outcome("given_up", "the mail server refused the recipient (550)")
WALK_IN = replace(BUDI, email=None)
#: The queue of a region's mails.
EMAIL = "email"


@dataclass
class Outside:
    """A receiver that answers as it is told, and remembers what reached it."""

    answers: list[Outcome] = field(default_factory=list)
    got: list[int] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    #: Something that happens in the middle of an attempt.
    meanwhile: Callable[[], Any] = lambda: None

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        self.tried.append(claim.position)
        self.meanwhile()
        outcome = self.answers.pop(0) if self.answers else DELIVERED
        if outcome is DELIVERED:
            self.got.append(claim.position)
        return outcome


def sequenced(world: World, story: str = LETTER_STORY, **kwargs: Any) -> str:
    """The lane of a case of which this story has been told to the relay, a delivery an event."""
    number = str(world.open(**kwargs).view["number"])
    world.play(number, story)
    drain_apart(world)
    return f"{number}/applicant"


def attempt(world: World, lane: str, outside: Attempt, most: int = 50) -> int:
    return attempt_lane(world.ctx, SAMARINDA, lane, outside, lambda: 1.0, most)


def listed(world: World, *states: str) -> list[DeliveryRow]:
    return deliveries.find(world.ctx, number=None, states=states or STATES, limit=1000)


def states(world: World) -> list[str]:
    return [row.state for row in listed(world)]


def due(world: World) -> list[tuple[str, str]]:
    rung: list[tuple[str, str]] = []
    relay.sweep(world.ctx, rung.extend)
    return rung


def claimed(world: World, lane: str) -> Claim | None:
    return claim_lane(world.database, SAMARINDA, lane, world.database.now())


def finished(world: World, claim: Claim, state: str = "delivered") -> bool:
    with world.database.write() as uow:
        now = uow.time(None)
        return finish(uow, claim, state, now, attempts=claim.attempts + 1)


# --- order ----------------------------------------------------------------------------------------


def test_a_lane_is_delivered_in_the_order_of_its_events(world: World) -> None:
    lane = sequenced(world)
    outside = Outside()
    assert attempt(world, lane, outside) == 4
    assert outside.got == sorted(outside.got)
    assert len(outside.got) == 4
    assert states(world) == ["delivered"] * 4


def test_a_temporary_failure_waits_and_lets_no_later_one_pass(world: World) -> None:
    lane = sequenced(world)
    outside = Outside([DELIVERED, TROUBLE])
    attempt(world, lane, outside)
    first, second, *_ = outside.tried
    assert outside.tried == [first, second]  # and then it waits
    assert states(world) == ["delivered", "pending", "pending", "pending"]
    waiting = listed(world, "pending")[0]
    assert (waiting.attempts, waiting.last_error) == (1, TROUBLE.error)
    assert waiting.not_before is not None
    assert timedelta(seconds=4) < waiting.not_before - world.hands.now <= timedelta(seconds=5)
    assert attempt(world, lane, outside) == 0
    world.hands.pass_time(seconds=6)
    assert attempt(world, lane, outside) == 3
    assert outside.got == sorted(outside.got)
    assert states(world) == ["delivered"] * 4


def test_a_failure_of_one_lane_does_not_hold_another(world: World) -> None:
    stuck, free = sequenced(world), sequenced(world)
    attempt(world, stuck, Outside([TROUBLE]))
    outside = Outside()
    assert attempt(world, free, outside) == 4


def test_what_was_sent_while_the_database_went_away_is_written_down_and_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = sequenced(world)
    outside = Outside()
    write, away = world.database.write, [DatabaseDown("away"), DatabaseDown("away")]

    def sometimes() -> AbstractContextManager[UnitOfWork]:
        if outside.got and away:
            raise away.pop()
        return write()

    monkeypatch.setattr(sets, "AGAIN", (0, 0, 0))
    monkeypatch.setattr(world.database, "write", sometimes)
    assert attempt(world, lane, outside) == 4
    assert away == []
    assert len(outside.got) == len(set(outside.got)) == 4
    assert states(world) == ["delivered"] * 4


def test_what_an_attempt_says_of_others_is_not_lost_when_another_goes_on_with_the_lane(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = sequenced(world)
    noted: list[str] = []

    def also(_uow: UnitOfWork, _now: datetime) -> None:
        noted.append("tried" if not noted else "noted")
        if noted == ["tried"]:
            raise DatabaseDown("away for a moment")

    others: list[Claim | None] = []
    monkeypatch.setattr(
        "casetrack.usecases.delivery.sets.time.sleep",
        lambda _: others.append(claimed(world, lane)),
    )
    outside = Outside([replace(DELIVERED, also=also)])
    attempt(world, lane, outside, most=1)
    assert others[0] is not None
    assert noted == ["tried", "noted"]


def test_a_result_that_is_written_twice_does_not_undo_what_was_sent_again(world: World) -> None:
    lane = sequenced(world)
    claim = claimed(world, lane)
    assert claim is not None
    assert finished(world, claim, "given_up")
    assert finished(world, claim, "given_up"), "as when the answer to the commit was lost"
    with world.database.write() as uow:
        assert sending_again.retry(uow, SAMARINDA, lane, claim.position, uow.time(None))
    assert not finished(world, claim, "given_up")
    assert states(world)[0] == "pending"


def test_a_worker_whose_clock_is_a_little_behind_takes_what_is_due(world: World) -> None:
    lane = sequenced(world)
    now = world.database.now()
    early, behind = now - timedelta(seconds=5), now - timedelta(milliseconds=500)
    assert claim_lane(world.database, SAMARINDA, lane, early) is None
    assert claim_lane(world.database, SAMARINDA, lane, behind) is not None


def test_what_happens_now_does_not_wait_behind_arrears_and_those_go_oldest_first(
    world: World,
) -> None:
    lanes = []
    for _ in range(4):
        lanes.append(sequenced(world, "dewi declare_complete intake"))
        world.hands.pass_time(minutes=1)
    told_: list[str] = []

    def outside(claim: Claim, event: Event) -> Outcome:
        told_.append(claim.lane)
        return DELIVERED

    for newest in (True, False):
        sets.work_on(world.ctx, SAMARINDA, EMAIL, outside, lambda: 0.5, 1, newest=newest)
    assert told_ == [lanes[-1], lanes[0]]


def test_a_ring_gives_other_queues_their_turn(world: World) -> None:
    sequenced(world)
    worked = sets.work_on(world.ctx, SAMARINDA, EMAIL, Outside(), lambda: 0.5, 2)
    assert (worked.made, worked.more) == (2, True)
    assert states(world) == ["delivered", "delivered", "pending", "pending"]
    worked = sets.work_on(world.ctx, SAMARINDA, EMAIL, Outside(), lambda: 0.5, 50)
    assert (worked.made, worked.more) == (2, False)


def test_giving_up_for_good_frees_the_lane_and_stays_visible(world: World) -> None:
    lane = sequenced(world)
    outside = Outside([REFUSED])
    assert attempt(world, lane, outside) == 4
    assert states(world) == ["given_up", "delivered", "delivered", "delivered"]
    (row,) = listed(world, *deliveries.OPEN)
    assert (row.state, row.attempts, row.last_error) == ("given_up", 1, REFUSED.error)
    assert row.ended_at is not None


def test_after_the_last_attempt_the_lane_goes_on_without_it(world: World) -> None:
    lane = sequenced(world, "dewi declare_complete intake")
    outside = Outside([TROUBLE] * ATTEMPTS)
    for made in range(1, ATTEMPTS):
        assert attempt(world, lane, outside) == 1
        assert listed(world, "pending")[0].attempts == made
        world.hands.pass_time(hours=25)
    assert attempt(world, lane, outside) == 2
    assert states(world) == ["given_up", "delivered"]
    assert listed(world, "given_up")[0].attempts == ATTEMPTS


# --- leases ---------------------------------------------------------------------------------------


def test_a_lane_that_is_held_cannot_be_claimed_twice(world: World) -> None:
    lane = sequenced(world)
    first = claimed(world, lane)
    assert first is not None
    assert claimed(world, lane) is None
    assert attempt(world, lane, Outside()) == 0
    assert finished(world, first)
    second = claimed(world, lane)
    assert second is not None
    assert second.position > first.position


def test_a_lease_that_ran_out_is_taken_over_and_the_late_result_is_refused(world: World) -> None:
    lane = sequenced(world)
    slow = claimed(world, lane)
    assert slow is not None
    world.hands.pass_time(seconds=LEASE.total_seconds() + 1)
    quick = claimed(world, lane)
    assert quick is not None
    assert (quick.position, quick.fence) == (slow.position, slow.fence + 1)
    assert finished(world, slow, "given_up") is False
    assert states(world)[0] == "pending"
    assert finished(world, quick)
    assert states(world)[0] == "delivered"
    assert finished(world, slow, "given_up") is False
    assert states(world)[0] == "delivered"


def test_a_worker_that_slept_through_its_lease_writes_nothing_down(world: World) -> None:
    """The whole loop: while the first attempt hangs, another worker empties the lane."""
    lane = sequenced(world)
    other = Outside()

    def sleep_and_be_overtaken() -> None:
        slow.meanwhile = lambda: None
        world.hands.pass_time(seconds=LEASE.total_seconds() + 1)
        assert attempt(world, lane, other) == 4

    slow = Outside([TROUBLE], meanwhile=sleep_and_be_overtaken)
    assert attempt(world, lane, slow) == 1
    assert len(other.got) == 4
    assert states(world) == ["delivered"] * 4
    assert [row.attempts for row in listed(world)] == [1] * 4


def test_a_lease_holds_until_its_last_moment(world: World) -> None:
    lane = sequenced(world)
    assert claimed(world, lane) is not None
    world.hands.pass_time(seconds=LEASE.total_seconds() - 1)
    assert claimed(world, lane) is None


def test_no_transaction_is_open_while_the_outside_is_called(world: World) -> None:
    lane = sequenced(world)
    outside = Outside(meanwhile=lambda: world.open())  # would wait for ever on SQLite
    assert attempt(world, lane, outside, most=1) == 1
    assert world.database.in_use() == 0


def broken(claim: Claim, event: Event) -> Outcome:
    raise RuntimeError("a bug, which quotes budi@example.id")


def test_a_carrier_that_breaks_has_failed_and_is_tried_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    lane = sequenced(world)
    assert attempt(world, lane, broken) == 1
    assert states(world) == ["pending"] * 4
    row = listed(world)[0]
    assert (row.attempts, row.last_error) == (1, "an error of our own (RuntimeError)")
    assert "RuntimeError at" in caplog.text
    assert "budi@" not in caplog.text
    assert due(world) == []
    world.hands.pass_time(seconds=LEASE.total_seconds() + 3)
    assert due(world) == [(SAMARINDA, EMAIL)]
    assert attempt(world, lane, Outside()) == 4


def test_a_carrier_that_always_breaks_ends_on_the_clerks_list(world: World) -> None:
    lane = sequenced(world, "dewi declare_complete intake")
    for _ in range(ATTEMPTS):
        assert attempt(world, lane, broken, most=1) == 1
        world.hands.pass_time(hours=25)
    assert states(world) == ["given_up", "pending"]
    (item,) = untold.untold(world.ctx, world.actor("dewi"), after=0, limit=10).items
    assert item["why"] == "given_up"


def test_workers_at_once_deliver_each_message_once_and_in_order(world: World) -> None:
    lanes = [sequenced(world) for _ in range(3)]
    outsides = {lane: Outside() for lane in lanes}

    def work(place: int) -> None:
        for lane in lanes[place % 3 :] + lanes[: place % 3]:
            attempt(world, lane, outsides[lane])

    at_once(6, work)
    for lane in lanes:
        attempt(world, lane, outsides[lane])
    for outside in outsides.values():
        assert outside.got == sorted(set(outside.got))
        assert len(outside.got) == 4


def at_once(count: int, do: Callable[[int], None]) -> None:
    """In so many threads that begin together; any error fails the test."""
    barrier, errors = Barrier(count), []

    def run(place: int) -> None:
        barrier.wait(30)
        try:
            do(place)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


# --- the doorbell ---------------------------------------------------------------------------------


def test_the_relay_rings_once_for_each_queue(world: World) -> None:
    for _ in range(3):
        world.play(str(world.open().view["number"]), LETTER_STORY)
    rung: list[tuple[str, str]] = []
    relay.drain(world.ctx, told, rung.extend)
    assert rung == [(SAMARINDA, EMAIL)]


def test_the_sweeper_rings_again_for_what_is_due_and_for_nothing_else(world: World) -> None:
    lane = sequenced(world)
    assert due(world) == []  # the relay's own ring is on its way
    world.hands.pass_time(seconds=3)
    assert due(world) == [(SAMARINDA, EMAIL)]
    attempt(world, lane, Outside([TROUBLE]))
    world.hands.pass_time(seconds=4)
    assert due(world) == []  # its time has not come
    world.hands.pass_time(seconds=4)
    assert due(world) == [(SAMARINDA, EMAIL)]
    attempt(world, lane, Outside())
    world.hands.pass_time(days=1)
    assert due(world) == []  # nothing is left


def test_a_ring_for_nothing_does_no_harm(world: World) -> None:
    lane = sequenced(world)
    attempt(world, lane, Outside())
    outside = Outside()
    assert attempt(world, lane, outside) == 0
    assert attempt(world, "no-such-case/applicant", outside) == 0
    for queue in (EMAIL, "nobody"):
        assert sets.work_on(world.ctx, SAMARINDA, queue, outside, lambda: 0.5, 50).made == 0
    assert outside.tried == []


def test_a_new_event_comes_behind_what_waits(world: World) -> None:
    lane = sequenced(world, "dewi declare_complete intake")
    attempt(world, lane, Outside([TROUBLE]))
    world.act(lane.partition("/")[0], "hadi", "complete", "decide")
    drain_apart(world)
    outside = Outside()
    assert attempt(world, lane, outside) == 0
    world.hands.pass_time(seconds=6)
    assert attempt(world, lane, outside) == 3
    assert outside.got == sorted(outside.got)


# --- relays ---------------------------------------------------------------------------------------


def test_relays_at_once_leave_no_gap_and_no_double(world: World) -> None:
    relay.drain(world.ctx, told, lambda _: None)
    numbers = [str(world.open().view["number"]) for _ in range(8)]
    for number in numbers:
        world.play(number, "dewi declare_complete intake")
    rung: list[tuple[str, str]] = []

    def sequence(place: int) -> None:
        for _ in range(10):
            with world.database.write() as uow:
                batch = sequencing.sequence(
                    uow, SAMARINDA, 3, told, partial(Ways, world.ctx, SAMARINDA)
                )
            rung.extend(batch.queues if batch else ())

    at_once(4, sequence)
    relay.drain(world.ctx, told, rung.extend)
    with world.database.read() as connection:
        ours = schema.ledger.c.region == SAMARINDA
        entries = connection.execute(
            schema.ledger.select().where(ours).order_by(schema.ledger.c.position)
        ).all()
        assert delivery_lists.queue_length(connection) == 0
        hashes = {
            (row.stream, row.version): row.hash
            for row in connection.execute(
                schema.events.select().where(schema.events.c.region == SAMARINDA)
            )
        }
    assert [entry.position for entry in entries] == list(range(1, len(hashes) + 1))
    assert {(entry.stream, entry.version) for entry in entries} == set(hashes)
    previous = GENESIS
    for entry in entries:
        assert entry.prev_hash == previous
        previous = ledger_hash(previous, entry.position, hashes[entry.stream, entry.version])
        assert entry.hash == previous
    assert set(rung) == {(SAMARINDA, EMAIL)}
    # Sixteen are told: each in one message, its own or another's.
    with world.database.read() as connection:
        joined = connection.execute(schema.joined.select()).all()
    positions = [row.position for row in listed(world)] + [row.event_position for row in joined]
    assert sorted(positions) == [entry.position for entry in entries][-16:]


def test_relays_begin_a_region_at_once(world: World) -> None:
    """No head row yet: one of them makes it, none fails."""
    world.open()
    at_once(4, lambda _: _sequence_quietly(world))
    relay.drain(world.ctx, told, lambda _: None)
    with world.database.read() as connection:
        entries = connection.execute(schema.ledger.select()).all()
        assert len(entries) == len(connection.execute(schema.events.select()).all())


def _sequence_quietly(world: World) -> None:
    relay.sequence_once(world.ctx, told, lambda _: None)


def test_the_bell_is_rung_after_the_commit(world: World) -> None:
    relay.drain(world.ctx, told, lambda _: None)
    world.open()
    seen: list[int] = []

    def ring(lanes: Iterable[tuple[str, str]]) -> None:
        with world.database.read() as connection:  # another connection sees it already
            seen.append(delivery_lists.queue_length(connection))

    relay.sequence_once(world.ctx, told, ring)
    assert seen == [0]


# --- nobody to tell -------------------------------------------------------------------------------


def test_an_applicant_without_contact_is_told_in_person(world: World) -> None:
    lane = sequenced(world, "dewi declare_complete intake", applicant=WALK_IN)
    number = lane.partition("/")[0]
    assert [(row.state, row.attempts) for row in listed(world)] == [("not_possible", 0)], (
        "they stood at the counter when it was taken in"
    )
    outside = Outside()
    assert attempt(world, lane, outside) == 0
    world.hands.pass_time(days=1)
    assert due(world) == []
    assert outside.tried == []
    page = untold.untold(world.ctx, world.actor("dewi"), after=0, limit=10)
    assert [(item["number"], item["why"]) for item in page.items] == [(number, "not_possible")]
    position = page.items[0]["position"]
    with world.database.write() as uow:
        assert sending_again.told_in_person(uow, SAMARINDA, number, position, uow.time(None))
        assert not sending_again.told_in_person(uow, SAMARINDA, number, position, uow.time(None))
    left = untold.untold(world.ctx, world.actor("dewi"), after=0, limit=10)
    assert left.items == []
    assert states(world) == ["told_in_person"]


def test_what_was_given_up_is_on_the_clerks_list_too(world: World) -> None:
    lane = sequenced(world, "dewi declare_complete intake")
    attempt(world, lane, Outside([REFUSED]))
    (item,) = untold.untold(world.ctx, world.actor("dewi"), after=0, limit=10).items
    assert (item["why"], item["party"]) == ("given_up", "applicant")
    assert untold.untold(world.ctx, world.actor("tono"), after=0, limit=10).items == []
    assert untold.untold(world.ctx, world.actor("sby.clerk"), after=0, limit=10).items == []


# --- sending again --------------------------------------------------------------------------------


def test_a_retry_sends_what_was_given_up_with_all_its_attempts(world: World) -> None:
    lane = sequenced(world)
    outside = Outside([REFUSED])
    attempt(world, lane, outside)
    (row,) = deliveries.retry(world.ctx, Which(number=lane.partition("/")[0]))
    assert (row.position, row.state) == (outside.tried[0], "given_up")
    assert listed(world, "pending")[0].attempts == 0
    world.hands.pass_time(seconds=3)
    assert due(world) == [(SAMARINDA, EMAIL)]
    assert attempt(world, lane, outside) == 1
    assert outside.got[-1] == row.position
    assert states(world) == ["delivered"] * 4


def test_a_retried_message_does_not_wait_for_a_newer_one_that_waits(world: World) -> None:
    lane = sequenced(world)
    outside = Outside([REFUSED, TROUBLE])
    attempt(world, lane, outside)
    assert states(world) == ["given_up", "pending", "pending", "pending"]
    deliveries.retry(world.ctx, Which())
    assert attempt(world, lane, outside) == 1  # the older one at once
    assert states(world) == ["delivered", "pending", "pending", "pending"]
    assert attempt(world, lane, outside) == 0  # the newer one still waits for its own time
    world.hands.pass_time(seconds=6)
    assert attempt(world, lane, outside) == 3


def test_a_retry_during_an_attempt_loses_nothing(world: World) -> None:
    lane = sequenced(world)
    outside = Outside([REFUSED])
    attempt(world, lane, outside, most=1)
    outside.meanwhile = lambda: deliveries.retry(world.ctx, Which())
    assert attempt(world, lane, outside) == 4
    assert states(world) == ["delivered"] * 4


def test_a_retry_by_position_or_case_leaves_the_others(world: World) -> None:
    first, second = sequenced(world), sequenced(world)
    for lane in (first, second):
        attempt(world, lane, Outside([REFUSED, REFUSED]))
    rows = listed(world, "given_up")
    one = rows[0]
    assert deliveries.retry(world.ctx, Which(None, "35.78", one.position)) == []
    assert deliveries.retry(world.ctx, Which(None, SAMARINDA, one.position)) == [one]
    assert deliveries.retry(world.ctx, Which(second.partition("/")[0])) == rows[2:]
    assert listed(world, "given_up") == rows[1:2]


def test_what_is_not_possible_or_was_delivered_is_not_sent_again(world: World) -> None:
    lane = sequenced(world)
    attempt(world, lane, Outside())
    sequenced(world, applicant=WALK_IN)
    assert deliveries.retry(world.ctx, Which()) == []
    assert sorted(set(states(world))) == ["delivered", "not_possible"]


# --- the commands ---------------------------------------------------------------------------------


def run(world: World, *words: str) -> Result:
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    return run_command(environment, ["deliveries", *words])


def test_the_list_says_what_being_empty_means(world: World) -> None:
    result = run(world, "list")
    assert result.exit_code == 0
    assert "every message that was due has gone out" in result.stdout
    assert run(world, "list", "--json").stdout == "[]\n"
    assert "No delivery is given_up" in run(world, "list", "--state", "given_up").stdout
    assert "nothing is sent again" in run(world, "retry", "--all").stdout


def test_the_list_shows_what_waits_or_failed_and_never_an_address(world: World) -> None:
    lane = sequenced(world)
    attempt(world, lane, Outside([DELIVERED, REFUSED, TROUBLE]))
    result = run(world, "list")
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["REGION", "POSITION", "LANE"]
    assert [line.split()[5] for line in lines[1:]] == ["given_up", "pending", "pending"]
    assert lane in lines[1]
    assert (REFUSED.error or "") in lines[1]
    assert "example.id" not in result.output
    assert "Budi" not in result.output
    shown = json.loads(run(world, "list", "--json", "--state", "pending").stdout)
    assert [item["attempts"] for item in shown] == [1, 0]
    assert shown[0]["next_attempt"] is not None
    number = lane.partition("/")[0].lower()
    assert len(json.loads(run(world, "list", "--case", number, "--json").stdout)) == 3


def test_a_list_that_is_cut_says_so(world: World) -> None:
    sequenced(world)
    result = run(world, "list", "--limit", "3", "--json")
    assert len(json.loads(result.stdout)) == 3
    assert "more than 3" in result.stderr


def test_retry_takes_exactly_one_way_to_choose(world: World) -> None:
    for words in ([], ["--all", "--position", "64.72:1"], ["--position", "here"]):
        result = run(world, "retry", *words)
        assert (result.exit_code, result.stdout) == (2, "")


def test_retry_says_what_will_be_sent_again(world: World) -> None:
    lane = sequenced(world)
    attempt(world, lane, Outside([REFUSED]))
    position = listed(world, "given_up")[0].position
    result = run(world, "retry", "--position", f"{SAMARINDA}:{position}")
    assert result.exit_code == 0
    assert result.stdout == f"{SAMARINDA}:{position} {lane} casetrack.case.opened\n"
    assert listed(world, "given_up") == []


@pytest.mark.parametrize("text", ["", "64.72", "64.72:", ":7", "64.72:x", "64.72:-1", "64.72:٣"])
def test_a_position_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="looks like"):
        deliveries.parse_position(text)


def test_a_position_is_a_region_and_a_number() -> None:
    assert deliveries.parse_position("64.72:1234") == (SAMARINDA, 1234)
