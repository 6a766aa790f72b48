"""How a moment and a name are said to a person: in their language, on their region's wall clock."""

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from casetrack.domain.people.contact import LANGUAGES
from casetrack.domain.service.day_words import MONTHS

#: The first one is what everybody gets whose language is not known.

_WEEKDAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": MONTHS,
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
#: Keputusan Presiden 41/1987; these zones have kept their offset since 1988.
_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


class Bilingual(Protocol):
    """Anything that is named in both languages, such as a catalogue name."""

    @property
    def id(self) -> str:
        """In Bahasa Indonesia."""

    @property
    def en(self) -> str:
        """In English."""


def known_language(language: str | None) -> str:
    """`id` or `en` for what a person or a browser asked for ("en-GB"); `id` for anything else."""
    wanted = (language or "").strip().lower().replace("_", "-").partition("-")[0]
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def in_language(name: Bilingual, language: str) -> str:
    """The name in this language."""
    return name.en if known_language(language) == "en" else name.id


def plain_date(day: date, language: str) -> str:
    """A day without its weekday, as papers write it: "26 Januari 2021", "26 January 2021"."""
    return f"{day.day} {_MONTHS[known_language(language)][day.month - 1]} {day.year}"


def local_date(moment: datetime, zone: str, language: str) -> str:
    """Weekday and date where the office is: "Selasa, 1 Desember 2026", "Tuesday, 1 December 2026".

    Raises ValueError for a moment without a zone of its own.
    """
    return _date(_local(moment, zone), known_language(language))


def local_moment(moment: datetime, zone: str, language: str) -> str:
    """`local_date` with the time to the minute and the zone's short name.

    "Selasa, 1 Desember 2026 pukul 23.59 WITA", "Tuesday, 1 December 2026, 23:59 WITA". Seconds are
    cut off, so that a limit that ends at 23:59:59 never reads as the next day.
    """
    here, language = _local(moment, zone), known_language(language)
    if language == "en":
        return f"{_date(here, language)}, {here:%H:%M} {_zone_name(here, zone)}"
    return f"{_date(here, language)} pukul {here:%H.%M} {_zone_name(here, zone)}"


def local_slot(begins: datetime, ends: datetime, zone: str, language: str) -> str:
    """A day with its hours: "Selasa, 1 Desember 2026 pukul 09.00-11.00 WITA"."""
    here, until, language = _local(begins, zone), _local(ends, zone), known_language(language)
    if language == "en":
        return f"{_date(here, language)}, {here:%H:%M}-{until:%H:%M} {_zone_name(here, zone)}"
    return f"{_date(here, language)} pukul {here:%H.%M}-{until:%H.%M} {_zone_name(here, zone)}"


def short_date(moment: datetime, zone: str, language: str) -> str:
    """The date as an SMS has room for it: "1 Des 2026", "1 Dec 2026"."""
    here = _local(moment, zone)
    return f"{here.day} {_MONTHS[known_language(language)][here.month - 1][:3]} {here.year}"


def _local(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be told to anybody")
    return moment.astimezone(ZoneInfo(zone))


def _date(here: datetime, language: str) -> str:
    return f"{_WEEKDAYS[language][here.weekday()]}, {plain_date(here, language)}"


def _zone_name(here: datetime, zone: str) -> str:
    if zone in _ZONES:
        return _ZONES[zone]
    minutes = (here.utcoffset() or timedelta()) // timedelta(minutes=1)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if not hours and not rest:
        return "UTC"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def rupiah(amount: int) -> str:
    """An amount as one writes it in Indonesia: Rp1.250.000."""
    return f"Rp{amount:,}".replace(",", ".")
