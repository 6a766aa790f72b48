"""Alembic, driven from the program: the history travels inside the package `migrations`."""

from collections.abc import Callable
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from casetrack.domain.errors import BadInput
from casetrack.storage.unit_of_work import Database, DatabaseDown


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("migrations")))
    config.attributes["database"] = database
    return config


def newest() -> str:
    """The revision that this code was written for."""
    head = ScriptDirectory(str(resources.files("migrations"))).get_current_head()
    if head is None:
        raise BadInput("the package has no migrations; install casetrack again")
    return head


def current(database: Database) -> str | None:
    """The revision that the database is at, or None for an empty one."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision. Raises BadInput when it is newer than this code."""
    refuse_newer(database)
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Go back to an earlier revision ("base" for an empty database)."""
    refuse_newer(database)
    _run(database, lambda config: command.downgrade(config, revision))


def check(database: Database) -> None:
    """Raises BadInput when tables and migrations disagree, or the database is behind."""
    refuse_newer(database)
    try:
        _run(database, command.check)
    except CommandError as error:
        raise BadInput(f"{error} Run: casetrack db upgrade") from error


def _run(database: Database, task: Callable[[Config], object]) -> None:
    config = _config(database)
    with database.writer.connect() as connection:
        config.attributes["connection"] = connection
        task(config)
        connection.commit()


def refuse_newer(database: Database) -> None:
    """Raises BadInput when the database knows a migration that this code does not."""
    at = current(database)
    known = {
        s.revision for s in ScriptDirectory(str(resources.files("migrations"))).walk_revisions()
    }
    if at is not None and at not in known:
        raise BadInput(
            f"the database is at migration {at}, which this casetrack does not know: it is newer "
            "than the code; install the release that made it"
        )


def require_current(database: Database) -> None:
    """Raises BadInput unless the database is at this code's revision."""
    refuse_newer(database)
    at = current(database)
    if at != newest():
        raise BadInput(
            f"the database is at migration {at or 'none'}, this code needs {newest()}; "
            "run: casetrack db upgrade"
        )


def is_empty(database: Database) -> bool:
    """Whether nothing was ever migrated here."""
    try:
        return current(database) is None
    except DatabaseDown:
        return False
