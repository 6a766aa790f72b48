"""A product on paper: its content, with the address where anybody checks whether it is genuine."""

from casetrack.domain.case.printed_product import ProductContent
from casetrack.domain.case.transitions import UNISSUED
from casetrack.usecases.case.verification import check_word
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context


def paper_of(ctx: Context, sight: Sight, content: ProductContent) -> bytes:
    """The sheet as PDF; the same content gives the same bytes, whoever asks for it.

    What is not issued has no address, id and check word: those of a print of a draft would vouch for it
    once the product is issued, whatever the draft said.
    """
    if content.state in (*UNISSUED, "voided"):
        return ctx.paper(content, None, sight.region.region.zone)
    word = check_word(ctx, content.id)
    address = f"{ctx.public_url}/verifikasi/{content.id}?k={word}"
    return ctx.paper(content, address, sight.region.region.zone)
