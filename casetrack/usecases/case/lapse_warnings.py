"""Who was sent their file back is told before it may be closed: the clock's work, each time one event."""

from casetrack.domain.access import system
from casetrack.domain.case.decide import warn_of_lapse
from casetrack.storage.case import case_rows, lapsing_cases
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.clock_act import BATCH
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region


def warn_once(ctx: Context) -> int:
    """One round over all regions; gives how many were told. Safe in any number."""
    return in_each_region(ctx, _warn)


def _warn(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        numbers = lapsing_cases.near(connection, region, ctx.database.now(), BATCH)
    return sum(_tell(ctx, region, number) for number in numbers)


def _tell(ctx: Context, region: str, number: str) -> int:
    """Whether it is still so is asked under the case's lock."""
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, number)
        if record is None:
            return 0
        state, clock = record.state, system(region, "clock")
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        new = warn_of_lapse(state, clock, setting)
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
