"""What an officer sees and may do by their seat alone, in cases in which their agency has no part."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.access import Actor
from casetrack.domain.authority.holders import needs_held
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.case.standing import Standing, standing_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.clock import Calendar
from casetrack.domain.service.definition import concerned_agencies
from casetrack.storage.authority import register
from casetrack.storage.case.work_lists import StepOfService
from casetrack.storage.service import catalogue
from casetrack.usecases.case.case_lists import CaseFilter, Document, case_rows, definition_of
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page


@dataclass(frozen=True, slots=True)
class BySeat:
    """The register today, and the steps for which the officer's positions hold the power.

    Whether it reaches a case is asked of each case: its bounds, the letters, who gave what.
    """

    ctx: Context
    actor: Actor
    known: Register
    calendar: Calendar
    now: datetime
    steps: frozenset[StepOfService]

    @property
    def services(self) -> frozenset[str]:
        """The services of these steps."""
        return frozenset(step.service for step in self.steps)

    def sees(self, document: Document) -> bool:
        """Whether the register names the officer for this case, which is not one of their agency."""
        definition = definition_of(self.ctx, self.actor.region, document)
        if self.actor.agency in concerned_agencies(definition):
            return False
        return self._standing(document).named

    def may_do(self, document: Document, step: str) -> bool:
        """Whether their positions hold the power for this step of this case."""
        return step in self._standing(document).steps

    def _standing(self, document: Document) -> Standing:
        definition = definition_of(self.ctx, self.actor.region, document)
        state = CaseState.from_document(dict(document))
        return standing_of(state, definition, self.known, self.calendar, self.now, self.actor.id)


def cases_by_seat(ctx: Context, actor: Actor, wanted: CaseFilter) -> Page:
    """Cases of other agencies that the register lets the actor see, newest first.

    Each is asked by itself, so a page may be shorter than its limit.
    """
    seat = by_seat(ctx, actor)
    if seat is None or not seat.steps:
        return Page([], None)
    rows = wanted.rows(ctx, actor.region, None, seat.services)
    seen = [row for row in rows[: wanted.limit] if seat.sees(row.document)]
    return wanted.page(case_rows(ctx, actor, seen, full=wanted.full), rows)


def by_seat(ctx: Context, actor: Actor) -> BySeat | None:
    """What the actor's seats are good for today; None for who sits nowhere, which costs one read."""
    calendar, now = ctx.region(actor.region)[1], ctx.database.now()
    day = calendar.local_date(now)
    with ctx.database.read() as connection:
        seats = register.seats_slice(connection, actor.region, actor.id, day)
        positions = positions_of(seats, actor.id, day)
        if not positions:
            return None
        known = register.whole(connection, actor.region)
        current = catalogue.current_services(connection, actor.region)
    services = [ctx.definition(actor.region, service, version) for service, version in current]
    steps = frozenset(
        StepOfService(need.service, need.step, need.agency)
        for need in needs_held(known, services, positions, day)
        if need.step is not None and need.agency != actor.agency
    )
    return BySeat(ctx, actor, known, calendar, now, steps)
