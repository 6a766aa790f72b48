"""A person's data: everything that is kept about them, their stream, their erasure.

Rights of access, correction and erasure: UU 27/2022 on personal data. What `show` gives is for the
person's eyes: callers print it and log nothing of it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from casetrack.domain.access import Actor, system
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.errors import BadInput
from casetrack.domain.events import Event, NewEvent
from casetrack.domain.people.contact import FORMS
from casetrack.domain.people.erasing import ERASED
from casetrack.storage.case import case_rows, queries
from casetrack.storage.people import (
    case_parties,
    corrected_texts,
    file_rows,
    person_texts,
    subjects,
    wiping,
)
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.people.person_texts import TextRow
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.region import regions
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context, make_event
from casetrack.usecases.people import readings
from casetrack.usecases.people.sealing import as_text, text_context


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a command is about."""

    region: str
    subject: str


# --- who ----------------------------------------------------------------------------------------


def by_subject(ctx: Context, subject: str) -> list[Person]:
    """The person with this id. Raises BadInput."""
    with ctx.database.read() as connection:
        region = subjects.regions_of_subject(connection, subject)
    if region is None:
        raise BadInput(f"there is no subject {subject!r}; find one with --case or --nik-file")
    return [Person(region, subject)]


def by_case(ctx: Context, number: str) -> list[Person]:
    """Everybody who stands in a role to this case. Raises Invalid for a malformed number, BadInput."""
    with ctx.database.read() as connection:
        region, parsed = regions.case_of_number(connection, number)
        rows = case_parties.parties_of_case(connection, region, str(parsed)) if region else []
    if region is None or not rows:
        raise BadInput(f"there is no case {parsed}")
    return [Person(region, subject) for subject in dict.fromkeys(row.subject for row in rows)]


def by_nik(ctx: Context, nik: str) -> list[Person]:
    """Who goes by this NIK, in each region: one person, or several who are kept apart.

    Raises BadInput.
    """
    nik = nik.strip()
    if not FORMS["nik"].fits(nik):
        raise BadInput(f"the NIK is not {FORMS['nik'].looks}")
    found = []
    with ctx.database.read() as connection:
        for region in regions.regions(connection):
            rows = subjects.all_with_nik(connection, region, ctx.vault.nik_index(region, nik))
            found += [Person(region, row.subject) for row in rows]
    if not found:
        raise BadInput("no region keeps anybody with this NIK")
    return found


# --- show ---------------------------------------------------------------------------------------


def show(ctx: Context, person: Person) -> dict[str, Any]:
    """Everything kept about a person, opened; of an erased one, that they were erased and their cases.

    It is handed out, so it is written down first, whoever runs the command.
    """
    region, subject = person.region, person.subject
    with ctx.database.snapshot() as connection:
        row = subjects.subject(connection, region, subject)
        parties = case_parties.parties_of_subject(connection, region, subject)
        texts = person_texts.texts_of_subject(connection, region, subject)
        kept = file_rows.of_subject(connection, region, subject)
        numbers = sorted({party.number for party in parties})
        states = [
            found.state
            for number in numbers
            if (found := queries.case(connection, region, number)) is not None
        ]
    said = {state.number: state.parties for state in states}
    readings.record(ctx, system(region, "operator"), "export", numbers)
    wrapped = row.wrapped_key if row else None
    opened = _open(ctx, person, wrapped, texts) if wrapped is not None else {}
    return {
        "subject": subject,
        "region": region,
        "erased": wrapped is None,
        "parties": [
            _party_view(party, opened, said.get(party.number, {}).get(party.role, {}))
            for party in parties
        ],
        "texts": _text_views(texts, opened),
        # What corrections replaced, as long as a retention keeps it.
        "corrected": [
            {"number": text.number, "data": json.loads(opened[text.text])}
            for text in sorted(texts, key=lambda text: (text.number, text.text))
            if text.kind == corrected_texts.KIND and text.text in opened
        ],
        # What they brought as files; each is given out by the case's document.
        "files": [
            {name: getattr(file, name) for name in ("number", "kind", "size", "scan")}
            for file in sorted(kept, key=lambda file: (file.number, file.file))
        ],
        "cases": [
            {
                "number": state.number,
                "service": state.service,
                "status": state.status,
                "opened_at": state.opened_at,
                "open": state.status in OPEN_CASE,
                # Those that are texts are sealed and stand among the texts.
                "facts": {k: v for k, v in state.facts.items() if not isinstance(v, Mapping)},
            }
            for state in states
        ],
    }


