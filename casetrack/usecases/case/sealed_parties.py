"""The people of a case, made ready before any lock: found by NIK or made, their texts sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casetrack.domain.people import contact, identity
from casetrack.domain.people.search_words import number_words
from casetrack.storage.people import (
    case_parties,
    own_case,
    person_texts,
    search_words,
    subjects,
)
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import Call, Conflict
from casetrack.usecases.case.one_person import known_by_name
from casetrack.usecases.case.powers import kept_power, power_until
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import Sealer, as_text
from casetrack.usecases.people.search_words import keyed_words


@dataclass(frozen=True, slots=True)
class Party:
    """A person or company as the counter took it down. Only kind and name are needed."""

    role: str
    kind: str
    name: str
    nik: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    company_number: str | None = None
    passport_number: str | None = None
    #: Of a company: the name of who acts for it by their office.
    acting: str | None = None
    #: Their NIK: they stand in the case as `director`, and do nothing to it as an officer.
    acting_nik: str | None = None
    language: str = "id"
    #: How to be told, the best way first; None: the usual order.
    channels: Sequence[str] | None = None
    #: Of a representative: acts, last day, and the paper that says so.
    power: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """What is sealed."""
        fields = ("kind", *contact.FORMS, "channels")
        return {name: getattr(self, name) for name in fields if getattr(self, name)}


@dataclass
class Sealed:
    """Everything of an application that can be prepared before any lock."""

    parties: dict[str, Any] = field(default_factory=dict)
    rows: list[PartyRow] = field(default_factory=list)
    subjects: list[tuple[SubjectRow, str | None]] = field(default_factory=list)
    #: Persons found by NIK: who, and the index that they had when we looked.
    known: dict[str, str] = field(default_factory=dict)
    sealers: list[Sealer] = field(default_factory=list)
    #: The keyed words of the applicant's company or passport number, if they gave one.
    numbers: tuple[str, ...] = ()
    #: Subject → the words by which they are found.
    words: dict[str, set[str]] = field(default_factory=dict)
    #: Whether somebody is to say if a person is the one whom we know by their NIK.
    asked: bool = False


def directors(name: str | None, nik: str | None) -> list[Party]:
    """Who acts for the applicant by their office, as a party: a person of their own, told nothing. Nobody
    where their NIK was not given; their name stands with the company."""
    if name is None or nik is None:
        return []
    return [Party("director", "person", name, nik=nik)]


def seal_parties(
    ctx: Context, region: str, parties: Sequence[Party], same: Mapping[str, Sealer] | None = None
) -> Sealed:
    """Their data under their keys. `same`: by role, who they are already, in a case of the same visit."""
    sealed = Sealed()
    keys: dict[tuple[str, str], tuple[str, bytes]] = {}
    for party in parties:
        if party.role == "applicant" and (party.company_number or party.passport_number):
            kept = number_words(party.document())
            sealed.numbers = tuple(ctx.vault.search_word(region, word) for word in kept)
        if same is None:
            subject, key = _subject_of(ctx, region, party, sealed, keys)
        else:
            subject, key = same[party.role].subject, same[party.role].key
        sealer = Sealer(ctx, region, subject, key)
        document = party.document()
        reference = sealer.seal("party", as_text(document))
        sealed.sealers.append(sealer)
        sealed.words.setdefault(subject, set()).update(keyed_words(ctx, region, document))
        sealed.parties[party.role] = {"subject": subject, "kind": party.kind, **reference}
        reached = contact.reachable(document)
        row = PartyRow("", party.role, subject, reference["text"], reached, party.language)
        row = replace(row, silenced=party.role == "director")
        if party.power is not None:
            sealed.parties[party.role]["power"] = kept_power(sealer, party.power)
            row = replace(row, until=power_until(ctx, region, party.power))
        sealed.rows.append(row)
    return sealed


def _subject_of(
    ctx: Context,
    region: str,
    party: Party,
    sealed: Sealed,
    keys: dict[tuple[str, str], tuple[str, bytes]],
) -> tuple[str, bytes]:
    """One person, one subject: found by NIK, so that erasing them erases all of them.

    A NIK that nobody can have finds nobody, and one under which another name is known makes two
    persons until a supervisor says that they are one.
    """
    usable = party.nik if party.nik and identity.can_be(party.nik) else None
    index = ctx.vault.nik_index(region, usable) if usable else None
    if index is None:
        return _new_subject(ctx, region, sealed, None, asked=None)
    for (known, name), found in keys.items():
        if known == index and identity.same_name(name, party.name):
            return found
    asked = None
    if any(known == index for known, _ in keys):
        asked = index
    else:
        with ctx.database.read() as connection:
            rows = subjects.all_with_nik(connection, region, index)
        for row in rows:
            key = ctx.vault.unwrap(row.wrapped_key or b"", region, row.subject)
            if known_by_name(ctx, region, row, key, party.name):
                sealed.known[row.subject] = index
                sealed.asked = sealed.asked or bool(row.identity_question)
                keys[index, party.name] = row.subject, key
                return keys[index, party.name]
        if any(row.nik_index == index for row in rows):
            asked = index
    keys[index, party.name] = _new_subject(ctx, region, sealed, index, asked=asked)
    return keys[index, party.name]


def _new_subject(
    ctx: Context, region: str, sealed: Sealed, index: str | None, *, asked: str | None
) -> tuple[str, bytes]:
    subject = ctx.new_id()
    key, wrapped = ctx.vault.new_key(region, subject)
    row = SubjectRow(subject, wrapped, nik_asked=asked, identity_question=True if asked else None)
    sealed.subjects.append((row, None if asked else index))
    sealed.asked = sealed.asked or asked is not None
    return subject, key


def held(region: str, sealed: Sealed) -> list[Call]:
    """Whoever was found by NIK is held until our texts are committed; then those asked about by it."""
    return [
        *(subjects.held(region, subject) for subject in sorted(sealed.known)),
        *(subjects.by_nik(region, index) for index in _asked_about(sealed)),
    ]


def brings(sealed: Sealed, niks: Sequence[Any]) -> bool:
    """Whether one of these people goes by one of these NIK, or is asked about by it."""
    known = {
        *sealed.known.values(),
        *_asked_about(sealed),
        *(index for _, index in sealed.subjects),
    }
    return bool(known & own_case.read_niks(niks))


def _asked_about(sealed: Sealed) -> list[str]:
    return sorted({new.nik_asked for new, _ in sealed.subjects if new.nik_asked})


def check_not_erased(sealed: Sealed, found: Sequence[Sequence[Any]]) -> None:
    """Whoever was found by NIK still has it, and keeps their key until our texts are committed."""
    known = sorted(sealed.known.items())
    for (_, index), rows in zip(known, found, strict=False):
        row = subjects.read_subject(rows)
        if row is None or row.wrapped_key is None or index not in (row.nik_index, row.nik_asked):
            raise Conflict("the person was erased, or their NIK corrected, meanwhile")
    for index, rows in zip(_asked_about(sealed), found[len(known) :], strict=True):
        if not rows and not _same_file(sealed, index):
            raise Conflict("whom we knew by this NIK was erased meanwhile")


def _same_file(sealed: Sealed, index: str) -> bool:
    """Whether it is this file that brings the person known by the NIK."""
    return any(held == index for _, held in sealed.subjects)


def people_rows(
    sealed: Sealed, region: str, number: str, now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """The rows of those whom the case is about, by table."""
    texts = [row for sealer in sealed.sealers for row in sealer.texts(number)]
    return {
        "subjects": [
            subjects.subject_values(region, row, index, now) for row, index in sealed.subjects
        ],
        "texts": person_texts.text_values(region, texts),
        "parties": [
            case_parties.party_values(region, replace(row, number=number)) for row in sealed.rows
        ],
        "search_words": search_words.values(region, sealed.words),
    }
