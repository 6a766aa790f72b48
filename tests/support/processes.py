"""casetrack's commands as real processes, and brokers for tests: nobody else hears their bells."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pika
import pika.exceptions
import redis

from bench import warm
from bench.processes import BIN, Processes
from tests.support.world import environment_for
from workers import broker as doorbell

#: Where a Redis is asked for. The tests empty this database, so it is never number 0.
REDIS = os.environ.get("CASETRACK_TEST_REDIS", "redis://127.0.0.1:6379/15")

#: Where a RabbitMQ is asked for. The tests use queues of their own and delete them.
RABBITMQ = os.environ.get("CASETRACK_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672/%2F")


@cache
def redis_available() -> bool:
    """Whether Redis answers. CASETRACK_TEST_SERVICES=none plays a machine without any."""
    if os.environ.get("CASETRACK_TEST_SERVICES") == "none":
        return False
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError:
        return False
    return True


def flush_redis() -> None:
    """Lose every message, as a Redis without persistence does when it is started again."""
    assert not REDIS.endswith("/0"), "the tests empty their Redis database: give another than 0"
    with redis.Redis.from_url(REDIS) as client:
        client.flushdb()


@cache
def rabbitmq_available() -> bool:
    """Whether RabbitMQ answers, likewise."""
    if os.environ.get("CASETRACK_TEST_SERVICES") == "none":
        return False
    try:
        pika.BlockingConnection(pika.URLParameters(RABBITMQ)).close()
    except pika.exceptions.AMQPError:
        return False
    return True


#: Kind of broker → where it is, whether it answers, its name.
BROKERS = {
    "redis": (REDIS, redis_available, "Redis"),
    "rabbitmq": (RABBITMQ, rabbitmq_available, "RabbitMQ"),
}


@contextmanager
def own_bell(kind: str, name: str) -> Iterator[str]:
    """A namespace of the test's own, so that tests side by side hear their own bells only."""
    own = f"{BROKERS[kind][0]}?namespace={name}-{os.getpid()}"
    try:
        yield own
    finally:
        doorbell.forget(own)


@contextmanager
def own_redis(name: str) -> Iterator[str]:
    """The same on Redis."""
    with own_bell("redis", name) as url:
        yield url


def bare_environment(**settings: str) -> dict[str, str]:
    """What a newcomer has: no CASETRACK_… but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASETRACK_")}
    return {**kept, **settings}


@contextmanager
def production(database_url: str, broker_url: str, folder: Path) -> Iterator[Processes]:
    """Ready to start the production processes on these servers; ended whatever happens.

    They start warm; `tests/e2e/test_operations.py` starts each kind once as everybody does.
    """
    environment = environment_for(
        database_url, folder, CASETRACK_BROKER_URL=broker_url, CASETRACK_LOG_LEVEL="WARNING"
    )
    with Processes(environment, folder, warm=True) as processes:
        yield processes


def run_warm(
    *command: str, environment: Mapping[str, str], folder: Path, patience: float = 90
) -> subprocess.CompletedProcess[str]:
    """The same by a process that is forked where the program is loaded already."""
    words = [str(BIN / command[0]), *command[1:]]
    with TemporaryDirectory() as kept:
        out, errors = Path(kept) / "out", Path(kept) / "errors"
        process = warm.start(words, environment, out, folder, errors)
        try:
            status = process.wait(patience)
        finally:
            process.kill()
        return subprocess.CompletedProcess(words, status, out.read_text(), errors.read_text())


def run(
    *command: str, environment: Mapping[str, str], folder: Path, patience: float = 90
) -> subprocess.CompletedProcess[str]:
    """One command to its end, in a folder."""
    return subprocess.run(
        [BIN / command[0], *command[1:]],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
