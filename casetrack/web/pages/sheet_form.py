"""What every slip is made of, and how it becomes a page or a PDF with the same words."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.gateways.printing.typesetter import pdf
from casetrack.gateways.qr import qr_svg
from casetrack.web.pages.beside_words import Beside
from casetrack.web.pages.citizen_pages import Tongue, render


@dataclass(frozen=True, slots=True)
class Listing:
    """A heading, a text below it, and items: documents that are there (`have`) or not (`lack`)."""

    heading: str
    items: tuple[str, ...] = ()
    text: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a slip, in the order in which it is read. A pair is a label and what is said."""

    language: str
    region: str
    office: str
    #: Where the office is and when open; empty where nobody said.
    counter: str
    title: str
    other_title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    #: A sentence to be seen first, and what it means.
    clock: tuple[str, str]
    lists: tuple[Listing, ...]
    address: str
    look: str
    code: tuple[str, str] | None
    hint: str
    advice: str
    #: When what it says happened: the date of the document.
    made_at: datetime
    #: A fact that is set large, by its label.
    large: str = ""
    #: A sentence that nobody is to miss.
    notice: str = ""
    #: Above the strip on which the code stands alone, and what stands below it there.
    strip: tuple[str, str] | None = None
    #: Lines that are written on by hand: what stands below each.
    lines: tuple[str, ...] = ()
    #: Across a sheet that holds no more.
    across: str = ""


def slip_page(sheet: Sheet) -> str:
    """The sheet as a page to print, with the status page as QR code and text."""
    return render("slip.html", Tongue(sheet.language), sheet=sheet, qr=qr_svg(sheet.address))


def slip_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF; the same sheet gives the same bytes."""
    return pdf("slip", _values(sheet), sheet.made_at)


def _values(sheet: Sheet) -> dict[str, object]:
    return {
        "language": sheet.language,
        "other_language": "id" if sheet.language == "en" else "en",
        "region": sheet.region,
        "office": sheet.office,
        "counter": sheet.counter,
        "title": sheet.title,
        "other_title": sheet.other_title,
        "number": sheet.number,
        "made_on": [sheet.made_at.year, sheet.made_at.month, sheet.made_at.day],
        "facts": [list(pair) for pair in sheet.facts],
        "clock": list(sheet.clock),
        "lists": [
            {
                "heading": each.heading,
                "items": list(each.items),
                "text": each.text,
                "kind": each.kind,
            }
            for each in sheet.lists
        ],
        "look": {
            "heading": sheet.look,
            "address": sheet.address,
            "qr": qr_svg(sheet.address),
            "code": list(sheet.code) if sheet.code else None,
            "hint": sheet.hint,
        },
        "advice": sheet.advice,
        "notice": sheet.notice,
        "strip": list(sheet.strip) if sheet.strip else None,
        "lines": list(sheet.lines),
        "across": sheet.across,
    }


def said_beside(tongue: Tongue, beside: Beside) -> list[Listing]:
    """What the region says beside the case."""
    return [Listing(heading, text=text) for heading, text in beside.said(tongue)]
