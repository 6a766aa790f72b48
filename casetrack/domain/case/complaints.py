"""A complaint: what may be done to it, and until when.

It has a stream of its own and touches no case. Events hold ids, codes and digests; what was said, and
whom it complains of, stands elsewhere, sealed or as a digest under the master key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from casetrack.domain.case.complaint_desk import ComplaintDesk, ComplaintLimit
from casetrack.domain.clock import Calendar, deadline, near_at
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import TYPE_PREFIX, instant

STREAM = "complaint/"
_ONE_SECOND = timedelta(seconds=1)
#: What it is about. `conduct` is how an officer behaves, `money` what somebody asked for or took.
ComplaintKind = Literal["information", "delay", "requirements", "service", "conduct", "money"]
#: diterima, ditanggapi, ditindaklanjuti, dijawab, selesai.
ComplaintState = Literal["received", "reacted", "in_work", "answered", "closed"]
COMPLAINT_STATES: tuple[ComplaintState, ...] = get_args(ComplaintState)
ComplaintWay = Literal["page", "api", "paper", "counter"]
#: Why it is over: it was answered; who complained takes it back; it is the same as another; another body
#: has to answer, under its own number.
ClosedAs = Literal["answered", "withdrawn", "duplicate", "elsewhere"]
ComplaintAction = Literal[
    "react",
    "begin_work",
    "answer",
    "close",
    "name_officer",
    "hand_on",
    "note_outside_number",
    "note_corrective_action",
    "answer_corrective_action",
]
OutsideSystem = Literal["lapor", "ombudsman", "other"]

#: Only the inspectorate reads these.
INSPECTORATE_ONLY: tuple[ComplaintKind, ...] = ("money",)
#: These begin there, since nobody knows yet whom of the desk they are about.
AT_INSPECTORATE: tuple[ComplaintKind, ...] = ("conduct", "money")
_LIMIT_OF: Mapping[ComplaintKind, ComplaintLimit] = {
    "information": "request",
    "delay": "desk",
    "requirements": "desk",
    "service": "desk",
    "conduct": "field",
    "money": "field",
}
#: From which states an action leads on; those that are not here change no state.
_FROM: Mapping[ComplaintAction, tuple[ComplaintState, ...]] = {
    "react": ("received",),
    "begin_work": ("received", "reacted"),
    "answer": ("received", "reacted", "in_work"),
    "close": ("received", "reacted", "in_work", "answered"),
    "name_officer": ("received", "reacted", "in_work"),
    "hand_on": ("received", "reacted", "in_work"),
}
_TYPE: Mapping[ComplaintAction, str] = {
    "react": "reacted",
    "begin_work": "begun",
    "answer": "answered",
    "close": "closed",
    "name_officer": "officer_named",
    "hand_on": "handed_on",
    "note_outside_number": "outside_number",
    "note_corrective_action": "corrective_action",
    "answer_corrective_action": "corrective_answered",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """All that its events say, as it stands."""

    number: str
    version: int
    state: ComplaintState
    kind: ComplaintKind
    limit: ComplaintLimit
    way: ComplaintWay
    agency: str
    case: str | None
    about_agency: str | None
    #: Digest of the login complained of.
    about: str | None
    subject: str | None
    named: bool
    access_digest: str
    received_at: datetime
    received_by: str | None
    reaction_due_at: datetime
    answer_due_at: datetime
    reacted_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_as: str | None = None
    outside: tuple[Mapping[str, Any], ...] = ()
    corrective: tuple[Mapping[str, Any], ...] = ()
    #: Which limits were told: "near reaction", "missed answer".
    told: tuple[str, ...] = ()


def first_agency(
    desk: ComplaintDesk, kind: ComplaintKind, officer_agency: str | None, about_agency: str | None
) -> str:
    """Who works on a complaint of this kind, about an officer of an agency (None: about none) or about
    an agency as such.

    The inspectorate does not judge itself where somebody above it is named.
    """
    if kind not in AT_INSPECTORATE and officer_agency != desk.desk:
        return desk.desk
    itself = officer_agency is None and about_agency == desk.inspectorate
    return desk.above.agency if itself and desk.above else desk.inspectorate


def limits_of(
    desk: ComplaintDesk, name: ComplaintLimit, received_at: datetime, calendar: Calendar
) -> tuple[datetime, datetime]:
    """Until when somebody has to react, and to answer."""
    reaction, answer = desk.limits["reaction"].limit, desk.limits[name].limit
    return (
        deadline(received_at, reaction, (), calendar),
        deadline(received_at, answer, (), calendar),
    )


def limit_of(kind: ComplaintKind) -> ComplaintLimit:
    """Which limit the answer has, before anybody said that it needs an examination on the spot."""
    return _LIMIT_OF[kind]


# --- the clock ------------------------------------------------------------------------------------


def watched(state: Complaint) -> tuple[str, datetime] | None:
    """What the clock has to tell next, and when; None: nothing more."""
    found = []
    ends = {"reaction": state.reacted_at or state.answered_at, "answer": state.answered_at}
    dues = {"reaction": state.reaction_due_at, "answer": state.answer_due_at}
    for name, due in dues.items():
        if ends[name] is not None or state.state == "closed":
            continue
        # A day ends with its last second, in which the limit is still kept.
        times = {"near": near_at(state.received_at, due), "missed": due + _ONE_SECOND}
        found += [(at, f"{what} {name}") for what, at in times.items()]
    open_ones = sorted((at, what) for at, what in found if what not in state.told)
    return (open_ones[0][1], open_ones[0][0]) if open_ones else None


def told_event(state: Complaint, what: str) -> tuple[str, dict[str, Any]]:
    """Type and data of the event that says a limit is near or was missed."""
    near_or_missed, _, name = what.partition(" ")
    due = state.reaction_due_at if name == "reaction" else state.answer_due_at
    kind = "limit_near" if near_or_missed == "near" else "limit_missed"
    return f"{TYPE_PREFIX}complaint.{kind}", {"limit": name, "due_at": instant(due)}


def standing(state: Complaint) -> str:
    """How its limits stand by what the clock noted: missed, near, or nothing."""
    ends = {"reaction": state.reacted_at or state.answered_at, "answer": state.answered_at}
    running = [name for name, end in ends.items() if end is None and state.state != "closed"]
    found = {each.partition(" ")[0] for each in state.told if each.partition(" ")[2] in running}
    return "missed" if "missed" in found else "near" if "near" in found else ""


# --- acts -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComplaintAct:
    """What an officer does; `text` is the reference of the sealed text that goes with it."""

    action: ComplaintAction
    text: Mapping[str, str] | None = None
    #: With a reaction: that an examination on the spot is needed, and its limit counts.
    on_the_spot: bool = False
    closed_as: ClosedAs = "answered"
    agency: str | None = None
    #: Digest of the login complained of, and their agency.
    about: str | None = None
    system: OutsideSystem = "lapor"
    number: str = ""
    corrective: str = ""
    due: str | None = None


def act_event(
    state: Complaint, act: ComplaintAct, desk: ComplaintDesk, calendar: Calendar
) -> tuple[str, dict[str, Any]]:
    """Type and data of the event that the act is. Raises NotNow, Invalid."""
    allowed = _FROM.get(act.action, COMPLAINT_STATES)
    if state.state not in allowed:
        raise NotNow(
            "complaint_state",
            f"A complaint that is {state.state} cannot {act.action.replace('_', ' ')}; it takes "
            f"{' or '.join(allowed)}.",
        )
    said = _SAID[act.action](state, act, desk, calendar) if act.action in _SAID else {}
    text = {"text": dict(act.text)} if act.text else {}
    return f"{TYPE_PREFIX}complaint.{_TYPE[act.action]}", {**text, **said}


_Data = dict[str, Any]


def _react(state: Complaint, act: ComplaintAct, desk: ComplaintDesk, calendar: Calendar) -> _Data:
    limit: ComplaintLimit = "field" if act.on_the_spot else state.limit
    due = limits_of(desk, limit, state.received_at, calendar)[1]
    return {"limit": limit, "answer_due_at": instant(due)}


def _close(state: Complaint, act: ComplaintAct, *_: Any) -> _Data:
    _check_closing(state, act.closed_as)
    return {"as": act.closed_as}


def _name_officer(state: Complaint, act: ComplaintAct, desk: ComplaintDesk, _: Any) -> _Data:
    to_inspectorate = act.agency == state.agency or state.kind in AT_INSPECTORATE
    is_above = desk.above is not None and state.agency == desk.above.agency
    agency = desk.inspectorate if to_inspectorate and not is_above else state.agency
    return {"about": act.about, "about_agency": act.agency, "agency": agency}


def _hand_on(state: Complaint, act: ComplaintAct, *_: Any) -> _Data:
    _check_handing_on(state, act.agency)
    return {"agency": act.agency}


def _outside_number(state: Complaint, act: ComplaintAct, *_: Any) -> _Data:
    if any((each["system"], each["number"]) == (act.system, act.number) for each in state.outside):
        raise NotNow("outside_number_known", "This number is kept with the complaint.")
    return {"system": act.system, "number": act.number}


def _corrective(_: Complaint, act: ComplaintAct, *__: Any) -> _Data:
    return {"id": act.corrective, "number": act.number, "due": act.due}


def _corrective_answered(state: Complaint, act: ComplaintAct, *_: Any) -> _Data:
    known = [each for each in state.corrective if each["id"] == act.corrective]
    if not known:
        raise _field("id", "there is no such corrective action")
    if known[0]["answered_at"]:
        raise NotNow("corrective_answered", "This corrective action was answered already.")
    return {"id": act.corrective}


_SAID: Mapping[ComplaintAction, Callable[..., _Data]] = {
    "react": _react,
    "close": _close,
    "name_officer": _name_officer,
    "hand_on": _hand_on,
    "note_outside_number": _outside_number,
    "note_corrective_action": _corrective,
    "answer_corrective_action": _corrective_answered,
}


def _check_closing(state: Complaint, closed_as: ClosedAs) -> None:
    if closed_as == "answered" and state.state != "answered":
        raise NotNow(
            "complaint_state", "Only an answered complaint is closed as answered; answer it first."
        )
    if closed_as == "elsewhere" and not state.outside:
        raise _field("as", "note the number that the other body gave it first")


def _check_handing_on(state: Complaint, agency: str | None) -> None:
    if state.kind in INSPECTORATE_ONLY:
        raise NotNow(
            "inspectorate_only",
            "A complaint about money stays with the inspectorate; answer it there.",
        )
    if state.kind == "conduct" and state.about is None:
        raise NotNow(
            "officer_not_named",
            "Name the officer complained of first, so that neither they nor their subordinates read it.",
        )
    if agency == state.agency:
        raise _field("agency", "the complaint is there already")


def _field(at: str, message: str) -> Invalid:
    return Invalid("invalid_body", f"{at}: {message}.", errors=[{"at": at, "message": message}])
