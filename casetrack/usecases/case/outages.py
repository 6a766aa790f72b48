"""An outside system is down: one officer says so; the cases that need it stand still and go on together.

The officer's act is one row and one event. Their cases follow in sets, each under its own lock for the
moment of its own event: no transaction holds two. A round that is killed anywhere goes on in the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor
from casetrack.domain.case.outages import OutageNamed, is_same_outage
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Invalid, NotFound, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.domain.people import visible
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import outage_rows
from casetrack.storage.case.outage_rows import OutageRow
from casetrack.storage.case.stalled_steps import Place
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.clock_act import BATCH, act_by_clock
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.paging import Page
from casetrack.usecases.region_by_region import in_each_region

_PROCESS = "outages"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the officer says: which system, and the steps (service, step) that need it."""

    system: str
    places: Sequence[tuple[str, str]]


def begin(
    ctx: Context, actor: Actor, said: Begun, request: idempotency.Request | None = None
) -> Answer:
    """The system is down. Raises Invalid for a step that there is not, or that is none of the officer's
    agency nor taken in at its counter, NotNow where somebody said so already."""
    said = _checked(ctx, actor, said)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        # Of two who say it at once, the second finds the first's row.
        uow.lock(actor.region, "outages")
        _check_new(uow, actor.region, said)
        event_id, now = uow.draw()
        agency = actor.agency or ""
        row = OutageRow(
            ctx.new_id(), said.system, tuple(said.places), agency, "running", now, actor.id
        )
        outage_rows.put(uow, actor.region, row)
        return _told(uow, actor, row, "begun", (event_id, now))

    answer = idempotency.written(ctx, request, do)
    ctx.wake()
    return answer


def _check_new(uow: UnitOfWork, region: str, said: Begun) -> None:
    new = (said.system, said.places)
    for row in outage_rows.unfinished(uow.connection, region):
        if row.state == "running" and is_same_outage((row.system, row.places), new):
            raise NotNow(
                "outage_running",
                f"The agency {row.agency} said so already, and its outage {row.outage} runs; end that "
                "one when the system is back.",
                outage=row.outage,
                agency=row.agency,
            )


def _checked(ctx: Context, actor: Actor, said: Begun) -> Begun:
    faults = []
    try:
        said = replace(said, system=visible.read(said.system))
    except ValueError as error:
        faults.append({"at": "system", "message": str(error)})
    with ctx.database.read() as connection:
        known = catalogue.versions(connection, actor.region)
    for place, (service, step) in enumerate(said.places):
        found = [ctx.definition(actor.region, *each) for each in known if each[0] == service]
        wrong = _wrong(found, step, actor.agency)
        if wrong is not None:
            faults.append({"at": f"places.{place}.{wrong[0]}", "message": wrong[1]})
    if faults:
        told = "; ".join(f"{fault['at']}: {fault['message']}" for fault in faults)
        raise Invalid("invalid_body", f"{told}.", errors=faults)
    return replace(said, places=tuple(dict.fromkeys(said.places)))


def _wrong(
    versions: Sequence[ServiceDefinition], step: str, agency: str | None
) -> tuple[str, str] | None:
    """Which field of a place is wrong, and why; None where the officer may speak for it."""
    if not versions:
        return "service", "there is no such service; GET /services lists them"
    steps = [each for version in versions for each in version.steps if each.id == step]
    if not steps:
        return "step", "this service has no such step"
    offices = {version.front_office for version in versions} | {each.agency for each in steps}
    return None if agency in offices else ("service", "another agency's; its officers say so")


def _told(
    uow: UnitOfWork, actor: Actor, row: OutageRow, what: str, drawn: tuple[int, datetime]
) -> Answer:
    data = {
        "outage": row.outage,
        "system": row.system,
        "agency": row.agency,
        "places": [{"service": service, "step": step} for service, step in row.places],
    }
    new = NewEvent(f"{TYPE_PREFIX}outage.{what}", data)
    event = append_fact(uow, actor.region, f"outage/{row.outage}", new, actor, drawn)
    found = outage_rows.counts(uow.connection, actor.region, [row.outage])[row.outage]
    return Answer(_view(row, found), f'"{event.version}"')


def end(
    ctx: Context, actor: Actor, name: str, request: idempotency.Request | None = None
) -> Answer:
    """The system is back; the cases that stand still for it go on. Raises NotFound, NotNow."""
    known(ctx, actor, name)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        row = outage_rows.held(uow, actor.region, name, exclusive=True)
        if row is None:
            raise _unknown()
        if row.state != "running":
            raise NotNow("outage_ended", "This outage was ended already; its cases go on.")
        event_id, now = uow.draw()
        outage_rows.set_ending(uow, actor.region, name, actor.id, now)
        ended = replace(row, state="ending", ended_at=now, ended_by=actor.id)
        return _told(uow, actor, ended, "ended", (event_id, now))

    answer = idempotency.written(ctx, request, do)
    ctx.wake()
    return answer


def known(ctx: Context, actor: Actor, name: str) -> OutageRow:
    """An outage of the actor's agency; of any for who audits. Raises NotFound."""
    with ctx.database.read() as connection:
        row = outage_rows.outage(connection, actor.region, name) if "\0" not in name else None
    if row is None or not (actor.has_role(REGION_WIDE) or row.agency == actor.agency):
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("unknown_outage", "Your agency knows no such outage; GET /outages lists them.")


