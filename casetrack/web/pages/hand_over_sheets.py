"""What is signed and kept at a hand-over, and of originals that went back: values in, a sheet out.

No value has room for a name, a NIK or the number of a card.
"""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language
from casetrack.web.pages.beside_words import NOTHING_BESIDE, Beside
from casetrack.web.pages.citizen_pages import Tongue
from casetrack.web.pages.sheet_form import Listing, Sheet, said_beside

_PARTIES = {
    "applicant": ("Pemohon", "The applicant"),
    "representative": ("Kuasa pemohon", "Who acts for the applicant"),
    "heir": ("Ahli waris", "An heir"),
}
_DOCUMENTS = {
    "ktp": ("KTP", "Identity card (KTP)"),
    "kk": ("Kartu keluarga", "Family card"),
    "sim": ("SIM", "Driving licence"),
    "passport": ("Paspor", "Passport"),
    "kitas": ("KITAS", "Residence permit"),
    "nib": ("NIB", "Business number (NIB)"),
    "npwp": ("NPWP", "Tax number (NPWP)"),
    "other": ("Dokumen lain", "Another document"),
}
_SIGNED = {"paper": ("di kertas", "on paper"), "screen": ("di layar", "on a screen")}
_MEANS = {
    "counter": ("Di loket", "At the counter"),
    "post": ("Dikirim lewat pos", "Sent by post"),
    "electronic": ("Dikirim secara elektronik", "Sent electronically"),
}
_UNSAID = ("tidak dicatat", "not written down")
_WAITS = (
    ("BELUM DISERAHKAN.", "NOT HANDED OVER YET."),
    (
        "Periksa isinya sebelum menandatangani. Jangan menandatangani lembar kosong.",
        "Look at it before you sign. Do not sign an empty sheet.",
    ),
)
_DONE = (
    ("SUDAH DISERAHKAN.", "HANDED OVER."),
    (
        "Bila isinya keliru, bawa kembali ke loket; perbaikan tidak dipungut biaya.",
        "If something in it is wrong, bring it back to the counter; a correction costs nothing.",
    ),
)
_WENT_BACK = ("Dokumen asli yang dikembalikan", "Originals that went back")
_STILL_HERE = ("Dokumen asli yang masih di kantor", "Originals that are still here")
_KEEP = (
    "Simpan lembar ini. Nomor kartu identitas tidak dicatat di sini.",
    "Keep this sheet. The number of your card is not written down here.",
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Which case it is, whose office prints it, where it is, and where the case is looked up."""

    number: str
    service: Name
    region: Name
    office: Name
    counter: Name | None
    zone: str
    status_url: str


@dataclass(frozen=True, slots=True)
class HandOverSlip:
    """The proof of hand-over (`bukti penyerahan`): to be signed, or of what was handed over."""

    issuer: Issuer
    at: datetime
    is_done: bool
    products: tuple[tuple[Name, str | None, int], ...]
    means: str
    party: str | None
    document: str | None
    signature: str | None
    officer: str | None
    second: str | None
    needs_second: bool
    returned: tuple[Name, ...] = ()
    held: tuple[Name, ...] = ()
    beside: Beside = NOTHING_BESIDE


@dataclass(frozen=True, slots=True)
class PapersSlip:
    """The receipt of originals that went back: of each when it came, when it went back and to whom."""

    issuer: Issuer
    at: datetime
    papers: tuple[tuple[Name, datetime, datetime | None, str | None], ...]
    beside: Beside = NOTHING_BESIDE


def hand_over_sheet(slip: HandOverSlip, *, language: str) -> Sheet:
    """What who collects signs, and afterwards what was written down."""
    tongue = Tongue(known_language(language), slip.issuer.zone)
    t = tongue.t
    clock = _DONE if slip.is_done else _WAITS
    return _sheet(
        tongue,
        slip.issuer,
        ("Bukti penyerahan", "Proof of hand-over"),
        slip.at,
        facts=_said_of(tongue, slip) if slip.is_done else (),
        clock=(t(*clock[0]), t(*clock[1])),
        lists=(
            Listing(
                t("Yang diserahkan", "What is handed over"),
                tuple(_product(tongue, *each) for each in slip.products),
                kind="have",
            ),
            *_papers(
                tongue,
                t(*_WENT_BACK),
                slip.returned,
                "have",
            ),
            *_papers(
                tongue,
                t(*_STILL_HERE),
                slip.held,
                "lack",
            ),
            *said_beside(tongue, slip.beside),
        ),
        lines=() if slip.is_done else _lines(tongue, slip.needs_second),
    )


def papers_sheet(slip: PapersSlip, *, language: str) -> Sheet:
    """The originals that the office held, and what became of each."""
    tongue = Tongue(known_language(language), slip.issuer.zone)
    t = tongue.t
    back = [each for each in slip.papers if each[2] is not None]
    held = [each for each in slip.papers if each[2] is None]
    says = (
        (t("MASIH ADA DI KANTOR.", "SOME ARE STILL HERE."), t(
            "Ambil dengan membawa lembar ini.", "Collect them with this sheet."))
        if held
        else (t("SEMUA SUDAH DIKEMBALIKAN.", "ALL WENT BACK."), "")
    )  # fmt: skip
    return _sheet(
        tongue,
        slip.issuer,
        ("Tanda terima pengembalian dokumen asli", "Receipt of returned originals"),
        slip.at,
        facts=(),
        clock=says,
        lists=(
            *_listed(t(*_WENT_BACK), tuple(_back(tongue, *each) for each in back), "have"),
            *_listed(
                t(*_STILL_HERE),
                tuple(_held(tongue, *each) for each in held),
                "lack",
            ),
            *said_beside(tongue, slip.beside),
        ),
        lines=_lines(tongue, False),
    )


def _sheet(
    tongue: Tongue,
    issuer: Issuer,
    title: tuple[str, str],
    at: datetime,
    *,
    facts: tuple[tuple[str, str], ...],
    clock: tuple[str, str],
    lists: tuple[Listing, ...],
    lines: tuple[str, ...],
) -> Sheet:
    t, (own, english) = tongue.t, title
    return Sheet(
        language=tongue.language,
        region=tongue.said(issuer.region),
        office=tongue.said(issuer.office),
        counter=tongue.said(issuer.counter) if issuer.counter else "",
        title=t(own, english),
        other_title=t(english, own),
        number=issuer.number,
        facts=((t("Layanan", "Service"), tongue.said(issuer.service)), *facts),
        clock=clock,
        lists=lists,
        address=issuer.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint="",
        advice=t(*_KEEP),
        made_at=at,
        lines=lines,
    )


def _said_of(tongue: Tongue, slip: HandOverSlip) -> tuple[tuple[str, str], ...]:
    t, seen = tongue.t, _DOCUMENTS.get(slip.document or "", _UNSAID)
    who = (
        (t("Diterima oleh", "Received by"), t(*_PARTIES.get(slip.party or "", _UNSAID))),
        (
            t("Dokumen yang dilihat", "Document that was seen"),
            t(*seen),
        ),
        (t("Tanda tangan", "Signature"), t(*_SIGNED.get(slip.signature or "", _UNSAID))),
    )
    second = ((t("Petugas kedua", "Second officer"), slip.second),) if slip.second else ()
    return (
        (t("Diserahkan pada", "Handed over on"), tongue.moment(slip.at)),
        (t("Cara", "How"), t(*_MEANS[slip.means])),
        *(who if slip.means == "counter" else ()),
        (t("Petugas", "Officer"), slip.officer or ""),
        *second,
    )


def _lines(tongue: Tongue, second: bool) -> tuple[str, ...]:
    t = tongue.t
    more = (t("Tanda tangan petugas kedua", "Signature of the second officer"),) if second else ()
    return (
        t("Tanda tangan yang menerima, hari dan jam", "Signature of who receives it, day and hour"),
        t("Tanda tangan petugas", "Signature of the officer"),
        *more,
    )


def _product(tongue: Tongue, name: Name, number: str | None, edition: int) -> str:
    t = tongue.t
    parts = [tongue.said(name)]
    if number:
        parts.append(t(f"nomor {number}", f"number {number}"))
    if edition > 1:
        parts.append(t(f"naskah ke-{edition}", f"edition {edition}"))
    return ", ".join(parts)


def _back(
    tongue: Tongue, name: Name, came: datetime, returned: datetime | None, to: str | None
) -> str:
    t = tongue.t
    who = t(*_PARTIES[to]) if to else t(*_UNSAID)
    day, there = tongue.moment(came), tongue.moment(returned) if returned else ""
    return t(
        f"{tongue.said(name)}: diterima {day}, dikembalikan {there} kepada: {who}",
        f"{tongue.said(name)}: taken in {day}, given back {there} to: {who}",
    )


def _held(
    tongue: Tongue, name: Name, came: datetime, returned: datetime | None, to: str | None
) -> str:
    day = tongue.moment(came)
    return tongue.t(f"{tongue.said(name)}: diterima {day}", f"{tongue.said(name)}: taken in {day}")


def _papers(tongue: Tongue, heading: str, names: tuple[Name, ...], kind: str) -> list[Listing]:
    return _listed(heading, tuple(tongue.said(each) for each in names), kind)


def _listed(heading: str, items: tuple[str, ...], kind: str) -> list[Listing]:
    return [Listing(heading, items, kind=kind)] if items else []
