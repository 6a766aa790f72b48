"""The file of a document of a case: taken in with its event, and read by who reads the document."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.case.case_people import PROOFS, SHOWING
from casetrack.domain.case.commands import Seen, check_documents
from casetrack.domain.case.documents import document_id
from casetrack.domain.case.party_change import Present
from casetrack.domain.case.transitions import RECEIVE
from casetrack.domain.errors import Invalid, NotAsKept, NotFound, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.domain.people.readers import shown_to
from casetrack.domain.people.stored_files import (
    ENDINGS,
    MEDIA_TYPES,
    MEGABYTE,
    USUAL_MEGABYTES,
    Scan,
    infected,
    too_large,
)
from casetrack.domain.service.definition import Requirement, ServiceDefinition
from casetrack.domain.service.reading_rights import may_read
from casetrack.storage.people import file_rows, sealed_rows
from casetrack.storage.people.file_rows import FileRow
from casetrack.usecases import idempotency
from casetrack.usecases.case.do import do
from casetrack.usecases.case.documents import key_of
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people import files, readings
from casetrack.usecases.people.sealing import open_texts

#: Bytes of a signature on a screen.
MOST_OF_A_SIGNATURE = MEGABYTE


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A document as it came: for which requirement, under which name, its file on its way."""

    requirement: str
    name: str | None
    file: BinaryIO
    size: int
    sha256: str
    original: bool = False
    #: Who brought it, where that was said.
    present: Present | None = None


def most_megabytes(definition: ServiceDefinition, requirement: str) -> int:
    """What a file for this requirement may weigh."""
    found = _requirement(definition, requirement)
    return found.file_mb if found and found.file_mb else USUAL_MEGABYTES


def largest_megabytes(definition: ServiceDefinition) -> int:
    """What a file for any requirement of the service may weigh."""
    return max(USUAL_MEGABYTES, *(each.file_mb or 0 for each in definition.requirements), 0)


def _requirement(definition: ServiceDefinition, name: str) -> Requirement | None:
    return next((each for each in definition.requirements if each.id == name), None)


def receive_file(
    ctx: Context,
    actor: Actor,
    case: Sight,
    brought: BroughtFile,
    if_match: Callable[[], Seen],
    request: idempotency.Request | None = None,
) -> Answer:
    """Take in a document with its file: opened, scanned, put into the store, and then the event.

    Raises what `do` raises, Invalid for a file that is not taken, Unavailable for a store that is away.
    """
    document = {
        "requirement": brought.requirement,
        "name": brought.name,
        "sha256": brought.sha256,
        "original": brought.original,
    }
    check_documents(case.definition, [document], alone=True)
    if brought.requirement == SHOWING["screen"] and brought.size > MOST_OF_A_SIGNATURE:
        raise too_large(1)
    most = most_megabytes(case.definition, brought.requirement)
    if brought.size > most * MEGABYTE:
        raise too_large(most)
    kind = ctx.files.kind(brought.file)
    if brought.requirement == SHOWING["screen"] and kind != "png":
        raise _no_signature()
    scan = ctx.files.scan(brought.file)
    if scan.state == "found":
        _record_found(ctx, actor, case, brought, scan)
        raise infected(scan.said or "")
    region = case.state.region
    doing = Doing(
        RECEIVE,
        documents=[document],
        details=brought.present,
        keep=lambda: files.put(ctx, region, kind, brought.file, scan),
    )
    return do(ctx, actor, case, doing, if_match, request)


def _no_signature() -> Invalid:
    message = "a signature on a screen comes as a PNG"
    return Invalid("invalid_body", f"file: {message}.", errors=[{"at": "file", "message": message}])


def _record_found(
    ctx: Context, actor: Actor, case: Sight, brought: BroughtFile, scan: Scan
) -> None:
    """That a scanner found something is a fact, of which the file itself is not kept."""
    region, number = case.state.region, case.state.number
    data = {"requirement": brought.requirement, "found": scan.said, "base": scan.base}
    with ctx.database.write() as uow:
        uow.lock(region, f"files/{number}")
        new = NewEvent(TYPE_PREFIX + "file.refused", data)
        append_fact(uow, region, f"files/{number}", new, actor)
    ctx.wake()


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that is given out: its type as the door found it, a name that the product made."""

    media_type: str
    name: str
    size: int
    content: BinaryIO


@contextmanager
def given_file(ctx: Context, actor: Actor, case: Sight, document: str) -> Iterator[Shown]:
    """The file of a document. The look is written down before anything is opened.

    Raises NotFound: there is no such document, it has no file, or it is not for the actor; NotNow: the
    file waits for a scanner; Unavailable, NotAsKept, DatabaseDown.
    """
    row, place = _row(ctx, actor, case, document), int(document.partition("-")[2])
    if row.scan == "not_scanned" and not ctx.files.shows_unscanned:
        raise NotNow(
            "not_scanned_yet",
            "No scanner for viruses has answered for this file yet, and here such files are not opened; "
            "it is asked every few minutes, so try again later.",
        )
    number = case.state.number
    readings.record(ctx, actor, "file", [number])
    said = _sealed_words(ctx, row)
    with ctx.files.passing() as content:
        try:
            files.fetch(ctx, row, key_of(said), said["sha256"], content)
        except NotAsKept:
            # Erased, or found to be bad, since the first look: then it is not there, and all is well.
            _sealed_words(ctx, _row(ctx, actor, case, document))
            raise
        kind = row.kind
        name = f"{number}-{place}-{case.state.documents[place - 1]['requirement']}"
        yield Shown(
            MEDIA_TYPES[kind],  # type: ignore[index]
            f"{name}.{ENDINGS[kind]}",  # type: ignore[index]
            row.size,
            content,
        )


def _sealed_words(ctx: Context, row: FileRow) -> dict[str, Any]:
    """Name, hash and key of a file. Raises NotFound once the person is erased."""
    with ctx.database.read() as connection:
        sealed = sealed_rows.texts_by_id(connection, row.region, [row.text])
    texts = open_texts(ctx, row.region, sealed)
    if row.text not in texts:
        raise _no_file()
    said: dict[str, Any] = json.loads(texts[row.text])
    return said


def document_with_file(case: Sight, document: str) -> Mapping[str, Any]:
    """The document of this id that came with a file. Raises NotFound."""
    for place, held in enumerate(case.state.documents):
        if document_id(place) == document and "file" in held:
            return held
    raise _no_file()


def _row(ctx: Context, actor: Actor, case: Sight, document: str) -> FileRow:
    """The row of a document's file. Raises NotFound."""
    state, definition = case.state, case.definition
    held = document_with_file(case, document)
    front = definition.front_office
    requirement = _requirement(definition, held["requirement"])
    hidden = requirement is not None and not may_read(requirement, front, actor)
    if held["requirement"] in PROOFS:
        # A signature is for who hands over, and for who looks at that afterwards.
        hidden = actor.agency != front and not actor.has_role(REGION_WIDE)
    if hidden or shown_to(actor, front) == "nothing":
        raise _no_file()
    with ctx.database.read() as connection:
        rows = file_rows.of_case(connection, state.region, state.number)
    found = [row for row in rows if row.file == held["file"]["id"] and row.scan != "found"]
    if not found:
        raise _no_file()
    return found[0]


def _no_file() -> NotFound:
    """In the same words for who may not read it."""
    return NotFound("unknown_file", "The case has no such document with a file for you.")
