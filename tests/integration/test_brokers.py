"""Two brokers behind one setting: what they keep, what they forget, and that nobody waits for them."""

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dramatiq import Actor, Worker, actor
from dramatiq.broker import Broker
from redis import Redis

from bench.processes import Processes, Running
from casetrack.domain.errors import BadInput
from tests.conftest import need
from tests.integration.test_workers import eventually, living, states, workers
from tests.support.processes import BROKERS, own_bell, production
from tests.support.proxy import Wire
from tests.support.world import World
from workers import broker as doorbell
from workers.rabbit_doorbell import RabbitDoorbell
from workers.redis_doorbell import RedisDoorbell

SERVERS = [
    pytest.param("redis", marks=pytest.mark.redis),
    pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
]


def need_broker(kind: str) -> None:
    _, available, name = BROKERS[kind]
    need(available(), name)


@pytest.fixture(params=["memory", *SERVERS])
def bell_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of each kind of doorbell."""
    if request.param == "memory":
        yield "memory://"
        return
    need_broker(request.param)
    with own_bell(request.param, "bell") as url:
        yield url


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of server."""
    need_broker(request.param)
    return str(request.param)


def listener(bell: Broker) -> "Actor[[str], None]":
    """An actor whose worker is not there."""

    @actor(broker=bell, queue_name=doorbell.queue(bell))
    def nobody_listens(_lane: str) -> None: ...

    return nobody_listens


def test_unheard_rings_are_counted_so_that_a_sweeper_does_not_fill_the_broker(
    bell_url: str,
) -> None:
    bell = doorbell.make(bell_url)
    assert doorbell.waiting(bell) == 0
    nobody = listener(bell)
    for lane in "abc":
        nobody.send(lane)
    assert eventually(lambda: doorbell.waiting(bell) == 3)
    doorbell.ping(bell)
    doorbell.idle(bell)
    bell.close()


@contextmanager
def listening(url: str) -> Iterator[tuple[RedisDoorbell, "Actor[[str], None]", list[str]]]:
    """A worker, its actor, and what it heard."""
    bell = doorbell.make(url)
    assert isinstance(bell, RedisDoorbell)
    heard: list[str] = []

    @actor(broker=bell, queue_name=doorbell.queue(bell))
    def listens(lane: str) -> None:
        heard.append(lane)

    worker = Worker(bell, worker_threads=2)
    worker.start()
    try:
        yield bell, listens, heard
    finally:
        worker.stop()
        bell.close()


@pytest.mark.redis
def test_a_ring_of_which_no_word_came_is_heard_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need_broker("redis")
    with own_bell("redis", "bell") as url, listening(url) as (bell, listens, heard):
        listens.send("told")
        assert eventually(lambda: heard == ["told"])
        monkeypatch.setattr(bell.client, "publish", lambda *_: 0)
        listens.send("untold")
        assert eventually(lambda: heard == ["told", "untold"])


@pytest.mark.redis
def test_a_user_who_may_use_no_channels_rings_and_hears_by_looking() -> None:
    need_broker("redis")
    name, word = f"bell_{secrets.token_hex(4)}", secrets.token_hex(8)
    with own_bell("redis", "bell") as url, Redis.from_url(url.partition("?")[0]) as admin:
        admin.acl_setuser(
            name, enabled=True, passwords=[f"+{word}"], keys=["*"], commands=["+@all"],
            reset_channels=True,
        )  # fmt: skip
        try:
            with listening(url.replace("://", f"://{name}:{word}@")) as (_, listens, heard):
                for lane in ("a", "b"):
                    listens.send(lane)
                assert eventually(lambda: sorted(heard) == ["a", "b"])
        finally:
            admin.acl_deluser(name)


def test_two_namespaces_of_one_server_do_not_hear_each_other(kind: str) -> None:
    with own_bell(kind, "here") as here, own_bell(kind, "there") as there:
        mine, theirs = doorbell.make(here), doorbell.make(there)
        listener(mine).send("a")
        theirs.declare_queue(doorbell.queue(theirs))
        assert eventually(lambda: doorbell.waiting(mine) == 1)
        assert doorbell.waiting(theirs) == 0
        doorbell.forget(here)
        assert doorbell.waiting(mine) == 0
        mine.close()
        theirs.close()


