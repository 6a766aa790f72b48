"""HTTP: what other registers answer, grants by law, their set-up and their check. No rules here."""

from typing import Any

from flask import Response

from casetrack.domain.case.silence_details import DeemedChecked, ExternalAnswered
from casetrack.usecases.case import grants_by_law
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.service import silence_set_up
from casetrack.web.case import models, silence_models
from casetrack.web.case.act import act
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor


def answer_external(call: Call) -> Response:
    """POST /cases/{number}/external-facts."""
    body = call.body(silence_models.ExternalIn)
    details = ExternalAnswered(body.fact, body.answer, body.asked_at, body.document)
    return act(call, Doing("answer_external", note=body.note, details=details))


def check_deemed(call: Call) -> Response:
    """POST /cases/{number}/deemed-checks."""
    body = call.body(silence_models.DeemedCheckIn)
    details = DeemedChecked(body.result)
    return act(call, Doing("check_deemed", note=body.note, details=details))


def find_set_up(call: Call) -> dict[str, Any]:
    """How far it is. Raises NotFound before the role is looked at."""
    return silence_set_up.shown(call.ctx, call.actor.region, call.params["service"])


def find_counter(call: Call) -> dict[str, Any]:
    """The same. Raises Forbidden for who has the role at another agency's counter."""
    found = find_set_up(call)
    if call.actor.has_role(call.route.roles):
        silence_set_up.check_counter(call.ctx, call.actor, call.params["service"])
    return found


def read_silence(call: Call) -> Response:
    """GET /services/{service}/silence."""
    return as_json(call.found)


def set_up_silence(call: Call) -> Response:
    """POST /services/{service}/silence."""
    service = call.params["service"]
    body = call.body(silence_models.SetUpIn)
    return call.answer(
        silence_set_up.act_on_set_up(call.ctx, call.actor, service, body.action, call.repeatable)
    )


def list_deemed(call: Call) -> Response:
    """GET /deemed-grants."""
    query = call.query(silence_models.GrantsByLawQuery)
    key = read_cursor(query.cursor, int)
    wanted = grants_by_law.Wanted(query.officer, query.applicant, query.checked)
    before = key[0] if key else None
    return page_response(
        grants_by_law.grants_by_law(call.ctx, call.actor, wanted, before, query.limit)
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "answer_external",
        "POST",
        "/cases/{number}/external-facts",
        "Enter what another register answered",
        answer_external,
        models.CaseOut,
        body=silence_models.ExternalIn,
        writes=True,
        conditional=True,
    ),
    Route(
        "check_deemed",
        "POST",
        "/cases/{number}/deemed-checks",
        "Check what the law granted by silence",
        check_deemed,
        models.CaseOut,
        body=silence_models.DeemedCheckIn,
        writes=True,
        conditional=True,
        front_office=True,
    ),
    Route(
        "list_deemed",
        "GET",
        "/deemed-grants",
        "What the law granted by silence, newest first, with who held it",
        list_deemed,
        silence_models.GrantsByLawOut,
        query=silence_models.GrantsByLawQuery,
    ),
    Route(
        "read_silence",
        "GET",
        "/services/{service}/silence",
        "Whether a service is set up to issue by itself",
        read_silence,
        silence_models.SetUpOut,
        find=find_set_up,
    ),
    Route(
        "set_up_silence",
        "POST",
        "/services/{service}/silence",
        "Propose, confirm or end that a service issues by itself",
        set_up_silence,
        silence_models.SetUpOut,
        body=silence_models.SetUpIn,
        writes=True,
        find=find_counter,
        refusals=(409,),
    ),
)
