"""Which keys a database was begun with: another one is refused before it seals anything."""

from collections.abc import Mapping

from sqlalchemy import insert, select

from casetrack.storage import schema
from casetrack.storage.unit_of_work import Conflict, Database


def known(database: Database) -> dict[str, str]:
    """Digest by the key's name; empty for a database that is new."""
    table = schema.fingerprints.c
    with database.read() as connection:
        return {row.key: row.digest for row in connection.execute(select(table.key, table.digest))}


def keep(database: Database, digests: Mapping[str, str]) -> None:
    """Write down the keys of a new database. Another process may have been first: ask again."""
    try:
        with database.write() as uow:
            uow.execute(
                insert(schema.fingerprints),
                [{"key": key, "digest": digest} for key, digest in digests.items()],
            )
    except Conflict:
        return
