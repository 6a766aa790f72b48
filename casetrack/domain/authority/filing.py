"""How a paper gets into the register: entered by one officer, confirmed by another, never changed.

An entry has a stream of its own, `register/KIND/ID`. One that is confirmed works from then on.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from casetrack.domain.authority.amendment_check import shape_fault
from casetrack.domain.authority.entries import (
    ENTRY_KINDS,
    Amendment,
    Entry,
    EntryKind,
    Grant,
    PayAccount,
    Registrar,
)
from casetrack.domain.authority.entry_json import read_entry, to_document
from casetrack.domain.authority.recorded import Cite
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.domain.service.definition import ID_PATTERN, Problem

EntryState = Literal["confirmed", "drafted", "superseded", "discarded"]
ENTRY_STATES: tuple[EntryState, ...] = get_args(EntryState)
#: What becomes of a draft.
EntryAction = Literal["confirm", "discard"]


@dataclass(frozen=True, slots=True)
class Filed:
    """One entry with the SHA-256 (hex) of the paper that was seen."""

    kind: EntryKind
    id: str
    entry: Entry
    sha256: str

    @property
    def document(self) -> dict[str, Any]:
        """The entry as JSON."""
        return to_document(self.entry)


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A whole file of entries, with the officer who enters them. A load is one hand, never two."""

    entered_by: str
    entries: tuple[Filed, ...]


def read_filed(kind: str, entry_id: str, document: Mapping[str, Any], sha256: str) -> Filed:
    """What somebody enters. Raises Invalid with every fault and its place."""
    known = next((each for each in ENTRY_KINDS if each == kind), None)
    if known is None:
        raise Invalid("invalid_entry", f"There is no kind {kind!r}; {', '.join(ENTRY_KINDS)}.")
    if not ID_PATTERN.fullmatch(entry_id):
        raise Invalid("invalid_entry", "An id is small letters, digits and - _ . between them.")
    entry = read_entry(known, document)
    if (fault := paper_fault(entry)) is not None:
        told = f"{fault.message}; {fault.cure}"
        raise Invalid(
            "invalid_entry",
            f"The {kind} cannot be taken: {told}.",
            errors=[{"at": ".".join(map(str, fault.at)), "message": told}],
        )
    return Filed(known, entry_id, entry, sha256)


def paper_fault(entry: Entry) -> Problem | None:
    """That nobody becomes a registrar without a paper (only a set-up names none), and that an amendment
    changes something."""
    if isinstance(entry, Amendment):
        return shape_fault(entry)
    if isinstance(entry, Registrar) and entry.letter is None and entry.instrument is None:
        cure = "give 'letter', with its number and day, or 'instrument', one of the register"
        return Problem(("letter",), "no paper is named that makes a registrar", cure)
    return None


def needs_release(entry: Entry) -> str | None:
    """The migration whose second half must be over before the entry is taken; None for most.

    A release from before it does not read the entry, or not what it takes away.
    """
    if isinstance(entry, Amendment):
        return "0051"
    if isinstance(entry, PayAccount):
        return "0023"
    if isinstance(entry, Registrar):
        return "0019"
    if isinstance(entry, Grant) and (entry.giver_acts == "no" or bool(entry.steps)):
        return "0010"
    return None


def drafted(
    filed: Filed, revision: int, entered_by: str | None = None, right: Cite | None = None
) -> NewEvent:
    """`casetrack.authority.drafted`: entered, and not working yet.

    `entered_by` is who stands for a paper that a load brings; else it is who did it. `right` is the entry
    by which they are a registrar.
    """
    said = {"entered_by": entered_by} if entered_by else {}
    return NewEvent(
        TYPE_PREFIX + "authority.drafted",
        {**_named(filed.kind, filed.id, revision), **_content(filed), **said, **_right(right)},
    )


def confirmed(
    filed: Filed,
    revision: int,
    *,
    entered_by: str,
    confirmed_by: str | None,
    supersedes: int | None,
    right: Cite | None = None,
) -> NewEvent:
    """`casetrack.authority.confirmed`, or `.withdrawn` for a withdrawal: it works from now on.

    With nobody in `confirmed_by` it was put in by the operator `entered_by` as the region was set up.
    `right` is the entry by which the officer may confirm.
    """
    name = "authority.withdrawn" if filed.kind == "withdrawal" else "authority.confirmed"
    return NewEvent(
        TYPE_PREFIX + name,
        {
            **_named(filed.kind, filed.id, revision),
            **_content(filed),
            "entered_by": entered_by,
            "confirmed_by": confirmed_by,
            "supersedes": supersedes,
            **_right(right),
        },
    )


def discarded(kind: str, entry_id: str, revision: int, right: Cite | None = None) -> NewEvent:
    """`casetrack.authority.discarded`: a draft that never worked and never will."""
    named = _named(kind, entry_id, revision)
    return NewEvent(TYPE_PREFIX + "authority.discarded", {**named, **_right(right)})


def _right(right: Cite | None) -> dict[str, Any]:
    return {"right": right.as_data()} if right is not None else {}


def _named(kind: str, entry_id: str, revision: int) -> dict[str, Any]:
    return {"kind": kind, "id": entry_id, "revision": revision}


def _content(filed: Filed) -> dict[str, Any]:
    return {"entry": filed.document, "document": {"sha256": filed.sha256}}


def check_action(action: str) -> None:
    """Raises Invalid for an action that there is not."""
    if action not in get_args(EntryAction):
        raise Invalid("unknown_action", f"{action} is nothing that is done to a draft.")


def is_set_up(state: str, confirmed_by: str | None) -> bool:
    """Whether it works since the region was set up, and no registrar has confirmed it."""
    return state == "confirmed" and confirmed_by is None


def check_waiting(state: str, confirmed_by: str | None, action: str) -> None:
    """Raises NotNow unless the newest revision waits for its confirmation."""
    waits = state == "drafted" or (action == "confirm" and is_set_up(state, confirmed_by))
    if not waits:
        raise NotNow("no_draft", "Nothing of this entry waits for a confirmation.")


def concerned(kind: str, entry_id: str, entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The entries that a decision may rest on, and against which this one may speak: kind and id.

    New powers speak against no decision; a renaming, a stay and a registrar neither.
    """
    match kind:
        case "withdrawal":
            return [("grant", entry["grant"])]
        case "replacement" | "amendment":
            return [("instrument", entry["old"]), ("instrument", entry["new"])]
        case "succession":
            return [("position", entry["source"])]
        case "incumbency":
            return [("incumbency", entry_id), ("position", entry["position"])]
        case "grant" | "instrument" | "position":
            return [(kind, entry_id)]
    return []


def fingerprint(filed: Filed) -> str:
    """What a load remembers of a paper: the SHA-256 (hex) over what it says and the paper's own."""
    said = json.dumps([filed.document, filed.sha256], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
