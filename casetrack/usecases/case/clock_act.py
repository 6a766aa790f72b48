"""An act of the clock on one case: decided and appended under its lock, as any other."""

from collections.abc import Callable

from casetrack.domain.access import Actor, system
from casetrack.domain.case.commands import Act, Details
from casetrack.domain.case.decide import decide
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import NotNow
from casetrack.domain.events import NewEvent
from casetrack.storage.case import case_rows
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context

#: Cases that one look finds.
BATCH = 100
#: The event that is due now; None where it is due no more.
Due = Callable[[CaseState, Actor, Setting], NewEvent | None]
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

    def due(state: CaseState, actor: Actor, setting: Setting) -> NewEvent | None:
        try:
            act = Act(action, actor, step=step, reason=reason, details=details)
            return decide(state, act, setting)
        except NotNow:
            return None

    return tell_by_clock(ctx, region, number, due, process=process, still=still, follow=follow)


def tell_by_clock(
    ctx: Context,
    region: str,
    number: str,
    due: Due,
    *,
    process: str = "clock",
    still: Still | None = None,
    follow: Follow | None = None,
) -> bool:
    """Whether the event was due, under the case's lock, and is written."""
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, region, number)
        if record is None:
            return False
        state, actor = record.state, system(region, process)
        if still is not None and not still(uow, state):
            return False
        definition = ctx.definition(region, state.service, state.service_version)
        setting = ctx.setting(definition, region, record.revisions.files, record.now)
        new = due(state, actor, setting)
        if new is None:
            return False
        after = append_to_case(
            uow,
            new,
            before=state,
            previous=record.hash,
            event_id=record.event_id,
            number=number,
            actor=actor,
            setting=setting,
        )
        if follow is not None:
            follow(uow, state, after)
    ctx.wake()
    return True
