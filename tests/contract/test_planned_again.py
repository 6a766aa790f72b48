"""A statement that is made once is planned again now and then: its tables grow meanwhile."""

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, select, text

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask, ask_all
from casetrack.storage.round_trips import PLANNED_AGAIN
from casetrack.storage.unit_of_work import Database

pytestmark = pytest.mark.postgres
_LETTERS = Fixed(
    select(schema.regions.c.letters).where(schema.regions.c.region == bindparam("region"))
)
_CODES = Fixed(select(schema.regions.c.region).order_by(schema.regions.c.region))


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url)
    with made.write() as uow:
        uow.execute(
            text(
                "INSERT INTO regions (region, letters, document, revision, loaded_at)"
                " VALUES ('64.72', 'SMR', '', 1, now())"
            )
        )
    yield made
    made.close()


def test_it_gets_another_name_at_some_uses_and_gives_the_same_rows(database: Database) -> None:
    first = min(PLANNED_AGAIN)
    with database.read() as connection:
        for _ in range(first - 1):
            assert [row.letters for row in ask(connection, _LETTERS, {"region": "64.72"})] == [
                "SMR"
            ]
        # The use at which it is prepared anew stands between others, of itself too.
        calls = [(_LETTERS, {"region": "64.72"}), (_CODES, {}), (_LETTERS, {"region": "x"})]
        found = ask_all(connection, [*calls, calls[0]])
        assert [[*map(tuple, rows)] for rows in found] == [[("SMR",)], [("64.72",)], [], [("SMR",)]]
        names = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :like")
        like = "SELECT regions.letters%"
        assert connection.execute(names, {"like": like}).scalar_one() == 2
