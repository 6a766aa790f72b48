"""A form with one file, read piece by piece into a file that passes through."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File, MultipartDecoder, NeedData

from casetrack.domain.errors import Invalid
from casetrack.domain.people.stored_files import MEGABYTE
from casetrack.web.http.bodies import AROUND_A_FILE

#: Parts of a form, and bytes of one that is no file and of what is looked for a boundary in.
_MOST_PARTS, _MOST_TEXT = 8, 4096
_READ, _MOST_HELD = 64 * 1024, 256 * 1024
#: The part that is the file.
FILE = "file"
#: As long as a name of a part is repeated to who sent it.
_NAME = 64


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a door takes: the text part that it cannot do without, how large its file may be, what
    is said of a larger one, and whether it may come without a file."""

    needed: str
    megabytes: int
    too_large: Callable[[], Invalid]
    file_needed: bool = True


@dataclass
class Upload:
    """What a form held. `sha256` and `size` are the file's, hashed while it came."""

    content: BinaryIO
    fields: dict[str, str] = field(default_factory=dict)
    filename: str | None = None
    size: int = 0
    sha256: str = ""
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, came: Data) -> None:
        """More of the file."""
        self.content.write(came.data)
        self._hash.update(came.data)
        self.size += len(came.data)
        if not came.more_data:
            self.sha256 = self._hash.hexdigest()


def is_form(request: Request) -> bool:
    """Whether the body says that it is a form with files."""
    return request.mimetype == "multipart/form-data"


def read_upload(request: Request, into: BinaryIO, form: Form) -> Upload:
    """The form; its file goes into this. Raises Invalid: too large, a text too long, no form, no file."""
    if request.content_length is None:
        raise Invalid(
            "length_missing", "A form with a file says how long it is: send it with Content-Length."
        )
    request.max_content_length = form.megabytes * MEGABYTE + AROUND_A_FILE
    try:
        stream = request.stream
    except RequestEntityTooLarge:
        # Its length is announced, and the file is nearly all of it.
        raise form.too_large() from None
    upload = Upload(into)
    try:
        _read(request, stream, upload)
    except (ValueError, RequestEntityTooLarge) as error:
        # Too large is a head of a part, or how many parts there are: the file itself is never held.
        raise _malformed(form) from error
    if form.file_needed and not upload.sha256:
        raise Invalid(
            "invalid_body",
            "file: is missing.",
            errors=[{"at": FILE, "message": "is missing"}],
        )
    return upload


def _malformed(form: Form) -> Invalid:
    return Invalid(
        "malformed_form",
        "The body is not a form (multipart/form-data) that can be read to its end; send it again, with "
        f"the parts {form.needed} and file, and at most {_MOST_PARTS} in all.",
    )


def _too_long(name: str) -> Invalid:
    """A text of the form is longer than any that is asked for; the file may be as it should."""
    at = name if len(name) <= _NAME and name.isprintable() else "form"
    fault = {"at": at, "message": f"a text in a form has at most {_MOST_TEXT} bytes"}
    return Invalid("invalid_body", f"{at}: {fault['message']}.", errors=[fault])


def _read(request: Request, stream: IO[bytes], upload: Upload) -> None:
    boundary = request.mimetype_params.get("boundary", "").encode("latin-1", "replace")
    if not boundary:
        raise ValueError("there is no boundary")
    part: File | Field | None = None
    held = b""
    for event in _events(stream, MultipartDecoder(boundary, _MOST_HELD, max_parts=_MOST_PARTS)):
        if isinstance(event, File | Field):
            part, held = event, b""
            _check_new(part, upload)
        elif isinstance(event, Data) and isinstance(part, File):
            upload.add(event)
            upload.filename = part.filename or None
        elif isinstance(event, Data) and part is not None:
            # A letter may come in two pieces, so it is read when all of it is there.
            held += event.data
            if len(held) > _MOST_TEXT:
                raise _too_long(part.name)
            if not event.more_data:
                upload.fields[part.name] = held.decode("utf-8")


def _check_new(part: File | Field, upload: Upload) -> None:
    """Each part has its name, comes once, and is a file where a file is wanted. Raises ValueError."""
    if isinstance(part, File):
        if part.name != FILE or upload.sha256:
            raise ValueError("only one part may be a file")
    elif not part.name or part.name == FILE or part.name in upload.fields:
        raise ValueError("a part has no name, or comes twice")


def _events(stream: IO[bytes], decoder: MultipartDecoder) -> Iterator[Event]:
    """What the form holds, in its order. Raises ValueError where it ends in the middle."""
    while True:
        part = stream.read(_READ)
        decoder.receive_data(part or None)
        while not isinstance(event := decoder.next_event(), NeedData):
            yield event
            if type(event).__name__ == "Epilogue":
                return
        if not part:
            raise ValueError("it ends in the middle")
