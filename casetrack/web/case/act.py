"""The one way from a request to something that is done to a case."""

from flask import Response

from casetrack.usecases.case.do import Doing, do
from casetrack.web.http.call import Call


def act(call: Call, doing: Doing, status: int = 200) -> Response:
    """Do it; the answer with its ETag. The use case keeps the contract's order of refusals."""
    answer = do(call.ctx, call.actor, call.sight, doing, call.seen, call.repeatable)
    return call.answer(answer, status)
