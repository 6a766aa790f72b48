"""The paper of a product: what was drawn up and signed, as PDF, and how far it is.

The text stands there whole and once: its first lines become the heading where they are one, lines with a
colon stand below each other, and number, day and end are added only where the text does not say them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from casetrack.domain.case.printed_product import PrintedSignature, ProductContent
from casetrack.domain.case.signature_words import in_words, of_block
from casetrack.domain.events import parse_instant
from casetrack.domain.service.day_words import day_in_words
from casetrack.domain.service.definition import Name
from casetrack.domain.service.product_words import Ground
from casetrack.gateways.dates import local_moment
from casetrack.gateways.printing.letterhead import government
from casetrack.gateways.printing.letters import breakable
from casetrack.gateways.printing.typesetter import pdf
from casetrack.gateways.qr import qr_svg

#: Across a paper that is not, or no longer, in force.
_ACROSS = {
    "draft": "DRAF",
    "endorsed": "DRAF",
    "signed": "BELUM TERBIT",
    "annulled": "DIBATALKAN",
    "revoked": "DICABUT",
    "expired": "BERAKHIR",
    "suspended": "DITANGGUHKAN",
    "voided": "TIDAK TERBIT",
}
_BEFORE = {
    "draft": ("DRAF: belum ditandatangani dan tidak berlaku.", "Draft: not signed, not valid."),
    "partly": (
        "DRAF: belum ditandatangani oleh semua pejabat dan tidak berlaku.",
        "Draft: not signed by everybody, not valid.",
    ),
    "signed": (
        "Sudah ditandatangani, belum diterbitkan, dan belum berlaku.",
        "Signed, not issued yet, and not valid yet.",
    ),
    "voided": ("Tidak jadi diterbitkan dan tidak berlaku.", "Never issued, and not valid."),
}
_UNVOUCHED = (
    "Naskah ini belum diterbitkan: keasliannya tidak dapat diperiksa.",
    "Not issued: nobody can check whether this text is genuine.",
)
_AFTER = {
    "annulled": ("DIBATALKAN sejak {}.", "Annulled since {}."),
    "revoked": ("DICABUT sejak {}.", "Revoked since {}."),
    "suspended": (
        "DITANGGUHKAN sejak {}; selama itu tidak berlaku.",
        "Suspended since {}; not valid meanwhile.",
    ),
    "expired": ("Masa berlaku berakhir pada {}.", "Its validity ended on {}."),
}
_DRAFT = ("draft", "endorsed")
_CORRECTED = ("Naskah ini diperbaiki pada {}.", "This text was corrected on {}.")
_INSTEAD = (
    " Perbaikan ke-{}; yang terbit sebelumnya sudah diganti.",
    " Correction {}; what was issued before is replaced.",
)
#: A line such as "Nama: Budi Santoso".
_LABELLED = re.compile(r"([^\s:][^:]{0,40}): (.+)")
_ITEM = "- "
#: A last paragraph of so many letters stays in one piece with the signatures.
_SHORT = 900
#: So wide is a heading at most.
_HEADING = 90

Notice = tuple[str, str]
#: A piece of the text: its kind, its items, and whether a paragraph begins with it.
Part = dict[str, Any]


def product_pdf(content: ProductContent, address: str | None, zone: str) -> bytes:
    """The product as PDF; `address` is where anybody checks it, None where nobody can yet.

    The same content gives the same bytes.
    """
    return pdf("product", product_values(content, address, zone), content.changed_at)


def product_values(content: ProductContent, address: str | None, zone: str) -> dict[str, object]:
    """What the template takes."""
    heading, below, paragraphs = _headed(content)
    here = content.changed_at.astimezone(ZoneInfo(zone))
    grounds = content.written.grounds
    parts = _last_apart([part for each in paragraphs for part in _paragraph(each, grounds)])
    region = government(content.region)
    return {
        "language": "id",
        "other_language": "en",
        "region": region.id,
        "office": content.office.id,
        "counter": content.counter.id if content.counter else "",
        "title": content.name.id,
        "number": content.number or content.case_number,
        "foot": " · ".join(filter(None, (content.number, content.id if address else None))),
        "made_on": [here.year, here.month, here.day],
        "heading": breakable(heading),
        "other_title": _other(content.name),
        "below": [breakable(line) for line in below],
        "across": _ACROSS.get(content.state, ""),
        "notices": [list(each) for each in _notices(content)],
        "hash": content.draft if content.state in _DRAFT else "",
        "parts": parts,
        "last_breaks": bool(parts) and _long(parts[-1]),
        "signatures": [_signature(each, zone) for each in content.signatures],
        "copies": [breakable(each) for each in content.copies],
        "bears": _bears(content),
        "look": {"address": address, "id": content.id, "qr": qr_svg(address)} if address else None,
        "nobody_vouches": [] if address else list(_UNVOUCHED),
    }


def _bears(content: ProductContent) -> list[str]:
    """Which kind of signature it bears, in Bahasa Indonesia and English."""
    said = in_words(content.bears) if content.bears else None
    return [f"{said.id}.", f"{said.en}."] if said else []


def _other(name: Name) -> str:
    return name.en if name.en and name.en != name.id else ""


def _headed(content: ProductContent) -> tuple[str, list[str], Sequence[str]]:
    """The heading, what stands below it, and the paragraphs that are left."""
    first, rest = content.paragraphs[:1], content.paragraphs[1:]
    lines = first[0].split("\n") if first else []
    whole = "\n".join(content.paragraphs)
    late = _unsaid(content, whole)
    if lines and lines[0].isupper() and all(len(line) <= _HEADING for line in lines):
        return lines[0], [*lines[1:], *late], rest
    return content.name.id, late, content.paragraphs


def _unsaid(content: ProductContent, text: str) -> list[str]:
    """Number, day and end of validity where the text has no place for them."""
    days = (("Tanggal", content.dated), ("Berlaku sampai dengan", content.valid_until))
    said = [("Nomor", content.number), *((label, _words(day)) for label, day in days)]
    return [f"{label}: {words}" for label, words in said if words and words not in text]


def _words(day: date | None) -> str | None:
    return day_in_words(day) if day else None


def _notices(content: ProductContent) -> Iterator[Notice]:
    """How far it is, in Bahasa Indonesia and English."""
    state: str = content.state
    if state in _DRAFT:
        state = "partly" if content.signatures else "draft"
    if state in _BEFORE:
        yield _BEFORE[state]
    if content.corrected_on:
        here, abroad = _dated(_CORRECTED, content.corrected_on)
        times = content.corrections
        yield here + _INSTEAD[0].format(times), abroad + _INSTEAD[1].format(times)
    over = content.valid_until if state == "expired" else content.ended_on
    if state in _AFTER and over:
        yield _dated(_AFTER[state], over)


def _dated(words: Notice, day: date) -> Notice:
    return words[0].format(day_in_words(day)), words[1].format(f"{day:%-d %B %Y}")


def _paragraph(paragraph: str, grounds: Sequence[Ground]) -> list[Part]:
    """Its parts; the first begins it."""
    parts = _parts(paragraph, grounds)
    return [{**part, "begins": place == 0, "start": 1} for place, part in enumerate(parts)]


def _last_apart(parts: list[Part]) -> list[Part]:
    """The last thing by itself where it ends what is long: it goes with the signatures."""
    if not parts or not _long(parts[-1]):
        return parts
    *before, last = parts
    *items, end = last["items"]
    first = [{**last, "items": items}] if items else []
    if last["kind"] == "lines":
        return [*before, *first, {**last, "items": [end], "begins": not items}]
    start = last["start"] + len(items)
    apart = {**last, "items": [end], "start": start, "begins": not items}
    if len(str(end)) > _SHORT:
        # One that long by itself is lines: its page breaks as theirs do.
        apart = {**apart, "kind": "lines", "items": _as_lines(last["kind"], end, start)}
    return [*before, *first, apart]


def _as_lines(kind: str, item: Any, number: int) -> list[str]:
    if kind == "grounds":
        return [f"{number}. {item['facts']}", f"Dasar: {item['rule']}", f"Alasan: {item['reason']}"]
    return [": ".join(item)] if kind == "pairs" else [f"• {item}"]


def _long(part: Part) -> bool:
    return len(str(part["items"])) > _SHORT


def _parts(paragraph: str, grounds: Sequence[Ground]) -> Iterator[Part]:
    """A paragraph as lists, pairs of label and words, and lines."""
    for kind, lines in groupby(paragraph.split("\n"), key=_kind):
        said = list(lines)
        if kind == "list":
            yield _listed([line.removeprefix(_ITEM) for line in said], grounds)
        elif kind == "pairs" and len(said) > 1:
            found = [_LABELLED.fullmatch(line) for line in said]
            items = [[each[1], breakable(each[2])] for each in found if each]
            yield {"kind": "pairs", "items": items}
        else:
            yield {"kind": "lines", "items": [breakable(line) for line in said]}


def _kind(line: str) -> str:
    if line.startswith(_ITEM):
        return "list"
    return "pairs" if _LABELLED.fullmatch(line) else "lines"


def _listed(items: Sequence[str], grounds: Sequence[Ground]) -> Part:
    """A list; the grounds of a refusal with facts, rule and reason apart."""
    known = {ground.in_words(): ground for ground in grounds}
    if all(item in known for item in items):
        apart = [known[item].as_dict() for item in items]
        said = [{key: breakable(words) for key, words in each.items()} for each in apart]
        return {"kind": "grounds", "items": said}
    return {"kind": "list", "items": [breakable(item) for item in items]}


def _signature(signature: PrintedSignature, zone: str) -> dict[str, object]:
    moment: datetime = parse_instant(signature.at)
    return {
        # A correction is signed by itself, at no step.
        "label": "" if signature.step else "Perbaikan",
        "office": [breakable(line) for line in signature.block.office],
        "signed": [
            f"Ditandatangani {local_moment(moment, zone, 'id')}",
            f"Paspor wewenang: peristiwa {signature.version}",
            *([of_block(signature.electronic).id] if signature.electronic else []),
        ],
        "officer": [breakable(line) for line in signature.block.officer],
    }
