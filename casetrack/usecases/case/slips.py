"""What the clerk prints for the applicant: receipt, proof of registration, how the limit is counted."""

from dataclasses import dataclass
from datetime import datetime

from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.documents import missing
from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.events import parse_instant
from casetrack.domain.region.region_data import Agency
from casetrack.domain.service.definition import Name
from casetrack.usecases.authority.mall import outside_of
from casetrack.usecases.case.case_texts import case_texts
from casetrack.usecases.case.explained_limits import ExplainedLimit, case_clock
from casetrack.usecases.case.guessing import judge
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a file was taken in, with what was brought and what is missing."""

    received_at: datetime
    due_at: datetime | None
    access_code: str | None
    received: tuple[Name, ...]
    missing: tuple[Name, ...]
    outside: tuple[Agency, ...]
    gratis: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """That a file is complete, and until when the case is to be decided.

    `waived`: required documents that a supervisor waived; `reason`: their words, None when erased.
    """

    declared_complete_at: datetime
    due_at: datetime | None
    received: tuple[Name, ...]
    waived: tuple[Name, ...] = ()
    reason: str | None = None
    #: How the limit is counted.
    limit: ExplainedLimit | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How the limit that an applicant asks for is counted: the case's own, or the check's."""

    opened_at: datetime
    limit: ExplainedLimit | None


def counted(ctx: Context, case: Sight) -> Counted:
    """Also of a case that is over; of a service without limits there is none."""
    return Counted(parse_instant(case.state.opened_at), _limit(ctx, case))


def _limit(ctx: Context, case: Sight) -> ExplainedLimit | None:
    clock = case_clock(ctx, case.state, case.definition, case.revisions.files)
    return clock.shown(case.definition.root.id)


def receipt(ctx: Context, case: Sight, code: str | None, officer: str) -> Receipt:
    """The access code is on it only if it is handed in and is the right one.

    Raises Invalid, and Busy for an officer who guesses.
    """
    code = tidy_code(code or "") or None
    state = case.state
    if code is not None:
        given, digest = ctx.vault.access_digest(state.number, code), state.access_digest
        who = f"officer {officer}"
        if not judge(
            ctx, state.number, digest, who, lambda: bool(digest) and ctx.vault.equal(given, digest)
        ):
            raise Invalid("wrong_access_code", "X-Access-Code is not the code of this case.")
    due_at = state.steps[case.definition.root.id].due_at
    return Receipt(
        parse_instant(state.opened_at),
        parse_instant(due_at) if due_at else None,
        code,
        _received(case),
        tuple(requirement.name for requirement in missing(state, case.definition)),
        tuple(outside_of(ctx, state.region, case.definition, case.revisions, state)),
        is_gratis(state, case.definition),
    )


def registration(ctx: Context, case: Sight) -> Registration:
    """Raises NotNow: there is none before the file is complete."""
    state = case.state
    if state.declared_complete_at is None:
        raise NotNow(
            "not_complete_yet",
            "The proof of registration is given once the file is declared complete.",
        )
    waived: tuple[Name, ...] = ()
    reason = None
    if state.waiver is not None:
        without = state.waiver["requirements"]
        waived = tuple(r.name for r in case.definition.requirements if r.id in without)
        texts = case_texts(ctx, state.region, state.number, "note")
        reason = texts.get(state.waiver["reason"]["text"])
    return Registration(
        parse_instant(state.declared_complete_at),
        parse_instant(state.due_at) if state.due_at else None,
        _received(case),
        waived,
        reason,
        _limit(ctx, case),
    )


def _received(case: Sight) -> tuple[Name, ...]:
    brought = {document["requirement"] for document in case.state.documents}
    return tuple(r.name for r in case.definition.requirements if r.id in brought)
