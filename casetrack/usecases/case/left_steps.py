"""What an account held that was disabled goes back to its agency's list; the agency was told by mail."""

from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import ACCOUNT_DISABLED
from casetrack.storage.case import held_steps
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.clock_act import BATCH, act_by_clock
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region


def give_back_once(ctx: Context) -> int:
    """One round over all regions; gives how many steps went back. Safe in any number of processes.

    An act that was under way when the account was disabled may still take a step: the next round
    gives it back.
    """
    return in_each_region(ctx, _round)


def _round(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        held = held_steps.of_disabled(connection, region, BATCH)
    return sum(_give_back(ctx, region, number, step) for number, step in held)


def _give_back(ctx: Context, region: str, number: str, step: str) -> bool:
    def still(uow: UnitOfWork, state: CaseState) -> bool:
        # Meanwhile somebody else may have got it, or the account may be live again.
        holder = state.steps[step].assignee
        return holder is not None and not officers.live_among(uow.connection, region, [holder])

    return act_by_clock(
        ctx, region, number, "reassign", step=step, reason=ACCOUNT_DISABLED, still=still
    )
