"""Files that are kept: which kinds are taken, how large they may be, and what a scan for viruses said.

The first bytes say the kind. The name and the type that a sender gives decide nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casetrack.domain.errors import Invalid

FileKind = Literal["pdf", "jpeg", "png", "webp"]
#: How each is served, and how a file of it is called.
MEDIA_TYPES: Mapping[FileKind, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
ENDINGS: Mapping[FileKind, str] = {"pdf": "pdf", "jpeg": "jpg", "png": "png", "webp": "webp"}

MEGABYTE = 1_000_000
#: What a file may weigh where nothing else is said, and what a definition may say at most.
USUAL_MEGABYTES, MOST_MEGABYTES = 10, 25
#: Pages of a PDF; points of a picture, counted before it is unpacked.
MOST_PAGES, MOST_PIXELS = 100, 50_000_000
#: Bytes to which the content of a PDF's pages may unpack; a viewer unpacks it all.
MOST_UNPACKED = 100 * MEGABYTE
#: As many of a file's first bytes as say its kind.
HEAD = 16

#: `clean`: a scanner has looked and found nothing. `found`: it found something. `not_scanned`: none has
#: answered yet, whatever the reason; that is never shown as clean.
ScanState = Literal["clean", "found", "not_scanned"]


class StoreAway(Exception):
    """The store does not answer or cannot be written; later it may."""


class FileBroken(Exception):
    """What lies in the store is not what was put there."""


class NotThere(FileBroken):
    """The store has nothing under this name."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner said. `said` is what it found, or why there is no answer; `base` its own version."""

    state: ScanState
    said: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file in the store. `digest` is the SHA-256 of what lies there, sealed under `key`."""

    file: str
    kind: FileKind
    #: Bytes of the file itself.
    size: int
    digest: str
    scan: Scan
    key: bytes

    def as_data(self) -> dict[str, Any]:
        """What an event may hold of it."""
        return {
            "id": self.file,
            "kind": self.kind,
            "size": self.size,
            "digest": self.digest,
            "scan": self.scan.state,
            "base": self.scan.base,
        }


def kind_of(head: bytes) -> FileKind | None:
    """The kind that the first bytes say, None for one that is not taken."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return None


def is_heic(head: bytes) -> bool:
    """Whether this is the picture that newer telephones make, which nobody here opens."""
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc")


#: What may be wrong with a file that was opened. `at` is where: a page, or nothing.
FileFault = Literal[
    "damaged", "password", "active", "attachment", "pages", "pixels", "too_much_work"
]


def too_large(megabytes: int) -> Invalid:
    """The file weighs more than it may."""
    return Invalid(
        "file_too_large",
        # Whoever counts a megabyte as 1,048,576 bytes is told which one is meant.
        f"The file is larger than the {megabytes} MB ({megabytes},000,000 bytes) that it may be; scan it "
        "anew with 150 to 200 dots per inch, or send its pages as several files.",
        megabytes=megabytes,
    )


def refused(fault: FileFault, where: str | None) -> Invalid:
    """What is wrong with the file, where, and how to mend it."""
    return _REFUSED[fault](where)


_REFUSED: Mapping[FileFault, Callable[[str | None], Invalid]] = {
    "damaged": lambda where: Invalid(
        "file_damaged",
        "The file cannot be opened to its end, it is damaged or was cut off; scan or export it anew.",
        where=where,
    ),
    "password": lambda where: Invalid(
        "file_locked",
        "The PDF opens with a password only, so nobody could read it here; take the password off and "
        "send it again.",
        where=where,
    ),
    "active": lambda where: Invalid(
        "file_active",
        "The PDF does something by itself when it is opened or clicked (`where` says where it stands); "
        "print it as a PDF without forms and scripts, and send that.",
        where=where,
    ),
    "attachment": lambda where: Invalid(
        "file_with_attachment",
        "Another file is attached inside the PDF (`where` says where); take it out, and send it as a "
        "file of its own.",
        where=where,
    ),
    "pages": lambda where: Invalid(
        "file_too_many_pages",
        "The PDF has more than the 100 pages that it may have (`where` says how many); send it in parts.",
        where=where,
    ),
    "pixels": lambda where: Invalid(
        "file_too_many_pixels",
        "The picture has more than the 50 million points that it may have (`where` says how many); make "
        "it smaller, 3,000 x 4,000 is enough for a sheet.",
        where=where,
    ),
    "too_much_work": lambda where: Invalid(
        "file_too_much_work",
        "The file takes more time or memory to open than any scan does (`where` says where, if known); "
        "scan or export it anew.",
        where=where,
    ),
}


def check_kind(head: bytes) -> FileKind:
    """The file's kind. Raises Invalid for an empty file and for a kind that is not taken."""
    if not head:
        raise Invalid("file_empty", "The file is empty; choose it again and send it again.")
    kind = kind_of(head)
    if kind is not None:
        return kind
    if is_heic(head):
        raise Invalid(
            "file_kind_not_taken",
            "The picture is HEIC, which cannot be opened here; save the photo as JPEG (on a telephone: "
            "camera settings, most compatible) and send that.",
        )
    raise Invalid(
        "file_kind_not_taken",
        "The file is no PDF, JPEG, PNG or WebP, whatever its name says: its first bytes are another "
        "kind's; save or scan it as one of these.",
    )


def infected(found: str) -> Invalid:
    """A scanner found something; the file is not kept."""
    return Invalid(
        "file_infected",
        "The scanner for viruses found something in the file, so it was not kept; have the machine that "
        "it comes from looked at, and scan the paper anew.",
        found=found,
    )
