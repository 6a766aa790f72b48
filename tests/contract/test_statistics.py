"""What the planner knows of the tables: made where much was written, and before everything is read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from casetrack.storage import schema, statistics
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support.world import World, billboard, letter, samarinda

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[World]:
    """Only PostgreSQL has such figures."""
    made = World.make(postgres_url, tmp_path)
    yield made
    made.close()


def known(world: World) -> set[str]:
    """Tables of whose columns the planner knows something."""
    with world.database.read() as connection:
        asked = "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = current_schema()"
        return set(connection.execute(text(asked)).scalars())


def filled(world: World) -> set[str]:
    """Tables with rows in them."""
    with world.database.read() as connection:
        return {
            name
            for name in schema.metadata.tables
            if connection.execute(text(f"SELECT EXISTS (SELECT FROM {name})")).scalar_one()
        }


def grown(world: World) -> set[str]:
    """Two tables with more rows than any plan is quick with, and how they are called."""
    with world.database.write() as uow:
        uow.execute(text(_GUESSES))
        uow.execute(text(_AGENCIES))
    return {"guesses", "agencies"}


def above(world: World) -> set[str]:
    """The tables of more than 80 kB with rows in them, whatever the world began with."""
    with world.database.read() as connection:
        return {
            name
            for name in filled(world)
            if connection.execute(text(f"SELECT pg_relation_size('{name}')")).scalar_one() > 81_920
        }


_GUESSES = """
INSERT INTO guesses SELECT 'bucket ' || n, now(), 1 FROM generate_series(1, 3000) n
"""
_AGENCIES = """
INSERT INTO agencies SELECT '64.72', 'agency-' || n, document
FROM generate_series(1, 3000) n, (SELECT document FROM agencies LIMIT 1) one
"""


def forget(world: World) -> None:
    """As after a restore."""
    with world.database.write() as uow:
        uow.execute(text("DELETE FROM pg_statistic WHERE starelid >= 16384"))
    assert known(world) == set()


def test_a_load_tells_the_planner_what_it_brought(world: World) -> None:
    # The world itself may be a copy of one that was loaded before.
    forget(world)
    loading.load(world.ctx, samarinda(billboard(), replace(letter(), version=2)))
    brought = {table.name for table in statistics.OF_A_LOAD} & filled(world)
    assert {"events", "officers", "services"} <= brought <= known(world)


def test_verify_and_rebuild_read_no_tables_that_the_planner_knows_nothing_of(world: World) -> None:
    large = grown(world)
    world.open()
    assert large <= above(world)
    assert "officers" not in above(world)
    for read_all in (
        lambda: verify(world.ctx, progress=lambda _: None),
        lambda: list(rebuild(world.ctx, None, lambda _: None)),
    ):
        forget(world)
        read_all()
        # To look at a table of a few rows costs more than any plan that knows nothing of it.
        assert known(world) == above(world)


def test_a_table_that_was_empty_when_it_was_looked_at_is_looked_at_again(world: World) -> None:
    with world.database.at_once() as uow:
        uow.execute(text("DELETE FROM guesses"))
        uow.execute(text("VACUUM ANALYZE guesses"))
    grown(world)
    with world.database.read() as connection:
        assert "guesses" in {table.name for table in statistics._unknown(connection)}


def test_what_is_known_already_is_not_looked_at_again(world: World) -> None:
    large = grown(world)
    # The world itself may just have been loaded.
    forget(world)
    with world.database.read() as connection:
        assert large <= {table.name for table in statistics._unknown(connection)} == above(world)
        statistics.complete(world.database)
        assert statistics._unknown(connection) == []
