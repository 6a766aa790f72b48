"""How Alembic runs here: on the connection it is handed, one migrator at a time, never for long."""

from alembic import context
from sqlalchemy import text

#: Any number: two migrators must ask for the same one.
_ONE_MIGRATOR = 7_203_114_906
#: A migration that cannot get its lock gives way to the clerks who wait behind it, and is run again.
_LOCK = "SET LOCAL lock_timeout = '5s'"
#: What holds a table for longer belongs into short pieces; a migration that must may set its own.
_STATEMENT = "SET LOCAL statement_timeout = '60s'"


def run() -> None:
    connection = context.config.attributes["connection"]
    postgresql = connection.dialect.name == "postgresql"
    context.configure(connection=connection)
    with context.begin_transaction():
        if postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_MIGRATOR})
            connection.execute(text(_LOCK))
            connection.execute(text(_STATEMENT))
        context.run_migrations()


run()
