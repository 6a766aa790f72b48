"""The people of a case change: a death, heirs, a power of attorney, a director, a contact.

In the order of refusals of docs/api.md, as every act on a case.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from casetrack.domain.access import Actor, unknown_case
from casetrack.domain.case.case_people import death_of, is_dead, power_of
from casetrack.domain.case.commands import Act, Seen, check_seen, details_of
from casetrack.domain.case.decide import check_act, decide
from casetrack.domain.case.numbers import access_code
from casetrack.domain.case.party_change import PartyChange
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import Invalid, NoAuthority, Stale
from casetrack.domain.events import NewEvent
from casetrack.domain.people.possible_days import born
from casetrack.storage.case import case_rows
from casetrack.storage.case.case_rows import CaseRecord
from casetrack.storage.people import (
    case_parties,
    own_case,
    person_texts,
    search_words,
    subjects,
    told_parties,
)
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import party_rows, register_slice
from casetrack.usecases.case.append import Rows, append_to_case
from casetrack.usecases.case.clock_act import BATCH, act_by_clock
from casetrack.usecases.case.do import record_refusal
from casetrack.usecases.case.hand_overs import is_same_person
from casetrack.usecases.case.links import open_cases_of
from casetrack.usecases.case.party_texts import PartyDoing, Words, acts_already, new_words, tidied
from casetrack.usecases.case.sealed_parties import brings, check_not_erased, held, people_rows
from casetrack.usecases.case.unprinted_letters import letter_warnings, printed_of
from casetrack.usecases.case.views import case_etag, case_view
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.people import guessing
from casetrack.usecases.region_by_region import in_each_region


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What could be made ready before any lock."""

    act: Act
    words: Words
    code: str
    #: What of it would not be printed as it is written.
    warnings: Sequence[Mapping[str, object]] = ()


def change_people(
    ctx: Context,
    actor: Actor,
    case: Sight,
    doing: PartyDoing,
    if_match: Callable[[], Seen],
    request: idempotency.Request | None = None,
) -> Answer:
    """Carry it out; gives the case, with a new access code where the old one opens nothing any more.

    Raises NotFound, Forbidden, Invalid, what `if_match` raises, Stale, NotNow, and NoAuthority (who acts
    is a party, or would be) after the refusal is committed.
    """
    doing = tidied(doing)
    revision, region = case.region.revision, case.state.region
    setting = ctx.setting(case.definition, region, revision, ctx.database.now())
    check_act(case.state, _plain_act(actor, doing), setting, case.standing)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed
    seen = if_match()

    def once() -> Answer | NoAuthority:
        return _under_locks(ctx, case, _prepare(ctx, actor, case, doing), seen, request)

    answer = idempotency.tried(ctx, request, once)
    if isinstance(answer, NoAuthority):
        raise answer
    return answer


def _plain_act(actor: Actor, doing: PartyDoing) -> Act:
    """The act with nothing sealed, for what is refused whatever the case has come to."""
    paper = None if doing.paper is None else {"dated": doing.paper["dated"].isoformat()}
    comes = doing.party is not None or doing.contact is not None
    said = PartyChange(
        doing.day, doing.role, paper, doing.why, doing.power_document(), {} if comes else None
    )
    return Act(doing.action, actor, details=said)


def _prepare(ctx: Context, actor: Actor, case: Sight, doing: PartyDoing) -> _Prepared:
    words = new_words(ctx, case.state, doing)
    said = PartyChange(
        doing.day,
        doing.role,
        words.paper,
        doing.why,
        doing.power_document(),
        words.person,
        director=words.director,
        born=born(words.nik, ctx.region(actor.region)[1].local_date(ctx.database.now())),
        same_officer=_same_officer(ctx, actor, case),
    )
    code = access_code(ctx.random(8))
    # After a report of death no code opens anything.
    digest = ctx.vault.access_digest(case.state.number, code)
    given = None if doing.action == "report_death" else digest
    act = Act(doing.action, actor, details=said, note=words.note, access_digest=given)
    return _Prepared(act, words, code, letter_warnings(ctx, _printed(doing)))


def _printed(doing: PartyDoing) -> Iterator[tuple[str, str | None]]:
    if doing.party is not None:
        yield from printed_of("party", doing.party.document())
    if doing.contact is not None:
        yield from printed_of("contact", doing.contact)


def _same_officer(ctx: Context, actor: Actor, case: Sight) -> bool:
    """Whether who acts is the person who reported the death, by another account."""
    death = death_of(case.state)
    return death is not None and is_same_person(ctx, actor, death["by"])


