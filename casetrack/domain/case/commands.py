"""The commands, and what can be wrong with one whatever state the case is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from casetrack.domain.access import Actor
from casetrack.domain.case.bills import BILL_ACTS, BillDetails, Payment
from casetrack.domain.case.case_people import AT_THE_COUNTER, PROOFS
from casetrack.domain.case.correction_details import FactsCorrected, IssuedCorrected
from casetrack.domain.case.counter_details import Handing
from casetrack.domain.case.inspection_details import InspectionSaid
from casetrack.domain.case.issued_details import IssuedElsewhere
from casetrack.domain.case.late_intake import LateIntake
from casetrack.domain.case.outages import OutageNamed
from casetrack.domain.case.party_change import PartyChange, Present
from casetrack.domain.case.product_details import (
    Basis,
    Hearing,
    ProductDrafting,
    ProductNamed,
    ProductOrder,
    Refusal,
    SignedFiles,
)
from casetrack.domain.case.review_details import CarriedOut, leaves_unchanged
from casetrack.domain.case.silence_details import DeemedChecked, ExternalAnswered
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import (
    AUTHORITY_ACTIONS,
    CLOSE_REASONS,
    LATE_ACTIONS,
    LATE_CASE_ACTIONS,
    PAUSE_REASONS,
    RECEIVE,
    RESULTS,
    AnnulledBy,
    AnnulmentGround,
    ConflictAction,
    ConflictGround,
    LateReason,
)
from casetrack.domain.errors import Invalid, NotFound, Stale
from casetrack.domain.service.definition import ServiceDefinition, StepDefinition
from casetrack.domain.service.product_words import Written


@dataclass(frozen=True, slots=True)
class Opening:
    """A file taken in at the counter. Names and texts are already references (id and HMAC)."""

    facts: Mapping[str, Any]
    parties: Mapping[str, Any]
    documents: tuple[Mapping[str, Any], ...]
    access_digest: str
    links: tuple[Mapping[str, Any], ...] = ()
    #: Of an objection or an appeal: what it is about (domain/case/reviews.py).
    review: Mapping[str, Any] | None = None
    #: Counter, number in its queue, visit; None where nothing of it was said.
    visit: Mapping[str, Any] | None = None
    #: Of one that was taken in on paper while the system was away.
    late: LateIntake | None = None


@dataclass(frozen=True, slots=True)
class ConflictDeclared:
    """Of `declare_conflict` and `report_conflict`: whose conflict of interest, the actor's own where
    nobody is named."""

    ground: ConflictGround | None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictSettled:
    """Of `lift_conflict` and `take_over`: whose conflict, in which position, by which article."""

    officer: str | None
    position: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class LatePaper:
    """Of `admit_late`: what was signed for which step, when, and why it was not entered then; without a
    step it is the hand-over of the case."""

    step: str | None
    occurred_at: datetime
    reason: LateReason
    sha256: str


@dataclass(frozen=True, slots=True)
class ProductChange:
    """Of `correct`, `annul` and `revoke`: on which ground, by whom, by which instrument; a superior says
    by which article."""

    ground: AnnulmentGround
    by: AnnulledBy
    instrument: Basis
    found_on: date
    article: str | None = None
    #: Which product of the case; nobody named: its only one.
    product: str | None = None
    #: What is newly written in a corrected one; the grounds and papers of what burdens.
    written: Written = field(default_factory=Written)
    hearing: Hearing | None = None
    #: Of `correct`: facts as they are from now on, as `FactsCorrected` has them.
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: What was said beside and does not belong to the act.
    misplaced: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What the event keeps."""
        return {
            **({"hearing": self.hearing.as_data()} if self.hearing is not None else {}),
            "ground": self.ground,
            "by": self.by,
            "instrument": self.instrument.as_data(),
            "found_on": self.found_on.isoformat(),
            **({"article": self.article} if self.article is not None else {}),
        }


