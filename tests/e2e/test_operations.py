"""Each process as operations see it: ready or not, counted, and ended without dropping what it holds."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from bench.processes import Processes, Running
from bench.recorders import Receiver, mails
from casetrack import __version__
from casetrack.domain.delivery.receivers import told
from casetrack.domain.region.region_data import Officer
from casetrack.usecases.delivery import relay
from casetrack.usecases.people import officers
from tests.conftest import need
from tests.contract.test_metrics import read, value
from tests.integration.test_workers import eventually, living, states, workers
from tests.support.ports import free_port
from tests.support.processes import own_redis, production, redis_available
from tests.support.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.postgres, pytest.mark.redis]

#: Who waits for what this connection holds; other tests wait on the same server.
WAITS_FOR_US = (
    "SELECT count(*) FROM pg_locks "
    "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


@pytest.fixture
def stage(postgres_url: str, tmp_path: Path) -> Iterator[tuple[World, Processes]]:
    """The cast on PostgreSQL, and processes to be started on it and on Redis."""
    need(redis_available(), "Redis")
    world = living(postgres_url, tmp_path)
    with own_redis("operations") as url, production(postgres_url, url, tmp_path) as processes:
        yield world, processes
    world.close()


def ask(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30)


def ready(port: int) -> bool:
    try:
        return ask(port, "/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except TimeoutError:
        return False
    return False


def stopped(process: Running) -> threading.Thread:
    """Asked to end, and watched from another thread."""
    thread = threading.Thread(target=process.stop, daemon=True)
    thread.start()
    return thread


def test_processes_say_at_a_port_of_their_own_whether_they_work(
    stage: tuple[World, Processes],
) -> None:
    world, processes = stage
    relay.drain(world.ctx, told, lambda _: None)  # loads and tokens leave their trace, too
    ports = {name: free_port() for name in ("relay", "clock", "workers")}
    for name in ("relay", "clock"):
        processes.start(name, "casetrack", name, "--metrics-port", str(ports[name]))
    one = ("dramatiq", "workers", "--processes", "1", "--threads", "2")
    processes.start("workers", *one, CASETRACK_METRICS_PORT=f"127.0.0.1:{ports['workers']}")
    for name, port in ports.items():
        assert eventually(partial(ready, port)), name
        assert ask(port, "/healthz").json() == {"ok": True}
        assert ask(port, "/else").status_code == 404
    world.open()
    assert eventually(lambda: states(world.app) == {"delivered": 1})
    seen = read(ask(ports["workers"], "/metrics").text)
    assert value(seen, "delivery_attempts_total", channel="email", outcome="delivered") == 1
    seen = read(ask(ports["relay"], "/metrics").text)
    assert value(seen, "relay_events_total") == 1
    assert value(seen, "queue_events") == 0
    assert "casetrack_last_round_timestamp_seconds" in ask(ports["clock"], "/metrics").text


def test_a_process_that_cannot_work_says_why(postgres_url: str, tmp_path: Path) -> None:
    world, port = living(postgres_url, tmp_path), free_port()
    with production(postgres_url, "redis://127.0.0.1:1/0", tmp_path) as processes:
        one = ("dramatiq", "workers", "--processes", "1", "--threads", "1")
        processes.start("workers", *one, CASETRACK_METRICS_PORT=str(port))

        def said() -> list[str]:
            try:
                answer = ask(port, "/readyz")
            except httpx.HTTPError:
                return []
            assert answer.status_code == 503
            wrong: list[str] = answer.json()["wrong"]
            return wrong

        assert eventually(lambda: any("broker" in line for line in said()))
    world.close()


def start_web(processes: Processes, count: int, **settings: str) -> tuple[Running, int]:
    port = free_port()
    settings = {"CASETRACK_LOG_LEVEL": "INFO", **settings}
    web = processes.start("web", "casetrack", "web", "--bind", f"127.0.0.1:{port}",
                          "--processes", str(count), **settings)  # fmt: skip
    processes.wait_for_web(web, port, patience=120)
    return web, port


def test_whichever_web_process_is_scraped_answers_for_all_and_lines_say_what_was_done(
    stage: tuple[World, Processes],
) -> None:
    world, processes = stage
    operations = free_port()
    web, port = start_web(processes, 2, CASETRACK_METRICS_PORT=str(operations))
    assert ask(port, "/metrics").status_code == 404
    assert ask(operations, "/readyz").json() == {"ok": True, "wrong": []}
    token = world.token("dewi")
    for _ in range(20):
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/worklist",
                           headers={"Authorization": f"Bearer {token}"})  # fmt: skip
        assert answer.status_code == 200
    labels = {"operation": "read_worklist", "status": "200"}
    for _ in range(6):
        counted = read(ask(operations, "/metrics").text)
        assert value(counted, "http_requests_total", **labels) == 20
        assert value(counted, "database_up") == 1
    assert web.stop() == 0, web.tail()
    lines = [json.loads(line) for line in web.log.read_text().splitlines()]
    ours = [line for line in lines if line.get("operation") == "read_worklist"]
    assert len(ours) == 20
    assert len({line["pid"] for line in ours}) >= 1
    for line in ours:
        assert (line["process"], line["status"], line["region"]) == ("web", 200, "64.72")
        assert len(line["trace"]) == 32
        assert line["ms"] > 0
    assert token not in web.log.read_text()


# --- told to end ----------------------------------------------------------------------------------------


def test_web_answers_the_request_in_hand_and_takes_no_more(
    stage: tuple[World, Processes],
) -> None:
    world, processes = stage
    number = world.open().view["number"]
    web, port = start_web(processes, 1)
    address = f"http://127.0.0.1:{port}/api/v1/cases/{number}"
    headers = {"Authorization": f"Bearer {world.token('dewi')}"}
    etag = httpx.get(address, headers=headers, timeout=30).headers["ETag"]
    answers: list[Any] = []

    def decide() -> None:
        answers.append(
            httpx.post(f"{address}/steps/intake/actions", json={"action": "declare_complete"},
                       headers={**headers, "If-Match": etag}, timeout=60)
        )  # fmt: skip

    with psycopg.connect(world.app.settings.database_url) as holding:
        holding.execute("SELECT 1 FROM cases FOR UPDATE")
        asking = threading.Thread(target=decide)
        asking.start()
        assert eventually(lambda: holding.execute(WAITS_FOR_US).fetchone() != (0,))
        ending = stopped(web)
        assert eventually(partial(refuses, port), 15)
        assert not answers
        holding.rollback()
    asking.join(60)
    ending.join(60)
    assert answers[0].status_code == 200
    assert web.popen.returncode == 0, web.tail()


def test_web_answers_the_polls_that_wait_and_is_gone_within_seconds(
    stage: tuple[World, Processes],
) -> None:
    world, processes = stage
    login = Officer("smr.pusat", "integrator", None)
    officers.add_officer(world.ctx, "64.72", login)
    web, port = start_web(processes, 2)
    headers = {"Authorization": f"Bearer {world.token('pusat')}"}
    answers: list[httpx.Response] = []

    def poll() -> None:
        address = f"http://127.0.0.1:{port}/api/v1/events?after=0&wait=30"
        answers.append(httpx.get(address, headers=headers, timeout=60))

    asking = threading.Thread(target=poll)
    asking.start()
    assert not eventually(lambda: answers, 3)
    began = time.monotonic()
    assert web.stop() == 0, web.tail()
    asking.join(60)
    # 20 s is the patience for requests in hand; the poll would have waited for 27 more.
    assert time.monotonic() - began < 19
    assert answers[0].json() == {"events": [], "next": 0}


def test_each_process_writes_one_line_when_it_starts_and_one_when_it_stops(
    stage: tuple[World, Processes],
) -> None:
    _, processes = stage
    # Each is started as everybody starts it, from its command on.
    processes.warm = False
    info = {"CASETRACK_LOG_LEVEL": "INFO"}
    at = f"127.0.0.1:{free_port()}"
    # From a folder in which other things have the names of our packages.
    for name in ("casetrack", "workers"):
        (processes.folder / name).mkdir()
    started = {
        "relay": processes.start("relay", "casetrack", "relay", **info),
        "clock": processes.start("clock", "casetrack", "clock", **info),
        "web": processes.start("web", "casetrack", "web", "--bind", at, "--processes", "1", **info),
        "workers": processes.start(
            "workers", "casetrack", "workers", "--processes", "1", "--threads", "2", **info
        ),
    }

    def messages(name: str) -> list[dict[str, Any]]:
        lines = started[name].log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    for name in started:
        assert eventually(lambda: any(m["message"] == "started" for m in messages(name))), name  # noqa: B023
    assert ready(int(at.rpartition(":")[2])) or eventually(
        partial(ready, int(at.rpartition(":")[2]))
    )
    for name, process in started.items():
        assert process.stop() == 0, process.tail()
        said = messages(name)
        (began,) = [line for line in said if line["message"] == "started"]
        (ended,) = [line for line in said if line["message"] == "stopped"]
        assert began["version"] == ended["version"] == __version__
        assert began["process"] == name
        assert began["broker"].startswith("redis://127.0.0.1")
        assert began["database"].startswith("postgresql://")
        assert "@" not in began["database"] + began["broker"]


def test_a_relay_without_its_broker_says_so(postgres_url: str, tmp_path: Path) -> None:
    world, port = living(postgres_url, tmp_path), free_port()
    url = "redis://:hunter2@127.0.0.1:1/0"
    with production(postgres_url, url, tmp_path) as processes:
        relay = processes.start("relay", "casetrack", "relay", "--metrics-port", str(port))

        def wrong() -> list[str]:
            try:
                found: list[str] = ask(port, "/readyz").json()["wrong"]
            except httpx.HTTPError:
                return []
            return found

        assert eventually(lambda: wrong() == ["the broker does not answer: ConnectionError"])
        assert ask(port, "/readyz").status_code == 503
        assert value(read(ask(port, "/metrics").text), "broker_up", process="relay") == 0
        assert relay.stop() == 0
        said = relay.log.read_text()
        assert said.count("the broker does not answer") == 1
        assert "hunter2" not in said
    world.close()


def test_a_worker_ends_its_attempt_and_writes_down_how_it_ended(
    stage: tuple[World, Processes],
) -> None:
    world, processes = stage
    with Receiver("mail", mails, mood="slow") as receiver:
        relay = processes.start("relay", "casetrack", "relay")
        smtp = {"CASETRACK_SMTP_URL": f"smtp://127.0.0.1:{receiver.port}?from=izin@kota.example"}
        working = workers(processes, **smtp)
        world.open()
        assert eventually(lambda: receiver.receipts), working.tail()
        # The mail has come, its answer has not.
        assert working.stop() == 0, working.tail()
        assert states(world.app) == {"delivered": 1}
        assert relay.stop() == 0
        assert len(receiver.receipts) == 1


def test_a_relay_commits_the_batch_that_it_has_begun(stage: tuple[World, Processes]) -> None:
    world, processes = stage
    relay = processes.start("relay", "casetrack", "relay")
    with psycopg.connect(world.app.settings.database_url) as holding:
        holding.execute("LOCK TABLE deliveries IN EXCLUSIVE MODE")
        world.open()
        assert eventually(lambda: holding.execute(WAITS_FOR_US).fetchone() != (0,))
        ending = stopped(relay)
        assert not eventually(lambda: not relay.alive, 1)
        holding.rollback()
    ending.join(60)
    assert relay.popen.returncode == 0, relay.tail()
    assert states(world.app) == {"pending": 1}


def test_what_a_caller_says_of_the_server_is_not_believed(stage: tuple[World, Processes]) -> None:
    _, processes = stage
    web, port = start_web(processes, 1, FORWARDED_ALLOW_IPS="*")
    for headers in (
        {"SCRIPT_NAME": "/elsewhere"},
        {"SCRIPT_NAME": "/status"},
        {"PATH_INFO": "/elsewhere"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"},
    ):
        answer = httpx.get(f"http://127.0.0.1:{port}/status", headers=headers)
        assert answer.status_code == 200, headers
    assert web.stop() == 0, web.tail()


def test_a_chunked_body_over_the_limit_is_refused_and_one_below_it_is_read(
    stage: tuple[World, Processes],
) -> None:
    world, processes = stage
    web, port = start_web(processes, 1)
    headers = {"Authorization": f"Bearer {world.token('dewi')}", "Content-Type": "application/json"}

    def send(size: int) -> int:
        pieces = (b" " * 1024 for _ in range(size // 1024))
        address = f"http://127.0.0.1:{port}/api/v1/cases/find"
        found = b'{"nik": "6472010101900001"}'
        return httpx.post(address, headers=headers, content=chain([found], pieces)).status_code

    assert send(200 * 1024) == 200
    assert send(256 * 1024) == 413
    assert web.stop() == 0, web.tail()
