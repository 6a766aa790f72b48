"""Receipts that are filled in by hand while the system is away, one for each number set aside."""

from collections.abc import Sequence
from dataclasses import dataclass

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language
from casetrack.gateways.qr import qr_svg
from casetrack.web.pages.citizen_pages import Tongue, render


@dataclass(frozen=True, slots=True)
class ReservedSheet:
    """A receipt before anything is written on it: its number, service and office, the papers to tick."""

    number: str
    service: Name
    region: Name
    office: Name
    counter: Name | None
    requirements: tuple[Name, ...]
    status_url: str


def reserved_page(sheets: Sequence[ReservedSheet], *, language: str) -> str:
    """All of them as one page to print, a sheet of paper each."""
    drawn = [(sheet, qr_svg(sheet.status_url)) for sheet in sheets]
    return render("reserved.html", Tongue(known_language(language)), sheets=drawn)
