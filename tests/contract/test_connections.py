"""A connection goes back to the pool as it was: what failed on it is nobody else's."""

import pytest
from sqlalchemy import text

from casetrack.storage import schema
from casetrack.storage.row_sets import Rows, Writes
from casetrack.storage.unit_of_work import DatabaseDown, UnitOfWork
from tests.support.world import World

_GUESSES = Writes(Rows(schema.guesses))


class _Broken(BaseException):
    """As a signal's handler raises: no Exception."""


def _guess(world: World, uow: UnitOfWork) -> None:
    uow.put(_GUESSES, {"guesses": [{"bucket": "b", "since": world.database.now(), "wrong": 1}]})


def _count(world: World) -> int:
    with world.database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM guesses")).scalar_one())


def _lose(world: World, uow: UnitOfWork) -> None:
    """The server ends the connection, as a restart would."""
    own = uow.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with world.database.read() as other:
        other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})


@pytest.mark.parametrize("way", ["write", "at_once"])
@pytest.mark.parametrize("error", [RuntimeError, _Broken])
def test_what_was_put_before_an_error_is_carried_out_by_nobody(
    world: World, way: str, error: type[BaseException]
) -> None:
    def put_and_fail() -> None:
        with getattr(world.database, way)() as uow:
            _guess(world, uow)
            raise error

    with pytest.raises(error):
        put_and_fail()
    assert _count(world) == 0
    with world.database.write() as uow:
        _guess(world, uow)
    assert _count(world) == 1


# SQLite's file is not lost.
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)],
                         indirect=True)  # fmt: skip
def test_a_connection_that_was_lost_tells_the_first_error_and_serves_nobody_any_more(
    world: World,
) -> None:
    def lose_and(error: Exception | None) -> None:
        with world.database.write() as uow:
            _lose(world, uow)
            if error is not None:
                raise error
            _guess(world, uow)

    with pytest.raises(RuntimeError, match="first"):
        lose_and(RuntimeError("first"))
    with pytest.raises(DatabaseDown):
        lose_and(None)
    assert _count(world) == 0


def test_a_snapshot_sees_one_moment_whatever_is_written_meanwhile(world: World) -> None:
    with world.database.snapshot() as reading:
        guesses = text("SELECT count(*) FROM guesses")
        before = reading.execute(guesses).scalar_one()
        with world.database.write() as uow:
            _guess(world, uow)
        assert reading.execute(guesses).scalar_one() == before == 0
    assert _count(world) == 1
