"""Rows as they are stored, whatever they hold, streamed in order: what verify reads, rebuild mends.

Columns come without conversion, since a changed one may not convert. Moments come as RFC 3339 text.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    func,
    or_,
    select,
)

from casetrack.domain.events import instant
from casetrack.domain.proof.verdict import StoredEntry, StoredEvent
from casetrack.storage import schema
from casetrack.storage.proof import proof_statements as statements
from casetrack.storage.proof.row_tables import Stored, plain, raw
from casetrack.storage.unit_of_work import Database

#: Rows in memory at a time.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Orphan:
    """A queue row that no event has or that names another place than its event; `reached` is the
    version of the case of that name, if there is one."""

    id: Any
    stream: Any
    version: Any
    event_id: Any
    reached: Any


class Reader:
    """Reads on one connection, so that a snapshot is one moment.

    In one moment a table without a row of a region is asked nothing more about it.
    """

    def __init__(self, connection: Connection, *, one_moment: bool = False) -> None:
        self.connection = connection
        self._one_moment = one_moment
        self._filled: dict[str, frozenset[str]] = {}

    def _is_empty(self, table: str, region: str) -> bool:
        if not self._one_moment:
            return False
        if region not in self._filled:
            found = self.connection.execute(statements.filled(), {"of": region}).one()
            there = [name for name, is_there in found._asdict().items() if is_there]
            self._filled[region] = frozenset(there)
        return table not in self._filled[region]

    def _stream(self, query: Select[Any], **values: Any) -> Iterator[Any]:
        """The rows in order. What is few comes at once; a server's cursor takes three calls."""
        few = self.connection.execute(statements.few(query), values).all()
        if len(few) <= statements.FEW:
            yield from few
            return
        # Closed also when the reader stops early: a server's cursor is not left to chance.
        options = {"yield_per": BATCH}
        with self.connection.execute(query, values, execution_options=options) as rows:
            yield from rows

    def _all(self, query: Select[Any], **values: Any) -> list[Stored]:
        return [plain(row._asdict()) for row in self.connection.execute(query, values)]

    def regions(self) -> list[str]:
        """Every region that any row names, by index probes."""
        found: list[str] = []
        last = self.connection.execute(statements.first_region()).scalar()
        while last is not None:
            found.append(str(last))
            last = self.connection.execute(statements.next_region(), {"last": last}).scalar()
        return sorted(found)

    def definitions(self) -> set[tuple[str, str, int]]:
        """The published versions: region, service, version."""
        table = schema.service_versions.c
        rows = self.connection.execute(select(table.region, table.service, table.version))
        return {(row.region, row.service, row.version) for row in rows}

    def events(self, region: str, streams: Sequence[str] | None = None) -> Iterator[StoredEvent]:
        """Events by stream and version, each with its places in ledger and queue."""
        if streams is None:
            found = self._stream(statements.events(), of=region)
        else:
            found = self._stream(statements.events_of_streams(), of=region, among=streams)
        for row in found:
            stream, version, event_id, type_, moment, *rest = row
            if isinstance(moment, datetime):
                moment = instant(moment)
            yield StoredEvent(stream, version, event_id, type_, moment, *rest)

    def ledger(self, region: str) -> Iterator[StoredEntry]:
        """The ledger by position, each entry with the events that it may mean."""
        for row in self._stream(statements.ledger(), of=region):
            yield StoredEntry(*row)

    def places(self, region: str) -> Iterator[tuple[int, str]]:
        """The ledger's positions, in order, each with its stream."""
        for row in self._stream(statements.places(), of=region):
            yield row[0], row[1]

    def concerned(self, region: str) -> Iterator[tuple[Any, str]]:
        """Which agencies which entries concern, as rows say it, in the order of the ledger."""
        for row in self._stream(statements.concerned(), of=region):
            yield row[0], row[1]

    def head(self, region: str) -> tuple[Any, Any] | None:
        """The ledger's head row: position and hash."""
        table = schema.ledger_heads.c
        query = select(raw(table.position), raw(table.hash)).where(table.region == region)
        row = self.connection.execute(query).first()
        return (row[0], row[1]) if row else None

    def orphans(self, region: str) -> Iterator[Orphan]:
        """Queue rows that do not fit an event."""
        if self._is_empty("queue", region):
            return
        for row in self._stream(statements.orphans(), of=region):
            yield Orphan(*row)

    def rows(self, table: str, region: str, column: str, values: Sequence[str]) -> list[Stored]:
        """All rows that belong to these cases, streams or subjects, by primary key."""
        if self._is_empty(table, region):
            return []
        return self._all(statements.rows_among(table, column), of=region, among=values)

    def texts_of_documents(self, region: str, numbers: Sequence[str]) -> list[tuple[str, str]]:
        """Case and id of the sealed texts that hold the keys of files."""
        table = schema.texts.c
        query = select(table.number, table.text).where(
            table.region == region,
            table.number.in_(numbers),
            table.kind.in_(("document", "signed_file")),
        )
        return [(row.number, row.text) for row in self.connection.execute(query)]

    def all_rows(self, table: str, region: str) -> Iterator[Stored]:
        """All rows of a region, by primary key."""
        if self._is_empty(table, region):
            return
        for row in self._stream(statements.rows_of_region(table), of=region):
            yield plain(row._asdict())

    def case_numbers(self, region: str) -> Iterator[tuple[str, str]]:
        """Number and service of every case."""
        if self._is_empty("cases", region):
            return
        table = schema.cases.c
        query = select(table.number, table.service).where(table.region == bindparam("of"))
        for row in self._stream(query.order_by(table.number), of=region):
            yield row.number, row.service

    def entries(self, region: str, kind: str, names: Sequence[str]) -> list[Stored]:
        """Every revision of these entries of the register."""
        if self._is_empty("register_entries", region):
            return []
        return self._all(statements.entries(), of=region, kind=kind, among=names)

    def without_stream(self, table: str, region: str) -> Iterator[Stored]:
        """Rows for whose stream there is no first event."""
        if self._is_empty(table, region):
            return
        for row in self._stream(statements.rows_without_stream(table), of=region):
            yield plain(row._asdict())

    def looks_without_reading(self, region: str) -> Iterator[str]:
        """Cases that are led to a look which is not there, is of other cases, or by another officer."""
        if self._is_empty("reading_cases", region):
            return
        for row in self._stream(statements.looks_without_reading(), of=region):
            yield str(row.number)

    def unmaskings(self, region: str, numbers: Sequence[str]) -> list[Stored]:
        """The looks that unmasked somebody in these cases, each with the number of its case."""
        if self._is_empty("reading_cases", region):
            return []
        return self._all(statements.unmaskings(), of=region, among=numbers)

    def looks_at_cases(self, region: str) -> int:
        """How many looks the cases of a region are led to."""
        if self._is_empty("reading_cases", region):
            return 0
        table = schema.reading_cases.c
        query = select(func.count()).where(table.region == region)
        return int(self.connection.execute(query).scalar_one())

    def bodies(self, region: str, streams: Sequence[str]) -> list[tuple[str, Any]]:
        """Stream and body of these streams' events, in order."""
        if not streams:
            return []
        found = self.connection.execute(statements.bodies(), {"of": region, "among": streams})
        return [(row[0], row[1]) for row in found]

    def bodies_beside(self, region: str, leads: Sequence[str], event_type: str) -> list[str]:
        """Bodies of the events of streams with these beginnings, and of one type, stream by stream."""
        table = schema.events.c
        named = [table.stream.startswith(lead, autoescape=True) for lead in leads]
        query = select(table.body).where(
            table.region == region, or_(*named, table.type == event_type)
        )
        return list(self.connection.execute(query.order_by(table.stream, table.version)).scalars())

    def region_of_case(self, number: str) -> str | None:
        """The region that keeps anything of this case."""
        for table, column in ((schema.cases, "number"), (schema.events, "stream")):
            for region in self.regions():
                query = select(table.c.region).where(
                    table.c.region == region, table.c[column] == number
                )
                if self.connection.execute(query.limit(1)).first():
                    return region
        return None

    def streams(self, region: str, after: str, limit: int) -> list[str]:
        """The next streams behind `after`."""
        table = schema.events.c
        query = (
            select(table.stream)
            .where(table.region == region, table.version == 1, table.stream > after)
            .order_by(table.stream)
            .limit(limit)
        )
        return list(self.connection.execute(query).scalars())

    def is_sequenced(self, region: str, stream: str) -> bool:
        """Whether ledger or queue know an event of this stream."""
        for table in (schema.ledger, schema.queue):
            query = select(table.c.id).where(table.c.region == region, table.c.stream == stream)
            if self.connection.execute(query.limit(1)).first():
                return True
        return False


@contextmanager
def snapshot(database: Database) -> Iterator[Reader]:
    """A reader of one moment. Text that is no UTF-8 any more comes too, instead of failing."""
    with database.snapshot() as connection:
        if database.dialect != "sqlite":
            yield Reader(connection, one_moment=True)
            return
        driver: Any = connection.connection.driver_connection
        usual = driver.text_factory
        driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            yield Reader(connection, one_moment=True)
        finally:
            driver.text_factory = usual
