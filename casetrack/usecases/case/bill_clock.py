"""Bills whose day has passed: noted once, by the clock, in the stream of their case."""

from casetrack.domain.case.bills import BillChange
from casetrack.storage.case import bill_rows
from casetrack.usecases.case.clock_act import BATCH, act_by_clock
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region


def note_overdue_once(ctx: Context) -> int:
    """Note what is overdue; gives how many. Safe in any number of processes."""
    return in_each_region(ctx, _note)


def _note(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        found = bill_rows.overdue(connection, region, ctx.database.now(), BATCH)
    return sum(
        act_by_clock(ctx, region, number, "expire_bill", step=step, details=BillChange(bill))
        for number, bill, step in found
    )
