"""Which keys a database was begun with: another one is refused before it seals anything."""

from collections.abc import Callable, Mapping

from sqlalchemy import insert, select

from casetrack.domain.errors import BadInput
from casetrack.storage import schema
from casetrack.storage.unit_of_work import Conflict, Database

_SETTINGS = {"master": "CASETRACK_MASTER_KEY", "secret": "CASETRACK_SECRET_KEY"}


def settle(database: Database, mine: Mapping[str, str], keep_files: Callable[[], None]) -> None:
    """The keys of a new database are kept, the files first; those of an old one must be the same.

    `mine` are digests. Raises BadInput when the database was begun with other keys.
    """
    if not _known(database):
        keep_files()
        _keep(database, mine)
    begun_with = _known(database)
    for name, setting in _SETTINGS.items():
        if begun_with.get(name) != mine[name]:
            raise BadInput(
                f"{setting}: this database was begun with another key; set the one it was begun "
                "with (casetrack up keeps it in the data folder)"
            )


def others(database: Database, mine: Mapping[str, str]) -> list[str]:
    """The settings whose key is another than the one that the database was begun with."""
    begun_with = _known(database)
    return [
        setting
        for name, setting in _SETTINGS.items()
        if begun_with and begun_with.get(name) != mine[name]
    ]


def _known(database: Database) -> dict[str, str]:
    """Digest by the key's name; empty for a database that is new."""
    table = schema.fingerprints.c
    with database.read() as connection:
        return {row.key: row.digest for row in connection.execute(select(table.key, table.digest))}


def _keep(database: Database, digests: Mapping[str, str]) -> None:
    """Write down the keys of a new database. Another process may have been first: ask again."""
    try:
        with database.write() as uow:
            uow.execute(
                insert(schema.fingerprints),
                [{"key": key, "digest": digest} for key, digest in digests.items()],
            )
    except Conflict:
        return
