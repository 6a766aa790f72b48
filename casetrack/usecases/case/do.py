"""Acting on a case: the order of refusals of docs/api.md, then load, decide, append, commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from casetrack.domain.access import Actor, unknown_case
from casetrack.domain.case.commands import Act, Details, Seen, check_seen, find_step
from casetrack.domain.case.decide import check_act, decide
from casetrack.domain.case.electronic_signing import BEGUN
from casetrack.domain.case.numbers import access_code
from casetrack.domain.case.permission import check_assignee
from casetrack.domain.case.product_details import SignedFiles
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.case.transitions import RECEIVE
from casetrack.domain.errors import Invalid, NoAuthority, NotNow, Stale
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.domain.people import visible
from casetrack.domain.people.stored_files import KeptFile
from casetrack.storage.case import case_rows
from casetrack.storage.people import case_parties, officers, person_texts, subjects
from casetrack.storage.people.own_case import own_case
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.unit_of_work import Call, Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case import (
    bill_keys,
    documents,
    guessing,
    hand_overs,
    outside_numbers,
    product_texts,
    register_slice,
    signed_files,
)
from casetrack.usecases.case.append import append_to_case
from casetrack.usecases.case.links import FoundLink, check_named, found_links, hold_way
from casetrack.usecases.case.reviews import about_link, carrying_out
from casetrack.usecases.case.unprinted_letters import act_warnings, printed_fields
from casetrack.usecases.case.views import case_etag, case_view, step_etag
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people import files
from casetrack.usecases.people.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Doing:
    """An action as it comes in: texts are still texts."""

    action: str
    step: str | None = None
    reason: str | None = None
    note: str | None = None
    result: str | None = None
    defects: Sequence[Mapping[str, Any]] = ()
    assignee: str | None = None
    as_position: str | None = None
    late: str | None = None
    documents: Sequence[Mapping[str, Any]] = ()
    details: Details | None = None
    links: Sequence[Mapping[str, Any]] = ()
    #: Of `refuse`: why, though the limit of law has passed.
    after_limit: str | None = None
    #: Who signs knows that letters of the draft come out as codes.
    as_codes: bool = False
    #: Puts the file of the one document into the store; called when nothing of the request itself
    #: speaks against it.
    keep: Callable[[], KeptFile] | None = None


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
    prepared = replace(_prepare(ctx, actor, case, doing), links=links)
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
    words = _free_text(doing)
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
    why = _why(doing)
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
    prepared: "_Prepared",
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
                raise _erased()
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
        answer = _commit(uow, record, new, setting, case.region, prepared)
        if not new.type.endswith(BEGUN) or "issues" in new.data:
            # A signature that was only begun is no answer yet.
            idempotency.remember(ctx, uow, request, answer)
    return answer


def _asked(prepared: "_Prepared", case: Sight) -> dict[str, Call]:
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


def _check_held(prepared: "_Prepared", found: Mapping[str, Sequence[Any]]) -> None:
    """Between our look at the key and the locks they may have been erased, or become another person."""
    if prepared.sealer is None:
        return
    held = subjects.read_subject(found["subject"])
    if held is None or held.wrapped_key is None:
        raise _erased()
    applicant = case_parties.read_party(found["applicant"])
    if applicant is None or applicant.subject != prepared.sealer.subject:
        raise Conflict("the case was given to another person between our look and this lock")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What could be made ready before any lock: sealed texts, a new access code."""

    act: Act
    sealer: Sealer | None
    code: str | None
    #: There are texts and no key any more to seal them: refused when it is this act's turn (409).
    erased: bool = False
    #: What of it would not be printed as it is written.
    warnings: Sequence[Mapping[str, object]] = ()
    #: The cases that the act names, as they were at an unlocked read.
    links: tuple[FoundLink, ...] = ()


