"""Who confirms a hand-over is another person than who began it."""

from dataclasses import replace

from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Details
from casetrack.domain.case.counter_details import Handing
from casetrack.domain.case.hand_overs import open_record
from casetrack.storage.people import officers
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context


def is_same_person(ctx: Context, actor: Actor, login: str) -> bool:
    """Whether who acts is the person of this account, by the same or by another one."""
    with ctx.database.read() as connection:
        accounts = officers.keepers(connection, actor.region)
    first, second = (
        accounts[each].person if each in accounts else each for each in (login, actor.id)
    )
    return first == second


def judged(ctx: Context, actor: Actor, case: Sight, details: Details | None) -> Details | None:
    """What is said of a hand-over, with whether who acts began the one that waits."""
    waits = open_record(case.state)
    if not isinstance(details, Handing) or waits is None:
        return details
    return replace(details, same_officer=is_same_person(ctx, actor, waits["by"]))
