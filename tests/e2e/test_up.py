"""casetrack up as a real process in an empty folder, and the starts that are refused."""

import json
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.processes import Processes, Running
from casetrack import __version__
from tests.support.answers import Answer, check
from tests.support.mails import told
from tests.support.ports import free_port
from tests.support.processes import bare_environment, run, run_warm
from tests.support.terminal import Terminal, at_terminal

pytestmark = pytest.mark.e2e

APPLICATION = {
    "service": "izin-reklame",
    "facts": {"width_cm": 400, "location": "64.72.03"},
    "applicant": {
        "kind": "person",
        "name": "Budi Santoso",
        "nik": "6472010101900001",
        "email": "budi@example.id",
    },
    "documents": [
        {"requirement": "ktp", "name": "ktp.pdf"},
        *(
            {"requirement": each}
            for each in (
                "foto-lokasi",
                "denah-lokasi",
                "desain-reklame",
                "npwpd",
                "bukti-lahan",
                "pernyataan-bongkar",
            )
        ),
    ],
}
#: Login, path below the case, body: the README's story in short, without the return.
STORY: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("smr.clerk", "steps/intake/actions", {"action": "declare_complete"}),
    ("smr.dlh", "steps/review_dlh/actions", {"action": "complete", "result": "favourable"}),
    ("smr.dishub", "steps/review_dishub/actions", {"action": "complete", "result": "favourable"}),
    ("smr.pupr", "steps/review_pupr/actions", {"action": "complete", "result": "conditional"}),
    ("smr.dpmptsp", "steps/verify/actions", {"action": "complete"}),
    ("smr.signer", "steps/decide/actions", {"action": "complete"}),
    ("smr.bapenda", "steps/assess_tax/actions", {"action": "complete"}),
    ("smr.bapenda", "steps/pay_tax/actions", {"action": "record_payment"}),
    ("smr.signer", "steps/sign/actions", {"action": "complete"}),
    ("smr.clerk", "actions", {"action": "hand_over"}),
)


@contextmanager
def up(
    folder: Path, *options: str, warm: bool = True, **settings: str
) -> Iterator[tuple[Running, httpx.Client]]:
    """`casetrack up` in a folder, ready, and somebody who talks to it.

    It starts warm, but where a test is about the start.
    """
    port = free_port()
    with Processes(bare_environment(**settings), folder, warm=warm) as processes:
        process = processes.start("up", "casetrack", "up", "--port", str(port), *options)
        processes.wait_for_web(process, port, patience=120)
        address, hooks = f"http://127.0.0.1:{port}", {"response": [_is_promised]}
        with httpx.Client(base_url=address, timeout=30, event_hooks=hooks) as client:
            yield process, client


def _is_promised(response: httpx.Response) -> None:
    """Each answer of the real program is held against its route, too."""
    asked, kind = response.request, response.headers.get("Content-Type", "")
    body = response.read()
    check(Answer(asked.method, asked.url.path, response.status_code, kind, body))


def tokens(folder: Path) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((folder / "casetrack-data/demo-tokens.json").read_text())
    return loaded


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def act(
    client: httpx.Client, who: dict[str, str], number: str, deed: tuple[str, str, dict[str, str]]
) -> Any:
    login, path, body = deed
    seen = client.get(f"/api/v1/cases/{number}", headers=bearer(who[login]))
    answer = client.post(
        f"/api/v1/cases/{number}/{path}",
        json=body,
        headers={**bearer(who[login]), "If-Match": seen.headers["ETag"]},
    )
    assert answer.status_code == 200, (deed, answer.text)
    return answer.json()