def _commit(
    uow: UnitOfWork,
    record: case_rows.CaseRecord,
    new: NewEvent,
    setting: Setting,
    region: RegionRecord,
    prepared: _Prepared,
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
    view |= {"warnings": prepared.warnings} if prepared.warnings else {}
    if prepared.code is not None:
        view["access_code"] = prepared.code
        guessing.reissued(uow, number, state.access_digest)
    if act.step is None:
        return Answer(view, case_etag(state.version))
    return Answer(view, step_etag(act.step, state.steps[act.step].version))


def _prepare(ctx: Context, actor: Actor, case: Sight, doing: Doing) -> _Prepared:
    said, why = _free_text(doing), _why(doing)
    brought = doing.documents
    bare = Act(doing.action, actor, step=doing.step, result=doing.result, details=doing.details)
    needs = product_texts.needs_of(case, bare)
    words = (
        bool(needs)
        or said
        or why
        or any(defect.get("text") for defect in doing.defects)
        or any(documents.has_text(document) for document in brought)
        or isinstance(doing.details, SignedFiles)
    )
    sealer = sealer_of(ctx, case.state) if words else None
    note = sealer.seal("note", said) if sealer and said else None
    defects = tuple(
        {
            "requirement": defect["requirement"],
            **(sealer.seal("defect", defect["text"]) if sealer and defect.get("text") else {}),
        }
        for defect in doing.defects
    )
    code = digest = None
    if doing.action == "reissue_code":
        code = access_code(ctx.random(8))
        digest = ctx.vault.access_digest(case.state.number, code)
    account = partial(register_slice.account_of, ctx, actor, case, doing.step)
    act = Act(
        action=doing.action,
        actor=actor,
        step=doing.step,
        reason=doing.reason if doing.step is None else None,
        result=doing.result,
        note=note,
        defects=defects,
        assignee=doing.assignee,
        as_position=doing.as_position,
        access_digest=digest,
        late=doing.late,
        documents=tuple(documents.sealed(document, sealer) for document in brought),
        why=sealer.seal("note", why) if sealer and why else None,
        details=hand_overs.judged(
            ctx, actor, case, bill_keys.with_code(doing.details, account, ctx.random)
        ),
        links=tuple(doing.links),
        as_codes=doing.as_codes,
    )
    erased = bool(words) and sealer is None
    if needs and sealer:
        made = product_texts.prepared(ctx, actor, case, bare, needs, sealer, said)
        act = replace(act, drafts=made.drafts, grounds=made.grounds)
        act = replace(act, signer=made.signer, signer_codes=made.signer_codes)
    if sealer and isinstance(act.details, SignedFiles):
        act = replace(act, details=signed_files.sealed(act.details, sealer))
    kept = sealer if sealer and sealer.rows else None
    printed = printed_fields(case.definition, bare, doing.note, doing.reason)
    warnings = act_warnings(ctx, doing.details, printed, act.drafts)
    return _Prepared(act, kept, code, erased, warnings)


def _free_text(doing: Doing) -> str:
    """What must be sealed. The reason for doing something to a step is somebody's own words."""
    own = doing.step is not None and doing.action != "declare_complete"
    words = (doing.note, doing.reason if own else None)
    return "\n".join(word for word in words if word)


def _why(doing: Doing) -> str | None:
    """The reason for declaring a file complete is printed, and that for refusing after the limit of law
    stands in the passport, so it stands apart from the note.

    One in which nothing can be seen, as an empty field of a form, is none.
    """
    why = {"declare_complete": doing.reason, "refuse": doing.after_limit}.get(doing.action)
    return why if why and visible.without_unseen(why) else None


def _check_assignee(ctx: Context, actor: Actor, case: Sight, step: str, login: str) -> None:
    region, number = case.state.region, case.state.number
    with ctx.database.read() as connection:
        found = officers.of_case(connection, region, number, [login]).get(login)
    check_assignee(find_step(case.definition, step), case.definition, actor, found)


def sealer_of(ctx: Context, state: CaseState) -> Sealer | None:
    """None: the applicant's key was erased."""
    with ctx.database.read() as connection:
        row = subjects.applicant(connection, state.region, state.number)
        if row is None:
            subject = state.parties["applicant"]["subject"]
            row = subjects.subject(connection, state.region, subject)
    if row is None or row.wrapped_key is None:
        return None
    key = ctx.vault.unwrap(row.wrapped_key, state.region, row.subject)
    return Sealer(ctx, state.region, row.subject, key)


def _erased() -> NotNow:
    return NotNow(
        "subject_erased",
        "The applicant's data were erased, so nothing more can be written about them; act "
        "without note and text.",
    )


def record_refusal(
    uow: UnitOfWork, record: case_rows.CaseRecord, act: Act, error: NoAuthority
) -> None:
    """A refused attempt is a fact too: committed in a stream of its own, then answered 403."""
    said = {"action": act.action, "step": act.step, "as_position": act.as_position}
    new = NewEvent(TYPE_PREFIX + "authority.refused", {**said, "code": error.code, **error.fields})
    stream, drawn = f"refusal/{record.state.number}", (record.event_id, record.now)
    append_fact(uow, record.state.region, stream, new, act.actor, drawn)
