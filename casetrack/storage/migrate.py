"""Alembic, driven from the program: the history travels inside the package `migrations`."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationStep
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from casetrack.domain.errors import BadInput
from casetrack.storage.migration_halves import Half, Schema
from casetrack.storage.schema import metadata
from casetrack.storage.schema_version import HOME, History, schema_of
from casetrack.storage.unit_of_work import Database

#: Where `downgrade` leaves nothing.
BASE = "base"
#: How often a migration that could not get its lock is run again, and the seconds between.
TRIES, PAUSE = 6, 2.0
#: PostgreSQL's words for a lock that did not come in time, and for a statement that took too long.
_NO_LOCK, _TOO_LONG = "55P03", "57014"

Plan = Callable[[Schema], Sequence[str]]


def _scripts(home: Path) -> ScriptDirectory:
    return ScriptDirectory(str(home))


def upgrade(
    database: Database,
    revision: str | None = None,
    *,
    half: Half | None = None,
    home: Path = HOME,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Bring the database to a revision, or to the end of the history, or of one of its halves.

    Raises BadInput for a database that a newer release began to migrate, for a second half whose first
    is missing, and when a lock does not come.
    """
    scripts = _scripts(home)
    _check_known(scripts, revision)
    if not _to_apply(schema_of(database, home), revision, half):
        return
    _run(database, scripts, lambda schema: _to_apply(schema, revision, half), pause)


def _to_apply(schema: Schema, revision: str | None, half: Half | None) -> Sequence[str]:
    names = [name for name in schema.missing(half) if revision is None or name <= revision]
    if names and schema.newer:
        raise BadInput(
            f"the database has {', '.join(schema.newer)} of a newer release and lacks "
            f"{', '.join(names)}: run casetrack db upgrade of the newer release"
        )
    if half == "second" and schema.missing("first"):
        raise BadInput(
            f"the first half is missing: {', '.join(schema.missing('first'))}; run casetrack db upgrade "
            "--first-half, start this release everywhere, and then the second half"
        )
    return names


def downgrade(database: Database, revision: str, *, home: Path = HOME) -> None:
    """Go back to an earlier revision ("base" for an empty database)."""
    scripts = _scripts(home)
    _check_known(scripts, None if revision == BASE else revision)

    def plan(schema: Schema) -> Sequence[str]:
        if schema.newer:
            raise BadInput(
                f"the database has {', '.join(schema.newer)} of a newer release: run casetrack db "
                "downgrade of the newer release first"
            )
        return sorted((n for n in schema.applied if revision == BASE or n > revision), reverse=True)

    plan(schema_of(database, home))
    _run(database, scripts, plan, time.sleep)


def _check_known(scripts: ScriptDirectory, revision: str | None) -> None:
    known = sorted(script.revision for script in scripts.walk_revisions())
    if revision is not None and revision not in known:
        raise BadInput(f"there is no migration {revision}; there are {', '.join(known)}")


def _run(
    database: Database, scripts: ScriptDirectory, plan: Plan, pause: Callable[[float], object]
) -> None:
    """Run what the plan says, all of it or nothing. It gives way to whoever holds a lock, and retries."""
    for attempt in range(1, TRIES + 1):
        try:
            _once(database, scripts, plan)
            return
        except DBAPIError as error:
            _refuse(error, attempt)
        pause(PAUSE)


def _refuse(error: DBAPIError, attempt: int) -> None:
    """Raises, but for a lock that may come the next time."""
    state = getattr(error.orig, "sqlstate", None)
    if state == _TOO_LONG:
        raise BadInput(
            "the migration was undone: one of its statements took longer than it may while others "
            "work; its file can allow itself more (SET LOCAL statement_timeout)"
        ) from error
    if state != _NO_LOCK:
        raise error
    if attempt == TRIES:
        raise BadInput(
            f"the migration did not get its lock in {TRIES} attempts and was undone: a transaction that "
            "is open for long holds the table (see pg_stat_activity); end it, or try again later"
        ) from error


def _once(database: Database, scripts: ScriptDirectory, plan: Plan) -> None:
    # The plan is made behind env.py's lock: of two migrators the second finds nothing to do.
    def steps(heads: Any, _context: object) -> Iterable[MigrationStep]:
        schema = history.at(tuple(heads))
        return [_step(scripts, name, back=name in schema.applied) for name in plan(schema)]

    config = Config()
    history = History(Path(scripts.dir))
    with database.writer.connect() as connection:
        config.attributes["connection"] = connection
        with EnvironmentContext(config, scripts, fn=steps):
            scripts.run_env()
        connection.commit()


def _step(scripts: ScriptDirectory, name: str, *, back: bool) -> MigrationStep:
    make = MigrationStep.downgrade_from_script if back else MigrationStep.upgrade_from_script
    (script,) = scripts.get_revisions(name)
    return make(scripts.revision_map, script)


def check(database: Database) -> list[str]:
    """What is wrong: a half that is missing, tables that are not those of the history.

    Raises BadInput when the database is too new for this code.
    """
    schema = schema_of(database)
    missing = [
        f"the {half} half is missing: {', '.join(names)}; run: casetrack db upgrade --{half}-half"
        for half in get_args(Half)
        if (names := schema.missing(half))
    ]
    # Where a half is missing or a newer one is there, the tables differ rightly.
    return missing if missing or schema.newer else _changed(database)


def _changed(database: Database) -> list[str]:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    return [f"tables and migrations do not agree: {difference}" for difference in found]
