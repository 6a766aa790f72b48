"""A product's file with its electronic signatures: on its way into its event, and read again."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from casetrack.domain.case.product_details import SignedFiles
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import NotAsKept
from casetrack.storage.people import file_rows, signing_rows
from casetrack.storage.people.signing_rows import SigningRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case import case_texts
from casetrack.usecases.context import Context
from casetrack.usecases.people import files
from casetrack.usecases.people.sealing import Sealer

#: The kind of the sealed text that holds a file's hash and key.
KIND = "signed_file"
#: Nobody brought it, so no scanner is asked.
_MADE_HERE = "made_here"


def words_of(sha256: str, key: bytes) -> str:
    """What is sealed of a file: its own hash, and the key that opens it."""
    return json.dumps({"sha256": sha256, "key": base64.b64encode(key).decode()}, sort_keys=True)


def kept(row: SigningRow) -> Document:
    """What an event keeps of it beside the reference to its sealed words."""
    return {
        "id": row.file,
        "kind": "pdf",
        "size": row.size,
        "digest": row.digest,
        "scan": _MADE_HERE,
        "base": None,
        "certificate": row.certificate,
        "provider": row.provider,
        "level": row.level,
    }


def sealed(details: SignedFiles, sealer: Sealer) -> SignedFiles:
    """The files with the references to what is sealed of them."""
    made = (
        replace(each, kept={**each.kept, **sealer.seal(KIND, each.words)}) for each in details.files
    )
    return replace(details, files=tuple(made))


def arrive(uow: UnitOfWork, setting: Setting, number: str, details: SignedFiles) -> None:
    """Their event is about to be appended. Raises Conflict where it comes too late."""
    for each in details.files:
        files.arrive(uow, setting, number, each.kept["text"], each.kept)
        signing_rows.remove(uow, setting.region, each.product)


def expect(uow: UnitOfWork, setting: Setting, after: CaseState) -> None:
    """What was begun by this event has its row with it: whoever is killed next, the clock knows."""
    for product in after.products:
        begun = product.get("signing")
        if begun and begun["version"] == after.version:
            at = (setting.region, after.number, product["id"], after.version)
            signing_rows.begin(uow, *at, setting.now)


def leave(uow: UnitOfWork, before: CaseState, after: CaseState, now: datetime) -> None:
    """Files that are no product's any more leave the store."""
    kept = {product["file"]["id"] for product in after.products if product.get("file")}
    for product in before.products:
        file = product.get("file")
        if file and file["id"] not in kept:
            file_rows.leave_one(uow, before.region, file["id"], now)


def said_of(ctx: Context, state: CaseState) -> Mapping[str, Mapping[str, Any]]:
    """Hash and key of the case's files by the text that holds them; those of the erased are not there."""
    texts = case_texts.case_texts(ctx, state.region, state.number, KIND)
    return {text: said_in(words) for text, words in texts.items()}


def said_in(words: str) -> Mapping[str, Any]:
    """Hash and key of a file, out of its sealed words."""
    said: dict[str, Any] = json.loads(words)
    return said


def read(ctx: Context, state: CaseState, product: Document) -> bytes | None:
    """The file of a product, hashed again; None where it has none, or the person is erased.

    Raises Unavailable, NotAsKept.
    """
    held = product.get("file")
    said = said_of(ctx, state).get(held["text"]) if held else None
    if held is None or said is None:
        return None
    row = files.row_of(state.region, state.number, held["text"], held, None)
    try:
        return opened(ctx, row, said)
    except NotAsKept:
        # Erased since the first look: then it is not there, and all is well.
        if held["text"] not in said_of(ctx, state):
            return None
        raise


def opened(ctx: Context, row: Any, said: Mapping[str, Any]) -> bytes:
    """The bytes of a file in the store. Raises Unavailable, NotAsKept."""
    with ctx.files.passing() as content:
        files.fetch(ctx, row, base64.b64decode(said["key"]), said["sha256"], content)
        return content.read()
