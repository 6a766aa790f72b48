"""PostgreSQL for tests: one migrated template a session, one copy a test."""

import atexit
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import psycopg

from casetrack.storage import migrate
from casetrack.storage.unit_of_work import Database

#: Where a server is asked for; CASETRACK_TEST_POSTGRES names another.
SERVER = os.environ.get("CASETRACK_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def url_of(database: str) -> str:
    """The address of one database on the server."""
    return f"{SERVER.rpartition('/')[0]}/{database}"


@cache
def available() -> bool:
    """Whether the server answers. CASETRACK_TEST_SERVICES=none plays a machine without any."""
    if os.environ.get("CASETRACK_TEST_SERVICES") == "none":
        return False
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _run(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def fresh() -> Iterator[str]:
    """An empty database, dropped afterwards."""
    name = f"casetrack_test_{secrets.token_hex(6)}"
    _run(f'CREATE DATABASE "{name}"')
    try:
        yield url_of(name)
    finally:
        _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@cache
def migrated() -> str:
    """The name of a migrated database to copy, made once a process and dropped at its end."""
    made = ExitStack()
    url = made.enter_context(fresh())
    atexit.register(made.close)
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    return url.rpartition("/")[2]


@contextmanager
def copy_of(template_name: str) -> Iterator[str]:
    """A database as the template is. It may be one that a test before had, emptied again.

    To make one and to drop it makes the server write everything down, for a second on a busy disk.
    """
    name = _free.pop() if _free else _copied(template_name)
    url = url_of(name)
    try:
        yield url
    finally:
        if _emptied(name, _outline(url_of(template_name))):
            _free.append(name)
        else:
            _drop(name)


def _copied(template_name: str) -> str:
    name = f"casetrack_test_{secrets.token_hex(6)}"
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{template_name}"')
    # Do not wait for the disk: what a test proves does not depend on a power cut.
    _run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    atexit.register(_drop, name)
    return name


def _drop(name: str) -> None:
    if name in _inside:
        _inside.pop(name).close()
    _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _emptied(name: str, outline: str) -> bool:
    """Whether the database is like new: everybody out, no row, no figure about rows, all of it small.

    One whose tables, triggers or settings were changed, or that grew large, is not taken again.
    """
    connection = _connection_inside(name)
    for _ in range(500):
        connection.execute(_OTHERS_OUT)
        if connection.execute(_OTHERS).fetchone() == (0,):
            break
        time.sleep(0.01)
    found = connection.execute(_OUTLINE).fetchone()
    size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    if found != (outline,) or not size or size[0] > _LARGE:
        return False
    connection.execute(_EMPTY, prepare=False)
    return True


def _connection_inside(name: str) -> psycopg.Connection:
    """One for all tests that get this database: what the server looks up of it is looked up once."""
    found = _inside.get(name)
    if found is None or found.closed:
        found = _inside[name] = psycopg.connect(url_of(name), autocommit=True, prepare_threshold=1)
    return found


@cache
def _outline(url: str) -> str:
    with psycopg.connect(url) as connection:
        (outline,) = connection.execute(_OUTLINE).fetchone() or ("",)
    return str(outline)


#: Databases that wait for the next test of this process.
_free: list[str] = []
#: The connection by which each database is emptied.
_inside: dict[str, psycopg.Connection] = {}
#: A new one has 10 MB.
_LARGE = 16_000_000
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
  AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_OTHERS_OUT = _OTHERS.replace("count(*)", "pg_terminate_backend(pid)")
#: What a database is made of: tables, columns, indexes, constraints, triggers and whether they fire. A
#: copy has the oids of its template, so no definition is written out, which takes four times as long.
_OUTLINE = """
SELECT md5(string_agg(line, E'\n' ORDER BY line)) FROM (
  SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL SELECT concat_ws(' ', 'table', oid, relname, relkind, relacl, relpersistence, reloptions)
    FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, atttypmod, attnotnull,
      attisdropped) FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
  UNION ALL SELECT concat_ws(' ', 'default', adrelid, adnum, adbin) FROM pg_attrdef
  UNION ALL SELECT concat_ws(' ', 'index', indexrelid, indkey, indisunique, indisvalid, indexprs, indpred)
    FROM pg_index WHERE indexrelid >= 16384
  UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid, tgname, tgfoid, tgtype, tgenabled, tgqual)
    FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', 'constraint', conrelid, conname, contype, conkey, convalidated, conbin)
    FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'function', oid, proname, prosrc) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT version_num FROM alembic_version
) AS made(line)
"""
#: Past every trigger. What is known of the rows goes too, so that no plan rests on a test before.
_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE
  each regclass;
BEGIN
  FOR each IN SELECT oid FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0
      AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
    EXECUTE 'DELETE FROM ' || each;
  END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
  UPDATE pg_class SET relpages = 0, reltuples = -1
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples <> -1;
  DELETE FROM pg_statistic WHERE starelid >= 16384;
END
$$;
"""
