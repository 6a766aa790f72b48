"""Which complaints an officer may know of, as accounts and seats are today."""

from dataclasses import replace

from casetrack.domain.access import Actor
from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.errors import NotFound, NotNow
from casetrack.domain.region.complaint_readers import ComplaintSight, ComplaintStaff, Place
from casetrack.storage.authority import register
from casetrack.storage.case import complaint_rows
from casetrack.storage.case.complaint_rows import ComplaintReader, ComplaintRow
from casetrack.storage.people import officers
from casetrack.storage.region import regions
from casetrack.usecases.context import Context


def complaint_sight(ctx: Context, actor: Actor) -> ComplaintSight | None:
    """What the actor reads of complaints; None: nothing."""
    staff = complaint_staff(ctx, actor.region)
    places: list[Place] = []
    if staff.stands_in(actor.agency):
        with ctx.database.read() as connection:
            places = complaint_rows.places(connection, actor.region)
    return staff.sight(actor, places)


def complaint_staff(ctx: Context, region: str) -> ComplaintStaff:
    """Accounts and seats of a region as they are today, and who takes complaints in."""
    record, calendar = ctx.region(region)
    day = calendar.local_date(ctx.database.now())
    with ctx.database.read() as connection:
        known = register.whole(connection, region)
        accounts = [account for account, _ in officers.of_region(connection, region)]
        places = regions.positions(connection, region)
    # A seat by letter counts as one by the region's files.
    seated = [
        replace(each, positions=(*each.positions, *positions_of(known, each.login, day)))
        for each in accounts
    ]
    tree = [
        replace(each, superior=known.superior_of(each.id, day) or each.superior) for each in places
    ]
    return ComplaintStaff(seated, tree, record.region.complaints)


def require_reader(staff: ComplaintStaff, agency: str, about: str | None) -> None:
    """Raises NotNow: what lies with this agency and is about this officer would be read by nobody."""
    if staff.first_reader(agency, about) is None:
        raise NotNow(
            "no_complaint_reader",
            "Nobody of this region may read such a complaint; bring it to SP4N-LAPOR or the Ombudsman, "
            "and note the number that it gets there.",
        )


def unread_findings(ctx: Context, region: str) -> list[Finding]:
    """Of whom nobody could read a complaint, whether there is one or not."""
    return [*complaint_staff(ctx, region).findings(ctx.region(region)[0].region.head)]


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
