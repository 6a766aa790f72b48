"""Sets against a model that knows one lane at a time: order, fences and leases under random work.

Workers claim sets, end some of them, late ones too, and time passes. After each step every lane and
delivery in the database is what the model says.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from casetrack.domain.delivery.receivers import LEASE
from casetrack.storage import schema
from casetrack.storage.delivery import claims, results
from casetrack.storage.delivery.claims import SKEW, Claim
from casetrack.storage.delivery.results import Ended, PutBack
from tests.support.world import SAMARINDA, World

QUEUE = "file"
ENDS = ("delivered", "pending", "given_up", "put_back", "put_back_until")


@dataclass
class Lane:
    """One lane, as its claims and results leave it."""

    due_at: datetime | None
    fence: int = 0
    lease_until: datetime | None = None
    claimed: int | None = None
    #: Position → state, attempts, not before.
    deliveries: dict[int, tuple[str, int, datetime | None]] = field(default_factory=dict)

    def may_be_had(self, now: datetime) -> bool:
        """Whether it is due and free."""
        due = self.due_at is not None and self.due_at <= now + SKEW
        return due and (self.lease_until is None or self.lease_until < now)

    def first(self) -> int | None:
        """The first unfinished delivery."""
        return next((p for p, d in sorted(self.deliveries.items()) if d[0] == "pending"), None)

    def claim(self, now: datetime) -> tuple[int, int, bool] | None:
        """Position, fence, and whether it is fresh."""
        position = self.first()
        if position is None:
            self.due_at = None
            return None
        fresh = position > (self.claimed or 0)
        self.fence += 1
        self.lease_until = now + LEASE
        self.claimed = max(self.claimed or 0, position)
        return position, self.fence, fresh

    def end(self, claim: Claim, how: str, later: datetime, now: datetime) -> bool:
        """Write down how an attempt ended; False when the lease was lost."""
        if self.fence != claim.fence:
            return False
        if self.lease_until is None:
            return True
        self.lease_until = None
        state, attempts, waits = self.deliveries[claim.position]
        if how.startswith("put_back"):
            self.claimed = claim.position - 1 if claim.fresh else self.claimed
            if how == "put_back":
                return True
            self.deliveries[claim.position] = (state, attempts, later)
        else:
            waits = later if how == "pending" else None
            self.deliveries[claim.position] = (how, attempts + 1, waits)
        first = self.first()
        self.due_at = None if first is None else self.deliveries[first][2] or now
        return True


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(1, 5), st.booleans()),
        st.tuples(st.just("end"), st.sampled_from(ENDS), st.integers(1, 4), st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 61])),
    ),
    min_size=4,
    max_size=25,
)
LANES = st.lists(st.integers(0, 3), min_size=1, max_size=6)


@dataclass
class Both:
    """The model and the database."""

    world: World
    now: datetime
    lanes: dict[str, Lane]
    held: list[Claim] = field(default_factory=list)

    def claim(self, most: int, newest: bool) -> None:
        """Both claim; of those that may be had, the ones that are due longest, or shortest."""
        found = claims.claim(
            self.world.database, SAMARINDA, QUEUE, self.now, most=most, newest=newest
        )
        ready = {
            name: lane.due_at for name, lane in self.lanes.items() if lane.may_be_had(self.now)
        }
        order = sorted(ready, key=lambda name: cast(datetime, ready[name]), reverse=newest)
        # Of lanes that are due since the same moment it may be any; so whom the database took is read.
        taken = {claim.lane for claim in found} | self._fell_silent(order)
        assert len(taken) == min(most, len(ready))
        moments = [cast(datetime, ready[name]) for name in order]
        assert sorted(cast(datetime, ready[name]) for name in taken) == sorted(moments[:most])
        expected = {name: self.lanes[name].claim(self.now) for name in taken}
        assert {c.lane: (c.position, c.fence, c.fresh) for c in found} == {
            name: each for name, each in expected.items() if each is not None
        }
        assert [claim.lane for claim in found] == sorted(claim.lane for claim in found)
        self.held += found

    def _fell_silent(self, names: list[str]) -> set[str]:
        rows = self._rows()
        return {name for name in names if rows[name].due_at is None}

    def end(self, how: str, count: int, twice: bool) -> None:
        """Both write down how some of the set ended; `twice`, as when the answer was lost."""
        ends, self.held = self.held[:count], self.held[count:]
        later = self.now + timedelta(seconds=30)
        written: list[Ended | PutBack] = []
        for claim in ends:
            if how.startswith("put_back"):
                written.append(PutBack(claim, later if how == "put_back_until" else None))
            else:
                waits = later if how == "pending" else None
                written.append(Ended(claim, how, claim.attempts + 1, not_before=waits))
        for _ in range(1 + twice):
            with self.world.database.write() as uow:
                kept = results.write_down(uow, written, self.now)
            # Of one lane two claims may end together: the older one has lost its lease.
            expected = {c.lane for c in ends if self.lanes[c.lane].end(c, how, later, self.now)}
            assert kept == expected

    def compare(self) -> None:
        """Every row."""
        assert {
            name: (row.due_at, row.fence, row.lease_until, row.claimed)
            for name, row in self._rows().items()
        } == {
            name: (lane.due_at, lane.fence, lane.lease_until, lane.claimed)
            for name, lane in self.lanes.items()
        }
        table = schema.deliveries.c
        with self.world.database.read() as connection:
            rows = connection.execute(
                select(table.lane, table.position, table.state, table.attempts, table.not_before)
            ).all()
        assert {(r.lane, r.position): (r.state, r.attempts, r.not_before) for r in rows} == {
            (name, position): each
            for name, lane in self.lanes.items()
            for position, each in lane.deliveries.items()
        }

    def _rows(self) -> dict[str, Any]:
        with self.world.database.read() as connection:
            return {row.lane: row for row in connection.execute(select(schema.lanes)).all()}


def filled(world: World, counts: list[int]) -> Both:
    """Lanes with so many deliveries, each due a second after the one before."""
    now = world.hands.now
    both = Both(world, now, {})
    with world.database.write() as uow:
        for table in (schema.deliveries, schema.lanes):
            uow.execute(delete(table))
        event = uow.execute(
            select(schema.events).where(schema.events.c.region == SAMARINDA).limit(1)
        ).one()
        for place, count in enumerate(counts):
            name, due_at = f"LANE-{place}/log", now - timedelta(seconds=20 - place)
            lane = Lane(
                due_at, deliveries={place + p * 100 + 1: ("pending", 0, None) for p in range(count)}
            )
            both.lanes[name] = lane
            uow.execute(
                insert(schema.lanes).values(
                    region=SAMARINDA, lane=name, queue=QUEUE, due_at=due_at, fence=0
                )
            )
            for position in lane.deliveries:
                uow.execute(
                    insert(schema.deliveries).values(
                        region=SAMARINDA, lane=name, position=position, number=f"LANE-{place}",
                        role="log", channel=QUEUE, type=event.type, stream=event.stream,
                        version=event.version, state="pending", attempts=0, recorded_at=now,
                    )
                )  # fmt: skip
    return both


@pytest.fixture
def home(world: World) -> World:
    """A world with an event that deliveries can be about."""
    world.open()
    return world


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts=LANES, steps=STEPS)
def test_under_random_sets_every_lane_is_what_one_by_one_makes_of_it(
    home: World, counts: list[int], steps: list[Any]
) -> None:
    both = filled(home, counts)
    for name, *how in steps:
        if name == "wait":
            both.now += timedelta(seconds=how[0])
        else:
            getattr(both, name)(*how)
        both.compare()
