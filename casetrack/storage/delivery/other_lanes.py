"""How the other parties of a case were told of the same events: their lanes, read and not locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from casetrack.storage import schema
from casetrack.storage.each_of import each_of
from casetrack.storage.fixed import Fixed, ask_all
from casetrack.storage.row_sets import Texts, among


@dataclass(frozen=True, slots=True)
class ToldThere:
    """A delivery of another lane, and one of the events that it tells."""

    lane: str
    position: int
    stream: str
    version: int
    state: str
    channel: str
    not_before: datetime | None
    last_error: str | None


_deliveries, _joined = schema.deliveries.c, schema.joined.c
_REGION: Any = bindparam("in_region")
_OF_STREAMS = bindparam("streams", type_=Texts())
_TOLD = (_deliveries.state, _deliveries.channel, _deliveries.not_before, _deliveries.last_error)
_OWN = each_of(
    select(
        _deliveries.lane, _deliveries.position, _deliveries.stream, _deliveries.version, *_TOLD
    ).where(_deliveries.region == _REGION, among(_deliveries.stream, _OF_STREAMS)),
    _deliveries.lane,
    "of_lanes",
)
_ALONG = each_of(
    select(_joined.lane, _joined.position, _joined.stream, _joined.version, *_TOLD)
    .join(
        schema.deliveries,
        and_(
            _deliveries.region == _joined.region,
            _deliveries.lane == _joined.lane,
            _deliveries.position == _joined.position,
        ),
    )
    .where(_joined.region == _REGION, among(_joined.stream, _OF_STREAMS)),
    _joined.lane,
    "of_lanes",
)
_WITH = tuple(
    Fixed(
        select(table.stream, table.version).where(
            table.region == _REGION,
            table.lane == bindparam("of_lane"),
            table.position == bindparam("at"),
        )
    )
    for table in (_deliveries, _joined)
)


def told_there(
    connection: Connection, region: str, lanes: Sequence[str], events: Sequence[tuple[str, int]]
) -> list[ToldThere]:
    """The deliveries of these lanes that tell one of these events (stream and version)."""
    streams = sorted({stream for stream, _ in events})
    which = {"in_region": region, "of_lanes": lanes, "streams": streams}
    found = ask_all(connection, [(_OWN, which), (_ALONG, which)])
    return [
        ToldThere(*row) for rows in found for row in rows if (row.stream, row.version) in events
    ]


def told_with(
    connection: Connection, region: str, name: str, position: int
) -> list[tuple[str, int]]:
    """The events of a delivery: its own, and those that joined it."""
    which = {"in_region": region, "of_lane": name, "at": position}
    found = ask_all(connection, [(query, which) for query in _WITH])
    return [(row.stream, row.version) for rows in found for row in rows]
