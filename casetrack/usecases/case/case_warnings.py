"""What the applicant is told before it comes: that a file may lapse, an inspection. The clock's work,
each time one event."""

from collections.abc import Callable

from casetrack.domain.access import Actor, system
from casetrack.domain.case.decide import remind_of_inspection, warn_of_lapse
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.events import NewEvent
from casetrack.storage.case import case_rows, told_cases
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.clock_act import BATCH
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region

#: The event that is due now; None where somebody was quicker.
_Due = Callable[[CaseState, Actor, Setting], NewEvent | None]


def warn_once(ctx: Context) -> int:
    """One round over all regions; gives how many were told. Safe in any number."""
    return in_each_region(ctx, _warn)


def _warn(ctx: Context, region: str) -> int:
    now = ctx.database.now()
    with ctx.database.read() as connection:
        lapsing = told_cases.near(connection, region, now, BATCH)
        inspected = told_cases.inspected(connection, region, now, BATCH)
    done = sum(_tell(ctx, region, number, warn_of_lapse) for number in lapsing)
    return done + sum(_tell(ctx, region, number, remind_of_inspection) for number in inspected)


def _tell(ctx: Context, region: str, number: str, due: _Due) -> int:
    """Whether it is still so is asked under the case's lock."""
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, number)
        if record is None:
            return 0
        state, clock = record.state, system(region, "clock")
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        new = due(state, clock, setting)
        if new is None:
            return 0
        append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=clock,
            setting=setting,
        )
    ctx.wake()
    return 1
