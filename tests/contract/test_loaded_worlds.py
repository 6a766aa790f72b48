"""A world that is copied is the one that would be loaded, and goes on like it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from casetrack.storage import schema
from tests.support import postgres
from tests.support.loaded import load_of
from tests.support.world import LETTER_STORY, World, samarinda, surabaya


@pytest.fixture
def urls(database_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """Three databases of one kind."""
    if database_url.startswith("sqlite"):
        yield [database_url, *(f"sqlite:///{tmp_path / name}.sqlite" for name in ("two", "three"))]
        return
    with ExitStack() as stack:
        copies = [stack.enter_context(postgres.copy_of(postgres.migrated())) for _ in range(2)]
        yield [database_url, *copies]


def everything(world: World) -> dict[str, list[Any]]:
    with world.database.read() as connection:
        return {
            table.name: list(connection.execute(select(table).order_by(*table.primary_key)).all())
            for table in schema.metadata.sorted_tables
        }


def test_a_world_that_is_copied_is_the_one_that_would_be_loaded(
    urls: list[str], tmp_path: Path
) -> None:
    own = {"CASETRACK_PUBLIC_URL": "http://copied.example.id"}
    worlds = [World.make(url, tmp_path, **own) for url in urls]
    load = load_of(urls[0], own, (samarinda(), surabaya()))
    # Two were loaded, the third was not.
    assert load.seen == 2
    first, second, copied = map(everything, worlds)
    assert first == second == copied
    assert first["regions"]
    assert len({world.hands.now for world in worlds}) == 1
    # What happens next gets the same ids and moments.
    for world in worlds:
        world.play(str(world.open().view["number"]), LETTER_STORY)
    events = [
        [(each.id, each.recorded_at, each.stream) for each in everything(world)["events"]]
        for world in worlds
    ]
    assert events[0] == events[1] == events[2]
    for world in worlds:
        world.close()


def test_a_database_that_holds_something_is_loaded_into(database_url: str, tmp_path: Path) -> None:
    """As when a test makes a second world on the first one's database."""
    one = World.make(database_url, tmp_path)
    number = str(one.open().view["number"])
    two = World.make(database_url, tmp_path)
    assert number in {row.number for row in everything(two)["cases"]}
    one.close()
    two.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "ALTER TABLE guesses ALTER wrong SET DEFAULT 3",
        "DROP INDEX ix_guesses_since",
        "CREATE FUNCTION changed() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_a_database_that_was_changed_is_not_given_to_another_test(
    postgres_template: str, change: str
) -> None:
    with postgres.copy_of(postgres_template) as first:
        pass
    with postgres.copy_of(postgres_template) as second, psycopg.connect(second) as connection:
        assert second == first
        connection.execute(change.encode())
    with postgres.copy_of(postgres_template) as third:
        assert third != second
