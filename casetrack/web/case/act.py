"""The one way from a request to something that is done to a case."""

import hashlib
from dataclasses import replace

from flask import Response

from casetrack.domain.case.electronic_signatures import OwnWords
from casetrack.domain.case.printed_product import ProductContent
from casetrack.gateways.printing.product_sheets import product_pdf
from casetrack.usecases.case.do import Doing, do
from casetrack.usecases.case.electronic_signing import Brought, sign_or_do
from casetrack.usecases.case.links import for_reader
from casetrack.usecases.case.verification import check_word
from casetrack.usecases.case.visible_case import Sight
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
    brought = Brought(words, lambda sight, content: paper_of(call, sight, content))
    answer = sign_or_do(call.ctx, call.actor, call.sight, doing, call.seen, request, brought)
    return _answered(call, answer, 200)


def paper_of(call: Call, sight: Sight, content: ProductContent) -> bytes:
    """A product as PDF, with the address where anybody checks it."""
    word = check_word(call.ctx, content.id)
    address = f"{call.public_url}/verifikasi/{content.id}?k={word}"
    return product_pdf(content, address, sight.region.region.zone)


def _answered(call: Call, answer: Answer, status: int) -> Response:
    seen = for_reader(call.ctx, call.actor, answer.view)
    return call.answer(replace(answer, view=seen), status)
