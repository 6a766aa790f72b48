"""Which agencies are outside the mall today, by the register and the region's files."""

from collections.abc import Iterable, Sequence
from typing import Any

from casetrack.domain.authority.entries import MallStay
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.events import instant
from casetrack.domain.region.counter_hours import counter_now, spans_text
from casetrack.domain.region.outside_mall import outside
from casetrack.domain.region.region_data import Agency
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import register
from casetrack.usecases.context import Context


def recorded_stays(ctx: Context, region: str, at: Revisions) -> Sequence[MallStay]:
    """Every stay that the register holds now; it is read once for a revision."""

    def read() -> Sequence[MallStay]:
        with ctx.database.read() as connection:
            return register.stays(connection, region)

    return ctx.stays.get((region, at.register), read)


def outside_of(
    ctx: Context,
    region: str,
    definition: ServiceDefinition,
    at: Revisions,
    state: CaseState | None = None,
) -> list[Agency]:
    """The agencies outside the mall today with steps to come, of a service or of one of its cases.

    `at` are the region's newest revisions.
    """
    if state is not None and state.status not in (*OPEN_CASE, "granted"):
        return []
    to_come = (
        step.agency
        for step in definition.steps
        if state is None or state.steps[step.id].ended_at is None
    )
    return outside_mall(ctx, region, to_come, at)


def outside_mall(ctx: Context, region: str, agencies: Iterable[str], at: Revisions) -> list[Agency]:
    """Those of these agencies that have no counter in the mall today."""
    record, calendar = ctx.region(region, at.files)
    day = calendar.local_date(ctx.database.now())
    return outside(record.agencies, agencies, recorded_stays(ctx, region, at), day)


def counter_view(ctx: Context, region: str, agency: str, at: Revisions) -> dict[str, Any] | None:
    """Where and when somebody comes to an agency's counter; None where the files do not say when."""
    record, calendar = ctx.region(region, at.files)
    known = record.agencies.get(agency)
    if known is None or not known.hours:
        return None
    now = counter_now(known.hours, calendar, ctx.database.now())
    if now is None:
        return None
    said = now.hours.as_dict()
    return {
        "id": known.id,
        "name": known.name.as_dict(),
        "office": known.office.as_dict() if known.office else None,
        "today": spans_text(now.today) or None,
        "open_now": now.is_open,
        "next_open_at": instant(now.next_open_at) if now.next_open_at else None,
        **{name: said[name] for name in ("week", "basis", "since", "until")},
    }


def outside_views(found: Iterable[Agency]) -> list[dict[str, Any]]:
    """Each agency, where it is and when it is open; null where the region's files do not say."""
    return [
        {
            "id": agency.id,
            "name": agency.name.as_dict(),
            "office": agency.office.as_dict() if agency.office else None,
        }
        for agency in found
    ]
