"""What the rules are given of the register for one act: its slice, read after the locks."""

from casetrack.domain.case.authority_check import needs_register
from casetrack.domain.case.commands import Act, ProductChange, find_step
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import AUTHORITY_ACTIONS
from casetrack.domain.events import parse_instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import decisions, register
from casetrack.storage.case.case_rows import CaseRecord
from casetrack.storage.people import subjects
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context

#: Acts about authority that ask the register nothing.
_WITHOUT = ("declare_conflict", "admit_late")


def asks_register(act: Act, definition: ServiceDefinition) -> bool:
    """Whether this act is judged by the register."""
    if act.action in AUTHORITY_ACTIONS:
        return act.action not in _WITHOUT
    if act.step is None:
        return False
    return needs_register(find_step(definition, act.step), act.action, definition)


def is_own_case(ctx: Context, act: Act, number: str, definition: ServiceDefinition) -> bool:
    """Whether the officer is one of the parties: read before any lock, like texts are sealed."""
    if not asks_register(act, definition):
        return False
    with ctx.database.read() as connection:
        return subjects.is_party(connection, act.actor.region, number, act.actor.id)


def setting_for(
    ctx: Context,
    uow: UnitOfWork,
    record: CaseRecord,
    act: Act,
    definition: ServiceDefinition,
    *,
    own_case: bool,
) -> Setting:
    """The rules' setting, with the slice of the register that the act needs: at most two reads."""
    state = record.state
    calendar = ctx.region(state.region, record.revision)[1]
    if not asks_register(act, definition):
        return Setting(state.region, record.now, definition, calendar)
    paper = next((p for p in state.late if p["id"] == act.late), None)
    moment = parse_instant(paper["occurred_at"]) if paper else record.now
    officers = {act.actor.id, *filter(None, [act.about])}
    found = register.slice_for(
        uow.connection,
        state.region,
        definition.id,
        sorted(officers),
        calendar.local_date(moment),
    )
    decided_as = None
    if isinstance(act.details, ProductChange) and act.details.by == "superior":
        decided_as = decisions.last_position(uow.connection, state.region, state.number)
    return Setting(state.region, record.now, definition, calendar, found, own_case, decided_as)
