"""What nears its limit or has missed it goes to the case's companion stream; silence is recorded."""

from typing import Any

from casetrack.domain.access import system
from casetrack.domain.case.commands import Act
from casetrack.domain.case.decide import circumstances, decide
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.storage.case import case_rows, deadlines
from casetrack.storage.case.deadlines import DeadlineRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case import law_grants, silent
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.region_by_region import in_each_region

BATCH = 100


def watch_once(ctx: Context) -> int:
    """One round over all regions; gives how many notices were appended. Safe in any number."""
    return in_each_region(ctx, _watch)


def _watch(ctx: Context, region: str) -> int:
    now = ctx.database.now()
    with ctx.database.read() as connection:
        near, missed = deadlines.near_and_missed(connection, region, now, BATCH)
    done = sum(_note(ctx, row, missed=True) for row in missed)
    return done + sum(_note(ctx, row, missed=False) for row in near if row.due_at > now)


def _note(ctx: Context, row: DeadlineRow, *, missed: bool) -> int:
    """One notice, under the case's locks, so that it is never about a clock that has moved.

    Where drafts were made ready for a case that has changed since, the next round does it.
    """
    prepared = law_grants.ready(ctx, row.region, row.number) if missed and not row.step else None
    with ctx.database.write() as uow:
        record = case_rows.lock_case(uow, row.region, row.number)
        moved = record is not None and prepared and prepared.version != record.state.version
        if record is None or moved or not deadlines.note(uow, row, missed=missed):
            return 0
        state = record.state
        definition = ctx.definition(row.region, state.service, state.service_version)
        data: dict[str, Any] = {
            "now": circumstances(state, definition, row.step or None),
            "scope": "step" if row.step else "case",
            "step": row.step or None,
            "agency": row.agency,
            "due_at": instant(row.due_at),
            "calendar": state.calendar,
            "case_version": state.version,
        }
        # The applicant is told of the case's own deadline; a step's concerns the agencies only.
        kind = "step_deadline" if row.step else "deadline"
        name = f"{kind}.{'missed' if missed else 'near'}"
        if missed and not row.step:
            data |= silent.of_case(ctx, uow, record, definition, prepared)
        new = NewEvent(TYPE_PREFIX + name, data)
        drawn = record.event_id, record.now
        clock = system(row.region, "clock")
        append_fact(uow, row.region, f"deadline/{row.number}", new, clock, drawn)
        if missed and row.step:
            _record_silence(ctx, uow, record, row)
        elif "silence" in data:
            granted = None
            if prepared is not None and not data["silence"]["missing"]:
                proof = data["silence"]["proof"]
                law_grants.grant(ctx, uow, record, definition, prepared, proof)
                granted = proof
            silent.tell_agencies(ctx, uow, record, data)
            if granted is not None:
                silent.tell_overseers(uow, record, definition, granted)
    return 1


def _record_silence(
    ctx: Context, uow: UnitOfWork, record: case_rows.CaseRecord, row: DeadlineRow
) -> None:
    """A reviewer who let their limit pass has no opinion, where the definition says so.

    In the notice's own transaction: killed in between, neither or both have happened.
    """
    state = record.state
    definition = ctx.definition(row.region, state.service, state.service_version)
    if definition.step(row.step).silence != "no_opinion":
        return
    event_id, now = uow.draw()
    setting = ctx.setting(definition, row.region, record.revisions.files, now)
    act = Act("no_opinion", system(row.region, "clock"), step=row.step)
    append_to_case(
        uow,
        decide(state, act, setting),
        before=state,
        previous=record.hash,
        event_id=event_id,
        number=row.number,
        actor=act.actor,
        setting=setting,
    )
