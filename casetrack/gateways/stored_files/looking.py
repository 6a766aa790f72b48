"""Opens one file that came from outside, in a process of its own with little time and memory.

`python -m casetrack.gateways.stored_files.looking KIND` reads the file from its standard input and says
what is wrong with it as JSON: `{"fault": null}`, or the fault's name and where it is. Whatever the file
does to the library that opens it, it does to this process.
"""

import importlib
import json
import re
import resource
import sys
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from casetrack.domain.people.stored_files import MOST_PAGES, MOST_PIXELS, MOST_UNPACKED, FileFault

#: Seconds of processor time, and bytes of memory: a page of 50 million points takes a fifth of it.
SECONDS, MEMORY = 10, 1024 * 1024 * 1024
#: What an action may not be, at once or by a chain of actions.
_ACTIONS = frozenset(
    (
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute"),
        # Of a file elsewhere: who opens it calls on that machine, and says to it who they are.
        *("/GoToR", "/GoToE"),
    )
)
#: Where a link may lead: a page of the web, a mail, a telephone. Others run something in the reader, or
#: open what lies on its machine or beside it.
_LINKS = frozenset(("http", "https", "mailto", "tel"))
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
#: What leads up and not down.
_UP = frozenset(("/Parent", "/P", "/StructParent"))
_END, _READ = b"%%EOF", 64 * 1024
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}

#: Ways of packing a stream that is no picture; the first is unpacked no further than is asked.
_FLATE = frozenset(("/FlateDecode", "/Fl"))
_PACKED = _FLATE | frozenset(
    (
        *("/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"),
        *("/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"),
    )
)

Fault = tuple[FileFault, str | None]


def look(kind: str, file: BinaryIO) -> Fault | None:
    """What is wrong with the file; None where nothing is."""
    try:
        return _look_at_pdf(file) if kind == "pdf" else _look_at_picture(file, _FORMATS[kind])
    except MemoryError:
        return "too_much_work", None


def _look_at_picture(file: BinaryIO, form: str) -> Fault | None:
    pictures: Any = importlib.import_module("PIL.Image")
    # By our own limit, which is asked before anything is unpacked.
    pictures.MAX_IMAGE_PIXELS = None
    try:
        with pictures.open(file, formats=[form]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                return "pixels", f"{width} x {height}"
            picture.load()
    except MemoryError:
        raise
    except Exception:  # whatever the library says: it could not be opened to its end
        return "damaged", None
    return None


def _look_at_pdf(file: BinaryIO) -> Fault | None:
    pikepdf: Any = importlib.import_module("pikepdf")
    # The library mends a file that was cut off, as far as it came; its end is what says that it came.
    if not _ends(file):
        return "damaged", None
    try:
        with pikepdf.open(file) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                return "pages", str(len(pdf.pages))
            if not len(pdf.pages):
                return "damaged", None
            return next(_found(pikepdf, pdf), None)
    except pikepdf.PasswordError:
        return "password", None
    except MemoryError:
        raise
    except Exception:  # likewise
        return "damaged", None


def _ends(file: BinaryIO) -> bool:
    """Whether the mark of its end is there; something harmless may stand behind it."""
    before = b""
    while part := file.read(_READ):
        if _END in before + part:
            file.seek(0)
            return True
        before = part[-len(_END) :]
    return False


def _found(pikepdf: Any, pdf: Any) -> Iterator[Fault]:
    """What acts or is attached, page by page, then in the document, then where nothing leads to."""
    seen: set[Any] = set()
    yield from _unpacking(pikepdf, pdf)
    for number, page in enumerate(pdf.pages, 1):
        yield from _walk(pikepdf, page.obj, f"page {number}", seen)
    yield from _walk(pikepdf, pdf.Root, "document", seen)
    for part in pdf.objects:
        yield from _walk(pikepdf, part, "document", seen)


def _unpacking(pikepdf: Any, pdf: Any) -> Iterator[Fault]:
    """Where the streams that are no pictures come to unpack to more than a viewer is given, whatever they
    say that they are. Pictures are bounded by what they weigh, and many are packed as no stream is."""
    left = MOST_UNPACKED
    for part in pdf.objects:
        if isinstance(part, pikepdf.Stream) and part.get("/Subtype") != "/Image":
            left -= _unpacked(pikepdf, part, left)
            if left < 0:
                yield "too_much_work", f"object {part.objgen[0]}"
                return


def _unpacked(pikepdf: Any, stream: Any, most: int) -> int:
    """Bytes to which it unpacks, at most one more than `most`."""
    said = stream.get("/Filter")
    names = [
        str(each) for each in (said if isinstance(said, pikepdf.Array) else [said] if said else [])
    ]
    if not names or not set(names) <= _PACKED:
        return len(stream.read_raw_bytes())
    if set(names) <= _FLATE:
        content = stream.read_raw_bytes()
        for _ in names:
            try:
                content = zlib.decompressobj().decompress(content, most + 1)
            except zlib.error:
                # A viewer gets no further, either.
                return 0
        return len(content)
    try:
        return len(stream.read_bytes())
    except pikepdf.PdfError:
        return 0


def _walk(pikepdf: Any, root: Any, where: str, seen: set[Any]) -> Iterator[Fault]:
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, pikepdf.Object):
            continue
        if part.is_indirect:
            if part.objgen in seen:
                continue
            seen.add(part.objgen)
        if isinstance(part, pikepdf.Array):
            waiting += list(part)
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            fault = _fault(part) or _reaching_out(pikepdf, part)
            if fault is not None:
                yield fault, where
            waiting += [value for key, value in part.items() if _is_down(key, value, pikepdf)]


def _is_down(key: str, value: Any, pikepdf: Any) -> bool:
    """Whether it is part of what holds it, and not a page of its own that a link leads to."""
    if key in _UP or not isinstance(value, pikepdf.Object):
        return False
    # One that is written where it is used is led to by nothing else, whatever it says that it is.
    is_page = isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Page"
    return not (is_page and value.is_indirect)


def _fault(part: Any) -> FileFault | None:
    # Whatever type it says that it is: who opens it acts all the same.
    if str(part.get("/S")) in _ACTIONS or part.get("/Subtype") == "/RichMedia":
        return "active"
    if any(key in part for key in ("/XFA", "/JavaScript", "/JS", "/OnInstantiate")):
        return "active"
    if "/EmbeddedFiles" in part or "/EF" in part or part.get("/Subtype") == "/FileAttachment":
        return "attachment"
    return None


def _reaching_out(pikepdf: Any, part: Any) -> FileFault | None:
    """A link that is none to a page, a mail or a telephone; a stream whose content lies elsewhere."""
    if isinstance(part, pikepdf.Stream) and "/F" in part:
        return "active"
    for key in ("/URI", "/Base"):
        said = part.get(key)
        if isinstance(said, pikepdf.String) and not _is_link(str(said)):
            return "active"
    return None


def _is_link(address: str) -> bool:
    """Whether it leads where a link may; readers pass over blanks and controls, so they are no part."""
    bare = "".join(mark for mark in address.lower() if mark.isprintable() and not mark.isspace())
    scheme = _SCHEME.match(bare)
    if scheme is None:
        # Of a file beside it, or on a machine in the network.
        return not bare.startswith(("\\\\", "//"))
    return scheme[1] in _LINKS


def main() -> None:
    """The process."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fault = look(sys.argv[1], sys.stdin.buffer)
    sys.stdout.write(json.dumps({"fault": fault and fault[0], "where": fault and fault[1]}))


if __name__ == "__main__":
    main()
