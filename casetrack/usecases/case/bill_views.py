"""Where the bills of a case are paid, and the treasurer's lists of bills."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.authority.entries import PayAccount
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.case.bills import find_bill, takes_money
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.events import instant
from casetrack.domain.region.region_data import Agency
from casetrack.domain.service.definition import StepDefinition
from casetrack.storage.authority import register
from casetrack.storage.case import bill_rows
from casetrack.storage.case.bill_rows import BillFilter as BillFilter
from casetrack.usecases.case.views import bill_view
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people import readings


def pay_places(ctx: Context, region: str, accounts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """These accounts of the register as people read them: the only place from which they come."""
    found = {}
    with ctx.database.read() as connection:
        for account in sorted(set(accounts)):
            revisions = register.revisions(connection, region, "account", account)
            confirmed = [each for each in revisions if each.state in ("confirmed", "superseded")]
            if confirmed:
                entry = stored_entry("account", confirmed[-1].document)
                if isinstance(entry, PayAccount):
                    found[account] = _place(account, entry)
    return found


def _place(account: str, entry: PayAccount) -> dict[str, Any]:
    return {
        "id": account,
        "name": entry.name.as_dict(),
        "bank": entry.bank,
        "number": entry.number,
        "holder": entry.holder,
    }


def bills_of(ctx: Context, state: CaseState) -> list[dict[str, Any]]:
    """The bills of a case; each that takes money says where."""
    if not state.bills:
        return []
    open_bills = [bill for bill in state.bills if takes_money(state, bill)]
    places = pay_places(ctx, state.region, (bill["account"] for bill in open_bills))
    return [
        {
            **bill_view(bill),
            "pay_to": places.get(bill["account"]) if takes_money(state, bill) else None,
            "paper": paper(state, bill),
        }
        for bill in state.bills
    ]


def paper(state: CaseState, bill: Document) -> str:
    """Where a bill comes as a sheet of paper."""
    return f"/api/v1/cases/{state.number}/bills/{bill['id']}/paper"


@dataclass(frozen=True, slots=True)
class BillOnPaper:
    """A bill as it is printed: with where it is paid if it takes money, and whose bill it is."""

    bill: Document
    takes_money: bool
    pay_to: dict[str, Any] | None
    step: StepDefinition
    agency: Agency


def printed_bill(ctx: Context, actor: Actor, sight: Sight, name: str) -> BillOnPaper:
    """What the paper of a bill says. Each print is recorded as a look. Raises NotFound."""
    state, bill = sight.state, find_bill(sight.state, name)
    step = sight.definition.step(bill["step"])
    readings.record(ctx, actor, "print", [state.number])
    takes = takes_money(state, bill)
    places = pay_places(ctx, state.region, [bill["account"]] if takes else [])
    agency = sight.region.agencies[step.agency]
    return BillOnPaper(bill, takes, places.get(bill["account"]), step, agency)


def list_bills(ctx: Context, actor: Actor, wanted: BillFilter, after: Any, limit: int) -> Page:
    """Bills of the actor's agency (an auditor's: of the region), those that are due first first."""
    with ctx.database.read() as connection:
        rows = bill_rows.listed(connection, actor.region, wanted, after, limit + 1)
    more, kept = len(rows) > limit, rows[:limit]
    last = kept[-1] if kept else None
    key = (instant(last.due_at), last.number, last.bill) if more and last is not None else None
    return Page([_row(row._mapping) for row in kept], key)


def bill_totals(ctx: Context, actor: Actor, wanted: BillFilter) -> list[Mapping[str, Any]]:
    """How many bills and how much, by service and state."""
    with ctx.database.read() as connection:
        return bill_rows.totals(connection, actor.region, wanted)


def agency_of(actor: Actor) -> str | None:
    """Whose bills somebody reads: their agency's, or all."""
    return None if actor.has_role(REGION_WIDE) else actor.agency or ""


_LISTED = ("number", "bill", "step", "agency", "service", "account", "code", "amount", "state")


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _LISTED},
        "currency": "IDR",
        "issued_at": instant(row["issued_at"]),
        "due_at": instant(row["due_at"]),
    }
