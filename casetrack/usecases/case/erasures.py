"""To erase somebody: one officer asks, another confirms, the operator carries it out.

An auditor's hold, an open case and a running retention stand against it, at each of the three.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetrack.domain.access import OPERATION_ROLES, Actor, may_see, require_role
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.errors import BadInput, NotFound, NotNow
from casetrack.domain.events import Event, NewEvent, parse_instant
from casetrack.domain.people import erasing
from casetrack.domain.people.erasing import Erasing, Obstacle
from casetrack.domain.service.definition import ServiceDefinition, concerned_agencies
from casetrack.storage.case import case_events, queries
from casetrack.storage.people import officers
from casetrack.storage.people import subjects as rows
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import subjects
from casetrack.usecases.people.subjects import Person

#: Events of a subject's stream that are read; it has a handful.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Locked:
    """A subject of whom nobody else writes until the commit, and what is known of their erasure."""

    person: Person
    row: SubjectRow
    now: Erasing
    against: list[Obstacle]


def ask(
    ctx: Context,
    actor: Actor,
    number: str,
    role: str,
    reason: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Ask that a party of a case be erased. Raises NotFound, and NotNow with what stands against it."""
    require_role(actor, OPERATION_ROLES["ask_erasure"])
    person = _party(ctx, actor, number, role)

    def act(locked: _Locked, _uow: UnitOfWork) -> NewEvent:
        erasing.check_ask(locked.now)
        erasing.check_free(locked.against)
        return NewEvent(erasing.ASKED, {"reason": reason})

    return _do(ctx, actor, person, act, request)


def settle(
    ctx: Context,
    actor: Actor,
    subject: str,
    *,
    confirm: bool,
    request: idempotency.Request | None = None,
) -> Answer:
    """Confirm as the second officer that they be erased, or decline it.

    Raises Forbidden: the same person, or neither is named for data protection; NotNow with what
    stands against it.
    """
    require_role(actor, OPERATION_ROLES["settle_erasure"])
    person = known(ctx, actor, subject)

    def act(locked: _Locked, uow: UnitOfWork) -> NewEvent:
        erasing.check_settle(locked.now, confirm=confirm)
        if not confirm:
            return NewEvent(erasing.DECLINED, {})
        erasing.check_free(locked.against)
        _check_two(uow.connection, person.region, str(locked.now.asked_by), actor.id)
        return NewEvent(erasing.DECIDED, {})

    return _do(ctx, actor, person, act, request)


def _check_two(connection: Any, region: str, *logins: str) -> None:
    accounts = officers.keepers(connection, region)
    named = officers.for_data_protection(connection, region)
    first, second = (accounts[login].person if login in accounts else login for login in logins)
    erasing.check_two(first, second, {login: login in named for login in logins})


