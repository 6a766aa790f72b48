"""A decree adds a day off: deadlines neither met nor missed move, each by an event of its case."""

from casetrack.domain.access import system
from casetrack.domain.case import move_deadlines as decide_move
from casetrack.domain.clock import Calendar
from casetrack.storage import cases, queries
from casetrack.usecases.append import append_to_case
from casetrack.usecases.context import Context

_BATCH = 200


def move_deadlines(ctx: Context, region: str) -> int:
    """Recompute every open case that was counted by another calendar; gives how many moved."""
    _, calendar = ctx.region(region)
    with ctx.database.read() as connection:
        numbers = list(queries.open_numbers(connection, region, batch=_BATCH))
    moved = sum(_move(ctx, region, number, calendar) for number in numbers)
    if moved:
        ctx.wake()
    return moved


def _move(ctx: Context, region: str, number: str, calendar: Calendar) -> int:
    with ctx.database.write() as uow:
        record = cases.lock_case(uow, region, number)
        if record is None or record.state.calendar == calendar.version:
            return 0
        state = record.state
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revision, record.now)
        new = decide_move(state, setting)
        if new is None:
            return 0
        append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=system(region, "calendar"),
            setting=setting,
        )
    return 1
