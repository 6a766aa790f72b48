"""Signatures on paper that do not count: they are given anew, and the applicant reads why."""

from dataclasses import dataclass
from datetime import date

from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_STEP
from casetrack.domain.events import Event, parse_instant
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.storage.case import case_events
from casetrack.usecases.context import Context

#: Refused attempts that are looked at.
_MOST = 200


@dataclass(frozen=True, slots=True)
class SignedAnew:
    """The step, the day on its paper, and the code of what was wrong with that day."""

    step: str
    name: Name
    on: date
    code: str


def signed_anew(
    ctx: Context, state: CaseState, definition: ServiceDefinition
) -> tuple[SignedAnew, ...]:
    """Papers of open steps that were refused by the register and not entered since."""
    papers = {
        paper["id"]: paper
        for paper in state.late
        if paper["step"] and not paper["used"] and state.steps[paper["step"]].status in OPEN_STEP
    }
    if not papers:
        return ()
    with ctx.database.read() as connection:
        stream = f"refusal/{state.number}"
        rows = case_events.stream_events(connection, state.region, stream, after=0, limit=_MOST)
    refused = [Event.from_body(row.body).data for row in rows]
    codes = {data["late"]: data["code"] for data in refused if data.get("late") in papers}
    calendar = ctx.region(state.region)[1]
    return tuple(
        SignedAnew(
            papers[name]["step"],
            definition.step(papers[name]["step"]).name,
            calendar.local_date(parse_instant(papers[name]["occurred_at"])),
            code,
        )
        for name, code in codes.items()
    )
