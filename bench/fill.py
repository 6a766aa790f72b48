"""Fills a database with cases, so that one can see what a large one does: `casetrack bench --fill`.

A few cases were really played, each to another stage. Every row that they made is copied by the
database itself, under numbers, persons and keys of its own; so the same number of cases gives the same
rows, but for what is drawn by chance. Copies can be read, listed, found and acted on. Their hashes are
not those of their content, so `casetrack verify` is not for them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import BigInteger, Column, Table

from bench import bench_region
from casetrack.bootstrap import App
from casetrack.domain.case.numbers import CaseNumber
from casetrack.storage import schema
from casetrack.usecases.people.sealing import as_text, text_context
from casetrack.usecases.people.search_words import keyed_words

#: How far the played cases go, in writes.
STAGES = (9, 1, 2, 3, 4, 5, 6, 7, 8)
#: Of so many copies one is of a case that is still open, when nothing is said.
OPEN_EACH = 50
#: Copies that are made in one transaction.
_BATCH = 10_000
#: Connections that copy at once: each keeps the database busy on one core.
_AT_ONCE = 2
#: Copies have years of their own, so that no case that is opened later has their number.
_FIRST_YEAR, _OF_A_YEAR = 1000, 999_999
#: Tables with rows of a case, and how the case is found in them.
_COPIED: Mapping[str, str] = {
    "cases": "number",
    "case_agencies": "number",
    "steps": "number",
    "deadlines": "number",
    "decisions": "number",
    "decision_links": "number",
    "parties": "number",
    "deliveries": "substring(stream from '[^/]*$')",
    "events": "substring(stream from '[^/]*$')",
    "ledger": "substring(stream from '[^/]*$')",
    "ledger_agencies": (
        "(SELECT substring(entry.stream from '[^/]*$') FROM ledger AS entry "
        "WHERE entry.region = ledger_agencies.region AND entry.position = ledger_agencies.position)"
    ),
    "joined": "split_part(lane, '/', 1)",
    "lanes": "split_part(lane, '/', 1)",
}
#: Columns with names in them: of the case, of its person, of their sealed texts.
_NAMED = ("number", "stream", "lane", "subject", "text", "state", "body")
#: What a name becomes in a copy, one after the other.
_RENAMED = """
CREATE FUNCTION pg_temp.renamed(said text, old text[], new text[]) RETURNS text LANGUAGE plpgsql
IMMUTABLE AS $$
BEGIN
  FOR place IN 1 .. array_length(old, 1) LOOP
    said := replace(said, old[place], new[place]);
  END LOOP;
  RETURN said;
END
$$
"""
_COPIES = """
CREATE TEMP TABLE copies (old_number text, id_shift bigint, position_shift bigint, old text[], new text[])
"""


@dataclass(frozen=True, slots=True)
class Played:
    """A case that is copied."""

    number: str
    subject: str
    #: Ids of its sealed texts, with their kinds.
    texts: tuple[tuple[str, str], ...]


def fill(
    app: App,
    numbers: Sequence[str],
    cases: int,
    progress: Callable[[int], None],
    *,
    done: int = 0,
    open_each: int = OPEN_EACH,
) -> None:
    """Copy these cases, of which the first is over and the others are not, until there are so many.

    `done` copies are there from before; one in `open_each` is open. PostgreSQL only. At its end the
    planner looks at everything anew.
    """
    dsn = make_conninfo(**app.database.url.options)
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT max(id), max(position) FROM ledger").fetchone()
        ends = found or (0, 0)
    copying = _Copying(app, dsn, tuple(numbers), open_each, done, *ends)
    batches = [range(begin, min(begin + _BATCH, cases)) for begin in range(done, cases, _BATCH)]
    told = _Told(done, progress)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        lanes = [batches[lane::_AT_ONCE] for lane in range(_AT_ONCE)]
        list(threads.map(lambda lane: copying.copy(lane, told), lanes))
    with psycopg.connect(dsn) as connection:
        _catch_up(connection)
        connection.commit()
        connection.set_autocommit(True)
        connection.execute("VACUUM (ANALYZE)")


@dataclass
class _Told:
    """How many copies are there, told as they come from several threads."""

    copies: int
    progress: Callable[[int], None]
    lock: Lock = field(default_factory=Lock)

    def more(self, count: int) -> None:
        """So many more."""
        with self.lock:
            self.copies += count
            self.progress(self.copies)


@dataclass(frozen=True, slots=True)
class _Copying:
    """What each connection that copies has to know."""

    app: App
    dsn: str
    numbers: tuple[str, ...]
    open_each: int
    #: The first copy that is made now; the last id and position before it.
    first: int
    last_id: int
    last_position: int

    def copy(self, batches: Sequence[range], told: _Told) -> None:
        """Make these copies, on a connection of its own."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            connection.execute(_RENAMED)
            played = [_played(connection, number) for number in self.numbers]
            width = _keep(connection, self.numbers)
            begins = _begins(connection)
            for indices in batches:
                people = []
                connection.execute("DROP TABLE IF EXISTS copies")
                connection.execute(_COPIES)
                with connection.cursor().copy("COPY copies FROM STDIN") as rows:
                    for index in indices:
                        one = _template(played, index, self.open_each)
                        person = _Person.of(self.app, one, index)
                        rows.write_row(self._row(one, person, index, begins[one.number], width))
                        people.append(person)
                _people(connection, people)
                for name in _COPIED:
                    connection.execute(_copying(schema.metadata.tables[name]).encode())
                connection.commit()
                told.more(len(indices))

    def _row(
        self, one: Played, person: "_Person", index: int, begin: tuple[int, int], width: int
    ) -> tuple[Any, ...]:
        """What the database needs to know of a copy."""
        shift = 1 + (index - self.first) * width
        old = [one.number, one.subject, *(text for text, _ in one.texts)]
        new = [person.number, person.subject, *(text for text, _, _ in person.texts)]
        ids, positions = self.last_id + shift - begin[0], self.last_position + shift - begin[1]
        return one.number, ids, positions, old, new


