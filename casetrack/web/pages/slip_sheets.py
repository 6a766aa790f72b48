"""The slips that a clerk prints: values in; a page or a PDF out, with the same words.

No value has room for a name or a NIK.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language, rupiah
from casetrack.gateways.printing.typesetter import pdf
from casetrack.gateways.qr import qr_svg
from casetrack.web.pages.beside_words import NOTHING_BESIDE, NOWHERE_NAMED, Beside, TakenAt
from casetrack.web.pages.citizen_pages import Outside, Tongue, render

#: Sentences in Bahasa Indonesia and English.
_NOT_STARTED = (
    (
        "Waktu mulai dihitung setelah berkas dinyatakan lengkap; Anda lalu mendapat bukti "
        "pendaftaran."
    ),
    "It starts once the file is declared complete; you then get a proof of registration.",
)
_STARTED = (
    (
        "Waktu hanya berhenti selama kami menunggu Anda atau hal di luar kendali kami, dan "
        "tidak pernah diulang dari nol."
    ),
    (
        "It stands still only while we wait for you or for something outside our control, and "
        "it never starts again from zero."
    ),
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
_USE_CODE = (
    "Gunakan kode akses pada tanda terima berkas.",
    "Use the access code on the receipt of your file.",
)


@dataclass(frozen=True, slots=True)
class CountedLimit:
    """How long a limit is, and its days with the reason why each counts or not."""

    how_long: Name
    days: tuple[Name, ...]


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


@dataclass(frozen=True, slots=True)
class ClockSlip:
    """How the limit is counted, as it stands (`hitungan batas waktu`).

    `stands` is why it stands still now; `counted` is None where the service has no limit.
    """

    number: str
    service: Name
    opened_at: datetime
    region: Name
    office: Name
    counter: Name | None
    zone: str
    status_url: str
    counted: CountedLimit | None
    started_at: datetime | None
    due_at: datetime | None
    stands: Name | None


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
        code=(t("Kode akses", "Access code"), _grouped(slip.access_code))
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
            t(*_STARTED),
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
            *_counted(tongue, slip.counted),
            *said_beside(tongue, slip.beside),
        ),
        address=slip.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint=t(*_USE_CODE),
        advice=t(*_KEEP_PROOF),
    )


def clock_sheet(slip: ClockSlip, *, language: str) -> Sheet:
    """How the limit is counted."""
    tongue = Tongue(known_language(language), slip.zone)
    t = tongue.t
    facts = [(t("Layanan", "Service"), tongue.said(slip.service))]
    if slip.counted:
        facts.append((t("Batas waktu layanan", "Time limit"), tongue.said(slip.counted.how_long)))
    if slip.started_at:
        facts.append((t("Dihitung sejak", "Counted from"), tongue.moment(slip.started_at)))
    by = t("Selesai paling lambat", "To be finished by")
    if slip.due_at:
        facts.append((by, tongue.moment(slip.due_at)))
    title = ("Hitungan batas waktu", "How the time limit is counted")
    return Sheet(
        language=tongue.language,
        region=tongue.said(slip.region),
        office=tongue.said(slip.office),
        counter=tongue.said(slip.counter) if slip.counter else "",
        title=t(*title),
        other_title=t(*reversed(title)),
        number=slip.number,
        facts=tuple(facts),
        large=by,
        made_at=slip.opened_at,
        clock=_standing(slip, tongue),
        lists=tuple(_counted(tongue, slip.counted)),
        address=slip.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint=t(*_USE_CODE),
        advice="",
    )


def _standing(slip: ClockSlip, tongue: Tongue) -> tuple[str, str]:
    t = tongue.t
    if slip.counted is None:
        return t("Layanan ini tidak mempunyai batas waktu.", "This service has no time limit."), ""
    if slip.stands is None:
        return t("Begini waktu dihitung.", "This is how the time is counted."), t(*_STARTED)
    why = tongue.said(slip.stands)
    return (
        t(f"Waktu BERHENTI dihitung: {why}.", f"The time STANDS STILL: {why}."),
        t(*_STARTED),
    )


def _counted(tongue: Tongue, limit: CountedLimit | None) -> list[Listing]:
    if limit is None or not limit.days:
        return []
    heading = tongue.t("Batas waktu hari demi hari", "The time limit day by day")
    items = tuple(tongue.said(day) for day in limit.days)
    return [Listing(f"{heading}: {tongue.said(limit.how_long)}", items)]


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


def _to_pay(tongue: Tongue, gratis: bool, fee: int | None) -> tuple[str, str]:
    t = tongue.t
    amount = f"{rupiah(fee)}. " if fee and not gratis else ""
    return t("Biaya", "To pay"), amount + t(*(_FREE if gratis else _BY_BILL))


def said_beside(tongue: Tongue, beside: Beside) -> list[Listing]:
    """What the region says beside the case."""
    return [Listing(heading, text=text) for heading, text in beside.said(tongue)]


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


def _grouped(code: str) -> str:
    """An access code in groups of four, as it is read aloud over a counter."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
