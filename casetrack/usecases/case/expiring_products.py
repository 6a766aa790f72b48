"""Products whose last day is over say so: the clock's work."""

from casetrack.domain.access import system
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import decide
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.errors import NotNow
from casetrack.storage.case import case_rows, product_rows
from casetrack.storage.case.product_rows import ProductPlace
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region

BATCH = 100


def expire_once(ctx: Context) -> int:
    """Record what expired; gives how many. Safe in any number of processes."""
    return in_each_region(ctx, _expire)


def _expire(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        over = product_rows.expired(connection, region, ctx.database.now(), BATCH)
    return sum(_expire_one(ctx, region, each) for each in over)


def _expire_one(ctx: Context, region: str, place: ProductPlace) -> bool:
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, place.number)
        if record is None:
            return False
        state = record.state
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        act = Act("expire", system(region, "clock"), details=ProductNamed(place.product))
        try:
            new = decide(state, act, setting)
        except NotNow:
            return False  # it was ended, or another clock was here, between our look and the lock
        append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=place.number,
            actor=act.actor,
            setting=setting,
        )
    ctx.wake()
    return True
