"""What the hot path reads by key it finds by key, also while PostgreSQL knows nothing of its tables.

A new database, and one fresh from a restore, has no statistics: of a join, or of several values of one
column, the planner then makes a walk through all of the region.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.case.state import CaseState
from casetrack.storage.case import case_rows
from casetrack.storage.delivery import claims, results
from casetrack.storage.delivery.results import Ended
from casetrack.storage.people.own_case import own_case
from casetrack.storage.unit_of_work import Database
from tests.support.plans import explainable, explained, recorded

pytestmark = pytest.mark.postgres

#: Cases, each with a lane to its applicant and one to a subscriber.
CASES = 2000
REGION = "64.72"
FILLED = ("cases", "subjects", "texts", "parties", "events", "lanes", "deliveries", "joined",
          "officers")  # fmt: skip
#: Blocks: a walk through a table of so many cases would be several hundred, or two thousand.
MANY = 150
STATE = json.dumps(CaseState("C-1", REGION, "letter", 1).to_document())
_FILL = (
    "INSERT INTO ledger_heads (region, position, hash) VALUES (:region, 0, '')",
    "INSERT INTO cases (region, number, version, hash, opened_id, service, service_version, status,"
    " holder, fold_version, state)"
    " SELECT :region, 'C-' || n, 1, '', n, 'letter', 1, 'submitted', 'dpmptsp', 2, :state"
    " FROM generate_series(1, :cases) n",
    "INSERT INTO regions (region, letters, document, revision, loaded_at)"
    " VALUES (:region, 'SMR', '', 1, now())",
    "INSERT INTO officers (region, login, role, positions, disabled, nik_index)"
    " VALUES (:region, 'rudi', 'officer', '[]', false, 'n7')",
    "INSERT INTO subjects (region, subject, wrapped_key, nik_index, created_at, version, hash)"
    " SELECT :region, 's' || n, '\\x00', 'n' || n, now(), 1, '' FROM generate_series(1, :cases) n",
    "INSERT INTO texts (region, text, subject, kind, number, sealed)"
    " SELECT :region, 't' || n, 's' || n, 'party', 'C-' || n, '\\x00'"
    " FROM generate_series(1, :cases) n",
    "INSERT INTO parties (region, number, role, subject, text, channels, language)"
    " SELECT :region, 'C-' || n, 'applicant', 's' || n, 't' || n, 'email', 'id'"
    " FROM generate_series(1, :cases) n",
    "INSERT INTO events (region, stream, version, id, type, recorded_at, body, hash)"
    " SELECT :region, 'C-' || n, v, n * 10 + v, 'x', now(), '{}', ''"
    " FROM generate_series(1, :cases) n, generate_series(1, 3) v",
    "INSERT INTO lanes (region, lane, queue, due_at, fence)"
    " SELECT :region, 'C-' || n || '/' || r, CASE r WHEN 'applicant' THEN 'email' ELSE r END, now(), 0"
    " FROM generate_series(1, :cases) n, unnest(ARRAY['applicant', 'wh_1']) r",
    "INSERT INTO deliveries (region, lane, position, number, role, channel, type, stream, version,"
    " state, attempts, recorded_at)"
    " SELECT :region, 'C-' || n || '/' || r, n * 10 + v, 'C-' || n, r, 'email', 'x', 'C-' || n, v,"
    " CASE v WHEN 1 THEN 'delivered' ELSE 'pending' END, 0, now()"
    " FROM generate_series(1, :cases) n, generate_series(1, 2) v, unnest(ARRAY['applicant', 'wh_1']) r",
    "INSERT INTO joined (region, lane, event_position, position, type, stream, version)"
    " SELECT :region, 'C-' || n || '/applicant', n * 10 + 3, n * 10 + 2, 'x', 'C-' || n, 3"
    " FROM generate_series(1, :cases) n",
)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url)
    with made.write() as uow:
        for table in FILLED:
            uow.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
        for statement in _FILL:
            uow.execute(text(statement), {"region": REGION, "cases": CASES, "state": STATE})
    yield made
    made.close()


def _touched(database: Database, found: dict[str, Any]) -> dict[str, int]:
    """Blocks that each statement touches, by its beginning."""
    blocks = {}
    with database.writer.connect() as connection:
        for statement, values in found.items():
            if not explainable(statement):
                continue
            asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            plan = explained(connection, asked, values)
            plan = json.loads(plan) if isinstance(plan, str) else plan
            root = plan[0]["Plan"]
            blocks[statement[:120]] = root["Shared Hit Blocks"] + root["Shared Read Blocks"]
    return blocks


def test_a_set_of_deliveries_is_claimed_and_ended_by_its_keys(database: Database) -> None:
    now = datetime.now(UTC)
    with recorded() as found:
        for queue in ("email", "wh_1"):
            held = claims.claim(database, REGION, queue, now, most=4)
            assert len(held) == 4
            assert [[*each.joined] for each in held] == [["{}"] if queue == "email" else []] * 4
            with database.write() as uow:
                ended = [Ended(each, "delivered", 1) for each in held]
                assert results.write_down(uow, ended, now) == {each.lane for each in held}
    about = [
        statement
        for statement in found
        if any(f"{table}." in statement for table in ("deliveries", "parties", "joined"))
    ]
    assert len(about) >= 5
    much = {
        name: count
        for name, count in _touched(database, {each: found[each] for each in about}).items()
        if count > MANY
    }
    assert not much, much


def test_whether_a_case_is_an_officers_own_is_read_by_its_parties(database: Database) -> None:
    with recorded() as found, database.at_once() as uow:
        for number, own in (("C-7", True), ("C-8", False)):
            fixed, values = own_case(REGION, number, "rudi")
            assert bool(uow.ask(fixed, values)) is own
    [count] = _touched(database, found).values()
    assert count <= 20


def test_a_case_is_loaded_behind_its_lock_by_its_keys(database: Database) -> None:
    with recorded() as found, database.write() as uow:
        for number, own in (("C-7", True), ("C-8", False)):
            held = case_rows.lock_case(uow, REGION, number, officer="rudi")
            assert held is not None
            assert held.own is own
    assert max(_touched(database, found).values()) <= 40
