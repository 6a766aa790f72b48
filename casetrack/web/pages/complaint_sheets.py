"""The slip that who complains on the page keeps: number, code, until when there is an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language
from casetrack.gateways.printing.letterhead import government
from casetrack.gateways.qr import qr_svg
from casetrack.web.pages.citizen_pages import Tongue, render
from casetrack.web.pages.complaint_words import KINDS
from casetrack.web.pages.sheet_form import Listing, Sheet
from casetrack.web.pages.slip_sheets import grouped

_UNTOUCHED = (
    "Pengaduan tidak memengaruhi permohonan Anda.",
    "A complaint does not touch your application.",
)
_CUT = ("Kode pengaduan", "Code of the complaint")
_ONCE = (
    "Kode ini hanya ditampilkan satu kali. Siapa yang memilikinya dapat membaca jawabannya.",
    "This code is shown once. Who has it can read the answer.",
)
_SHOWN = (
    "Pengaduan ini sudah diterima; kodenya sudah ditampilkan satu kali dan tidak ditampilkan lagi.",
    "This complaint came in already; its code was shown once and is not shown again.",
)
_KEEP = (
    "Simpan lembar ini: nomor dan kode membuka jawaban, tanpa nama dan tanpa akun.",
    "Keep this slip: number and code open the answer, without a name or an account.",
)


@dataclass(frozen=True, slots=True)
class ComplaintSlip:
    """A complaint as the door gave it, where it was taken in, and its code where it is told."""

    view: Mapping[str, Any]
    region: Name
    zone: str
    outside: tuple[Name, ...]
    status_url: str
    code: str | None


def complaint_page(slip: ComplaintSlip, *, language: str) -> str:
    """The slip as a page to print, which leads on to how the complaint stands."""
    sheet = complaint_sheet(slip, language=language)
    path = f"/pengaduan/{sheet.number}?lang={sheet.language}"
    return render(
        "complaint_slip.html",
        Tongue(sheet.language),
        sheet=sheet,
        qr=qr_svg(sheet.address),
        path=path,
    )


def complaint_sheet(slip: ComplaintSlip, *, language: str) -> Sheet:
    """What stands on it."""
    tongue = Tongue(known_language(language), slip.zone)
    t, view = tongue.t, slip.view
    received = parse_instant(view["received_at"])
    reaction = tongue.day(parse_instant(view["reaction_due_at"]))
    answer = tongue.day(parse_instant(view["answer_due_at"]))
    words = " ".join(map(tongue.said, slip.outside))
    return Sheet(
        language=tongue.language,
        region=tongue.said(government(slip.region)),
        office=t("Pengaduan", "Complaints"),
        counter="",
        title=t("Tanda terima pengaduan", "Receipt of a complaint"),
        other_title=t("Receipt of a complaint", "Tanda terima pengaduan"),
        number=view["number"],
        facts=(
            (t("Tentang", "About"), t(*KINDS[view["kind"]])),
            (t("Diterima pada", "Received on"), tongue.moment(received)),
        ),
        clock=(
            f"{t('Tanggapan pertama paling lambat', 'First reaction by')} {reaction}.",
            f"{t('Jawaban paling lambat', 'Answer by')} {answer}. {t(*_UNTOUCHED)}",
        ),
        lists=(Listing(t("Di luar kantor ini", "Outside this office"), text=words),)
        if words
        else (),
        address=slip.status_url,
        look=t("Lihat jawabannya", "Look at the answer"),
        code=(t("Kode", "Code"), grouped(slip.code)) if slip.code else None,
        hint="" if slip.code else t(*_SHOWN),
        advice=t(*_KEEP),
        made_at=received,
        strip=(t(*_CUT), t(*_ONCE)) if slip.code else None,
    )
