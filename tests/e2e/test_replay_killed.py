"""A replay that is killed anywhere and run again ends where one that was not would have."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bench import warm
from tests.support.logs import make_log, read_independently
from tests.support.processes import run_warm

pytestmark = pytest.mark.e2e
CASETRACK = str(Path(sys.executable).with_name("casetrack"))


def environment(folder: Path) -> dict[str, str]:
    """The settings of the SQLite of this folder, and no others."""
    others = {k: v for k, v in os.environ.items() if not k.startswith("CASETRACK_")}
    return {**others, "CASETRACK_DATA_DIR": str(folder)}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One casetrack command on the SQLite of this folder."""
    own = environment(folder)
    return run_warm("casetrack", *words, environment=own, folder=folder.parent, patience=3600)


def stored(folder: Path) -> int:
    """How many events the database in this folder holds now."""
    file = folder / "casetrack.sqlite"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            # The log's own: a load leaves its trace, too.
            counted = "SELECT count(*) FROM events WHERE stream NOT LIKE 'administration/%'"
            return int(connection.execute(counted).fetchone()[0])
        except sqlite3.OperationalError:  # the tables are being made
            return 0


def kill_when_under_way(folder: Path, log: Path, pause: float) -> int:
    """Start a replay, kill it a moment after it wrote something new; gives how much there is."""
    before = stored(folder)
    words, out = [CASETRACK, "replay", str(log)], folder.with_name("out")
    victim = warm.start(words, environment(folder), out, folder.parent)
    try:
        until = time.monotonic() + 60
        while stored(folder) == before and victim.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(pause)
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    return stored(folder)


@pytest.mark.parametrize(
    ("events", "pauses"),
    [
        # At the first batch, between two, within the relay's work: nobody knows where it hits.
        (8_000, (0.0, 0.03, 0.11)),
        pytest.param(200_000, tuple(n / 100 for n in range(30)), marks=pytest.mark.long),
    ],
)
def test_killed_again_and_again_and_run_once_more_it_is_all_there_once(
    events: int, pauses: tuple[float, ...], tmp_path: Path
) -> None:
    log = tmp_path / "log.xes"
    make_log(log, events=events, traces=40)
    folder = tmp_path / "data"
    there = [kill_when_under_way(folder, log, pause) for pause in pauses]
    assert [0, *there, events] == sorted({0, *there, events})
    last = run(folder, "replay", str(log), "--json")
    assert last.returncode == 0, last.stderr
    figures = json.loads(last.stdout.splitlines()[-1])
    assert (figures["events"], figures["already_present"]) == (
        events - there[-1],
        there[-1],
    )
    assert run(folder, "export", str(tmp_path / "out.xes")).returncode == 0
    assert read_independently(tmp_path / "out.xes") == read_independently(log)
    verdict = run(folder, "verify", "--json")
    assert verdict.returncode == 0, verdict.stdout
    positions = [at["position"] for at in json.loads(verdict.stdout)["checked_to"].values()]
    with closing(sqlite3.connect(folder / "casetrack.sqlite")) as connection:
        whole = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    assert positions == [whole]
    assert whole >= events


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x1f\x8b\x08\x00garbage", "gzip"),
        (b"<log><trace>", "too early"),
        (b"<log><trace></log>", "broken XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><log>&a;</log>', "DOCTYPE"),
        (b"", "empty"),
        (b"<html/>", "not <log>"),
    ],
    ids=["gzip", "truncated", "broken", "entities", "empty", "html"],
)
def test_a_broken_log_is_refused_in_one_line_with_exit_2(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "log.xes"
    file.write_bytes(content)
    done = run(tmp_path / "data", "replay", str(file))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_events_without_time_or_name_are_counted_and_told_and_the_others_taken(
    tmp_path: Path,
) -> None:
    file = tmp_path / "log.xes"
    file.write_text(
        '<log><trace><string key="concept:name" value="c"/>'
        '<event><string key="concept:name" value="A"/>'
        '<date key="time:timestamp" value="2020-01-01T08:00:00+05:45"/></event>'
        '<event><string key="concept:name" value="B"/></event>'
        '<event><date key="time:timestamp" value="2020-01-01T08:00:00Z"/></event>'
        '<event><string key="concept:name" value="D"/>'
        '<date key="time:timestamp" value="2020-01-01T08:00:00"/></event>'
        "</trace></log>"
    )
    done = run(tmp_path / "data", "replay", str(file), "--json")
    assert done.returncode == 1
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["events"], figures["rejected"]) == (1, 3)
    assert done.stderr.count("rejected: line") == 3


def test_the_receipt_log_against_its_definition(tmp_path: Path, shared: Path) -> None:
    definition = Path(__file__).resolve().parent.parent / "data" / "receipt.yaml"
    log = str(shared / "receipt-400.xes.gz")
    done = run(tmp_path, "replay", log, "--service", str(definition), "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["cases"], figures["events"]) == (400, 2468)
    assert (figures["following"], figures["deviating"]) == (398, 2)
    assert "case-4161, event 3 (T03" in done.stderr
