"""Documents that the applicant brings after the opening: each by itself, with its file or without."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Response

from casetrack.domain.case.party_change import Present
from casetrack.domain.case.transitions import RECEIVE
from casetrack.domain.errors import Invalid
from casetrack.domain.people.stored_files import MEDIA_TYPES, too_large
from casetrack.usecases.case.document_files import (
    BroughtFile,
    document_with_file,
    given_file,
    largest_megabytes,
    receive_file,
)
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.people import files
from casetrack.web.case.act import act
from casetrack.web.case.document_models import DocumentOut, FileFormIn, ReceivedIn
from casetrack.web.http.call import Call, Route
from casetrack.web.http.file_answers import as_attachment
from casetrack.web.http.uploads import Form, is_form, read_upload


def receive_document(call: Call) -> Response:
    """POST /cases/{number}/documents: JSON, or a form with the file."""
    if is_form(call.request):
        return _receive_file(call)
    body = call.body(ReceivedIn)
    document = body.model_dump(exclude={"present"})
    return act(call, Doing(RECEIVE, documents=[document], details=_present(body)), 201)


def _present(body: ReceivedIn) -> Present | None:
    return Present(**body.present.model_dump()) if body.present else None


def _values(fields: Mapping[str, str]) -> dict[str, Any]:
    """In a form every value is text, yes and no too, and who brought it."""
    said: dict[str, Any] = {**fields}
    original = {"true": True, "false": False}.get(fields.get("original", ""))
    if original is not None:
        said["original"] = original
    # Nothing was said, or what its model refuses.
    with suppress(ValueError):
        said["present"] = json.loads(fields.get("present", ""))
    return said


def _receive_file(call: Call) -> Response:
    files.check_taken(call.ctx)
    with call.ctx.files.passing() as passing:
        # For which requirement it comes stands in the form itself: what is too large for all of them is
        # not read.
        most = largest_megabytes(call.sight.definition)
        form = Form("requirement", most, lambda: too_large(most))
        upload = read_upload(call.request, passing, form)
        said = call.fields(ReceivedIn, {"name": upload.filename, **_values(upload.fields)})
        _check_sum(said.sha256, upload.sha256)
        brought = BroughtFile(
            *(said.requirement, said.name, passing, upload.size, upload.sha256),
            said.original,
            _present(said),
        )
        # The boundary is another one each time that the same form is sent.
        came = [said.present.model_dump()] if said.present else []
        meant = json.dumps(
            [said.requirement, said.name, upload.sha256, *[True] * said.original, *came]
        )
        request = call.repeatable_as(hashlib.sha256(meant.encode()).hexdigest())
        answer = receive_file(call.ctx, call.actor, call.sight, brought, call.seen, request)
    return call.answer(answer, 201)


def _check_sum(said: str | None, found: str) -> None:
    """Raises Invalid where the sender hashed something else than what came."""
    if said not in (None, found):
        message = "it is not the hash of the file that came; send the file again"
        raise Invalid(
            "invalid_body",
            f"sha256: {message}.",
            errors=[{"at": "sha256", "message": message}],
        )


def find_file(call: Call) -> object:
    """Raises NotFound before the role is looked at."""
    return document_with_file(call.sight, call.params["document"])


def read_file(call: Call) -> Response:
    """GET /cases/{number}/documents/{document}/file."""
    return as_attachment(given_file(call.ctx, call.actor, call.sight, call.params["document"]))


ROUTES: tuple[Route, ...] = (
    Route(
        RECEIVE,
        "POST",
        "/cases/{number}/documents",
        "Take in a document that the applicant brings, as a form with its file",
        receive_document,
        DocumentOut,
        201,
        body=ReceivedIn,
        form=FileFormIn,
        writes=True,
        conditional=True,
        front_office=True,
    ),
    Route(
        "read_file",
        "GET",
        "/cases/{number}/documents/{document}/file",
        "The file of a document, as an attachment",
        read_file,
        None,
        find=find_file,
        refusals=(409, 500),
        content="application/octet-stream",
        files=tuple(MEDIA_TYPES.values()),
    ),
)
