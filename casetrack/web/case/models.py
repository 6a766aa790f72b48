"""What the operations on cases take and give, as models: they validate, and OpenAPI is made of them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.access import Role
from casetrack.domain.authority.coverage import Cover
from casetrack.domain.case.counter_details import Means
from casetrack.domain.case.transitions import (
    AnnulledBy,
    AnnulmentGround,
    CaseAction,
    CaseStatus,
    CloseReason,
    ConflictGround,
    StepAction,
    StepStatus,
)
from casetrack.domain.people.contact import Channel, Language, PartyKind
from casetrack.domain.service.definition import Fact, Kind
from casetrack.web.case.bill_models import BillOut, Reference
from casetrack.web.case.correction_models import CorrectionOut
from casetrack.web.case.document_models import DocumentIn, DocumentOut, WaiverOut
from casetrack.web.case.hand_over_models import MEANS, PAPERS, HandOverOut, PapersIn
from casetrack.web.case.inspection_models import InspectionOut
from casetrack.web.case.issued_models import IssuedElsewhereIn, IssuedElsewhereOut
from casetrack.web.case.late_models import AdmittedOut, LateIntakeIn
from casetrack.web.case.link_models import LinkedFromOut, LinkIn, LinkOut, ReviewOut
from casetrack.web.case.power_models import BroughtPowerIn, FormerPartyOut, PartyOut, PresentIn
from casetrack.web.case.product_models import CaseProductOut, HearingOut, SigningBody, WrittenIn
from casetrack.web.case.silence_models import DeemedOut, ExternalOut
from casetrack.web.case.visit_models import AtCounterIn, VisitOut
from casetrack.web.http.models import (
    CODE,
    NO_NUL,
    Email,
    Identifier,
    NameOut,
    Nik,
    Note,
    PageQuery,
    Taken,
    WarningOut,
    Words,
    absent,
    pasted,
)
from casetrack.web.people.person_models import NoteOut

DocumentsIn = Annotated[list[DocumentIn], Field(max_length=50)]


class PartyIn(Taken):
    """A person or company. A walk-in may have no telephone and no e-mail."""

    kind: PartyKind
    name: Annotated[str, pasted("name")] = Field(
        description="Tidied: blanks at the ends and invisible marks are left out. Something to read "
        "must be left, on one line (else 422)."
    )
    nik: Nik | None = None
    email: Email | None = None
    phone: Annotated[str, pasted("phone")] | None = Field(
        default=None, description="With area or country code; kept as E.164, Indonesian by default."
    )
    address: Annotated[str, pasted("address")] | None = None
    company_number: Annotated[str, pasted("company_number")] | None = Field(
        default=None,
        description="Of a company: its NIB (13 digits) or NPWP (15 or 16), with or without marks.",
    )
    passport_number: Annotated[str, pasted("passport_number")] | None = Field(
        default=None,
        description="Of a person without NIK: 5 to 20 letters and digits; kept in capitals.",
    )
    acting: Annotated[str, pasted("acting")] | None = Field(
        default=None, description="Of a company: the name of who acts for it by their office."
    )
    acting_nik: Nik | None = Field(
        default=None,
        description="Of the applicant, with `acting`: their NIK. They stand in the case as `director`.",
    )
    language: Language = "id"
    channels: Annotated[list[Channel], Field(min_length=1, max_length=3)] | None = Field(
        default=None,
        description="How to be told, the best way first, each with its address. By default e-mail, "
        "then WhatsApp, then SMS, as far as there are addresses.",
    )


class RepresentativeIn(PartyIn):
    """Somebody who acts for the applicant, by a power of attorney where one was brought."""

    power: BroughtPowerIn | None = None


class CaseIn(AtCounterIn):
    """An application as the counter takes it in."""

    service: Identifier
    facts: dict[str, Any] = Field(
        default_factory=dict,
        description="What the service asks: GET /services/{service} lists it. No floats.",
    )
    applicant: PartyIn
    representative: RepresentativeIn | None = None
    payer: PartyIn | None = None
    documents: DocumentsIn = []
    links: Annotated[list[LinkIn], Field(max_length=10)] = []
    late: LateIntakeIn | None = Field(
        default=None,
        description="of a file that was taken in on paper while the system was away, under a number that "
        "was set aside before",
    )


class CaseActionIn(Taken):
    """Something done to the case as a whole."""

    action: CaseAction
    reason: Annotated[str, StringConstraints(pattern=CODE)] | None = None
    note: Note | None = None
    documents: DocumentsIn = Field(
        default=[], description="resubmit: what the applicant brings; other actions take none."
    )
    links: Annotated[list[LinkIn], Field(max_length=10)] = Field(
        default=[], description="link, and close for the reason duplicate: which cases"
    )
    present: PresentIn | None = Field(
        default=None,
        description="resubmit, withdraw, hand_over, return_papers: who stood at the counter",
    )
    means: Means | None = MEANS
    papers: PapersIn = PAPERS
    late: Identifier | None = Field(
        default=None,
        description="hand_over: the admitted paper on which it was done, when the system was away",
    )


class DefectIn(Taken):
    """What is missing or wrong, tied to a requirement that the service publishes."""

    requirement: Identifier
    text: Note | None = None


class StepActionIn(SigningBody):
    """Something done to one step."""

    action: StepAction
    reason: Annotated[Words, StringConstraints(max_length=500, pattern=NO_NUL)] | None = Field(
        default=None,
        description="declare_complete: why a supervisor waives what is "
        "missing; it is printed for the applicant.",
    )
    note: Note | None = None
    result: Annotated[str, StringConstraints(max_length=32, pattern=CODE)] | None = None
    defects: Annotated[list[DefectIn], Field(max_length=50)] = []
    as_position: Identifier | None = Field(
        default=None, description="as which position the caller acts, where they hold several"
    )
    late: Identifier | None = Field(
        default=None, description="the paper (its id) that a supervisor admitted for late entry"
    )
    reference: Reference | None = Field(
        default=None,
        description="record_payment at a step with a bill: the reference of the bank or treasury",
    )
    issued_elsewhere: IssuedElsewhereIn | None = Field(
        default=None,
        description="complete at the issuing step of a service that is only tracked and says who "
        "issues: the number and day of what was issued there",
    )
    officer: Identifier | None = Field(
        default=None, description="reassign: whom to; nobody puts the step back on the worklist."
    )
    written: WrittenIn | None = Field(
        default=None, description="refuse: grounds and papers relied on, for the letter of refusal"
    )
    after_limit: Annotated[Words, StringConstraints(max_length=500, pattern=NO_NUL)] | None = Field(
        default=None,
        description="refuse: why, where the limit of law has passed (else 409 `limit_passed`); the "
        "passport keeps it.",
    )


class EventsQuery(PageQuery):
    """A page of a case's events, from behind a sequence of the case on."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1, description="sequence of the case")] = 0


