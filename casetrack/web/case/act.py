"""The one way in which something is done to a case: role, content, replay, If-Match, and then the act."""

from flask import Response

from casetrack.usecases import idempotency
from casetrack.usecases.case import do
from casetrack.usecases.case.do import Doing
from casetrack.web.http.call import Call


def act(call: Call, doing: Doing) -> Response:
    """CONTRACT.md's order of refusals from 403 (role) on; the answer with its ETag."""
    do.check_role(call.sight, call.actor, doing)
    do.check_doing(call.ctx, call.actor, call.sight, doing)
    replayed = idempotency.replay(call.ctx, call.repeatable)
    if replayed is not None:
        return call.answer(replayed)
    return call.answer(
        do.act(call.ctx, call.actor, call.sight, doing, call.seen(), call.repeatable)
    )
