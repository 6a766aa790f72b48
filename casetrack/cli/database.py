"""casetrack db upgrade / downgrade / check / revision."""

import click

from casetrack import config
from casetrack.cli.common import FAULT_FOUND, plain_errors
from casetrack.domain.errors import BadInput
from casetrack.gateways.data_folder import check_folder
from casetrack.gateways.region.calendars import calendar_for
from casetrack.storage import migrate, schema_version
from casetrack.storage.migration_files import write_pair
from casetrack.storage.migration_halves import Half
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.authority import first_registrars


@click.group("db")
def db() -> None:
    """Bring the database to this release, or back."""


def _database() -> Database:
    settings = config.from_environment()
    if settings.embedded:
        check_folder(settings.data_dir)
    database = Database(settings.database_url, prepares=settings.prepares)
    click.get_current_context().call_on_close(database.close)
    return database


def _say_where(database: Database) -> None:
    at = ", ".join(schema_version.current(database)) or "none"
    click.echo(f"The database is at migration {at}.")


@db.command()
@click.argument("revision", required=False)
@click.option("--first-half", is_flag=True, help="What the release before can live with.")
@click.option("--second-half", is_flag=True, help="The rest, when nothing of that release runs.")
@plain_errors
def upgrade(revision: str | None, first_half: bool, second_half: bool) -> None:
    """Apply the migrations that are missing, up to REVISION if one is given.

    Both halves of each, unless one is named. With processes of the release before still running:
    --first-half, then the new processes in place of the old ones, then --second-half.
    """
    if first_half and second_half:
        raise BadInput("--first-half and --second-half together: without either, both are applied")
    half: Half | None = "first" if first_half else "second" if second_half else None
    database = _database()
    migrate.upgrade(database, revision, half=half)
    _say_where(database)
    if not schema_version.schema_of(database).missing():
        entered = first_registrars.enter_duties(database, calendar_for)
        if entered:
            click.echo(
                f"{entered} registrars whom accounts named stand in the register now, set up."
            )


@db.command()
@click.argument("revision")
@plain_errors
def downgrade(revision: str) -> None:
    """Go back to REVISION; `base` empties the database."""
    database = _database()
    migrate.downgrade(database, revision)
    _say_where(database)


@db.command()
@plain_errors
def check() -> None:
    """Say which half is missing and whether tables and migrations agree; changes nothing."""
    database = _database()
    faults = migrate.check(database)
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(FAULT_FOUND)
    at = ", ".join(schema_version.current(database))
    newer = ", ".join(schema_version.schema_of(database).newer)
    if newer:
        click.echo(f"The database is at migration {at}: a newer release began with {newer}.")
        click.echo("This release runs on it; its tables were not compared.")
    else:
        click.echo(f"The database is at migration {at}, as this release needs.")


@db.command()
@click.argument("words")
@plain_errors
def revision(words: str) -> None:
    """Write the two files of a new migration, numbered and named by WORDS."""
    for file in write_pair(schema_version.HOME, words):
        click.echo(str(file))


COMMANDS = [db]
