"""casetrack's commands as real processes, and Redis for tests: a database that nobody else uses."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import redis

from casetrack.bench.processes import BIN, Processes
from tests.support.world import environment_for

#: Where a Redis is asked for. The tests empty this database, so it is never number 0.
REDIS = os.environ.get("CASETRACK_TEST_REDIS", "redis://127.0.0.1:6379/15")


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


@contextmanager
def own_redis(name: str) -> Iterator[str]:
    """A namespace of the test's own, so that tests side by side hear their own bells only."""
    yield f"{REDIS}?namespace={name}-{os.getpid()}"
    with redis.Redis.from_url(REDIS) as client:
        for key in client.scan_iter(match=f"{name}-{os.getpid()}:*"):
            client.delete(key)


def bare_environment(**settings: str) -> dict[str, str]:
    """What a newcomer has: no CASETRACK_… but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASETRACK_")}
    return {**kept, **settings}


@contextmanager
def production(database_url: str, broker_url: str, folder: Path) -> Iterator[Processes]:
    """Ready to start the production processes on these servers; ended whatever happens."""
    environment = environment_for(
        database_url, folder, CASETRACK_BROKER_URL=broker_url, CASETRACK_LOG_LEVEL="WARNING"
    )
    with Processes(environment, folder) as processes:
        yield processes


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
