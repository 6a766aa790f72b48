"""An act of the clock on one case: decided and appended under its lock, as any other."""

from collections.abc import Callable

from casetrack.domain.access import system
from casetrack.domain.case.commands import Act, Details
from casetrack.domain.case.decide import decide
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import NotNow
from casetrack.storage.case import case_rows
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context

#: Cases that one look finds.
BATCH = 100
#: Whether what the clock saw is still so, under the case's lock.
Still = Callable[[UnitOfWork, CaseState], bool]
#: What else is written with it: the states before and after.
Follow = Callable[[UnitOfWork, CaseState, CaseState], None]


def act_by_clock(
    ctx: Context,
    region: str,
    number: str,
    action: str,
    *,
    step: str | None = None,
    reason: str | None = None,
    details: Details | None = None,
    process: str = "clock",
    still: Still | None = None,
    follow: Follow | None = None,
) -> bool:
    """Whether it was done: it is not where somebody was quicker, between the look and the lock."""
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, number)
        if record is None:
            return False
        state = record.state
        if still is not None and not still(uow, state):
            return False
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        act = Act(action, system(region, process), step=step, reason=reason, details=details)
        try:
            new = decide(state, act, setting)
        except NotNow:
            return False
        after = append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=act.actor,
            setting=setting,
        )
        if follow is not None:
            follow(uow, state, after)
    ctx.wake()
    return True
