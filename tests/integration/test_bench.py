"""The measurements end with their tables, and say when something that was promised did not come."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.delivery_times import DeliveryReport
from tests.conftest import need
from tests.support import postgres
from tests.support.processes import REDIS, bare_environment, redis_available, run_warm

#: What a write costs on a slow and busy machine, in milliseconds of processor time of all processes, and
#: what part of pgbench's plain statements is reached there. Ten times worse is no noise.
MILLISECONDS, OF_PLAIN = 45.0, 0.02


def programs() -> bool:
    """Whether there is what a run on servers of its own starts."""
    found = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = bool(shutil.which("initdb") or found)
    return initdb and bool(shutil.which("redis-server")) and bool(shutil.which("pgbench"))


def measured(
    folder: Path, *options: str, patience: float = 200, faults: bool = False
) -> dict[str, Any]:
    """What it printed; with `faults`, also where it found some (exit status 1)."""
    environment = {
        **bare_environment(),
        "CASETRACK_DATABASE_URL": postgres.SERVER,
        "CASETRACK_BROKER_URL": REDIS,
    }
    done = run_warm(
        "casetrack",
        "bench",
        *options,
        "--json",
        environment=environment,
        folder=folder,
        patience=patience,
    )
    assert done.returncode in ((0, 1) if faults else (0,)), f"{done.stdout}\n{done.stderr}"
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
def test_the_whole_bench_keeps_every_promise_and_nothing_fell_by_an_order_of_magnitude(
    tmp_path: Path,
) -> None:
    need(programs(), "initdb, pgbench and redis-server")
    report = measured(tmp_path, "--short", patience=600)
    assert report["sound"], report["promises"]
    program = report["program"]
    (load,) = program["loads"]
    assert sum(load["costs"]["cpu_ms"].values()) < 10 * MILLISECONDS
    assert report["ratios"]["writes, of pgbench with plain statements"] > OF_PLAIN / 10
    assert load["costs"]["webhooks"] == pytest.approx(1, abs=0.1)
    assert load["costs"]["wal_bytes"] > 0
    assert load["webhook_ms"]
    assert load["email_ms"]
    assert report["own"]["statements_per_write"] == pytest.approx(
        report["recorded"]["statements"]["web"], rel=0.2
    )
    assert program["judged"]["decisions"] > 0
    assert program["status"]["status_per_second"] > 0
    assert not report["peers"]


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize(
    ("options", "small"),
    [
        (("--short",), 300),
        pytest.param(("--small", "10000", "--cases", "1000000"), 10_000, marks=pytest.mark.long),
    ],
)
def test_a_large_database_answers_with_as_many_blocks_as_a_small_one(
    options: tuple[str, ...], small: int, tmp_path: Path
) -> None:
    need(programs(), "initdb and redis-server")
    patience = 600 if small < 1_000 else 4 * 3600
    report = measured(tmp_path, "--flat", *options, patience=patience, faults=True)
    assert not report["faults"], "\n".join(report["faults"])
    assert report["small"] == small
    acts = {"open", "transition", "status", "worklist", "search by NIK", "newest cases", "metrics"}
    assert acts | {"feed of the region", "feed of an agency"} < report["blocks"].keys()
    assert {"relay", "workers", "clock"} < report["blocks"].keys()


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("cases", "seconds", "options"),
    [
        ("10", "3", ("--short",)),
        pytest.param("5000", "3600", (), marks=pytest.mark.long),
    ],
)
def test_lists_are_answered_all_through_a_week_of_one_city_on_sqlite(
    cases: str, seconds: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    report = measured(
        tmp_path,
        "--week",
        *options,
        "--cases",
        cases,
        "--seconds",
        seconds,
        patience=2 * float(seconds) + 300,
    )
    assert report["sound"], report["faults"]
    assert report["writes"] == 9 * int(cases)
    assert report["looks"] >= 4
    assert report["listed_most"] > 0
    assert report["mails"] >= report["cases"]


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
def test_the_delivery_bench_receives_all_that_was_committed(
    postgres_template: str, tmp_path: Path
) -> None:
    need(redis_available(), "Redis")
    report = measured(
        tmp_path, "--delivery", "--short", "--seconds", "1", "--clients", "2", "--waiting", "20"
    )
    assert report["sound"]
    assert report["received"] == report["events"] > 0
    assert len(report["phases"]) == 5
    assert all(set(found) == {"p50", "p95", "p99"} for found in report["phases"].values())


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize("queued", [1_000, pytest.param(30_000, marks=pytest.mark.long)])
def test_the_drain_bench_numbers_every_event_that_waited(
    postgres_template: str, tmp_path: Path, queued: int
) -> None:
    need(redis_available(), "Redis")
    report = measured(
        tmp_path, "--drain", "--short", "--seconds", "1", "--clients", "2", "--queued", str(queued)
    )
    assert report["events"] >= queued
    assert report["drained_per_second"] > 0


def test_an_event_that_did_not_come_is_no_sound_measurement() -> None:
    report = DeliveryReport(
        9, 4, {"alone": {"p50": 1.0}}, {}, 1, 1, 10, 9, 0, "PostgreSQL", "redis", ""
    )
    assert not report.sound
    assert "NOT THE SAME" in report.in_words()
