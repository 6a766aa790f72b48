"""Mails to an officer's own address: the day's, of what nears its limit or missed it; that an electronic
signature waits; and what the law granted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetrack.domain.clock import Calendar
from casetrack.domain.delivery.receivers import OFFICER_SIGNATURE, OFFICER_TOLD_OF_GRANT
from casetrack.domain.events import Event, parse_instant
from casetrack.storage.delivery.claims import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.notify import plain_id
from casetrack.usecases.delivery.outcomes import DELIVERED, Outcome, PostFailed
from casetrack.usecases.delivery.owner_mail import Mail
from casetrack.usecases.people.officer_addresses import address_of

_SUBJECT = "Batas waktu {day}: {missed} terlewati, {near} mendekat / time limits"
#: Kind of limit → its heading in Bahasa Indonesia and in English.
_HEADINGS: Mapping[str, tuple[str, str]] = {
    "escalated": (
        "Terlewati dan belum selesai di instansi Anda (eskalasi)",
        "Missed and still not done at your agency (escalated to you)",
    ),
    "missed": ("Batas waktu terlewati", "Time limit missed"),
    "near": ("Batas waktu mendekat", "Time limit is near"),
}
_OPENING = (
    "Ringkasan harian batas waktu. Hari demi hari tiap batas waktu: GET /api/v1/cases/NOMOR/clock.",
    "The time limits of today. Each limit day by day: GET /api/v1/cases/NUMBER/clock.",
)
_OF_CASE = ("seluruh berkas", "the whole case")
_GRANTED = "[{number}] Dikabulkan menurut hukum / granted by law"
_GRANTED_TEXT = """Berkas {number} dikabulkan menurut hukum: batas waktunya berakhir {day} tanpa keputusan
({article}).
Yang memegang berkas (instansi, tahapan, petugas, hari kerja):
{held}
Daftar dan pemeriksaannya: GET /api/v1/deemed-grants.

The law granted the case {number}: its time limit ended on {day} without a decision ({article}).
Above: who held the file (agency, step, officer, working days). The list: GET /api/v1/deemed-grants.
"""
_HELD = "- {agency}, {step}, {officer}, {days}"
#: Of complaints no more is said here: who reads a mailbox may be whom one complains of.
_COMPLAINTS: Mapping[str, tuple[str, str]] = {
    "missed": (
        "Pengaduan yang batas waktunya terlewati: {count} (GET /api/v1/complaints)",
        "Complaints whose limit was missed: {count} (GET /api/v1/complaints)",
    ),
    "near": (
        "Pengaduan yang batas waktunya mendekat: {count} (GET /api/v1/complaints)",
        "Complaints whose limit is near: {count} (GET /api/v1/complaints)",
    ),
}
_MORE = ("dan {more} lainnya", "and {more} more")
_SIGNATURE = (
    "[{number}] Tanda tangan elektronik menunggu / electronic signature waits",
    "Produk {product} pada permohonan {number} menunggu tanda tangan elektronik {signer}: {why_id}.\n\n"
    "The product {product} of the case {number} waits for the electronic signature of {signer}: "
    "{why_en}.\n",
)
#: Why it waits, and what to do, in Bahasa Indonesia and in English.
_WHY: Mapping[str, tuple[str, str]] = {
    "certificate_expired": (
        "sertifikatnya sudah berakhir; perbarui, lalu tandatangani lagi",
        "the certificate has ended; have it renewed, and sign again",
    ),
    "signer_not_registered": (
        "layanan tanda tangan tidak mengenal penanda tangan; daftarkan, lalu tandatangani lagi",
        "the signing service knows no such signer; register there, and sign again",
    ),
    "given_up": (
        "sudah berulang kali dicoba tanpa hasil; periksa yang menandatangani, lalu tandatangani lagi",
        "it was tried again and again in vain; look at what signs, and sign again",
    ),
    "no_authority": (
        "kewenangan saat ditandatangani tidak berlaku lagi; yang berwenang menandatangani dari awal",
        "the power by which it was signed holds no more; who has it signs anew",
    ),
    "your_turn": (
        "layanan tanda tangan dapat dihubungi; tandatangani dengan NIK dan frasa sandi sendiri",
        "the signing service can be reached; sign with your own NIK and passphrase",
    ),
}


@dataclass(frozen=True, slots=True)
class ToOfficer:
    """The carrier of mails to officers; one without an address in their region's files hears nothing."""

    ctx: Context
    mail: Mail

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Numbers of cases, steps, days and logins; no name, and nothing about a person."""
        login = event.data["officer"]
        with self.ctx.database.read() as connection:
            address = address_of(self.ctx, connection, claim.region, login)
        if address is None:
            return Outcome("not_possible", "the officer has no e-mail address")
        calendar = self.ctx.region(claim.region)[1]
        if event.type == OFFICER_SIGNATURE:
            subject, text = _of_signature(event.data)
        elif event.type == OFFICER_TOLD_OF_GRANT:
            subject, text = _of_grant(event.data, calendar)
        else:
            subject, text = _of_limits(event.data, calendar)
        name = plain_id(claim.region, claim.position, claim.role)
        try:
            self.mail(address, subject, text, name)
        except PostFailed as error:
            return error.outcome()
        return Outcome(DELIVERED.state, name=name)


def _of_grant(data: Mapping[str, Any], calendar: Calendar) -> tuple[str, str]:
    """Which case the law granted, on which day, by which article, and who held it for how long."""
    day = calendar.local_date(parse_instant(data["due_at"])).isoformat()
    words = {"number": data["number"], "article": data["article"], "day": day}
    held = "\n".join(
        _HELD.format(
            **{name: each[name] or "-" for name in ("agency", "step", "officer")},
            days=each["days"],
        )
        for each in data["holders"]
    )
    return _GRANTED.format(**words), _GRANTED_TEXT.format(**words, held=held or "-")


def _of_signature(data: Mapping[str, Any]) -> tuple[str, str]:
    here, abroad = _WHY.get(data["because"], (data["because"],) * 2)
    words = {**data, "why_id": here, "why_en": abroad}
    return _SIGNATURE[0].format(**words), _SIGNATURE[1].format(**words)


def _of_limits(data: Mapping[str, Any], calendar: Calendar) -> tuple[str, str]:
    subject = _SUBJECT.format(
        day=data["day"],
        missed=len(data["missed"]) + len(data["escalated"]),
        near=len(data["near"]),
    )
    text = "\n\n".join(_text(data, calendar, language) for language in (0, 1))
    return subject, f"{text}\n"


def _text(data: Mapping[str, Any], calendar: Calendar, language: int) -> str:
    parts = [_OPENING[language]]
    for kind, headings in _HEADINGS.items():
        if data[kind]:
            parts.append(f"{headings[language]}:\n{_lines(data[kind], calendar, language)}")
    for kind, count in data.get("complaints", {}).items():
        parts.append(_COMPLAINTS[kind][language].format(count=count))
    if data["more"]:
        parts.append(_MORE[language].format(more=data["more"]))
    return "\n\n".join(parts)


def _lines(items: Sequence[Mapping[str, Any]], calendar: Calendar, language: int) -> str:
    return "\n".join(
        f"- {item['number']}, {item['step'] or _OF_CASE[language]}, "
        f"{parse_instant(item['due_at']).astimezone(calendar.zone):%Y-%m-%d %H:%M}"
        for item in items
    )
