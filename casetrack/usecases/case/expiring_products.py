"""Products whose last day is over say so: the clock's work."""

from casetrack.domain.case.product_details import ProductNamed
from casetrack.storage.case import product_rows
from casetrack.usecases.case.clock_act import BATCH, act_by_clock
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region


def expire_once(ctx: Context) -> int:
    """Record what expired; gives how many. Safe in any number of processes."""
    return in_each_region(ctx, _expire)


def _expire(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        over = product_rows.expired(connection, region, ctx.database.now(), BATCH)
    return sum(
        act_by_clock(ctx, region, each.number, "expire", details=ProductNamed(each.product))
        for each in over
    )
