"""A pooler between the program and PostgreSQL: each transaction may get another server."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from casetrack.domain.delivery.receivers import told
from casetrack.usecases.delivery import relay
from casetrack.usecases.proof.verify import verify
from tests.conftest import need
from tests.integration.test_workers import eventually
from tests.support.ports import free_port
from tests.support.web import BILLBOARD, Web
from tests.support.world import BILLBOARD_STORY, World

POOLER = "/usr/sbin/pgbouncer"


@pytest.fixture
def pooled(postgres_url: str) -> Iterator[str]:
    """The database behind a PgBouncer in transaction mode, which gives few servers to many."""
    found = shutil.which("pgbouncer") or POOLER
    need(Path(found).exists(), "PgBouncer")
    direct, port = make_url(postgres_url), free_port()
    settings = (
        "[databases]\n"
        f"* = host={direct.host} port={direct.port or 5432} user={direct.username}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n"
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
