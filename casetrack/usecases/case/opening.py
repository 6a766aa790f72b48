"""Opening a case at the counter: persons found or made, texts sealed, the number taken last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from casetrack.domain.region.counters import check_counter
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.facts import check_facts
from casetrack.storage.case.case_number import Drawn
from casetrack.storage.people import (
    own_case,
)
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import Call, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import documents, number_blocks
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.links import found_links
from casetrack.usecases.case.powers import tidied_power
from casetrack.usecases.case.reviews import opened_about
from casetrack.usecases.case.sealed_parties import (
    Party,
    Sealed,
    brings,
    check_not_erased,
    directors,
    held,
    people_rows,
    seal_parties,
)
from casetrack.usecases.case.told_at_opening import FoundBy, is_text, told_at_opening
from casetrack.usecases.case.views import case_etag, case_view
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import tidying

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
