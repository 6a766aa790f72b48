"""A file as an answer: an attachment that runs nowhere, and that nobody between keeps."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from flask import Response

_READ = 64 * 1024


class Given(Protocol):
    """What is given out."""

    @property
    def media_type(self) -> str:
        """As the door found it."""

    @property
    def name(self) -> str:
        """Made here: letters, digits, dots and dashes."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def content(self) -> BinaryIO:
        """From its beginning."""


def as_attachment(giving: AbstractContextManager[Given]) -> Response:
    """The file piece by piece; what was opened for it is closed once the answer is out.

    Raises what opening raises, before anything is answered.
    """
    given = giving.__enter__()
    response = Response(_pieces(given.content), 200, content_type=given.media_type)
    response.call_on_close(lambda: giving.__exit__(None, None, None))
    response.headers.update(
        {
            "Content-Length": str(given.size),
            "Content-Disposition": f'attachment; filename="{given.name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
    )
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_READ):
        yield part
