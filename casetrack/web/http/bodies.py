"""Bodies of requests, at most as long as may be, also where no length was announced."""

import re
from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import cached_property

from casetrack.domain.people.stored_files import MEGABYTE, MOST_MEGABYTES

#: Bytes; an application is a page of text.
LARGEST_BODY = 256 * 1024
#: Bytes of what stands around a file in a form.
AROUND_A_FILE = 64 * 1024
LARGEST_UPLOAD = MOST_MEGABYTES * MEGABYTE + AROUND_A_FILE
#: Of a file that anybody may have compared: the largest that a signing service gives back fits.
COMPARED_MEGABYTES = 10
LARGEST_COMPARED = COMPARED_MEGABYTES * MEGABYTE + AROUND_A_FILE
#: The head of a request whose body may be that large: a form of who names a token.
_UPLOAD = re.compile(
    rb"POST /api/v1/(?:cases/[^ /?]{1,64}/documents|payments/files) HTTP/1\.[01](?=\r\n)"
    rb"(?=(?s:.*)\r\ncontent-type:[ \t]*multipart/form-data[ \t]*;)"
    rb"(?=(?s:.*)\r\nauthorization:[ \t]*bearer[ \t])",
    re.IGNORECASE,
)
#: That of a form with a file which anybody may send.
_COMPARED = re.compile(
    rb"POST /verifikasi(?:\?[^ ]*)? HTTP/1\.[01](?=\r\n)"
    rb"(?=(?s:.*)\r\ncontent-type:[ \t]*multipart/form-data[ \t]*;)",
    re.IGNORECASE,
)


def largest_body(head: bytes) -> int:
    """Bytes that the body behind this head may have."""
    lines = b"\r\n".join((head.rstrip(), b""))
    if _UPLOAD.match(lines):
        return LARGEST_UPLOAD
    return LARGEST_COMPARED if _COMPARED.match(lines) else LARGEST_BODY


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
