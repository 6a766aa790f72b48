"""To erase somebody: one officer asks, another confirms, the operator carries it out.

An auditor's hold, an open case and a running retention stand against it, at each of the three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from casetrack.domain.access import OPERATION_ROLES, REGION_WIDE, Actor, require_role
from casetrack.domain.errors import BadInput, NotFound, NotNow
from casetrack.domain.events import Event, NewEvent, instant, parse_instant
from casetrack.domain.people import erasing
from casetrack.domain.people.erasing import Approval, Erasing, HoldReason, Obstacle, Reason
from casetrack.storage.case import case_events
from casetrack.storage.people import case_parties, erasing_rows, officers, own_case
from casetrack.storage.people import subjects as rows
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.erasing_obstacles import against
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people import subjects
from casetrack.usecases.people.retention import today
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
    today: date


@dataclass(frozen=True, slots=True)
class _Barred:
    """It may not be now: what is told, and what is written down of it first."""

    error: NotNow
    event: NewEvent | None


_Rule = Callable[[_Locked, UnitOfWork], NewEvent | _Barred]


def ask(
    ctx: Context,
    actor: Actor,
    number: str,
    role: str,
    reason: Reason,
    request: idempotency.Request | None = None,
    *,
    approval: Approval | None = None,
) -> Answer:
    """Ask that a party of a case be erased; `approval` is the archive authority's yes.

    Raises NotFound, Forbidden (it is about the officer), Invalid (it needs an approval), and NotNow with
    what stands against it: that it was asked for is written down all the same.
    """
    rule = ctx.region(actor.region)[0].region.archive_rule

    def act(locked: _Locked, uow: UnitOfWork) -> NewEvent | _Barred:
        erasing.check_approval(reason, approval, rule, locked.today)
        erasing.check_ask(locked.now)
        own = _is_own(uow, locked.person, actor)
        try:
            erasing.check_free(locked.against)
        except NotNow as error:
            known = own or erasing.is_said_already(locked.now, reason)
            kinds = [{"kind": each.kind, "until": _day(each.until)} for each in locked.against]
            data = {"reason": reason, "against": kinds}
            return _Barred(error, None if known else NewEvent(erasing.REFUSED, data))
        erasing.check_not_own(own)
        given = {"approval": approval.as_data()} if approval is not None else {}
        return NewEvent(erasing.ASKED, {"reason": reason, **given})

    return _act_on_party(ctx, actor, "ask_erasure", (number, role), act, request)


def settle(
    ctx: Context,
    actor: Actor,
    subject: str,
    *,
    confirm: bool,
    request: idempotency.Request | None = None,
) -> Answer:
    """Confirm as the second officer that they be erased, or decline it.

    Raises Forbidden: it is about the officer, the same person asked, or neither is named for data
    protection; NotNow with what stands against it.
    """
    require_role(actor, OPERATION_ROLES["settle_erasure"])
    person = known(ctx, actor, subject)

    def act(locked: _Locked, uow: UnitOfWork) -> NewEvent:
        erasing.check_settle(locked.now, confirm=confirm)
        if not confirm:
            return NewEvent(erasing.DECLINED, {})
        erasing.check_free(locked.against)
        erasing.check_not_own(_is_own(uow, person, actor))
        _check_two(uow.connection, person.region, str(locked.now.asked_by), actor.id)
        days = ctx.region(person.region)[0].region.erase_within
        return NewEvent(erasing.DECIDED, {"until": _day(locked.today + timedelta(days=days))})

    return _do(ctx, actor, person, act, request)


def _is_own(uow: UnitOfWork, person: Person, actor: Actor) -> bool:
    """Whether it is about the officer, or about somebody in a case of theirs."""
    return own_case.is_beside(uow.connection, person.region, person.subject, actor.id)


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
    reason: HoldReason,
    request: idempotency.Request | None = None,
) -> Answer:
    """Hold what is kept about a party of a case. Raises NotFound, NotNow."""

    def act(locked: _Locked, uow: UnitOfWork) -> NewEvent:
        erasing.check_hold(locked.now, lift=False)
        erasing.check_not_own(_is_own(uow, locked.person, actor))
        return NewEvent(erasing.HELD, {"reason": reason})

    return _act_on_party(ctx, actor, "place_hold", (number, role), act, request)


def lift_hold(
    ctx: Context, actor: Actor, subject: str, request: idempotency.Request | None = None
) -> Answer:
    """Let go of what an auditor held. Raises NotFound, NotNow."""
    require_role(actor, OPERATION_ROLES["lift_hold"])
    person = known(ctx, actor, subject)

    def act(locked: _Locked, uow: UnitOfWork) -> NewEvent:
        erasing.check_hold(locked.now, lift=True)
        erasing.check_not_own(_is_own(uow, locked.person, actor))
        return NewEvent(erasing.FREED, {})

    return _do(ctx, actor, person, act, request)


def read(ctx: Context, person: Person, actor: Actor | None = None) -> dict[str, Any]:
    """How far their erasure has come, and what stands against it; without an actor for the operator."""
    with ctx.database.read() as connection:
        now = _standing(ctx, connection, person)
        obstacles = list(against(ctx, connection, person, now, actor))
    return _view(person.subject, now, obstacles)


def waiting(
    ctx: Context,
    region: str,
    actor: Actor | None = None,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> Page:
    """The erasures that wait for somebody, the longest first; without an actor for the operator.

    `after` is the key that the page before ended with. Raises Forbidden: the actor is neither an auditor
    nor named for data protection.
    """
    with ctx.database.read() as connection:
        if actor is not None:
            _check_reader(connection, actor)
        found = erasing_rows.waiting(connection, region, after=after, limit=limit + 1)
    items = [read(ctx, Person(region, subject), actor) for _, subject in found[:limit]]
    if len(found) <= limit:
        return Page(items, None)
    since, subject = found[limit - 1]
    return Page(items, (instant(since), subject))


def _check_reader(connection: Any, actor: Actor) -> None:
    require_role(actor, OPERATION_ROLES["list_erasures"])
    audits = actor.has_role(REGION_WIDE)
    named = audits or actor.id in officers.for_data_protection(connection, actor.region)
    erasing.check_reader(audits=audits, named=named)


def carry_out(ctx: Context, person: Person) -> int:
    """Erase whom two officers decided to erase; gives how many texts went.

    Raises BadInput: nobody decided it, it was decided too long ago, or something stands against it now.
    """
    with ctx.database.write() as uow:
        row = subjects.lock(uow, person)
        now = _standing(ctx, uow.connection, person)
        if now.status != "decided" or now.reason is None:
            raise BadInput(
                f"two officers of the region decide that subject {person.subject} is erased, one of "
                f"them named for data protection; it is {_SAID[now.status]} (docs/personal-data.md)"
            )
        try:
            erasing.check_free(against(ctx, uow.connection, person, now, None))
        except NotNow as error:
            raise BadInput(error.detail) from error
        gone = subjects.erase(uow, person, row, now.reason)
    ctx.wake()
    return gone


_SAID = {
    "none": "not asked for",
    "refused": "asked for and was refused, since something stood against it",
    "asked": "asked for and not confirmed",
    "declined": "declined",
    "decided": "decided",
    "lapsed": "decided too long ago: they decide anew",
    "erased": "carried out",
}


def known(ctx: Context, actor: Actor, subject: str) -> Person:
    """The subject of the actor's region. Raises NotFound."""
    with ctx.database.read() as connection:
        row = rows.subject(connection, actor.region, subject)
    if row is None:
        raise NotFound("unknown_subject", "Your region keeps nobody under this id.")
    return Person(actor.region, subject)


