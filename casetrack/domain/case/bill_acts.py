"""What is done with a bill: each handler edits the draft and says what happened.

The rules are those of docs/money.md: issuing, reducing, cancelling and refunding are decisions with a
power of their own; where to pay comes from the register; who issued a bill or holds the case does not
confirm it; nothing but a confirmation lets the case go on.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from casetrack.domain.authority.accounts import account_for
from casetrack.domain.authority.check import check
from casetrack.domain.authority.register import Register
from casetrack.domain.case.authority_check import checked, everybody, matter_of
from casetrack.domain.case.bills import (
    BILL_ACTS,
    BILL_DECISIONS,
    MOST_BILLS,
    OPEN_BILL,
    PAYS,
    BillChange,
    BillIssue,
    Payment,
    bill_id,
    find_bill,
    makers,
    open_bill,
    paid_bill,
)
from casetrack.domain.case.commands import Act, details_of, find_step, missing
from casetrack.domain.case.state import Document
from casetrack.domain.case.steps import Draft, Setting, dependents, end, open_step
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.clock import deadline
from casetrack.domain.errors import Forbidden, Invalid, NotNow
from casetrack.domain.events import instant
from casetrack.domain.service.definition import MAX_INTEGER, ServiceDefinition, StepDefinition
from casetrack.domain.service.tariff import BillRule, amount_of

Said = tuple[str, dict[str, Any]]


def check_bill_content(act: Act, step: StepDefinition) -> None:
    """Raises Invalid where what is said of a bill cannot be, whatever the case has come to."""
    rule = step.bill
    if rule is None:
        raise Invalid(
            "no_bill_here",
            f"The step {step.id} has no bill; the service does not say what is paid there.",
            errors=[{"at": "step", "message": "has no bill"}],
        )
    if act.action in BILL_DECISIONS and act.action != "issue_bill" and not act.note:
        raise missing("reason", "say why")
    match act.details:
        case BillIssue() as said:
            _check_issue(act, said, rule)
        case BillChange() as said if act.action == "reduce_bill":
            _check_amount(said.amount)
        case Payment() as said if not said.reference.strip():
            raise missing("reference", "say which payment of the bank or treasury it is")


def check_payment(definition: ServiceDefinition, act: Act) -> None:
    """Raises Invalid where a payment is recorded and not said which, or said where there is no bill."""
    if act.action != "record_payment" or act.step is None:
        return
    step, said = find_step(definition, act.step), act.details
    if step.kind != "pay":
        return  # refused for its kind, 409
    if step.bill is not None and not step.bill.external and not isinstance(said, Payment):
        raise missing("reference", "say which payment of the bank or treasury it is")
    if step.bill is None and said is not None:
        raise _wrong("reference", "the step has no bill")
    if isinstance(said, Payment):
        check_bill_content(act, step)


def _check_issue(act: Act, said: BillIssue, rule: BillRule) -> None:
    if rule.formula is not None:
        if said.amount is not None:
            raise _wrong(
                "amount", "the formula of the service says it; reduce the bill by a decision"
            )
    else:
        _check_amount(said.amount)
        if not act.note:
            raise missing("reason", "say why it is this amount")
    given = (said.number, said.dated)
    if rule.external and None in given:
        raise missing("number", "say which assessment of the other system it is, and its day")
    if not rule.external and given != (None, None):
        raise _wrong("number", "the bill is issued here and is no other system's")
    if not rule.external and said.due_on is not None:
        raise _wrong("due_on", "the service says until when it is paid")


def _check_amount(amount: int | None) -> None:
    if amount is None:
        raise missing("amount", "say how much, in whole rupiah")
    if not 1 <= amount <= MAX_INTEGER:
        raise _wrong("amount", "give whole rupiah from 1")


def _wrong(field: str, why: str) -> Invalid:
    return Invalid("invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": why}])


def act_on_bill(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `BILL_ACTS`. Raises NotFound, NotNow, Forbidden, NoAuthority."""
    step = find_step(setting.definition, act.step or "")
    rule = step.bill
    if rule is None:
        raise Invalid("no_bill_here", f"The step {step.id} has no bill.")
    name, bill, facts = _HANDLERS[act.action](draft, act, step, rule, setting)
    said = {"agency": step.agency, "kind": step.kind, **facts}
    if act.action in BILL_DECISIONS:
        said["authority"] = _authority(draft, act, step, rule, setting)
    return name, {**said, "bill": dict(bill)}


