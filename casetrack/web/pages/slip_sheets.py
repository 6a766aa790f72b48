"""The slips that a clerk prints: values in; a page or a PDF out, with the same words.

No value has room for a name or a NIK.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language, rupiah
from casetrack.web.pages.beside_words import NOTHING_BESIDE, NOWHERE_NAMED, Beside, TakenAt
from casetrack.web.pages.citizen_pages import Outside, Tongue
from casetrack.web.pages.clock_sheets import (
    STARTED,
    USE_CODE,
    CountedLimit,
    counted_days,
    inspected,
)
from casetrack.web.pages.sheet_form import Listing, Sheet, said_beside

#: Sentences in Bahasa Indonesia and English.
_NOT_STARTED = (
    (
        "Waktu mulai dihitung setelah berkas dinyatakan lengkap; Anda lalu mendapat bukti "
        "pendaftaran."
    ),
    "It starts once the file is declared complete; you then get a proof of registration.",
)
_ELSEWHERE = (
    (
        "Instansi ini mengerjakan berkas Anda di kantornya sendiri. Berkas tetap diajukan dan "
        "diambil di loket mal."
    ),
    (
        "These agencies work on your file in their own office. The file is still handed in and "
        "the result collected at the mall."
    ),
)
_FREE = (
    "GRATIS, jangan membayar tanpa kode billing resmi.",
    "NOTHING, pay nothing without an official payment code.",
)
_BY_BILL = (
    "Hanya menurut surat tagihan; jangan membayar tanpa kode billing resmi.",
    "By an official bill alone; pay nothing without an official payment code.",
)
_NO_PERMIT = (
    "Tanda terima ini bukan izin dan bukan bukti kelengkapan.",
    "This receipt is no permit and no proof that the file is complete.",
)
_CUT = ("Gunting di sini dan simpan terpisah", "Cut here and keep it apart")
_KEEP_RECEIPT = (
    "Simpan tanda terima ini dan bawalah setiap kali datang ke loket.",
    "Keep this receipt and bring it whenever you come to the counter.",
)
_GUARD_CODE = (
    "Kode akses membuka rincian dan keputusan. Jangan berikan kepada siapa pun.",
    "The access code opens the details and the decision. Do not give it to anybody.",
)
_KEEP_PROOF = (
    "Simpan bukti ini. Bawalah beserta kartu identitas saat mengambil hasilnya.",
    "Keep this proof. Bring it with your identity card when you collect the result.",
)


@dataclass(frozen=True, slots=True)
class ReceiptSlip:
    """The file has been received; its clock has not started (`tanda terima berkas`).

    `agency` is the front office that took it, `due_at` the end of the completeness check. The
    access code is printed only when it is given, at the opening or after a reissue.
    """

    number: str
    service: Name
    agency: Name
    received_at: datetime
    due_at: datetime | None
    #: Whose office it is, the office, and where it is and when open; None where nobody said.
    region: Name
    office: Name
    counter: Name | None
    zone: str
    status_url: str
    access_code: str | None = None
    taken_at: TakenAt = NOWHERE_NAMED
    received: tuple[Name, ...] = ()
    missing: tuple[Name, ...] = ()
    outside: tuple[Outside, ...] = ()
    #: Whether nothing is to be paid.
    gratis: bool = False
    #: What the service costs, in rupiah, where that is known beforehand.
    fee: int | None = None
    beside: Beside = NOTHING_BESIDE


@dataclass(frozen=True, slots=True)
class RegistrationSlip:
    """The file is complete and its clock has started (`bukti pendaftaran`)."""

    number: str
    service: Name
    agency: Name
    declared_complete_at: datetime
    due_at: datetime | None
    #: Whose office it is, the office, and where it is and when open; None where nobody said.
    region: Name
    office: Name
    counter: Name | None
    zone: str
    status_url: str
    received: tuple[Name, ...] = ()
    #: Required documents that a supervisor waived, and why, in their words; None when these were erased.
    waived: tuple[Name, ...] = ()
    reason: str | None = None
    #: Whether nothing is to be paid.
    gratis: bool = False
    #: What the service costs, in rupiah, where that is known beforehand.
    fee: int | None = None
    beside: Beside = NOTHING_BESIDE
    #: None while the limit stands still.
    counted: CountedLimit | None = None
    #: How its inspections stand.
    inspections: tuple[Name, ...] = ()


def receipt_sheet(slip: ReceiptSlip, *, language: str) -> Sheet:
    """The receipt of the file."""
    tongue = Tongue(known_language(language), slip.zone)
    t = tongue.t
    due = [(t("Kelengkapan diperiksa paling lambat", "Completeness checked by"),
            tongue.moment(slip.due_at))] if slip.due_at else []  # fmt: skip
    return Sheet(
        language=tongue.language,
        region=tongue.said(slip.region),
        office=tongue.said(slip.office),
        counter=tongue.said(slip.counter) if slip.counter else "",
        title=t("Tanda terima berkas", "Receipt of the file"),
        other_title=t("Receipt of the file", "Tanda terima berkas"),
        number=slip.number,
        facts=(
            (t("Layanan", "Service"), tongue.said(slip.service)),
            (t("Diterima oleh", "Received by"), tongue.said(slip.agency)),
            *slip.taken_at.said(tongue),
            (t("Diterima pada", "Received on"), tongue.moment(slip.received_at)),
            *due,
            _to_pay(tongue, slip.gratis, slip.fee),
        ),
        clock=(
            t("Waktu penyelesaian BELUM dihitung.", "The time limit has NOT started."),
            t(*_NOT_STARTED),
        ),
        lists=(
            *_documents(tongue, t("Diterima", "Received"), slip.received, "have"),
            *_documents(tongue, t("Masih kurang", "Still missing"), slip.missing, "lack"),
            *_outside(tongue, slip.outside),
            *said_beside(tongue, slip.beside),
        ),
        address=slip.status_url,
        look=t("Cek status", "Check the status"),
        code=(t("Kode akses", "Access code"), grouped(slip.access_code))
        if slip.access_code
        else None,
        hint="",
        made_at=slip.received_at,
        notice=t(*_NO_PERMIT),
        strip=(t(*_CUT), t(*_GUARD_CODE)) if slip.access_code else None,
        advice=t(*_KEEP_RECEIPT),
    )


def registration_sheet(slip: RegistrationSlip, *, language: str) -> Sheet:
    """The proof of registration."""
    tongue = Tongue(known_language(language), slip.zone)
    t = tongue.t
    by = t("Selesai paling lambat", "To be finished by")
    due = [(by, tongue.moment(slip.due_at))] if slip.due_at else []
    reason = slip.reason or t("sudah dihapus", "erased")
    without = f"{t('Alasan', 'Reason')}: {reason}"
    return Sheet(
        language=tongue.language,
        region=tongue.said(slip.region),
        office=tongue.said(slip.office),
        counter=tongue.said(slip.counter) if slip.counter else "",
        title=t("Bukti pendaftaran", "Proof of registration"),
        other_title=t("Proof of registration", "Bukti pendaftaran"),
        number=slip.number,
        facts=(
            (t("Layanan", "Service"), tongue.said(slip.service)),
            (t("Berkas ada di", "The file is with"), tongue.said(slip.agency)),
            (
                t("Dinyatakan lengkap pada", "Declared complete on"),
                tongue.moment(slip.declared_complete_at),
            ),
            *due,
            _to_pay(tongue, slip.gratis, slip.fee),
        ),
        large=by,
        made_at=slip.declared_complete_at,
        clock=(
            t("Waktu penyelesaian SUDAH dihitung.", "The time limit HAS started."),
            t(*STARTED),
        ),
        lists=(
            *_documents(
                tongue, t("Berkas yang diterima", "Documents received"), slip.received, "have"
            ),
            *_documents(
                tongue,
                t("Dinyatakan lengkap tanpa", "Declared complete without"),
                slip.waived,
                "lack",
                without,
            ),
            *inspected(tongue, slip.inspections),
            *counted_days(tongue, slip.counted),
            *said_beside(tongue, slip.beside),
        ),
        address=slip.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint=t(*USE_CODE),
        advice=t(*_KEEP_PROOF),
    )


def _to_pay(tongue: Tongue, gratis: bool, fee: int | None) -> tuple[str, str]:
    t = tongue.t
    amount = f"{rupiah(fee)}. " if fee and not gratis else ""
    return t("Biaya", "To pay"), amount + t(*(_FREE if gratis else _BY_BILL))


def _documents(
    tongue: Tongue, heading: str, names: Iterable[Name], kind: str, text: str = ""
) -> list[Listing]:
    items = tuple(tongue.said(name) for name in names)
    return [Listing(heading, items, text, kind)] if items else []


def _outside(tongue: Tongue, agencies: tuple[Outside, ...]) -> list[Listing]:
    t = tongue.t
    items = tuple(
        f"{tongue.said(name)}: "
        + (
            tongue.said(office)
            if office
            else t("tanyakan alamatnya di loket", "ask at the counter where it is")
        )
        for name, office in agencies
    )
    text = t(*_ELSEWHERE)
    heading = t("Di luar mal pelayanan", "Outside the mall")
    return [Listing(heading, items, text)] if items else []


def grouped(code: str) -> str:
    """An access code in groups of four, as it is read aloud over a counter."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
