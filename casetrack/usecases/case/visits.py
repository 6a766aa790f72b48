"""Several services in one visit: one person, one set of papers, as many cases, one receipt.

All of it goes in together or not at all. The cases have one access code, and each names those that were
numbered before it (`same_visit`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.numbers import access_code
from casetrack.domain.case.permission import check_opening
from casetrack.domain.errors import Invalid, NotFound
from casetrack.domain.region.counters import check_counter
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.facts import check_facts
from casetrack.storage.people import own_case
from casetrack.usecases import idempotency
from casetrack.usecases.case.links import named_by
from casetrack.usecases.case.opening import (
    Application,
    Ready,
    draw_number,
    found_by,
    made_ready,
    put_case,
    tidied_parties,
)
from casetrack.usecases.case.sealed_parties import (
    Party,
    brings,
    check_not_erased,
    held,
    seal_parties,
)
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.context import Answer, Context

Current = tuple[ServiceDefinition, Revisions]
SAME_VISIT = "same_visit"


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody applies for in one visit: services with their facts, and the papers they brought."""

    services: Sequence[tuple[str, Mapping[str, Any]]]
    parties: Sequence[Party]
    documents: Sequence[Mapping[str, Any]] = ()
    counter: str | None = None
    queue: str | None = None


def open_visit(
    ctx: Context, actor: Actor, visit: Visit, request: idempotency.Request | None = None
) -> Answer:
    """Take all of it in; gives the cases in the order of their services, and once their access code.

    Raises Forbidden, and Invalid with the place of the service that something does not fit.
    """
    found = [_checked(ctx, actor, visit, place) for place in range(len(visit.services))]
    _check_papers(visit, [definition for definition, _ in found])
    counters = ctx.region(actor.region, found[0][1].files)[0].region.counters
    check_counter(counters, visit.counter, [definition for definition, _ in found])
    whole = Application("", {}, visit.parties, visit.documents)
    parties, brought, acting = tidied_parties(ctx, actor.region, whole)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    tidy = replace(visit, parties=parties, documents=brought)

    def once() -> Answer:
        return _taken_in(ctx, actor, tidy, found, [*parties, *acting], request)

    return idempotency.tried(ctx, request, once)


def _checked(ctx: Context, actor: Actor, visit: Visit, place: int) -> Current:
    """The service that a new case gets; what is wrong with it is told with its place."""
    service, facts = visit.services[place]
    try:
        current = ctx.current(actor.region, service)
        check_opening(current[0], actor, actor.region)
        if current[0].reviews is not None:
            raise _by_itself()
        check_facts(current[0], facts)
    except Invalid as error:
        errors = [
            {**each, "at": f"services.{place}.{each['at']}"}
            for each in error.fields.get("errors", ())
        ]
        raise Invalid(error.code, error.detail, errors=errors) from None
    return current


def _by_itself() -> Invalid:
    """An objection names the decision that it is about, so it is no part of a visit."""
    why = "an objection or appeal is taken in by itself, with the link to its decision"
    return Invalid("invalid_body", f"service: {why}.", errors=[{"at": "service", "message": why}])


def _check_papers(visit: Visit, definitions: Sequence[ServiceDefinition]) -> None:
    """Raises Invalid for a paper that none of the services asks for."""
    asked = {each.id for definition in definitions for each in definition.requirements}
    errors = [
        {
            "at": f"documents.{place}.requirement",
            "message": f"not asked for; known: {', '.join(sorted(asked)) or 'none'}",
        }
        for place, document in enumerate(visit.documents)
        if document["requirement"] not in asked
    ]
    if errors:
        raise Invalid(
            "unknown_requirement",
            "A document names a requirement that none of the services has.",
            errors=errors,
        )


def _taken_in(
    ctx: Context,
    actor: Actor,
    visit: Visit,
    found: Sequence[Current],
    people: Sequence[Party],
    request: idempotency.Request | None,
) -> Answer:
    name, code = ctx.new_id(), access_code(ctx.random(8))
    ready = _ready(ctx, actor.region, visit, found, people, name, code)
    first = ready[0].sealed
    # Whoever holds two counters takes them in one order, or two visits could wait for each other.
    order = sorted(range(len(ready)), key=lambda place: ready[place].definition.id)
    answers: dict[int, Answer] = {}
    links: list[Mapping[str, Any]] = []
    own = False
    with ctx.database.write() as uow:
        for place in order:
            own_niks = own_case.niks_of(actor.region, actor.id)
            behind = [*held(actor.region, first), own_niks] if not answers else []
            drawn = draw_number(uow, actor, ready[place], behind)
            if not answers:
                check_not_erased(first, drawn[0].behind[:-1])
                own = brings(first, drawn[0].behind[-1])
            answers[place] = put_case(
                ctx, uow, actor, ready[place], drawn, own=own, links=tuple(links)
            )
            links.append({"kind": SAME_VISIT, "number": answers[place].view["number"]})
        view = {
            "visit": name,
            "access_code": code,
            "counter": visit.counter,
            "queue": visit.queue,
            "cases": [answers[place].view for place in range(len(ready))],
        }
        answer = Answer(view, f'"{name}"')
        idempotency.remember(ctx, uow, request, answer)
    return answer


def _ready(
    ctx: Context,
    region: str,
    visit: Visit,
    found: Sequence[Current],
    people: Sequence[Party],
    name: str,
    code: str,
) -> list[Ready]:
    """Each application with the papers that its service asks for; the first to be numbered brings who is
    new, the others name the same persons."""
    first = min(range(len(found)), key=lambda place: found[place][0].id)
    bringing = seal_parties(ctx, region, people)
    same = {party.role: sealer for party, sealer in zip(people, bringing.sealers, strict=True)}
    known, made = found_by(bringing), []
    for place, (current, (service, facts)) in enumerate(zip(found, visit.services, strict=True)):
        asked = {each.id for each in current[0].requirements}
        papers = [each for each in visit.documents if each["requirement"] in asked]
        application = Application(
            service, facts, visit.parties, papers, (), visit.counter, visit.queue
        )
        sealed = bringing if place == first else seal_parties(ctx, region, people, same)
        made.append(made_ready(ctx, application, current, sealed, known, code, name))
    return made


def cases_of_visit(ctx: Context, actor: Actor, case: Sight) -> list[Sight]:
    """The cases of the visit in which this one was taken in, as far as the reader sees them, by number;
    of a case that came by itself only it."""
    if case.state.visit is None or case.state.visit["id"] is None:
        return [case]
    linked = [*case.state.links, *named_by(ctx, actor, case.state)]
    numbers = {each["number"] for each in linked if each["kind"] == SAME_VISIT}
    found = {case.state.number: case}
    for number in numbers - found.keys():
        try:
            other = sight(ctx, actor, number)
        except NotFound:
            continue
        if (other.state.visit or {}).get("id") == case.state.visit["id"]:
            found[number] = other
    return [found[number] for number in sorted(found)]