def _authority(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> dict[str, Any]:
    """Another system's assessment is recorded as that; everything else takes a passport."""
    if rule.external:
        said = act.details
        paper = (
            {"number": said.number, "dated": said.dated.isoformat()}
            if isinstance(said, BillIssue) and said.number and said.dated
            else {}
        )
        return {"scheme": "external", "issuer": step.agency, **paper}
    state = draft.before
    action: Any = act.action
    matter = matter_of(state, setting.definition, setting.calendar, action, setting.now, step)
    of = everybody(state, setting, step, act.actor.id)
    register = setting.register or Register(())
    answer = check(register, matter, act.actor.id, of(act.actor.id), act.as_position)
    return checked(answer, matter, setting, of)


def _put(draft: Draft, place: int, bill: Document) -> Document:
    bill = {**bill, "version": draft.case.version + 1}
    bills = [*draft.case.bills]
    bills[place:] = [bill, *bills[place + 1 :]]
    draft.case = replace(draft.case, bills=tuple(bills))
    return bill


def _issue(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    said = details_of(act, BillIssue)
    status, of_step = draft.case.status, draft.steps[step.id].status
    if of_step not in ("ready", "in_progress") or status not in PAYS:
        raise NotNow(
            "status_forbids",
            f"No bill is issued now: the step {step.id} is {of_step} in a case that is {status}.",
            status_now=of_step,
        )
    if open_bill(draft.case, step.id) is not None:
        raise NotNow("bill_open", "A bill of this step is open; reduce or cancel it first.")
    if len(draft.case.bills) >= MOST_BILLS:
        raise NotNow("too_many_bills", f"A case has {MOST_BILLS} bills at most.")
    register, day = setting.register or Register(()), setting.calendar.local_date(setting.now)
    account = account_for(register, step.agency, setting.definition.id, day, said.account)
    code = said.code or ""
    if not account.codes.fits(code):
        raise Invalid(
            "not_a_code",
            f"code: the codes of this account are {account.codes.words}.",
            errors=[{"at": "code", "message": "not a code of this account"}],
        )
    bill = {
        "step": step.id,
        "state": "issued",
        "code": code,
        "amount": _amount(rule, said, draft),
        "basis": rule.basis,
        "due_at": _due(rule, said, setting),
        "account": account.id,
        "issued_at": instant(setting.now),
        "issued_by": act.actor.id,
        **({"number": said.number} if said.number else {}),
    }
    place = len(draft.case.bills)
    return "bill.issued", _put(draft, place, {"id": bill_id(place), **bill}), {}


def _amount(rule: BillRule, said: BillIssue, draft: Draft) -> int:
    if rule.formula is None:
        return said.amount or 0
    try:
        amount = amount_of(rule.formula, draft.case.facts)
    except ValueError as error:
        raise NotNow("not_counted", f"The tariff cannot be counted: {error}.") from None
    if amount == 0:
        raise NotNow("free_of_charge", "By the tariff of the service nothing is to be paid.")
    if amount > MAX_INTEGER:
        raise NotNow("not_counted", "The tariff gives more than can be written down exactly.")
    return amount


def _due(rule: BillRule, said: BillIssue, setting: Setting) -> str:
    if said.due_on is None:
        return instant(deadline(setting.now, rule.due, (), setting.calendar))
    if said.due_on < setting.calendar.local_date(setting.now):
        raise _wrong("due_on", "it has passed")
    return instant(setting.calendar.end_of(said.due_on))


def _changed(
    draft: Draft, act: Act, bill: Document, said: Mapping[str, Any] | None = None
) -> Document:
    """The bill in the state to which the act brings it. Raises NotNow."""
    table = BILL_ACTS[act.action]
    before = bill["state"]
    if before not in table:
        raise NotNow(
            "bill_state_forbids",
            f"A bill that is {before} takes no {act.action.removesuffix('_bill')}; that takes "
            f"{' or '.join(table)}.",
        )
    return _put(
        draft, draft.case.bills.index(bill), {**bill, "state": table[before], **(said or {})}
    )


def _named(draft: Draft, act: Act) -> Document:
    return find_bill(draft.case, details_of(act, BillChange).bill)


def is_paid_elsewhere(draft: Draft, act: Act, step: StepDefinition) -> bool:
    """Whether `record_payment` only notes what another system billed and was paid: there is no bill here.

    Where that system's assessment was entered, its bill is confirmed as any other.
    """
    outside = step.bill is None or (step.bill.external and act.details is None)
    return outside and open_bill(draft.case, step.id) is None


def confirm_at_step(draft: Draft, act: Act, step: StepDefinition, setting: Setting) -> Said:
    """Of `record_payment` at a step with a bill: its open bill is confirmed."""
    if not isinstance(act.details, Payment):
        raise missing("reference", "say which payment of the bank or treasury it is")
    confirmed = replace(act, action="confirm_bill")
    name, bill, facts = _confirm(draft, confirmed, step, step.bill, setting)
    return name, {**facts, "bill": dict(bill)}


def _report(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    """The applicant says that they have paid: noted, and it unlocks nothing."""
    bill = _named(draft, act)
    return "bill.reported", _changed(draft, act, bill, {"reported_at": instant(setting.now)}), {}


def _confirm(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule | None, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    """The money is there: what waited for it goes on."""
    said = details_of(act, Payment)
    bill = _meant(draft, step, said)
    if draft.case.status not in PAYS:
        raise NotNow(
            "status_forbids",
            f"In a case that is {draft.case.status} nothing is paid any more; cancel the bill.",
            status_now=draft.case.status,
        )
    if said.amount is not None and said.amount != bill["amount"]:
        raise NotNow(
            "amount_differs",
            f"The bill is of {bill['amount']} rupiah and not of {said.amount}; it stays as it is.",
        )
    paid = {
        "confirmed_at": instant(setting.now),
        "reference": said.reference,
        "source": said.source,
    }
    changed = _changed(draft, act, bill, paid)
    _check_other_hand(draft, bill, step, said.told_by or act.actor.id, setting)
    if draft.steps[step.id].status in ("ready", "in_progress", "paused"):
        by = act.actor.id if act.actor.kind == "officer" else said.told_by
        end(draft, step.id, "completed", setting, by=by, result=act.result)
    payment = {"reference": said.reference, "source": said.source}
    if said.told_by is not None:
        payment["told_by"] = said.told_by
    return "bill.confirmed", changed, {"paid": True, "payment": payment}


def _meant(draft: Draft, step: StepDefinition, said: Payment) -> Document:
    if said.bill is not None:
        return find_bill(draft.case, said.bill)
    found = open_bill(draft.case, step.id)
    if found is None:
        raise NotNow(
            "no_bill_open", "Nothing is to be paid at this step: no bill with a code was issued."
        )
    return found


def _check_other_hand(
    draft: Draft, bill: Document, step: StepDefinition, officer: str, setting: Setting
) -> None:
    """Raises Forbidden: who issued or reduced the bill or holds the case does not say that it is paid."""
    person = setting.person
    holding = {
        state.assignee
        for name, state in draft.steps.items()
        if name != step.id and state.status == "in_progress" and state.assignee is not None
    }
    barred = makers(bill) | holding
    if officer in barred or person(officer) in {person(each) for each in barred}:
        raise Forbidden(
            "own_bill",
            "Who issued or reduced a bill or holds its case does not confirm its payment.",
        )


def _reduce(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    bill, amount = _named(draft, act), details_of(act, BillChange).amount or 0
    if bill["state"] in OPEN_BILL and amount >= bill["amount"]:
        raise NotNow(
            "not_less",
            f"The bill is of {bill['amount']} rupiah; a reduction makes it less.",
        )
    by = sorted({*bill.get("reduced_by", ()), act.actor.id})
    said = {"amount": amount, "reduced_by": by, "reduced_at": instant(setting.now)}
    changed = _changed(draft, act, bill, said)
    return "bill.reduced", changed, {"amount_before": bill["amount"]}


def _cancel(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    changed = _changed(draft, act, _named(draft, act), {"cancelled_at": instant(setting.now)})
    return "bill.cancelled", changed, {}


def _refund(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    """The money goes back: while the case is open and nothing is signed, it is to be paid anew."""
    changed = _changed(draft, act, _named(draft, act), {"refunded_at": instant(setting.now)})
    reset: list[str] = []
    if draft.steps[step.id].status == "completed" and _may_go_back(draft, setting):
        for name in dependents(setting.definition, step.id):
            if draft.steps[name].status in ("ready", "in_progress", "completed", "no_opinion"):
                end(draft, name, "waiting", setting)
                reset.append(name)
        open_step(draft, step.id, setting)
    return "bill.refunded", changed, {"reset": reset}


def _may_go_back(draft: Draft, setting: Setting) -> bool:
    signed = any(
        draft.steps[other.id].status == "completed"
        for other in setting.definition.steps
        if other.kind == "sign"
    )
    return draft.case.status in OPEN_CASE and not signed


def _expire(
    draft: Draft, act: Act, step: StepDefinition, rule: BillRule, setting: Setting
) -> tuple[str, Document, dict[str, Any]]:
    """The day has passed and nobody has confirmed the payment; by the clock alone, once."""
    bill = _named(draft, act)
    if bill["due_at"] > instant(setting.now) or "overdue_at" in bill:
        raise NotNow("limit_not_over", "The bill is not overdue, or that is noted already.")
    return "bill.overdue", _changed(draft, act, bill, {"overdue_at": instant(setting.now)}), {}


def check_reopening(draft: Draft, names: list[str]) -> None:
    """Raises NotNow where a step is to be opened again before which something was paid, or is billed."""
    for name in names:
        if paid_bill(draft.case, name) is not None:
            raise NotNow("bill_confirmed", "It is paid already; refund the bill first.")
        if open_bill(draft.case, name) is not None:
            raise NotNow(
                "bill_open", "A bill is open that would not fit any more; cancel it first."
            )


Handler = Callable[
    [Draft, Act, StepDefinition, BillRule, Setting], tuple[str, Document, dict[str, Any]]
]
_HANDLERS: Mapping[str, Handler] = {
    "issue_bill": _issue,
    "report_bill": _report,
    "confirm_bill": _confirm,
    "reduce_bill": _reduce,
    "cancel_bill": _cancel,
    "refund_bill": _refund,
    "expire_bill": _expire,
}
