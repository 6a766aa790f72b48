"""Action and status to status: the whole life of a case and of a step, in one place.

docs/transitions.md is printed from these tables. A pair that is not here is refused with 409.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from casetrack.domain.access import Role
from casetrack.domain.service.definition import Kind

CaseStatus = Literal[
    "submitted",
    "in_progress",
    "returned",
    "granted",
    "refused",
    "handed_over",
    "withdrawn",
    "closed",
]
CASE_STATUSES: tuple[CaseStatus, ...] = get_args(CaseStatus)
OPEN_CASE: tuple[CaseStatus, ...] = ("submitted", "in_progress", "returned")
StepStatus = Literal[
    "waiting",
    "ready",
    "in_progress",
    "paused",
    "completed",
    "returned",
    "refused",
    "skipped",
    "no_opinion",
    "cancelled",
]
STEP_STATUSES: tuple[StepStatus, ...] = get_args(StepStatus)
#: Statuses after which a successor need not wait any more.
PASSED_STEP: tuple[StepStatus, ...] = ("completed", "skipped", "no_opinion")
OPEN_STEP: tuple[StepStatus, ...] = ("ready", "in_progress", "paused")
ENDED_STEP: tuple[StepStatus, ...] = (*PASSED_STEP, "refused", "cancelled")

CaseAction = Literal[
    "resubmit",
    "send_return",
    "withdraw",
    "pause",
    "resume",
    "extend",
    "hand_over",
    "confirm_hand_over",
    "return_papers",
    "close",
    "link",
    "reissue_code",
]
StepAction = Literal[
    "declare_complete",
    "claim",
    "complete",
    "return",
    "refuse",
    "no_opinion",
    "reassign",
    "record_payment",
    "reopen",
]
ConflictAction = Literal["declare_conflict", "report_conflict", "lift_conflict", "take_over"]
ProductAction = Literal["correct", "annul", "revoke"]
PartyAction = Literal[
    "report_death",
    "confirm_death",
    "lift_death",
    "succeed",
    "appoint",
    "end_power",
    "change_director",
    "correct_contact",
]

#: Acts about authority: conflicts of interest, papers of a time without the system, and what becomes
#: of a product after the decision. The status of the case stays what it is.
AUTHORITY_ACTIONS: Mapping[str, tuple[CaseStatus, ...]] = {
    "declare_conflict": OPEN_CASE,
    "report_conflict": OPEN_CASE,
    "lift_conflict": OPEN_CASE,
    "take_over": OPEN_CASE,
    "admit_late": (*OPEN_CASE, "granted", "refused"),
    "correct": ("granted", "refused", "handed_over"),
    "annul": ("granted", "refused", "handed_over"),
    "revoke": ("granted", "handed_over"),
    "suspend": ("granted", "handed_over"),
    "reinstate": ("granted", "handed_over"),
}

ProductState = Literal[
    "draft",
    "endorsed",
    "signed",
    "issued",
    "handed_over",
    "corrected",
    "annulled",
    "revoked",
    "expired",
    "voided",
]
#: Not given out yet: it comes to nothing where the case ends otherwise.
UNISSUED: tuple[ProductState, ...] = ("draft", "endorsed", "signed")
VALID_PRODUCT: tuple[ProductState, ...] = ("issued", "handed_over", "corrected")
#: It was given or could have been, and counts no more.
ENDED_PRODUCT: tuple[ProductState, ...] = ("annulled", "revoked", "expired")

#: Action on a product and its state to its state. It is signed with its last signature, and issued with
#: that where no step issues it; one that was corrected is handed over again. Where products are signed
#: electronically the last signature is begun first, and `complete_signature` says that the file has it.
PRODUCT_STATES: Mapping[str, Mapping[ProductState, ProductState]] = {
    "draft": {"draft": "draft", "endorsed": "draft"},
    "endorse": {"draft": "endorsed", "endorsed": "endorsed"},
    "sign": {"draft": "signed", "endorsed": "signed"},
    "complete_signature": {
        "draft": "signed",
        "endorsed": "signed",
        "signed": "issued",
        "corrected": "corrected",
    },
    "issue": {"signed": "issued"},
    "hand_over": {"issued": "handed_over", "corrected": "handed_over"},
    "hand_over_again": {"corrected": "handed_over"},
    "take_back": {"handed_over": "issued"},
    # What went out as a file: the applicant opened it.
    "open_file": {"handed_over": "handed_over"},
    "correct": {"issued": "corrected", "handed_over": "corrected", "corrected": "corrected"},
    "annul": {
        "issued": "annulled",
        "handed_over": "annulled",
        "corrected": "annulled",
        "expired": "annulled",
    },
    "revoke": {"issued": "revoked", "handed_over": "revoked", "corrected": "revoked"},
    # Suspended or not, it stays what it is, and its validity runs on.
    "suspend": {"issued": "issued", "handed_over": "handed_over", "corrected": "corrected"},
    "reinstate": {"issued": "issued", "handed_over": "handed_over", "corrected": "corrected"},
    "expire": {"issued": "expired", "handed_over": "expired", "corrected": "expired"},
}

_DRAWN: tuple[CaseStatus, ...] = ("in_progress", "returned", "granted", "refused")
#: What is done to one product, and its expiry: in which statuses of the case, which stays what it is
#: unless a signature was the last.
PRODUCT_ACTIONS: Mapping[str, tuple[CaseStatus, ...]] = {
    "draft": _DRAWN,
    "endorse": _DRAWN,
    "sign": _DRAWN,
    "complete_signature": (*_DRAWN, "handed_over"),
    "issue": _DRAWN,
    "hand_over_product": ("granted", "refused", "handed_over"),
    "hand_over_again": ("handed_over",),
    "take_back": ("granted", "refused", "handed_over"),
    "open_file": ("granted", "refused", "handed_over"),
    "expire": ("in_progress", "granted", "refused", "handed_over"),
}
#: By role and agency, beside a seat with the power; the endorsing position is asked for itself.
PRODUCT_ACTION_ROLES: Mapping[str, tuple[Role, ...]] = {
    "draft": ("officer", "supervisor"),
    "endorse": ("officer", "supervisor", "head"),
    "sign": ("officer", "supervisor", "head"),
    "complete_signature": ("clerk", "officer", "supervisor", "head"),
    "issue": ("clerk", "officer", "supervisor"),
    "hand_over_product": ("clerk", "officer", "supervisor"),
    "hand_over_again": ("clerk", "officer", "supervisor"),
    "take_back": ("clerk", "officer", "supervisor"),
}

#: About silence: what another register answered, and the check of what the law granted. The status of the
#: case stays what it is.
SILENCE_ACTIONS: Mapping[str, tuple[CaseStatus, ...]] = {
    "answer_external": OPEN_CASE,
    "check_deemed": ("granted", "handed_over"),
}
SILENCE_ACTION_ROLES: Mapping[str, tuple[Role, ...]] = {
    "answer_external": ("clerk", "officer", "supervisor"),
    "check_deemed": ("supervisor", "head"),
}
ExternalAnswer = Literal["yes", "no", "no_answer"]
CheckResult = Literal["in_order", "defective"]

#: What was entered is put right: facts until the last signature, and what another issued as long as it
#: is shown. The status of the case stays what it is, but that a step may come or go with a fact.
CORRECTION_ACTIONS: Mapping[str, tuple[CaseStatus, ...]] = {
    "correct_facts": OPEN_CASE,
    "correct_issued": ("in_progress", "granted", "handed_over"),
}
CORRECTION_ROLES: tuple[Role, ...] = ("clerk", "officer", "supervisor")

#: About an inspection that an open step promises the applicant: in which statuses of the case, which
#: stays what it is.
INSPECTION_ACTIONS: Mapping[str, tuple[CaseStatus, ...]] = {
    "promise_inspection": ("in_progress", "returned"),
    "move_inspection": ("in_progress", "returned"),
    "record_inspection": ("in_progress", "returned"),
}
InspectionState = Literal["promised", "done", "not_met", "cancelled"]
#: By whom an inspection is moved, or because of whom it did not take place.
InspectionParty = Literal["agency", "applicant"]

#: A document comes in, by a door of its own: before the decision, or while the applicant is to bring it.
#: The status of the case stays what it is.
RECEIVE = "receive_document"

_STANDS: tuple[CaseStatus, ...] = (*OPEN_CASE, "granted", "refused", "handed_over")
#: The people of a case change: in which statuses. The status of the case stays what it is, but that
#: a confirmed death closes a case that does not pass to heirs and was not handed over.
PARTY_ACTIONS: Mapping[str, tuple[CaseStatus, ...]] = {
    "report_death": _STANDS,
    "confirm_death": _STANDS,
    "lift_death": _STANDS,
    "succeed": _STANDS,
    "appoint": _STANDS,
    "end_power": CASE_STATUSES,
    "change_director": _STANDS,
    "correct_contact": CASE_STATUSES,
}

#: In which statuses a case stands still while it is open who speaks for the applicant. A report of death
#: does it in each of them, so a clerk may, too: else every such pause would tell of a death.
STANDS_STILL: tuple[CaseStatus, ...] = (*OPEN_CASE, "granted", "refused")
#: `resubmit` goes back to where the file came from: before or after its completeness was declared.
CASE_ACTIONS: Mapping[str, Mapping[str, CaseStatus]] = {
    "send_return": {"submitted": "returned", "in_progress": "returned", "returned": "returned"},
    "resubmit": {"returned": "in_progress"},
    "pause": {status: status for status in STANDS_STILL},
    "resume": {status: status for status in STANDS_STILL},
    "extend": {"in_progress": "in_progress", "returned": "returned"},
    "withdraw": {"submitted": "withdrawn", "in_progress": "withdrawn", "returned": "withdrawn"},
    # A decided one lapses when nobody collects what came out of it.
    "close": dict.fromkeys(STANDS_STILL, "closed"),
    # Where a second clerk is needed the case stays what it is until they confirm.
    "hand_over": {"granted": "handed_over", "refused": "handed_over"},
    "confirm_hand_over": {
        "granted": "handed_over",
        "refused": "handed_over",
        "handed_over": "handed_over",
    },
    "return_papers": {status: status for status in CASE_STATUSES},
    "link": {status: status for status in CASE_STATUSES},
    "reissue_code": {status: status for status in CASE_STATUSES},
}

STEP_ACTIONS: Mapping[str, Mapping[str, StepStatus]] = {
    "declare_complete": {"ready": "completed", "in_progress": "completed"},
    "claim": {"ready": "in_progress"},
    "complete": {"ready": "completed", "in_progress": "completed", "completed": "completed"},
    "return": {"ready": "returned", "in_progress": "returned"},
    "refuse": {"ready": "refused", "in_progress": "refused"},
    "no_opinion": {"ready": "no_opinion", "in_progress": "no_opinion"},
    "reassign": {"ready": "in_progress", "in_progress": "in_progress"},
    "record_payment": {"ready": "completed", "in_progress": "completed"},
    "reopen": {"completed": "ready", "no_opinion": "ready"},
}

#: Why the clock gives a step back to its agency's list.
ACCOUNT_DISABLED = "account_disabled"

#: Which kinds of step an action is for; an action that is not here is for every kind.
ACTION_KINDS: Mapping[str, tuple[Kind, ...]] = {
    "declare_complete": ("check",),
    "complete": (
        "check",
        "recommend",
        "assess",
        "endorse",
        "decide",
        "sign",
        "issue",
        "hand_over",
        "record",
    ),
    "return": ("check", "recommend", "assess", "endorse", "decide"),
    "refuse": ("decide",),
    "no_opinion": ("recommend",),
    "record_payment": ("pay",),
}

#: In which case statuses a step may be worked on at all.
WORKABLE_CASE: Mapping[str, tuple[CaseStatus, ...]] = {
    "declare_complete": ("submitted",),
    "claim": ("submitted", "in_progress", "returned", "granted", "refused"),
    "complete": ("in_progress", "returned", "granted", "refused"),
    "return": ("submitted", "in_progress", "returned"),
    "refuse": ("in_progress",),
    "no_opinion": ("in_progress", "returned"),
    "reassign": ("submitted", "in_progress", "returned", "granted", "refused"),
    "record_payment": ("in_progress", "returned", "granted"),
    "reopen": ("in_progress", "returned"),
}

Recommendation = Literal["favourable", "conditional", "unfavourable"]
#: Completing a step of this kind takes one of these; a kind that is not here takes any word, or none.
RESULTS: Mapping[Kind, tuple[str, ...]] = {"recommend": get_args(Recommendation)}
CloseReason = Literal[
    "wrong_service", "duplicate", "lapsed", "opened_in_error", "referred", "applicant_deceased"
]
CLOSE_REASONS: tuple[CloseReason, ...] = get_args(CloseReason)
#: How a case belongs to another one (what each asks for: links.py).
LinkKind = Literal[
    "duplicate_of",
    "replaces",
    "correction_of",
    "renews",
    "objection_to",
    "appeal_of",
    "same_visit",
]
#: A person may pause for these; `applicant` and `payment` follow from the work by themselves. `parties`:
#: it is to be settled who speaks for the applicant.
PauseReason = Literal["external_system", "court", "force_majeure", "parties"]
PAUSE_REASONS: tuple[PauseReason, ...] = get_args(PauseReason)
#: The reasons that leave the house: whom outside a paused case waits for. No close says why, and no other
#: pause: where all but one did, that one would be told by its silence.
TOLD_REASONS: tuple[PauseReason, ...] = ("external_system", "court")
#: For whom or what a case can be seen to wait.
WaitingFor = Literal["applicant", "payment", "signature", "external_system", "court"]
#: Acts that can have been done on paper.
LATE_ACTIONS: tuple[StepAction, ...] = (
    "complete",
    "refuse",
    "return",
    "no_opinion",
    "declare_complete",
    "record_payment",
)
#: The same of the case as a whole.
LATE_CASE_ACTIONS: tuple[CaseAction, ...] = ("hand_over",)
#: Why an act could not be entered when it was done.
LateReason = Literal["power_cut", "network", "system_down", "other"]
#: UU 30/2014 art. 43(1), in its order.
ConflictGround = Literal[
    "business", "family", "party_representative", "employed_by_party", "recommended", "other"
]
#: UU 30/2014 art. 66(1) and (3).
AnnulmentGround = Literal["authority", "procedure", "substance"]
AnnulledBy = Literal["official", "superior", "court"]
#: UU 30/2014 art. 65(1): what a decision may else bring about.
SuspensionGround = Literal["state_loss", "environment", "social_conflict"]

CASE_ACTION_ROLES: Mapping[str, tuple[Role, ...]] = {
    action: ("supervisor",) if action == "extend" else ("clerk", "supervisor")
    for action in CASE_ACTIONS
}

AUTHORITY_ACTION_ROLES: Mapping[str, tuple[Role, ...]] = {
    "declare_conflict": ("clerk", "officer", "supervisor", "head"),
    "report_conflict": ("clerk", "officer", "supervisor", "head"),
    "lift_conflict": ("officer", "supervisor", "head"),
    "take_over": ("officer", "supervisor", "head"),
    "admit_late": ("supervisor",),
    "correct": ("officer", "supervisor", "head"),
    "annul": ("officer", "supervisor", "head"),
    "revoke": ("officer", "supervisor", "head"),
    "suspend": ("officer", "supervisor", "head"),
    "reinstate": ("officer", "supervisor", "head"),
}

PARTY_ACTION_ROLES: Mapping[str, tuple[Role, ...]] = {
    action: ("supervisor",)
    if action in ("confirm_death", "lift_death")
    else ("clerk", "supervisor")
    for action in PARTY_ACTIONS
}


#: What is done to a step by who sits in a position that holds its power, whatever their role.
SEAT_ACTIONS: tuple[StepAction, ...] = ("claim", "complete", "return", "refuse", "no_opinion")


def step_action_roles(action: str, step_roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """Roles that may do this action on a step whose definition lets `step_roles` work on it."""
    if action == "reopen":
        return ("supervisor",)
    if action in ("reassign", "no_opinion", "declare_complete", *INSPECTION_ACTIONS):
        return (*step_roles, "supervisor")
    return step_roles
