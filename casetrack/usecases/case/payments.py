"""Payments from a bank's file or the treasury's call: each settled in a transaction of its own.

A payment is written down before it is settled, so that a process that dies in between loses none; it is
settled together with the event of its case, so that none is settled twice.
"""

from dataclasses import replace
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor, system
from casetrack.domain.authority.accounts import masked_code
from casetrack.domain.authority.entries import CodeForm, PayAccount
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.case.bills import Payment, find_bill
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import decide
from casetrack.domain.case.payments import (
    Settled,
    Told,
    Why,
    fit,
    is_readable,
    refused,
    stream_of,
    unmatched_event,
)
from casetrack.domain.case.state import Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Forbidden, NotFound, NotNow
from casetrack.domain.events import instant
from casetrack.storage.authority import register
from casetrack.storage.case import bill_rows, case_rows, payment_rows
from casetrack.storage.case.payment_rows import ListedFilter
from casetrack.storage.people import officers
from casetrack.storage.people.own_case import own_case
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.case import listed_payments
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.paging import Page
from casetrack.usecases.region_by_region import in_each_region

BATCH = 500
_MOST_ACCOUNTS = 1_000


def account_of(ctx: Context, region: str, account: str) -> PayAccount:
    """An account of the register, as it was confirmed last. Raises NotFound."""
    with ctx.database.read() as connection:
        revisions = register.revisions(connection, region, "account", account)
    for revision in reversed(revisions):
        if revision.state == "confirmed":
            entry = stored_entry("account", revision.document)
            if isinstance(entry, PayAccount):
                return entry
    raise NotFound("unknown_account", "The register has no such account.")


def code_forms(ctx: Context, region: str) -> tuple[CodeForm, ...]:
    """What codes of the region look like, or ever did: every account's, as it counts or once did."""
    with ctx.database.read() as connection:
        found = [
            revision
            for state in ("confirmed", "superseded")
            for revision in register.entries(
                connection, region, kind="account", state=state, after=None, limit=_MOST_ACCOUNTS
            )
        ]
    entries = (stored_entry("account", revision.document) for revision in found)
    return tuple({entry.codes: None for entry in entries if isinstance(entry, PayAccount)})


def listed_filter(
    actor: Actor,
    *,
    why: Why | None = None,
    account: str | None = None,
    code: str | None = None,
    reference: str | None = None,
) -> ListedFilter:
    """Which payments that fit no bill somebody asks for, of their agency (an auditor: of the region)."""
    agency = None if actor.has_role(REGION_WIDE) else actor.agency or ""
    # What fits no account was masked before it was kept.
    codes = (code, masked_code(code)) if code is not None else ()
    return ListedFilter(agency, why, account, codes, reference)


def list_unmatched(
    ctx: Context, actor: Actor, wanted: ListedFilter, after: str | None, limit: int
) -> Page:
    """Payments that fit no bill, in the order of their names."""
    with ctx.database.read() as connection:
        rows = payment_rows.unmatched(connection, actor.region, wanted, after, limit + 1)
    return page_of(rows, limit)


def unmatched_totals(ctx: Context, actor: Actor, wanted: ListedFilter) -> list[dict[str, Any]]:
    """How many payments fit no bill and what they come to, by why."""
    with ctx.database.read() as connection:
        return payment_rows.unmatched_totals(connection, actor.region, wanted)


_SHOWN = ("payment", "account", "code", "amount", "reference", "paid_on", "file", "told_by")


def page_of(rows: Any, limit: int) -> Page:
    """So many of these payments, as people read them."""
    items = [
        {
            **{name: getattr(row, name) for name in _SHOWN},
            "line": int(row.payment.rpartition(":")[2]) if row.file else None,
            "state": row.state,
            "why": row.why,
            "number": row.number,
            "bill": row.bill,
            "at": instant(row.at),
        }
        for row in rows[:limit]
    ]
    return Page(items, (rows[limit - 1].payment,) if len(rows) > limit else None)


def tell(ctx: Context, region: str, told: Told) -> Settled:
    """A payment of which the treasury's system tells; told again it is settled as before."""
    try:
        with ctx.database.write() as uow:
            if payment_rows.one(uow, region, told.payment) is None:
                values = payment_rows.payment_values(region, told, uow.time(None))
                payment_rows.add(uow, [values])
    except Conflict:
        pass  # the same call came twice at once
    _settle(ctx, region, told.payment)
    ctx.wake()
    with ctx.database.write() as uow:
        found = payment_rows.one(uow, region, told.payment)
    return found[1] if found else Settled("waiting")


def settle_payments_once(ctx: Context) -> int:
    """Settle what waits: what a process that died left, and the rest of big files."""
    return in_each_region(ctx, lambda ctx, region: settle_waiting(ctx, region, BATCH))


def settle_waiting(ctx: Context, region: str, limit: int, file: str | None = None) -> int:
    """Settle so many payments that wait; gives how many. Safe in any number of processes."""
    with ctx.database.read() as connection:
        names = payment_rows.waiting(connection, region, limit, file)
    return sum(_settle(ctx, region, name) for name in names)


