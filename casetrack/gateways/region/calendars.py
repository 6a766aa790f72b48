"""The working days of Indonesia: the `holidays` library, what an operator loaded since, a region's own.

Days off are the national holidays, nationwide election days and the joint leave (cuti bersama) of
the three-minister decree. The library leaves joint leave out unless asked, though offices close on
it. It is as new as its release: a decree that came later is loaded from a file, for all regions; it
knows no regional holidays, so those come in as overrides of the region.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

from casetrack.domain.clock import Calendar, DayKind, DayOverride, NamedDay
from casetrack.domain.errors import BadInput

LIBRARY_VERSION = f"holidays-{version('holidays')}/ID"

_SKB = "Keputusan Bersama Menteri Agama, Menteri Ketenagakerjaan, dan Menteri PANRB"
#: Year → the decree that the library's days were compared with, changes of it included.
DECREES: Mapping[int, str] = {
    2024: f"{_SKB} 855/2023, 3/2023, 4/2023",
    2025: f"{_SKB} 1017/2024, 2/2024, 2/2024, diubah 933/2025, 1/2025, 3/2025",
    2026: f"{_SKB} 1497/2025, 2/2025, 5/2025",
}


def calendar_for(
    zone: str, overrides: Sequence[DayOverride] = (), decreed: Sequence[NamedDay] = ()
) -> Calendar:
    """Give the calendar of a region in its zone.

    A day that was decreed since wins over the library, a region's override over both, both ways. The
    version names the library and digests of what was decreed and overridden: the same days give the
    same version whatever their order. Raises BadInput for an unknown zone and for a day given twice.
    """
    by_day = {override.day: override for override in overrides}
    if len(by_day) < len(overrides):
        twice = sorted({o.day.isoformat() for o in overrides if by_day[o.day] is not o})
        raise BadInput(f"local calendar: {', '.join(twice)} is given twice: keep one line a day")
    said = {day.day: day for day in decreed} | {o.day: _own(o) for o in overrides}
    closed = frozenset(day for day, named in said.items() if named.kind != "working_day")
    opened = frozenset(said) - closed

    @cache
    def days_off(year: int) -> frozenset[date]:
        return national_days_off(year) | closed

    def named(day: date) -> NamedDay | None:
        return said.get(day) or national_days(day.year).get(day)

    return Calendar(
        version=_version(overrides, decreed),
        zone=_zone(zone),
        days_off=days_off if closed else national_days_off,
        extra_working=opened,
        named=named,
    )


def _own(override: DayOverride) -> NamedDay:
    kind: DayKind = "working_day" if override.working else "day_off"
    return NamedDay(override.day, kind, override.name, override.name)


@cache
def national_days_off(year: int) -> frozenset[date]:
    """Give the national holidays and the joint leave of a year, as the library knows them."""
    return frozenset(national_days(year))


@cache
def national_days(year: int) -> Mapping[date, NamedDay]:
    """The same by day, with their names and the decree. A day that is both is a holiday."""
    return {
        **_days(year, "government", "joint_leave"),
        **_days(year, "public", "holiday"),
    }


def _days(year: int, category: str, kind: DayKind) -> dict[date, NamedDay]:
    names = [
        holidays.country_holidays("ID", years=year, categories=(category,), language=language)
        for language in ("id", "en_US")
    ]
    source = DECREES.get(year)
    return {
        day: NamedDay(day, kind, _first(names[0][day]), _first(names[1][day]), source)
        for day in names[0]
    }


def _first(name: str) -> str:
    """One name of a day that has several."""
    return name.split("; ")[0]


def _version(overrides: Sequence[DayOverride], decreed: Sequence[NamedDay]) -> str:
    own = sorted((o.day.isoformat(), o.working, o.name) for o in overrides)
    since = sorted((d.day.isoformat(), d.kind, d.id, d.en, d.source or "") for d in decreed)
    ends = [f"+decree-{_digest(since)}"] if since else []
    ends += [f"+local-{_digest(own)}"] if own else []
    return "".join((LIBRARY_VERSION, *ends))


def _digest(lines: object) -> str:
    canonical = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:8]


def _zone(name: str) -> ZoneInfo:
    # A name may also be a folder of the zone data, a path or not text at all: none is a zone.
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            f"zone: {name!r} is not a time zone: give Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
        ) from error
