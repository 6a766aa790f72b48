"""What the pictures of authority are made of, beside a trace: refused attempts, a service's papers."""

from dataclasses import dataclass
from datetime import date, datetime

from casetrack.domain.authority.register import Register
from casetrack.domain.errors import NotFound
from casetrack.domain.events import Event
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Known
from casetrack.storage.case import case_events
from casetrack.storage.service import catalogue
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.questions.register_questions import When, register_of


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused attempt, with the register as it was known then."""

    event: Event
    register: Register
    day: date


def refused(ctx: Context, sight: Sight, version: int) -> Refused:
    """One refused attempt of the case, by its version among them. Raises NotFound."""
    state = sight.state
    with ctx.database.read() as connection:
        rows = case_events.stream_events(
            connection, state.region, f"refusal/{state.number}", after=version - 1, limit=1
        )
        events = [Event.from_body(row.body) for row in rows]
        if not events or events[0].version != version:
            raise NotFound("unknown_refusal", "No refused attempt of this case has that version.")
        event = events[0]
        local = ctx.region(state.region)[1].local_date(event.occurred_at)
        day = date.fromisoformat(event.data.get("day", local.isoformat()))
        found = register.slice_for(
            connection,
            state.region,
            state.service,
            [str(event.actor["id"])],
            day,
            Known(before_id=event.id),
        )
    return Refused(event, found, day)


@dataclass(frozen=True, slots=True)
class ServicePapers:
    """The register as asked for, for a picture of one service."""

    definition: ServiceDefinition
    register: Register
    day: date
    known: datetime | None


def service(ctx: Context, region: str, service_id: str, when: When) -> ServicePapers:
    """A service of the catalogue with the register as known then. Raises NotFound, Invalid."""
    definition = find_service(ctx, region, service_id)
    day, known, found = register_of(ctx, region, when)
    return ServicePapers(definition, found, day, known)


def find_service(ctx: Context, region: str, service_id: str) -> ServiceDefinition:
    """The service as it can be applied for now. Raises NotFound."""
    with ctx.database.read() as connection:
        found = catalogue.current_version(connection, region, service_id)
    if found is None:
        raise NotFound(
            "unknown_service", "This region has no such service; GET /services lists them."
        )
    return ctx.definition(region, service_id, found[0])
