"""Where somebody sits, outside any case."""

from casetrack.domain.access import Actor
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.case.standing import Standing
from casetrack.storage.authority import register
from casetrack.usecases.context import Context


def standing(ctx: Context, actor: Actor) -> Standing:
    """The positions in which the caller sits today."""
    day = ctx.region(actor.region)[1].local_date(ctx.database.now())
    with ctx.database.read() as connection:
        found = register.seats_slice(connection, actor.region, actor.id, day)
    return Standing(positions_of(found, actor.id, day))
