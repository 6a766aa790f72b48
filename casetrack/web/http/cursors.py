"""Pages of a list on the wire: an opaque cursor out, the key behind it in."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from flask import Response

from casetrack.domain.errors import Invalid
from casetrack.domain.events import parse_instant
from casetrack.usecases.paging import Page
from casetrack.web.http.call import as_json


def page_response(page: Page, **beside: Any) -> Response:
    """A page as JSON, with the cursor of the next, and what the list says beside."""
    return as_json({"items": page.items, "next_cursor": write_cursor(page.next_key), **beside})


def write_cursor(key: tuple[Any, ...] | None) -> str | None:
    """An opaque cursor for the page behind this key."""
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _is_foreign(part: Any) -> bool:
    """Whether a part of a cursor is nothing that we would have written, or could look for."""
    if isinstance(part, str):
        return not part.isprintable()
    return isinstance(part, int) and abs(part) > 2**53


def read_cursor(cursor: str | None, *types: type) -> list[Any] | None:
    """The key in a cursor that we gave out. Raises Invalid."""
    if cursor is None:
        return None
    key: Any
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    fits = isinstance(key, list) and [type(part) for part in key] == list(types)
    if not fits or any(_is_foreign(part) for part in key or ()):
        raise Invalid(
            "invalid_query", "cursor: take the one that the last page gave as next_cursor."
        )
    parts: list[Any] | None = key
    return parts


def read_moment(part: str) -> datetime:
    """The moment in a cursor that we gave out. Raises Invalid."""
    try:
        moment = parse_instant(part)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("invalid_query", "cursor: take the one that the last page gave as next_cursor.")
