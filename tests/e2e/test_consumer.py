"""The consumer of docs/, really killed: every event has its effect once, in order, none is missing."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from werkzeug.serving import make_server

from casetrack.domain.delivery.receivers import told
from casetrack.usecases.delivery import relay
from casetrack.web.app import create_app
from tests.support.world import LETTER_STORY, World

CONSUMER = Path(__file__).parent.parent.parent / "docs" / "consumer.py"
KILLS = 20
pytestmark = pytest.mark.e2e


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World.make(f"sqlite:///{tmp_path / 'casetrack.sqlite'}", tmp_path)
    yield made
    made.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(world.app), threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def _start(address: str, file: Path, token: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, str(CONSUMER), address, str(file)],
        env={**os.environ, "CASETRACK_TOKEN": token},
        stderr=subprocess.DEVNULL,
    )


def _seen(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'seen'").fetchone():
            return []  # on a busy machine it was always killed before it had begun
        return [row[0] for row in database.execute("SELECT position FROM seen ORDER BY rowid")]


def test_a_consumer_that_is_killed_again_and_again_misses_and_repeats_nothing(
    world: World, address: str, tmp_path: Path
) -> None:
    chance, file, token, done = random.Random(7), tmp_path / "consumer.sqlite", "", Event()
    token = world.token("mesin")

    def work() -> None:
        while not done.is_set():
            world.play(str(world.open().view["number"]), LETTER_STORY)
            relay.drain(world.ctx, told, lambda _: None)

    worker = Thread(target=work)
    worker.start()
    try:
        for _ in range(KILLS):
            consumer, before = _start(address, file, token), len(_seen(file))
            # Not before it has done something, however busy the machine; then at any moment.
            until = time.monotonic() + 20
            while len(_seen(file)) == before and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.1))
            consumer.send_signal(signal.SIGKILL)
            consumer.wait(10)
    finally:
        done.set()
        worker.join(30)
    with world.database.read() as connection:
        # An agency's feed is of its cases: accounts and files are for auditors, papers are the region's.
        theirs = (
            "SELECT position FROM ledger WHERE stream NOT LIKE 'administration/%%' "
            "AND stream NOT LIKE 'register/%%'"
        )
        due = sorted(connection.exec_driver_sql(theirs).scalars())
    consumer = _start(address, file, token)
    try:
        until = time.monotonic() + 30
        while len(_seen(file)) < len(due) and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        consumer.kill()
        consumer.wait(10)
    assert _seen(file) == due
    assert len(due) > 40
    with closing(sqlite3.connect(file)) as database:
        statuses = {row[0] for row in database.execute("SELECT status FROM cases")}
    assert statuses == {"handed_over"}
