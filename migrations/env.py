"""How Alembic runs here: on the connection it is handed, one migrator at a time, never for long."""

from alembic import context
from sqlalchemy import text

from casetrack.storage.schema import metadata

#: Any number: two migrators must ask for the same one.
_ONE_MIGRATOR = 7_203_114_906


def run() -> None:
    connection = context.config.attributes["connection"]
    postgresql = connection.dialect.name == "postgresql"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=not postgresql,
    )
    with context.begin_transaction():
        if postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_MIGRATOR})
            # A migration that cannot get its lock gives way to the clerks, and is run again.
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


run()
