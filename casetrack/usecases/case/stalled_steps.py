"""A step that nobody may take: each applicant is told that it waits, for what, and when it goes on.

The clock asks once a minute. What is missing is kept as long as register, accounts and day are the same;
cases are looked for only at the steps of which something is missing, or of which it was told.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from casetrack.domain.access import system
from casetrack.domain.authority.coverage import Cover
from casetrack.domain.authority.missing_powers import lacks
from casetrack.domain.case.decide import circumstances
from casetrack.domain.case.transitions import OPEN_CASE, OPEN_STEP
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.storage.case import case_rows, stalled_steps
from casetrack.storage.case.stalled_steps import Place, Told
from casetrack.storage.service import catalogue
from casetrack.usecases.authority.missing_powers import Waiting, asks, lacking, standing_key
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.region_by_region import in_each_region

#: Cases that are looked at in one round, for each step.
BATCH = 100


@dataclass(frozen=True, slots=True)
class _Now:
    """What is missing in a region, and the key under which that is so."""

    region: str
    key: Hashable
    missing: Mapping[Place, Waiting]

    def told(self, place: Place) -> tuple[Cover, str | None] | None:
        """What there is to tell of a step; None where somebody may take it."""
        waiting = self.missing.get(place)
        if waiting is None:
            return None
        return waiting.cover, waiting.until.isoformat() if waiting.until else None


def tell_once(ctx: Context) -> int:
    """One round over all regions; gives how many events were appended. Safe in any number."""
    return in_each_region(ctx, _round)


def _round(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        key = standing_key(ctx, connection, region)
        versions = catalogue.versions(connection, region)
        told = stalled_steps.told(connection, region)
    now = _Now(region, key, dict(_missing(ctx, region, versions, key)))
    return sum(_append(ctx, now, number, place) for number, place in _cases(ctx, now, told))


def _missing(
    ctx: Context, region: str, versions: list[tuple[str, int]], key: Hashable
) -> Iterator[tuple[Place, Waiting]]:
    for service, version in versions:
        definition = ctx.definition(region, service, version)
        if asks(definition):
            for each in lacking(ctx, region, definition, key):
                yield Place(service, version, each.step.id), each


def _cases(ctx: Context, now: _Now, told: list[Told]) -> list[tuple[str, Place]]:
    """Cases of which something is to be said, a batch for each agency that lacks somebody."""
    found: list[tuple[str, Place]] = []
    with ctx.database.read() as connection:
        of_agencies: dict[str, list[Place]] = {}
        for place, waiting in now.missing.items():
            of_agencies.setdefault(waiting.step.agency, []).append(place)
        for agency, places in of_agencies.items():
            found += stalled_steps.untold(connection, now.region, agency, places, BATCH)
        for what in told:
            if now.told(what.place) != (what.cover, what.until):
                numbers = stalled_steps.told_as(connection, now.region, what, BATCH)
                found += [(number, what.place) for number in numbers]
        return found + stalled_steps.taken(connection, now.region, BATCH)


def _append(ctx: Context, now: _Now, number: str, place: Place) -> int:
    """One event, under the case's locks, if by then there is still something new to say.

    The register is held with the case: what was found missing is so, or is asked in the next round.
    """
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, now.region, number)
        if (
            record is None
            or standing_key(ctx, uow.connection, now.region, record.revisions) != now.key
        ):
            return 0
        state, step = record.state, place.step
        waits = state.status in OPEN_CASE and state.steps[step].status in OPEN_STEP
        before = stalled_steps.last_told(uow, now.region, number, step)
        after = now.told(place) if waits else None
        if before == after:
            return 0
        definition = ctx.definition(now.region, state.service, state.service_version)
        data = {
            "now": circumstances(state, definition, step),
            "step": step,
            "agency": definition.step(step).agency,
            "case_version": state.version,
        }
        if after is None:
            stalled_steps.remove(uow, now.region, number, step)
            name = "step.freed" if waits else "step.stall_ended"
        else:
            stalled_steps.put(uow, now.region, number, place, *after)
            name = "step.stalled"
            positions = now.missing[place].held_by
            data |= {
                "cover": after[0],
                "lacks": lacks(after[0], positions),
                "until": after[1],
                "held_by": [each.as_dict() for each in positions],
            }
        new, drawn = NewEvent(TYPE_PREFIX + name, data), (record.event_id, record.now)
        clock = system(now.region, "clock")
        append_fact(uow, now.region, f"waiting/{number}", new, clock, drawn)
    return 1
