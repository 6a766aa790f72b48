"""Bodies of requests, at most as long as may be, also where no length was announced."""

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import cached_property


class BoundedRequest(Request):
    """A request whose chunked body is refused when it is too long.

    Werkzeug alone would cut it off at the limit without a word, and what is left could be read.
    """

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. Raises RequestEntityTooLarge."""
        most = self.max_content_length
        ends = self.environ.get("wsgi.input_terminated", False)
        if self.shallow or self.content_length is not None or most is None or not ends:
            return super().stream
        return BytesIO(_read(self.environ["wsgi.input"], most))


def _read(source: IO[bytes], most: int) -> bytes:
    found = bytearray()
    while part := source.read(most + 1 - len(found)):
        found += part
        if len(found) > most:
            raise RequestEntityTooLarge
    return bytes(found)