class AgencyOut(BaseModel):
    """An agency."""

    id: str
    name: NameOut


class ServiceRef(BaseModel):
    """A service, as one version of it."""

    id: str
    version: int
    name: NameOut


class StepOut(BaseModel):
    """One step of a case."""

    id: str
    name: NameOut
    agency: AgencyOut
    kind: Kind
    status: StepStatus
    result: str | None
    due_at: datetime | None
    ready_at: datetime | None
    assignee: str | None
    conditions: str | None = absent(
        "Of a conditional recommendation, with one case: what was written with it, or null."
    )
    optional: bool
    after: list[str]
    etag: str


class DefectOut(BaseModel):
    """A defect, with its text where the caller may read it."""

    requirement: str
    step: str
    sent: bool
    text: str | None = absent("where one case is read; null when it was erased")


class ActorOut(BaseModel):
    """Who did it: an officer by login, or a process of casetrack itself."""

    kind: Literal["officer", "system"]
    id: str
    role: Role = absent("of an officer")
    agency: str | None = absent("of an officer")


class SealedOut(BaseModel):
    """A text about a person stands elsewhere, sealed; here is the name under which it is kept."""

    text: str
    hmac: str


class ConflictOut(BaseModel):
    """A conflict of interest of one officer, and what their superior said of it."""

    officer: str
    ground: ConflictGround
    status: Literal["declared", "reported", "lifted", "taken_over"]
    declared_by: str
    version: int
    position: str = absent("once it is lifted or taken over: the officer's")
    by: str = absent("the superior")
    by_position: str = absent("the superior's position")
    article: str | None = absent("by which article the superior lifted it or took over")


class BasisOut(BaseModel):
    """The instrument by which something became of a product."""

    number: str
    dated: date
    issuer: str = absent()
    sha256: str = absent()


class ProductOut(BaseModel):
    """What became of a product last; `late`: annulled more than five working days after it was found. Of
    one that expired there is no ground."""

    status: Literal["corrected", "annulled", "revoked", "expired"]
    at: datetime
    late: bool
    version: int
    ground: AnnulmentGround | None
    by: AnnulledBy | None
    instrument: BasisOut | None
    found_on: date | None
    article: str = absent("by which article a superior annulled it")
    product: str = absent("the id of the product, where the service draws them up")
    hearing: HearingOut = absent("when who is burdened was heard")


class OpenCaseOut(BaseModel):
    """A case of the same applicant and service that is open, too."""

    number: str
    service: ServiceRef
    opened_at: datetime
    status: CaseStatus


