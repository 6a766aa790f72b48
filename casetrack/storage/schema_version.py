"""Where a database stands in the history of migrations, and whether this code can run on it.

Every process asks this at its start; Alembic, which is large, is loaded only to change something.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from casetrack.domain.errors import BadInput
from casetrack.storage.migration_halves import Schema, half_of, schema_at
from casetrack.storage.unit_of_work import Database, DatabaseDown

#: The folder of the history.
HOME = Path(str(resources.files("migrations")))
_REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"$', re.MULTILINE)
_DOWN = re.compile(r'^down_revision(?:: [^=]+)? = "([^"]+)"$', re.MULTILINE)


@cache
def _read(file: Path) -> dict[str, str | None]:
    """The migration of a file, and which one it follows. A file that is there is not changed."""
    written = file.read_text(encoding="utf-8")
    named, down = _REVISION.search(written), _DOWN.search(written)
    return {named[1]: down[1] if down else None} if named is not None else {}


class History:
    """The migrations in a folder: their ids, and which one each follows."""

    def __init__(self, home: Path = HOME) -> None:
        self.follows: dict[str, str | None] = {}
        for file in sorted((home / "versions").glob("[0-9]*.py")):
            self.follows |= _read(file)

    def newest(self) -> tuple[str, ...]:
        """The last of both halves."""
        return tuple(sorted(set(self.follows) - set(self.follows.values())))

    def at(self, heads: Sequence[str]) -> Schema:
        """The schema of a database whose version table holds these."""
        below: list[str] = []
        for head in heads:
            name: str | None = head
            while name is not None and name in self.follows:
                below.append(name)
                name = self.follows[name]
        return schema_at(self.follows, heads, below)


def newest() -> tuple[str, ...]:
    """The revisions that this code was written for: the last of both halves."""
    return History().newest()


def current(database: Database) -> tuple[str, ...]:
    """The newest revision of each half that the database has; nothing for an empty one."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ()
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
        return tuple(sorted(found))


def schema_of(database: Database, home: Path = HOME) -> Schema:
    """What of the history the database has. Raises BadInput when it is too new for this code."""
    found = History(home).at(current(database))
    if found.too_new:
        raise BadInput(
            f"the database is at migration {', '.join(found.too_new)}, which this casetrack does not "
            "know: it is newer than the code; install the release that made it"
        )
    return found


def has_second_half(connection: Connection, number: str) -> bool:
    """Whether the second half of a migration was applied: then no release before it runs any more."""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
    return any(half_of(name) == "second" and name >= f"{number}_second" for name in found)


def require_current(database: Database) -> None:
    """Raises BadInput unless this code can run on the database.

    The second half may be missing, and a newer release's first half may be there.
    """
    schema = schema_of(database)
    if missing := schema.missing("first"):
        at = ", ".join(current(database)) or "none"
        raise BadInput(
            f"the database is at migration {at}, this code needs {missing[-1]}; "
            "run: casetrack db upgrade"
        )


def is_empty(database: Database) -> bool:
    """Whether nothing was ever migrated here."""
    try:
        return not current(database)
    except DatabaseDown:
        return False
