"""Slow and greedy clients at real processes: who asks an ordinary question beside them is answered."""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from bench.processes import Running
from bench.slow_clients import CROWDS, Crowd
from tests.conftest import need
from tests.e2e.test_operations import start_web
from tests.e2e.test_up import eventually, up
from tests.integration.test_workers import living
from tests.support import postgres
from tests.support.processes import own_redis, production, redis_available
from tests.support.web import LETTER
from tests.support.world import World

pytestmark = pytest.mark.e2e

#: Of one address; the crowds together have fewer.
CONNECTIONS = 700
TWO_LENGTHS = (
    b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)
#: Writes a second.
WRITES = 3


class Place:
    """A server, and who asks it."""

    def __init__(self, process: Running, port: int, world: World | None = None) -> None:
        self.process, self.port, self.world = process, port, world
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, path: str = "/status") -> httpx.Response:
        """A question on a connection of its own, answered within a few seconds."""
        return httpx.get(self.address + path, timeout=5)

    def connect(self, said: bytes = b"") -> socket.socket:
        """A connection on which this has been said."""
        connected = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connected.sendall(said)
        return connected


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """`casetrack web` with two processes, its limits set."""
    need(redis_available(), "Redis")
    folder = tmp_path_factory.mktemp("web")
    with ExitStack() as stack:
        template = request.getfixturevalue("postgres_template")
        url = stack.enter_context(postgres.copy_of(template))
        world = living(url, folder)
        stack.callback(world.close)
        bell = stack.enter_context(own_redis("slow"))
        processes = stack.enter_context(production(url, bell, folder))
        limits = {
            "CASETRACK_CONNECTIONS": str(CONNECTIONS),
            "CASETRACK_RATE_WRITES": str(WRITES),
            "CASETRACK_RATE_READS": "0",
        }
        process, port = start_web(processes, 2, **limits)
        yield Place(process, port, world)
        assert process.stop() == 0, process.tail()


@contextmanager
def all_crowds(port: int, token: str) -> Iterator[None]:
    with ExitStack() as stack:
        for manner in CROWDS.values():
            stack.enter_context(Crowd(port, manner, token))
        yield


def heard(connected: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    with connected:
        said = b""
        while part := connected.recv(65536):
            said += part
        return said


@pytest.mark.postgres
@pytest.mark.redis
def test_beside_every_crowd_a_question_is_answered_and_slow_ones_are_sent_away(
    place: Place,
) -> None:
    assert place.world is not None
    slow_head = place.connect(b"GET /status HTTP/1.1\r\nHost: here\r\nX-More: ")
    with all_crowds(place.port, place.world.token("dewi")):
        for _ in range(20):
            assert place.ask().status_code == 200
        said = heard(slow_head)
        assert said.startswith(b"HTTP/1.1 408 "), said
        assert b"urn:casetrack:problem:too_slow" in said
        assert place.ask("/readyz").status_code == 200


@pytest.mark.postgres
@pytest.mark.redis
def test_an_address_has_so_many_connections_over_all_processes(place: Place) -> None:
    opened = []
    try:
        # What the crowds of the test before left behind may still be on its way out.
        assert eventually(lambda: place.ask().status_code == 200)
        for _ in range(CONNECTIONS):
            opened.append(place.connect())

        def refusal() -> httpx.Response | None:
            answer = place.ask()
            return answer if answer.status_code == 429 else None

        answer = eventually(refusal)
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["code"] == "too_many_connections"
        # Those that are there are served.
        opened[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        assert heard(opened[0]).startswith(b"HTTP/1.1 200 ")
    finally:
        for each in opened:
            each.close()
    assert eventually(lambda: place.ask().status_code == 200)


@pytest.mark.postgres
@pytest.mark.redis
def test_a_token_is_counted_by_all_processes_together(place: Place) -> None:
    assert place.world is not None
    headers = {"Authorization": f"Bearer {place.world.token('dewi')}"}
    address = f"{place.address}/api/v1/cases"

    def post(_: int) -> httpx.Response:
        return httpx.post(address, json=LETTER, headers=headers, timeout=60)

    began = time.monotonic()
    # Several at once: one after the other a busy machine is slower than what is allowed.
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(post, range(6 * WRITES)))
    took = time.monotonic() - began
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {201, 429}
    assert statuses.count(201) <= WRITES * (1 + took)
    held = next(answer for answer in answers if answer.status_code == 429)
    assert held.headers["Retry-After"] == "1"


@pytest.mark.postgres
@pytest.mark.redis
def test_who_is_answered_for_the_last_time_may_keep_the_line_and_holds_up_nobody(
    place: Place,
) -> None:
    last = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    lingering = [place.connect(last) for _ in range(40)]
    for _ in range(5):
        assert place.ask().status_code == 200
    # Neither has to close first: the other side does, after a moment.
    for each in lingering:
        assert heard(each).startswith(b"HTTP/1.1 200 ")


@pytest.mark.postgres
@pytest.mark.redis
def test_requests_behind_each_other_are_answered_in_order(place: Place) -> None:
    ask = b"GET /%s HTTP/1.1\r\nHost: here\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    said = heard(place.connect(ask % b"nowhere" + ask % b"readyz" + last))
    assert re.findall(rb"HTTP/1.1 ([0-9]+) ", said) == [b"404", b"200", b"200"]


@pytest.mark.postgres
@pytest.mark.redis
def test_who_expects_to_be_let_in_first_is_told_to_go_on(place: Place) -> None:
    head = (
        b"POST /api/v1/cases HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n"
    )
    connected = place.connect(head % 2)
    assert connected.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connected.sendall(b"{}")
    assert heard(connected).startswith(b"HTTP/1.1 401 ")
    # What would be too long is refused without being asked for.
    assert heard(place.connect(head % 10**9)).startswith(b"HTTP/1.1 401 ")
    public = head.replace(b"/api/v1/cases", b"/gateways/whatsapp")
    assert heard(place.connect(public % 10**9)).startswith(b"HTTP/1.1 4")


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: x\r\n\r\n", b"400"),
        (TWO_LENGTHS, b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_ends_the_connection(
    place: Place, said: bytes, status: bytes
) -> None:
    assert heard(place.connect(said)).startswith(b"HTTP/1.1 " + status)


def test_all_in_one_process_stands_the_same_crowds(tmp_path: Path) -> None:
    with up(tmp_path, "--no-demo") as (process, client):
        place = Place(process, client.base_url.port or 0)
        with all_crowds(place.port, "none"):
            for _ in range(20):
                assert place.ask().status_code == 200
            began = time.monotonic()
            assert process.stop() == 0, process.tail()
            assert time.monotonic() - began < 20
