"""Opening a case at the counter: persons found or made, texts sealed, the number taken last."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Opening, check_documents
from casetrack.domain.case.decide import open_case
from casetrack.domain.case.late_intake import LateIntake
from casetrack.domain.case.numbers import access_code
from casetrack.domain.case.permission import check_opening
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Invalid
from casetrack.domain.events import GENESIS
from casetrack.domain.people import company_numbers, contact, identity
from casetrack.domain.people.search_words import number_words
from casetrack.domain.region.counters import check_counter
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.facts import check_facts
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
from casetrack.usecases import idempotency
from casetrack.usecases.authority.mall import outside_of, outside_views
from casetrack.usecases.authority.missing_powers import missing_powers
from casetrack.usecases.case import documents, number_blocks
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.links import found_links, other_open_cases
from casetrack.usecases.case.one_person import known_by_name
from casetrack.usecases.case.powers import kept_power, power_until, tidied_power
from casetrack.usecases.case.reviews import opened_about
from casetrack.usecases.case.unprinted_letters import letter_warnings, printed_of
from casetrack.usecases.case.views import case_etag, case_view
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import tidying
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


#: What is said of a director's NIK where there is no director.
ONLY_DIRECTOR = "only of who acts for the applicant by their office, together with their name"


@dataclass(frozen=True, slots=True)
class Application:
    """What the clerk sends to open a case."""

    service: str
    facts: Mapping[str, Any]
    parties: Sequence[Party]
    documents: Sequence[Mapping[str, Any]] = ()
    #: Cases to which this one belongs: kind and number.
    links: Sequence[Mapping[str, Any]] = ()
    #: The counter at which it is taken in, and the applicant's number in its queue.
    counter: str | None = None
    queue: str | None = None
    #: Of one that was taken in on paper while the system was away.
    late: LateIntake | None = None
    #: What it is about, of an objection or an appeal.
    review: Mapping[str, Any] | None = None

    def visit(self, visit: str | None = None) -> dict[str, str | None] | None:
        """Where it is taken in, as the case keeps it."""
        said = {"counter": self.counter, "queue": self.queue, "id": visit}
        return said if any(said.values()) else None


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


def open_at_counter(
    ctx: Context,
    actor: Actor,
    application: Application,
    request: idempotency.Request | None = None,
) -> Answer:
    """Take in a file; gives the case and, only here, its access code.

    Raises Forbidden for a role that opens no cases, Invalid for what the service does not know.
    """
    definition, at = ctx.current(actor.region, application.service)
    check_opening(definition, actor, actor.region)
    check_facts(definition, application.facts)
    check_documents(definition, application.documents)
    counters = ctx.region(actor.region, at.files)[0].region.counters
    check_counter(counters, application.counter, [definition])
    parties, brought = _tidied(application)
    links = found_links(ctx, actor, application.links)
    named = [link.as_data() for link in links]
    application = replace(application, documents=brought, links=named)
    parties = [
        replace(each, power=tidied_power(ctx, actor.region, each.power, f"{each.role}.power"))
        for each in parties
    ]
    parties += directors(parties[0].acting, parties[0].acting_nik)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def once() -> Answer:
        file = replace(
            application,
            late=number_blocks.checked(ctx, actor.region, definition.id, application.late),
            review=opened_about(ctx, definition, at, links),
        )
        sealed = seal_parties(ctx, actor.region, parties)
        return _open_once(ctx, actor, file, (definition, at), sealed, request)

    return idempotency.tried(ctx, request, once)


def _tidied(application: Application) -> tuple[list[Party], list[Mapping[str, Any]]]:
    """Parties and documents as they are kept. Raises Invalid, which repeats nothing that was given."""
    tidy, errors = [], []
    for party in application.parties:
        given = {name: getattr(party, name) for name in tidying.TIDIED}
        kept, faults = tidying.tidied({**party.document(), **given})
        if party.acting_nik and not (party.role == "applicant" and party.acting):
            faults = [*faults, ("acting_nik", ONLY_DIRECTOR)]
        errors += [{"at": f"{party.role}.{name}", "message": fault} for name, fault in faults]
        tidy.append(replace(party, **{name: kept[name] for name in given}))
    brought, wrong = documents.tidied(application.documents)
    errors += wrong
    if errors:
        told = "; ".join(f"{error['at']}: {error['message']}" for error in errors)
        raise Invalid("invalid_body", f"{told}.", errors=errors)
    return tidy, brought


def directors(name: str | None, nik: str | None) -> list[Party]:
    """Who acts for the applicant by their office, as a party: a person of their own, told nothing. Nobody
    where their NIK was not given; their name stands with the company."""
    if name is None or nik is None:
        return []
    return [Party("director", "person", name, nik=nik)]


def seal_parties(ctx: Context, region: str, parties: Sequence[Party]) -> Sealed:
    sealed = Sealed()
    keys: dict[tuple[str, str], tuple[str, bytes]] = {}
    for party in parties:
        if party.role == "applicant" and (party.company_number or party.passport_number):
            kept = number_words(party.document())
            sealed.numbers = tuple(ctx.vault.search_word(region, word) for word in kept)
        subject, key = _subject_of(ctx, region, party, sealed, keys)
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


def _warnings(parties: Sequence[Party]) -> list[dict[str, object]]:
    """A doubtful number warns and never bars: real cards have such faults. None repeats the number."""
    return [
        {"at": f"{party.role}.{name}", "message": doubt["en"], "said": doubt}
        for party in parties
        for name, number, doubts in (
            ("nik", party.nik, identity.doubts),
            ("acting_nik", party.acting_nik, identity.doubts),
            ("company_number", party.company_number, company_numbers.doubts),
        )
        if number
        for doubt in doubts(number)
    ]


def _printed(
    application: Application, definition: ServiceDefinition
) -> Iterator[tuple[str, str | None]]:
    """What of it may stand on a paper, each with its place."""
    for party in application.parties:
        yield from printed_of(party.role, party.document())
    for name, value in application.facts.items():
        if _is_text(definition, name):
            yield f"facts.{name}", value


def _open_once(
    ctx: Context,
    actor: Actor,
    application: Application,
    current: tuple[ServiceDefinition, Revisions],
    sealed: Sealed,
    request: idempotency.Request | None,
) -> Answer:
    definition, at = current
    region, calendar = ctx.region(actor.region, at.files)
    applicant = sealed.sealers[0]
    facts = _sealed_facts(definition, application.facts, applicant)
    brought = tuple(documents.sealed(each, applicant) for each in application.documents)
    code = access_code(ctx.random(8))
    told = _told(ctx, actor.region, application, current, sealed)
    with ctx.database.write() as uow:
        behind = [*held(actor.region, sealed), own_case.niks_of(actor.region, actor.id)]
        late, letters = application.late, region.region.letters
        drawn, number = number_blocks.draw(
            uow, actor, definition, (letters, calendar), late, behind
        )
        check_not_erased(sealed, drawn.behind[:-1])
        opening = Opening(
            facts,
            sealed.parties,
            brought,
            ctx.vault.access_digest(number, code),
            tuple(application.links),
            review=application.review,
            visit=application.visit(),
            late=late,
        )
        own = brings(sealed, drawn.behind[-1])
        setting = Setting(actor.region, drawn.now, definition, calendar, acts_in_own=own)
        state = append_to_case(
            uow,
            open_case(number, opening, actor, setting),
            before=None,
            previous=GENESIS,
            event_id=drawn.event_id,
            number=number,
            actor=actor,
            setting=setting,
            beside=people_rows(sealed, actor.region, number, drawn.now),
        )
        view = {**case_view(state, definition, region), "access_code": code, **told}
        answer = Answer(view, case_etag(state.version))
        idempotency.remember(ctx, uow, request, answer)
    return answer


def _sealed_facts(
    definition: ServiceDefinition, facts: Mapping[str, Any], applicant: Sealer
) -> dict[str, Any]:
    return {
        name: applicant.seal("fact", value) if _is_text(definition, name) else value
        for name, value in facts.items()
    }


def _told(
    ctx: Context,
    region: str,
    application: Application,
    current: tuple[ServiceDefinition, Revisions],
    sealed: Sealed,
) -> dict[str, Any]:
    """What the answer says beside the case."""
    definition, at = current
    return {
        "identity_question": sealed.asked,
        "open_cases": _open_cases(ctx, region, definition, sealed),
        "outside_mall": outside_views(outside_of(ctx, region, definition, at)),
        "missing_powers": missing_powers(ctx, region, definition, at),
        "warnings": [
            *_warnings(application.parties),
            *letter_warnings(ctx, _printed(application, definition)),
        ],
    }


def _open_cases(
    ctx: Context, region: str, definition: ServiceDefinition, sealed: Sealed
) -> list[dict[str, Any]]:
    """What the same applicant, by NIK or company number, has open of this service. A person who is new
    here has nothing, and costs no read.

    Read before the locks: two openings at the same instant may not know of one another either way.
    """
    subject = sealed.parties["applicant"]["subject"]
    asked = next((new.nik_asked for new, _ in sealed.subjects if new.subject == subject), None)
    index = sealed.known.get(subject, asked)
    if index is None and not sealed.numbers:
        return []
    with ctx.database.read() as connection:
        rows = subjects.all_with_nik(connection, region, index) if index else []
        people = {row.subject for row in rows}
        if sealed.numbers:
            people |= set(search_words.subjects_of(connection, region, sealed.numbers))
        return other_open_cases(connection, definition, region, sorted(people))


def _is_text(definition: ServiceDefinition, name: str) -> bool:
    return any(fact.id == name and fact.type == "text" for fact in definition.facts)


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
