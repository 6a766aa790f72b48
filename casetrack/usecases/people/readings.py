"""Writing down who looks at personal data, before it is shown: no record, no data."""

from collections.abc import Sequence

from casetrack.domain.access import Actor
from casetrack.domain.people.readings import ONE_LOOK, Kind, Reading
from casetrack.storage.people import readings
from casetrack.usecases.context import Context


def record(
    ctx: Context, actor: Actor, kind: Kind, numbers: Sequence[str], typed: str | None = None
) -> None:
    """One list page, search, print or export, with the cases on it.

    `typed` is what somebody searched for; only its keyed digest is kept. Raises DatabaseDown: then
    nothing may be shown.
    """
    digest = None if typed is None else typed_digest(ctx, actor.region, typed)
    reading = Reading(
        actor.region,
        ctx.database.now(),
        ctx.new_id(),
        actor.id,
        actor.role,
        actor.agency,
        kind,
        tuple(dict.fromkeys(numbers)),
        digest,
    )
    with ctx.database.at_once() as uow:
        readings.put(uow, reading, seal_of(ctx, reading))


def record_look(ctx: Context, actor: Actor, number: str) -> None:
    """A look at one case; who looks again soon is still looking. Raises DatabaseDown."""
    since = ctx.database.now() - ONE_LOOK
    with ctx.database.read() as connection:
        if readings.is_looking(connection, actor.region, number, actor.id, since):
            return
    record(ctx, actor, "case", [number])


def seal_of(ctx: Context, reading: Reading) -> str:
    """What nobody can make who has the database and not the master key."""
    return ctx.vault.keyed_digest(f"reading:{reading.body()}")


def typed_digest(ctx: Context, region: str, typed: str) -> str:
    """The same words give the same digest in a region, however they are spaced and capitalised."""
    return ctx.vault.keyed_digest(f"typed:{region}:{' '.join(typed.casefold().split())}")
