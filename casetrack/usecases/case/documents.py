"""Documents on their way in and out: names tidied and sealed, opened again for who may read the case."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.case.documents import document_id, missing, status_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.people import visible
from casetrack.domain.people.stored_files import MEDIA_TYPES, KeptFile
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.people.file_rows import FileRow
from casetrack.usecases.people.sealing import Sealer, as_text

#: Of a document of which the office holds no original.
_NOT_HELD: Mapping[str, Any] = {"original": False, "returned_at": None, "returned_to": None}
Fault = dict[str, str]
#: What is sealed of a document: it may say something about a person.
_SEALED = ("name", "sha256")


def tidied(
    documents: Sequence[Mapping[str, Any]], *, alone: bool = False
) -> tuple[list[Mapping[str, Any]], list[Fault]]:
    """Documents as they are kept, and where and why a name cannot be taken; no fault repeats it.

    `alone`: the body is the one document.
    """
    kept: list[Mapping[str, Any]] = []
    faults = []
    for place, document in enumerate(documents):
        name = document.get("name")
        try:
            kept.append({**document, "name": visible.read(name) if name is not None else None})
        except ValueError as error:
            faults.append(
                {"at": "name" if alone else f"documents.{place}.name", "message": str(error)}
            )
    return kept, faults


def has_text(document: Mapping[str, Any]) -> bool:
    """Whether there is something to seal: a document may come without a name and a hash."""
    return any(document.get(part) for part in _SEALED)


def sealed(document: Mapping[str, Any], sealer: Sealer | None) -> dict[str, Any]:
    """What an event may hold of it: its requirement, and the reference to its name and hash, if any."""
    kept = {"requirement": document["requirement"]}
    if document.get("original"):
        kept["original"] = True
    if sealer is None or not has_text(document):
        return kept
    said: dict[str, Any] = {part: document.get(part) for part in _SEALED}
    file: KeptFile | None = document.get("file")
    if file is not None:
        kept["file"] = file.as_data()
        said["key"] = base64.b64encode(file.key).decode()
    return {**kept, **sealer.seal("document", as_text(said))}


def key_of(said: Mapping[str, Any]) -> bytes:
    """The key of a document's file, out of its sealed text."""
    return base64.b64decode(said["key"])


def documents_view(
    state: CaseState,
    definition: ServiceDefinition,
    texts: Mapping[str, str],
    files: Mapping[str, FileRow],
) -> list[dict[str, Any]]:
    """What came, replaced documents too, in the order in which it came; then what is missing.

    `texts` are the case's, opened; of an erased person there are none. `files` are rows by the text that
    has their key.
    """
    came = [
        {
            **document_view(state, place, json.loads(texts.get(document.get("text", ""), "{}"))),
            "file": _file_view(document, texts, files),
        }
        for place, document in enumerate(state.documents)
    ]
    lacking = [
        {
            "id": None,
            "requirement": requirement.id,
            "status": "missing",
            "name": None,
            "sha256": None,
            "received_at": None,
            "received_by": None,
            "replaced_at": None,
            "file": None,
            **_NOT_HELD,
        }
        for requirement in missing(state, definition)
    ]
    return [*came, *lacking]


def _file_view(
    document: Mapping[str, Any], texts: Mapping[str, str], files: Mapping[str, FileRow]
) -> dict[str, Any] | None:
    """What is said of a file to who may read it; nothing where it was erased or is not for them."""
    row = files.get(document.get("text", ""))
    return file_view(row.kind, row.size, row.scan) if row and row.text in texts else None


def file_view(kind: str, size: int, scan: str) -> dict[str, Any]:
    """What is said of a file."""
    return {"type": MEDIA_TYPES[kind], "size": size, "scan": scan}  # type: ignore[index]


def in_clear(view: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """A document's view with its name and hash."""
    return {**view, **{part: said.get(part) for part in _SEALED}}


def document_view(state: CaseState, place: int, said: Mapping[str, Any]) -> dict[str, Any]:
    """One document with its name and hash, in clear.

    Of a case of the release before, what came with the opening has no officer.
    """
    document = state.documents[place]
    return {
        "id": document_id(place),
        "requirement": document["requirement"],
        "status": status_of(document),
        **{part: said.get(part) for part in _SEALED},
        "received_at": document.get("received_at", state.opened_at),
        "received_by": document.get("received_by"),
        "replaced_at": document.get("replaced_at"),
        "file": None,
        **{name: document.get(name, said) for name, said in _NOT_HELD.items()},
    }


def with_file(view: Mapping[str, Any], file: Mapping[str, Any] | None) -> dict[str, Any]:
    """The view of a document that has just come with a file."""
    if file is None:
        return dict(view)
    return {**view, "file": file_view(file["kind"], file["size"], file["scan"])}
