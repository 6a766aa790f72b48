"""How answers travel: texts compressed, files whose address holds their content kept for a year."""

import gzip
from collections.abc import Callable

from flask import Flask, Response, request

_YEAR = "public, max-age=31536000, immutable"
#: Bytes; a shorter text gains nothing.
_WORTH_IT = 1024
_TEXTS = ("application/json", "application/problem+json", "image/svg+xml")


def add(flask: Flask, style_version: Callable[[], str]) -> None:
    """For every answer of this application; the version is that of the file the pages name."""

    def kept(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            # Under an address that does not name this content, a browser asks again each time.
            fits = request.args.get("v") == style_version()
            response.headers["Cache-Control"] = _YEAR if fits else "no-cache"
        return response

    flask.after_request(kept)
    flask.after_request(_compressed)


def _compressed(response: Response) -> Response:
    kind = response.mimetype or ""
    if not kind.startswith("text/") and kind not in _TEXTS:
        return response
    static = request.endpoint == "static"
    # An ETag of the API names one version of a thing for If-Match, and is strong: it would have to
    # differ with the encoding. A file's ETag only saves sending it again, so it may be weak.
    if "ETag" in response.headers and not static:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 304 or "Content-Encoding" in response.headers or not _is_taken():
        return response
    response.direct_passthrough = False
    text = response.get_data()
    if len(text) < _WORTH_IT:
        return response
    response.set_data(gzip.compress(text, compresslevel=6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    if static:
        response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


def _is_taken() -> bool:
    """Whether who asks says that they take gzip, and not with a weight of nothing."""
    return request.headers.get("Accept-Encoding") is not None and (
        request.accept_encodings.quality("gzip") > 0
    )
