"""Verifying a product, for anybody: by its public id or its number."""

from typing import Any

from flask import Response

from casetrack.domain.service.definition import Name
from casetrack.usecases.case.verification import (
    Details,
    Given,
    Verification,
    Verified,
    verify_product,
)
from casetrack.web.case.verification_models import (
    PrintedNameIn,
    VerificationOut,
    VerificationQuery,
)
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.pages import verification_words as words
from casetrack.web.pages.wording import Words


def verify(call: Call) -> Response:
    """GET /verify/{id_or_number}."""
    query = call.query(VerificationQuery)
    return _answer(call, Given(query.k, query.sha256))


def compare_name(call: Call) -> Response:
    """POST /verify/{id_or_number}: a name stands in no address."""
    body = call.body(PrintedNameIn)
    return _answer(call, Given(body.k, body.sha256, body.name))


def _answer(call: Call, given: Given) -> Response:
    address = call.request.remote_addr or ""
    found = verify_product(call.ctx, call.params["id_or_number"], given, address)
    return as_json(verification_document(found))


def verification_document(found: Verification) -> dict[str, Any]:
    """The answer, as docs/api.md describes it. Never a word about the applicant."""
    return {
        "known": bool(found.products),
        "products": [
            {
                "issuer": {
                    "region": each.region.region.name.as_dict(),
                    "office": each.office.as_dict(),
                },
                "validity": each.standing.validity,
                "label": _both(words.VALIDITY[each.standing.validity]),
                "since": each.standing.since,
                **({"by": each.standing.by} if each.standing.by else {}),
                "valid_until": each.valid_until,
                "corrected": _corrected(each),
                **({"printed": _printed(each.details)} if each.details else {}),
                **({"replaced": _replaced(each)} if each.replaced else {}),
            }
            for each in found.products
        ],
        "check_word": found.check_word,
        "file": found.file,
        "name": found.name,
        "advice": _both(words.advice(found)),
    }


def _corrected(found: Verified) -> dict[str, Any] | None:
    said = found.corrected
    return {"times": said.times, "since": said.since} if said else None


def _replaced(found: Verified) -> dict[str, Any]:
    """Of a file of before: since when, and by which correction of which number and public id."""
    said = found.replaced
    if said is None:
        return {}
    return {
        "since": said.since,
        "correction": said.correction + 1,
        "number": found.details.number if found.details else None,
        "id": found.id,
    }


def _printed(details: Details) -> dict[str, Any]:
    return {
        "number": details.number,
        "dated": details.dated,
        "service": details.service.as_dict(),
        "product": details.product.as_dict(),
        "facts": [
            {
                "id": fact.id,
                "name": fact.name.as_dict(),
                "type": fact.type,
                "value": value,
                "label": name.as_dict() if name else None,
            }
            for fact, value, name in details.facts
        ],
        "signatures": [
            {
                "office": list(each.office),
                "name": each.name,
                "on": each.on,
                "electronic": each.electronic,
            }
            for each in details.signatures
        ],
        "certificate": {
            "kind": details.bears.form,
            "level": details.bears.level,
            "label": _both(words.certificate(details)),
        },
    }


def _both(said: Words) -> dict[str, str]:
    return Name(*said).as_dict()


_PATH = "/verify/{id_or_number}"
ROUTES: tuple[Route, ...] = (
    Route(
        "verify_product",
        "GET",
        _PATH,
        "Whether a product is known and valid; what is printed on it, with its check word",
        verify,
        VerificationOut,
        query=VerificationQuery,
    ),
    Route(
        "compare_name",
        "POST",
        _PATH,
        "Whether the name printed on a product agrees",
        compare_name,
        VerificationOut,
        body=PrintedNameIn,
    ),
)
