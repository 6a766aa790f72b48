"""Payments from a bank's file or the treasury's call: each settled in a transaction of its own.

A payment is written down before it is settled, so that a process that dies in between loses none; it is
settled together with the event of its case, so that none is settled twice.
"""

import hashlib
from dataclasses import replace
from itertools import islice
from typing import Any, get_args

from casetrack.domain.access import REGION_WIDE, Actor, require_agency, system
from casetrack.domain.authority.accounts import kept_code
from casetrack.domain.authority.entries import CodeForm, PayAccount
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.domain.case.bank_file import BankRow, bank_rows
from casetrack.domain.case.bills import Payment, find_bill
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import decide
from casetrack.domain.case.payments import (
    PaymentState,
    Settled,
    Told,
    file_stream,
    fit,
    loaded_event,
    refused,
    stream_of,
    unmatched_event,
)
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Forbidden, NotFound, NotNow
from casetrack.domain.events import instant
from casetrack.storage.authority import register
from casetrack.storage.case import bill_rows, case_rows, payment_rows
from casetrack.storage.people import officers
from casetrack.storage.people.own_case import own_case
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.paging import Page
from casetrack.usecases.region_by_region import in_each_region

#: So many rows of a file are settled before the answer; the clock settles the others.
AT_ONCE = 200
BATCH = 500
_CHUNK = 1_000
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


def load_file(
    ctx: Context,
    actor: Actor,
    account: str,
    content: bytes,
    request: idempotency.Request | None = None,
) -> Answer:
    """Take in a bank's file: which rows it has is written down, then each is settled.

    The same file again for the same account is the same: its results as they are. Raises Forbidden
    (another agency's account), Invalid (its columns cannot be read).
    """
    entry = account_of(ctx, actor.region, account)
    require_agency(actor, entry.agency)
    forms = code_forms(ctx, actor.region)
    rows = [replace(row, code=kept_code(row.code, forms)) for row in bank_rows(content)]
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    sha256 = hashlib.sha256(content).hexdigest()
    name, is_known = _name_of(ctx, actor.region, account, sha256)
    for _ in range(2):
        if is_known:
            break
        try:
            with ctx.database.write() as uow:
                _write_file(uow, actor, account, entry.agency, (name, sha256), rows)
        except Conflict:
            pass  # another request with the same file was quicker, for this account or another
        name, is_known = _name_of(ctx, actor.region, account, sha256)
    settle_waiting(ctx, actor.region, AT_ONCE, name)
    answer = Answer(file_view(ctx, actor.region, name), f'"{name[:16]}"')
    return idempotency.written(ctx, request, lambda _: answer)


def _name_of(ctx: Context, region: str, account: str, sha256: str) -> tuple[str, bool]:
    """What a file is called, and whether it is loaded: by its hash, or where that was loaded for another
    account first, by both: who errs in the account keeps nobody from loading it for its own."""
    both = hashlib.sha256(f"{account}:{sha256}".encode()).hexdigest()
    with ctx.database.read() as connection:
        first = payment_rows.file(connection, region, sha256)
        if first is None or first.account == account:
            return sha256, first is not None
        return both, payment_rows.file(connection, region, both) is not None


def _write_file(
    uow: UnitOfWork,
    actor: Actor,
    account: str,
    agency: str,
    called: tuple[str, str],
    rows: list[BankRow],
) -> None:
    name, sha256 = called
    new = loaded_event(name, sha256, account, agency, len(rows))
    event = append_fact(uow, actor.region, file_stream(name), new, actor)
    values = {
        "region": actor.region,
        "file": name,
        "account": account,
        "agency": agency,
        "loaded_by": actor.id,
        "loaded_at": event.recorded_at,
        "lines": len(rows),
    }
    payment_rows.add_file(uow, values)
    made = (_of_row(name, account, agency, actor.id, row) for row in rows)
    values_of = (payment_rows.payment_values(actor.region, t, event.recorded_at) for t in made)
    while chunk := list(islice(values_of, _CHUNK)):
        payment_rows.add(uow, chunk)


