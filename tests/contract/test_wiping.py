"""Who was erased is in no file of the database any more; what others may read is narrowed."""

import logging
import re
import stat
from pathlib import Path

import psycopg
import pytest

from casetrack import bootstrap
from casetrack.storage import schema
from casetrack.storage.people import person_texts, wiping
from casetrack.storage.people import subjects as rows
from tests.contract.test_people import budi, decided
from tests.support.commands import run_command
from tests.support.plans import recorded
from tests.support.world import World, environment_for, settings_for


def sealed_of(world: World, number: str) -> list[bytes]:
    """The wrapped key of the applicant, and everything that is sealed under it."""
    person = budi(world, number)
    with world.database.read() as connection:
        row = rows.subject(connection, person.region, person.subject)
        texts = person_texts.texts_of_subject(connection, person.region, person.subject)
    assert row is not None
    assert row.wrapped_key is not None
    # Their beginnings: a long one is in pieces on several pages.
    return [bytes(row.wrapped_key), *(bytes(text.sealed)[:60] for text in texts)]


def in_files(folder: Path, pieces: list[bytes]) -> list[tuple[str, int]]:
    """Which of these pieces stand in which file of the SQLite database."""
    return [
        (path.name, place)
        for path in sorted(folder.glob("casetrack.sqlite*"))
        for place, piece in enumerate(pieces)
        if piece in path.read_bytes()
    ]


def erased(world: World, folder: Path, number: str, *more: str) -> str:
    words = ["subject", "erase", "--subject", budi(world, number).subject]
    environment = environment_for(str(world.app.settings.database_url), folder)
    result = run_command(environment, [*words, "--yes", *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_nothing_sealed_of_who_was_erased_is_left_in_a_sqlite_file(
    sqlite_url: str, tmp_path: Path
) -> None:
    world = World.make(sqlite_url, tmp_path)
    number = decided(world)
    pieces = sealed_of(world, number)
    assert len({place for _, place in in_files(tmp_path, pieces)}) == len(pieces)
    assert "Nothing of removed rows is left" in erased(world, tmp_path, number)
    assert in_files(tmp_path, pieces) == []
    world.close()


def test_every_table_from_which_an_erasure_takes_is_wiped(world: World) -> None:
    person = budi(world, decided(world))
    with recorded() as statements, world.database.write() as uow:
        rows.erase(uow, person.region, person.subject, uow.time(None))
    changed = {
        found[1]
        for statement in statements
        if (found := re.match(r"(?:DELETE FROM|UPDATE) (\w+)", statement))
    }
    assert {"subjects", "texts", "search_words"} <= changed
    assert changed <= {table.name for table in wiping.TABLES}


def test_while_somebody_reads_the_log_it_is_said_that_it_is_not_done(
    sqlite_url: str, tmp_path: Path
) -> None:
    world = World.make(sqlite_url, tmp_path)
    number = decided(world)
    environment = environment_for(sqlite_url, tmp_path)
    with world.database.snapshot() as reading:
        rows.regions_of_subject(reading, "nobody")
        words = ["subject", "erase", "--subject", budi(world, number).subject]
        held = run_command(environment, [*words, "--yes"])
    assert held.exit_code == 2
    assert "casetrack subject wipe" in held.output
    done = run_command(environment, ["subject", "wipe"])
    assert (done.exit_code, done.output[:20]) == (0, "Nothing of removed r")
    world.close()


@pytest.mark.postgres
@pytest.mark.parametrize("more", [(), ("--rewrite",)])
def test_on_postgresql_the_tables_are_vacuumed(
    postgres_url: str, tmp_path: Path, more: tuple[str, ...]
) -> None:
    world = World.make(postgres_url, tmp_path)
    number = decided(world)
    with psycopg.connect(postgres_url, autocommit=True) as looking:

        def places() -> dict[str, int]:
            found = looking.execute(
                "SELECT relname, relfilenode FROM pg_class WHERE relname = ANY(%s)",
                ([table.name for table in wiping.TABLES],),
            )
            return dict(found.fetchall())

        before = places()
        erased(world, tmp_path, number, *more)
        # Rewritten tables are other files; vacuumed ones are the same, without the dead rows.
        changed = {name for name, node in places().items() if node != before[name]}
        assert changed == (set(before) if more else set())
        vacuumed = looking.execute(
            "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'texts'"
        ).fetchone()
        assert more or vacuumed == (1,)
    world.close()


def test_every_table_that_holds_something_of_a_person_is_wiped() -> None:
    of_persons = {name for name, table in schema.metadata.tables.items() if "subject" in table.c}
    assert of_persons <= {table.name for table in wiping.TABLES}


def test_what_others_could_read_is_narrowed_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    file = data / "casetrack.sqlite"
    file.touch()
    data.chmod(0o755)
    file.chmod(0o644)
    with caplog.at_level(logging.WARNING, "casetrack.data"):
        bootstrap.build(settings_for(f"sqlite:///{file}", data)).database.close()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (data, file)] == [0o700, 0o600]
    assert len(caplog.records) == 2
    caplog.clear()
    bootstrap.build(settings_for(f"sqlite:///{file}", data)).database.close()
    assert caplog.records == []
