"""Late entries: paper was signed while the system was away, and is typed in afterwards.

A supervisor admits the paper (when, why, the hash of the scan); the officer then enters their own act
on it. It is judged at the paper's time by what the register knew before it was recorded; the clock
counts to the time of recording, and the act is shown as late for ever.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from casetrack.domain.case.commands import Act, LatePaper, details_of
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import CASE_ACTIONS, LATE_ACTIONS, LATE_CASE_ACTIONS
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import instant, parse_instant


def check_paper(state: CaseState, act: Act, now: datetime) -> None:
    """Raises Invalid for a paper that was never admitted, or could not have been signed then.

    Papers are only ever added, so one that the case does not have was not seen by anybody either.
    """
    if act.late is not None:
        _admitted(state, act)
    if act.action == "admit_late":
        said = details_of(act, LatePaper)
        occurred = said.occurred_at
        ready_at = state.steps[said.step].ready_at if said.step else _result_at(state)
        if occurred >= now:
            raise Invalid("not_late", "The paper's time is not in the past, so nothing is late.")
        if ready_at is not None and instant(occurred) < ready_at:
            if said.step:
                raise Invalid("before_ready", f"The step was not ready before {ready_at}.")
            raise Invalid("before_ready", f"The result was not there before {ready_at}.")


def _result_at(state: CaseState) -> str | None:
    """When all was there that is handed over; None while nothing is."""
    issued = [each["issued_at"] for each in state.products if each.get("issued_at")]
    ended = [step.ended_at for step in state.steps.values() if step.status == "completed"]
    return max([*issued, *(at for at in ended if at)], default=None)


def _admitted(state: CaseState, act: Act) -> Document:
    known = LATE_ACTIONS if act.step is not None else LATE_CASE_ACTIONS
    for paper in state.late:
        if (paper["id"], paper["step"]) == (act.late, act.step) and act.action in known:
            return paper
    raise Invalid("unknown_late_entry", "No such paper was admitted for this step and action.")


def admit_late(draft: Draft, act: Act, setting: Setting) -> tuple[str, dict[str, Any]]:
    """`case.late_entry_admitted`: the paper may be entered once, for this step or for the hand-over of
    the case. Raises NotNow."""
    said = details_of(act, LatePaper)
    if said.step is None:
        if draft.case.status not in CASE_ACTIONS["hand_over"]:
            raise NotNow("status_forbids", "Nothing of this case can be handed over now.")
    else:
        step = draft.steps[said.step]
        if step.ready_at is None or step.status not in ("ready", "in_progress", "paused"):
            raise NotNow("status_forbids", f"The step {said.step} cannot be worked on now.")
    paper = {
        "id": f"late-{len(draft.case.late) + 1}",
        "step": said.step,
        "occurred_at": instant(said.occurred_at),
        "reason": said.reason,
        "sha256": said.sha256,
        "admitted_by": act.actor.id,
        "used": False,
    }
    draft.case = replace(draft.case, late=(*draft.case.late, paper))
    return "case.late_entry_admitted", {"late": paper}


def use_late(draft: Draft, act: Act) -> Document | None:
    """The admitted paper on which this act was done, now used up; None for an ordinary act."""
    if act.late is None:
        return None
    paper = _admitted(draft.case, act)
    if paper["used"]:
        raise NotNow("late_entry_used", "This paper was entered already.")
    used = tuple({**p, "used": True} if p is paper else p for p in draft.case.late)
    draft.case = replace(draft.case, late=used)
    return {name: paper[name] for name in ("id", "occurred_at", "reason", "sha256", "admitted_by")}


def moment_of(state: CaseState, act: Act, now: datetime) -> datetime:
    """When it was done: what was true then counts for who stood at the counter. Raises Invalid."""
    return now if act.late is None else parse_instant(_admitted(state, act)["occurred_at"])
