"""Bills whose day has passed: noted once, by the clock, in the stream of their case."""

from casetrack.domain.access import system
from casetrack.domain.case.bills import BillChange
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import decide
from casetrack.domain.errors import NotNow
from casetrack.storage.case import bill_rows, case_rows
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region

BATCH = 100


def note_overdue_once(ctx: Context) -> int:
    """Note what is overdue; gives how many. Safe in any number of processes."""
    return in_each_region(ctx, _note)


def _note(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        found = bill_rows.overdue(connection, region, ctx.database.now(), BATCH)
    return sum(_note_one(ctx, region, *each) for each in found)


def _note_one(ctx: Context, region: str, number: str, bill: str, step: str) -> bool:
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, number)
        if record is None:
            return False
        state, actor = record.state, system(region, "clock")
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        try:
            act = Act("expire_bill", actor, step=step, details=BillChange(bill))
            new = decide(state, act, setting)
        except NotNow:
            return False  # it was paid, or noted, between our look and the lock
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
    return True
