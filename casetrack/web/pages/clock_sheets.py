"""The days of a limit on paper: a slip of its own, and the list that other slips have of them."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language
from casetrack.web.pages.citizen_pages import Tongue
from casetrack.web.pages.sheet_form import Listing, Sheet

#: Sentences in Bahasa Indonesia and English.
STARTED = (
    (
        "Waktu hanya berhenti selama kami menunggu Anda atau hal di luar kendali kami, dan "
        "tidak pernah diulang dari nol."
    ),
    (
        "It stands still only while we wait for you or for something outside our control, and "
        "it never starts again from zero."
    ),
)
USE_CODE = (
    "Gunakan kode akses pada tanda terima berkas.",
    "Use the access code on the receipt of your file.",
)


@dataclass(frozen=True, slots=True)
class CountedLimit:
    """How long a limit is, and its days with the reason why each counts or not."""

    how_long: Name
    days: tuple[Name, ...]


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
    #: How its inspections stand.
    inspections: tuple[Name, ...] = ()


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
        lists=(*inspected(tongue, slip.inspections), *counted_days(tongue, slip.counted)),
        address=slip.status_url,
        look=t("Cek status", "Check the status"),
        code=None,
        hint=t(*USE_CODE),
        advice="",
    )


def _standing(slip: ClockSlip, tongue: Tongue) -> tuple[str, str]:
    t = tongue.t
    if slip.counted is None:
        return t("Layanan ini tidak mempunyai batas waktu.", "This service has no time limit."), ""
    if slip.stands is None:
        return t("Begini waktu dihitung.", "This is how the time is counted."), t(*STARTED)
    why = tongue.said(slip.stands)
    return (
        t(f"Waktu BERHENTI dihitung: {why}.", f"The time STANDS STILL: {why}."),
        t(*STARTED),
    )


def inspected(tongue: Tongue, inspections: tuple[Name, ...]) -> list[Listing]:
    """The inspections as a list; nothing where there is none."""
    heading = tongue.t("Peninjauan lapangan", "Site inspection")
    return [Listing(heading, tuple(map(tongue.said, inspections)))] if inspections else []


def counted_days(tongue: Tongue, limit: CountedLimit | None) -> list[Listing]:
    """The limit's days as a list; nothing where there is none."""
    if limit is None or not limit.days:
        return []
    heading = tongue.t("Batas waktu hari demi hari", "The time limit day by day")
    items = tuple(tongue.said(day) for day in limit.days)
    return [Listing(f"{heading}: {tongue.said(limit.how_long)}", items)]
