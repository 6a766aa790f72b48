"""The path of a case through the agencies, as an answer shows it."""

from datetime import datetime

from pydantic import BaseModel, Field

from casetrack.domain.case.transitions import CaseStatus
from casetrack.web.authority.passport_answer import AuthorityOut, DoubtOut, JudgedAgainOut
from casetrack.web.case.document_models import WaiverOut
from casetrack.web.case.late_models import PaperOut
from casetrack.web.case.models import ActorOut, AgencyOut, ProductOut, StepOut
from casetrack.web.http.models import LimitOut


class TracedDecisionOut(BaseModel):
    """A decision with its passport; `judged_again` null: nothing was checked that could change."""

    type: str
    step: str | None
    action: str | None
    version: int
    hash: str
    occurred_at: datetime
    recorded_at: datetime
    late: PaperOut | None
    actor: ActorOut
    authority: AuthorityOut
    judged_again: JudgedAgainOut | None
    questioned: list[DoubtOut]


class TracedStepOut(StepOut):
    """A step that was reached, what it took of its limit, and what was decided in it."""

    ended_at: datetime | None
    charged: LimitOut
    limit: LimitOut | None
    decisions: list[TracedDecisionOut]


class MoveOut(BaseModel):
    """The file went from one agency to another, by the event of this version."""

    from_: AgencyOut = Field(alias="from")
    to: AgencyOut
    at: datetime
    version: int
    type: str


class ChargedOut(LimitOut):
    """What an agency took in all, of one unit."""

    agency: AgencyOut


class TraceOut(BaseModel):
    """The path of a case: steps, hand-overs, days charged, decisions with their passports."""

    number: str
    status: CaseStatus
    outcome: str
    calendar: str | None
    product: ProductOut | None
    waiver: WaiverOut | None = Field(
        description="null, or which required documents a supervisor waived"
    )
    items: list[TracedStepOut]
    hand_overs: list[MoveOut]
    charged: list[ChargedOut]
    decisions: list[TracedDecisionOut]
    statement: str
