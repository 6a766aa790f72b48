"""The one way from a request to something that is done to a case."""

import hashlib
from dataclasses import replace

from flask import Response

from casetrack.domain.case.electronic_signatures import OwnWords
from casetrack.usecases.case.do import do
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.electronic_signing import sign_or_do
from casetrack.usecases.case.links import for_reader
from casetrack.usecases.case.signing_call import SigningCall
from casetrack.usecases.context import Answer
from casetrack.web.case.product_models import SigningBody
from casetrack.web.http.call import Call


def act(call: Call, doing: Doing, status: int = 200) -> Response:
    """Do it; the answer with its ETag. The use case keeps the contract's order of refusals."""
    return _answered(
        call, do(call.ctx, call.actor, call.sight, doing, call.seen, call.repeatable), status
    )


def act_or_sign(call: Call, doing: Doing, body: SigningBody | None = None) -> Response:
    """The same for an act that may be a signature, which is put on the product's file as well."""
    said, request = body.signature if body else None, call.repeatable
    words = OwnWords(said.nik, said.passphrase) if said else None
    if words is not None and body is not None:
        # What makes the request the same is kept, and nobody is to guess a passphrase by it.
        rest = body.model_dump_json(exclude={"signature"})
        request = call.repeatable_as(hashlib.sha256(rest.encode()).hexdigest())
    signing = SigningCall(call.ctx, call.actor, call.sight, doing, call.seen, request, words)
    return _answered(call, sign_or_do(signing), 200)


def _answered(call: Call, answer: Answer, status: int) -> Response:
    seen = for_reader(call.ctx, call.actor, answer.view)
    return call.answer(replace(answer, view=seen), status)
