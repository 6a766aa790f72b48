"""Pictures of authority and the pages that hold them: a use case's answer in, SVG or HTML out.

A page holds its picture as part of itself, so that its text is read aloud, searched and selected like
the rest; an `<img>` could not carry the token either. Both responses allow the picture's one style by
its hash, and nothing else that is written inline (CSP level 3).
"""

from typing import Any

from flask import Response

from casetrack.domain.case.withheld import without_withheld
from casetrack.domain.errors import NotFound
from casetrack.domain.events import parse_instant
from casetrack.domain.people.readers import shown_to
from casetrack.domain.service.definition import Name
from casetrack.gateways.pictures import (
    STYLE_SOURCE,
    Decision,
    Picture,
    Recheck,
    chain_picture,
    service_picture,
)
from casetrack.usecases.case import trace
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.questions import picture_data
from casetrack.usecases.questions.register_questions import When
from casetrack.web.authority import models as authority_models
from casetrack.web.http.call import Call, Route
from casetrack.web.http.models import LanguageQuery
from casetrack.web.pages.passports import Passport, passport_page, picture_page

_PRODUCT = Name("Tindakan atas produk", "Act on the product")


def draw_decision(call: Call) -> Response:
    """GET /cases/{number}/decisions/{version}/picture."""
    query = call.query(LanguageQuery)
    return _svg(chain_picture(_decision(call.sight, call.found), query.lang))


def draw_refusal(call: Call) -> Response:
    """GET /cases/{number}/refusals/{version}/picture."""
    query = call.query(LanguageQuery)
    found: picture_data.Refused = call.found
    event, sight = found.event, call.sight
    said = event.data
    if shown_to(call.actor, sight.definition.front_office) != "full":
        said = {"action": "parties", **without_withheld(event.type, said)}
    drawn = Decision(
        number=sight.state.number,
        service=sight.state.service,
        service_name=sight.definition.name,
        step=_step(sight, event.data.get("step")),
        at=event.occurred_at,
        zone=sight.region.region.zone,
        officer=str(event.actor["id"]),
        refused={**said, "day": found.day.isoformat()},
        register=found.register,
    )
    return _svg(chain_picture(drawn, query.lang))


def draw_service(call: Call) -> Response:
    """GET /authority/services/{service}/picture."""
    return _svg(_service(call)[0])


def show_service(call: Call) -> Response:
    """GET /authority/services/{service}/page."""
    picture, language = _service(call)
    return _page(picture_page(picture, language=language))


def show_passport(call: Call) -> Response:
    """GET /cases/{number}/decisions/{version}/passport."""
    language = call.query(LanguageQuery).lang
    decision = _decision(call.sight, call.found)
    passport = Passport(
        decision=decision,
        picture=chain_picture(decision, language),
        office=call.sight.region.region.name,
        version=call.found["version"],
        hash=call.found["hash"],
    )
    return _page(passport_page(passport, language=language))


def find_decision(call: Call) -> dict[str, Any]:
    """The decision of the path's version. Raises NotFound before the role is looked at."""
    return trace.decision(call.ctx, call.sight, _version(call))


def find_refusal(call: Call) -> picture_data.Refused:
    """The refused attempt of the path's version. Raises NotFound before the role is looked at."""
    return picture_data.refused(call.ctx, call.sight, _version(call))


def find_service(call: Call) -> None:
    """Raises NotFound before the role is looked at."""
    picture_data.find_service(call.ctx, call.actor.region, call.params["service"])


def _service(call: Call) -> tuple[Picture, str]:
    query = call.query(authority_models.PictureQuery)
    when = When(query.at, query.known)
    found = picture_data.service(call.ctx, call.actor.region, call.params["service"], when)
    picture = service_picture(
        found.register,
        found.definition.id,
        found.day,
        name=found.definition.name,
        strategic=found.definition.strategic,
        known=found.known,
        zone=call.ctx.region(call.actor.region)[0].region.zone,
        language=query.lang,
    )
    return picture, query.lang


def _decision(sight: Sight, found: dict[str, Any]) -> Decision:
    again = found["judged_again"] or {}
    return Decision(
        number=sight.state.number,
        service=sight.state.service,
        service_name=sight.definition.name,
        step=_step(sight, found["step"]),
        at=parse_instant(found["occurred_at"]),
        zone=sight.region.region.zone,
        officer=found["actor"]["id"] if found["actor"]["kind"] == "officer" else None,
        authority=found["authority"],
        then=Recheck.of(again.get("then")),
        now=Recheck.of(again.get("now")),
        recorded_at=parse_instant(found["recorded_at"]),
    )


def _step(sight: Sight, step: str | None) -> Name:
    named = [each.name for each in sight.definition.steps if each.id == step]
    return named[0] if named else _PRODUCT


def _version(call: Call) -> int:
    version = call.params["version"]
    if not version.isascii() or not version.isdigit() or not 0 < len(version) <= 9:
        raise NotFound("unknown_version", "A version is a whole number; the trace names them.")
    return int(version)


def _svg(picture: Picture) -> Response:
    response = Response(picture.svg, content_type="image/svg+xml; charset=utf-8")
    return _sealed(response, f"default-src 'none'; style-src {STYLE_SOURCE}")


def _page(html: str) -> Response:
    response = Response(html, content_type="text/html; charset=utf-8")
    return _sealed(response, f"default-src 'none'; style-src 'self' {STYLE_SOURCE}; img-src data:")


def _sealed(response: Response, policy: str) -> Response:
    rest = "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    response.headers["Content-Security-Policy"] = f"{policy}; {rest}"
    response.headers["Cache-Control"] = "no-store"
    return response


ROUTES: tuple[Route, ...] = (
    Route(
        "draw_decision",
        "GET",
        "/cases/{number}/decisions/{version}/picture",
        "The chain of a decision as a picture, judged again",
        draw_decision,
        None,
        query=LanguageQuery,
        find=find_decision,
        content="image/svg+xml",
    ),
    Route(
        "draw_refusal",
        "GET",
        "/cases/{number}/refusals/{version}/picture",
        "A refused attempt as a picture: where the chain breaks, and who may act instead",
        draw_refusal,
        None,
        query=LanguageQuery,
        find=find_refusal,
        content="image/svg+xml",
    ),
    Route(
        "show_passport",
        "GET",
        "/cases/{number}/decisions/{version}/passport",
        "The passport of a decision, to print",
        show_passport,
        None,
        query=LanguageQuery,
        find=find_decision,
        content="text/html",
    ),
    Route(
        "draw_service",
        "GET",
        "/authority/services/{service}/picture",
        "All that the register says of a service on a day, as a picture",
        draw_service,
        None,
        query=authority_models.PictureQuery,
        find=find_service,
        content="image/svg+xml",
    ),
    Route(
        "show_service",
        "GET",
        "/authority/services/{service}/page",
        "The same as a page, with the picture in words",
        show_service,
        None,
        query=authority_models.PictureQuery,
        find=find_service,
        content="text/html",
    ),
)
