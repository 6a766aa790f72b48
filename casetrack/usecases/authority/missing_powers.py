"""Steps that nobody may take today: the counter is told of them, and who waits for one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from casetrack.domain.authority import missing_powers as rules
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.holders import Holders
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE, OPEN_STEP
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition
from casetrack.storage.authority import register
from casetrack.storage.people import officers
from casetrack.usecases.context import Context


def missing_powers(
    ctx: Context, region: str, definition: ServiceDefinition
) -> list[dict[str, Any]]:
    """Each step that waits for a power or for somebody who has it, by the register as it is now.

    Nothing, and no read, of a service that asks no register.
    """
    if not _asks(definition):
        return []
    record, calendar = ctx.region(region)
    day = calendar.local_date(ctx.database.now())
    holders = _holders(ctx, region, definition, day)
    known = holders.register
    shown = []
    for each in rules.missing_powers(holders, definition, day):
        name = record.agencies[each.step.agency].name
        names = {position: known.name_of(position, day) for position in each.positions}
        shown.append(
            {
                "step": each.step.id,
                "name": each.step.name.as_dict(),
                "agency": {"id": each.step.agency, "name": name.as_dict()},
                "cover": each.cover,
                "may": [{"position": h.position, "officer": h.officer} for h in each.may],
                "message": rules.words(each, name, names).as_dict(),
            }
        )
    return shown


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that is open and that nobody at its agency may take today; `until`: the first day on which
    somebody may, None where no paper says so yet."""

    step: StepDefinition
    until: date | None


def waiting_steps(ctx: Context, state: CaseState, definition: ServiceDefinition) -> list[Waiting]:
    """Where a case waits for somebody with the power."""
    open_now = {name for name, step in state.steps.items() if step.status in OPEN_STEP}
    if not open_now & {step.id for step in definition.steps if step.authority}:
        return []
    if state.status not in OPEN_CASE or not _asks(definition):
        return []
    day = ctx.region(state.region)[1].local_date(ctx.database.now())
    holders = _holders(ctx, state.region, definition, day)
    return [
        Waiting(each.step, rules.held_from(holders, definition, each.step.id, day))
        for each in rules.missing_powers(holders, definition, day)
        if each.step.id in open_now
    ]


def _asks(definition: ServiceDefinition) -> bool:
    return not definition.tracked_only and any(step.authority for step in definition.steps)


def _holders(ctx: Context, region: str, definition: ServiceDefinition, day: date) -> Holders:
    """Who may take the steps of this service: of the register only what concerns it."""
    with ctx.database.read() as connection:
        known = register.slice_for(connection, region, definition.id, (), day)
        seated = {held.officer for _, held in known.all_of(Incumbency)}
        live = officers.live_among(connection, region, seated)
    return Holders(known, [definition], live)
