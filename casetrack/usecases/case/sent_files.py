"""What was handed over as a file is opened by the applicant, with the access code: a proof of receipt.

Who knows the code has the receipt. The file is read before anything is written down, and given out only
once it is: so nobody has received what they could not open, and nobody opens what is not recorded.
"""

from dataclasses import dataclass

from casetrack.domain.case.hand_overs import opened_at, sent_as_file
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.errors import NotFound
from casetrack.storage.case import queries
from casetrack.usecases.case.clock_act import act_by_clock
from casetrack.usecases.case.product_content import product_content
from casetrack.usecases.case.product_paper import paper_of
from casetrack.usecases.case.product_views import signed_product
from casetrack.usecases.case.status import opened_status
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context


@dataclass(frozen=True, slots=True)
class SentFile:
    """A product that was handed over as a file: when, and when it was first opened."""

    product: Document
    handed_over_at: str
    opened_at: str | None


def sent_files(state: CaseState) -> list[SentFile]:
    """What of a case the applicant may open."""
    found = []
    for product in state.products:
        record = sent_as_file(state, product)
        if record is not None:
            at = record.get("confirmed_at") or record["at"]
            found.append(SentFile(product, at, opened_at(record, product["id"])))
    return found


def open_sent_file(ctx: Context, number: str, code: str, product: str, address: str) -> bytes:
    """The file as PDF; the first time it is recorded.

    Raises what `status` raises, NotFound for what was not sent as a file, Unavailable, NotAsKept.
    """
    found, revisions = opened_status(ctx, number, code, address)
    state = found.state
    sent = _sent(state, product)
    sight = Sight(state, found.definition, found.region, revisions)
    content = _content(ctx, sight, product)
    if sent.opened_at is None:
        said = ProductNamed(product)
        act_by_clock(ctx, state.region, state.number, "open_file", details=said, process="status")
        # Somebody may have been quicker: with the file, or with what became of it.
        with ctx.database.read() as connection:
            now = queries.case(connection, state.region, state.number)
        if now is None or _sent(now.state, product).opened_at is None:
            raise _no_file()
    return content


def _content(ctx: Context, sight: Sight, product: str) -> bytes:
    signed = signed_product(ctx, sight, product)
    if signed is not None:
        return signed
    content = product_content(ctx, sight, product)
    if content is None:
        raise _no_file()
    return paper_of(ctx, sight, content)


def _sent(state: CaseState, product: str) -> SentFile:
    for each in sent_files(state):
        if each.product["id"] == product:
            return each
    raise _no_file()


def _no_file() -> NotFound:
    return NotFound("unknown_file", "Nothing of this case was sent to you as this file.")
