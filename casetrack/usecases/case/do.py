"""Acting on a case: the order of refusals of docs/api.md, then load, decide, append, commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrack.domain.access import Actor, unknown_case
from casetrack.domain.case.commands import Act, Seen, check_seen, find_step
from casetrack.domain.case.decide import check_act, decide
from casetrack.domain.case.electronic_signing import BEGUN
from casetrack.domain.case.permission import check_assignee
from casetrack.domain.case.product_details import SignedFiles
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import RECEIVE
from casetrack.domain.errors import Invalid, NoAuthority, Stale
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.domain.people import visible
from casetrack.storage.case import case_rows
from casetrack.storage.people import case_parties, officers, person_texts, subjects
from casetrack.storage.people.own_case import own_case
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import Call, Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import (
    bill_keys,
    documents,
    listed_payments,
    outside_numbers,
    product_texts,
    register_slice,
    signed_files,
)
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.correction_warnings import correction_warnings
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.links import check_named, found_links, hold_way, link_warnings
from casetrack.usecases.case.preparing import Prepared, erased_meanwhile, prepare
from casetrack.usecases.case.return_warnings import return_warnings
from casetrack.usecases.case.reviews import about_link, carrying_out
from casetrack.usecases.case.views import case_etag, case_view, step_etag
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people import files, guessing


def do(
    ctx: Context,
    actor: Actor,
    case: Sight,
    doing: Doing,
    if_match: Callable[[], Seen],
    request: idempotency.Request | None = None,
) -> Answer:
    """Carry out an action in the contract's order of refusals; the one way to act on a case.

    NotFound, Forbidden (role or agency), Invalid (content), the stored answer of an equal request,
    what `if_match` raises, Stale, NotNow, and NoAuthority after the refusal is committed.
    """
    doing = checked(ctx, actor, case, doing)
    links = found_links(ctx, actor, doing.links, case.state.number)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return _in_clear(replayed, doing)
    seen = if_match()
    doing = replace(doing, links=[link.as_data() for link in links])
    if doing.keep is not None:
        (document,) = doing.documents
        doing = replace(doing, documents=[{**document, "file": doing.keep()}])
    prepared = replace(prepare(ctx, actor, case, doing), links=links)
    if case.state.review is not None:
        prepared = replace(prepared, act=carrying_out(ctx, case, prepared.act))
    if links:
        review = about_link(ctx, case.definition, case.revisions, links)
        prepared = replace(prepared, act=replace(prepared.act, review=review))
    try:
        answer = _under_locks(ctx, case, prepared, seen, request)
    except Conflict:
        return _in_clear(idempotency.after_conflict(ctx, request), doing)
    ctx.wake()
    if isinstance(answer, NoAuthority):
        raise answer
    return _in_clear(answer, doing)


def _in_clear(answer: Answer, doing: Doing) -> Answer:
    """The answer with the words of the document that the request itself brings.

    They are not in the answer that is kept for a replay: it would outlive the person's erasure.
    """
    if doing.action != RECEIVE:
        return answer
    return replace(answer, view=documents.in_clear(answer.view, doing.documents[0]))


def checked(ctx: Context, actor: Actor, case: Sight, doing: Doing) -> Doing:
    """What is refused whatever the case has come to: role and agency first, then the content.

    `decide` asks both again under the locks; asked here, nothing is sealed or locked in vain. Gives the
    action with its texts tidied.
    """
    words = doing.free_text
    act = Act(
        doing.action,
        actor,
        step=doing.step,
        reason=doing.reason,
        result=doing.result,
        note={"text": words} if words else None,
        defects=tuple(doing.defects),
        late=doing.late,
        documents=tuple(doing.documents),
        details=doing.details,
        links=tuple(doing.links),
    )
    now, revision = ctx.database.now(), case.region.revision
    setting = ctx.setting(case.definition, case.state.region, revision, now)
    check_act(case.state, act, setting, case.standing)
    if doing.assignee is not None and doing.step is not None:
        _check_assignee(ctx, actor, case, doing.step, doing.assignee)
    return _tidied(doing)


def _tidied(doing: Doing) -> Doing:
    """Names of documents, and words that are printed, as they are kept. Raises Invalid."""
    brought, faults = documents.tidied(doing.documents, alone=doing.action == RECEIVE)
    try:
        product_texts.written_of(doing.details)
        product_texts.why_not_heard(doing.details)
    except ValueError as error:
        faults.append({"at": "written", "message": str(error)})
    why = doing.printed_reason
    if why is not None:
        field = "reason" if doing.action == "declare_complete" else "after_limit"
        try:
            kept = visible.read(why, lines=True)
            doing = (
                replace(doing, reason=kept)
                if field == "reason"
                else replace(doing, after_limit=kept)
            )
        except ValueError as error:
            faults.append({"at": field, "message": str(error)})
    if faults:
        told = "; ".join(f"{fault['at']}: {fault['message']}" for fault in faults)
        raise Invalid("invalid_body", f"{told}.", errors=faults)
    return replace(doing, documents=brought)


def _under_locks(
    ctx: Context,
    case: Sight,
    prepared: Prepared,
    seen: Seen,
    request: idempotency.Request | None,
) -> Answer | NoAuthority:
    """One transaction. A refusal for want of authority is given, not raised: it is committed."""
    act, region = prepared.act, case.state.region
    with ctx.database.write() as uow:
        asked = _asked(prepared, case)
        number_known = outside_numbers.hold(uow, case.state, act)
        way = hold_way(uow, region, case.state.number, act.links)
        record = case_rows.lock_case(
            uow,
            region,
            case.state.number,
            seen=case.state,
            officer=act.actor.id,
            behind=[*asked.values()],
        )
        if record is None:
            raise unknown_case()
        found = dict(zip(asked, record.behind, strict=True))
        try:
            if not isinstance(act.details, SignedFiles):
                # What was begun is what these were made for, whatever came since.
                check_seen(record.state, act.step, seen)
            if prepared.erased:
                raise erased_meanwhile()
            setting = register_slice.setting_for(
                ctx,
                uow,
                record,
                act,
                case.definition,
                own_case=bool(found.get("judged", record.own)),
                acts_in_own=record.own,
            )
            new = decide(record.state, act, setting)
        except Stale:
            # An equal request may have won the race for the lock: then its answer is ours.
            answer = idempotency.replay(ctx, request, uow)
            if answer is None:
                raise
            return answer
        except NoAuthority as error:
            record_refusal(uow, record, act, error)
            return error
        bill_keys.check(found)
        outside_numbers.check(number_known)
        check_named(record.state, setting, prepared.links, way)
        _check_held(prepared, found)
        matched = listed_payments.by_hand(uow, record.state, act)
        answer = _commit(uow, record, new, setting, case.region, prepared)
        listed_payments.close_matched(uow, record.state, matched, act.actor)
        if not new.type.endswith(BEGUN) or "issues" in new.data:
            # A signature that was only begun is no answer yet.
            idempotency.remember(ctx, uow, request, answer)
    return answer


def _asked(prepared: Prepared, case: Sight) -> dict[str, Call]:
    """What is read behind the locks with the case: whether it is that of who is given the step, who has
    the texts."""
    region, number = case.state.region, case.state.number
    act, judged = prepared.act, register_slice.judged(prepared.act)
    asked = bill_keys.asked(case.state, act)
    if judged != act.actor.id:
        asked["judged"] = own_case(region, number, judged)
    if prepared.sealer is not None:
        asked["subject"] = subjects.held(region, prepared.sealer.subject)
        asked["applicant"] = case_parties.in_role(region, number, "applicant")
    return asked


def _check_held(prepared: Prepared, found: Mapping[str, Sequence[Any]]) -> None:
    """Between our look at the key and the locks they may have been erased, or become another person."""
    if prepared.sealer is None:
        return
    held = subjects.read_subject(found["subject"])
    if held is None or held.wrapped_key is None:
        raise erased_meanwhile()
    applicant = case_parties.read_party(found["applicant"])
    if applicant is None or applicant.subject != prepared.sealer.subject:
        raise Conflict("the case was given to another person between our look and this lock")


def _commit(
    uow: UnitOfWork,
    record: case_rows.CaseRecord,
    new: NewEvent,
    setting: Setting,
    region: RegionRecord,
    prepared: Prepared,
) -> Answer:
    number, act, sealer = record.state.number, prepared.act, prepared.sealer
    brought = act.documents[-1] if act.documents else {}
    if "file" in brought:
        files.arrive(uow, setting, number, brought["text"], brought["file"])
    if isinstance(act.details, SignedFiles):
        signed_files.arrive(uow, setting, number, act.details)
    state = append_to_case(
        uow,
        new,
        before=record.state,
        previous=record.hash,
        event_id=record.event_id,
        number=number,
        actor=act.actor,
        setting=setting,
        beside={"texts": person_texts.text_values(setting.region, sealer.texts(number))}
        if sealer
        else None,
    )
    if act.action == "correct":
        signed_files.leave(uow, record.state, state, setting.now)
    signed_files.expect(uow, setting, state)
    if act.action == RECEIVE:
        newest = documents.document_view(state, len(state.documents) - 1, {})
        newest = documents.with_file(newest, brought.get("file"))
        return Answer(newest, case_etag(state.version))
    view = case_view(state, setting.definition, region)
    warnings = [*prepared.warnings, *correction_warnings(new), *link_warnings(prepared.links)]
    warnings += return_warnings(act.action, state, setting.definition)
    view |= {"warnings": warnings} if warnings else {}
    if prepared.code is not None:
        view["access_code"] = prepared.code
        guessing.reissued(uow, number, state.access_digest)
    if act.step is None:
        return Answer(view, case_etag(state.version))
    return Answer(view, step_etag(act.step, state.steps[act.step].version))


def _check_assignee(ctx: Context, actor: Actor, case: Sight, step: str, login: str) -> None:
    region, number = case.state.region, case.state.number
    with ctx.database.read() as connection:
        found = officers.of_case(connection, region, number, [login]).get(login)
    check_assignee(find_step(case.definition, step), case.definition, actor, found)


def record_refusal(
    uow: UnitOfWork, record: case_rows.CaseRecord, act: Act, error: NoAuthority
) -> None:
    """A refused attempt is a fact too: committed in a stream of its own, then answered 403."""
    said = {"action": act.action, "step": act.step, "as_position": act.as_position}
    said |= {"late": act.late} if act.late is not None else {}
    new = NewEvent(TYPE_PREFIX + "authority.refused", {**said, "code": error.code, **error.fields})
    stream, drawn = f"refusal/{record.state.number}", (record.event_id, record.now)
    append_fact(uow, record.state.region, stream, new, act.actor, drawn)
