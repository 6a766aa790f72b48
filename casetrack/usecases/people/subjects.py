"""A person's data: everything that is kept about them, its correction, its erasure.

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
from casetrack.domain.events import TYPE_PREFIX, Event, NewEvent, check_json
from casetrack.domain.people import contact, identity
from casetrack.domain.people.contact import CHANNELS, FORMS
from casetrack.domain.people.erasing import ERASED
from casetrack.storage.case import case_rows, queries
from casetrack.storage.people import subjects, wiping
from casetrack.storage.people.subjects import PartyRow, SubjectRow, TextRow
from casetrack.storage.region import regions
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.context import Context, make_event
from casetrack.usecases.people import readings, search_words, tidying
from casetrack.usecases.people.sealing import Sealer, as_text, text_context

#: What may be corrected.
FIELDS = (*FORMS, "channels")
_CHANNELS = f"a list of {', '.join(CHANNELS)}, the best one first"
#: What a party cannot be without.
_NEEDED = ("name", "language")


#: Field → its new value, null to take it away.
Changes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a command is about."""

    region: str
    subject: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many parties' data were replaced, and which fields differed."""

    parties: int
    fields: tuple[str, ...]


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
        rows = subjects.parties_of_case(connection, region, str(parsed)) if region else []
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
        parties = subjects.parties_of_subject(connection, region, subject)
        texts = subjects.texts_of_subject(connection, region, subject)
        numbers = sorted({party.number for party in parties})
        states = [
            found.state
            for number in numbers
            if (found := queries.case(connection, region, number)) is not None
        ]
    readings.record(ctx, system(region, "operator"), "export", numbers)
    wrapped = row.wrapped_key if row else None
    opened = _open(ctx, person, wrapped, texts) if wrapped is not None else {}
    return {
        "subject": subject,
        "region": region,
        "erased": wrapped is None,
        "parties": [_party_view(party, opened) for party in parties],
        "texts": [
            {"number": text.number, "kind": text.kind, "text": opened[text.text]}
            for text in sorted(texts, key=lambda text: (text.number, text.kind, text.text))
            if text.kind != "party" and text.text in opened
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


def _open(ctx: Context, person: Person, wrapped: bytes, texts: Iterable[TextRow]) -> dict[str, str]:
    key = ctx.vault.unwrap(wrapped, person.region, person.subject)
    return {
        text.text: ctx.vault.open(key, text.sealed, text_context(person.region, text.text))
        for text in texts
    }


def _party_view(party: PartyRow, opened: Mapping[str, str]) -> dict[str, Any]:
    sealed = opened.get(party.text)
    return {
        "number": party.number,
        "role": party.role,
        "channels": list(party.channels),
        "language": party.language,
        "data": json.loads(sealed) if sealed is not None else None,
    }


# --- correct ------------------------------------------------------------------------------------


def check_changes(changes: Any) -> dict[str, Any]:
    """Fields to correct, as they came from JSON; null takes a field away.

    Raises BadInput, which names fields and never repeats a value.
    """
    if not isinstance(changes, Mapping) or not changes:
        raise BadInput(
            'give the fields to correct as a JSON object, such as {"email": "new@example.id"}; '
            f"the fields are {', '.join(FIELDS)}"
        )
    checked: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in FIELDS:
            raise BadInput(f"there is no such field; the fields are {', '.join(FIELDS)}")
        if value is None and name not in _NEEDED:
            checked[name] = None
        else:
            checked[name] = _channels(value) if name == "channels" else _text(name, value)
    return checked


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(f"{name}: it must be {FORMS[name].looks}" + _or_null(name))
    check_json(value)
    try:
        return tidying.field(name, value)
    except ValueError as error:
        # The value stays out of every trace.
        raise BadInput(f"{name}: {error}" + _or_null(name)) from None


def _channels(value: Any) -> list[str]:
    if not isinstance(value, list) or not value or any(c not in CHANNELS for c in value):
        raise BadInput(f"channels: it must be {_CHANNELS}" + _or_null("channels"))
    return list(value)


def _or_null(name: str) -> str:
    return "" if name in _NEEDED else ", or null to take it away"


def correct(ctx: Context, person: Person, changes: Changes, number: str | None = None) -> Corrected:
    """Replace party data, in one case or in all; the old sealed texts are removed.

    Raises BadInput: nobody to correct, an erased person, nothing that differs, or a NIK that is
    another subject's.
    """
    case = _case(ctx, number) if number is not None else None
    changes = check_changes(changes)
    try:
        with ctx.database.write() as uow:
            done = _correct(ctx, uow, person, changes, case)
    except Conflict:
        raise _taken() from None  # somebody with this NIK came in at the same moment
    ctx.wake()
    return done


def _case(ctx: Context, number: str) -> str:
    with ctx.database.read() as connection:
        return str(regions.case_of_number(connection, number)[1])


def _correct(
    ctx: Context,
    uow: UnitOfWork,
    person: Person,
    changes: Changes,
    number: str | None,
) -> Corrected:
    region, subject = person.region, person.subject
    row = lock(uow, person)
    parties = subjects.parties_of_subject(uow.connection, region, subject)
    chosen = [party for party in parties if number in (None, party.number)]
    if not chosen:
        raise BadInput(f"subject {subject} stands in no role to {number or 'any case'}")
    if "nik" in changes:
        if len(chosen) < len(parties):
            raise BadInput("a NIK is the person's, not the case's: correct it without --case")
        _set_nik(ctx, uow, person, changes["nik"])
    key = ctx.vault.unwrap(row.wrapped_key or b"", region, subject)
    replaced, fields = [], set()
    for party in chosen:
        old = _party_data(ctx, uow, region, key, party)
        new = {k: v for k, v in {**old, **changes}.items() if v is not None}
        _check_contact(new, changes)
        differing = {name for name in changes if old.get(name) != new.get(name)}
        if differing:
            replaced.append(_replace(ctx, uow, region, key, party, new))
            fields |= differing
    if not replaced:
        raise BadInput("nothing was changed: the data are so already")
    search_words.renew(ctx, uow, region, subject, key)
    names = tuple(name for name in FIELDS if name in fields)
    data = {"replaced": replaced, "fields": list(names)}
    append(uow, region, row, NewEvent(TYPE_PREFIX + "subject.corrected", data))
    return Corrected(len(replaced), names)


def _check_contact(new: Mapping[str, Any], changes: Changes) -> None:
    """What was taken down before numbers were checked is no fault of this change."""
    for field, fault in contact.contact_faults(new):
        if field in changes or field == "channels":
            raise BadInput(f"{field}: {fault}")


def lock(uow: UnitOfWork, person: Person) -> SubjectRow:
    """Nobody else writes about the person before the commit. Raises BadInput: unknown, or erased."""
    uow.lock_register(person.region)
    row = subjects.lock_subject(uow, person.region, person.subject, exclusive=True)
    if row is None:
        raise BadInput(f"there is no subject {person.subject}")
    if row.wrapped_key is None:
        raise BadInput(f"subject {person.subject} was erased; nothing of it is left")
    return row


def _set_nik(ctx: Context, uow: UnitOfWork, person: Person, nik: str | None) -> None:
    usable = nik if nik and identity.can_be(nik) else None
    index = ctx.vault.nik_index(person.region, usable) if usable else None
    if index is not None:
        owner = subjects.find_by_nik(uow.connection, person.region, index)
        if owner is not None and owner.subject != person.subject:
            raise _taken(owner.subject)
    subjects.set_nik_index(uow, person.region, person.subject, index)


def _taken(owner: str = "another") -> BadInput:
    return BadInput(
        f"this NIK belongs to subject {owner} already; if both are one person, close the newer "
        "case as a duplicate or leave this NIK out"
    )


def _party_data(
    ctx: Context, uow: UnitOfWork, region: str, key: bytes, party: PartyRow
) -> dict[str, Any]:
    text = subjects.one_text(uow.connection, region, party.text)
    if text is None:
        raise BadInput(f"the data of {party.role} of {party.number} are missing; casetrack verify")
    data: dict[str, Any] = json.loads(
        ctx.vault.open(key, text.sealed, text_context(region, party.text))
    )
    return data


def _replace(
    ctx: Context,
    uow: UnitOfWork,
    region: str,
    key: bytes,
    party: PartyRow,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    sealer = Sealer(ctx, region, party.subject, key)
    reference = sealer.seal("party", as_text(data))
    subjects.put_texts(uow, region, sealer.texts(party.number))
    subjects.put_party(
        uow,
        region,
        replace(
            party,
            text=reference["text"],
            channels=contact.reachable(data),
            language=data["language"],
        ),
    )
    subjects.drop_text(uow, region, party.text)
    return {"old": party.text, **reference, "number": party.number, "role": party.role}


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

    Gives how many texts went. The events stay whole: what they hold of the person are ids and
    digests under a key that is gone.
    """
    gone = subjects.erase(uow, person.region, person.subject, uow.time(None))
    data = {"texts": gone, "reason": reason}
    append(uow, person.region, row, NewEvent(ERASED, data))
    return gone


def wipe(ctx: Context, *, rewrite: bool = False) -> bool:
    """Leave nothing of erased persons in the tables; gives False where it is to be repeated later."""
    return wiping.wipe(ctx.database, rewrite=rewrite)
