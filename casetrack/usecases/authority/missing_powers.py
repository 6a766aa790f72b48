"""What the counter is told before it takes a file in: steps that nobody may take today."""

from typing import Any

from casetrack.domain.authority import missing_powers as rules
from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.holders import Holders
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import register
from casetrack.storage.people import officers
from casetrack.usecases.context import Context


def missing_powers(
    ctx: Context, region: str, definition: ServiceDefinition
) -> list[dict[str, Any]]:
    """Each step that waits for a power or for somebody who has it, by the register as it is now.

    Nothing, and no read, of a service that asks no register.
    """
    if definition.tracked_only or not any(step.authority for step in definition.steps):
        return []
    record, calendar = ctx.region(region)
    day = calendar.local_date(ctx.database.now())
    with ctx.database.read() as connection:
        known = register.slice_for(connection, region, definition.id, (), day)
        seated = {held.officer for _, held in known.all_of(Incumbency)}
        live = officers.live_among(connection, region, seated)
    found = rules.missing_powers(Holders(known, [definition], live), definition, day)
    shown = []
    for each in found:
        name = record.agencies[each.step.agency].name
        names = {position: known.name_of(position, day) for position in each.positions}
        shown.append(
            {
                "step": each.step.id,
                "name": each.step.name.as_dict(),
                "agency": {"id": each.step.agency, "name": name.as_dict()},
                "cover": each.cover,
                "may": [{"position": h.position, "officer": h.officer} for h in each.may],
                "message": rules.words(each, name, names).as_dict(),
            }
        )
    return shown
