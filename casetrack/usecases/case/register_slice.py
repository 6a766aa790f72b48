"""What the rules are given of the register for one act: its slice, read after the locks."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from casetrack.domain.access import Account, Actor
from casetrack.domain.authority.accounts import Place, account_for
from casetrack.domain.authority.register import Register
from casetrack.domain.case.authority_check import is_guarded, needs_register
from casetrack.domain.case.bills import BILL_DECISIONS
from casetrack.domain.case.commands import Act, ProductChange, find_step
from casetrack.domain.case.permission import by_role
from casetrack.domain.case.product_details import ProductOrder, SignedFiles
from casetrack.domain.case.product_signing import asks_seats
from casetrack.domain.case.review_details import leaves_unchanged
from casetrack.domain.case.reviews import asked_service
from casetrack.domain.case.standing import Standing, standing_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import AUTHORITY_ACTIONS, SEAT_ACTIONS
from casetrack.domain.events import parse_instant
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import decisions, register
from casetrack.storage.case.case_rows import CaseRecord
from casetrack.storage.case.product_rows import next_serial
from casetrack.storage.case.queries import CaseRow
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context, opens

#: Acts about authority that ask the register nothing.
_WITHOUT = ("admit_late",)
#: A signature on one product, and that its file has it.
_SIGNED = ("sign", "complete_signature")


def asks_register(act: Act, definition: ServiceDefinition) -> bool:
    """Whether this act is judged by the register: a decision, who takes or is given a step that ends
    with one, and who acts by a seat alone."""
    if act.action in AUTHORITY_ACTIONS:
        return act.action not in _WITHOUT
    if endorses(act, definition) or (act.step is None and act.action in _SIGNED):
        return asks_seats(definition)
    if act.step is None or act.actor.kind == "system":
        return False
    if act.action in BILL_DECISIONS:
        return True
    step = find_step(definition, act.step)
    if leaves_unchanged(step, act.action, act.result, definition):
        return not definition.tracked_only
    if not is_guarded(step, definition):
        return False
    if act.action == "claim" or (act.action == "reassign" and act.assignee is not None):
        return True
    by_seat = act.action in SEAT_ACTIONS and not by_role(step, act)
    return by_seat or needs_register(step, act.action, definition)


def endorses(act: Act, definition: ServiceDefinition) -> bool:
    """Whether this act may endorse a draft, which asks where the officer sits."""
    if act.step is None or not any(product.endorsed_by for product in definition.products):
        return act.step is None and act.action == "endorse"
    return act.action == "complete" and find_step(definition, act.step).kind == "endorse"


def judged(act: Act) -> str:
    """The officer who is to finish the step: who acts, to whom it is given, or whose signature it is."""
    if isinstance(act.details, SignedFiles) and act.details.by:
        return act.details.by
    return act.assignee if act.action == "reassign" and act.assignee else act.actor.id


def setting_for(
    ctx: Context,
    uow: UnitOfWork,
    record: CaseRecord,
    act: Act,
    definition: ServiceDefinition,
    *,
    own_case: bool,
    acts_in_own: bool = False,
) -> Setting:
    """The rules' setting, with the slice of the register that the act needs: at most two reads."""
    state = record.state
    region, calendar = ctx.region(state.region, record.revisions.files)
    accounts, person = _askers(uow, state)
    draw = partial(next_serial, uow, state.region)
    signs = partial(ctx.signs, state.region)
    if not asks_register(act, definition):
        return Setting(
            state.region,
            record.now,
            definition,
            calendar,
            own_case=own_case,
            accounts=accounts,
            person=person,
            acts_in_own=acts_in_own,
            patterns=region.region.number_patterns,
            draw=draw,
            signs=signs,
            opens=opens(region, calendar),
        )
    paper = next((p for p in state.late if p["id"] == act.late), None)
    moment = parse_instant(paper["occurred_at"]) if paper else record.now
    named = {act.actor.id, judged(act), *filter(None, [act.about])}
    found = _slice(ctx, uow.connection, state, definition, named, moment, record.revisions)
    decided_as = None
    if isinstance(act.details, ProductChange | ProductOrder) and act.details.by == "superior":
        decided_as = decisions.last_position(uow.connection, state.region, state.number)
    return Setting(
        state.region,
        record.now,
        definition,
        calendar,
        found,
        own_case,
        decided_as,
        accounts,
        person,
        acts_in_own,
        region.region.number_patterns,
        draw,
        signs,
        opens(region, calendar),
    )


def _askers(
    uow: UnitOfWork, state: CaseState
) -> tuple[Callable[[Collection[str]], Mapping[str, Account]], Callable[[str], str]]:
    """Who gives the accounts of logins, and who is behind one; each read when it is first asked."""
    known: dict[str, Account] = {}
    looked = set[str]()

    def accounts(logins: Collection[str]) -> Mapping[str, Account]:
        if new := set(logins) - looked:
            looked.update(new)
            known.update(officers.of_case(uow.connection, state.region, state.number, new))
        return known

    people: dict[str, str] = {}

    def person(login: str) -> str:
        if not people:
            people.update(officers.persons(uow.connection, state.region))
        return people.get(login, login)

    return accounts, person


def _slice(
    ctx: Context,
    connection: Any,
    state: CaseState,
    definition: ServiceDefinition,
    officers_: Collection[str],
    moment: datetime,
    at: Revisions,
) -> Register:
    """The register for these officers, and for those whose conflict of interest was declared.

    It is read once for a revision of the register. Behind the shared lock the revision is the
    register's until the commit. Without the lock, what is read may already be of the next one; nobody
    who holds the lock then asks for this one any more.
    """
    day = ctx.region(state.region, at.files)[1].local_date(moment)
    logins = sorted({*officers_, *(conflict["officer"] for conflict in state.conflicts)})
    service = asked_service(state, definition)
    key = (state.region, at.register, service, tuple(logins), day)
    return ctx.slices.get(
        key, lambda: register.slice_for(connection, state.region, service, logins, day)
    )


def account_of(ctx: Context, actor: Actor, case: Any, step: str | None, named: str | None) -> Place:
    """Where a new bill of this step would be paid today: an unlocked read. Raises NotNow, Invalid."""
    state, revisions = case.state, case.revisions
    now = ctx.database.now()
    day = ctx.region(state.region, revisions.files)[1].local_date(now)
    with ctx.database.read() as connection:
        found = _slice(ctx, connection, state, case.definition, [actor.id], now, revisions)
    agency = find_step(case.definition, step or "").agency
    return account_for(found, agency, case.definition.id, day, named)


def register_for(
    ctx: Context,
    state: CaseState,
    definition: ServiceDefinition,
    officers_: Collection[str],
    at: Revisions,
) -> Register:
    """What the register says today of these officers and of the case's service: an unlocked read."""
    with ctx.database.read() as connection:
        return _slice(ctx, connection, state, definition, officers_, ctx.database.now(), at)


def standing(ctx: Context, actor: Actor, row: CaseRow, definition: ServiceDefinition) -> Standing:
    """What the register says of who calls, today: an unlocked read."""
    state, now = row.state, ctx.database.now()
    calendar = ctx.region(state.region, row.revisions.files)[1]
    with ctx.database.read() as connection:
        found = _slice(ctx, connection, state, definition, [actor.id], now, row.revisions)
    return standing_of(state, definition, found, calendar, now, actor.id)
