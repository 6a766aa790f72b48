"""Papers for the register: entered by one officer, confirmed or discarded by another."""

from flask import Response

from casetrack.domain.authority.filing import read_filed
from casetrack.usecases.authority import register
from casetrack.web.authority import models
from casetrack.web.http.call import Call, Route


def draft_entry(call: Call) -> Response:
    """POST /authority/entries."""
    body = call.body(models.EntryIn)
    filed = read_filed(body.kind, body.id, body.entry, body.document.sha256)
    answer = register.draft(call.ctx, call.actor, filed, call.repeatable)
    response = call.answer(answer, 201)
    response.headers["Location"] = f"/api/v1/authority/entries/{filed.kind}/{filed.id}"
    return response


def find_entry(call: Call) -> None:
    """Raises NotFound before the role is looked at."""
    register.read(call.ctx, call.actor.region, call.params["kind"], call.params["entry"])


def settle_entry(call: Call) -> Response:
    """POST /authority/entries/{kind}/{entry}/actions."""
    body = call.body(models.EntryActionIn)
    answer = register.settle(
        call.ctx,
        call.actor,
        call.params["kind"],
        call.params["entry"],
        body.action,
        lambda: call.seen().case,
        call.repeatable,
        body.stops,
    )
    return call.answer(answer)


ROUTES: tuple[Route, ...] = (
    Route(
        "draft_entry",
        "POST",
        "/authority/entries",
        "Enter a paper into the register; another officer confirms it",
        draft_entry,
        models.EntryOut,
        201,
        body=models.EntryIn,
        writes=True,
        refusals=(409,),
    ),
    Route(
        "settle_entry",
        "POST",
        "/authority/entries/{kind}/{entry}/actions",
        "Confirm or discard the draft of an entry",
        settle_entry,
        models.EntryOut,
        body=models.EntryActionIn,
        writes=True,
        conditional=True,
        refusals=(409,),
        find=find_entry,
    ),
)