def read(ctx: Context, actor: Actor, row: OutageRow, after: str, limit: int) -> dict[str, Any]:
    """The outage, and a page of its cases: what became of each."""
    with ctx.database.read() as connection:
        found = outage_rows.cases(connection, actor.region, row.outage, after, limit + 1)
        many = outage_rows.counts(connection, actor.region, [row.outage])[row.outage]
    items = [
        {
            "number": each["number"],
            "state": each["state"],
            "paused_at": instant(each["paused_at"]),
            "settled_at": instant(each["settled_at"]) if each["settled_at"] else None,
        }
        for each in found[:limit]
    ]
    more = items[-1]["number"] if len(found) > limit else None
    return {**_view(row, many), "items": items, "next_key": (more,) if more else None}


def outages(ctx: Context, actor: Actor, before: tuple[datetime, str] | None, limit: int) -> Page:
    """Those of the actor's agency, newest first; all of the region for who audits."""
    agency = None if actor.has_role(REGION_WIDE) else actor.agency or ""
    with ctx.database.read() as connection:
        rows = outage_rows.listed(connection, actor.region, agency, before, limit + 1)
        names = [row.outage for row in rows[:limit]]
        many = outage_rows.counts(connection, actor.region, names) if names else {}
    last = rows[limit - 1] if len(rows) > limit else None
    views = [_view(row, many[row.outage]) for row in rows[:limit]]
    return Page(views, (instant(last.begun_at), last.outage) if last else None)


def _view(row: OutageRow, many: Any) -> dict[str, Any]:
    return {
        "id": row.outage,
        "system": row.system,
        "agency": row.agency,
        "places": [{"service": service, "step": step} for service, step in row.places],
        "state": row.state,
        "begun_at": instant(row.begun_at),
        "begun_by": row.begun_by,
        "ended_at": instant(row.ended_at) if row.ended_at else None,
        "ended_by": row.ended_by,
        "cases": {state: many.get(state, 0) for state in ("paused", "resumed", "left")},
    }


# --- by the clock ---------------------------------------------------------------------------------


def follow_once(ctx: Context) -> int:
    """One set of cases for every outage that runs or ends; gives how many stood still or went on.

    Safe in any number of processes. A case that comes to such a step later stands still too.
    """
    return in_each_region(ctx, _round)


def _round(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        rows = outage_rows.unfinished(connection, region)
    return sum(
        _pause_some(ctx, region, row)
        if row.state == "running"
        else _resume_some(ctx, region, row.outage)
        for row in rows
    )


def _pause_some(ctx: Context, region: str, row: OutageRow) -> int:
    done = 0
    with ctx.database.read() as connection:
        versions = catalogue.versions(connection, region)
        of_agencies: dict[str, list[Place]] = {}
        for service, version in versions:
            definition = ctx.definition(region, service, version)
            for step in definition.steps:
                if (service, step.id) in row.places:
                    of_agencies.setdefault(step.agency, []).append(Place(service, version, step.id))
        numbers = [
            number
            for agency, places in sorted(of_agencies.items())
            for number in outage_rows.to_pause(
                connection, region, row.outage, agency, places, BATCH
            )
        ]
    for number in dict.fromkeys(numbers):
        done += _pause(ctx, region, row.outage, number)
    return done


def _pause(ctx: Context, region: str, name: str, number: str) -> bool:
    def still(uow: UnitOfWork, _state: CaseState) -> bool:
        # Held to the commit: who ends it waits, and then finds this case among those to go on.
        row = outage_rows.held(uow, region, name)
        return row is not None and row.state == "running"

    def follow(uow: UnitOfWork, _before: CaseState, after: CaseState) -> None:
        outage_rows.put_case(uow, region, name, number, after.version, uow.time(None))

    return act_by_clock(
        *(ctx, region, number, "pause"),
        reason="external_system",
        details=OutageNamed(name),
        process=_PROCESS,
        still=still,
        follow=follow,
    )


def _resume_some(ctx: Context, region: str, name: str) -> int:
    with ctx.database.read() as connection:
        found = outage_rows.paused(connection, region, name, BATCH)
    for number, version in found:
        _resume(ctx, region, name, number, version)
    if len(found) < BATCH:
        with ctx.database.write() as uow:
            row = outage_rows.held(uow, region, name, exclusive=True)
            if row is not None and not outage_rows.paused(uow.connection, region, name, 1):
                outage_rows.set_over(uow, region, name)
    return len(found)


def _resume(ctx: Context, region: str, name: str, number: str, version: int) -> None:
    def still(uow: UnitOfWork, state: CaseState) -> bool:
        # An officer may have let it go on meanwhile, and paused it again for something else.
        waits = state.pause_reason == "external_system"
        return waits and not outage_rows.went_on(uow, region, number, version)

    def follow(uow: UnitOfWork, _before: CaseState, _after: CaseState) -> None:
        outage_rows.settle(uow, region, name, number, "resumed", uow.time(None))

    done = act_by_clock(
        *(ctx, region, number, "resume"),
        details=OutageNamed(name),
        process=_PROCESS,
        still=still,
        follow=follow,
    )
    if not done:
        with ctx.database.write() as uow:
            outage_rows.settle(uow, region, name, number, "left", uow.time(None))