@pytest.mark.parametrize(
    "url",
    [
        "amqp://host/%2F?namespace=a b",
        "redis://host/0?namespace=",
        "amqp://host/?heartbeat=soon",
        "redis://host:port/0",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(BadInput, match="CASETRACK_BROKER_URL"):
        doorbell.make(url)


def test_what_the_url_says_of_the_connection_comes_before_what_we_prefer() -> None:
    bell = doorbell.make("amqp://u:p@host/v?heartbeat=33&namespace=mall")
    assert isinstance(bell, RabbitDoorbell)
    parameters: Any = bell.parameters
    assert (parameters.heartbeat, parameters.socket_timeout) == (33, 2.0)
    assert (parameters.virtual_host, bell.queue) == ("v", "mall")


# --- quorum queues ----------------------------------------------------------------------------------


class Impatient(RabbitDoorbell):
    """Keeps three rings for half a second."""

    kept, most = 500, 3


@pytest.mark.rabbitmq
def test_rabbitmq_keeps_the_newest_rings_and_those_not_for_long() -> None:
    need_broker("rabbitmq")
    with own_bell("rabbitmq", "short") as url:
        bare, _, namespace = url.partition("?namespace=")
        bell = Impatient(bare, namespace, [])
        nobody = listener(bell)
        for lane in "abcdef":
            nobody.send(lane)
        assert eventually(lambda: doorbell.waiting(bell) == 3)
        # Nothing is dead-lettered: there is no queue that dead letters could fill.
        assert eventually(lambda: bell.get_queue_message_counts(namespace) == (0, 0, 0))
        for name in (namespace, f"{namespace}.DQ"):
            arguments = bell._build_queue_arguments(name)
            assert arguments.pop("x-queue-type") == "quorum"
            with pytest.raises(Exception, match=r"PRECONDITION_FAILED.*x-queue-type"):
                bell.channel.queue_declare(name, durable=True, arguments=arguments)
            del bell.channel
        bell.close()


# --- the server goes and comes back -------------------------------------------------------------------


@pytest.fixture
def wired(
    kind: str, postgres_url: str, tmp_path: Path
) -> Iterator[tuple[World, Processes, Wire, Running]]:
    """Relay and workers whose way to the broker can be cut."""
    world = living(postgres_url, tmp_path)
    with own_bell(kind, "wired") as url:
        wire, through = Wire.to(url)
        with wire, production(postgres_url, through, tmp_path) as processes:
            processes.start("relay", "casetrack", "relay")
            yield world, processes, wire, workers(processes)
    world.close()


@pytest.mark.postgres
@pytest.mark.e2e
def test_relay_and_workers_come_back_by_themselves_when_the_broker_does(
    wired: tuple[World, Processes, Wire, Running],
) -> None:
    world, _, wire, working = wired
    world.open()
    assert eventually(lambda: states(world.app) == {"delivered": 1}), working.tail()
    wire.down()
    # Intake goes on, and so does the numbering; only the telling waits.
    began = time.monotonic()
    for _ in range(5):
        world.open()
    assert time.monotonic() - began < 5, "opening a case waited for the broker"
    assert eventually(lambda: states(world.app).get("pending") == 5), working.tail()
    wire.up()
    assert eventually(lambda: states(world.app) == {"delivered": 6}), working.tail()
    # Connections that break while nobody looks are opened again.
    assert wire.cut() > 0
    world.open()
    assert eventually(lambda: states(world.app) == {"delivered": 7}), working.tail()


@pytest.mark.postgres
@pytest.mark.e2e
def test_a_broker_that_accepts_and_never_answers_holds_up_nothing_but_the_bell(
    kind: str, postgres_url: str, tmp_path: Path
) -> None:
    world = living(postgres_url, tmp_path)
    scheme = BROKERS[kind][0].partition("://")[0]
    # The kernel accepts for it; nobody ever reads.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/0"
        with production(postgres_url, url, tmp_path) as processes:
            relay = processes.start("relay", "casetrack", "relay")
            for _ in range(3):
                world.open()
            assert eventually(lambda: states(world.app) == {"pending": 3}, 15), relay.tail()
            world.open()
            assert eventually(lambda: states(world.app) == {"pending": 4}, 2), relay.tail()
            assert relay.stop() == 0, relay.tail()
    world.close()
