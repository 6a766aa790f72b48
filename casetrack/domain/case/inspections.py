"""An inspection (peninjauan lapangan): an open step promises the applicant a day and hours, keeps them,
moves them with a reason, or records that nobody was met.

The slot lies in the working days and hours of the step's agency. No limit stands still for it, whoever
wants it moved.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from casetrack.domain.case.case_people import check_speaker
from casetrack.domain.case.commands import Act, details_of, find_step, missing
from casetrack.domain.case.inspection_details import InspectionSaid
from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft, Setting, require_status, target_calendar
from casetrack.domain.case.transitions import INSPECTION_ACTIONS
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant, parse_instant

Said = tuple[str, dict[str, Any]]
_PROMISED = "promised"


def check_inspection(act: Act, setting: Setting) -> None:
    """Raises Invalid for what an act about an inspection lacks, or a slot that cannot be."""
    if act.action not in INSPECTION_ACTIONS:
        return
    said = details_of(act, InspectionSaid)
    for name in said.misplaced:
        raise _wrong([{"at": name, "message": f"{act.action} takes none"}])
    if act.action == "record_inspection":
        if said.outcome is None:
            raise missing("outcome", "say whether it took place")
        if said.outcome == "not_met" and said.because_of is None:
            raise missing("because_of", "say because of whom it did not take place")
        return
    _check_said(act, said)
    faults = list(_slot_faults(act, said, setting))
    if faults:
        raise _wrong(faults)


def _check_said(act: Act, said: InspectionSaid) -> None:
    for name in ("on", "begins", "ends"):
        if getattr(said, name) is None:
            raise missing(name, "say the day, from when and until when")
    if act.action == "promise_inspection" and not act.note:
        raise missing("place", "say where it is")
    if act.action == "move_inspection":
        if said.moved_by is None:
            raise missing("moved_by", "say who wants it moved")
        if not act.note:
            raise missing("note", "say why it is moved")


def _wrong(errors: list[dict[str, str]]) -> Invalid:
    told = "; ".join(f"{each['at']}: {each['message']}" for each in errors)
    return Invalid("invalid_body", f"{told}.", errors=errors)


def _slot_faults(act: Act, said: InspectionSaid, setting: Setting) -> Iterator[dict[str, str]]:
    """What is wrong with the slot: its order, that it is to come, the agency's days and hours."""
    step = find_step(setting.definition, act.step or "")
    on, begins, ends = said.on or date.min, said.begins or time.min, said.ends or time.min
    if begins >= ends:
        yield {"at": "ends", "message": "comes after the beginning"}
    if _begins_at(on, begins, setting.calendar) <= setting.now:
        yield {"at": "on", "message": "is yet to come"}
    if not target_calendar(step, setting.calendar).is_working_day(on):
        yield {"at": "on", "message": "is a working day of the agency"}
    spans = setting.opens(step.agency, on) if setting.opens is not None else ()
    if spans and not (spans[0][0] <= begins and ends <= spans[-1][1]):
        yield {"at": "begins", "message": "lies in the hours of the agency"}


def _begins_at(on: date, begins: time, calendar: Calendar) -> datetime:
    return datetime.combine(on, begins, calendar.zone).astimezone(UTC)


def act_on_inspection(draft: Draft, act: Act, setting: Setting) -> Said:
    """One of `INSPECTION_ACTIONS`. Raises NotNow."""
    check_speaker(draft.before, act.action, act.reason)
    require_status(draft, act.action, INSPECTION_ACTIONS[act.action])
    return _HANDLERS[act.action](draft, act, setting)


def promised(state: CaseState, step: str) -> Document | None:
    """The inspection that the step has promised and that is still to come."""
    here = [e for e in state.inspections if e["step"] == step and e["state"] == _PROMISED]
    return here[-1] if here else None


