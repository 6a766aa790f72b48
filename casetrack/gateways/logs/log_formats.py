"""What else somebody may take for an XES log: known by its first bytes, and named with a way out."""

from pathlib import Path

from casetrack.domain.errors import BadInput

_UNPACK = "unpack it and give the XES file in it (of packed files only gzip is read as it is)"
_NO_OCEL = "it holds no cases; choose an object type and write the log flat, as XES"
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", _UNPACK),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"SQLite format 3\x00", "a SQLite file, as OCEL comes in", _NO_OCEL),
)
_GZIP = b"\x1f\x8b"
#: Roots of other kinds of log in XML, and what stands below the root `log` of OCEL.
OTHER_ROOTS = {
    "WorkflowLog": "this is MXML: write it as XES",
    "ocel": f"this is OCEL: {_NO_OCEL}",
}
OCEL_PARTS = ("object-types", "event-types", "objects", "events")


def refuse_others(path: Path, beginning: bytes, *, unpacked: bool) -> None:
    """Raises BadInput for the beginning of a file that is no XML but something that can be named.

    `unpacked` says that the bytes come out of gzip already.
    """
    inside = "in it is a file that is" if unpacked else "it is"
    for magic, what, cure in _BEGINNINGS:
        if beginning.startswith(magic):
            raise BadInput(f"{path}: {inside} {what}: {cure}")
    if unpacked and beginning.startswith(_GZIP):
        raise BadInput(f"{path}: it is packed with gzip twice: unpack it once")
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        ocel = any(word in text for word in (b"ocel:", b"objectTypes", b"eventTypes"))
        what, cure = ("OCEL in JSON", _NO_OCEL) if ocel else ("JSON", "give an XES log")
        raise BadInput(f"{path}: {inside} {what}: {cure}")
