"""The ledger as an integrator reads it: of the region, or what concerns their agency.

An agency's is walked along `ledger_agencies`, so that it reads what it gives, however seldom the agency
is concerned. Complaints stand in no feed. The release before numbered events without saying whom they
concern: until the second half of 0022 has filled that in, the feed goes through the ledger and sifts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    literal_column,
    select,
    true,
)

from casetrack.domain.delivery.receivers import COMPLAINTS
from casetrack.storage import schema
from casetrack.storage.case.case_events import EventRow
from casetrack.storage.fixed import Fixed, ask_all

_L, _E, _A = schema.ledger.c, schema.events.c, schema.ledger_agencies.c
_H = schema.ledger_heads.c
_REGION: Any = bindparam("in_region")
_AFTER: Any = bindparam("after", type_=BigInteger)
_MOST: Any = bindparam("most", type_=Integer)
#: OFFSET keeps the planner from taking a sub-query apart.
_NOUGHT: Any = literal_column("0")
_HEAD = Fixed(select(_H.position).where(_H.region == _REGION))


def _first(column: Any, *where: Any) -> Any:
    """The first positions of a walk, and only then their events."""
    query = select(column).where(*where, column > _AFTER).order_by(column).limit(_MOST)
    return query.subquery("first")


def _apart(first: Any) -> Select[Any]:
    """Each entry and event by its key, whatever is known of the tables."""
    entry = (
        select(_L.stream, _L.version)
        .where(_L.region == _REGION, _L.position == first.c.position)
        .offset(_NOUGHT)
        .lateral("entry")
    )
    event = (
        select(_E.body, _E.hash)
        .where(_E.region == _REGION, _E.stream == entry.c.stream, _E.version == entry.c.version)
        .offset(_NOUGHT)
        .lateral("event")
    )
    found = first.join(entry, true()).join(event, true())
    query = select(first.c.position, event.c.body, event.c.hash).select_from(found)
    return query.order_by(first.c.position)


def _joined(first: Any) -> Select[Any]:
    entries = and_(_L.region == _REGION, _L.position == first.c.position)
    found = first.join(schema.ledger, entries).join(schema.events, schema.its_event(schema.ledger))
    query = select(first.c.position, _E.body, _E.hash).select_from(found)
    return query.order_by(first.c.position)


def _page(first: Any) -> Fixed:
    return Fixed(_apart(first), sqlite=_joined(first))


#: Who complains of an officer is not told to systems whose keepers may be that officer.
_NO_COMPLAINT: Any = literal_column(f"'{COMPLAINTS}%'")
_OF_REGION = _page(_first(_L.position, _L.region == _REGION, _L.stream.not_like(_NO_COMPLAINT)))
_OF_AGENCY = _page(_first(_A.position, _A.region == _REGION, _A.agency == bindparam("agency")))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events behind a position, and where the ledger ended before they were read."""

    events: Sequence[EventRow]
    last: int


def stretch(
    connection: Connection, region: str, agency: str | None, *, after: int, limit: int
) -> Stretch:
    """What concerns an agency (None: all of the region) behind a position, in one round trip."""
    values: dict[str, Any] = {"in_region": region, "after": after, "most": limit}
    if agency is not None:
        values["agency"] = agency
    # The end first: what is numbered between the two reads lies behind it and is read all the same.
    page = _OF_REGION if agency is None else _OF_AGENCY
    head, rows = ask_all(connection, [(_HEAD, {"in_region": region}), (page, values)])
    return Stretch([EventRow(*row) for row in rows], head[0].position if head else 0)
