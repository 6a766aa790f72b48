"""SQLite for tests: migrated once a process, copied for each test."""

import tempfile
from functools import cache
from pathlib import Path

from casetrack.storage import database_url, migrate
from casetrack.storage.unit_of_work import Database


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.sqlite"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(database)
        with database.writer.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return file.read_bytes()


def prepare(url: str, holding: bytes = b"") -> bool:
    """A database at this address, if it is a SQLite file that is not there yet. True if it was made.

    It holds what is said, by default the tables and no row.
    """
    parsed = database_url.read(url)
    if parsed.dialect != "sqlite" or not parsed.database:
        return False
    file = Path(parsed.database)
    if file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(holding or _migrated())
    return True