def _played(connection: psycopg.Connection, number: str) -> Played:
    region = bench_region.CODE
    (subject,) = connection.execute(
        "SELECT subject FROM parties WHERE region = %s AND number = %s", (region, number)
    ).fetchone() or ("",)
    texts = connection.execute(
        "SELECT text, kind FROM texts WHERE region = %s AND number = %s ORDER BY text",
        (region, number),
    ).fetchall()
    return Played(number, str(subject), tuple((str(t), str(k)) for t, k in texts))


def _keep(connection: psycopg.Connection, numbers: Sequence[str]) -> int:
    """Put the rows of the played cases aside, and give how many ids one of them can take."""
    for name, case in _COPIED.items():
        connection.execute(
            f"CREATE TEMP TABLE played_{name} AS SELECT *, {case} AS old_number FROM {name} "
            f"WHERE {case} = ANY(%s)".encode(),
            (list(numbers),),
        )
    (width,) = connection.execute(
        "SELECT max(wide) FROM (SELECT max(id) - min(id) + 1 FROM played_ledger GROUP BY old_number"
        " UNION SELECT max(position) - min(position) + 1 FROM played_ledger GROUP BY old_number"
        ") AS found(wide)"
    ).fetchone() or (0,)
    return int(width)


def _begins(connection: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """The first id and position of each played case."""
    rows = connection.execute(
        "SELECT old_number, min(id), min(position) FROM played_ledger GROUP BY old_number"
    )
    return {str(number): (int(first), int(position)) for number, first, position in rows}


def _template(played: Sequence[Played], index: int, open_each: int) -> Played:
    """The finished one, and now and then one of the open ones, in turn."""
    turn, rest = divmod(index, open_each)
    return played[0] if rest else played[1 + turn % (len(played) - 1)]


@dataclass(frozen=True, slots=True)
class _Person:
    """The applicant of a copy, with a key of their own."""

    number: str
    subject: str
    wrapped_key: bytes
    nik_index: str
    #: Id, kind and sealed words.
    texts: tuple[tuple[str, str, bytes], ...]
    words: frozenset[str]

    @classmethod
    def of(cls, app: App, played: Played, index: int) -> "_Person":
        vault, region = app.vault, bench_region.CODE
        year, serial = divmod(index, _OF_A_YEAR)
        letters = played.number.split("-")[1]
        number = str(CaseNumber(bench_region.LETTERS, letters, _FIRST_YEAR + year, serial + 1))
        subject = app.ctx.new_id()
        key, wrapped = vault.new_key(region, subject)
        data: dict[str, Any] = dict(bench_region.applicant(10**8 + index))
        texts = []
        for _, kind in played.texts:
            said = as_text(data) if kind == "party" else "ktp.pdf"
            text = app.ctx.new_id()
            texts.append((text, kind, vault.seal(key, said, text_context(region, text))))
        words = frozenset(keyed_words(app.ctx, region, data))
        index_of_nik = vault.nik_index(region, data["nik"])
        return cls(number, subject, wrapped, index_of_nik, tuple(texts), words)


def _people(connection: psycopg.Connection, people: Sequence[_Person]) -> None:
    """Subjects, their sealed texts and the words by which they are found."""
    region = bench_region.CODE
    rows: Mapping[str, Iterator[tuple[Any, ...]]] = {
        "subjects (region, subject, wrapped_key, nik_index, created_at, version, hash)": (
            (region, p.subject, p.wrapped_key, p.nik_index, "2026-01-01T00:00:00Z", 0, "0" * 64)
            for p in people
        ),
        "texts (region, text, subject, kind, number, sealed)": (
            (region, text, p.subject, kind, p.number, sealed)
            for p in people
            for text, kind, sealed in p.texts
        ),
        "search_words (region, word, subject)": (
            (region, word, p.subject) for p in people for word in p.words
        ),
    }
    for into, found in rows.items():
        with connection.cursor().copy(f"COPY {into} FROM STDIN".encode()) as copy:
            for row in found:
                copy.write_row(row)


def _copying(table: Table) -> str:
    """The statement that copies the rows of the played cases in one table."""
    columns = ", ".join(column.name for column in table.columns)
    values = ", ".join(map(_value, table.columns))
    return (
        f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM copies "
        f"JOIN played_{table.name} AS played ON played.old_number = copies.old_number"
    )


def _value(column: Column[Any]) -> str:
    said = f"played.{column.name}"
    if column.name in _NAMED:
        return f"pg_temp.renamed({said}, copies.old, copies.new)"
    if column.name in ("id", "opened_id"):
        return f"{said} + copies.id_shift"
    if isinstance(column.type, BigInteger):
        return f"{said} + copies.position_shift"
    return said


def _catch_up(connection: psycopg.Connection) -> None:
    """Ids and positions that are drawn from now on are behind those of the copies."""
    connection.execute("SELECT setval('event_ids', (SELECT max(id) FROM events))")
    connection.execute(
        "UPDATE ledger_heads SET position = last.position, hash = last.hash FROM (SELECT position, hash "
        "FROM ledger WHERE region = %(r)s ORDER BY position DESC LIMIT 1) AS last WHERE region = %(r)s",
        {"r": bench_region.CODE},
    )
