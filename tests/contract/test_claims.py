"""A claim on PostgreSQL locks lanes, then looks into them: what happens before the lock is had.

Between the moment that the statement sees and its lock others may claim, deliver and free a lane.
That window is microseconds wide; here a sleep in the statement itself holds it open.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.delivery.receivers import LEASE
from casetrack.storage import round_trips
from casetrack.storage.delivery import claims, sending_again
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.delivery.fanout import Woken, wake_lanes
from casetrack.storage.fixed import Fixed
from tests.contract.test_deliveries import claimed, finished, sequenced, states
from tests.support.world import SAMARINDA, World

pytestmark = pytest.mark.postgres

#: In the look at the lanes, before their locks.
_SLEEP = text("(SELECT CAST(pg_sleep(0.5) AS text)) IS NOT NULL")


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda on PostgreSQL."""
    made = World.make(postgres_url, tmp_path)
    yield made
    made.close()


def between(world: World, happens: Callable[[], Any]) -> Claim | None:
    """The claim of somebody who looked before, and locks after, what happens."""
    looked = Event()
    usual: Any = claims._OLDEST.statement
    sleepy = Fixed(usual.where(_SLEEP))

    def note(calls: Sequence[Any]) -> None:
        if any(statement is sleepy for statement, _ in calls):
            looked.set()

    def look() -> list[Claim]:
        # By its clock it is a little later, so that what was freed meanwhile is due for it too.
        now = world.database.now() + timedelta(seconds=1)
        return claims.claim(world.database, SAMARINDA, "email", now, most=5)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(claims, "_OLDEST", sleepy)
        patch.setattr(round_trips, "observers", [note])
        claim = pool.submit(look)
        assert looked.wait(10)
        # The statement is on its way; it sleeps five times as long as this.
        Event().wait(0.1)
        happens()
        found = claim.result(20)
    assert len(found) <= 1, "the story has one lane"
    return found[0] if found else None


def positions(world: World, lane: str) -> list[int]:
    """All of a lane, in order: claimed and delivered one by one."""
    found = []
    while claim := claimed(world, lane):
        found.append(claim.position)
        assert finished(world, claim)
    return found


def test_what_was_delivered_meanwhile_is_not_claimed_again(world: World) -> None:
    lane = sequenced(world)
    delivered: list[Claim] = []

    def another() -> None:
        claim = claimed(world, lane)
        assert claim is not None
        assert finished(world, claim)
        delivered.append(claim)

    late = between(world, another)
    assert late is not None
    assert late.position > delivered[0].position
    assert late.fence == delivered[0].fence + 1
    assert finished(world, late)
    assert states(world)[:2] == ["delivered"] * 2


def test_what_another_took_meanwhile_is_his(world: World) -> None:
    lane = sequenced(world)
    taken: list[Claim | None] = []
    assert between(world, lambda: taken.append(claimed(world, lane))) is None
    assert taken[0] is not None
    assert finished(world, taken[0])


def test_a_result_that_came_after_its_lease_and_before_the_lock_counts(world: World) -> None:
    lane = sequenced(world)
    first = claimed(world, lane)
    assert first is not None
    world.hands.pass_time(seconds=LEASE.total_seconds() + 1)
    # The lease has run out, and its holder writes down all the same while another looks.
    late = between(world, lambda: finished(world, first))
    assert late is not None
    assert late.position > first.position


def test_a_lane_that_was_emptied_meanwhile_gives_nothing_and_stays_silent(world: World) -> None:
    lane = sequenced(world)
    assert between(world, lambda: positions(world, lane)) is None
    assert states(world) == ["delivered"] * 4
    assert claimed(world, lane) is None


def test_without_anybody_between_the_claim_is_the_first_of_the_lane(world: World) -> None:
    lane = sequenced(world)
    claim = between(world, lambda: None)
    assert claim is not None
    assert finished(world, claim)
    rest = positions(world, lane)
    assert len(rest) == 3
    assert claim.position < min(rest)


def test_an_older_one_that_came_back_meanwhile_goes_first(world: World) -> None:
    lane = sequenced(world)
    first = claimed(world, lane)
    assert first is not None
    assert finished(world, first, "given_up")

    def again() -> None:
        with world.database.write() as uow:
            assert sending_again.retry(uow, SAMARINDA, lane, first.position, uow.time(None))

    late = between(world, again)
    assert late is not None
    assert late.position == first.position


def test_a_lane_that_was_woken_meanwhile_is_claimed_all_the_same(world: World) -> None:
    lane = sequenced(world)

    def wake() -> None:
        with world.database.write() as uow:
            wake_lanes(uow, SAMARINDA, {lane: Woken("email", world.database.now())})

    claim = between(world, wake)
    assert claim is not None
    assert finished(world, claim)
