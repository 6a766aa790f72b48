"""A bank's file of payments: written down set by set, loaded once all of it is there, and then settled.

Until its event is there a file is not loaded: its rows count for nothing, and who sends it again goes on
with them. So a process may die anywhere.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO, get_args

from casetrack.domain.access import REGION_WIDE, Actor, require_agency
from casetrack.domain.authority.accounts import kept_code
from casetrack.domain.authority.entries import CodeForm
from casetrack.domain.case.bank_file import BankRow, bank_rows, rows_digest
from casetrack.domain.case.bank_lines import BankLines
from casetrack.domain.case.payments import PaymentState, Told, file_stream, loaded_event
from casetrack.domain.errors import NotFound
from casetrack.domain.events import instant
from casetrack.storage.case import payment_rows
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import payments
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.paging import Page
from casetrack.usecases.region_by_region import in_each_region

#: So many rows of a file are settled before the answer; the clock settles the others.
AT_ONCE = 200
#: Rows that are written down in one transaction.
SET = 1_000
_TRIES = 3
#: Rows of a file that nobody finished are kept so long.
_LEFT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Coming:
    """A file on its way in: how it is called, what it is of, and how its rows are read again."""

    name: str
    sha256: str
    account: str
    agency: str
    lines: BankLines
    forms: tuple[CodeForm, ...]
    count: int
    rows_digest: str

    def told(self, login: str) -> Iterator[Told]:
        """Its rows, as they are kept."""
        for row in bank_rows(self.lines):
            yield self._of_row(replace(row, code=kept_code(row.code, self.forms)), login)

    def _of_row(self, row: BankRow, login: str) -> Told:
        reference = None if row.fault else row.reference
        said = (row.code, row.amount, reference, row.paid_on)
        name = f"{self.name}:{row.line:07d}"
        return Told(name, self.account, self.agency, *said, file=self.name, told_by=login)


def load_file(
    ctx: Context,
    actor: Actor,
    account: str,
    content: BinaryIO,
    sha256: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Take in a bank's file: which rows it has is written down, then each is settled.

    The same file again for the same account is the same: its results as they are. Raises Forbidden
    (another agency's account), Invalid (its columns cannot be read), Busy.
    """
    entry = payments.account_of(ctx, actor.region, account)
    require_agency(actor, entry.agency)
    with ctx.files.passing() as text:
        lines = BankLines(content, text)
        count, digest = sum(1 for _ in bank_rows(lines)), rows_digest(lines)
        replayed = idempotency.replay(ctx, request)
        if replayed is not None:
            return replayed
        name, is_known = _name_of(ctx, actor.region, account, sha256)
        for _ in range(_TRIES):
            if is_known:
                break
            forms = payments.code_forms(ctx, actor.region)
            coming = _Coming(name, sha256, account, entry.agency, lines, forms, count, digest)
            # Another request with the same file may be quicker, for this account or another.
            with suppress(Conflict):
                _write_down(ctx, actor, coming)
            name, is_known = _name_of(ctx, actor.region, account, sha256)
    if not is_known:
        return idempotency.after_conflict(ctx, request)
    payments.settle_waiting(ctx, actor.region, AT_ONCE, name)
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


def _write_down(ctx: Context, actor: Actor, coming: _Coming) -> None:
    """Set by set, and then that it is loaded. Raises Conflict.

    What a load that died left of it is gone on with. Of another officer or account it goes first, since a
    row says who told of it.
    """
    told, is_first = coming.told(actor.id), True
    while chunk := list(islice(told, SET)):
        with ctx.database.write() as uow:
            _hold(uow, actor.region, coming)
            if is_first:
                payment_rows.remove_others(uow, actor.region, coming.name, coming.account, actor.id)
            at, is_first = uow.time(None), False
            rows = [payment_rows.payment_values(actor.region, each, at) for each in chunk]
            payment_rows.add_missing(uow, rows)
    with ctx.database.write() as uow:
        _hold(uow, actor.region, coming)
        _loaded(uow, actor, coming)


def _hold(uow: UnitOfWork, region: str, coming: _Coming) -> None:
    uow.lock(region, file_stream(coming.name))
    if payment_rows.file(uow.connection, region, coming.name) is not None:
        raise Conflict("the file was loaded meanwhile")


def _loaded(uow: UnitOfWork, actor: Actor, coming: _Coming) -> None:
    region, name = actor.region, coming.name
    whose = payment_rows.whose(uow.connection, region, name)
    if whose != ({(coming.account, actor.id): coming.count} if coming.count else {}):
        raise Conflict("others wrote rows of this file, or took some away")
    said = {
        "file": name,
        "account": coming.account,
        "agency": coming.agency,
        "lines": coming.count,
        "rows_digest": coming.rows_digest,
    }
    new = loaded_event({**said, "sha256": coming.sha256})
    event = append_fact(uow, region, file_stream(name), new, actor)
    values = {"region": region, "loaded_by": actor.id, "loaded_at": event.recorded_at}
    payment_rows.add_file(uow, {**said, **values})


def forget_unloaded_once(ctx: Context) -> int:
    """Remove what loads left that nobody finished; gives of how many files. They counted for nothing."""
    return in_each_region(ctx, _forget_unloaded)


def _forget_unloaded(ctx: Context, region: str) -> int:
    before = ctx.database.now() - _LEFT
    with ctx.database.read() as connection:
        names = payment_rows.unloaded(connection, region, before)
    for name in names:
        with ctx.database.write() as uow:
            # Whoever goes on with the file holds this too, and finds what is missing again.
            uow.lock(region, file_stream(name))
            if payment_rows.file(uow.connection, region, name) is None:
                payment_rows.remove_unloaded(uow, region, name)
    return len(names)


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
    return payments.page_of(rows, limit)