Details = (
    ConflictDeclared
    | ConflictSettled
    | LatePaper
    | ProductChange
    | PartyChange
    | Present
    | Handing
    | ProductDrafting
    | ProductNamed
    | ProductOrder
    | Refusal
    | SignedFiles
    | BillDetails
    | ExternalAnswered
    | DeemedChecked
    | OutageNamed
    | CarriedOut
    | IssuedElsewhere
    | InspectionSaid
    | FactsCorrected
    | IssuedCorrected
)

#: What an act about authority says beside the rest.
_DETAILS: Mapping[str, type[Details]] = {
    "declare_conflict": ConflictDeclared,
    "report_conflict": ConflictDeclared,
    "lift_conflict": ConflictSettled,
    "take_over": ConflictSettled,
    "admit_late": LatePaper,
    "correct": ProductChange,
    "annul": ProductChange,
    "revoke": ProductChange,
    "suspend": ProductOrder,
    "reinstate": ProductOrder,
}
#: How what they say is called, where they say nothing.
_NAMED: Mapping[type[Details], str] = {ProductChange: "reason", ProductOrder: "order"}


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a case (`step` is None) or to one of its steps."""

    action: str
    actor: Actor
    step: str | None = None
    reason: str | None = None
    result: str | None = None
    note: Mapping[str, Any] | None = None
    defects: tuple[Mapping[str, Any], ...] = ()
    assignee: str | None = None
    as_position: str | None = None
    access_digest: str | None = None
    #: The admitted paper (its id) that this act was done on, when the system was away.
    late: str | None = None
    #: What the applicant brought with it, each with its requirement.
    documents: tuple[Mapping[str, Any], ...] = ()
    #: Of `declare_complete`: why a supervisor waives what is missing, in their own words. Of `refuse`:
    #: why, though the limit of law has passed.
    why: Mapping[str, Any] | None = None
    #: What an act about authority says beside these.
    details: Details | None = None
    #: Of `link`, and of `close` as a duplicate: other cases, by kind and number.
    links: tuple[Mapping[str, Any], ...] = ()
    #: Of `link`: what an objection or an appeal is about.
    review: Mapping[str, Any] | None = None
    #: Drafts of products that it brings: of which definition, a public id, the sealed text, its gaps.
    drafts: tuple[Mapping[str, Any], ...] = ()
    #: Who signs knows that letters of the draft come out as codes.
    as_codes: bool = False
    #: The signer's name, rank and NIP as they are printed, sealed; so many letters of them come out as
    #: codes.
    signer: Mapping[str, Any] | None = None
    signer_codes: int = 0
    #: Of what burdens: grounds, papers relied on and the reason for no hearing, sealed.
    grounds: Mapping[str, Any] | None = None

    @property
    def about(self) -> str | None:
        """The officer whom the act names beside the one who acts."""
        if isinstance(self.details, ConflictDeclared | ConflictSettled):
            return self.details.officer
        return None


Kind = TypeVar("Kind", bound=Details)


def details_of(act: Act, kind: type[Kind]) -> Kind:
    """What the act says beside the rest. Raises Invalid where it says something else, or nothing."""
    if not isinstance(act.details, kind):
        raise Invalid("details_missing", f"{act.action} says more than it was given.")
    return act.details


@dataclass(frozen=True, slots=True)
class Seen:
    """What an If-Match said: a version of the case, or of one step."""

    case: int | None = None
    step: str | None = None
    step_version: int | None = None


def check_seen(state: CaseState, step: str | None, seen: Seen) -> None:
    """Raises Stale when the caller saw neither the case nor the step as it is now (RFC 9110 13.1.1)."""
    if seen.case == state.version:
        return
    if step is not None and seen.step == step and seen.step_version == state.steps[step].version:
        return
    raise Stale(
        "stale",
        "The case has changed since you read it; read it again and decide anew.",
        version=state.version,
    )


def find_step(definition: ServiceDefinition, step: str) -> StepDefinition:
    """The step's definition. Raises NotFound."""
    for candidate in definition.steps:
        if candidate.id == step:
            return candidate
    raise NotFound("unknown_step", "This service has no such step.")