def _act_on_party(
    ctx: Context,
    actor: Actor,
    operation: str,
    place: tuple[str, str],
    act: _Rule,
    request: idempotency.Request | None,
) -> Answer:
    """The act on who stands at this place, a role of a case that the actor sees. Raises NotFound."""
    require_role(actor, OPERATION_ROLES[operation])
    number, role = place
    state = sight(ctx, actor, number).state
    with ctx.database.read() as connection:
        party = case_parties.party(connection, state.region, state.number, role)
    if party is None:
        raise NotFound("unknown_subject", f"The case has no {role}.")
    return _do(ctx, actor, Person(state.region, party.subject), act, request)


def _do(
    ctx: Context, actor: Actor, person: Person, act: _Rule, request: idempotency.Request | None
) -> Answer:
    """One event in the subject's stream, decided while nobody else writes there."""
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    try:
        with ctx.database.write() as uow:
            answer = _done(ctx, uow, actor, person, act)
            if isinstance(answer, Answer):
                idempotency.remember(ctx, uow, request, answer)
    except Conflict:
        return idempotency.after_conflict(ctx, request)
    ctx.wake()
    if isinstance(answer, NotNow):
        raise answer
    return answer


def _done(
    ctx: Context, uow: UnitOfWork, actor: Actor, person: Person, act: _Rule
) -> Answer | NotNow:
    """The answer, or the refusal that is raised once what it wrote is committed."""
    uow.lock_register(person.region)
    row = rows.lock_subject(uow, person.region, person.subject, exclusive=True)
    if row is None or row.wrapped_key is None:
        raise NotNow("subject_erased", "Their data were erased; there is nothing left to decide.")
    now = _standing(ctx, uow.connection, person)
    obstacles = list(against(ctx, uow.connection, person, now, actor))
    said = act(_Locked(person, row, now, obstacles, today(ctx, person.region)), uow)
    if isinstance(said, _Barred):
        if said.event is not None:
            _append(uow, actor, person, row, now, said.event)
        return said.error
    event, then = _append(uow, actor, person, row, now, said)
    obstacles = list(against(ctx, uow.connection, person, then, actor))
    return Answer(_view(person.subject, then, obstacles), f'"{event.version}"')


def _append(
    uow: UnitOfWork, actor: Actor, person: Person, row: SubjectRow, now: Erasing, new: NewEvent
) -> tuple[Event, Erasing]:
    """The event, and how far the erasure has come by it."""
    event = subjects.append(uow, person.region, row, new, actor)
    then = now.then(event)
    since = parse_instant(then.waits_since) if then.waits_since else None
    erasing_rows.set_waiting(uow, person.region, person.subject, since)
    return event, then


def _standing(ctx: Context, connection: Any, person: Person) -> Erasing:
    """How far their erasure has come today."""
    stream = f"subject/{person.subject}"
    found = case_events.stream_events(connection, person.region, stream, after=0, limit=_MOST)
    events = (Event.from_body(row.body) for row in found)
    return erasing.erasing(events).on(today(ctx, person.region))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _view(subject: str, now: Erasing, obstacles: list[Obstacle]) -> dict[str, Any]:
    return {
        "subject": subject,
        "status": now.status,
        "reason": now.reason,
        "approval": now.approval,
        "asked_by": now.asked_by,
        "asked_at": now.asked_at,
        "decided_by": now.decided_by,
        "decided_at": now.decided_at,
        "decided_until": _day(now.decided_until),
        "hold": now.hold,
        "held_since": now.held_since,
        "against": [each.as_dict() for each in obstacles],
    }
