"""The feed of an agency: it reads what it gives, also of what the release before has numbered."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from casetrack.domain.region.region_data import Officer
from casetrack.storage import migrate, round_trips, schema, statistics
from casetrack.usecases.case import deadlines
from casetrack.usecases.people import officers
from tests.support.plans import explained
from tests.support.receiver import receiving
from tests.support.web import BILLBOARD, BOTH, LETTER, Web
from tests.support.world import SAMARINDA, World


@pytest.fixture
def web(world: World) -> Web:
    """HTTP on the world, with an integrator of an agency that is seldom concerned."""
    officers.add_officer(world.ctx, SAMARINDA, Officer("smr.pipa", "integrator", "dlh"))
    return Web(world)


def _concerned(web: Web) -> list[tuple[Any, ...]]:
    table = schema.ledger_agencies
    with web.world.database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def _feed(web: Web, query: str = "limit=100") -> dict[str, Any]:
    answer = web.get(f"/events?{query}", "pipa")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_second_half_says_whom_the_events_of_the_release_before_concern(web: Web) -> None:
    world = web.world
    with receiving() as receiver:
        hook = {"url": receiver.url, "types": ["casetrack.*"]}
        made = web.post("/webhooks", "pipa", hook).get_json()["id"]
        assert web.post(f"/webhooks/{made}/test", "pipa", {}).status_code < 300
    for body in (LETTER, BILLBOARD, BILLBOARD):
        web.play(web.open(body)["number"], "dewi declare_complete intake")
    web.relay()
    world.hands.pass_time(days=30)
    deadlines.watch_once(world.ctx)
    web.relay()
    whole, seen = _concerned(web), _feed(web)
    streams = {event["stream"].partition("/")[0] for event in seen["events"]}
    assert {"deadline", "webhook"} <= streams
    migrate.downgrade(world.database, "0022_first")
    migrate.upgrade(world.database, half="first")
    table = schema.ledger_agencies
    with world.database.write() as uow:
        uow.execute(delete(table).where(table.c.position % 2 == 0))
    world.ctx.concerned = False
    assert _concerned(web) != whole
    assert _feed(web) == seen, "the ledger itself is gone through as long"
    migrate.upgrade(world.database, half="second")
    assert _concerned(web) == whole
    assert _feed(web) == seen
    assert world.ctx.concerned


@pytest.mark.parametrize("database_url", BOTH[1:], indirect=True)
def test_a_page_reads_no_more_than_twice_what_it_gives(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turn in range(60):
        web.open(BILLBOARD if turn % 20 == 19 else LETTER)
    web.relay()
    statistics.refresh(web.world.database, list(schema.metadata.tables.values()))
    _feed(web)
    kept: list[Any] = []
    monkeypatch.setattr(round_trips, "observers", [kept.extend])
    given = len(_feed(web, "limit=2")["events"])
    monkeypatch.setattr(round_trips, "observers", [])
    assert given == 2
    read: Counter[str] = Counter()
    with web.world.database.read() as connection:
        # A planner rightly reads a small table as a whole.
        connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, values in kept:
            explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql.decode()}"
            plan = explained(connection, explain, statement.written(values))
            read.update(dict(_read(plan[0]["Plan"])))
        connection.exec_driver_sql("RESET enable_seqscan")
    of_feed = ("ledger_agencies", "ledger", "events")
    assert {name: read[name] <= 2 * given for name in of_feed} == dict.fromkeys(of_feed, True), read


def _read(plan: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if "Relation Name" in plan:
        lost = plan.get("Rows Removed by Filter", 0)
        yield plan["Relation Name"], int((plan["Actual Rows"] + lost) * plan["Actual Loops"])
    for inner in plan.get("Plans", ()):
        yield from _read(inner)
