"""The path of a case: who held it when, whose days they were, and by what right it was decided.

Every passport is judged again, by the register as it was known at the decision and as it is known
now: what it said is never changed, what has become of it is said beside it.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from casetrack.domain.authority.passport import STATEMENT
from casetrack.domain.clock import Calendar, used
from casetrack.domain.errors import NotFound
from casetrack.domain.events import Event, instant
from casetrack.storage.authority import register
from casetrack.storage.authority.register import Known
from casetrack.storage.case import case_events
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.authority import later_facts
from casetrack.usecases.case.views import agency_view, product_end, step_view, waiver_view
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context

#: Events of one case that a trace reads; the longest real one has some dozens.
MOST_EVENTS = 10_000


def trace(ctx: Context, sight: Sight) -> dict[str, Any]:
    """The path through the agencies: steps, hand-overs, days charged, decisions with passports."""
    state = sight.state
    with ctx.database.read() as connection:
        rows = case_events.stream_events(
            connection, state.region, state.number, after=0, limit=MOST_EVENTS
        )
        events = [(Event.from_body(row.body), row.hash) for row in rows]
        decisions = [
            _decision(ctx, connection, sight, event, digest)
            for event, digest in events
            if "authority" in event.data
        ]
        doubts = _doubts(connection, state.region, state.number)
    for decision in decisions:
        decision["questioned"] = doubts.get(decision["version"], [])
    items = _steps(ctx, sight, decisions)
    return {
        "number": state.number,
        "status": state.status,
        "outcome": state.outcome,
        "calendar": state.calendar,
        "product": product_end(state),
        "waiver": waiver_view(state),
        "items": items,
        "hand_overs": _hand_overs([event for event, _ in events], sight.region),
        "charged": _by_agency(items),
        "decisions": decisions,
        "statement": _statement(decisions),
    }


def decision(ctx: Context, sight: Sight, version: int) -> dict[str, Any]:
    """One decision of the case, by the version of its event. Raises NotFound."""
    state = sight.state
    with ctx.database.read() as connection:
        rows = case_events.stream_events(
            connection, state.region, state.number, after=version - 1, limit=1
        )
        events = [(Event.from_body(row.body), row.hash) for row in rows]
        for event, digest in events:
            if event.version == version and "authority" in event.data:
                return _decision(ctx, connection, sight, event, digest)
    raise NotFound(
        "unknown_decision", "No decision of this case has that version; its trace names them all."
    )


def _statement(decisions: list[dict[str, Any]]) -> str:
    schemes = {decision["authority"]["scheme"] for decision in decisions}
    if not schemes:
        return "nothing is decided yet"
    if schemes == {"checked"}:
        return STATEMENT
    apart = ", ".join(sorted(schemes - {"checked"}))
    return f"{STATEMENT} where the scheme is checked; the others are {apart} and prove nothing here"


def _decision(
    ctx: Context, connection: Any, sight: Sight, event: Event, digest: str
) -> dict[str, Any]:
    authority = dict(event.data["authority"])
    passport = authority.get("passport")
    return {
        "type": event.type,
        "step": event.data.get("step"),
        "action": event.data.get("action"),
        "version": event.version,
        "hash": digest,
        "occurred_at": instant(event.occurred_at),
        "recorded_at": instant(event.recorded_at),
        "late": event.data.get("late"),
        "actor": dict(event.actor),
        "authority": authority,
        "judged_again": _again(ctx, connection, sight, event, passport) if passport else None,
    }


def _again(
    ctx: Context,
    connection: Any,
    sight: Sight,
    event: Event,
    passport: Mapping[str, Any],
) -> dict[str, Any]:
    """By what the register knew before the decision's event, and by what it knows now."""
    calendar = ctx.region(sight.state.region)[1]
    judged = {}
    for name, known in (("then", Known(before_id=event.id)), ("now", register.NOW)):
        found = register.slice_for(
            connection,
            sight.state.region,
            passport["service"],
            [passport["seat"]["officer"]],
            calendar.local_date(event.occurred_at),
            known,
        )
        judged[name] = later_facts.again(
            ctx, found, sight.state, passport, event.data.get("step"), event.version
        ).as_data()
    return judged


def _doubts(connection: Any, region: str, number: str) -> dict[int, list[dict[str, Any]]]:
    """What was recorded later against each decision, by its version."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = case_events.stream_events(
        connection, region, f"authority/{number}", after=0, limit=MOST_EVENTS
    )
    for row in rows:
        event = Event.from_body(row.body)
        found[event.data["decision"]["version"]].append(
            {
                "code": event.data["code"],
                "link": event.data["link"],
                "entry": event.data["entry"],
                "recorded_at": instant(event.recorded_at),
            }
        )
    return found


def _steps(ctx: Context, sight: Sight, decisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    state, definition, region = sight.state, sight.definition, sight.region
    calendar: Calendar = ctx.region(state.region)[1]
    now = ctx.database.now()
    items = []
    for step in definition.steps:
        reached = state.steps[step.id]
        if reached.clock is None or reached.ready_at is None:
            continue
        start, pauses = reached.clock.times()
        unit = step.limit.unit if step.limit else "working_days"
        items.append(
            {
                **step_view(step, reached, region),
                "ended_at": reached.ended_at,
                "charged": {"value": used(start, now, unit, pauses, calendar), "unit": unit},
                "limit": step.limit.as_dict() if step.limit else None,
                "decisions": [d for d in decisions if d["step"] == step.id],
            }
        )
    return items


def _hand_overs(events: list[Event], region: RegionRecord) -> list[dict[str, Any]]:
    """Each time the file went from one agency to another, and by which event."""
    moves: list[dict[str, Any]] = []
    holder: str | None = None
    for event in events:
        after = event.data["case"].get("holder", holder)
        if holder is not None and after != holder:
            moves.append(
                {
                    "from": agency_view(region, holder),
                    "to": agency_view(region, after),
                    "at": instant(event.recorded_at),
                    "version": event.version,
                    "type": event.type,
                }
            )
        holder = after
    return moves


def _by_agency(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each agency was charged in all, unit by unit."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    agencies = {item["agency"]["id"]: item["agency"] for item in items}
    for item in items:
        sums[item["agency"]["id"], item["charged"]["unit"]] += item["charged"]["value"]
    return [
        {"agency": agencies[agency], "value": value, "unit": unit}
        for (agency, unit), value in sorted(sums.items())
    ]