def _settle(ctx: Context, region: str, payment: str) -> bool:
    try:
        with ctx.database.write() as uow:
            found = payment_rows.one(uow, region, payment)
            if found is None:
                return False
            # The case first, as everywhere: listed_payments says why.
            meant = _meant(uow, region, found[0])
            found = listed_payments.hold(uow, region, found[0])
            if found is None or found[1].state != "waiting":
                return False
            settled = _known(uow, region, found[0], _settled(ctx, uow, region, found[0], meant))
            payment_rows.settle(uow, region, payment, settled)
            if settled.state == "unmatched":
                new, actor = unmatched_event(found[0], settled), system(region, "payments")
                uow.lock(region, stream_of(found[0]))
                append_fact(uow, region, stream_of(found[0]), new, actor)
    except Conflict:
        return False  # its reference confirmed another bill in this moment: the next round says so
    return True


_Meant = tuple[case_rows.CaseRecord, Document]


def _meant(uow: UnitOfWork, region: str, told: Told) -> _Meant | None:
    """The bill that has its code, in its case, which is locked."""
    if not is_readable(told):
        return None
    by_code = uow.ask(*bill_rows.of_code(region, told.code or ""))
    record = case_rows.lock_case(uow, region, by_code[0].number) if by_code else None
    return (record, find_bill(record.state, by_code[0].bill)) if record else None


def _known(uow: UnitOfWork, region: str, told: Told, settled: Settled) -> Settled:
    """A payment that fits no bill and stands on the list already is known: banks send a list again, in
    another order or with more rows. What cannot be read is known where the whole list is."""
    if settled.state != "unmatched":
        return settled
    if settled.why == "unreadable":
        is_known = told.file is not None and payment_rows.is_repeated(uow, region, told.file)
    else:
        is_known = bool(payment_rows.listed_as(uow, region, told))
    return replace(settled, state="known") if is_known else settled


def _settled(
    ctx: Context, uow: UnitOfWork, region: str, told: Told, meant: _Meant | None
) -> Settled:
    used = listed_payments.used_bill(uow, region, told)
    if listed_payments.is_paid_by(told, used):
        # Also where the bill was issued, and paid by it, between our look for the code and the locks.
        return Settled("known", None, used.number, used.bill)
    if used is not None and used.account == told.account:
        return _reference_used(used, meant)
    settled = _fitted(ctx, uow, region, told, meant)
    if used is not None and settled.state == "unmatched":
        return _reference_used(used, meant)
    return settled


def _reference_used(used: Any, meant: _Meant | None) -> Settled:
    """Before any other reason: whoever sends such money back takes it from a bill that is paid by it."""
    place = (meant[0].state.number, meant[1]["id"]) if meant else (used.number, used.bill)
    return Settled("unmatched", "reference_used", *place)


def _fitted(
    ctx: Context, uow: UnitOfWork, region: str, told: Told, meant: _Meant | None
) -> Settled:
    if not is_readable(told):
        return Settled("unmatched", "unreadable")
    if meant is None:
        return Settled("unmatched", "unknown_code")
    record, bill = meant
    number = record.state.number
    if told.told_by and uow.ask(*own_case(region, number, told.told_by)):
        return Settled("unmatched", "own_bill", number, bill["id"])
    settled = fit(told, bill, number)
    if settled is not None:
        return settled
    if "closed" in payment_rows.listed_as(uow, region, told):
        # Somebody said what became of this money: it may be back with who paid it.
        return Settled("known")
    if listed_payments.closed_with(uow, region, told):
        return Settled("unmatched", "reference_closed", number, bill["id"])
    return _confirmed(ctx, uow, record, told, bill)


def _confirmed(
    ctx: Context, uow: UnitOfWork, record: case_rows.CaseRecord, told: Told, bill: Document
) -> Settled:
    state, actor = record.state, system(record.state.region, "payments")
    definition = ctx.definition(state.region, state.service, state.service_version)
    setting = ctx.setting(definition, state.region, record.revisions.files, record.now)
    people = dict(officers.persons(uow.connection, state.region)) if told.told_by else {}
    setting = _with_person(setting, people)
    payment = Payment(
        told.reference or "",
        bill["id"],
        told.amount,
        "file" if told.file else "call",
        told.told_by,
    )
    act = Act("confirm_bill", actor, step=bill["step"], details=payment)
    try:
        new = decide(state, act, setting)
    except (NotNow, Forbidden) as error:
        return refused(error, state.number, bill["id"])
    append_to_case(
        uow,
        new,
        before=state,
        previous=record.hash,
        event_id=record.event_id,
        number=state.number,
        actor=actor,
        setting=setting,
    )
    listed = listed_payments.listed_with(uow, state.region, told, bill)
    listed_payments.close_matched(uow, state, (bill, listed), actor)
    return Settled("confirmed", None, state.number, bill["id"])


def _with_person(setting: Setting, people: dict[str, str]) -> Setting:
    return replace(setting, person=lambda login: people.get(login, login))
