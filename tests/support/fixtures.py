"""A database of each kind, and the cast in its world: for every folder of tests but the pure ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need
from tests.support import (
    compiled_once,  # noqa: F401
    postgres,
)
from tests.support.world import World


@pytest.fixture(scope="session")
def postgres_template() -> str:
    """A migrated database from which every test's own is copied."""
    need(postgres.available(), "PostgreSQL")
    return postgres.migrated()


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    with postgres.copy_of(postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file of the test's own, not migrated yet."""
    return f"sqlite:///{tmp_path / 'casetrack.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same contract on both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda and its cast, on each database in turn."""
    made = World.make(database_url, tmp_path)
    yield made
    made.close()


__all__ = ["database_url", "postgres_template", "postgres_url", "sqlite_url", "world"]