class OutsideOut(AgencyOut):
    """An agency without a counter in the mall, with steps that are to come; where it is and when open."""

    office: NameOut | None


class MayOut(BaseModel):
    """Who may take a step, as which position."""

    position: str
    officer: str


class MissingPowerOut(BaseModel):
    """A step that nobody at its agency may take today: `vacant`, `elsewhere` or `none`."""

    step: str
    name: NameOut
    agency: AgencyOut
    cover: Cover
    may: list[MayOut]
    message: NameOut


class CaseOut(BaseModel):
    """A case."""

    number: str
    access_code: str = absent("Only in the answer that opened the case or reissued the code.")
    identity_question: bool = absent(
        "With one case: whether a supervisor is to say if a person in it is the one known by their NIK."
    )
    open_cases: list[OpenCaseOut] = absent(
        "In the answer that opened the case: what the applicant has open of this service besides; to "
        "report_death: what they have open of any service."
    )
    outside_mall: list[OutsideOut] = absent(
        "With one case, and in the answer that opened it: agencies that work on it from elsewhere."
    )
    missing_powers: list[MissingPowerOut] = absent(
        "Only in the answer that opened the case: steps that nobody at their agency may take today."
    )
    warnings: list[WarningOut] = absent(
        "In the answer to a write: doubtful NIK, unprinted letters."
    )
    status: CaseStatus
    outcome: str
    waiting_for: str | None
    service: ServiceRef
    opened_at: datetime
    declared_complete_at: datetime | None
    due_at: datetime | None = Field(description="null until complete and while paused")
    calendar: str | None
    holder: AgencyOut
    held_since: datetime
    closed_reason: CloseReason | None
    tracked_only: bool
    facts: dict[str, Fact | SealedOut | None] = Field(
        description="Free text as text where one case is read, null when it was erased; elsewhere the "
        "name under which it is kept."
    )
    parties: list[PartyOut] = absent("With one case; empty for who reads nothing of persons.")
    former_parties: list[FormerPartyOut] = absent(
        "With one case: who stood in a role before, in the order of their leaving; empty likewise."
    )
    notes: list[NoteOut] = absent("With one case, oldest first; empty likewise.")
    product: ProductOut | None = Field(
        description="null, or what became of it after the decision: corrected, annulled, revoked"
    )
    products: list[CaseProductOut] = Field(
        description="what comes out of the case, where the service draws it up"
    )
    waiver: WaiverOut | None = Field(
        description="null, or which required documents a supervisor waived"
    )
    documents: list[DocumentOut] = absent("where one case is read")
    conflicts: list[ConflictOut]
    late: list[AdmittedOut] = Field(description="papers admitted for late entry")
    external: list[ExternalOut] = Field(description="what other registers answered")
    inspections: list[InspectionOut]
    issued_elsewhere: IssuedElsewhereOut | None = Field(
        description="null, or what another issued in a system of its own, as an officer noted it; "
        "nothing of it is verified"
    )
    corrections: list[CorrectionOut] = Field(description="what was put right, oldest first")
    deemed: DeemedOut | None = Field(description="null, or what the law granted by silence")
    links: list[LinkOut]
    review: ReviewOut | None = Field(description="null, or what an objection or an appeal is about")
    linked_from: list[LinkedFromOut] = absent(
        "with one case: the cases that name this one, those alone that the caller sees; at most 100"
    )
    bills: list[BillOut]
    gratis: bool = Field(description="nothing is to be paid in this case")
    visit: VisitOut | None = Field(description="null, or where it was taken in")
    hand_overs: list[HandOverOut] = Field(description="what went over the counter, oldest first")
    defects: list[DefectOut]
    steps: list[StepOut]


class EventOut(BaseModel):
    """An event; `position` is null until the relay has numbered it."""

    id: int
    type: str
    stream: str
    version: int
    position: int | None
    occurred_at: datetime
    recorded_at: datetime
    hash: str
    actor: ActorOut
    data: dict[str, Any] = Field(description="as the type of event has it")


class CloudEventOut(BaseModel):
    """A CloudEvent 1.0, as webhooks carry it too; without personal data.

    `sequence` counts within `stream`: a case's own (`stream` is its number) or a companion's.
    """

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    dataschema: str
    sequence: str
    sequencetype: str
    stream: str
    version: int
    position: int
    hash: str
    traceparent: str = absent("which request it came of")
    data: dict[str, Any] = Field(description="as the type of event has it; docs/webhooks.md")


class EventPage(BaseModel):
    """A case's events; for an integrator as CloudEvents."""

    items: list[EventOut | CloudEventOut]
    next_cursor: str | None
