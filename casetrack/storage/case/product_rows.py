"""The rows of products, folded from a case's events, and the next number of a pattern, without gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from casetrack.domain.case.products import expires_at
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.verification import number_key
from casetrack.domain.clock import Calendar
from casetrack.domain.events import parse_instant
from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed, ask
from casetrack.storage.row_sets import Rows, Writes
from casetrack.storage.unit_of_work import UnitOfWork

_COUNTERS, _P = schema.product_counters, schema.products.c
_KEY = ("region", "pattern", "year")

_WRITES = Writes(Rows(schema.products, there="is_overwritten"))


def _next_serial(insert: Any) -> Fixed:
    given = {name: bindparam(f"of_{name}", type_=_COUNTERS.c[name].type) for name in _KEY}
    into = insert(_COUNTERS).values(**given, serial=literal_column("1"))
    # One more, whoever else was here in between: the row stays ours until the commit.
    raised = into.on_conflict_do_update(
        index_elements=_KEY, set_={"serial": _COUNTERS.c.serial + literal_column("1")}
    )
    return Fixed(raised.returning(_COUNTERS.c.serial))


_ON_POSTGRESQL, _ON_SQLITE = _next_serial(postgresql.insert), _next_serial(sqlite.insert)


def next_serial(uow: UnitOfWork, region: str, pattern: str, year: int) -> int:
    """The next serial; its counter is held from here to the commit."""
    fixed = _ON_POSTGRESQL if uow.dialect == "postgresql" else _ON_SQLITE
    named = {"of_region": region, "of_pattern": pattern, "of_year": year}
    return int(uow.ask(fixed, named)[0].serial)


def product_values(state: CaseState, calendar: Calendar) -> list[dict[str, Any]]:
    """The rows of a case's products; `verify` and `rebuild` compare and write the same."""
    return [_values(state, product, calendar) for product in state.products]


def _values(state: CaseState, product: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    serial = product["serial"] or {}
    waits = product["state"] in ("issued", "corrected") and product["hand_over_due"]
    return {
        "region": state.region,
        "number": state.number,
        "product": product["id"],
        "kind": product["kind"],
        "state": product["state"],
        "printed_number": product["number"],
        "number_key": number_key(product["number"]),
        "pattern": serial.get("pattern"),
        "year": serial.get("year"),
        "serial": serial.get("serial"),
        "expires_at": expires_at(product, calendar.end_of),
        "hand_over_due": parse_instant(product["hand_over_due"]) if waits else None,
    }


def put_products(
    uow: UnitOfWork, before: CaseState | None, after: CaseState, calendar: Calendar
) -> None:
    """Write the rows of a case whose products have changed; any other case costs nothing."""
    if after.products != (before.products if before else ()):
        uow.put(_WRITES, {"products": product_values(after, calendar)})


@dataclass(frozen=True, slots=True)
class ProductPlace:
    """A product and the case that it came out of."""

    number: str
    product: str


_BY_NUMBER = Fixed(
    select(_P.number, _P.product, _P.printed_number).where(
        _P.region == bindparam("region"), _P.number_key == bindparam("number_key")
    )
)


def of_number(region: str, printed_number: str) -> Call:
    """The products whose number may be this one: of which case, their public id, and the number."""
    return _BY_NUMBER, {"region": region, "number_key": number_key(printed_number)}


_DUE = Fixed(
    select(_P.number, _P.product)
    .where(
        _P.region == bindparam("region"),
        _P.expires_at <= bindparam("now", type_=schema.Instant),
    )
    .order_by(_P.expires_at)
    .limit(bindparam("limit", type_=Integer))
)


def expired(
    connection: Connection, region: str, now: datetime, limit: int
) -> Sequence[ProductPlace]:
    """Products whose last day is over and that say so not yet."""
    rows = ask(connection, _DUE, {"region": region, "now": now, "limit": limit})
    return [ProductPlace(row.number, row.product) for row in rows]
