"""What these tests may ask for: the databases and the cast (tests/support/fixtures.py), and HTTP for the
cast and for the demo's Samarinda."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import stories
from tests.support.fixtures import (
    database_url,
    postgres_template,
    postgres_url,
    sqlite_url,
    world,
)
from tests.support.stories import City
from tests.support.web import Web
from tests.support.world import World


@pytest.fixture
def web(world: World) -> Web:
    """The cast on the telephone."""
    return Web(world)


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    """The demo's Samarinda on the telephone, on each database in turn."""
    yield from stories.samarinda(database_url, tmp_path)


__all__ = [
    "city",
    "database_url",
    "postgres_template",
    "postgres_url",
    "sqlite_url",
    "web",
    "world",
]
