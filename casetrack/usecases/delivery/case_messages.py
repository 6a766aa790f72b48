"""What the parties of a case were told, and what is still on its way."""

from typing import Any

from casetrack.domain.case.withheld import without_withheld_messages
from casetrack.domain.events import instant
from casetrack.domain.people.readers import Shown
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.delivery.delivery_lists import DeliveryRow
from casetrack.storage.people import case_parties
from casetrack.usecases.context import Context
from casetrack.usecases.delivery.untold import tried_channels
from casetrack.usecases.paging import Page


def messages(
    ctx: Context,
    region: str,
    number: str,
    shown: Shown,
    *,
    after: tuple[int, str] | None,
    limit: int,
) -> Page:
    """Each message with what it tells, to which party, by which channel, and how it stands.

    It names roles and no persons: who they are stands with the case. What a death leaves behind is
    listed for who reads persons in full: cancelled ones, and those of which it may be the lack.
    """
    with ctx.database.read() as connection:
        roles = [party.role for party in case_parties.parties_of_case(connection, region, number)]
        rows = delivery_lists.of_case(
            connection, region, number, roles, after=after, limit=limit + 1
        )
        joined = delivery_lists.joined(
            connection, [(row.region, row.lane, row.position) for row in rows[:limit]]
        )
    views = [
        _view(row, joined.get((row.region, row.lane, row.position), [])) for row in rows[:limit]
    ]
    items = views if shown == "full" else without_withheld_messages(views)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, (last.position, last.role) if last else None)


def _view(row: DeliveryRow, joined: list[str]) -> dict[str, Any]:
    waits = row.state == "pending" and row.not_before is not None
    return {
        "position": row.position,
        "party": row.role,
        "types": [row.type, *joined],
        "channel": row.channel if row.channel != "none" else None,
        "state": row.state,
        "tried": tried_channels(row),
        "at": instant(row.recorded_at),
        "ended_at": instant(row.ended_at) if row.ended_at else None,
        "not_before": instant(row.not_before) if waits and row.not_before else None,
    }
