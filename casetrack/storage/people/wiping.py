"""Removed rows leave the database's own files; what copies hold is beyond it (docs/personal-data.md)."""

import time

from sqlalchemy import text

from casetrack.storage import schema
from casetrack.storage.engines import BUSY_SECONDS
from casetrack.storage.unit_of_work import Database

#: What an erasure takes from: key, texts, how the person is reached and found, files, complaints, answers
#: that were kept.
TABLES = (
    schema.subjects,
    schema.texts,
    schema.parties,
    schema.search_words,
    schema.idempotency,
    schema.files,
    schema.complaints,
    schema.complaint_texts,
)
#: Seconds for which somebody who reads the log is waited for, and between two times.
PATIENCE, PAUSE = 5.0, 0.1


def wipe(database: Database, *, rewrite: bool = False) -> bool:
    """Leave nothing of removed rows in the tables. Gives False where others read, so it is not done yet.

    SQLite overwrites what it removes (`secure_delete`), and here its log is written back and cut off.
    PostgreSQL gives the room of removed rows free, where the next rows are written; with `rewrite`
    the tables are written anew, which lets nobody else read or write meanwhile.
    """
    if database.dialect == "sqlite":
        return _cut_log_off(database)
    how = "VACUUM (FULL)" if rewrite else "VACUUM"
    with database.read() as connection:
        for table in TABLES:
            connection.execute(text(f"{how} {table.name}"))
    return True


def _cut_log_off(database: Database) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        with database.read() as connection:
            # By our patience and not the driver's: while that waits, nobody else can write.
            connection.execute(text("PRAGMA busy_timeout = 0"))
            try:
                busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
            finally:
                connection.execute(text(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}"))
        if not busy:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
