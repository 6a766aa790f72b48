"""HTTP: to ask for somebody's erasure, to confirm it, those that wait, and an auditor's hold."""

from datetime import date, datetime
from typing import Annotated, Literal

from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.people.erasing import Approval, HoldReason, Kind, Reason, Status
from casetrack.usecases.case import erasures
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.http.models import NO_NUL, Day, PageQuery, Taken
from casetrack.web.people.person_models import AnyRole

_Number = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]


class ApprovalIn(Taken):
    """That the archive authority agrees to the destruction of what a retention kept."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    dated: Day


class ErasureIn(Taken):
    """Whom to erase: a party of a case that the officer sees; and why."""

    case: _Number
    role: AnyRole = "applicant"
    reason: Reason
    approval: ApprovalIn | None = Field(
        default=None,
        description="retention_ended, where the region names an `archive_rule`: the authority's letter",
    )


class SettleErasureIn(Taken):
    """What the second officer says."""

    action: Literal["confirm", "decline"]


class HoldIn(Taken):
    """What an auditor holds: all that is kept about a party of a case; and why."""

    case: _Number
    role: AnyRole = "applicant"
    reason: HoldReason


class LiftHoldIn(Taken):
    """The hold ends."""

    action: Literal["lift"]


class ObstacleOut(BaseModel):
    """One thing that stands against erasing: what, about what, and its last day where one is known."""

    kind: Kind
    about: str | None = Field(description="null: a case that is none of the caller's agency")
    until: date | None


class ApprovalOut(BaseModel):
    """The archive authority's letter."""

    reference: str
    dated: date


class ErasureOut(BaseModel):
    """How far the erasure of a subject has come, and what stands against it today."""

    subject: str
    status: Status
    reason: Reason | None
    approval: ApprovalOut | None
    asked_by: str | None
    asked_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decided_until: date | None = Field(
        description="the last day on which it may be carried out; then `lapsed`"
    )
    hold: HoldReason | None
    held_since: datetime | None
    against: list[ObstacleOut]


class ErasurePage(BaseModel):
    """Erasures that wait for somebody, the longest first."""

    items: list[ErasureOut]
    next_cursor: str | None


def _find(call: Call) -> object:
    return erasures.known(call.ctx, call.actor, call.params["subject"])


def ask(call: Call) -> Response:
    """POST /erasures."""
    body = call.body(ErasureIn)
    approval = Approval(**body.approval.model_dump()) if body.approval else None
    answer = erasures.ask(
        *(call.ctx, call.actor, body.case, body.role, body.reason, call.repeatable),
        approval=approval,
    )
    return call.answer(answer, 201)


def settle(call: Call) -> Response:
    """POST /erasures/{subject}/actions."""
    confirm = call.body(SettleErasureIn).action == "confirm"
    answer = erasures.settle(
        call.ctx, call.actor, call.params["subject"], confirm=confirm, request=call.repeatable
    )
    return call.answer(answer)


def read(call: Call) -> Response:
    """GET /erasures/{subject}."""
    return as_json(erasures.read(call.ctx, call.found, call.actor))


def waiting(call: Call) -> Response:
    """GET /erasures."""
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str, str)
    after = (read_moment(key[0]), key[1]) if key else None
    page = erasures.waiting(call.ctx, call.actor.region, call.actor, after=after, limit=query.limit)
    return page_response(page)


def hold(call: Call) -> Response:
    """POST /holds."""
    body = call.body(HoldIn)
    answer = erasures.place_hold(
        call.ctx, call.actor, body.case, body.role, body.reason, call.repeatable
    )
    return call.answer(answer, 201)


def lift(call: Call) -> Response:
    """POST /holds/{subject}/actions."""
    call.body(LiftHoldIn)
    return call.answer(
        erasures.lift_hold(call.ctx, call.actor, call.params["subject"], call.repeatable)
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "ask_erasure",
        "POST",
        "/erasures",
        "Ask that a party of a case be erased; another officer confirms it",
        ask,
        ErasureOut,
        201,
        body=ErasureIn,
        writes=True,
        refusals=(404, 409),
    ),
    Route(
        "list_erasures",
        "GET",
        "/erasures",
        "The erasures that wait: refused for now, asked for, decided, lapsed",
        waiting,
        ErasurePage,
        query=PageQuery,
    ),
    Route(
        "read_erasure",
        "GET",
        "/erasures/{subject}",
        "How far the erasure of a subject has come, and what stands against it",
        read,
        ErasureOut,
        find=_find,
    ),
    Route(
        "settle_erasure",
        "POST",
        "/erasures/{subject}/actions",
        "Confirm as the second officer that a subject be erased, or decline it",
        settle,
        ErasureOut,
        body=SettleErasureIn,
        writes=True,
        find=_find,
        refusals=(409,),
    ),
    Route(
        "place_hold",
        "POST",
        "/holds",
        "Hold what is kept about a party of a case: nobody erases it",
        hold,
        ErasureOut,
        201,
        body=HoldIn,
        writes=True,
        refusals=(404, 409),
    ),
    Route(
        "lift_hold",
        "POST",
        "/holds/{subject}/actions",
        "Let go of what an auditor held",
        lift,
        ErasureOut,
        body=LiftHoldIn,
        writes=True,
        find=_find,
        refusals=(409,),
    ),
)
