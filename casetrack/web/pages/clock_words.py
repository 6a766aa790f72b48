"""How a limit and each of its days are said to a person: what counted, what did not, and why."""

from collections.abc import Mapping, Sequence
from datetime import date

from casetrack.domain.case.clock_days import CountedDay
from casetrack.domain.clock import TimeLimit, Unit
from casetrack.domain.service.day_words import MONTHS
from casetrack.domain.service.definition import Name

_WEEKDAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: Of a day that did not count: what it is called before its own name.
_REASONS: Mapping[str, Name] = {
    "weekend": Name("akhir pekan", "weekend"),
    "holiday": Name("hari libur nasional", "national holiday"),
    "joint_leave": Name("cuti bersama", "joint leave"),
    "day_off": Name("hari libur daerah", "the region's own day off"),
    "not_agency_day": Name("bukan hari kerja instansi ini", "not a working day of this agency"),
}
#: Why the clock stood, and so whose days those are.
_STOPPED: Mapping[str, Name] = {
    "applicant": Name("menunggu pemohon melengkapi", "waiting for the applicant to complete it"),
    "payment": Name("menunggu pembayaran pemohon", "waiting for the applicant's payment"),
    "parties": Name("menunggu kejelasan tentang para pihak", "waiting for who stands in the case"),
    "external_system": Name("menunggu sistem instansi lain", "waiting for another agency's system"),
    "court": Name("menunggu pengadilan", "waiting for a court"),
    "force_majeure": Name("keadaan kahar", "force majeure"),
    "elsewhere": Name("berkas tidak di tahapan ini", "the file was not at this step"),
}
_UNITS: Mapping[Unit, Name] = {
    "working_days": Name("hari kerja", "working days"),
    "calendar_days": Name("hari kalender", "calendar days"),
    "hours": Name("jam", "hours"),
    "minutes": Name("menit", "minutes"),
}
_NOT = Name("tidak dihitung", "not counted")


def stopped(reason: str) -> Name:
    """Why a clock stood."""
    return _STOPPED.get(reason, _STOPPED["elsewhere"])


def how_long(limit: TimeLimit) -> Name:
    """Such as 5 hari kerja; 5 working days."""
    unit = _UNITS[limit.unit]
    return Name(f"{limit.value} {unit.id}", f"{limit.value} {unit.en}")


def because(day: CountedDay, limit: TimeLimit, *, of_case: bool) -> Name:
    """Why a day counts, or does not."""
    if day.reason == "start":
        return _start(of_case=of_case)
    if day.count:
        return _counted(day, limit)
    if day.reason == "pause":
        why = stopped(day.stopped_by or "")
        return Name(f"waktu berhenti, {why.id}, {_NOT.id}", f"the clock stood, {why.en}, {_NOT.en}")
    why = _REASONS[day.reason]
    if day.named is None:
        return Name(f"{why.id}, {_NOT.id}", f"{why.en}, {_NOT.en}")
    if day.reason == "not_agency_day" and day.named.source is not None:
        # The day has no name of its own: by which rule the agency does not work is what is new.
        rule = day.named.source
        return Name(f"{why.id} ({rule}), {_NOT.id}", f"{why.en} ({rule}), {_NOT.en}")
    return Name(
        f"{_with(why.id, day.named.id, 'cuti bersama')}, {_NOT.id}",
        f"{why.en} ({day.named.en}), {_NOT.en}",
    )


def _with(kind: str, name: str, told: str) -> str:
    """A kind with a day's own name; a name that says the kind already is not told twice."""
    if kind == told and name.casefold().startswith(told):
        return f"{kind}{name[len(told) :]}"
    return f"{kind} ({name})"


def _start(*, of_case: bool) -> Name:
    if of_case:
        return Name("berkas dinyatakan lengkap, hari ke-0", "the file was declared complete, day 0")
    return Name("tahapan dimulai, hari ke-0", "the step began, day 0")


def _counted(day: CountedDay, limit: TimeLimit) -> Name:
    if limit.unit == "calendar_days":
        return Name(f"hari ke-{day.count}", f"day {day.count}")
    told = Name(f"hari kerja ke-{day.count}", f"working day {day.count}")
    if day.named is None:
        return told
    return Name(f"{told.id} ({day.named.id})", f"{told.en} ({day.named.en})")


def day_name(day: date, first: date) -> Name:
    """Such as Rab 18 Maret; Wed 18 March. The year is told where it is not that of the first day."""
    year = f" {day.year}" if day.year != first.year else ""
    weekday = day.weekday()
    return Name(
        f"{_WEEKDAYS['id'][weekday]} {day.day} {MONTHS[day.month - 1]}{year}",
        f"{_WEEKDAYS['en'][weekday]} {day.day} {_ENGLISH[day.month - 1]}{year}",
    )


def sentence(day: CountedDay, limit: TimeLimit, first: date, *, of_case: bool) -> Name:
    """Such as "Rab 18 Maret: cuti bersama Hari Suci Nyepi, tidak dihitung"."""
    when, why = day_name(day.day, first), because(day, limit, of_case=of_case)
    return Name(f"{when.id}: {why.id}", f"{when.en}: {why.en}")


def sentences(days: Sequence[CountedDay], limit: TimeLimit, *, of_case: bool) -> tuple[Name, ...]:
    """Every day of a limit; weekends stand as one line."""
    told: list[Name] = []
    first = days[0].day if days else date.min
    for place, day in enumerate(days):
        after = days[place + 1] if place + 1 < len(days) else None
        before = days[place - 1] if place else None
        if _both_weekend(day, after):
            continue
        if _both_weekend(before, day) and before is not None:
            one, two = day_name(before.day, first), day_name(day.day, first)
            why = because(day, limit, of_case=of_case)
            told.append(Name(f"{one.id} - {two.id}: {why.id}", f"{one.en} - {two.en}: {why.en}"))
            continue
        told.append(sentence(day, limit, first, of_case=of_case))
    return tuple(told)


def _both_weekend(one: CountedDay | None, two: CountedDay | None) -> bool:
    return one is not None and two is not None and one.reason == two.reason == "weekend"
