"""Steps that nobody may take today: the counter is told of them, and who waits for one.

What is missing changes only with the register, the accounts and the day, so it is kept under these.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casetrack.domain.authority import missing_powers as rules
from casetrack.domain.authority.coverage import Cover
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.holders import Holders, powers_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE, OPEN_STEP
from casetrack.domain.people import administration
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import Name, ServiceDefinition, StepDefinition
from casetrack.storage.authority import register
from casetrack.storage.case import case_events
from casetrack.storage.people import officers
from casetrack.storage.region import regions
from casetrack.usecases.context import Context


def standing_key(
    ctx: Context, connection: Any, region: str, at: Revisions | None = None
) -> Hashable:
    """What the answers below depend on: the day, the region's files, its register and its accounts.

    `at` are the region's newest revisions, where they were read.
    """
    at = at or regions.revisions(connection, region)
    calendar = ctx.region(region, at.files if at else None)[1]
    stream = administration.stream_of(region)
    day = calendar.local_date(ctx.database.now())
    return day, at, case_events.last_version(connection, region, stream)


def missing_powers(
    ctx: Context, region: str, definition: ServiceDefinition, at: Revisions
) -> list[dict[str, Any]]:
    """Each step that waits for a power or for somebody who has it, by the register as it is now.

    Nothing, and no read, of a service that asks no register. `at` are the region's newest revisions.
    """
    if not asks(definition):
        return []
    with ctx.database.read() as connection:
        key = standing_key(ctx, connection, region, at)
    what = ("missing_powers", region, definition.id, definition.version)
    found: list[dict[str, Any]] = ctx.powers.get(
        (*what, key), lambda: _missing_powers(ctx, region, definition)
    )
    return found


def _missing_powers(
    ctx: Context, region: str, definition: ServiceDefinition
) -> list[dict[str, Any]]:
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
    """A step that nobody at its agency may take today, and why; `until`: the first day on which somebody
    there may, None where no paper says so yet. `held_by`: the positions elsewhere whose holder may take
    it today."""

    step: StepDefinition
    cover: Cover
    until: date | None
    held_by: tuple[Name, ...] = ()


def lacking(
    ctx: Context, region: str, definition: ServiceDefinition, key: Hashable
) -> list[Waiting]:
    """The steps of a service that nobody at their agency may take, under a key of `standing_key`."""
    if not asks(definition):
        return []
    what = ("lacking", region, definition.id, definition.version)
    found: list[Waiting] = ctx.powers.get((*what, key), lambda: _lacking(ctx, region, definition))
    return found


def _lacking(ctx: Context, region: str, definition: ServiceDefinition) -> list[Waiting]:
    day = ctx.region(region)[1].local_date(ctx.database.now())
    holders = _holders(ctx, region, definition, day)
    return [
        _waiting(holders, definition, each, day)
        for each in rules.missing_powers(holders, definition, day)
        if each.step.authority is not None
    ]


def _waiting(
    holders: Holders, definition: ServiceDefinition, missing: rules.MissingPower, day: date
) -> Waiting:
    until = rules.held_from(holders, definition, missing.step.id, day)
    elsewhere = missing.may if missing.cover == "elsewhere" else ()
    positions = dict.fromkeys(held.position for held in elsewhere)
    names = tuple(holders.register.name_of(position, day) for position in positions)
    return Waiting(missing.step, missing.cover, until, names)


def waiting_steps(
    ctx: Context, state: CaseState, definition: ServiceDefinition, at: Revisions
) -> list[Waiting]:
    """Where a case waits for somebody with the power; `at` are its region's newest revisions."""
    open_now = {name for name, step in state.steps.items() if step.status in OPEN_STEP}
    if not open_now & {step.id for step in definition.steps if step.authority}:
        return []
    if state.status not in OPEN_CASE or not asks(definition):
        return []
    with ctx.database.read() as connection:
        key = standing_key(ctx, connection, state.region, at)
    found = lacking(ctx, state.region, definition, key)
    return [each for each in found if each.step.id in open_now]


def asks(definition: ServiceDefinition) -> bool:
    """Whether a step of the service asks the register at all."""
    return not definition.tracked_only and any(powers_of(step) for step in definition.steps)


def _holders(ctx: Context, region: str, definition: ServiceDefinition, day: date) -> Holders:
    """Who may take the steps of this service: of the register only what concerns it."""
    with ctx.database.read() as connection:
        known = register.slice_for(connection, region, definition.id, (), day)
        seated = {held.officer for _, held in known.all_of(Incumbency)}
        live = officers.live_among(connection, region, seated)
    return Holders(known, [definition], live)
