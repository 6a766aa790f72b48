"""The bills of a case as rows: for the treasurer's lists, the clock, and one payment for one bill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, func, literal, select

from casetrack.domain.case.bills import OPEN_BILL
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed
from casetrack.storage.keyset import behind
from casetrack.storage.row_sets import Rows, Writes
from casetrack.storage.unit_of_work import UnitOfWork

_B = schema.bills.c
_WRITE = Writes(Rows(schema.bills, there="is_overwritten"))


def bill_values(state: CaseState, bill: Document, definition: ServiceDefinition) -> dict[str, Any]:
    """The columns of a bill's row; `verify` and `rebuild` compare and write the same."""
    watched = bill["state"] in OPEN_BILL and "overdue_at" not in bill
    due_at = parse_instant(bill["due_at"])
    return {
        "region": state.region,
        "number": state.number,
        "bill": bill["id"],
        "step": bill["step"],
        "agency": definition.step(bill["step"]).agency,
        "service": state.service,
        "account": bill["account"],
        "code": bill["code"],
        "amount": bill["amount"],
        "state": bill["state"],
        "issued_at": parse_instant(bill["issued_at"]),
        "due_at": due_at,
        "watch_at": due_at if watched else None,
        "paid_by": paid_by(bill["account"], bill["reference"]) if "reference" in bill else None,
        "source": bill.get("source"),
    }


def paid_by(account: str, reference: str) -> str:
    """A payment, by the account into which it went and its reference there."""
    return f"{account}:{reference}"


def put_changed(uow: UnitOfWork, state: CaseState, definition: ServiceDefinition) -> None:
    """The rows of the bills that the last event of the case touched."""
    changed = [b for b in state.bills if b["version"] == state.version]
    if changed:
        rows = [bill_values(state, bill, definition) for bill in changed]
        uow.put(_WRITE, {"bills": rows})


_BY_CODE = Fixed(
    select(_B.number, _B.bill, _B.agency, _B.account).where(
        _B.region == bindparam("region"), _B.code == bindparam("code")
    )
)
_PAID = (_B.number, _B.bill, _B.account, _B.code, _B.amount, _B.state, _B.source)
_R = schema.register_entries.c
#: By the accounts of the region, of which there are few: so each is looked up by its key.
_BY_REFERENCE = Fixed(
    select(*_PAID).where(
        _B.region == bindparam("region"),
        _B.paid_by.in_(
            select(_R.entry + literal(":") + bindparam("reference", type_=String)).where(
                _R.region == bindparam("region"), _R.kind == literal("account")
            )
        ),
    )
)


def of_code(region: str, code: str) -> Call:
    """The bill with this code: number, bill, agency, account."""
    return _BY_CODE, {"region": region, "code": code}


def of_reference(region: str, reference: str) -> Call:
    """The bills that a payment with this reference confirmed, of every account of the region: number,
    bill, account, code, amount, state, source."""
    return _BY_REFERENCE, {"region": region, "reference": reference}


def overdue(
    connection: Connection, region: str, now: datetime, limit: int
) -> list[tuple[str, str, str]]:
    """Number, bill and step of bills whose day has passed and of which that is not noted."""
    rows = connection.execute(
        select(_B.number, _B.bill, _B.step)
        .where(_B.region == region, _B.watch_at.is_not(None), _B.watch_at < now)
        .order_by(_B.watch_at)
        .limit(limit)
    )
    return [(row.number, row.bill, row.step) for row in rows]


@dataclass(frozen=True, slots=True)
class BillFilter:
    """Which bills of a list are wanted; `agency` None is the whole region."""

    agency: str | None
    states: Sequence[str] = ()
    service: str | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None

    def where(self, region: str) -> list[Any]:
        """As a query says it."""
        tests = [_B.region == region]
        if self.agency is not None:
            tests.append(_B.agency == self.agency)
        if self.states:
            tests.append(_B.state.in_(self.states))
        if self.service is not None:
            tests.append(_B.service == self.service)
        if self.due_before is not None:
            tests.append(_B.due_at < self.due_before)
        if self.due_from is not None:
            tests.append(_B.due_at >= self.due_from)
        return tests


def listed(
    connection: Connection,
    region: str,
    wanted: BillFilter,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Any]:
    """Bills in the order in which they are due, behind this key."""
    order = (_B.due_at, _B.number, _B.bill)
    query = select(schema.bills).where(*wanted.where(region))
    if after is not None:
        query = query.where(behind(order, after))
    return connection.execute(query.order_by(*order).limit(limit)).all()


def totals(connection: Connection, region: str, wanted: BillFilter) -> list[Mapping[str, Any]]:
    """How many bills there are and what they come to, by service and state."""
    amount = func.sum(_B.amount)
    rows = connection.execute(
        select(_B.service, _B.state, func.count().label("bills"), amount.label("amount"))
        .where(*wanted.where(region))
        .group_by(_B.service, _B.state)
        .order_by(_B.service, _B.state)
    )
    return [
        {
            "service": row.service,
            "state": row.state,
            "bills": row.bills,
            "amount": int(row.amount),
        }
        for row in rows
    ]
