"""An action made ready before any lock: texts sealed, a new code drawn, drafts written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Act, Details, ProductChange
from casetrack.domain.case.correction_details import FactsCorrected
from casetrack.domain.case.numbers import access_code
from casetrack.domain.case.product_details import SignedFiles
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import NotNow
from casetrack.storage.people import subjects
from casetrack.usecases.case import (
    bill_keys,
    documents,
    hand_overs,
    product_texts,
    register_slice,
    signed_files,
)
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.links import FoundLink
from casetrack.usecases.case.told_at_opening import is_text
from casetrack.usecases.case.unprinted_letters import act_warnings, printed_fields
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Prepared:
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


def prepare(ctx: Context, actor: Actor, case: Sight, doing: Doing) -> Prepared:
    said, why = doing.free_text, doing.printed_reason
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
        or _texts_in(case, doing)
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
        details=_details(ctx, actor, case, doing, sealer),
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
    return Prepared(act, kept, code, erased, warnings)


def _details(
    ctx: Context, actor: Actor, case: Sight, doing: Doing, sealer: Sealer | None
) -> Details | None:
    """What the act says beside the rest: facts sealed, a bill with its code, who came looked at."""
    account = partial(register_slice.account_of, ctx, actor, case, doing.step)
    said = bill_keys.with_code(_with_sealed(case, doing.details, sealer), account, ctx.random)
    return hand_overs.judged(ctx, actor, case, said)


def _texts_in(case: Sight, doing: Doing) -> bool:
    """Whether it corrects a fact in words."""
    said = product_texts.facts_said(doing.details)
    return any(value is not None and is_text(case.definition, name) for name, value in said.items())


def _with_sealed(case: Sight, details: Details | None, sealer: Sealer | None) -> Details | None:
    """The same with its facts in words sealed; what they were before stays sealed as it was."""
    said = product_texts.facts_said(details)
    if not said or not isinstance(details, FactsCorrected | ProductChange):
        return details
    sealed = {
        name: sealer.seal("fact", value)
        if sealer is not None and value is not None and is_text(case.definition, name)
        else value
        for name, value in said.items()
    }
    return replace(details, facts=sealed)


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


def erased_meanwhile() -> NotNow:
    """The refusal of texts for which no key is left."""
    return NotNow(
        "subject_erased",
        "The applicant's data were erased, so nothing more can be written about them; act "
        "without note and text.",
    )
