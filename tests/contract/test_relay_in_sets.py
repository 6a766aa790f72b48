"""A batch of the relay goes in by sets: as one event after the other would, whole, in few round trips."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.delivery.receivers import told
from casetrack.domain.events import GENESIS
from casetrack.domain.proof.ledger import ledger_hash
from casetrack.storage import round_trips, schema
from casetrack.storage.delivery import delivery_lists, sequencing
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.delivery import relay
from casetrack.usecases.delivery.channel_choice import Ways
from tests.support.examples import examples
from tests.support.one_by_one import Office, OneByOne, party
from tests.support.world import SAMARINDA, World

#: As in the evening, when SMS and WhatsApp wait for the morning.
EVENING = timedelta(hours=12)


def _hold(office: Office, expected: OneByOne) -> None:
    """The rows are what one event after the other would have made."""
    assert {
        (row["lane"], row["position"]): {
            "state": row["state"], "channel": row["channel"], "then": row["next_channels"],
        }
        for row in office.read(schema.deliveries)
    } == expected.deliveries  # fmt: skip
    assert {
        (row["lane"], row["event_position"]): row["position"] for row in office.read(schema.joined)
    } == expected.joined
    assert {
        row["lane"]: (row["queue"], _minute(row["due_at"]), row["claimed"] or 0)
        for row in office.read(schema.lanes)
    } == {
        lane: (lock.queue, _minute(lock.due_at), lock.claimed)
        for lane, lock in expected.lanes.items()
    }


def _minute(at: datetime | None) -> datetime | None:
    """The clock of the tests goes on by a little whenever it is looked at."""
    return at and at.replace(second=0, microsecond=0)


def _begun(world: World, seed: int) -> Office:
    relay.drain(world.ctx, told, lambda _: None)
    world.ctx.channels = frozenset({"email", "sms", "whatsapp"})
    world.hands.now += EVENING
    return Office(world, random.Random(seed))


@pytest.mark.parametrize("seed", range(examples(6)))
def test_sets_come_to_what_one_event_after_the_other_comes_to(world: World, seed: int) -> None:
    office = _begun(world, seed)
    office.open(6)
    office.subscribe(4)
    expected = OneByOne(office)
    for _ in range(4):
        office.happen(office.chance.randint(1, 30))
        waiting = {(row["stream"], row["version"]) for row in office.read(schema.queue)}
        rung = _sequenced(office, most=office.chance.randint(1, 12))
        ledger = office.read(schema.ledger)
        positions = {(row["stream"], row["version"]): row["position"] for row in ledger}
        events = [e for e in office.read(schema.events) if (e["stream"], e["version"]) in waiting]
        expected.rung.clear()
        expected.take(events, positions)
        _hold(office, expected)
        assert rung == expected.rung
        expected.claim_some()
    assert expected.joined
    assert {d["state"] for d in expected.deliveries.values()} >= {"pending", "delivered"}
    _holds_together(office)


def _sequenced(office: Office, most: int) -> set[str]:
    """All that waits, in batches of so many; gives the queues that were rung for."""
    world = office.world
    rung: set[str] = set()
    while True:
        with world.database.write() as uow:
            ways = partial(Ways, world.ctx, SAMARINDA)
            batch = sequencing.sequence(uow, SAMARINDA, most, told, ways)
        assert batch is not None
        if not batch.events:
            return rung
        rung |= {queue for _, queue in batch.queues}


def _holds_together(office: Office) -> None:
    """The ledger: no gap, in the order of the ids, each hash over the one before."""
    ledger = sorted(office.read(schema.ledger), key=lambda row: row["position"])
    hashes = {row["id"]: row["hash"] for row in office.read(schema.events)}
    assert [row["position"] for row in ledger] == list(range(1, len(hashes) + 1))
    assert [row["id"] for row in ledger] == sorted(hashes)
    previous = GENESIS
    for row in ledger:
        assert row["prev_hash"] == previous
        previous = ledger_hash(previous, row["position"], hashes[row["id"]])
        assert row["hash"] == previous
    heads = office.read(schema.ledger_heads)
    assert [(row["position"], row["hash"]) for row in heads] == [(len(ledger), previous)]


# --- whole or not at all --------------------------------------------------------------------------


@contextmanager
def _refusing(world: World, table: str, kind: str, does: str) -> Iterator[None]:
    """The database leaves out, or refuses, what is written into a table; `does` is "skip" or "fail"."""
    if world.database.dialect == "sqlite":
        what = "RAISE(IGNORE)" if does == "skip" else "RAISE(ABORT, 'no place')"
        where = "OLD" if kind == "DELETE" else "NEW"
        made = [
            f"CREATE TRIGGER refuses BEFORE {kind} ON {table} WHEN {where}.region = '{SAMARINDA}' "
            f"BEGIN SELECT {what}; END"
        ]
        gone = ["DROP TRIGGER refuses"]
    else:
        what = "RETURN NULL" if does == "skip" else "RAISE EXCEPTION 'no place'"
        where = "OLD" if kind == "DELETE" else "NEW"
        made = [
            f"CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; END $$",
            f"CREATE TRIGGER refuses BEFORE {kind} ON {table} FOR EACH ROW "
            f"WHEN ({where}.region = '{SAMARINDA}') EXECUTE FUNCTION refuses()",
        ]
        gone = [f"DROP TRIGGER refuses ON {table}", "DROP FUNCTION refuses()"]
    _run(world, made)
    try:
        yield
    finally:
        _run(world, gone)


def _run(world: World, statements: list[str]) -> None:
    for statement in statements:
        with world.database.write() as uow:
            uow.execute(text(statement))


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("ledger", "INSERT"),
        ("deliveries", "INSERT"),
        ("joined", "INSERT"),
        ("ledger_agencies", "INSERT"),
        ("lanes", "INSERT"),
        ("queue", "DELETE"),
        ("ledger_heads", "UPDATE"),
    ],
)
def test_a_batch_that_would_lose_a_row_fails_and_is_made_again(
    world: World, table: str, kind: str
) -> None:
    office = _begun(world, 1)
    office.open(3, ("applicant",))
    office.write(schema.parties, [party(office.numbers[0], "payer", "email")])
    office.happen(12)
    before = _numbering(office)
    with (
        _refusing(world, table, kind, "skip"),
        pytest.raises(Exception, match=f"{table}: [0-9]+ rows instead of [0-9]+"),
    ):
        relay.sequence_once(world.ctx, told, _nobody)
    assert _numbering(office) == before
    assert office.read(schema.deliveries) == office.read(schema.lanes) == []
    assert relay.drain(world.ctx, told, _nobody) == 12
    _holds_together(office)


def _numbering(office: Office) -> dict[str, list[str]]:
    """What waits, what has a number, and the head, in no order of the database's."""
    tables = (schema.queue, schema.ledger, schema.ledger_heads)
    return {table.name: sorted(map(str, office.read(table))) for table in tables}


