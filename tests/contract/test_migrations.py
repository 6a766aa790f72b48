"""One numbered history: up, clean, down, up again; triggers listed; a newer database refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from casetrack.domain.errors import BadInput
from casetrack.storage import migrate, schema, schema_version, triggers
from casetrack.storage.unit_of_work import Database
from tests.conftest import need
from tests.support import postgres
from tests.support.authority import enter, papers_of_samarinda
from tests.support.registers import latest
from tests.support.web import BOTH
from tests.support.world import World


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        made = Database(request.getfixturevalue("sqlite_url"))
        yield made
        made.close()
        return
    need(postgres.available(), "PostgreSQL")
    with postgres.fresh() as url:
        made = Database(url)
        yield made
        made.close()


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _triggers(connection: Connection) -> set[tuple[str, str]]:
    """Trigger and table, from the database's own catalogue."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal"
        )
    else:
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    return {(row[0], row[1]) for row in connection.execute(text(query))}


def _shape(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes as the database tells them."""
    found = inspect(connection)
    shape = {}
    for table in found.get_table_names():
        if table == "alembic_version":
            continue
        shape[table] = {
            "columns": {(c["name"], bool(c["nullable"])) for c in found.get_columns(table)},
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "indexes": {
                (i["name"], tuple(i["column_names"]), bool(i["unique"]))
                for i in found.get_indexes(table)
                if not i.get("duplicates_constraint")
            },
            "unique": {tuple(u["column_names"]) for u in found.get_unique_constraints(table)},
        }
    return shape


def test_up_is_clean_and_down_leaves_nothing_and_up_again(database: Database) -> None:
    assert schema_version.is_empty(database)
    migrate.upgrade(database)
    assert migrate.check(database) == []
    schema_version.require_current(database)
    assert schema_version.current(database) == schema_version.newest()
    assert _tables(database) == set(schema.metadata.tables)
    with database.read() as connection:
        first, guards = _shape(connection), _triggers(connection)
    migrate.downgrade(database, "base")
    assert _tables(database) == set()
    with database.read() as connection:
        assert _triggers(connection) == set()
        if database.dialect == "postgresql":
            left = "SELECT count(*) FROM pg_proc WHERE proname = 'refuse_change'"
            assert connection.execute(text(left)).scalar_one() == 0
            sequences = "SELECT count(*) FROM pg_sequences WHERE schemaname = 'public'"
            assert connection.execute(text(sequences)).scalar_one() == 0
    assert schema_version.is_empty(database)
    migrate.upgrade(database)
    assert migrate.check(database) == []
    with database.read() as connection:
        assert (_shape(connection), _triggers(connection)) == (first, guards)


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert migrate.check(database) == []


def test_the_tables_of_the_history_are_those_of_the_metadata(database: Database) -> None:
    migrate.upgrade(database)
    with database.read() as connection:
        migrated = _shape(connection)
    migrate.downgrade(database, "base")
    with database.write() as uow:
        schema.metadata.create_all(uow.connection)
    with database.read() as connection:
        assert _shape(connection) == migrated


def test_every_table_leads_with_its_region_or_says_why_not() -> None:
    # Tokens and sessions are looked up before the region is known, guesses are about numbers that may
    # not be there, and fingerprints are of the keys of the whole installation.
    apart = {"tokens", "sessions", "guesses", "fingerprints"}
    for table in schema.metadata.sorted_tables:
        if table.name not in apart:
            assert next(c.name for c in table.primary_key.columns) == "region", table.name


def test_the_triggers_are_there_one_for_each_way_to_change(database: Database) -> None:
    migrate.upgrade(database)
    with database.read() as connection:
        found = _triggers(connection)
    ways = (
        ("append_only", "no_truncate")
        if database.dialect == "postgresql"
        else (
            "no_update",
            "no_delete",
        )
    )
    assert found == {
        (f"{table}_{way}", table)
        for table in ("events", "ledger", "service_versions")
        for way in ways
    } | {
        (f"register_entries_counts_{way}", "register_entries")
        for way in ("insert", "update", "delete")
    }
    dropped = triggers.drop(database.dialect) + triggers.drop_counters(database.dialect)
    assert len(dropped) >= len(found)


def test_every_change_of_a_register_raises_the_revision_of_its_region_alone(world: World) -> None:
    def revisions() -> dict[str, int]:
        with world.database.read() as connection:
            rows = connection.execute(text("SELECT region, register_revision FROM regions"))
            return {row[0]: row[1] for row in rows}

    enter(world, *latest(papers_of_samarinda()))
    for change in (
        "UPDATE register_entries SET until = until",
        "INSERT INTO register_entries SELECT region, kind, entry, revision + 1000, state, document, "
        "sha256, entered_by, confirmed_by, version, hash, drafted_at, confirmed_id, confirmed_at, "
        "superseded_id, superseded_at, until FROM register_entries",
        "DELETE FROM register_entries",
    ):
        before = revisions()
        _run(world.database, change)
        after = revisions()
        assert after["64.72"] > before["64.72"], change
        assert after["35.78"] == before["35.78"], change


def test_what_was_written_once_cannot_be_changed(world: World) -> None:
    world.play(world.open().view["number"], "dewi declare_complete intake")
    written = "SELECT count(*) FROM events"
    with world.database.read() as connection:
        before = connection.execute(text(written)).scalar_one()
    from_queue = "INSERT INTO ledger SELECT region, id, id, stream, version, 'a', 'b' FROM queue"
    with world.database.write() as uow:
        uow.execute(text(from_queue))
    changes = [
        f"{change.format(table=table)}"
        for table in ("events", "ledger", "service_versions")
        for change in (
            "UPDATE {table} SET version = version + 1",
            "UPDATE {table} SET region = region",
            "DELETE FROM {table}",
            *(["TRUNCATE {table}"] if world.database.dialect == "postgresql" else []),
        )
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"):
            _run(world.database, change)
    with world.database.read() as connection:
        assert connection.execute(text(written)).scalar_one() == before


def _run(database: Database, statement: str) -> None:
    """Past the unit of work, which gives errors names of its own."""
    with database.writer.begin() as connection:
        connection.execute(text(statement))


def test_a_database_newer_than_the_code_is_refused_with_the_cure(database: Database) -> None:
    migrate.upgrade(database)
    with database.write() as uow:
        uow.execute(
            text("UPDATE alembic_version SET version_num = '9999' WHERE version_num LIKE '%t'")
        )
    for step in (
        schema_version.require_current,
        migrate.upgrade,
        migrate.check,
        lambda d: migrate.downgrade(d, "base"),
    ):
        with pytest.raises(BadInput) as refusal:
            step(database)
        sentence = str(refusal.value)
        assert "9999" in sentence
        assert "newer than the code" in sentence
        assert "install" in sentence
    assert _tables(database) == set(schema.metadata.tables)


def test_a_database_that_was_never_migrated_is_told_what_to_run(database: Database) -> None:
    with pytest.raises(BadInput, match="casetrack db upgrade"):
        schema_version.require_current(database)
    assert any("casetrack db upgrade" in line for line in migrate.check(database))


def test_a_table_that_somebody_changed_is_found(database: Database) -> None:
    migrate.upgrade(database)
    with database.write() as uow:
        uow.execute(text("DROP INDEX ix_lanes_due"))
    (said,) = migrate.check(database)
    assert "ix_lanes_due" in said


_BEFORE = (
    "INSERT INTO cases (region, number, version, hash, opened_id, service, status, holder, fold_version, "
    "state) VALUES ('64.72', 'SMR-1', 1, 'h', 1, 'letter', 'submitted', 'a', 1, "
    "'{\"service_version\": 3}')",
    "INSERT INTO parties (region, number, role, subject, text, channel, language) VALUES "
    "('64.72', 'SMR-1', 'applicant', 's', 't', 'email', 'id'), "
    "('64.72', 'SMR-1', 'payer', 's', 't', NULL, 'id')",
    "INSERT INTO lanes (region, lane, queue, fence) VALUES ('64.72', 'SMR-1/applicant', 'email', 1)",
    "INSERT INTO deliveries (region, lane, position, number, role, channel, type, stream, version, "
    "state, attempts, recorded_at) VALUES ('64.72', 'SMR-1/applicant', 7, 'SMR-1', 'applicant', "
    "'email', 'casetrack.case.opened', 'SMR-1', 1, 'pending', 1, '2026-11-23T01:00:00.000000Z')",
)


def test_what_was_there_before_the_channels_keeps_its_way_and_is_joined_by_nothing(
    database: Database,
) -> None:
    migrate.upgrade(database, "0003")
    with database.write() as uow:
        for statement in _BEFORE:
            uow.execute(text(statement))
    migrate.upgrade(database)
    with database.read() as connection:
        parties = connection.execute(
            text("SELECT role, channels FROM parties ORDER BY role")
        ).fetchall()
        version = connection.execute(text("SELECT service_version FROM cases")).scalar_one()
        claimed = connection.execute(text("SELECT claimed FROM lanes")).scalar_one()
    assert [tuple(row) for row in parties] == [("applicant", "email"), ("payer", None)]
    # It waits to be tried again: what it says is what the first attempt may have said.
    assert (version, claimed) == (3, 7)
    migrate.downgrade(database, "0003")
    with database.read() as connection:
        kept = connection.execute(text("SELECT channel FROM parties ORDER BY role")).scalars().all()
    assert list(kept) == ["email", None]
