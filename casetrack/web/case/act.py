"""The one way from a request to something that is done to a case."""

from dataclasses import replace

from flask import Response

from casetrack.usecases.case.do import Doing, do
from casetrack.usecases.case.links import for_reader
from casetrack.web.http.call import Call


def act(call: Call, doing: Doing, status: int = 200) -> Response:
    """Do it; the answer with its ETag. The use case keeps the contract's order of refusals."""
    answer = do(call.ctx, call.actor, call.sight, doing, call.seen, call.repeatable)
    seen = for_reader(call.ctx, call.actor, answer.view)
    return call.answer(replace(answer, view=seen), status)
