"""Sets of deliveries: what one claim brings and one finish writes, and what a worker that dies leaves."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.delivery.receivers import LEASE
from casetrack.domain.events import Event
from casetrack.storage import round_trips
from casetrack.storage.delivery import claims, subscriptions
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.delivery import sets
from casetrack.usecases.delivery.outcomes import DELIVERED, Attempt, Outcome, PostFailed
from casetrack.usecases.delivery.sets import Worked
from tests.contract.test_deliveries import EMAIL, TROUBLE, listed, sequenced, states
from tests.support.apart import drain_apart
from tests.support.world import SAMARINDA, World

SHORT = "dewi declare_complete intake"


@dataclass
class Outside:
    """Whom each attempt told, in their order, and what happens in the middle of one."""

    told: list[tuple[str, int]] = field(default_factory=list)
    meanwhile: Callable[[Claim], Outcome] = lambda claim: DELIVERED

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        self.told.append((claim.lane, claim.position))
        return self.meanwhile(claim)


def work(world: World, outside: Attempt, most: int = 100, **more: Any) -> Worked:
    return sets.work_on(world.ctx, SAMARINDA, EMAIL, outside, lambda: 0.5, most, **more)


def lanes(world: World, count: int, story: str = SHORT) -> list[str]:
    return [sequenced(world, story) for _ in range(count)]


def is_in_order(told: list[tuple[str, int]]) -> bool:
    return all(
        positions == sorted(positions)
        for lane in {lane for lane, _ in told}
        if (positions := [position for of, position in told if of == lane])
    )


@pytest.fixture
def in_large_sets(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Where it is known already that an attempt takes no time, however busy this machine is."""
    world.ctx.took[SAMARINDA, EMAIL] = 0.0
    at_leisure(monkeypatch)
    return world


