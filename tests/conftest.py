"""What every test may ask for: a database of each kind, and the cast in its world."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.world import World

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def need(available: bool, what: str) -> None:
    """Skip by name at home, fail where CI=true: a test that did not run must not look like one."""
    if available:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is needed here and does not answer")
    pytest.skip(f"{what} is not there")


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A migrated database from which every test's own is copied."""
    need(postgres.available(), "PostgreSQL")
    with postgres.template() as name:
        yield name


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


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project."""
    need(SHARED.is_dir(), "the folder of shared data")
    return SHARED
