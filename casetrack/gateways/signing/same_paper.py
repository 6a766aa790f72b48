"""Whether a file that came back signed is the paper that was sent, with one whole signature over it.

A service may write a file anew before the first signature, so bytes cannot be compared. Compared is what
a reader would show, page by page, with its fonts and pictures, and what the file would do when opened.
"""

import hashlib
import io
import zlib
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
)
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel

#: What pages inherit from the nodes above them.
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
#: How a stream is packed, and where a thing hangs: neither is what it shows.
_NOT_SHOWN = (
    "/Parent",
    "/P",
    "/Filter",
    "/DecodeParms",
    "/Length",
    "/StructParents",
    "/StructParent",
)
#: What signing may put into the catalogue beside what was there.
_OF_SIGNING = {"/AcroForm", "/Extensions", "/DSS", "/Perms", "/Version"}
#: What a reader of PDF raises over a file that is broken, or was made to mislead it.
_BROKEN = (PdfError, SignatureValidationError, zlib.error, ArithmeticError, AttributeError,
           LookupError, RecursionError, TypeError, ValueError)  # fmt: skip
#: Deeper than this nothing of our papers lies.
_DEEPEST = 40


def has_one_more(came: bytes, sent: bytes) -> bool:
    """Whether `came` shows what `sent` shows and bears one signature more, over the whole file."""
    try:
        before, after = _read(sent), _read(came)
        signed = after.embedded_signatures
        return (
            len(signed) == len(before.embedded_signatures) + 1
            and signed[-1].evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
            and set(after.root) - set(before.root) <= _OF_SIGNING
            and _same_pages(before, after)
        )
    except _BROKEN:
        return False


def _read(content: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(content))


def _same_pages(before: PdfFileReader, after: PdfFileReader) -> bool:
    old, new = list(_pages(before)), list(_pages(after))
    return len(old) == len(new) and all(map(_same_page, old, new))


def _pages(file: PdfFileReader) -> Iterator[dict[str, Any]]:
    """Each page with what it inherits, in their order."""
    yield from _below(file.root["/Pages"], {}, 0)


def _below(
    node: DictionaryObject, inherited: dict[str, Any], depth: int
) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        raise ValueError("a tree of pages without an end")
    own = {**inherited, **{name: node[name] for name in _INHERITED if name in node}}
    if "/Kids" not in node:
        yield {**own, **{name: node[name] for name in node}}
        return
    for kid in node["/Kids"]:
        yield from _below(_found(kid), own, depth + 1)


def _found(thing: Any) -> Any:
    """What is meant, wherever in its file it stands."""
    if isinstance(thing, IndirectObject):
        return thing.get_object()  # type: ignore[no-untyped-call]
    return thing


def _same_page(old: dict[str, Any], new: dict[str, Any]) -> bool:
    shown = old.keys() | new.keys()
    kept = [name for name in shown if name not in (*_NOT_SHOWN, "/Annots")]
    if any(_shape(old.get(name)) != _shape(new.get(name)) for name in kept):
        return False
    marks = [_shape(each) for each in old.get("/Annots", ())]
    for each in new.get("/Annots", ()):
        if _shape(each) in marks:
            marks.remove(_shape(each))
        elif not _is_unseen_signature(each):
            return False
    return not marks


def _is_unseen_signature(mark: Any) -> bool:
    """A field of a signature that covers nothing of the page."""
    found = _found(mark)
    left, low, right, high = (float(each) for each in found["/Rect"])
    empty = left == right or low == high
    return bool(found.get("/Subtype") == "/Widget" and found.get("/FT") == "/Sig" and empty)


def _shape(thing: Any, above: tuple[tuple[int, int], ...] = ()) -> str:
    """A digest of what a thing shows, however its file numbers and packs it."""
    if isinstance(thing, IndirectObject):
        place = (int(thing.idnum), int(thing.generation))
        if place in above or len(above) > _DEEPEST:
            return "above"
        return _shape(_found(thing), (*above, place))
    if isinstance(thing, DictionaryObject):
        parts = [
            f"{name}={_shape(thing.raw_get(name), above)}"
            for name in sorted(map(str, thing))
            if name not in _NOT_SHOWN
        ]
        if isinstance(thing, StreamObject):
            parts.append(hashlib.sha256(thing.data).hexdigest())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    if isinstance(thing, ArrayObject):
        inside = (_shape(thing.raw_get(place), above) for place in range(len(thing)))
        return hashlib.sha256("|".join(inside).encode()).hexdigest()
    return f"{type(thing).__name__}:{thing}"
