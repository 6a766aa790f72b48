"""Which days can be: one set of rules for every body that says one.

A day of something that was cannot be to come, nor lie before anybody kept papers; what attests it is not
older; an end is not before its start; nobody dies, or gives a power, before they are born.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from casetrack.domain.errors import Invalid

#: The republic's first day: no case is about an older fact, nor rests on an older paper.
FIRST = date(1945, 8, 17)
#: Nobody lives longer, so a year of two digits is at most so long ago.
_OLDEST = 120
#: An end that is further off is a slip of the hand; without one there is none.
_FURTHEST = 100
_WOMAN = 40

#: Where it stands in the body, and what is wrong with it and how to mend it.
Fault = tuple[str, str]


def past_faults(at: str, day: date, today: date) -> Iterator[Fault]:
    """Of the day of a fact, or of a paper that somebody holds in their hand."""
    if day > today:
        yield at, f"it is still to come; give a day up to {today}"
    elif day < FIRST:
        yield at, f"no fact of a case is older than {FIRST}; compare the year"


def order_faults(at: str, day: date, first: date | None, of: str) -> Iterator[Fault]:
    """Of a day that cannot come before another one; None where that is not known."""
    if first is not None and day < first:
        yield at, f"it is before {of}, {first}; compare both days"


def end_faults(at: str, day: date, today: date) -> Iterator[Fault]:
    """Of a last day that is to run from now on."""
    if day < today:
        yield at, "it has passed"
    elif day.year > today.year + _FURTHEST:
        yield at, f"it is more than {_FURTHEST} years off; compare the year, or give none"


def born(nik: str | None, today: date) -> date | None:
    """The earliest day on which who has this NIK can have been born; None where it does not say one.

    It has two digits of the year: whoever can be over a hundred may be of the century before.
    """
    if nik is None or len(nik) != 16 or not nik.isascii() or not nik.isdigit():
        return None
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    day -= _WOMAN if day > _WOMAN else 0
    for century in (1800, 1900, 2000, 2100):
        try:
            found = date(century + year, month, day)
        except ValueError:
            continue  # no day of that year; a doubtful NIK bars nobody
        if today.year - found.year <= _OLDEST:
            return found if found <= today else None
    return None


def check(faults: Iterable[Fault]) -> None:
    """Raises Invalid with all that is wrong."""
    found = [{"at": at, "message": message} for at, message in faults]
    if found:
        told = "; ".join(f"{fault['at']}: {fault['message']}" for fault in found)
        raise Invalid("invalid_body", f"{told}.", errors=found)
