"""One append (docs/architecture.md): event, chain, fold and queue go in together, in one round trip."""

from collections.abc import Sequence

from casetrack.domain.access import Actor
from casetrack.domain.authority.decision_index import decision_row, is_decision, link_rows
from casetrack.domain.case.state import CaseState, fold
from casetrack.domain.case.steps import Setting, running_clocks
from casetrack.domain.clock import near_at
from casetrack.domain.events import NewEvent, parse_instant
from casetrack.storage.authority import decisions
from casetrack.storage.case import case_rows, deadlines
from casetrack.storage.unit_of_work import UnitOfWork, Write
from casetrack.usecases.context import make_event


def append_to_case(
    uow: UnitOfWork,
    new: NewEvent,
    *,
    before: CaseState | None,
    previous: str,
    event_id: int,
    number: str,
    actor: Actor,
    setting: Setting,
    extra: Sequence[Write] = (),
) -> CaseState:
    """Append the event to the case's stream and write its fold; gives the state after it.

    `previous` is the chain hash that it follows; `extra` goes in with it.
    """
    event = make_event(
        new,
        event_id=event_id,
        region=setting.region,
        stream=number,
        version=before.version + 1 if before else 1,
        now=setting.now,
        actor=actor,
    )
    after = fold(before, event)
    rows = case_rows.step_rows(setting.definition)
    writes, digest = case_rows.event_writes(event, previous)
    writes += case_rows.state_writes(uow.dialect, before, after, digest, event, setting.definition)
    if is_decision(event):
        writes += decisions.decision_writes(decision_row(event, after.service), link_rows(event))
    ran = running_clocks(before, setting) if before else {}
    runs = running_clocks(after, setting)
    noted = _noted(uow, after, ran, runs, setting)
    writes += case_rows.deadline_writes(uow.dialect, after, ran, runs, rows, noted)
    uow.run([*writes, *extra])
    return after


def _noted(
    uow: UnitOfWork,
    state: CaseState,
    ran: case_rows.Clocks,
    runs: case_rows.Clocks,
    setting: Setting,
) -> case_rows.Noted:
    """What was noted of clocks that come back late; seldom, so it costs a read only then."""
    late = (
        near_at(parse_instant(clock[0]), clock[1]) <= setting.now
        for name, clock in runs.items()
        if ran.get(name) != clock
    )
    return deadlines.noted(uow.connection, state.region, state.number) if any(late) else ()