def check_content(definition: ServiceDefinition, act: Act) -> None:
    """Raises Invalid where the act is wrong whatever state the case is in: 422 comes before 412."""
    whole = act.step is None and act.action in LATE_CASE_ACTIONS
    if act.late is not None and not whole and (act.step is None or act.action not in LATE_ACTIONS):
        raise Invalid("unknown_late_entry", f"{act.action} is nothing that is done on paper.")
    _check_documents(definition, act)
    _check_links(act)
    present = act.details.present if isinstance(act.details, Handing) else act.details
    if isinstance(present, Present) and act.action not in AT_THE_COUNTER:
        raise Invalid(
            "invalid_body",
            f"present: {act.action} takes none.",
            errors=[{"at": "present", "message": f"{act.action} takes none"}],
        )
    if isinstance(act.details, Payment):
        _check_reference(act)
    if act.action in AUTHORITY_ACTIONS:
        _check_details(act)
    elif act.step is not None and act.action not in BILL_ACTS:
        _check_step_content(definition, find_step(definition, act.step), act)
    elif act.action == "pause" and act.reason not in PAUSE_REASONS:
        raise Invalid(
            "unknown_reason",
            f"A pause takes one of these reasons: {', '.join(PAUSE_REASONS)}. Waiting for the "
            "applicant or a payment stops the clock by itself.",
        )
    elif act.action == "close" and act.reason not in CLOSE_REASONS:
        raise Invalid(
            "unknown_reason", f"Closing takes one of these reasons: {', '.join(CLOSE_REASONS)}."
        )


def _check_reference(act: Act) -> None:
    if act.action not in ("record_payment", "confirm_bill"):
        raise Invalid(
            "invalid_body",
            f"reference: {act.action} takes none.",
            errors=[{"at": "reference", "message": f"{act.action} takes none"}],
        )


def _check_documents(definition: ServiceDefinition, act: Act) -> None:
    if act.documents and act.action not in (RECEIVE, "resubmit"):
        raise Invalid(
            "invalid_body",
            f"documents: {act.action} takes none; bring them with resubmit, or each by itself.",
            errors=[{"at": "documents", "message": f"{act.action} takes no documents"}],
        )
    check_documents(definition, act.documents, alone=act.action == RECEIVE)


def check_documents(
    definition: ServiceDefinition, documents: Sequence[Mapping[str, Any]], *, alone: bool = False
) -> None:
    """Raises Invalid for documents of requirements that the service has not; `alone`: the body is the one
    document."""
    known = {requirement.id for requirement in definition.requirements}
    errors = [
        {
            "at": "requirement" if alone else f"documents.{place}.requirement",
            "message": f"not asked for; known: {', '.join(sorted(known)) or 'none'}",
        }
        for place, document in enumerate(documents)
        if document["requirement"] not in (*known, *(PROOFS if alone else ()))
    ]
    if errors:
        raise Invalid(
            "unknown_requirement",
            "A document names a requirement that the service has not.",
            errors=errors,
        )


def _check_links(act: Act) -> None:
    if act.action == "link" and not act.links:
        raise missing("links", "say to which case this one belongs, and how")
    duplicate = act.action == "close" and act.reason == "duplicate"
    if duplicate and any(link["kind"] != "duplicate_of" for link in act.links):
        raise Invalid(
            "invalid_body",
            "links: a duplicate names the other case as duplicate_of.",
            errors=[{"at": "links", "message": "a duplicate names it as duplicate_of"}],
        )
    if act.links and not (act.action == "link" or duplicate):
        raise Invalid(
            "invalid_body",
            "links: other cases are named with link, or with close for the reason duplicate.",
            errors=[{"at": "links", "message": "only with link, or close as a duplicate"}],
        )


