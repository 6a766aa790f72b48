"""Killed while papers are confirmed and cases decided: nothing half, nothing told is lost."""

import multiprocessing
import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, or_, select

from casetrack.bootstrap import build
from casetrack.domain.delivery.receivers import told
from casetrack.storage import schema
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.delivery import relay
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support import registrar, victims
from tests.support.world import settings_for

pytestmark = pytest.mark.e2e


def killed_at_work(
    url: str, folder: Path, first: int, dice: random.Random
) -> list[tuple[str, str]]:
    """Start the office, kill it somewhere in the midst of its work; gives what it told as done."""
    here, there = multiprocessing.Pipe(duplex=False)
    victim = victims.start(registrar.office, url, folder, first, there)
    there.close()
    said = []
    try:
        for _ in range(dice.randrange(4, 12)):
            assert here.poll(60), "it works no more"
            said.append(here.recv())
        time.sleep(dice.random() * 0.03)
    finally:
        victim.kill()
        victim.join()
    # A word that was cut by the kill told nothing.
    with suppress(EOFError, OSError):
        while True:
            said.append(here.recv())
    return said


def check_halves(database: Database, done: list[tuple[str, str]]) -> None:
    """Each confirmation has its row and its keys, each decision its row and its links, or neither."""
    entries, events = schema.register_entries, schema.events
    working = or_(*[events.c.type.endswith(name) for name in (".confirmed", ".withdrawn")])
    with database.read() as connection:
        rows = select(func.count()).where(entries.c.confirmed_id.is_not(None))
        confirmed = select(func.count()).where(working)
        assert connection.execute(rows).scalar() == connection.execute(confirmed).scalar()
        streams = set(connection.execute(select(events.c.stream).where(working)).scalars())
        decided = set(connection.execute(select(schema.decisions.c.number)).scalars())
        refused = {
            stream.removeprefix("refusal/")
            for stream in connection.execute(
                select(events.c.stream).where(events.c.stream.like("refusal/%"))
            ).scalars()
        }
    there = {"confirmed": streams, "decided": decided, "refused": refused}
    lost = [(what, which) for what, which in done if which not in there[what]]
    assert lost == []
    assert not decided & refused


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.long)])
def test_an_office_killed_in_the_middle_left_no_half_entry(
    database_url: str, tmp_path: Path, kills: int
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    dice, done = random.Random(seed), list[tuple[str, str]]()
    for kill in range(kills):
        done += killed_at_work(database_url, tmp_path, kill * 1_000, dice)
        app = build(settings_for(database_url, tmp_path), wake=lambda: None)
        try:
            relay.drain(app.ctx, told, lambda _: None)
            verdict = verify(app.ctx, progress=lambda _: None)
            assert verdict.fault is None, (seed, verdict.fault)
            counts = verdict.authority.counts
            assert not counts["past_rules"] + counts["passport_not_derivable"], (seed, counts)
            assert list(rebuild(app.ctx, None, lambda _: None)) == [], seed
            check_halves(app.database, done)
        finally:
            app.database.close()
    # Few are refused after the first kill: it may leave a grant that nobody withdraws any more.
    told_of = Counter(what for what, _ in done)
    assert min(told_of["confirmed"], told_of["decided"]) >= kills
