"""Statements that are made once: neither their SQL nor the order of their values is worked out again.

Each is written in Core. PostgreSQL gets its text, compiled at the first use, as a prepared statement
that goes with others in one round trip; SQLite runs the same through SQLAlchemy.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import postgresql

from casetrack.storage.postgresql_text import Reader, reader, written
from casetrack.storage.round_trips import trips_of

Values = Mapping[str, Any]
#: Is told the rows of a statement that was put.
Tell = Callable[[Sequence[Any]], object]
#: A statement with its values.
Call = tuple["Fixed", Values]
_NUMBERS = count(1)
_MADE = [0]
#: With numbered places: a value that is named twice travels once.
_POSTGRESQL: Any = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class Fixed:
    """A statement of Core, compiled once.

    `sqlite` is what SQLite runs in its place, where it has no such function or no such lock.
    """

    def __init__(self, statement: Executable, *, sqlite: Executable | None = None) -> None:
        self.statement = statement
        self.on_sqlite = statement if sqlite is None else sqlite
        self.number = _MADE[0] = next(_NUMBERS)
        self._readers: list[Reader] | None = None

    @cached_property
    def _compiled(self) -> Any:
        statement: Any = self.statement
        return statement.compile(dialect=_POSTGRESQL)

    @cached_property
    def sql(self) -> bytes:
        """The text for PostgreSQL, with $1, $2 and so on for its values."""
        return str(self._compiled).encode()

    @cached_property
    def _places(self) -> list[tuple[str, bytes | None, bool]]:
        """Name, constant value and whether it must be given, in the order of the numbers."""
        binds = self._compiled.binds
        return [
            (name, written(binds[name].value), binds[name].required)
            for name in self._compiled.positiontup or ()
        ]

    @cached_property
    def _row(self) -> Any:
        names = [column.keyname for column in self._compiled._result_columns]
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        return row._make

    def written(self, values: Values) -> list[bytes | None]:
        """These values in its order, as PostgreSQL reads them.

        Raises KeyError for one that is missing.
        """
        return [
            written(values[name]) if required else constant
            for name, constant, required in self._places
        ]

    def rows(self, result: Any) -> list[Any]:
        """The rows that PostgreSQL gave."""
        readers = self._readers
        if readers is None:
            readers = [reader(result.ftype(place)) for place in range(result.nfields)]
            self._readers = readers
        make, places, get = self._row, list(enumerate(readers)), result.get_value
        return [
            make(
                None if (value := get(row, place)) is None else read(value)
                for place, read in places
            )
            for row in range(result.ntuples)
        ]


def made() -> int:
    """How many statements were made so far: no request makes one."""
    return _MADE[0]


def ask(connection: Connection, fixed: Fixed, values: Values) -> Sequence[Any]:
    """The rows of a statement; what waits on this connection goes before it."""
    if connection.dialect.name != "postgresql":
        return connection.execute(fixed.on_sqlite, values).all()
    trips = trips_of(connection)
    if trips.apart:
        return trips.ask(fixed, values)
    return connection.execute(fixed.statement, values).all()


def ask_all(connection: Connection, calls: Sequence[Call]) -> list[Sequence[Any]]:
    """The rows of several, one carried out after the other; on PostgreSQL in one round trip."""
    if connection.dialect.name == "postgresql" and (trips := trips_of(connection)).apart:
        return [*trips.ask_all(calls)]
    return [ask(connection, fixed, values) for fixed, values in calls]


def put(connection: Connection, fixed: Fixed, values: Values, tell: Tell | None = None) -> None:
    """Carry out a statement: on PostgreSQL with whatever is asked next, at the latest at the commit.

    Its rows are told to `tell` by then: what they say holds once the commit has succeeded.
    """
    if connection.dialect.name == "postgresql":
        trips_of(connection).put(fixed if tell is None else _Told(fixed, tell), values)
        return
    done = connection.execute(fixed.on_sqlite, values)
    if tell is not None:
        tell(done.all())


class _Told:
    """A statement whose rows somebody waits for who does not ask."""

    def __init__(self, fixed: Fixed, tell: Tell) -> None:
        self._fixed, self._tell = fixed, tell
        self.number, self.sql, self.written = fixed.number, fixed.sql, fixed.written

    def rows(self, result: Any) -> list[Any]:
        """The rows that PostgreSQL gave."""
        rows = self._fixed.rows(result)
        self._tell(rows)
        return rows
