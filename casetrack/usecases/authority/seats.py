"""Where somebody sits, outside any case."""

from casetrack.domain.access import BY_SECRETARIAT_HEAD, Actor, require_operation
from casetrack.domain.authority.registrars import Keeper, Keeping
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


def check_door(ctx: Context, actor: Actor, operation: str) -> None:
    """Raises Forbidden: neither role nor duty lets the caller in, nor that they head the secretariat."""
    by_head = operation in BY_SECRETARIAT_HEAD and not actor.registrar_for
    if not (by_head and _heads_secretariat(ctx, actor)):
        require_operation(actor, operation)


def _heads_secretariat(ctx: Context, actor: Actor) -> bool:
    record, calendar = ctx.region(actor.region)
    if record.region.secretariat is None:
        return False
    day = calendar.local_date(ctx.database.now())
    with ctx.database.read() as connection:
        found = register.seats_slice(connection, actor.region, actor.id, day)
    own = {actor.id: Keeper(actor.id, actor.id, actor.agency)}
    keeping = Keeping(found, record.region.secretariat, own, day)
    return keeping.heads_secretariat(actor.id) is not None
