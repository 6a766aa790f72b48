"""What the applicant is told before it comes: that a file may lapse, an inspection. The clock's work,
each time one event."""

from casetrack.domain.case.decide import remind_of_inspection, warn_of_lapse
from casetrack.storage.case import told_cases
from casetrack.usecases.case.clock_act import BATCH, tell_by_clock
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region


def warn_once(ctx: Context) -> int:
    """One round over all regions; gives how many were told. Safe in any number."""
    return in_each_region(ctx, _warn)


def _warn(ctx: Context, region: str) -> int:
    now = ctx.database.now()
    with ctx.database.read() as connection:
        lapsing = told_cases.near(connection, region, now, BATCH)
        inspected = told_cases.inspected(connection, region, now, BATCH)
    done = sum(tell_by_clock(ctx, region, number, warn_of_lapse) for number in lapsing)
    return done + sum(
        tell_by_clock(ctx, region, number, remind_of_inspection) for number in inspected
    )
