"""Uploads at real processes: slow ones hold no worker, and a kill in the middle leaves nothing behind."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from casetrack.bootstrap import build
from casetrack.storage import schema
from casetrack.usecases.people import files
from casetrack.usecases.proof.verify import verify
from tests.conftest import need
from tests.e2e.test_operations import start_web
from tests.e2e.test_slow_clients import Place
from tests.integration.test_workers import living
from tests.support import scans
from tests.support.processes import own_redis, production, redis_available
from tests.support.web import BILLBOARD
from tests.support.world import SAMARINDA, World

pytestmark = [pytest.mark.e2e, pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture
def place(postgres_url: str, tmp_path: Path) -> Iterator[Place]:
    """`casetrack web` with two processes on PostgreSQL."""
    need(redis_available(), "Redis")
    world = living(postgres_url, tmp_path)
    with own_redis("uploads") as bell, production(postgres_url, bell, tmp_path) as processes:
        process, port = start_web(processes, 2)
        yield Place(process, port, world)
        process.stop()
    world.close()


def client(place: Place, who: str = "dewi") -> httpx.Client:
    assert place.world is not None
    headers = {"Authorization": f"Bearer {place.world.token(who)}"}
    return httpx.Client(base_url=f"{place.address}/api/v1", headers=headers, timeout=60)


def opened(asking: httpx.Client) -> str:
    return str(asking.post("/cases", json=BILLBOARD).json()["number"])


def upload(asking: httpx.Client, number: str, content: bytes, key: str) -> httpx.Response:
    etag = asking.get(f"/cases/{number}").headers["ETag"]
    return asking.post(
        f"/cases/{number}/documents",
        data={"requirement": "foto"},
        files={"file": ("foto.pdf", content)},
        headers={"If-Match": etag, "Idempotency-Key": key},
    )


def memory(place: Place) -> int:
    """Bytes that the web processes hold at most so far."""
    held = 0
    for pid in place.process.children():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                held += int(line.split()[1]) * 1024
    return held


def test_large_files_go_in_and_out_while_memory_stays_where_it_was(place: Place) -> None:
    content = scans.pdf() + b"\n%" + b"x" * 9_500_000
    with client(place) as asking:
        number = opened(asking)
        small = scans.pdf()
        for turn in range(4):
            assert upload(asking, number, small, f"small-{turn}").status_code == 201
        before = memory(place)
        for turn in range(4):
            came = upload(asking, number, content, f"large-{turn}")
            assert came.status_code == 201, came.text
            given = asking.get(f"/cases/{number}/documents/{came.json()['id']}/file")
            assert hashlib.sha256(given.content).digest() == hashlib.sha256(content).digest()
        assert memory(place) - before < 9_500_000, "no file was whole in memory"


def test_beside_uploads_that_crawl_a_question_is_answered(place: Place) -> None:
    assert place.world is not None
    head = (
        f"POST /api/v1/cases/SMR-REK-2026-000001-5/documents HTTP/1.1\r\nHost: here\r\n"
        f"Authorization: Bearer {place.world.token('dewi')}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n"
    ).encode()
    crawling = [place.connect(head + b"--x\r\n") for _ in range(60)]
    try:
        for _ in range(20):
            for each in crawling:
                each.sendall(b"y" * 100)
            assert place.ask().status_code == 200
    finally:
        for each in crawling:
            each.close()


class Crowd:
    """Uploads one after the other in some threads, each tried again under its key until answered."""

    def __init__(self, place: Place, numbers: list[str], count: int) -> None:
        self._place, self._count = place, count
        self.done: dict[str, tuple[str, str]] = {}
        self.stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(each,)) for each in numbers]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join(120)

    def _run(self, number: str) -> None:
        for turn in range(self._count):
            content = scans.pdf(pages=turn + 1) + b"\n%" + number.encode() + b"z" * 600_000
            self._bring(number, content, f"{number}-{turn}")

    def _bring(self, number: str, content: bytes, key: str) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                with client(self._place) as asking:
                    came = upload(asking, number, content, key)
            except (httpx.TransportError, KeyError):
                time.sleep(0.05)
                continue
            if came.status_code == 201:
                self.done[key] = (number, came.json()["id"])
                return
            assert came.status_code in (409, 412, 503), came.text

    @property
    def is_over(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)


@pytest.mark.parametrize("cases", [3, pytest.param(20, marks=pytest.mark.long)])
def test_killed_in_the_middle_of_uploads_nothing_is_lost_twice_or_left(
    place: Place, tmp_path: Path, cases: int
) -> None:
    assert place.world is not None
    dice = random.Random(random.SystemRandom().randrange(10**6))
    with client(place) as asking:
        numbers = [opened(asking) for _ in range(cases)]
        kills = 0
        with Crowd(place, numbers, 4) as crowd:
            until = time.monotonic() + 120
            while not crowd.is_over and time.monotonic() < until:
                time.sleep(0.2 + dice.random())
                for pid in place.process.children():
                    if kills < 4 * cases and dice.random() < 0.5:
                        place.process.kill_child(pid)
                        kills += 1
        assert kills > 0
        assert len(crowd.done) == 4 * cases
    # On connections of its own: what was kept from before is one of a process that is dead.
    with client(place) as asking:
        for number, document in crowd.done.values():
            assert asking.get(f"/cases/{number}/documents/{document}/file").status_code == 200
    place.process.stop()
    world: World = place.world
    assert left(world) == (4 * cases, 4 * cases)
    found = verify(world.ctx, progress=lambda _: None)
    assert (found.fault, found.files.read) == (None, 4 * cases)


def left(world: World) -> tuple[int, int]:
    """Once an hour has passed: how many files have a row, and how many lie in the folder."""
    later = build(
        world.app.settings, wake=lambda: None, clock=lambda: datetime.now(UTC) + timedelta(hours=2)
    )
    try:
        assert files.remove_all_due(later.ctx, SAMARINDA)
        with later.database.read() as connection:
            rows = connection.execute(select(schema.files.c.file)).all()
            assert connection.execute(select(schema.leaving_files)).all() == []
    finally:
        later.database.close()
    folder = world.app.settings.files.folder
    assert folder is not None
    return len(rows), len([path for path in folder.rglob("*") if path.is_file()])