def at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with something else ends no set."""
    for name in ("BEGINS", "IN_HAND", "TURN"):
        monkeypatch.setattr(sets, name, 600.0)


def test_a_set_has_the_first_of_each_lane_and_all_that_its_message_needs(world: World) -> None:
    names = lanes(world, 3)
    held = claims.claim(world.database, SAMARINDA, EMAIL, world.database.now(), most=32)
    assert [claim.lane for claim in held] == sorted(names)
    firsts = {row.lane: row.position for row in reversed(listed(world))}
    assert {claim.lane: claim.position for claim in held} == firsts
    for claim in held:
        assert Event.from_body(claim.body).stream == claim.number
        assert claim.case is not None
        assert (claim.case.number, claim.case.service) == (claim.number, "surat-keterangan")
        assert claim.parties["applicant"].channels == ("email",)
        assert claim.subscription is None


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """On PostgreSQL alone: SQLite has no round trips."""
    made = World.make(postgres_url, tmp_path)
    yield made
    made.close()


@pytest.mark.postgres
def test_a_set_of_32_makes_five_round_trips(
    on_postgres: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = on_postgres
    at_leisure(monkeypatch)
    for _ in range(sets.LARGEST):
        sequenced(world, "")
    world.ctx.took[SAMARINDA, EMAIL] = 0.0
    work(world, world.app.teller, 1)
    world.ctx.took[SAMARINDA, EMAIL] = 0.0
    trips: list[Any] = []
    round_trips.observers.append(trips.append)
    try:
        assert work(world, world.app.teller, sets.LARGEST - 1).made == sets.LARGEST - 1
    finally:
        round_trips.observers.remove(trips.append)
    assert len(trips) == 5, "lock; look; take; lock; write and free"
    assert states(world) == ["delivered"] * sets.LARGEST


def test_what_waited_in_lanes_comes_set_by_set_and_in_order(in_large_sets: World) -> None:
    names = lanes(in_large_sets, 5)
    outside = Outside()
    assert work(in_large_sets, outside) == Worked(10)
    assert Counter(lane for lane, _ in outside.told) == dict.fromkeys(names, 2)
    assert is_in_order(outside.told)
    assert states(in_large_sets) == ["delivered"] * 10


def test_each_ends_as_its_own_attempt_did(in_large_sets: World) -> None:
    fails, goes, none = sorted(lanes(in_large_sets, 3))
    outcomes = {fails: TROUBLE, none: Outcome("not_possible", "no address")}
    outside = Outside(meanwhile=lambda claim: outcomes.get(claim.lane, DELIVERED))
    work(in_large_sets, outside)
    found = {
        name: [row.state for row in listed(in_large_sets) if row.lane == name]
        for name in (fails, goes, none)
    }
    assert found == {
        fails: ["pending", "pending"],
        goes: ["delivered", "delivered"],
        none: ["not_possible", "not_possible"],
    }


class Killed(BaseException):
    """As if the process were no more."""


@pytest.mark.parametrize("in_hand", [0.0, 60.0])
def test_a_worker_that_is_killed_in_a_set_repeats_what_it_had_in_hand_and_loses_nothing(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch, in_hand: float
) -> None:
    world = in_large_sets
    monkeypatch.setattr(sets, "IN_HAND", in_hand)
    lanes(world, 4)

    def third_kills(claim: Claim) -> Outcome:
        if len(first.told) == 3:
            raise Killed
        return DELIVERED

    first = Outside(meanwhile=third_kills)
    with pytest.raises(Killed):
        work(world, first)
    second = Outside()
    # What it had in hand is held; the two lanes that were written down go on.
    assert work(world, second) == Worked(2 if in_hand == 0.0 else 0)
    world.hands.pass_time(seconds=LEASE.total_seconds() + 1)
    work(world, second)
    assert states(world) == ["delivered"] * 8
    assert len(second.told) == len(set(second.told))
    repeated = set(first.told) & set(second.told)
    # The one that was under way, and those of which nobody had written down how they ended.
    assert repeated == set(first.told[2:] if in_hand == 0.0 else first.told)
    assert is_in_order(second.told)


def test_a_set_that_takes_long_begins_no_more_and_the_rest_is_as_it_was(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_large_sets
    names = sorted(lanes(world, 3, ""))
    monkeypatch.setattr(sets, "BEGINS", 0.0)
    held = claims.claim(world.database, SAMARINDA, EMAIL, world.database.now(), most=32)
    done = sets.attempt_set(world.ctx, held, Outside(), lambda: 0.5)
    assert (done.made, done.crowded_out) == (1, False)
    assert [(row.lane, row.state, row.attempts) for row in listed(world)] == [
        (names[0], "delivered", 1),
        (names[1], "pending", 0),
        (names[2], "pending", 0),
    ]
    again = claims.claim(world.database, SAMARINDA, EMAIL, world.database.now(), most=32)
    assert [(claim.lane, claim.fresh) for claim in again] == [(name, True) for name in names[1:]]


def test_what_is_in_hand_for_long_is_written_down_before_the_next_attempt(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, seen = in_large_sets, list[list[str]]()
    lanes(world, 3, "")
    monkeypatch.setattr(sets, "IN_HAND", 0.0)

    def look(_: Claim) -> Outcome:
        seen.append(states(world))
        return DELIVERED

    work(world, Outside(meanwhile=look))
    assert [found.count("delivered") for found in seen] == [0, 1, 2]


def test_what_an_attempt_says_of_the_receiver_ends_the_set_and_is_written_down(
    in_large_sets: World,
) -> None:
    world, said = in_large_sets, list[list[str]]()
    lanes(world, 3, "")

    def also(uow: UnitOfWork, _now: datetime) -> None:
        said.append(states(world) if uow.dialect == "postgresql" else [])

    held = claims.claim(world.database, SAMARINDA, EMAIL, world.database.now(), most=32)
    outside = Outside(meanwhile=lambda _: replace(DELIVERED, also=also))
    done = sets.attempt_set(world.ctx, held, outside, lambda: 0.5)
    assert (done.made, len(said), len(outside.told)) == (1, 1, 1)
    assert states(world) == ["delivered", "pending", "pending"]
    if world.database.dialect == "postgresql":
        assert said == [["delivered", "pending", "pending"]], "after the lanes are free"


def test_for_whom_there_is_no_room_the_ring_ends_and_all_stays_due(in_large_sets: World) -> None:
    world = in_large_sets
    lanes(world, 3, "")
    outside = Outside(meanwhile=lambda _: Outcome("put_back"))
    assert work(world, outside) == Worked(0)
    assert len(outside.told) == 1
    assert len(claims.claim(world.database, SAMARINDA, EMAIL, world.database.now(), most=9)) == 3


def test_messages_that_cannot_be_made_safe_are_not_delivered(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_large_sets
    lanes(world, 2, "")

    class Full:
        def settle(self) -> None:
            raise PostFailed("the messages could not be written (no space)", permanent=False)

    @contextmanager
    def talks() -> Any:
        yield Full()

    monkeypatch.setattr(world.ctx, "talks", talks)
    work(world, Outside())
    assert [(row.state, row.attempts) for row in listed(world)] == [("pending", 1)] * 2
    assert {row.last_error for row in listed(world)} == {
        "the messages could not be written (no space)"
    }


def test_sets_are_as_large_as_lasts_a_quarter_of_a_second_and_a_full_one_calls_for_help(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_leisure(monkeypatch)
    lanes(world, 12, "")
    rung: list[str] = []
    sizes: list[int] = []
    for took, size in ((None, sets.FIRST), (0.1, 2), (60.0, 1), (0.0, 1)):
        if took is not None:
            world.ctx.took[SAMARINDA, EMAIL] = took
        before = states(world).count("delivered")
        work(world, Outside(), size, ring=rung.append)
        sizes.append(states(world).count("delivered") - before)
    assert sizes == [8, 2, 1, 1]
    assert rung == [EMAIL] * 4
    work(world, Outside(), ring=rung.append)
    assert len(rung) == 4, "nothing was left"


def test_a_lease_outlasts_the_longest_set() -> None:
    longest = 15 + 15 + 15 + 5  # a mail server that hangs at every turn
    assert sets.BEGINS + longest + sum(sets.AGAIN) < LEASE / timedelta(seconds=1)


@contextmanager
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many lanes each look for what is due has found."""
    found: list[int] = []
    claim = claims.claim

    def counted(*args: Any, **more: Any) -> list[Claim]:
        held = claim(*args, **more)
        found.append(len(held))
        return held

    with monkeypatch.context() as patch:
        patch.setattr(claims, "claim", counted)
        yield found