def _nobody(_queues: object) -> None:
    """Nobody is rung for."""


# --- region by region -----------------------------------------------------------------------------


def test_a_region_that_fails_stops_itself_alone_and_is_tried_again(world: World) -> None:
    relay.drain(world.ctx, told, _nobody)
    now = 100.0
    regions = relay.Relay(world.ctx, told, _nobody, clock=lambda: now)
    with _refusing(world, "ledger", "INSERT", "fail"):
        for _ in range(2):
            world.open()
            world.open(by="sby.clerk")
            assert regions.round() == 1, "that of Surabaya"
            assert len(regions.errors) == 1
    world.open(by="sby.clerk")
    assert regions.round() == 1, "Samarinda rests"
    now += relay.REST
    assert regions.round() == 2
    assert regions.errors == []
    assert regions.round() == 0


@pytest.mark.postgres
def test_where_not_all_regions_can_be_asked_each_is_asked_by_itself(
    postgres_url: str, tmp_path: Path
) -> None:
    world = World.make(postgres_url, tmp_path)
    world.open()
    world.open(by="sby.clerk")
    with world.database.read() as connection:
        waiting = delivery_lists.queue_length(connection)

    def away(calls: Any) -> None:
        if any(b"EXISTS" in statement.sql for statement, _ in calls):
            raise DatabaseDown("a machine of several is away")

    round_trips.observers.append(away)
    try:
        assert relay.sequence_once(world.ctx, told, _nobody) == waiting > 2
    finally:
        round_trips.observers.remove(away)
        world.close()


# --- how often the database is asked --------------------------------------------------------------


@contextmanager
def _counted() -> Iterator[Callable[[], int]]:
    trips = 0

    def note(_calls: Any) -> None:
        nonlocal trips
        trips += 1

    round_trips.observers.append(note)
    try:
        yield lambda: trips
    finally:
        round_trips.observers.remove(note)


@pytest.mark.postgres
def test_a_batch_is_four_round_trips_whatever_its_size(postgres_url: str, tmp_path: Path) -> None:
    world = World.make(postgres_url, tmp_path)
    office = _begun(world, 3)
    office.open(20)
    office.subscribe(5)
    found = []
    # The first of a process also asks for the days that the nation decreed.
    for size in (1, 1, 40, 200):
        office.happen(size)
        with _counted() as trips:
            assert relay.sequence_once(office.world.ctx, told, _nobody) == size
        found.append(trips())
    assert max(found[1:]) <= 5, "one to see which regions wait, and four"
    world.close()
