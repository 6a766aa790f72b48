"""One append (docs/architecture.md): event, chain, fold and queue go in together, in one round trip."""

from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.authority.decision_index import decision_row, is_decision, link_rows
from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting, running_clocks
from casetrack.domain.clock import near_at
from casetrack.domain.events import NewEvent, parse_instant
from casetrack.storage.case import bill_rows, case_append, case_rows, deadlines
from casetrack.storage.case.link_rows import put_links
from casetrack.storage.case.product_rows import put_products
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import make_event

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


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
    beside: Rows | None = None,
) -> CaseState:
    """Append the event to the case's stream and write its fold; gives the state after it.

    `previous` is the chain hash that it follows; `beside` are rows that go in with it, by table: texts,
    and of a case that is opened its people.
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
    row, _, digest = case_rows.event_rows(event, previous)
    steps = case_rows.step_rows(setting.definition)
    ran = running_clocks(before, setting) if before else {}
    runs = running_clocks(after, setting)
    handed_on = before is not None and before.holder != after.holder
    noted = _noted(uow, after, ran, runs, setting, handed_on=handed_on)
    values = {
        **case_append.NO_ROWS,
        **case_append.named("event_", row),
        **case_append.named("case_", case_rows.case_values(after, digest, setting.definition)),
        "steps": [
            case_rows.step_values(after, name, steps[name])
            for name in event.data["steps"]
            if name in steps
        ],
        "deadlines": case_rows.moved_deadlines(after, ran, runs, steps, noted, handed_on=handed_on),
        **(beside or {}),
    }
    if is_decision(event):
        values["decisions"] = [decision_row(event, after.service)]
        values["decision_links"] = link_rows(event)
    if before is None:
        agencies = sorted({step.agency for step in steps.values()})
        _put_first(uow, values, after, agencies, event_id)
    else:
        values |= {"before": before.version, "ended": [name for name in ran if name not in runs]}
        more = any(values[name] for name in case_append.SELDOM)
        uow.put(case_append.NEXT_AND_MORE if more else case_append.NEXT, values)
        bill_rows.put_changed(uow, after, setting.definition)
    put_products(uow, before, after, setting.calendar)
    put_links(uow, before, after)
    return after


def _put_first(
    uow: UnitOfWork,
    values: dict[str, Any],
    state: CaseState,
    agencies: Sequence[str],
    event_id: int,
) -> None:
    place = {"region": state.region, "number": state.number, "opened_id": event_id}
    concerned = [{**place, "agency": agency} for agency in agencies]
    uow.put(case_append.FIRST, values | {"case_opened_id": event_id, "case_agencies": concerned})


def _noted(
    uow: UnitOfWork,
    state: CaseState,
    ran: case_rows.Clocks,
    runs: case_rows.Clocks,
    setting: Setting,
    *,
    handed_on: bool,
) -> case_rows.Noted:
    """What was noted of clocks that come back late, or go on with another agency; seldom, so it costs a
    read only then."""
    late = (
        near_at(parse_instant(clock[0]), clock[1], setting.definition.near_percent) <= setting.now
        for name, clock in runs.items()
        if ran.get(name) != clock or (handed_on and not name)
    )
    return deadlines.noted(uow.connection, state.region, state.number) if any(late) else ()