def _of_row(name: str, account: str, agency: str, login: str, row: BankRow) -> Told:
    reference = None if row.fault else row.reference
    told = (row.code, row.amount, reference, row.paid_on)
    return Told(f"{name}:{row.line:07d}", account, agency, *told, file=name, told_by=login)


def file_view(ctx: Context, region: str, name: str) -> dict[str, Any]:
    """A file that was loaded: by whom, when, and how its rows stand. Raises NotFound."""
    with ctx.database.read() as connection:
        row = payment_rows.file(connection, region, name)
        counts = payment_rows.counts(connection, region, name)
    if row is None:
        raise NotFound("unknown_payment_file", "No such file of payments was loaded.")
    return {
        "file": name,
        "account": row.account,
        "loaded_by": row.loaded_by,
        "loaded_at": instant(row.loaded_at),
        "lines": row.lines,
        "results": {state: counts.get(state, 0) for state in get_args(PaymentState)},
    }


def find_file(ctx: Context, region: str, name: str) -> str:
    """The agency whose account a file is about. Raises NotFound."""
    with ctx.database.read() as connection:
        row = payment_rows.file(connection, region, name)
    if row is None:
        raise NotFound("unknown_payment_file", "No such file of payments was loaded.")
    return str(row.agency)


def check_reader(actor: Actor, agency: str) -> None:
    """Raises Forbidden for a file of another agency's account."""
    if not actor.has_role(REGION_WIDE):
        require_agency(actor, agency)


def file_rows(ctx: Context, actor: Actor, name: str, after: str | None, limit: int) -> Page:
    """The rows of a file with what became of each."""
    with ctx.database.read() as connection:
        rows = payment_rows.of_file(connection, actor.region, name, after, limit + 1)
    return _page(rows, limit)


def list_unmatched(ctx: Context, actor: Actor, after: str | None, limit: int) -> Page:
    """Payments that fit no bill, of the actor's agency (an auditor's: of the region)."""
    agency = None if actor.has_role(REGION_WIDE) else actor.agency or ""
    with ctx.database.read() as connection:
        rows = payment_rows.in_state(
            connection, actor.region, "unmatched", agency, after, limit + 1
        )
    return _page(rows, limit)


_SHOWN = ("payment", "account", "code", "amount", "reference", "paid_on", "file", "told_by")


def _page(rows: Any, limit: int) -> Page:
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
            # One after the other for one payment, whoever tells of it and wherever it is settled.
            uow.lock(region, f"payment/{payment}")
            found = payment_rows.one(uow, region, payment)
            if found is None or found[1].state != "waiting":
                return False
            settled = _settled(ctx, uow, region, found[0])
            payment_rows.settle(uow, region, payment, settled)
            if settled.state == "unmatched":
                new, actor = unmatched_event(found[0], settled), system(region, "payments")
                uow.lock(region, stream_of(found[0]))
                append_fact(uow, region, stream_of(found[0]), new, actor)
    except Conflict:
        return False  # its reference confirmed another bill in this moment: the next round says so
    return True


def _settled(ctx: Context, uow: UnitOfWork, region: str, told: Told) -> Settled:
    if told.code is None or told.amount is None or told.reference is None:
        return Settled("unmatched", "unreadable")
    by_code = uow.ask(*bill_rows.of_code(region, told.code))
    if not by_code:
        return Settled("unmatched", "unknown_code")
    number, name = by_code[0].number, by_code[0].bill
    record = case_rows.lock_case(uow, region, number)
    if record is None:
        return Settled("unmatched", "unknown_code")
    used = uow.ask(*bill_rows.of_payment(region, told.account, told.reference))
    if told.told_by and uow.ask(*own_case(region, number, told.told_by)):
        return Settled("unmatched", "own_bill", number, name)
    bill = find_bill(record.state, name)
    settled = fit(told, bill, number, used=bool(used))
    if settled is not None:
        return settled
    return _confirmed(ctx, uow, record, told, bill)


def _confirmed(
    ctx: Context, uow: UnitOfWork, record: case_rows.CaseRecord, told: Told, bill: Any
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
    return Settled("confirmed", None, state.number, bill["id"])


def _with_person(setting: Setting, people: dict[str, str]) -> Setting:
    return replace(setting, person=lambda login: people.get(login, login))
