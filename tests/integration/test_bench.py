"""The measurements end with their tables, and say when something that was committed did not come."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.delivery_times import DeliveryReport
from tests.conftest import need
from tests.support import postgres
from tests.support.processes import REDIS, bare_environment, redis_available, run


def measured(folder: Path, *options: str) -> dict[str, Any]:
    environment = {
        **bare_environment(),
        "CASETRACK_DATABASE_URL": postgres.SERVER,
        "CASETRACK_BROKER_URL": REDIS,
    }
    done = run(
        "casetrack",
        "bench",
        *options,
        "--json",
        environment=environment,
        folder=folder,
        patience=200,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.e2e
@pytest.mark.postgres
@pytest.mark.redis
def test_the_delivery_bench_receives_all_that_was_committed(
    postgres_template: str, tmp_path: Path
) -> None:
    need(redis_available(), "Redis")
    report = measured(tmp_path, "--delivery", "--seconds", "1", "--clients", "2", "--waiting", "20")
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
        tmp_path, "--drain", "--seconds", "1", "--clients", "2", "--queued", str(queued)
    )
    assert report["events"] >= queued
    assert report["drained_per_second"] > 0


def test_an_event_that_did_not_come_is_no_sound_measurement() -> None:
    report = DeliveryReport(
        9, 4, {"alone": {"p50": 1.0}}, {}, 1, 1, 10, 9, 0, "PostgreSQL", "redis", ""
    )
    assert not report.sound
    assert "NOT THE SAME" in report.in_words()
