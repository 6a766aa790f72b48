"""Letters that no font of the sheets has: who writes them is told, before a paper shows codes instead.

What is told names the field and how many letters there are, never the letters: answers are kept for
replays, and outlive the person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from casetrack.domain.case.bills import BillIssue
from casetrack.domain.case.commands import Act, Details, ProductChange, find_step
from casetrack.domain.case.product_details import ProductDrafting, ProductNamed, Refusal
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.usecases.case.product_texts import written_of
from casetrack.usecases.context import Context

_UNFINISHED = {
    "id": "belum dapat ditandatangani sebelum ini ditulis: {what}; tulis dengan POST products",
    "en": "it cannot be signed before this is written: {what}; POST products does so",
}
_UNCHANGED = {
    "id": "teksnya tetap sama seperti sebelum perbaikan; yang diperbaiki hanya dapat berupa bagian yang "
    "ditulis kantor, data orangnya, atau nama penanda tangan",
    "en": "its text is the same as before the correction; what is corrected can only be what the office "
    "writes, the person's data, or the signer's name",
}
#: Of a party's data, what papers have a place for.
_OF_A_PARTY = ("name", "address", "acting")


def printed_of(at: str, party: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What of a party's data may stand on a paper, each with its place."""
    for name in _OF_A_PARTY:
        yield f"{at}.{name}", party.get(name)


def letter_warnings(
    ctx: Context, texts: Iterable[tuple[str, str | None]]
) -> list[dict[str, object]]:
    """A warning for each text, by its place, that would not be printed as it is written."""
    return [warning(at, count) for at, text in texts if text and (count := ctx.unprinted(text))]


def warning(at: str, count: int) -> dict[str, object]:
    """That so many letters of what stands there come out as codes."""
    said = {
        "id": (
            f"{count} hurufnya tidak ada dalam fon cetak, jadi di kertas tampil sebagai kode seperti "
            "[U+0639]; tulis dengan huruf Latin, atau beri tahu pemohon"
        ),
        "en": (
            f"{count} of its letters are in no font of the sheets and come out on paper as codes such as "
            "[U+0639]; write them in Latin letters, or tell the applicant"
        ),
    }
    return {"at": at, "message": said["en"], "said": said}


def printed_fields(
    definition: ServiceDefinition, act: Act, note: str | None, reason: str | None
) -> dict[str, str | None]:
    """What of an act's own fields papers have a place for: conditions, a decision's note, a waiver."""
    printed: dict[str, str | None] = {}
    if act.action == "declare_complete":
        printed["reason"] = reason
    if act.action == "complete" and act.step is not None:
        decides = find_step(definition, act.step).kind == "decide"
        printed["note"] = note if decides or act.result == "conditional" else None
    return printed


def act_warnings(
    ctx: Context,
    details: Details | None,
    said: Mapping[str, str | None],
    drafts: Sequence[Mapping[str, Any]],
) -> list[dict[str, object]]:
    """Of an act on a case: of what was `said` in its fields and is printed, of what is written in a
    product, and of each draft that it brings."""
    drawn = [
        warning(f"products.{each['product']}", each["as_codes"])
        for each in drafts
        if each.get("as_codes")
    ]
    return [
        *letter_warnings(ctx, [*said.items(), *_written(details)]),
        *drawn,
        *_unfinished(drafts),
    ]


def _unfinished(drafts: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, object]]:
    """What of a draft keeps it from being signed, or makes a correction one of nothing."""
    for each in drafts:
        at = f"products.{each['product']}"
        if each.get("missing"):
            what = ", ".join(each["missing"])
            said = {language: words.format(what=what) for language, words in _UNFINISHED.items()}
            yield {"at": at, "message": said["en"], "said": said}
        if each.get("unchanged"):
            yield {"at": at, "message": _UNCHANGED["en"], "said": dict(_UNCHANGED)}


def _written(details: Details | None) -> Iterator[tuple[str, str | None]]:
    if isinstance(details, ProductNamed | BillIssue):
        yield "number", details.number
    if not isinstance(details, ProductDrafting | Refusal | ProductChange):
        return
    written = written_of(details)
    for name, text in written.values.items():
        yield f"written.values.{name}", text
    for place, ground in enumerate(written.grounds):
        for name, text in ground.as_dict().items():
            yield f"written.grounds.{place}.{name}", text
    for place, text in enumerate(written.relied_on):
        yield f"written.relied_on.{place}", text
