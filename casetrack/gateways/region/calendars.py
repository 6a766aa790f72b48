"""The working days of Indonesia, from the `holidays` library and a region's own overrides.

Days off are the national holidays, nationwide election days and the joint leave (cuti bersama) of
the three-minister decree. The library leaves joint leave out unless asked, though offices close on
it; it knows no regional holidays, so those come in as overrides.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

from casetrack.domain.clock import Calendar, DayOverride
from casetrack.domain.errors import BadInput

LIBRARY_VERSION = f"holidays-{version('holidays')}/ID"


def calendar_for(zone: str, overrides: Sequence[DayOverride] = ()) -> Calendar:
    """Give the calendar of a region in its zone; an override wins over the library, both ways.

    The version names the library and, with overrides, a digest of them: the same days give the same
    version whatever their order. Raises BadInput for an unknown zone and for a day given twice.
    """
    by_day = {override.day: override for override in overrides}
    if len(by_day) < len(overrides):
        twice = sorted({o.day.isoformat() for o in overrides if by_day[o.day] is not o})
        raise BadInput(f"local calendar: {', '.join(twice)} is given twice: keep one line a day")
    closed = frozenset(day for day, override in by_day.items() if not override.working)

    @cache
    def days_off(year: int) -> frozenset[date]:
        return national_days_off(year) | closed

    return Calendar(
        version=_version(overrides),
        zone=_zone(zone),
        days_off=days_off if closed else national_days_off,
        extra_working=frozenset(by_day) - closed,
    )


@cache
def national_days_off(year: int) -> frozenset[date]:
    """Give the national holidays and the joint leave of a year, as the library knows them."""
    return _days(year, "public") | _days(year, "government")


@cache
def _days(year: int, category: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ID", years=year, categories=(category,)))


def _version(overrides: Sequence[DayOverride]) -> str:
    if not overrides:
        return LIBRARY_VERSION
    lines = sorted((o.day.isoformat(), o.working, o.name) for o in overrides)
    canonical = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
    return f"{LIBRARY_VERSION}+local-{sha256(canonical.encode()).hexdigest()[:8]}"


def _zone(name: str) -> ZoneInfo:
    # A name may also be a folder of the zone data, a path or not text at all: none is a zone.
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            f"zone: {name!r} is not a time zone: give Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
        ) from error
