"""The clock tries signatures again that wait: those that were not available, and those of a dead process.

It takes the same lease as an officer, gives no words of anybody's, and completes on behalf of who began
it. A certificate that ended or a signer who is not registered is not tried again: that was told.
"""

from datetime import timedelta

from casetrack.domain.access import Actor, system
from casetrack.domain.case.electronic_signatures import NotSigned
from casetrack.domain.case.electronic_signing import places
from casetrack.domain.case.state import Document
from casetrack.domain.errors import BadInput, NoAuthority, NotFound, Refusal, Unavailable
from casetrack.storage.people import signing_rows
from casetrack.storage.people.signing_rows import DueSigning, SigningRow
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.case.signing_call import complete
from casetrack.usecases.case.signing_file import Making
from casetrack.usecases.case.signing_told import Because, tell, waiting_mark
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.context import Context, Signatures
from casetrack.usecases.region_by_region import in_each_region

#: Signatures that one look finds.
BATCH = 20


def try_once(ctx: Context) -> int:
    """One round over all regions; gives how many were settled. Safe in any number of processes.

    What is away for one is away for all: a region's round ends with the first that is not available.
    """
    return in_each_region(ctx, _try)


def _try(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        due = signing_rows.due(connection, region, ctx.database.now(), BATCH)
    settled = 0
    for each in due:
        if not _again(ctx, system(region, "clock"), each):
            break
        settled += 1
    return settled


def _again(ctx: Context, clock: Actor, due: DueSigning) -> bool:
    """Whether it is settled: signed, told, or nobody's any more."""
    case, product = _found(ctx, clock, due)
    if case is None or product is None:
        with ctx.database.write() as uow:
            signing_rows.drop(uow, clock.region, due.product, due.begun)
        return True
    signatures = ctx.signatures
    if signatures is None or not signatures.signs(clock.region):
        return _later(ctx, case, product)
    if signatures.personal and not _is_made(ctx, case, product):
        return _ask_signer(ctx, case, product, signatures)
    return _sign(ctx, clock, case, product)


def _found(ctx: Context, clock: Actor, due: DueSigning) -> tuple[Sight | None, Document | None]:
    """The case and the product, where that still waits for what was begun."""
    try:
        case = sight(ctx, clock, due.number)
    except NotFound:
        return None, None
    for product in case.state.products:
        begun = product.get("signing") or {}
        if product["id"] == due.product and begun.get("version") == due.begun:
            waits = product["state"] in ("draft", "endorsed", "signed", "corrected")
            return case, product if waits else None
    return case, None


def _sign(ctx: Context, clock: Actor, case: Sight, product: Document) -> bool:
    try:
        made = Making(ctx, clock, case, product, None, by_clock=True).file()
        if made is not None:
            complete(ctx, clock, case, [product], [made], None)
    except (Unavailable, Conflict):
        return False
    except NoAuthority:
        _stop(ctx, case, product, "no_authority")
    except Refusal as refused:
        if refused.code == "subject_erased":
            _stop(ctx, case, product, None)
    return True


def _is_made(ctx: Context, case: Sight, product: Document) -> bool:
    """Whether the file has all its signatures, and only its event is missing."""
    row = _row(ctx, case, product)
    return row is not None and row.made == len(places(product))


def _row(ctx: Context, case: Sight, product: Document) -> SigningRow | None:
    with ctx.database.read() as connection:
        found = signing_rows.of_products(connection, case.state.region, [product["id"]])
    return found.get(product["id"])


def _ask_signer(ctx: Context, case: Sight, product: Document, signatures: Signatures) -> bool:
    """Only their own words sign: once the service can be reached, whose turn it is hears of it."""
    try:
        signatures.reach()
    except (NotSigned, BadInput):
        return _later(ctx, case, product)
    with ctx.database.write() as uow:
        row = _taken(ctx, uow, case, product)
        if row is not None:
            signing_rows.release(uow, row, again=False)
            mark = waiting_mark(product, row.made, personal=True)
            tell(uow, case, product, mark, "your_turn")
    return True


def _later(ctx: Context, case: Sight, product: Document) -> bool:
    """It is not available: the next turn comes later, or there is none any more, and that is told."""
    with ctx.database.write() as uow:
        row = _taken(ctx, uow, case, product)
        if row is not None and not signing_rows.failed(uow, row, "unavailable", again=True):
            personal = ctx.signatures is not None and ctx.signatures.personal
            mark = waiting_mark(product, row.made, personal=personal)
            tell(uow, case, product, mark, "given_up")
    return False


def _taken(ctx: Context, uow: UnitOfWork, case: Sight, product: Document) -> SigningRow | None:
    """The row, held until the transaction ends; None while somebody is at it."""
    state, begun = case.state, product["signing"]["version"]
    at = (state.region, state.number, product["id"], begun)
    return signing_rows.take(uow, *at, timedelta(seconds=1), by_clock=True)


def _stop(ctx: Context, case: Sight, product: Document, because: Because | None) -> None:
    """Trying again helps nothing: what was made leaves the store, and who waits for it hears why."""
    with ctx.database.write() as uow:
        signing_rows.drop(uow, case.state.region, product["id"], product["signing"]["version"])
        if because is not None:
            tell(uow, case, product, product["signing"], because)
    ctx.wake()