def _promise(draft: Draft, act: Act, setting: Setting) -> Said:
    step = find_step(setting.definition, act.step or "")
    status = draft.steps[step.id].status
    if status not in ("ready", "in_progress"):
        raise NotNow(
            "status_forbids",
            f"An inspection is promised while the step is open; {step.id} is {status}.",
            status_now=status,
        )
    if promised(draft.case, step.id) is not None:
        raise NotNow("inspection_promised", "The step has promised an inspection; move that one.")
    made: Document = {
        "id": str(len(draft.case.inspections) + 1),
        "step": step.id,
        "agency": step.agency,
        **_slot(act, setting),
        "place": dict(act.note or {}),
        "state": _PROMISED,
        "officer": act.actor.id,
        "promised_at": instant(setting.now),
        "moves": [],
        "because_of": None,
        "recorded_at": None,
    }
    draft.case = but(draft.case, inspections=(*draft.case.inspections, made))
    return "inspection.promised", _told(made)


def _slot(act: Act, setting: Setting) -> Document:
    said = details_of(act, InspectionSaid)
    on, begins, ends = said.on or date.min, said.begins or time.min, said.ends or time.min
    return {
        "on": on.isoformat(),
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "next_at": _next_at(on, setting),
    }


def _next_at(on: date, setting: Setting) -> str | None:
    """When the applicant is reminded: the working day before; None where that has come already."""
    day = on - timedelta(days=1)
    while not setting.calendar.is_working_day(day):
        day -= timedelta(days=1)
    at = setting.calendar.start_of(day)
    return instant(at) if at > setting.now else None


def _told(inspection: Document) -> dict[str, Any]:
    slot = {name: inspection[name] for name in ("on", "begins", "ends")}
    return {"inspection": inspection["id"], "agency": inspection["agency"], "slot": slot}


def _open(draft: Draft, act: Act) -> Document:
    there = promised(draft.case, act.step or "")
    if there is None:
        raise NotNow("no_inspection", "The step has promised no inspection; promise one first.")
    return there


def _put(draft: Draft, inspection: Document) -> None:
    kept = tuple(
        inspection if each["id"] == inspection["id"] else each for each in draft.case.inspections
    )
    draft.case = but(draft.case, inspections=kept)


def _move(draft: Draft, act: Act, setting: Setting) -> Said:
    there, said = _open(draft, act), details_of(act, InspectionSaid)
    before = {name: there[name] for name in ("on", "begins", "ends")}
    mark = {"at": instant(setting.now), "officer": act.actor.id, "by": said.moved_by, **before}
    moved = {**there, **_slot(act, setting), "moves": [*there["moves"], mark]}
    _put(draft, moved)
    return "inspection.moved", {**_told(moved), "by": said.moved_by}


def _record(draft: Draft, act: Act, setting: Setting) -> Said:
    there, said = _open(draft, act), details_of(act, InspectionSaid)
    begins = time.fromisoformat(there["begins"])
    if _begins_at(date.fromisoformat(there["on"]), begins, setting.calendar) > setting.now:
        raise NotNow(
            "inspection_to_come",
            "The inspection has not begun yet; move it where it will not take place.",
        )
    because_of = said.because_of if said.outcome == "not_met" else None
    over = {
        **there,
        "state": said.outcome,
        "because_of": because_of,
        "recorded_at": instant(setting.now),
        "next_at": None,
    }
    _put(draft, over)
    told = {"by": because_of} if because_of else {}
    return f"inspection.{said.outcome}", {**_told(over), **told}


_HANDLERS: Mapping[str, Callable[[Draft, Act, Setting], Said]] = {
    "promise_inspection": _promise,
    "move_inspection": _move,
    "record_inspection": _record,
}


def due_reminder(state: CaseState, now: datetime) -> Document | None:
    """The inspection of which the applicant is to be reminded now."""
    for each in state.inspections:
        if each["next_at"] is not None and parse_instant(each["next_at"]) <= now:
            return each
    return None


def reminded(state: CaseState, inspection: Document) -> tuple[CaseState, dict[str, Any]]:
    """The case once the applicant was reminded, and what the event says of it."""
    kept = tuple(
        {**each, "next_at": None} if each["id"] == inspection["id"] else each
        for each in state.inspections
    )
    return but(state, inspections=kept), {"step": inspection["step"], **_told(inspection)}
