"""To correct a person's data, in one case or in all: what was there is replaced under the same key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.errors import BadInput
from casetrack.domain.events import NewEvent, check_json
from casetrack.domain.people import contact, identity
from casetrack.domain.people.contact import CHANNELS, FORMS
from casetrack.domain.people.former_roles import is_former
from casetrack.storage.case import queries
from casetrack.storage.people import case_parties, person_texts
from casetrack.storage.people import subjects as rows
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.region import regions
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people import search_words, subjects, tidying
from casetrack.usecases.people.corrected_values import CORRECTED, put_aside
from casetrack.usecases.people.sealing import Sealer, as_text, text_context
from casetrack.usecases.people.subjects import Person

#: What may be corrected.
FIELDS = (*FORMS, "channels")
_CHANNELS = f"a list of {', '.join(CHANNELS)}, the best one first"
#: What a party cannot be without.
_NEEDED = ("name", "language")
#: Field → its new value, null to take it away.
Changes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many parties' data were replaced, and which fields differed."""

    parties: int
    fields: tuple[str, ...]


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


def correct(
    ctx: Context,
    person: Person,
    changes: Changes,
    number: str | None = None,
    by: Actor | None = None,
) -> Corrected:
    """Replace party data, in one case or in all; without an actor it is the operator.

    The old sealed texts are kept as long as the service of their case keeps it, or removed at once.

    Raises BadInput: nobody to correct, an erased person, nothing that differs, or a NIK that is
    another subject's.
    """
    case = _case(ctx, number) if number is not None else None
    changes = check_changes(changes)
    try:
        with ctx.database.write() as uow:
            done = _correct(ctx, uow, person, changes, case, by)
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
    by: Actor | None,
) -> Corrected:
    region, subject = person.region, person.subject
    row = subjects.lock(uow, person)
    parties = case_parties.parties_of_subject(uow.connection, region, subject)
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
    subjects.append(uow, region, row, NewEvent(CORRECTED, data), by)
    return Corrected(len(replaced), names)


def _check_contact(new: Mapping[str, Any], changes: Changes) -> None:
    """What was taken down before numbers were checked is no fault of this change."""
    for field, fault in contact.contact_faults(new):
        if field in changes or field == "channels":
            raise BadInput(f"{field}: {fault}")


def _set_nik(ctx: Context, uow: UnitOfWork, person: Person, nik: str | None) -> None:
    usable = nik if nik and identity.can_be(nik) else None
    index = ctx.vault.nik_index(person.region, usable) if usable else None
    if index is not None:
        owner = rows.find_by_nik(uow.connection, person.region, index)
        if owner is not None and owner.subject != person.subject:
            raise _taken(owner.subject)
    rows.set_nik_index(uow, person.region, person.subject, index)


def _taken(owner: str = "another") -> BadInput:
    return BadInput(
        f"this NIK belongs to subject {owner} already; if both are one person, close the newer "
        "case as a duplicate or leave this NIK out"
    )


def _party_data(
    ctx: Context, uow: UnitOfWork, region: str, key: bytes, party: PartyRow
) -> dict[str, Any]:
    text = person_texts.one_text(uow.connection, region, party.text)
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
    person_texts.put_texts(uow, region, sealer.texts(party.number))
    case_parties.put_party(
        uow,
        region,
        replace(
            party,
            text=reference["text"],
            # Who left their role is told no more for it.
            channels=() if is_former(party.role) else contact.reachable(data),
            language=data["language"],
        ),
    )
    found = queries.case(uow.connection, region, party.number)
    kept = put_aside(ctx, uow, found.state if found else None, party.text)
    if not kept:
        person_texts.drop_text(uow, region, party.text)
    said = {"old": party.text, **reference, "number": party.number, "role": party.role}
    return {**said, "kept": True} if kept else said