def eventually(found: Any, seconds: float = 30) -> Any:
    """What the function gives, once it gives something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.1)
    return found()


def test_a_case_goes_from_the_counter_to_a_mail_and_is_there_after_a_restart(
    tmp_path: Path,
) -> None:
    data = tmp_path / "casetrack-data"
    with up(tmp_path, warm=False) as (process, client):
        who = tokens(tmp_path)
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        for file in filter(Path.is_file, data.rglob("*")):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert {"casetrack.sqlite", "casetrack.sqlite-wal", "master.key", "secret.key",
                "demo-tokens.json"} <= {path.name for path in data.iterdir()}  # fmt: skip
        assert str(client.base_url) in process.log.read_text()
        assert str(data / "demo-tokens.json") in process.log.read_text()
        opened = client.post("/api/v1/cases", json=APPLICATION, headers=bearer(who["smr.clerk"]))
        assert opened.status_code == 201, opened.text
        number, code = opened.json()["number"], opened.json()["access_code"]
        for deed in STORY:
            case = act(client, who, number, deed)
        assert (case["status"], case["outcome"]) == ("handed_over", "granted")
        mails = eventually(lambda: told(data)[1] == 11 and told(data)[0])
        assert mails, "eleven events are told, some together"
        assert {path.name for path in data.glob("mail/*.eml")} == mails
        for mail in mails:
            text = (data / "mail" / mail).read_text()
            assert "To: budi@example.id" in text
            assert "Santoso" not in text
            assert code not in text
        began = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(timeout=20) == 0
        assert time.monotonic() - began < 15
        assert "Traceback" not in process.log.read_text()
        # What operators read at a good start and a good end is what was said on purpose.
        assert "alembic" not in process.log.read_text()
    # Nobody started it for a quarter of a year: the demo's tokens have ended, and open again.
    with closing(sqlite3.connect(data / "casetrack.sqlite")) as database, database:
        database.execute("UPDATE tokens SET ends_at = '2026-01-01T00:00:00.000000Z'")
    with up(tmp_path) as (_, client):
        assert tokens(tmp_path) == who
        shown = client.get(f"/api/v1/status/{number}", headers={"X-Access-Code": code})
        assert (shown.status_code, shown.json()["status"]) == (200, "handed_over")
        again = client.post("/api/v1/cases", json=APPLICATION, headers=bearer(who["smr.clerk"]))
        assert again.status_code == 201
        assert again.json()["number"] != number
    verdict = run_warm(
        "casetrack", "verify", "--json", environment=bare_environment(), folder=tmp_path
    )
    assert json.loads(verdict.stdout.splitlines()[-1])["ok"] is True, verdict.stderr


def test_without_the_demo_there_is_nobody_and_your_region_comes_by_load(tmp_path: Path) -> None:
    with up(tmp_path, "--no-demo", "--data", "elsewhere") as (_, client):
        assert (tmp_path / "elsewhere/master.key").exists()
        assert not (tmp_path / "elsewhere/demo-tokens.json").exists()
        assert not (tmp_path / "casetrack-data").exists()
        assert client.get("/status").status_code == 200
        assert client.get("/api/v1/worklist").status_code == 401
        settings = bare_environment(CASETRACK_DATA_DIR="elsewhere")
        listed = run_warm("casetrack", "officers", "--json", environment=settings, folder=tmp_path)
        assert json.loads(listed.stdout) == []


def test_a_restart_takes_nothing_back_that_a_command_did(tmp_path: Path) -> None:
    environment = bare_environment()

    def casetrack(*words: str) -> str:
        done = run_warm("casetrack", *words, environment=environment, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    with up(tmp_path):
        pass
    casetrack("officer", "registrar", "smr.head", "--for", "dpmptsp", "--remove")
    casetrack("officer", "disable", "smr.clerk2")
    asked = ("authority", "entries", "--region", "64.72", "--json")
    before = casetrack("officers", "--json"), casetrack(*asked)
    with up(tmp_path):
        pass
    assert (casetrack("officers", "--json"), casetrack(*asked)) == before


def test_ctrl_c_ends_it_as_well(tmp_path: Path) -> None:
    with up(tmp_path, "--no-demo") as (process, _):
        process.popen.send_signal(signal.SIGINT)
        assert process.popen.wait(timeout=20) == 0
        assert "Traceback" not in process.log.read_text()


# --- somebody looks on --------------------------------------------------------------------------


@contextmanager
def watched(
    folder: Path, *options: str, stderr: Path | None = None, **settings: str
) -> Iterator[tuple[Terminal, httpx.Client]]:
    """`casetrack up` at a terminal, ready, and somebody who talks to it."""
    port = free_port()
    words = ("casetrack", "up", "--port", str(port), *options)
    environment = bare_environment(**settings)
    with at_terminal(*words, environment=environment, folder=folder, stderr=stderr) as terminal:
        assert terminal.shows(lambda text: "Stop it with Ctrl-C." in text, 120), terminal.text
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            assert eventually(lambda: answers(client))
            yield terminal, client


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_on_a_terminal_a_person_reads_which_case_moved_and_where_its_mails_lie(
    tmp_path: Path,
) -> None:
    data = tmp_path / "casetrack-data"
    with watched(tmp_path) as (terminal, client):
        who = tokens(tmp_path)
        opened = client.post("/api/v1/cases", json=APPLICATION, headers=bearer(who["smr.clerk"]))
        number, code = opened.json()["number"], opened.json()["access_code"]
        for deed in STORY[:3]:
            act(client, who, number, deed)
        assert client.get("/api/v1/worklist").status_code == 401
        sent = eventually(lambda: told(data)[1] == 4 and told(data)[0])
        assert sent, "four events are told, some together"
        assert terminal.shows(lambda text: text.count(".eml") == len(sent)), terminal.text
        seen = terminal.text
        terminal.ctrl_c()
        assert terminal.popen.wait(timeout=30) == 0
    head, _, lines = seen.partition("Stop it with Ctrl-C.\n")
    assert f"casetrack is on {str(client.base_url).rstrip('/')}" in head
    assert str(data) in head
    said = [line[10:] for line in lines.splitlines()]
    moved = ("opened", "declared complete", "review_dlh completed", "review_dishub completed")
    assert [line for line in said if ".eml" not in line] == [
        f"casetrack {__version__} started",
        *(f"{number}  {what}" for what in moved),
    ]
    mails = [f"{number}  mail/{path.name}" for path in data.glob("mail/*.eml")]
    assert sorted(line for line in said if ".eml" in line) == sorted(mails)
    assert max(map(len, lines.splitlines())) <= 100
    for secret in ("Santoso", "budi@", "6472010101900001", code, "{"):
        assert secret not in terminal.text


def test_on_a_terminal_a_warning_is_one_line(tmp_path: Path) -> None:
    # Nobody listens there: every mail fails.
    url = "smtp://127.0.0.1:9?from=izin@kota.example"
    with watched(tmp_path, CASETRACK_SMTP_URL=url) as (terminal, client):
        who = tokens(tmp_path)
        client.post("/api/v1/cases", json=APPLICATION, headers=bearer(who["smr.clerk"]))
        failed = re.compile(
            r"^\d\d:\d\d:\d\d  SMR-\S+  email failed: no talk with .+$", re.MULTILINE
        )
        assert terminal.shows(failed.search, 20), terminal.text
        with sqlite3.connect(tmp_path / "casetrack-data/casetrack.sqlite") as database:
            database.execute("ALTER TABLE queue RENAME TO gone")
        database.close()
        away = re.compile(r"^\d\d:\d\d:\d\d  warning: the database is away, .+$", re.MULTILINE)
        assert terminal.shows(away.search, 20), terminal.text
        assert "Traceback" not in terminal.text


def test_where_the_log_is_no_terminal_its_lines_are_json_though_a_person_looks_on(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    with watched(tmp_path, "--no-demo", stderr=log) as (terminal, client):
        client.get("/status")
        assert eventually(lambda: log.read_text().count("\n"))
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert {line["process"] for line in lines} == {"up"}
        assert "{" not in terminal.text


def test_other_processes_write_json_on_a_terminal_too(tmp_path: Path) -> None:
    environment = bare_environment(CASETRACK_LOG_LEVEL="DEBUG")
    assert (
        run_warm("casetrack", "db", "upgrade", environment=environment, folder=tmp_path).returncode
        == 0
    )
    with at_terminal("casetrack", "clock", environment=environment, folder=tmp_path) as terminal:
        with sqlite3.connect(tmp_path / "casetrack-data/casetrack.sqlite") as database:
            database.execute("ALTER TABLE deadlines RENAME TO gone")
        database.close()
        assert terminal.shows(lambda text: "{" in text, 30), terminal.text
    assert json.loads(terminal.text.splitlines()[0])["process"] == "clock"


# --- starts that are refused --------------------------------------------------------------------


def refused(folder: Path, *command: str, **settings: str) -> str:
    """The one line that a command ends with; exit status 2 and nothing else."""
    return one_line(run_warm(*command, environment=bare_environment(**settings), folder=folder))


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a command said that was refused."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("casetrack: ")
    return lines[0]


def test_a_port_that_is_taken_is_one_line_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ("casetrack", "up", "--port", str(port))
        line = one_line(run(*words, environment=bare_environment(), folder=tmp_path))
        assert f"127.0.0.1:{port}" in line
        # Nothing was begun.
        assert not (tmp_path / "casetrack-data/casetrack.sqlite").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    # Below a file: not even root can make a folder there.
    (tmp_path / "file").write_text("")
    line = refused(tmp_path, "casetrack", "up", "--port", str(free_port()), "--data", "file/data")
    assert "CASETRACK_DATA_DIR" in line
    assert "file/data" in line


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CASETRACK_BROKER_URL", "amqp://here:port/", "CASETRACK_BROKER_URL"),
        ("CASETRACK_METRICS_PORT", "often", "CASETRACK_METRICS_PORT"),
        ("CASETRACK_BROKER_URL", "redis://here:port/0", "CASETRACK_BROKER_URL"),
        ("CASETRACK_DATABASE_URL", "postgresql://here:port/db", "CASETRACK_DATABASE_URL"),
        ("CASETRACK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/db", "127.0.0.1"),
        ("CASETRACK_DATABASE_URL", "postgresql://u:hunter2@x@127.0.0.1:1/db", "%40"),
        ("CASETRACK_SMTP_URL", "smtp://127.0.0.1:25", "from is missing"),
        ("CASETRACK_MASTER_KEY", "short", "CASETRACK_MASTER_KEY"),
        ("CASETRACK_SECRET_KEY_FILE", "not-there", "CASETRACK_SECRET_KEY_FILE"),
        ("CASETRACK_SMTP_URL", "smtp://user:hunter2@mail:99999", "CASETRACK_SMTP_URL"),
        ("CASETRACK_DATBASE_URL", "sqlite:///x", "CASETRACK_DATBASE_URL"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    line = refused(
        tmp_path, "casetrack", "up", "--no-demo", "--port", str(free_port()), **{name: value}
    )
    assert says in line
    assert "hunter2" not in line


def test_a_database_newer_than_the_code_is_one_line(tmp_path: Path) -> None:
    settings = bare_environment()
    assert (
        run_warm("casetrack", "db", "upgrade", environment=settings, folder=tmp_path).returncode
        == 0
    )
    with sqlite3.connect(tmp_path / "casetrack-data/casetrack.sqlite") as connection:
        connection.execute(
            "UPDATE alembic_version SET version_num = '9999_of_tomorrow' WHERE version_num LIKE '%t'"
        )
    connection.close()
    for command in (["up", "--port", str(free_port())], ["clock"]):
        line = refused(tmp_path, "casetrack", *command)
        assert "9999_of_tomorrow" in line
        assert "newer" in line


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "casetrack-data").mkdir()
    (tmp_path / "casetrack-data/casetrack.sqlite").write_text("a shopping list\n" * 500)
    line = refused(tmp_path, "casetrack", "up", "--no-demo", "--port", str(free_port()))
    assert "not a database" in line


@pytest.mark.parametrize("command", [["web"], ["relay"]])
def test_a_process_of_many_refuses_the_broker_of_one(tmp_path: Path, command: list[str]) -> None:
    line = refused(tmp_path, "casetrack", *command, CASETRACK_BROKER_URL="memory://")
    assert "memory://" in line
    assert "redis://" in line
    assert not (tmp_path / "casetrack-data").exists()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"CASETRACK_BROKER_URL": "memory://"}, "memory://"),
        ({"CASETRACK_BROKER_URL": "amqp://here:port/"}, "CASETRACK_BROKER_URL"),
    ],
)
def test_dramatiq_workers_refuse_wrong_settings_and_say_so_once(
    tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    done = run_warm(
        "dramatiq",
        "workers",
        "--processes",
        "2",
        environment=bare_environment(**settings),
        folder=tmp_path,
    )
    assert done.returncode == 2, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("casetrack: ")]
    assert len(said) == 1, done.stderr
    assert says in said[0]
    assert "Traceback" not in done.stderr


def test_the_log_speaks_json_lines_only(tmp_path: Path) -> None:
    with up(tmp_path, "--no-demo", CASETRACK_LOG_LEVEL="DEBUG") as (process, client):
        client.get("/api/v1/status/SMR-REK-2026-000001-0", headers={"X-Access-Code": "GEHEIM"})
        said = process.log.read_text()
    assert "GEHEIM" not in said
    logged = [line for line in said.splitlines() if line.startswith("{")]
    assert logged
    for line in logged:
        assert {"at", "level", "logger", "message"} <= set(json.loads(line))
    assert not re.search(r"Traceback", said)
