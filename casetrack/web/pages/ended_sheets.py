"""The letter that says why a product was annulled or revoked: values in, a sheet out."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.case.reviews import MayObject
from casetrack.gateways.dates import known_language
from casetrack.usecases.case.told_grounds import EndedProduct
from casetrack.web.pages.citizen_pages import Tongue
from casetrack.web.pages.hand_over_sheets import Issuer
from casetrack.web.pages.rights_words import objection_words
from casetrack.web.pages.sheet_form import Listing, Sheet
from casetrack.web.pages.wording import Words

_TITLES: dict[str, Words] = {
    "annulled": ("Surat pembatalan", "Letter of annulment"),
    "revoked": ("Surat pencabutan", "Letter of revocation"),
}
_OVER: dict[str, Words] = {
    "annulled": ("DIBATALKAN.", "ANNULLED."),
    "revoked": ("DICABUT.", "REVOKED."),
}
_COUNTS: Words = ("Dokumen ini tidak berlaku lagi.", "This document is valid no more.")
_BY: dict[str, Words] = {
    "official": ("Pejabat yang berwenang di kantor ini", "The official in charge at this office"),
    "superior": ("Atasan pejabat", "The official's superior"),
    "court": ("Pengadilan", "A court"),
}


@dataclass(frozen=True, slots=True)
class EndedSlip:
    """What ended, who decided it in which office and by which document, and what is left to do.

    `office` is how who decided signs, line by line; `version` is the event with the passport.
    """

    issuer: Issuer
    at: datetime
    product: EndedProduct
    office: tuple[str, ...]
    version: int
    may: MayObject | None


def ended_sheet(slip: EndedSlip, *, language: str) -> Sheet:
    """The letter: what, since when, by whom, why, and how to object."""
    tongue = Tongue(known_language(language), slip.issuer.zone)
    t, issuer, product = tongue.t, slip.issuer, slip.product
    own, english = _TITLES[product.status]
    return Sheet(
        language=tongue.language,
        region=tongue.said(issuer.region),
        office=tongue.said(issuer.office),
        counter=tongue.said(issuer.counter) if issuer.counter else "",
        title=t(own, english),
        other_title=t(english, own),
        number=issuer.number,
        facts=_facts(tongue, slip),
        clock=(t(*_OVER[product.status]), t(*_COUNTS)),
        lists=tuple(_lists(tongue, slip)),
        address=issuer.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint="",
        advice=t(
            "Bila dokumen aslinya ada pada Anda, bawalah ke loket.",
            "If you have the original, bring it to the counter.",
        ),
        made_at=slip.at,
    )


def _facts(tongue: Tongue, slip: EndedSlip) -> tuple[tuple[str, str], ...]:
    t, product = tongue.t, slip.product
    who = ", ".join(line.rstrip(",") for line in slip.office) or t(*_BY[product.by])
    document = product.instrument
    parts = [document["number"], document["dated"], document.get("issuer")]
    return (
        (t("Layanan", "Service"), tongue.said(slip.issuer.service)),
        (
            t("Dokumen", "Document"),
            " ".join(filter(None, (tongue.said(product.name), product.number))),
        ),
        (t("Sejak", "Since"), tongue.moment(slip.at)),
        (t("Diputus oleh", "Decided by"), who),
        (t("Berdasarkan", "By"), ", ".join(filter(None, parts))),
        (t("Paspor wewenang", "Passport"), t(f"peristiwa {slip.version}", f"event {slip.version}")),
    )


def _lists(tongue: Tongue, slip: EndedSlip) -> list[Listing]:
    t, because = tongue.t, slip.product.because
    found = []
    if because is not None:
        grounds = tuple(f"{e.facts} {e.rule} {e.reason}" for e in because.written.grounds)
        found.append(Listing(t("Alasan", "Grounds"), grounds))
        found.append(Listing(t("Dasar pertimbangan", "Relied on"), because.written.relied_on))
        if because.why_not_heard:
            heading = t("Mengapa Anda tidak didengar lebih dahulu", "Why you were not heard first")
            found.append(Listing(heading, text=because.why_not_heard))
    if slip.may is not None:
        said = objection_words(slip.may, tongue.language)
        found.append(Listing(t("Bila Anda berkeberatan", "If you object"), text=said))
    return [each for each in found if each.items or each.text]
