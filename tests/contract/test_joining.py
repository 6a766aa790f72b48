"""Relays join, workers claim, clerks act, all at once: nothing is told twice and nothing is lost."""

import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event as Flag

from casetrack.domain.delivery.receivers import STATES, told
from casetrack.domain.events import Event
from casetrack.storage import schema
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.delivery import deliveries, relay
from casetrack.usecases.delivery.outcomes import DELIVERED, Attempt, Outcome
from tests.support.lanes import attempt_lane, claim_lane, finish
from tests.support.web import at_once
from tests.support.world import LETTER_STORY, SAMARINDA, World


@dataclass
class Told:
    """What reached each lane, message by message, as ids of events."""

    seen: list[tuple[str, list[int]]] = field(default_factory=list)

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        ids = [event.id, *(Event.from_body(body).id for body in claim.joined)]
        self.seen.append((claim.lane, ids))
        return DELIVERED

    def of(self, lane: str) -> list[int]:
        return [event for name, ids in self.seen if name == lane for event in ids]


def sequence(world: World) -> None:
    relay.drain(world.ctx, told, lambda _: None)


def attempt(world: World, number: str, attempt_: Attempt) -> None:
    attempt_lane(world.ctx, SAMARINDA, f"{number}/applicant", attempt_, lambda: 0.5, 50)


def places(world: World) -> Counter[tuple[str, int]]:
    """In how many messages each event of each lane is: its own or another's."""
    rows = deliveries.find(world.ctx, number=None, states=STATES, limit=1000)
    with world.database.read() as connection:
        joined = connection.execute(schema.joined.select()).all()
    own = [(row.lane, row.position) for row in rows]
    return Counter([*own, *((row.lane, row.event_position) for row in joined)])


def all_at_once(world: World, numbers: list[str], outside: Told) -> None:
    """Two clerks act until they are done; meanwhile relays sequence and workers carry."""
    over = [Flag(), Flag()]

    def clerk(place: int) -> None:
        for number in numbers[place::2]:
            world.play(number, LETTER_STORY)
        over[place].set()

    def carry() -> None:
        for number in numbers:
            attempt(world, number, outside)

    def anybody(place: int) -> None:
        if place < 2:
            return clerk(place)
        while not all(flag.is_set() for flag in over):
            carry() if place % 2 else sequence(world)
            time.sleep(0.005)  # SQLite has one writer, and the clerks are to get their turn
        return None

    assert at_once(6, anybody) == [None] * 6
    sequence(world)
    carry()


def test_every_event_of_a_party_is_in_exactly_one_message(world: World) -> None:
    numbers = [str(world.open().view["number"]) for _ in range(4)]
    outside = Told()
    all_at_once(world, numbers, outside)
    with world.database.read() as connection:
        events = connection.execute(schema.events.select()).all()
    for number in numbers:
        wanted = sorted(event.id for event in events if event.stream == number)
        assert outside.of(f"{number}/applicant") == wanted, "each once, and in order"
    assert set(places(world).values()) == {1}
    assert len(places(world)) == sum(event.stream in numbers for event in events) == 16


def test_a_claim_and_a_relay_at_the_same_moment_agree_on_what_is_told(world: World) -> None:
    """The narrow race, again and again: the event is in the claimed message, or in the next."""
    number = str(world.open().view["number"])
    world.act(number, "dewi", "declare_complete", "intake")
    sequence(world)
    attempt(world, number, Told())
    for _ in range(8):
        world.act(number, "dewi", "pause", reason="court")
        sequence(world)
        world.act(number, "dewi", "resume")
        taken: list[Claim] = []

        def race(place: int, taken: list[Claim] = taken) -> None:
            if place == 0:
                sequence(world)
                return
            lane = f"{number}/applicant"
            claim = claim_lane(world.database, SAMARINDA, lane, world.database.now())
            if claim is not None:
                taken.append(claim)

        assert at_once(2, race) == [None, None]
        sequence(world)
        for claim in taken:
            key = (claim.region, claim.lane, claim.position)
            with world.database.read() as connection:
                kept = delivery_lists.joined(connection, [key]).get(key, [])
            assert len(claim.joined) == len(kept), "what joined is what was claimed"
            with world.database.write() as uow:
                assert finish(uow, claim, "delivered", uow.time(None), attempts=1)
        attempt(world, number, Told())
    assert set(places(world).values()) == {1}
    assert len(places(world)) == 2 + 16
