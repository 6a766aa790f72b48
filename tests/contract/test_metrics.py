"""What /metrics says, in the format that Prometheus reads, and what dashboards and alerts make of it."""

import json
import math
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from casetrack.operations.backlog import Backlog
from casetrack.operations.process_rounds import Rounds
from casetrack.operations.spans import Spans
from casetrack.storage.delivery import backlog
from tests.support.web import LETTER, Web
from tests.support.world import World

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Samples:
    """Name and labels → value; every family has a help text, a type and a conventional name."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        assert family.type in ("counter", "gauge", "histogram"), family.name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name), family.name
        for sample in family.samples:
            if family.type == "counter" and not sample.name.endswith("_created"):
                assert sample.name.endswith("_total"), sample.name
            found[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    return found


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"casetrack_{name}", tuple(sorted(labels.items()))]


def test_the_numbers_are_those_of_what_happened(world: World) -> None:
    web = Web(world)
    web.begun("dewi", "tono", "audit")
    number = web.open()["number"]
    walk_in = web.open({**LETTER, "applicant": {"kind": "person", "name": "Siti"}})["number"]
    web.act(walk_in, "dewi", "declare_complete", "intake")
    assert web.get(f"/cases/{number}", "tono").status_code == 404
    world.hands.pass_time(seconds=90)
    before = read(web.get("//metrics").text)
    assert value(before, "queue_events") == 3
    assert math.isclose(value(before, "queue_oldest_age_seconds"), 90, abs_tol=1)
    assert value(before, "database_up") == 1
    assert value(before, "http_requests_total", operation="open_case", status="201") == 2
    assert value(before, "http_requests_total", operation="read_case", status="404") == 1
    assert value(before, "http_request_duration_seconds_count", operation="open_case") == 2
    web.deliver()
    after = read(web.get("//metrics").text)
    assert value(after, "queue_events") == value(after, "queue_oldest_age_seconds") == 0
    assert value(after, "deliveries", state="not_possible", channel="none") == 1
    attempted = {"channel": "email", "outcome": "delivered"}
    assert value(after, "delivery_attempts_total", **attempted) == 1
    assert value(after, "commit_to_delivery_seconds_count", channel="email") == 1
    assert math.isclose(
        value(after, "commit_to_delivery_seconds_sum", channel="email"), 90, abs_tol=1
    )


def test_what_is_overdue_is_seen_although_no_process_runs_that_could_say_so(world: World) -> None:
    web = Web(world)
    number = web.open()["number"]
    web.open()
    web.act(number, "dewi", "declare_complete", "intake")
    web.relay()
    world.hands.pass_time(days=30)
    found = read(web.get("//metrics").text)
    # The second event of the first case joined the message about the first one.
    assert value(found, "deliveries", state="pending", channel="email") == 2
    assert value(found, "delivery_oldest_due_age_seconds") >= timedelta(days=29).total_seconds()
    assert value(found, "clock_lag_seconds") >= timedelta(days=20).total_seconds()


def test_a_scrape_asks_little_and_counts_no_further_than_it_says(world: World) -> None:
    asked: list[str] = []
    web = Web(world)
    for _ in range(3):
        web.open()
    web.relay()

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(world.database.writer, "before_cursor_execute", note)
    event.listen(world.database.reader, "before_cursor_execute", note)
    web.get("//metrics")
    # Of standbys there is a handful.
    asked = [statement for statement in asked if "pg_stat_replication" not in statement]
    counting = {statement for statement in asked if "count(" in statement}
    assert len(counting) == 5
    assert all("LIMIT" in statement for statement in counting)
    assert backlog.MOST <= 10_000


# --- dashboards and alerts ----------------------------------------------------------------------------


@pytest.fixture
def names(world: World) -> set[str]:
    """Every name of a sample that any process gives."""
    web = Web(world)
    web.open()
    web.deliver()
    walk_in = web.open({**LETTER, "applicant": {"kind": "person", "name": "Siti"}})["number"]
    web.act(walk_in, "dewi", "declare_complete", "intake")
    web.deliver()
    web.open()
    web.relay()
    rounds = Rounds("relay", world.app, web.metrics, Spans())
    rounds.done()
    rounds.broker(None)
    web.metrics.sequenced(1)
    web.metrics.delivery_reports("whatsapp", "noted", 1)
    return {name for name, _ in read(web.metrics.exposition(Backlog(world.app)).decode())}


def _named(expression: str) -> set[str]:
    return set(re.findall(r"casetrack_\w+", expression))


def test_the_dashboard_shows_only_what_there_is(names: set[str]) -> None:
    dashboard = json.loads((OPERATIONS / "grafana-dashboard.json").read_text())
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
    assert len(expressions) > 10
    used = set().union(*map(_named, expressions))
    assert used <= names, used - names
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_alerts_speak_of_what_there_is_and_say_what_to_do(names: set[str]) -> None:
    (group,) = yaml.safe_load((OPERATIONS / "alerts.yaml").read_text())["groups"]
    assert len(group["rules"]) >= 8
    for rule in group["rules"]:
        assert _named(rule["expr"]), rule["alert"]
        assert _named(rule["expr"]) <= names, rule["alert"]
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["do"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_metric_of_ours_is_in_the_manual(names: set[str]) -> None:
    manual = (OPERATIONS.parent / "operations.md").read_text()
    families = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in names}
    missing = {name for name in families if name.startswith("casetrack_") and name not in manual}
    assert not missing
