"""Until when a file that was sent back waits for its applicant, and when they are told that it does.

After the last day the case may be closed as lapsed. Nobody closes it but an officer.
"""

from datetime import date, timedelta

from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.clock import Calendar, cap_end
from casetrack.domain.events import instant, parse_instant

#: So many days before the last one the applicant is told, once each.
_TOLD_BEFORE = (10, 3)


def lapse_of(setting: Setting) -> Document:
    """What a case keeps when it is sent back: its last day, how many days before it the applicant is
    still to be told, and when next."""
    cap = setting.definition.pause_caps["applicant"]
    last = setting.calendar.local_date(cap_end(setting.now, cap, setting.calendar))
    return _left(last, _TOLD_BEFORE, setting)


def told(lapse: Document, setting: Setting) -> Document:
    """The same once the applicant was told; several that were missed are told as one."""
    return _left(date.fromisoformat(lapse["on"]), lapse["left"], setting)


def _left(last: date, before: tuple[int, ...] | list[int], setting: Setting) -> Document:
    today = setting.calendar.local_date(setting.now)
    left = [days for days in before if last - timedelta(days=days) > today]
    return {"on": last.isoformat(), "left": left, "next_at": _next_at(last, left, setting.calendar)}


def _next_at(last: date, left: list[int], calendar: Calendar) -> str | None:
    return instant(calendar.start_of(last - timedelta(days=left[0]))) if left else None


def is_near(state: CaseState, setting: Setting) -> bool:
    """Whether the applicant is to be told now that the case may lapse."""
    next_at = (state.lapse or {}).get("next_at")
    return next_at is not None and parse_instant(next_at) <= setting.now


def is_lapsing(state: CaseState) -> bool:
    """Whether the applicant was told for the last time, and did not come: somebody tells them."""
    return state.status == "returned" and state.lapse is not None and not state.lapse["left"]
