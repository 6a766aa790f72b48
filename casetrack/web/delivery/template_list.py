"""The handlers of /templates: what messages there are and what they say. No rules here."""

from flask import Response

from casetrack.domain.delivery.messages import Edition
from casetrack.domain.errors import NotFound
from casetrack.domain.service import notices
from casetrack.gateways.messages.rendering import render
from casetrack.gateways.messages.template_list import sample, shown, templates
from casetrack.web.delivery import models
from casetrack.web.http.call import Call, Route, as_json


def _status_url(call: Call) -> str:
    return f"{call.public_url}/status"


def _texts(call: Call) -> Edition | None:
    return call.ctx.texts(call.actor.region)


def list_templates(call: Call) -> Response:
    """GET /templates."""
    found = list(templates(_status_url(call), _texts(call)))
    return as_json({"items": found, "next_cursor": None})


def preview_template(call: Call) -> Response:
    """GET /templates/{type}/preview."""
    query = call.query(models.PreviewQuery)
    kind = notices.kind_of(call.params["type"])
    message = sample(kind, query.language, _status_url(call), _texts(call))
    told = render(message, query.channel)
    return as_json(shown(told, query.channel))


def find(call: Call) -> None:
    """Raises NotFound for a type of event of which nobody is told."""
    if not notices.is_told(call.params["type"]):
        raise NotFound("unknown_template", "Nobody is told of such events; GET /templates lists.")


ROUTES: tuple[Route, ...] = (
    Route(
        "list_templates",
        "GET",
        "/templates",
        "The templates of messages to people, with their versions",
        list_templates,
        models.TemplatesOut,
    ),
    Route(
        "preview_template",
        "GET",
        "/templates/{type}/preview",
        "What a message says, by channel and language",
        preview_template,
        models.PreviewOut,
        query=models.PreviewQuery,
        refusals=(404,),
        find=find,
    ),
)
