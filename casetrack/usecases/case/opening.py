"""Opening a case at the counter: persons found or made, texts sealed, the number taken last."""

from collections.abc import Mapping, Sequence
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
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid
from casetrack.domain.events import GENESIS
from casetrack.domain.people import contact, identity
from casetrack.domain.people.search_words import number_words
from casetrack.domain.region.counters import check_counter
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.facts import check_facts
from casetrack.storage.case.case_number import Drawn
from casetrack.storage.people import (
    case_parties,
    own_case,
    person_texts,
    search_words,
    subjects,
)
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import Call, Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import documents, number_blocks
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.links import found_links
from casetrack.usecases.case.one_person import known_by_name
from casetrack.usecases.case.powers import kept_power, power_until, tidied_power
from casetrack.usecases.case.reviews import opened_about
from casetrack.usecases.case.told_at_opening import FoundBy, is_text, told_at_opening
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
    parties, brought, acting = tidied_parties(ctx, actor.region, application)
    links = found_links(ctx, actor, application.links)
    named = [link.as_data() for link in links]
    application = replace(application, parties=parties, documents=brought, links=named)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def once() -> Answer:
        file = replace(
            application,
            late=number_blocks.checked(ctx, actor.region, definition.id, application.late),
            review=opened_about(ctx, definition, at, links),
        )
        sealed = seal_parties(ctx, actor.region, [*parties, *acting])
        return _open_once(ctx, actor, file, (definition, at), sealed, request)

    return idempotency.tried(ctx, request, once)


def tidied_parties(
    ctx: Context, region: str, application: Application
) -> tuple[list[Party], list[Mapping[str, Any]], list[Party]]:
    """Parties and documents as they are kept; who acts by their office. Raises Invalid."""
    parties, brought = _tidied(application)
    parties = [
        replace(each, power=tidied_power(ctx, region, each.power, f"{each.role}.power"))
        for each in parties
    ]
    return parties, brought, directors(parties[0].acting, parties[0].acting_nik)


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


@dataclass(frozen=True, slots=True)
class Ready:
    """An application that waits for nothing but its number: texts sealed, the code drawn."""

    application: Application
    definition: ServiceDefinition
    region: RegionRecord
    calendar: Calendar
    facts: Mapping[str, Any]
    brought: tuple[Mapping[str, Any], ...]
    sealed: Sealed
    code: str
    told: Mapping[str, Any]
    visit: Mapping[str, Any] | None


def made_ready(
    ctx: Context,
    application: Application,
    current: tuple[ServiceDefinition, Revisions],
    sealed: Sealed,
    found: FoundBy,
    code: str,
    visit: str | None = None,
) -> Ready:
    """Seal what the applicant says; `visit` is the id of a visit for several services."""
    definition, at = current
    region, calendar = ctx.region(sealed.sealers[0].region, at.files)
    applicant = sealed.sealers[0]
    facts = {
        name: applicant.seal("fact", value) if is_text(definition, name) else value
        for name, value in application.facts.items()
    }
    brought = tuple(documents.sealed(each, applicant) for each in application.documents)
    told = told_at_opening(
        ctx, applicant.region, current, application.parties, application.facts, found
    )
    where = application.visit(visit)
    return Ready(
        application, definition, region, calendar, facts, brought, sealed, code, told, where
    )


def found_by(sealed: Sealed) -> FoundBy:
    """By what the applicant is found, as these parties were sealed."""
    subject = sealed.parties["applicant"]["subject"]
    asked = next((new.nik_asked for new, _ in sealed.subjects if new.subject == subject), None)
    return FoundBy(sealed.known.get(subject, asked), sealed.numbers, sealed.asked)


def _open_once(
    ctx: Context,
    actor: Actor,
    application: Application,
    current: tuple[ServiceDefinition, Revisions],
    sealed: Sealed,
    request: idempotency.Request | None,
) -> Answer:
    code = access_code(ctx.random(8))
    ready = made_ready(ctx, application, current, sealed, found_by(sealed), code)
    with ctx.database.write() as uow:
        behind = [*held(actor.region, sealed), own_case.niks_of(actor.region, actor.id)]
        drawn = draw_number(uow, actor, ready, behind)
        check_not_erased(sealed, drawn[0].behind[:-1])
        own = brings(sealed, drawn[0].behind[-1])
        answer = put_case(ctx, uow, actor, ready, drawn, own=own, links=application.links)
        idempotency.remember(ctx, uow, request, answer)
    return answer


Numbered = tuple[Drawn, str]


def draw_number(uow: UnitOfWork, actor: Actor, ready: Ready, behind: Sequence[Call]) -> Numbered:
    """Hold the register still, ask this behind it, and draw the case's number, or use its paper's."""
    place, late = (ready.region.region.letters, ready.calendar), ready.application.late
    return number_blocks.draw(uow, actor, ready.definition, place, late, behind)


def put_case(
    ctx: Context,
    uow: UnitOfWork,
    actor: Actor,
    ready: Ready,
    numbered: Numbered,
    *,
    own: bool,
    links: Sequence[Mapping[str, Any]],
) -> Answer:
    """The case's first event, with its people; `own` says that the officer would be one of them."""
    definition, region, sealed = ready.definition, ready.region, ready.sealed
    drawn, number = numbered
    opening = Opening(
        ready.facts,
        sealed.parties,
        ready.brought,
        ctx.vault.access_digest(number, ready.code),
        tuple(links),
        review=ready.application.review,
        visit=ready.visit,
        late=ready.application.late,
    )
    setting = Setting(actor.region, drawn.now, definition, ready.calendar, acts_in_own=own)
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
    view = {**case_view(state, definition, region), "access_code": ready.code, **ready.told}
    return Answer(view, case_etag(state.version))


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
