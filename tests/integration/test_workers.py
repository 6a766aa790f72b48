"""Relay, doorbell and workers together: in one process, and as processes of their own."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.processes import Processes, Running
from casetrack.bootstrap import App, ready
from casetrack.domain.delivery.receivers import STATES
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.listen import TOLD, WAKE_CHANNEL, Listener
from casetrack.usecases.region import loading
from tests.conftest import need
from tests.support.processes import own_redis, production, redis_available
from tests.support.world import LETTER_STORY, Hands, World, samarinda, settings_for
from workers.embedded import Inside
from workers.relay import InProcess


def eventually(fact: Callable[[], Any], seconds: float = 40) -> bool:
    """Whether it becomes true in time; only a failure waits that long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.05)
    return bool(fact())


def living(url: str, folder: Path, wake: Callable[[], None] | None = None) -> World:
    """The cast in a world whose clock goes: processes of their own have no hands to turn."""
    app = ready(settings_for(url, folder), wake=wake)
    loading.load(app.ctx, samarinda())
    return World(app, Hands(), folder / "mail")


def states(app: App) -> dict[str, int]:
    """How many events are in a message of each state, alone or with others."""
    events: Counter[str] = Counter()
    with app.database.read() as connection:
        rows = delivery_lists.deliveries(connection, number=None, states=list(STATES), limit=1000)
        joined = delivery_lists.joined(connection, [(r.region, r.lane, r.position) for r in rows])
    for row in rows:
        events[row.state] += 1 + len(joined.get((row.region, row.lane, row.position), ()))
    return dict(events)


def mails(world: World) -> int:
    return len(list(world.mail.glob("*.eml")))


# --- one process --------------------------------------------------------------------------------


def test_threads_of_one_process_tell_every_event_and_end_when_asked(
    database_url: str, tmp_path: Path
) -> None:
    bell = InProcess()
    world = living(database_url, tmp_path, bell.wake)
    before = set(threading.enumerate())
    inside = Inside(world.app, bell)
    inside.start()
    try:
        number = world.open().view["number"]
        world.play(number, LETTER_STORY)
        assert eventually(lambda: states(world.app) == {"delivered": 4})
        assert 1 <= mails(world) <= 4
    finally:
        inside.stop()
        world.close()
    left = [thread for thread in threading.enumerate() if thread not in before]
    assert [thread.name for thread in left if thread.name in ("relay", "clock")] == []


def test_a_wake_before_the_wait_is_not_lost() -> None:
    bell = InProcess()
    bell.wake()
    waiting = threading.Thread(target=bell.wait, args=(60,), daemon=True)
    waiting.start()
    waiting.join(20)
    assert not waiting.is_alive()


# --- waking by the database -----------------------------------------------------------------------


@pytest.mark.postgres
def test_a_commit_wakes_the_relay_long_before_its_poll(postgres_url: str, tmp_path: Path) -> None:
    world = living(postgres_url, tmp_path)
    listener = Listener(postgres_url, WAKE_CHANNEL)
    # The first wait only opens the connection.
    listener.wait(0.01)
    # What the making of the world told, nobody heard; for so long it is not told again.
    time.sleep(TOLD)
    waiting = threading.Thread(target=listener.wait, args=(600,), daemon=True)
    waiting.start()
    world.open()
    waiting.join(30)
    assert not waiting.is_alive(), "a poll of ten minutes was not cut short"
    listener.close()
    world.close()


def test_a_listener_without_its_server_only_waits() -> None:
    listener = Listener("postgresql://nobody@127.0.0.1:1/nothing", WAKE_CHANNEL)
    began = time.monotonic()
    listener.wait(0.2)
    listener.wait(0.2)
    assert time.monotonic() - began >= 0.4


# --- processes of their own -------------------------------------------------------------------------


@pytest.fixture
def servers(postgres_url: str, tmp_path: Path) -> Iterator[tuple[World, Processes]]:
    """The cast on PostgreSQL, and processes to be started on it and on Redis."""
    need(redis_available(), "Redis")
    world = living(postgres_url, tmp_path)
    with own_redis("workers") as url, production(postgres_url, url, tmp_path) as processes:
        yield world, processes
    world.close()


def workers(processes: Processes, name: str = "workers", **settings: str) -> Running:
    return processes.start(
        name, "dramatiq", "workers", "--processes", "1", "--threads", "2", **settings
    )


def ended(pid: int) -> bool:
    """Whether a process is gone, or has ended and waits for somebody to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.e2e
def test_relay_and_workers_tell_every_event_and_leave_nothing_running(
    servers: tuple[World, Processes],
) -> None:
    world, processes = servers
    relay, first = processes.start("relay", "casetrack", "relay"), workers(processes)
    number = world.open().view["number"]
    assert eventually(lambda: states(world.app) == {"delivered": 1}), first.tail()
    # Asked to end, each does, with status 0.
    assert first.stop() == 0, first.tail()
    # Meanwhile the bell is rung for nobody; who comes later hears it.
    world.play(number, LETTER_STORY)
    second = workers(processes, "workers-again")
    assert eventually(lambda: states(world.app) == {"delivered": 4}), second.tail()
    assert relay.stop() == 0, relay.tail()
    assert "Traceback" not in relay.log.read_text() + first.log.read_text()
    # The master is killed: its workers see it and go.
    children = second.children()
    assert children
    second.kill()
    assert eventually(lambda: all(ended(pid) for pid in children)), children


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.e2e
def test_what_a_killed_worker_had_in_hand_is_taken_over_when_its_lease_runs_out(
    servers: tuple[World, Processes],
) -> None:
    world, processes = servers
    processes.start("relay", "casetrack", "relay")
    url = world.app.settings.database_url
    with socket.create_server(("127.0.0.1", 0)) as mail_server:
        mail_server.settimeout(60)
        port = mail_server.getsockname()[1]
        first = workers(
            processes, CASETRACK_SMTP_URL=f"smtp://127.0.0.1:{port}?from=izin@kota.example"
        )
        world.open()
        # It talks to a mail server that never greets: it is in the middle of its attempt.
        held, _ = mail_server.accept()
        first.kill()
        first.sweep()
        held.close()
    assert states(world.app) == {"pending": 1}
    with psycopg.connect(url, autocommit=True) as connection:
        leased = connection.execute("SELECT lease_until > now(), fence FROM lanes").fetchall()
        assert leased == [(True, 1)]
        second = workers(processes, "workers-again")
        # The minute of the lease is not waited for.
        connection.execute("UPDATE lanes SET lease_until = now() - interval '1 second'")
        assert eventually(lambda: states(world.app) == {"delivered": 1}), second.tail()
        assert connection.execute("SELECT fence FROM lanes").fetchall() == [(2,)]
    assert mails(world) == 1


@pytest.mark.postgres
@pytest.mark.e2e
def test_the_relay_goes_on_without_a_broker(postgres_url: str, tmp_path: Path) -> None:
    world = living(postgres_url, tmp_path)
    with production(postgres_url, "redis://127.0.0.1:1/0", tmp_path) as processes:
        relay = processes.start("relay", "casetrack", "relay")
        world.play(world.open().view["number"], LETTER_STORY)
        assert eventually(lambda: states(world.app) == {"pending": 4}), relay.tail()
        assert relay.alive
        assert "Traceback" not in relay.log.read_text()
    world.close()