def _check_step_content(definition: ServiceDefinition, step: StepDefinition, act: Act) -> None:
    results = RESULTS.get(step.kind)
    if act.action == "complete" and results is not None and act.result not in results:
        raise Invalid(
            "unknown_result",
            f"A step of the kind {step.kind} ends with one of: {', '.join(results)}.",
        )
    if act.action == "reopen" and not act.note and not act.reason:
        raise Invalid("reason_missing", "Reopening a step takes a reason or a note.")
    if leaves_unchanged(step, act.action, act.result, definition) and not act.note:
        raise Invalid("reason_missing", "That nothing is to be changed takes a reason or a note.")
    if act.action == "return":
        _check_defects(definition, act)


def _check_details(act: Act) -> None:
    named = _NAMED.get(_DETAILS[act.action])
    if act.details is None and named is not None:
        raise missing(named, "say on what ground, and by which instrument")
    match details_of(act, _DETAILS[act.action]):
        case ConflictDeclared() as said:
            _check_declared(act, said)
        case ConflictSettled() as said:
            if said.officer is None:
                raise missing("officer", "say whose conflict it is")
            _check_reaching_in(act, said.article)
        case ProductChange(by="superior") as said:
            _check_reaching_in(act, said.article)
        case ProductChange(by="court") as said if said.instrument.issuer is None:
            raise missing("instrument.issuer", "say which court it was")
        case ProductOrder() as said:
            _check_order(act, said)


def _check_order(act: Act, said: ProductOrder) -> None:
    """Who suspends says on which ground and why, who ends it says why; a court does by its order."""
    if act.action == "reinstate" and said.ground is not None:
        raise _wrong("order.ground", "only what is suspended has a ground")
    if said.by == "court":
        if said.instrument.issuer is None:
            raise missing("order.instrument.issuer", "say which court it was")
        return
    if act.action == "suspend" and said.ground is None:
        raise missing("order.ground", "only a court suspends without one of these grounds")
    if said.by == "superior" and said.article is None:
        raise missing("order.article", "say by which article the superior acts")
    if not act.note:
        raise missing("note", "say why")


def _check_declared(act: Act, said: ConflictDeclared) -> None:
    if act.action == "report_conflict" and said.officer is None:
        raise missing("officer", "say whose conflict it is")
    if said.ground is None:
        raise missing("ground", "a conflict is declared or reported with its ground")


def _check_reaching_in(act: Act, article: str | None) -> None:
    """Who reaches into what another decides says why, and by which rule (docs/authority.md)."""
    if article is None:
        raise missing("article", "say by which article the superior acts")
    if not act.note:
        raise missing("note", "say why the superior acts")


def conflict_details(
    action: ConflictAction,
    officer: str | None,
    ground: ConflictGround | None,
    position: str | None,
    article: str | None,
) -> ConflictDeclared | ConflictSettled:
    """What was said of a conflict of interest; what is missing is asked for after the role."""
    if action in ("declare_conflict", "report_conflict"):
        return ConflictDeclared(ground, officer)
    return ConflictSettled(officer, position, article)


def _wrong(field: str, why: str) -> Invalid:
    return Invalid("invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": why}])


def missing(field: str, why: str) -> Invalid:
    """The refusal of a body in which one field is missing."""
    return Invalid(
        "invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": f"is missing: {why}"}]
    )


def _check_defects(definition: ServiceDefinition, act: Act) -> None:
    published = {requirement.id for requirement in definition.requirements}
    if not act.defects:
        raise Invalid(
            "defects_missing", "A return names at least one defect, each with its requirement."
        )
    unknown = sorted({str(defect.get("requirement")) for defect in act.defects} - published)
    if unknown:
        raise Invalid(
            "unknown_requirement",
            f"The service does not ask for {', '.join(unknown)}, so the applicant cannot be asked "
            f"for it; its requirements are {', '.join(sorted(published)) or 'none'}.",
            requirements=sorted(published),
        )
