"""A decree adds a day off: deadlines neither met nor missed move, each by an event of its case."""

from casetrack.domain.access import system
from casetrack.domain.case.decide import move_deadlines as decide_move
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting, running_clocks
from casetrack.domain.clock import Calendar, near_at
from casetrack.domain.events import parse_instant
from casetrack.storage.case import case_rows, deadlines, queries
from casetrack.storage.case.deadlines import DeadlineRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.append import append_to_case
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
        record = case_rows.lock_case(uow, region, number)
        if record is None or record.state.calendar == calendar.version:
            return 0
        state = record.state
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        _move_stopped(uow, state, setting)
        actor = system(region, "calendar")
        new = decide_move(state, actor, setting)
        if new is None:
            return 0
        append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=actor,
            setting=setting,
        )
    return 1


def _move_stopped(uow: UnitOfWork, state: CaseState, setting: Setting) -> None:
    """A clock that stands still has no due time in any event, but its row says when its cap tells."""
    for step, (started, due) in running_clocks(state, setting).items():
        if (state.steps[step] if step else state).due_at is None:
            near = near_at(parse_instant(started), due)
            row = DeadlineRow(state.region, state.number, step, "", near, due)
            deadlines.move(uow, row, setting.now)
