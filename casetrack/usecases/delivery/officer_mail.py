"""The mail of the day to an officer's own address: what nears its limit or missed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetrack.domain.clock import Calendar
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
_MORE = ("dan {more} lainnya", "and {more} more")


@dataclass(frozen=True, slots=True)
class ToOfficer:
    """The carrier of mails to officers; one without an address in their region's files hears nothing."""

    ctx: Context
    mail: Mail

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Numbers of cases, steps and days; no name, and nothing about a person."""
        login = event.data["officer"]
        with self.ctx.database.read() as connection:
            address = address_of(self.ctx, connection, claim.region, login)
        if address is None:
            return Outcome("not_possible", "the officer has no e-mail address")
        _, calendar = self.ctx.region(claim.region)
        data = event.data
        subject = _SUBJECT.format(
            day=data["day"],
            missed=len(data["missed"]) + len(data["escalated"]),
            near=len(data["near"]),
        )
        text = "\n\n".join(_text(data, calendar, language) for language in (0, 1))
        name = plain_id(claim.region, claim.position, claim.role)
        try:
            self.mail(address, subject, f"{text}\n", name)
        except PostFailed as error:
            return error.outcome()
        return Outcome(DELIVERED.state, name=name)


def _text(data: Mapping[str, Any], calendar: Calendar, language: int) -> str:
    parts = [_OPENING[language]]
    for kind, headings in _HEADINGS.items():
        if data[kind]:
            parts.append(f"{headings[language]}:\n{_lines(data[kind], calendar, language)}")
    if data["more"]:
        parts.append(_MORE[language].format(more=data["more"]))
    return "\n\n".join(parts)


def _lines(items: Sequence[Mapping[str, Any]], calendar: Calendar, language: int) -> str:
    return "\n".join(
        f"- {item['number']}, {item['step'] or _OF_CASE[language]}, "
        f"{parse_instant(item['due_at']).astimezone(calendar.zone):%Y-%m-%d %H:%M}"
        for item in items
    )
