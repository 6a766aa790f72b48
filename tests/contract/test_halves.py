"""Migrations in two halves: what each leaves, what a release before accepts, locks that do not come."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import Result
from sqlalchemy import inspect, text

from casetrack.domain.errors import BadInput
from casetrack.storage import migrate, schema_version
from casetrack.storage.migration_files import write_pair
from casetrack.storage.unit_of_work import Database
from tests.conftest import need
from tests.support import postgres
from tests.support.commands import run_command
from tests.support.web import BOTH
from tests.support.world import environment_for

#: The last migration of this release, and the one that is made on top of it.
NOW = schema_version.newest()[0][:4]
NEXT, AFTER = (f"{int(NOW) + ahead:04}" for ahead in (1, 2))
SECOND = sorted(
    path.name[: len("0001_second")]
    for path in (schema_version.HOME / "versions").glob("*_second_*.py")
)
ADD = 'op.add_column("cases", sa.Column("remark", sa.String(length=64)))'
INDEX = 'op.create_index("ix_cases_remark", "cases", ["region", "remark"])'


#: SQLite has one writer, who waits, and knows no time-out of a statement.
ON_POSTGRESQL = pytest.mark.parametrize(
    "office", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@dataclass(frozen=True)
class Office:
    """A database, and a release that is one migration ahead of this one."""

    database: Database
    newer: Path
    folder: Path

    def at(self) -> list[str]:
        return list(schema_version.current(self.database))

    def columns(self) -> set[str]:
        with self.database.read() as connection:
            return {column["name"] for column in inspect(connection).get_columns("cases")}

    def command(self, *words: str) -> Result:
        url = self.database.url.text
        return run_command(environment_for(url, self.folder), words)


def filled(file: Path, up: str, down: str) -> None:
    """The file that `db revision` wrote, with something to do."""
    up_and_down = file.read_text().split("    pass\n")
    file.write_text(f"    {up}\n".join(up_and_down[:2]) + f"    {down}\n" + up_and_down[2])


@pytest.fixture(params=BOTH)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    newer = tmp_path / "newer"
    shutil.copytree(schema_version.HOME, newer, ignore=shutil.ignore_patterns("__pycache__"))
    first, second = write_pair(newer, "A remark of a case.")
    filled(first, ADD, 'op.drop_column("cases", "remark")')
    filled(second, INDEX, 'op.drop_index("ix_cases_remark", "cases")')
    if request.param == "sqlite":
        database = Database(request.getfixturevalue("sqlite_url"))
        yield Office(database, newer, tmp_path)
        database.close()
        return
    need(postgres.available(), "PostgreSQL")
    with postgres.fresh() as url:
        database = Database(url)
        yield Office(database, newer, tmp_path)
        database.close()


def test_a_new_migration_is_two_files_numbered_and_named_by_its_words(office: Office) -> None:
    made = sorted(path.name for path in (office.newer / "versions").glob(f"{NEXT}*"))
    assert made == [f"{NEXT}_{half}_a_remark_of_a_case.py" for half in ("first", "second")]
    with pytest.raises(BadInput, match="makes no name"):
        write_pair(office.newer, "…")
    again = write_pair(office.newer, "And another")
    assert [path.name for path in again] == [
        f"{AFTER}_first_and_another.py",
        f"{AFTER}_second_and_another.py",
    ]
    assert f'down_revision = "{NEXT}_first"' in again[0].read_text()


def test_each_half_is_applied_by_itself_or_both(office: Office) -> None:
    database, newer = office.database, office.newer
    with pytest.raises(BadInput, match="first half is missing"):
        migrate.upgrade(database, half="second", home=newer)
    migrate.upgrade(database, half="first", home=newer)
    assert office.at() == [f"{NEXT}_first"]
    migrate.upgrade(database, half="second", home=newer)
    assert office.at() == [f"{NEXT}_first", f"{NEXT}_second"]
    migrate.downgrade(database, f"{NEXT}_first", home=newer)
    assert office.at() == [f"{NOW}_second", f"{NEXT}_first"]
    migrate.downgrade(database, "0005", home=newer)
    assert office.at() == ["0005"]
    migrate.upgrade(database, home=newer)
    assert office.at() == [f"{NEXT}_first", f"{NEXT}_second"]


def test_the_release_before_runs_on_a_newer_first_half(office: Office) -> None:
    migrate.upgrade(office.database)
    migrate.upgrade(office.database, half="first", home=office.newer)
    assert "remark" in office.columns()
    schema_version.require_current(office.database)
    # Nothing of its own is missing, so it has nothing to do: `up` goes on.
    migrate.upgrade(office.database)
    assert migrate.check(office.database) == []
    checked = office.command("db", "check")
    assert (checked.exit_code, f"{NEXT}_first" in checked.output) == (0, True)
    listed = office.command("officers", "--json")
    assert (listed.exit_code, listed.stdout.strip()) == (0, "[]")
    with pytest.raises(BadInput, match=f"{NEXT}_first of a newer release"):
        migrate.downgrade(office.database, "0005")


def test_the_release_before_is_refused_after_a_newer_second_half(office: Office) -> None:
    migrate.upgrade(office.database, home=office.newer)
    for words in (("db", "check"), ("db", "upgrade"), ("officers",)):
        refused = office.command(*words)
        assert refused.exit_code == 2
        (line,) = refused.stderr.splitlines()
        assert f"{NEXT}_second" in line
        assert "newer than the code" in line


def test_the_release_before_does_not_finish_what_a_newer_one_began(office: Office) -> None:
    migrate.upgrade(office.database, half="first", home=office.newer)
    schema_version.require_current(office.database)
    (said,) = migrate.check(office.database)
    assert f"second half is missing: {', '.join(SECOND)}" in said
    with pytest.raises(BadInput, match="db upgrade of the newer release"):
        migrate.upgrade(office.database)


def test_the_command_line_says_which_half_is_missing(office: Office) -> None:
    assert office.command("db", "check").exit_code == 1
    assert office.command("db", "upgrade", "--first-half").exit_code == 0
    checked = office.command("db", "check")
    assert checked.exit_code == 1
    assert checked.stdout.strip() == (
        f"the second half is missing: {', '.join(SECOND)}; run: casetrack db upgrade --second-half"
    )
    both = office.command("db", "upgrade", "--first-half", "--second-half")
    assert (both.exit_code, "together" in both.stderr) == (2, True)
    assert office.command("db", "upgrade", "0099").exit_code == 2
    done = office.command("db", "upgrade")
    assert done.stdout.strip() == f"The database is at migration {NOW}_first, {NOW}_second."
    assert office.command("db", "check").exit_code == 0
    assert office.command("db", "downgrade", "base").exit_code == 0


def test_this_release_needs_its_first_half_and_not_its_second(office: Office) -> None:
    migrate.upgrade(office.database, "0005")
    with pytest.raises(BadInput, match=f"this code needs {NOW}_first; run: casetrack db upgrade"):
        schema_version.require_current(office.database)
    migrate.upgrade(office.database, half="first")
    schema_version.require_current(office.database)


@ON_POSTGRESQL
def test_a_migration_gives_way_to_a_lock_and_is_run_again(office: Office) -> None:
    migrate.upgrade(office.database)
    held, release, pauses = Event(), Event(), list[float]()

    def clerk() -> None:
        with office.database.writer.begin() as connection:
            connection.execute(text("LOCK TABLE cases IN ACCESS SHARE MODE"))
            held.set()
            release.wait(60)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        release.set()
        thread.join(60)

    thread = Thread(target=clerk)
    thread.start()
    held.wait(60)
    migrate.upgrade(office.database, half="first", home=office.newer, pause=pause)
    assert pauses == [migrate.PAUSE]
    assert "remark" in office.columns()


@ON_POSTGRESQL
def test_a_lock_that_never_comes_is_said_and_nothing_is_changed(office: Office) -> None:
    migrate.upgrade(office.database)
    (file,) = (office.newer / "versions").glob(f"{NEXT}_first*")
    soon = "op.execute(\"SET LOCAL lock_timeout = '50ms'\")"
    file.write_text(file.read_text().replace(ADD, f"{soon}; {ADD}"))
    before, pauses = office.at(), list[float]()
    with office.database.writer.begin() as clerk:
        clerk.execute(text("LOCK TABLE cases IN ACCESS SHARE MODE"))
        with pytest.raises(BadInput, match="did not get its lock in 6 attempts"):
            migrate.upgrade(office.database, home=office.newer, pause=pauses.append)
    assert len(pauses) == migrate.TRIES - 1
    assert office.at() == before
    assert "remark" not in office.columns()


@ON_POSTGRESQL
def test_a_statement_that_takes_too_long_is_undone_and_said(office: Office) -> None:
    (file,) = (office.newer / "versions").glob(f"{NEXT}_first*")
    sleep = (
        "op.execute(\"SET LOCAL statement_timeout = '200ms'\"); op.execute('SELECT pg_sleep(9)')"
    )
    file.write_text(file.read_text().replace(ADD, f"{ADD}; {sleep}"))
    with pytest.raises(BadInput, match="took longer"):
        migrate.upgrade(office.database, home=office.newer)
    assert office.at() == []


def test_every_first_half_stands_without_the_second_halves_before_it(office: Office) -> None:
    # All first halves and then all second ones, as when a release brings several, or pair by pair.
    database = office.database
    migrate.upgrade(database, half="first", home=office.newer)
    migrate.upgrade(database, half="second", home=office.newer)
    one = _tables(database)
    migrate.downgrade(database, "base", home=office.newer)
    migrate.upgrade(database, home=office.newer)
    assert _tables(database) == one


def _tables(database: Database) -> dict[str, list[str]]:
    with database.read() as connection:
        found = inspect(connection)
        return {
            table: sorted(str(column) for column in found.get_columns(table))
            for table in found.get_table_names()
        }
