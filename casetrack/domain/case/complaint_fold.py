"""A complaint as the events of its own stream say it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from casetrack.domain.case.complaints import Complaint
from casetrack.domain.events import TYPE_PREFIX, instant, parse_instant

_Data = Mapping[str, Any]
_Step = Callable[[Complaint, _Data, datetime], Complaint]


def begun(number: str, data: _Data, by: str | None) -> Complaint:
    """The state that its first event makes; `by` is the officer who entered it."""
    return Complaint(
        *(number, 1, "received", data["kind"], data["limit"], data["way"], data["agency"]),
        *(data["case"], data["about_agency"], data["about"], data["subject"], data["named"]),
        *(data["access"], parse_instant(data["received_at"]), by),
        *(parse_instant(data["reaction_due_at"]), parse_instant(data["answer_due_at"])),
    )


def folded(state: Complaint, event_type: str, data: _Data, at: datetime) -> Complaint:
    """The state behind one more event. Raises KeyError for what no rule here made."""
    step = _STEPS[event_type.removeprefix(f"{TYPE_PREFIX}complaint.")]
    return step(replace(state, version=state.version + 1), data, at)


def _reacted(state: Complaint, data: _Data, at: datetime) -> Complaint:
    due = parse_instant(data["answer_due_at"])
    return replace(state, state="reacted", reacted_at=at, limit=data["limit"], answer_due_at=due)


def _begun(state: Complaint, _: _Data, at: datetime) -> Complaint:
    return replace(state, state="in_work", reacted_at=state.reacted_at or at)


def _answered(state: Complaint, _: _Data, at: datetime) -> Complaint:
    return replace(state, state="answered", answered_at=at, reacted_at=state.reacted_at or at)


def _closed(state: Complaint, data: _Data, at: datetime) -> Complaint:
    return replace(state, state="closed", closed_at=at, closed_as=data["as"])


def _officer_named(state: Complaint, data: _Data, _: datetime) -> Complaint:
    about, whose = data["about"], data["about_agency"]
    return replace(state, about=about, about_agency=whose, agency=data["agency"])


def _handed_on(state: Complaint, data: _Data, _: datetime) -> Complaint:
    return replace(state, agency=data["agency"])


def _outside_number(state: Complaint, data: _Data, _: datetime) -> Complaint:
    one = {"system": data["system"], "number": data["number"]}
    return replace(state, outside=(*state.outside, one))


def _corrective_action(state: Complaint, data: _Data, at: datetime) -> Complaint:
    new = {name: data[name] for name in ("id", "number", "due")}
    asked = {**new, "asked_at": instant(at), "answered_at": None}
    return replace(state, corrective=(*state.corrective, asked))


def _corrective_answered(state: Complaint, data: _Data, at: datetime) -> Complaint:
    answered = (
        {**each, "answered_at": instant(at)} if each["id"] == data["id"] else each
        for each in state.corrective
    )
    return replace(state, corrective=tuple(answered))


def _resealed(state: Complaint, data: _Data, _: datetime) -> Complaint:
    return replace(state, subject=data["subject"])


def _near(state: Complaint, data: _Data, _: datetime) -> Complaint:
    return replace(state, told=(*state.told, f"near {data['limit']}"))


def _missed(state: Complaint, data: _Data, _: datetime) -> Complaint:
    return replace(state, told=(*state.told, f"missed {data['limit']}"))


_STEPS: Mapping[str, _Step] = {
    "reacted": _reacted,
    "begun": _begun,
    "answered": _answered,
    "closed": _closed,
    "officer_named": _officer_named,
    "handed_on": _handed_on,
    "outside_number": _outside_number,
    "corrective_action": _corrective_action,
    "corrective_answered": _corrective_answered,
    "resealed": _resealed,
    "limit_near": _near,
    "limit_missed": _missed,
}