def test_who_took_all_there_was_looks_no_second_time(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_large_sets
    lanes(world, 3, "")
    with looks(monkeypatch) as found:
        assert work(world, Outside()) == Worked(3)
    assert found == [3]
    assert states(world) == ["delivered"] * 3


def test_what_stands_behind_in_a_lane_is_told_by_the_same_ring(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_large_sets
    lanes(world, 2)
    with looks(monkeypatch) as found:
        assert work(world, Outside()) == Worked(4)
    assert found == [2, 2]
    assert states(world) == ["delivered"] * 4


def test_what_comes_into_a_lane_meanwhile_is_told_by_the_same_ring(in_large_sets: World) -> None:
    world = in_large_sets
    [lane] = lanes(world, 1, "")

    def happens(claim: Claim) -> Outcome:
        if len(outside.told) == 1:
            world.play(claim.number, SHORT)
            drain_apart(world)
        return DELIVERED

    outside = Outside(meanwhile=happens)
    # Its own ring finds the lane held.
    assert work(world, outside) == Worked(2)
    assert [name for name, _ in outside.told] == [lane, lane]
    assert states(world) == ["delivered"] * 2


def test_what_waits_until_later_keeps_no_worker(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_large_sets
    lanes(world, 2, "")
    with looks(monkeypatch) as found:
        assert work(world, Outside(meanwhile=lambda _: TROUBLE)) == Worked(2)
    assert found == [2]
    assert states(world) == ["pending"] * 2


def test_who_is_not_alone_at_an_endpoint_looks_again(
    in_large_sets: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ring is let go where as many are at work as may be: one of these finds what it was for."""
    world = in_large_sets
    lanes(world, 2, "")
    row = _endpoint_of(world)
    for beside, count in ((0, 1), (1, 2)):
        held = claims.claim(world.database, SAMARINDA, EMAIL, world.database.now(), most=1)
        given = [[replace(each, subscription=row, beside=beside) for each in held], []]
        monkeypatch.setattr(claims, "claim", lambda *_, given=given, **__: given.pop(0))
        assert work(world, Outside()) == Worked(1)
        assert len(given) == 2 - count
        monkeypatch.undo()
        world.ctx.took[SAMARINDA, EMAIL] = 0.0


def _endpoint_of(world: World) -> subscriptions.Row:
    """A subscription whose endpoint is well."""
    now = world.database.now()
    return subscriptions.Row(
        region=SAMARINDA,
        id="wh_1",
        agency=None,
        created_by="dewi",
        created_at=now,
        types=("casetrack.*",),
        service=None,
        url="https://192.0.2.1/",
        sealed=b"",
        mail=False,
        state="active",
        why=None,
        state_since=now,
        failures=0,
        failing_since=None,
        rests_until=None,
        slow=False,
        last_error=None,
        version=1,
    )