def place_hold(
    ctx: Context,
    actor: Actor,
    number: str,
    role: str,
    reason: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Hold what is kept about a party of a case. Raises NotFound, NotNow."""
    require_role(actor, OPERATION_ROLES["place_hold"])
    person = _party(ctx, actor, number, role)

    def act(locked: _Locked, _uow: UnitOfWork) -> NewEvent:
        erasing.check_hold(locked.now, lift=False)
        return NewEvent(erasing.HELD, {"reason": reason})

    return _do(ctx, actor, person, act, request)


def lift_hold(
    ctx: Context, actor: Actor, subject: str, request: idempotency.Request | None = None
) -> Answer:
    """Let go of what an auditor held. Raises NotFound, NotNow."""
    require_role(actor, OPERATION_ROLES["lift_hold"])
    person = known(ctx, actor, subject)

    def act(locked: _Locked, _uow: UnitOfWork) -> NewEvent:
        erasing.check_hold(locked.now, lift=True)
        return NewEvent(erasing.FREED, {})

    return _do(ctx, actor, person, act, request)


def read(ctx: Context, person: Person, actor: Actor | None = None) -> dict[str, Any]:
    """How far their erasure has come, and what stands against it; without an actor for the operator."""
    with ctx.database.read() as connection:
        now = erasing.erasing(_stream(connection, person))
        against = list(_against(ctx, connection, person, now, actor))
    return _view(person.subject, now, against)


def carry_out(ctx: Context, person: Person) -> int:
    """Erase whom two officers decided to erase; gives how many texts went.

    Raises BadInput: nobody decided it, or something stands against it now.
    """
    with ctx.database.write() as uow:
        row = subjects.lock(uow, person)
        now = erasing.erasing(_stream(uow.connection, person))
        if now.status != "decided" or now.reason is None:
            raise BadInput(
                f"two officers of the region decide that subject {person.subject} is erased, one of "
                f"them named for data protection; it is {_SAID[now.status]} (docs/personal-data.md)"
            )
        try:
            erasing.check_free(_against(ctx, uow.connection, person, now, None))
        except NotNow as error:
            raise BadInput(error.detail) from error
        gone = subjects.erase(uow, person, row, now.reason)
    ctx.wake()
    return gone


_SAID = {
    "none": "not asked for",
    "asked": "asked for and not confirmed",
    "declined": "declined",
    "decided": "decided",
    "erased": "carried out",
}


def known(ctx: Context, actor: Actor, subject: str) -> Person:
    """The subject of the actor's region. Raises NotFound."""
    with ctx.database.read() as connection:
        row = rows.subject(connection, actor.region, subject)
    if row is None:
        raise NotFound("unknown_subject", "Your region keeps nobody under this id.")
    return Person(actor.region, subject)


def _party(ctx: Context, actor: Actor, number: str, role: str) -> Person:
    state = sight(ctx, actor, number).state
    with ctx.database.read() as connection:
        party = rows.party(connection, state.region, state.number, role)
    if party is None:
        raise NotFound("unknown_subject", f"The case has no {role}.")
    return Person(state.region, party.subject)


def _do(
    ctx: Context,
    actor: Actor,
    person: Person,
    act: Callable[[_Locked, UnitOfWork], NewEvent],
    request: idempotency.Request | None,
) -> Answer:
    """One event in the subject's stream, decided while nobody else writes there."""
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    try:
        with ctx.database.write() as uow:
            answer = _done(ctx, uow, actor, person, act)
            idempotency.remember(ctx, uow, request, answer)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    ctx.wake()
    return answer


def _done(
    ctx: Context,
    uow: UnitOfWork,
    actor: Actor,
    person: Person,
    act: Callable[[_Locked, UnitOfWork], NewEvent],
) -> Answer:
    uow.lock_register(person.region)
    row = rows.lock_subject(uow, person.region, person.subject, exclusive=True)
    if row is None or row.wrapped_key is None:
        raise NotNow("subject_erased", "Their data were erased; there is nothing left to decide.")
    now = erasing.erasing(_stream(uow.connection, person))
    locked = _Locked(person, row, now, list(_against(ctx, uow.connection, person, now, actor)))
    event = subjects.append(uow, person.region, row, act(locked, uow), actor)
    then = now.then(event)
    against = list(_against(ctx, uow.connection, person, then, actor))
    return Answer(_view(person.subject, then, against), f'"{event.version}"')


def _stream(connection: Any, person: Person) -> list[Event]:
    stream = f"subject/{person.subject}"
    found = case_events.stream_events(connection, person.region, stream, after=0, limit=_MOST)
    return [Event.from_body(row.body) for row in found]


# --- what stands against it -----------------------------------------------------------------------


def _against(
    ctx: Context, connection: Any, person: Person, now: Erasing, actor: Actor | None
) -> Iterator[Obstacle]:
    """Everything that is known of. Bills, objections, complaints and products will be further sources.

    A case of no concern to the actor stands against it as well, and is not named; the operator (no
    actor) reads all.
    """
    if now.hold is not None:
        yield Obstacle("held", now.hold)
    row = rows.subject(connection, person.region, person.subject)
    parties = rows.parties_of_subject(connection, person.region, person.subject)
    numbers = sorted({party.number for party in parties})
    states = [
        found.state for each in numbers if (found := queries.case(connection, person.region, each))
    ]
    named = {state.number for state in states if actor is None or _may_see(ctx, actor, state)}
    if row is not None and row.identity_question:
        yield Obstacle(
            "identity_open", ", ".join(each for each in numbers if each in named) or None
        )
    for state in states:
        yield from _of_case(ctx, state, is_named=state.number in named)


def _may_see(ctx: Context, actor: Actor, state: CaseState) -> bool:
    return may_see(actor, concerned_agencies(_definition(ctx, state)))


def _definition(ctx: Context, state: CaseState) -> ServiceDefinition:
    return ctx.definition(state.region, state.service, state.service_version)


def _of_case(ctx: Context, state: CaseState, *, is_named: bool) -> Iterator[Obstacle]:
    if state.status in OPEN_CASE:
        yield Obstacle("case_open", state.number if is_named else None)
        return
    retention = _definition(ctx, state).retention
    if retention is None:
        return
    calendar = ctx.region(state.region)[1]
    ended = calendar.local_date(_ended(state))
    until = erasing.kept_until(ended, retention.years)
    if until >= calendar.local_date(ctx.database.now()):
        about = f"{retention.basis} ({state.number})" if is_named else None
        yield Obstacle("retention", about, until)


def _ended(state: CaseState) -> datetime:
    """When the last thing happened to a case that is over."""
    steps = (step.ended_at for step in state.steps.values() if step.ended_at)
    return max(parse_instant(at) for at in (state.opened_at, *steps))


def _view(subject: str, now: Erasing, against: list[Obstacle]) -> dict[str, Any]:
    return {
        "subject": subject,
        "status": now.status,
        "reason": now.reason,
        "asked_by": now.asked_by,
        "asked_at": now.asked_at,
        "decided_by": now.decided_by,
        "decided_at": now.decided_at,
        "hold": now.hold,
        "held_since": now.held_since,
        "against": [each.as_dict() for each in against],
    }
