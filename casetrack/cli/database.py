"""casetrack db upgrade / downgrade / check."""

import click

from casetrack import config
from casetrack.cli.common import plain_errors
from casetrack.gateways.data_folder import check_folder
from casetrack.storage import migrate
from casetrack.storage.unit_of_work import Database


@click.group("db")
def db() -> None:
    """Bring the database to this release, or back."""


def _database() -> Database:
    settings = config.from_environment()
    if settings.embedded:
        check_folder(settings.data_dir)
    return Database(settings.database_url)


@db.command()
@click.argument("revision", default="head")
@plain_errors
def upgrade(revision: str) -> None:
    """Apply the migrations that are missing."""
    database = _database()
    migrate.upgrade(database, revision)
    click.echo(f"The database is at migration {migrate.current(database)}.")


@db.command()
@click.argument("revision")
@plain_errors
def downgrade(revision: str) -> None:
    """Go back to REVISION; `base` empties the database."""
    database = _database()
    migrate.downgrade(database, revision)
    click.echo(f"The database is at migration {migrate.current(database) or 'none'}.")


@db.command()
@plain_errors
def check() -> None:
    """Say whether tables and migrations agree; changes nothing."""
    database = _database()
    migrate.check(database)
    click.echo(f"The database is at migration {migrate.current(database)}, as this release needs.")


COMMANDS = [db]