def _text_views(texts: Iterable[TextRow], opened: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "number": text.number,
            "kind": text.kind,
            "text": _without_key(text.kind, opened[text.text]),
        }
        for text in sorted(texts, key=lambda text: (text.number, text.kind, text.text))
        if text.kind not in ("party", corrected_texts.KIND) and text.text in opened
    ]


def _without_key(kind: str, text: str) -> str:
    """The words of a document without the key of its file, which is nobody's to read."""
    if kind != "document":
        return text
    said = json.loads(text)
    said.pop("key", None)
    return as_text(said)


def _open(ctx: Context, person: Person, wrapped: bytes, texts: Iterable[TextRow]) -> dict[str, str]:
    key = ctx.vault.unwrap(wrapped, person.region, person.subject)
    return {
        text.text: ctx.vault.open(key, text.sealed, text_context(person.region, text.text))
        for text in texts
    }


def _party_view(
    party: PartyRow, opened: Mapping[str, str], said: Mapping[str, Any]
) -> dict[str, Any]:
    """`said` is what the case's state says of the party."""
    sealed, power = opened.get(party.text), said.get("power")
    times = {name: said[name] for name in ("came_at", "left_at") if name in said}
    return {
        "number": party.number,
        "role": party.role,
        # Of somebody who stands in the case no more: as what they stood there.
        **({"was": said["role"]} if "role" in said else {}),
        **times,
        **({"power": {name: power[name] for name in ("acts", "until")}} if power else {}),
        "channels": list(party.channels),
        "language": party.language,
        "data": json.loads(sealed) if sealed is not None else None,
    }


# --- its stream ---------------------------------------------------------------------------------


def lock(uow: UnitOfWork, person: Person) -> SubjectRow:
    """Nobody else writes about the person before the commit. Raises BadInput: unknown, or erased."""
    uow.lock_register(person.region)
    row = subjects.lock_subject(uow, person.region, person.subject, exclusive=True)
    if row is None:
        raise BadInput(f"there is no subject {person.subject}")
    if row.wrapped_key is None:
        raise BadInput(f"subject {person.subject} was erased; nothing of it is left")
    return row


def append(
    uow: UnitOfWork, region: str, row: SubjectRow, new: NewEvent, actor: Actor | None = None
) -> Event:
    """Put an event into the stream of a subject that is locked; without an actor the operator's."""
    event_id, now = uow.draw()
    event = make_event(
        new,
        event_id=event_id,
        region=region,
        stream=f"subject/{row.subject}",
        version=row.version + 1,
        now=now,
        actor=actor or system(region, "operator"),
    )
    digest = case_rows.append_beside(uow, event, row.hash)
    subjects.advance_subject(uow, region, replace(row, version=row.version + 1, hash=digest))
    return event


# --- erase --------------------------------------------------------------------------------------


def erase(uow: UnitOfWork, person: Person, row: SubjectRow, reason: str) -> int:
    """Destroy the key, the texts and the NIK's index of a subject that is locked.

    Gives how many texts went. Their files, whose keys were among them, are to leave the store. The
    events stay whole: what they hold of the person are ids and digests under a key that is gone.
    """
    file_rows.leave(uow, person.region, person.subject, uow.time(None))
    gone = subjects.erase(uow, person.region, person.subject, uow.time(None))
    data = {"texts": gone, "reason": reason}
    append(uow, person.region, row, NewEvent(ERASED, data))
    return gone


def wipe(ctx: Context, *, rewrite: bool = False) -> bool:
    """Leave nothing of erased persons in the tables; gives False where it is to be repeated later."""
    return wiping.wipe(ctx.database, rewrite=rewrite)
