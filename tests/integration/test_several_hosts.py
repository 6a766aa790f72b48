"""Several servers in one address: the pool and who listens follow the one that can be written to."""

import logging
from pathlib import Path
from threading import Thread

import pytest

from casetrack.storage.listen import LEDGER_CHANNEL, Listener, notify
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.proof.verify import verify
from tests.integration.test_database_gone import unavailable
from tests.integration.test_workers import eventually
from tests.support.clusters import Pair, pair
from tests.support.web import BILLBOARD, Web
from tests.support.world import BILLBOARD_STORY, World


def hears(listener: Listener, database: Database) -> bool:
    """Whether what is told arrives."""
    heard: list[bool] = []
    waiting = Thread(target=lambda: heard.append(listener.wait(1.5)))
    waiting.start()
    while waiting.is_alive():
        notify(database, LEDGER_CHANNEL)
        waiting.join(0.1)
    return heard == [True]


@pytest.mark.postgres
def test_a_promotion_needs_no_restart_and_meanwhile_everybody_is_told_to_come_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pair() as servers:
        world = World.make(servers.url(), tmp_path)
        web, listener = Web(world), Listener(servers.url(), LEDGER_CHANNEL)
        number = web.open(BILLBOARD)["number"]
        assert hears(listener, world.database)
        assert eventually(lambda: followed(servers))
        caplog.clear()
        servers.first.kill()
        assert unavailable(web.get(f"/cases/{number}", "dewi"))
        for _ in range(3):
            assert not listener.wait(0.3)
        said = [each.message for each in caplog.records if "LISTEN" in each.message]
        assert len(said) == 1
        servers.promote()
        assert eventually(lambda: web.get(f"/cases/{number}", "dewi").status_code == 200)
        web.play(number, BILLBOARD_STORY)
        assert eventually(lambda: hears(listener, world.database), 10)
        web.relay()
        assert verify(world.ctx, progress=lambda _: None).fault is None
        listener.close()
        world.close()


def followed(servers: Pair) -> bool:
    """Whether the standby has all that was written."""
    return bool(
        servers.ask(
            servers.first,
            "SELECT coalesce(bool_and(replay_lsn >= pg_current_wal_lsn()), false) "
            "FROM pg_stat_replication",
        )
    )


@pytest.mark.postgres
def test_a_server_that_listens_to_nobody_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener("postgresql://postgres@127.0.0.1:1/nowhere", LEDGER_CHANNEL)
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            assert not listener.wait(0.4)
    assert len([each for each in caplog.records if "cannot be had" in each.message]) == 1
