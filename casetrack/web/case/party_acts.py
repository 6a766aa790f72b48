"""HTTP: the people of a case change while it runs. No rules here."""

from typing import Annotated

from flask import Response
from pydantic import Field

from casetrack.domain.case.case_people import PowerEnd
from casetrack.domain.case.transitions import PartyAction
from casetrack.domain.people.contact import Channel, Language
from casetrack.usecases.case.party_acts import change_people
from casetrack.usecases.case.party_texts import PartyDoing
from casetrack.usecases.case.sealed_parties import Party
from casetrack.web.case import models
from casetrack.web.case.power_models import PaperIn, PowerIn
from casetrack.web.http.call import Call, Route
from casetrack.web.http.models import Day, Email, Nik, Note, Taken, pasted
from casetrack.web.people.person_models import PartyRole


class ContactIn(Taken):
    """How somebody is reached from now on; what is not given is no way to reach them any more."""

    email: Email | None = None
    phone: Annotated[str, pasted("phone")] | None = None
    address: Annotated[str, pasted("address")] | None = None
    language: Language | None = None
    channels: Annotated[list[Channel], Field(min_length=1, max_length=3)] | None = None
    acting: Annotated[str, pasted("acting")] | None = Field(
        default=None, description="change_director: the name of who acts for the company now"
    )
    acting_nik: Nik | None = Field(default=None, description="change_director: their NIK")


class PartyActionIn(Taken):
    """Something that changes the people of a case, with the day on which it was so and its paper."""

    action: PartyAction
    day: Day = Field(description="of the fact, not of its entry; not one to come")
    paper: PaperIn | None = Field(
        default=None,
        description="needed but for report_death, lift_death and correct_contact",
    )
    role: PartyRole = Field(default="applicant", description="correct_contact: whose contact")
    party: models.PartyIn | None = Field(
        default=None, description="succeed: who goes on; appoint: the representative"
    )
    power: PowerIn | None = Field(default=None, description="appoint: for what, and until when")
    contact: ContactIn | None = Field(default=None, description="correct_contact, change_director")
    why: PowerEnd | None = Field(default=None, description="end_power: why it ended")
    note: Note | None = None


def act_on_parties(call: Call) -> Response:
    """POST /cases/{number}/parties."""
    body = call.body(PartyActionIn)
    doing = PartyDoing(
        body.action,
        body.day,
        body.role,
        body.paper.model_dump() if body.paper else None,
        body.why,
        body.power.model_dump() if body.power else None,
        Party(role=body.role, **body.party.model_dump()) if body.party else None,
        body.contact.model_dump() if body.contact else None,
        body.note,
    )
    answer = change_people(call.ctx, call.actor, call.sight, doing, call.seen, call.repeatable)
    return call.answer(answer)


ROUTES: tuple[Route, ...] = (
    Route(
        "act_on_parties",
        "POST",
        "/cases/{number}/parties",
        "Record a death, heirs, a power of attorney or its end, a new director, another contact",
        act_on_parties,
        models.CaseOut,
        body=PartyActionIn,
        writes=True,
        conditional=True,
        front_office=True,
    ),
)
