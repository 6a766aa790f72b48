"""The receipt of a visit: one sheet for several cases, made of the receipts of each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from casetrack.web.pages.citizen_pages import Tongue
from casetrack.web.pages.sheet_form import Listing, Sheet
from casetrack.web.pages.slip_sheets import ReceiptSlip, receipt_sheet

_TITLE = ("Tanda terima kunjungan", "Receipt of a visit")


def visit_sheet(slips: Sequence[ReceiptSlip], *, language: str) -> Sheet:
    """What is the same for all stands once, then each service with its number and what is its own."""
    sheets = [receipt_sheet(slip, language=language) for slip in slips]
    first = sheets[0]
    t = Tongue(first.language, slips[0].zone).t
    shared = [fact for fact in first.facts[1:] if all(fact in each.facts for each in sheets)]
    return replace(
        first,
        title=t(*_TITLE),
        other_title=t(*reversed(_TITLE)),
        number=first.number,
        facts=(*shared, *(fact for each in sheets for fact in _own(each, shared))),
        lists=(
            *(listing for each in sheets for listing in _papers(each)),
            *(listing for listing in first.lists if not listing.kind),
        ),
    )


def _own(sheet: Sheet, shared: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The service with its number, and what the other cases do not say alike."""
    (_, service), *rest = sheet.facts
    yield service, sheet.number
    yield from (fact for fact in rest if fact not in shared)


def _papers(sheet: Sheet) -> Iterator[Listing]:
    """What was received and what is missing, below the number of its case."""
    for listing in sheet.lists:
        if listing.kind:
            yield replace(listing, heading=f"{sheet.number}: {listing.heading}")
