"""Which complaints an officer may know of, as accounts and seats are today."""

from dataclasses import replace

from casetrack.domain.access import Actor
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.errors import NotFound
from casetrack.domain.region.complaint_readers import ComplaintSight, sight_of
from casetrack.storage.authority import register
from casetrack.storage.case.complaint_rows import ComplaintReader, ComplaintRow
from casetrack.storage.people import officers
from casetrack.storage.region import regions
from casetrack.usecases.context import Context


def complaint_sight(ctx: Context, actor: Actor) -> ComplaintSight | None:
    """What the actor reads of complaints; None: nothing."""
    day = ctx.region(actor.region)[1].local_date(ctx.database.now())
    with ctx.database.read() as connection:
        known = register.whole(connection, actor.region)
        accounts = [account for account, _ in officers.of_region(connection, actor.region)]
        places = regions.positions(connection, actor.region)
    # A seat by letter counts as one by the region's files.
    seated = [
        replace(each, positions=(*each.positions, *positions_of(known, each.login, day)))
        for each in accounts
    ]
    tree = [
        replace(each, superior=known.superior_of(each.id, day) or each.superior) for each in places
    ]
    return sight_of(actor, seated, tree)


def digest_of(ctx: Context, region: str, number: str, login: str) -> str:
    """What an event says of whom a complaint is about."""
    return ctx.vault.keyed_digest(f"complaint:{region}:{number}:{login}")


def reader(ctx: Context, connection: object, region: str) -> ComplaintReader:
    """Reads the rows of a region's complaints."""
    return ComplaintReader(
        connection,  # type: ignore[arg-type]
        region,
        lambda number, login: digest_of(ctx, region, number, login),
    )


def visible_complaint(ctx: Context, actor: Actor, number: str) -> ComplaintRow:
    """A complaint that the actor may read. Raises NotFound: to whom it is not shown it is not there."""
    sight = complaint_sight(ctx, actor)
    with ctx.database.read() as connection:
        row = reader(ctx, connection, actor.region).one(number) if "\0" not in number else None
    if row is None or sight is None or not sees(sight, row):
        raise NotFound(
            "unknown_complaint", "There is no such complaint among those that you may read."
        )
    return row


def sees(sight: ComplaintSight, row: ComplaintRow) -> bool:
    """Whether this one is read."""
    return sight.lets(row.state.agency, row.state.kind, row.about_officer)
