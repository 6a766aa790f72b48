"""The database goes and comes back: 503 with Retry-After, no lost write, no process that ends."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench.processes import Processes
from casetrack.domain.case.survey import ELEMENTS
from casetrack.operations.metrics import Metrics
from casetrack.operations.process_rounds import Rounds
from casetrack.operations.spans import Spans
from casetrack.storage import engines
from casetrack.storage.unit_of_work import Database, DatabaseDown
from casetrack.web.routes import ROUTES
from tests.contract.test_channels import only
from tests.contract.test_delivery_reports import SETTINGS, Door
from tests.integration.test_workers import eventually
from tests.support.ports import free_port
from tests.support.proxy import Wire
from tests.support.web import Web, at_once, problem
from tests.support.world import SAMARINDA, World, environment_for
from workers import relay

#: Routes that ask the database nothing; /metrics says that it is down, in its own words.
APART = ("//healthz", "//metrics", "/openapi.json", "//status")


@pytest.fixture
def wired(postgres_url: str, tmp_path: Path) -> Iterator[tuple[Web, Wire]]:
    """The cast, and the wire to its database."""
    wire, url = Wire.to(postgres_url)
    with wire:
        world = World.make(url, tmp_path)
        yield Web(world), wire
        world.close()


SAID: dict[str, dict[str, Any]] = {
    "file_complaint": {"kind": "delay", "text": "lama"},
    "compare_name": {"name": "Budi"},
    "open_sent_file": {"code": "AAAA-AAAA"},
    "answer_survey": {"token": "token", "scores": dict.fromkeys(ELEMENTS, 4)},
}


def unavailable(response: Any) -> bool:
    return (
        response.status_code == 503
        and int(response.headers["Retry-After"]) > 0
        and problem(response) == "database_unavailable"
    )


@pytest.mark.postgres
def test_without_its_database_every_route_says_so_and_when_to_come_back(
    wired: tuple[Web, Wire],
) -> None:
    web, wire = wired
    number = web.open()["number"]
    web.world.token("admin")
    wire.down()
    for route in ROUTES:
        path = route.path.replace("{number}", number).replace("{step}", "intake")
        path = path.replace("{slip}", "receipt").replace("{id}", "a" * 16)
        # Anybody may call these, so what they say is looked at before the database.
        path = (
            path.replace("{survey_number}", number)
            .replace("{status_number}", number)
            .replace("{region}", SAMARINDA)
        )
        path = path.replace("{complaint_number}", number)
        path += "?code=AAAAAAAA" if route.operation == "read_complaint_status" else ""
        path += "?t=token" if route.operation == "read_survey" else ""
        body = SAID.get(route.operation, {})
        response = web.call(route.method, path, "dewi", body if route.method != "GET" else None)
        assert unavailable(response), (route.operation, response.status_code, response.text)
    assert unavailable(web.get("//readyz"))
    page = web.get(f"//status?number={number}")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    for path in APART:
        assert web.get(path).status_code == 200, path
    assert "casetrack_database_up 0.0" in web.get("//metrics").text
    wire.up()
    assert web.get(f"/cases/{number}", "dewi").status_code == 200


@pytest.mark.postgres
def test_a_delivery_report_is_asked_for_again_while_the_database_is_away(
    postgres_url: str, tmp_path: Path
) -> None:
    """Answered with 200 it would be lost."""
    wire, url = Wire.to(postgres_url)
    with wire:
        world = World.make(url, tmp_path, **SETTINGS)
        door = Door(Web(world))
        name = door.send()
        failed = door.status(name)
        wire.down()
        assert unavailable(door.says(failed))
        wire.up()
        assert door.says(failed).status_code == 200
        assert only(world).channel == "sms"
        world.close()


@pytest.mark.postgres
def test_a_server_that_was_started_again_costs_no_request(wired: tuple[Web, Wire]) -> None:
    web, wire = wired
    number = web.open()["number"]
    # Several connections lie in the pool, and all of them die.
    assert {r.status_code for r in at_once(6, lambda _: web.get(f"/cases/{number}", "dewi"))} == {
        200
    }
    assert wire.cut() >= 2
    for _ in range(6):
        assert web.get(f"/cases/{number}", "dewi").status_code == 200
    assert wire.cut() >= 1
    assert web.act(number, "dewi", "declare_complete", "intake").status_code == 200


@pytest.mark.postgres
def test_a_transaction_that_is_cut_writes_nothing_and_the_next_one_works(
    wired: tuple[Web, Wire],
) -> None:
    web, wire = wired
    database = web.world.database
    write = text("INSERT INTO guesses (bucket, since, wrong) VALUES (:b, now(), 1)")

    def cut_in_the_middle(*after: str) -> None:
        with database.write() as uow:
            uow.execute(write, {"b": "cut"})
            wire.cut()
            for bucket in after:
                uow.execute(write, {"b": bucket})

    with pytest.raises(DatabaseDown):
        cut_in_the_middle("off")
    with pytest.raises(DatabaseDown):
        cut_in_the_middle()  # the commit finds nobody
    with database.write() as uow:
        uow.execute(write, {"b": "kept"})
    with database.read() as connection:
        assert connection.execute(text("SELECT bucket FROM guesses")).scalars().all() == ["kept"]


@pytest.mark.postgres
def test_a_pool_that_is_used_up_is_a_503_and_not_a_queue_without_end(
    wired: tuple[Web, Wire],
) -> None:
    web, _ = wired
    token = web.world.token("dewi")
    pool: Any = web.world.database.writer.pool
    pool._timeout = 0.1
    headers = {"Authorization": f"Bearer {token}"}
    with ExitStack() as held:
        for _ in range(40):
            held.enter_context(web.world.database.read())
        assert unavailable(web.get("/worklist", headers=headers))
    assert web.get("/worklist", headers=headers).status_code != 503


def test_a_busy_sqlite_is_a_503_and_writes_again_when_it_is_free(
    sqlite_url: str, tmp_path: Path
) -> None:
    world = World.make(sqlite_url, tmp_path)
    web, other = Web(world), World.make(sqlite_url, tmp_path)
    world.token("dewi")
    with world.database.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with other.database.write():
        assert unavailable(web.post("/cases", "dewi", {"service": "surat-keterangan",
            "applicant": {"kind": "person", "name": "Siti"}}))  # fmt: skip
    assert web.open()["number"]
    world.close()
    other.close()


@pytest.mark.postgres
def test_a_relay_waits_says_so_once_and_goes_on(
    wired: tuple[Web, Wire], caplog: pytest.LogCaptureFixture
) -> None:
    web, wire = wired
    rounds = Rounds("relay", web.world.app, Metrics(), Spans())
    stop, bell = Event(), relay.InProcess()
    thread = Thread(target=relay.run, args=(rounds, stop, bell), daemon=True)
    thread.start()
    assert eventually(lambda: b"timestamp_seconds{process=" in rounds.exposition())
    wire.down()
    assert eventually(lambda: any("is away" in r.message for r in caplog.records))
    assert rounds.wrong()
    assert b"casetrack_database_up 0.0" in rounds.exposition()
    assert not eventually(lambda: not thread.is_alive(), 3)
    wire.up()
    assert eventually(lambda: any("answers again" in r.message for r in caplog.records))
    assert eventually(lambda: rounds.wrong() == [])
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert sum("is away" in r.message for r in caplog.records) == 1
    assert "Traceback" not in caplog.text


@pytest.mark.postgres
@pytest.mark.e2e
def test_a_web_worker_that_is_born_while_the_database_is_away_waits_for_it(
    postgres_url: str, tmp_path: Path
) -> None:
    wire, url = Wire.to(postgres_url)
    port = free_port()
    environment = environment_for(url, tmp_path, CASETRACK_BROKER_URL="redis://127.0.0.1:1/0")
    with wire, Processes(environment, tmp_path) as processes:
        web = processes.start(
            "web", "casetrack", "web", "--bind", f"127.0.0.1:{port}", "--processes", "1"
        )
        processes.wait_for_web(web, port)
        wire.down()
        (child,) = web.children()
        web.kill_child(child)
        assert eventually(lambda: web.children() not in ([], [child]))
        wire.up()
        processes.wait_for_web(web, port)
        assert web.stop() == 0, web.tail()


@pytest.fixture
def limited(postgres_url: str) -> Iterator[str]:
    """The database's address for somebody who may have one connection at a time."""
    name = f"casetrack_test_{secrets.token_hex(4)}"
    url = make_url(postgres_url).set(username=name, password=name)
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}' CONNECTION LIMIT 1".encode())
        yield url.render_as_string(hide_password=False)
        owner.execute(f"DROP ROLE {name}".encode())


@pytest.mark.postgres
def test_a_server_without_a_free_connection_is_waited_for(limited: str) -> None:
    """In a rush a clerk waits a moment instead of being told to come back."""
    taken, database = psycopg.connect(limited), Database(limited)
    Timer(0.5, taken.close).start()
    database.ping()
    database.close()


@pytest.mark.postgres
def test_one_that_never_has_a_free_connection_is_away(
    limited: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "FULL_SECONDS", 0.2)
    with psycopg.connect(limited), pytest.raises(DatabaseDown, match="too many connections"):
        Database(limited).ping()