def _under_locks(
    ctx: Context,
    case: Sight,
    prepared: _Prepared,
    seen: Seen,
    request: idempotency.Request | None,
) -> Answer | NoAuthority:
    """One transaction. A refusal for want of authority is given, not raised: it is committed."""
    with ctx.database.write() as uow:
        region, actor = case.state.region, prepared.act.actor
        behind = [
            *held(region, prepared.words.sealed),
            own_case.niks_of(region, actor.id),
        ]
        record = case_rows.lock_case(
            uow,
            case.state.region,
            case.state.number,
            seen=case.state,
            officer=actor.id,
            behind=behind,
        )
        if record is None:
            raise unknown_case()
        try:
            check_seen(record.state, None, seen)
        except Stale:
            # An equal request may have won the race for the lock: then its answer is ours.
            answer = idempotency.replay(ctx, request, uow)
            if answer is None:
                raise
            return answer
        setting = register_slice.setting_for(
            ctx,
            uow,
            record,
            prepared.act,
            case.definition,
            own_case=record.own,
            acts_in_own=record.own or brings(prepared.words.sealed, record.behind[-1]),
        )
        try:
            answer = _done(ctx, uow, record, prepared, setting, case)
        except NoAuthority as error:
            record_refusal(uow, record, prepared.act, error)
            return error
        idempotency.remember(ctx, uow, request, answer)
    return answer


def _done(
    ctx: Context,
    uow: UnitOfWork,
    record: CaseRecord,
    prepared: _Prepared,
    setting: Setting,
    case: Sight,
) -> Answer:
    new = decide(record.state, prepared.act, setting)
    region, number = setting.region, record.state.number
    prepared.words.check(uow, region, number)
    check_not_erased(prepared.words.sealed, record.behind[:-1])
    _check_another(uow, record.state, prepared)
    rows_of = people_rows(prepared.words.sealed, region, number, record.now)
    texts = [*rows_of["texts"], *person_texts.text_values(region, prepared.words.texts(number))]
    state = _append(uow, record, prepared.act, new, setting, {"texts": texts})
    for row, index in prepared.words.sealed.subjects:
        subjects.put_subject(uow, region, row, index, record.now)
    rows = {row.role: replace(row, number=number) for row in prepared.words.rows}
    party_rows.follow(uow, record.state, state, rows)
    search_words.add(uow, region, prepared.words.sealed.words)
    view = case_view(state, setting.definition, case.region)
    if prepared.act.access_digest and state.access_digest == prepared.act.access_digest:
        view["access_code"] = prepared.code
        guessing.reissued(uow, number, state.access_digest)
    seen, act = prepared.words.seen, prepared.act
    if act.action == "report_death" and seen is not None:
        connection = uow.connection
        view["open_cases"] = open_cases_of(ctx, connection, act.actor, seen.subject, number)
    view["identity_question"] = subjects.identity_asked(uow.connection, region, number)
    view |= {"warnings": prepared.warnings} if prepared.warnings else {}
    return Answer(view, case_etag(state.version))


def _check_another(uow: UnitOfWork, state: CaseState, prepared: _Prepared) -> None:
    """Nobody stands in their own place, nor acts for themselves: a death that two confirmed would be
    undone by one. Nor do the dead come, nor the same by the same power. Raises Invalid, NotNow."""
    if prepared.act.action not in ("succeed", "appoint"):
        return
    held = case_parties.parties_of_case(uow.connection, state.region, state.number)
    comes = {row.subject for row in prepared.words.rows}
    roles = [row.role for row in held if row.subject in comes]
    said = "this is the applicant" if "applicant" in roles else None
    if any(is_dead(state.parties[role]) for role in roles):
        said = "this person died, as the case says"
    if said is not None:
        raise Invalid("invalid_body", f"party: {said}.", errors=[{"at": "party", "message": said}])
    change = details_of(prepared.act, PartyChange)
    if "representative" in roles and _same_power(state, change):
        raise acts_already()


def _same_power(state: CaseState, change: PartyChange) -> bool:
    """Whether it is for the same acts, and until the same day, as the one that they have."""
    now, new = power_of(state), change.power
    if now is None or new is None:
        return False
    return (sorted(now["acts"]), now["until"]) == (sorted(new["acts"]), new["until"])


def _append(
    uow: UnitOfWork,
    record: CaseRecord,
    act: Act,
    new: NewEvent,
    setting: Setting,
    beside: Rows | None = None,
) -> CaseState:
    return append_to_case(
        uow,
        new,
        before=record.state,
        previous=record.hash,
        event_id=record.event_id,
        number=record.state.number,
        actor=act.actor,
        setting=setting,
        beside=beside,
    )


# --- by the clock ---------------------------------------------------------------------------------


def end_powers_once(ctx: Context) -> int:
    """End the powers whose last day has passed; gives how many. Safe in any number of processes."""
    return in_each_region(ctx, _end_powers)


def _end_powers(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        numbers = told_parties.powers_over(connection, region, ctx.database.now(), BATCH)
    return sum(
        act_by_clock(ctx, region, number, "end_power", follow=_follow_the_end) for number in numbers
    )


def _follow_the_end(uow: UnitOfWork, before: CaseState, after: CaseState) -> None:
    party_rows.follow(uow, before, after, {})
