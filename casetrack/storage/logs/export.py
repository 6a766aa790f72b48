"""Reads every event of a database in the order of streams, batch by batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from casetrack.storage import schema
from casetrack.storage.keyset import behind

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class StreamedEvent:
    """An event's bytes, in the order of region, stream and version."""

    region: str
    stream: str
    version: int
    body: str


def events_by_stream(connection: Connection, regions: Sequence[str]) -> Iterator[StreamedEvent]:
    """All events of these regions; constant memory."""
    table = schema.events.c
    for region in regions:
        stream, version = "", 0
        while True:
            rows = connection.execute(
                select(table.region, table.stream, table.version, table.body)
                .where(
                    table.region == region,
                    behind((table.stream, table.version), (stream, version)),
                )
                .order_by(table.stream, table.version)
                .limit(_BATCH)
            ).all()
            if not rows:
                break
            for row in rows:
                yield StreamedEvent(*row)
            stream, version = rows[-1].stream, rows[-1].version
