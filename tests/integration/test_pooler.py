"""A pooler between the program and PostgreSQL: each transaction may get another server."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench.recorders import Receiver, mails
from bench.runner import start_processes
from casetrack.domain.delivery.receivers import told
from casetrack.storage.listen import LEDGER_CHANNEL, Listener
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.delivery import relay
from casetrack.usecases.proof.verify import verify
from tests.conftest import need
from tests.integration.test_several_hosts import hears
from tests.integration.test_workers import eventually, living
from tests.support.ports import free_port
from tests.support.processes import own_redis, production, redis_available
from tests.support.web import BILLBOARD, Web
from tests.support.world import BILLBOARD_STORY, World

POOLER = "/usr/sbin/pgbouncer"


@pytest.fixture
def pooled(postgres_url: str) -> Iterator[str]:
    """The database behind a PgBouncer in transaction mode, where each transaction gets another server."""
    found = shutil.which("pgbouncer") or POOLER
    need(Path(found).exists(), "PgBouncer")
    direct, port = make_url(postgres_url), free_port()
    settings = (
        "[databases]\n"
        f"* = host={direct.host} port={direct.port or 5432} user={direct.username}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 10\n"
    )
    # It refuses to run as root.
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(settings)
        file.flush()
        Path(file.name).chmod(0o644)
        process = subprocess.Popen([found, "-q", *as_user, file.name])
        eventually(lambda: _answers(port))
    try:
        yield direct.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.postgres
def test_a_case_lives_its_whole_life_behind_a_pooler_of_transactions(
    pooled: str, tmp_path: Path
) -> None:
    world = World.make(pooled, tmp_path, CASETRACK_PREPARE="0")
    web = Web(world)
    for _ in range(3):
        web.play(web.open(BILLBOARD)["number"], BILLBOARD_STORY)
        relay.drain(world.ctx, told, lambda _: None)
    assert verify(world.ctx, progress=lambda _: None).fault is None
    with world.database.read() as connection:
        names = connection.execute(text("SELECT name FROM pg_prepared_statements")).scalars()
        assert not list(names)
    world.close()


@pytest.mark.postgres
def test_the_address_may_say_that_a_pooler_follows_no_prepared_statements(
    pooled: str, tmp_path: Path
) -> None:
    world = World.make(f"{pooled}?pooled=1", tmp_path)
    Web(world).play(Web(world).open(BILLBOARD)["number"], BILLBOARD_STORY)
    with world.database.read() as connection:
        names = connection.execute(text("SELECT name FROM pg_prepared_statements")).scalars()
        assert not list(names)
    world.close()


@pytest.mark.postgres
def test_a_listener_hears_past_the_pooler_and_without_that_says_once_that_polls_carry(
    pooled: str, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Database(f"{pooled}?pooled=1")) as database:
        past = Listener(pooled, LEDGER_CHANNEL, postgres_url)
        assert hears(past, database)
        past.close()
        deaf = Listener(pooled, LEDGER_CHANNEL)
        assert not hears(deaf, database)
        assert not deaf.wait(0.1)
    said = [each.message for each in caplog.records if "CASETRACK_LISTEN_URL" in each.message]
    assert len(said) == 1


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize("listens", [True, False])
def test_a_story_through_web_relay_and_workers_behind_a_pooler(
    *, listens: bool, pooled: str, postgres_url: str, tmp_path: Path
) -> None:
    need(redis_available(), "Redis")
    world = living(postgres_url, tmp_path)
    tokens = {name: world.token(name) for name in ("dewi", "rudi", "sari", "hadi", "bima", "audit")}
    more = {"CASETRACK_LISTEN_URL": postgres_url} if listens else {}
    with (
        own_redis("pooler") as bell,
        Receiver("mail", mails) as receiver,
        production(f"{pooled}?pooled=1", bell, tmp_path) as processes,
    ):
        processes.environment |= {
            **more,
            "CASETRACK_SMTP_URL": f"smtp://127.0.0.1:{receiver.port}?from=izin@kota.example",
        }
        port = free_port()
        running = start_processes(processes, port, small=True)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=20) as client:
            number = _told(client, tokens["dewi"], "/cases", BILLBOARD)["number"]
            assert eventually(lambda: receiver.receipts), running["workers"].tail()
            for line in BILLBOARD_STORY.strip().splitlines():
                who, action, *rest = line.split()
                path = f"/cases/{number}/" + (f"steps/{rest[0]}/actions" if rest else "actions")
                result = {"result": rest[1]} if len(rest) > 1 else {}
                _told(client, tokens[who], path, {"action": action, **result}, number)
            last = len(receiver.receipts)
            assert eventually(lambda: len(receiver.receipts) >= max(2, last))
        said = running["relay"].log.read_text()
        assert ("CASETRACK_LISTEN_URL" in said) != listens
        assert "DuplicatePreparedStatement" not in said + running["clock"].log.read_text()
    assert verify(world.ctx, progress=lambda _: None).fault is None
    world.close()


def _told(
    client: httpx.Client, token: str, path: str, body: Any, number: str | None = None
) -> dict[str, Any]:
    """What is answered to somebody who has seen the case as it is now."""
    headers = {"Authorization": f"Bearer {token}"}
    if number is not None:
        seen = client.get(f"/cases/{number}", headers=headers)
        headers["If-Match"] = seen.headers["ETag"]
    answer = client.post(path, json=body, headers=headers)
    assert answer.status_code in (200, 201), (path, answer.text)
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.postgres
def test_without_a_pooler_what_is_asked_often_is_prepared_under_a_name_of_ours(
    postgres_url: str, tmp_path: Path
) -> None:
    world = World.make(postgres_url, tmp_path)
    web = Web(world)
    web.play(web.open(BILLBOARD)["number"], BILLBOARD_STORY)
    with world.database.read() as connection:
        names = connection.execute(text("SELECT name FROM pg_prepared_statements")).scalars().all()
        assert names
        assert all(name.startswith("ct_") for name in names)
    world.close()
