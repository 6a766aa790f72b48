"""The one way in which something is done to a case: role, content, replay, If-Match, and then the act."""

from flask import Response

from casetrack.usecases import cases, idempotency
from casetrack.usecases.cases import Doing
from casetrack.web.routes import Call


def act(call: Call, doing: Doing) -> Response:
    """CONTRACT.md's order of refusals from 403 (role) on; the answer with its ETag."""
    cases.check_role(call.sight, call.actor, doing)
    cases.check_doing(call.ctx, call.actor, call.sight, doing)
    replayed = idempotency.replay(call.ctx, call.repeatable)
    if replayed is not None:
        return call.answer(replayed)
    return call.answer(
        cases.act(call.ctx, call.actor, call.sight, doing, call.seen(), call.repeatable)
    )
