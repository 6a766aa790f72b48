"""Products that somebody asks for from outside: by public id, or by number in any region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, select

from casetrack.storage import schema
from casetrack.storage.case.queries import CaseRow, case_row
from casetrack.storage.fixed import Call, Fixed, ask_all

#: So many of one number are looked at: more than one is a number from outside that was given twice, or
#: one of another region.
_MOST = 20

_P, _C, _R = schema.products.c, schema.cases.c, schema.regions.c
_FOUND = (
    select(
        _P.product,
        _P.printed_number,
        _C.state,
        _C.opened_id,
        _R.revision,
        _R.register_revision,
    )
    .join(schema.regions, _R.region == _P.region)
    .join(schema.cases, (_C.region == _P.region) & (_C.number == _P.number))
)
_BY_ID = Fixed(_FOUND.where(_R.letters == bindparam("letters"), _P.product == bindparam("product")))
_BY_NUMBER = Fixed(
    _FOUND.where(_P.number_key == bindparam("key")).limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product and the case that it came out of."""

    product: str
    number: str | None
    case: CaseRow


def by_id_or_number(
    connection: Connection, public_id: tuple[str, str] | None, key: str
) -> tuple[list[FoundProduct], list[FoundProduct]]:
    """The product of this public id, and those whose number has this key: one round trip."""
    calls: list[Call] = [(_BY_NUMBER, {"key": key, "most": _MOST})]
    if public_id is not None:
        letters, product = public_id
        calls.append((_BY_ID, {"letters": letters, "product": product}))
    answers = ask_all(connection, calls)
    return _found(answers[1]) if len(answers) > 1 else [], _found(answers[0])


def _found(rows: Sequence[Any]) -> list[FoundProduct]:
    found = [FoundProduct(row.product, row.printed_number, case_row(row)) for row in rows]
    return sorted(found, key=lambda each: each.product)
