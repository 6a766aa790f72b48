"""What the API takes and gives, as models: they validate, and the OpenAPI document is made of them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
#: NUL and half surrogate pairs cannot be stored; the pattern says so to who reads the document.
_NO_NUL = r"^[^\u0000]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=4000, pattern=_NO_NUL)]


class Taken(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PartyIn(Taken):
    """A person or company. A walk-in may have no telephone and no e-mail."""

    kind: Literal["person", "company"]
    name: Line
    nik: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")] | None = None
    email: (
        Annotated[
            str, StringConstraints(max_length=254, pattern=r"^[^@\s\u0000,;<>]+@[^@\s\u0000,;<>]+$")
        ]
        | None
    ) = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ().-]{5,25}$")] | None = Field(
        default=None, description="With area or country code; kept as E.164, Indonesian by default."
    )
    address: Annotated[str, StringConstraints(max_length=500, pattern=_NO_NUL)] | None = None
    language: Literal["id", "en"] = "id"
    channels: (
        Annotated[list[Literal["email", "whatsapp", "sms"]], Field(min_length=1, max_length=3)]
        | None
    ) = Field(
        default=None,
        description="How to be told, the best way first, each with its address. By default e-mail, "
        "then WhatsApp, then SMS, as far as there are addresses.",
    )


class DocumentIn(Taken):
    """A paper or file that came with the application."""

    requirement: Identifier
    name: Annotated[str, StringConstraints(max_length=255, pattern=_NO_NUL)] | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class CaseIn(Taken):
    """An application as the counter takes it in."""

    service: Identifier
    facts: dict[str, Any] = Field(
        default_factory=dict,
        description="What the service asks: GET /services/{service} lists it. No floats.",
    )
    applicant: PartyIn
    representative: PartyIn | None = None
    payer: PartyIn | None = None
    documents: Annotated[list[DocumentIn], Field(max_length=50)] = []


class CaseActionIn(Taken):
    """Something done to the case as a whole."""

    action: Literal[
        "resubmit",
        "send_return",
        "withdraw",
        "pause",
        "resume",
        "extend",
        "hand_over",
        "close",
        "reissue_code",
    ]
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = None
    note: Note | None = None


class DefectIn(Taken):
    """What is missing or wrong, tied to a requirement that the service publishes."""

    requirement: Identifier
    text: Note | None = None


class StepActionIn(Taken):
    """Something done to one step."""

    action: Literal[
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
    reason: Annotated[str, StringConstraints(max_length=500, pattern=_NO_NUL)] | None = None
    note: Note | None = None
    result: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")] | None = None
    defects: Annotated[list[DefectIn], Field(max_length=50)] = []
    as_position: Identifier | None = Field(
        default=None, description="as which position the caller acts, where he holds several"
    )
    late: Identifier | None = Field(
        default=None, description="the paper (its id) that a supervisor admitted for late entry"
    )
    officer: Identifier | None = Field(
        default=None, description="reassign: whom to; nobody puts the step back on the worklist."
    )


class FindIn(Taken):
    """Whose cases to find."""

    nik: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")]


class ToldIn(Taken):
    """Which notice the person was told."""

    number: Annotated[str, StringConstraints(max_length=64, pattern=_NO_NUL)]
    position: Annotated[int, Field(ge=1, le=2**53 - 1)]


class PageQuery(BaseModel):
    """Every list takes these."""

    model_config = ConfigDict(extra="ignore")

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


class CasesQuery(PageQuery):
    """Cases by status and service."""

    status: (
        Literal[
            "submitted",
            "in_progress",
            "returned",
            "granted",
            "refused",
            "handed_over",
            "withdrawn",
            "closed",
        ]
        | None
    ) = None
    service: Identifier | None = None


class EventsQuery(PageQuery):
    """A page of a case's events, from behind a sequence of the case on."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1, description="sequence of the case")] = 0


class FeedQuery(BaseModel):
    """Behind which position, how many, how long to wait for the first."""

    model_config = ConfigDict(extra="ignore")

    after: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    wait: Annotated[int, Field(ge=0, le=30, description="seconds")] = 0


class StatusQuery(BaseModel):
    """The access code may come here or, better, in the header X-Access-Code."""

    model_config = ConfigDict(extra="ignore")

    code: Annotated[str, StringConstraints(max_length=64)] | None = None
    lang: Literal["id", "en"] = "id"


class PreviewQuery(BaseModel):
    """By which channel, and in which language."""

    model_config = ConfigDict(extra="ignore")

    channel: Literal["email", "whatsapp", "sms"] = "email"
    language: Literal["id", "en"] = "id"


class SlipQuery(BaseModel):
    """Language of the slip."""

    model_config = ConfigDict(extra="ignore")

    lang: Literal["id", "en"] = "id"


# --- answers ------------------------------------------------------------------------------------


class NameOut(BaseModel):
    """A name in both languages."""

    id: str
    en: str


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
    kind: str
    status: str
    result: str | None
    due_at: datetime | None
    ready_at: datetime | None
    assignee: str | None
    optional: bool
    after: list[str]
    etag: str


class DefectOut(BaseModel):
    """A defect, with its text where the caller may read it."""

    requirement: str
    step: str
    sent: bool
    text: str | None = None


class CaseOut(BaseModel):
    """A case."""

    number: str
    access_code: str | None = Field(
        default=None, description="Only in the answer that opened the case or reissued the code."
    )
    status: str
    outcome: str
    waiting_for: str | None
    service: ServiceRef
    opened_at: datetime
    declared_complete_at: datetime | None
    due_at: datetime | None = Field(description="null until complete and while paused")
    calendar: str | None
    holder: AgencyOut
    held_since: datetime
    closed_reason: str | None
    tracked_only: bool
    facts: dict[str, Any]
    product: dict[str, Any] | None = Field(
        description="null, or what became of it after the decision: corrected, annulled, revoked"
    )
    conflicts: list[dict[str, Any]]
    late: list[dict[str, Any]] = Field(description="papers admitted for late entry")
    defects: list[DefectOut]
    steps: list[StepOut]


class CasePage(BaseModel):
    """Some cases."""

    items: list[CaseOut]
    next_cursor: str | None


class WorkServiceOut(BaseModel):
    """A service on a worklist."""

    id: str
    name: NameOut


class WorkOut(BaseModel):
    """One open step of the caller's agency."""

    number: str
    service: WorkServiceOut
    case_status: str
    waiting_for: str | None
    case_due_at: datetime | None
    step: StepOut


class WorkPage(BaseModel):
    """A worklist, most urgent first."""

    items: list[WorkOut]
    next_cursor: str | None


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
    actor: dict[str, Any]
    data: dict[str, Any]


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
    traceparent: str | None = None
    data: dict[str, Any]


class EventPage(BaseModel):
    """A case's events; for an integrator as CloudEvents."""

    items: list[EventOut | CloudEventOut]
    next_cursor: str | None


class FeedOut(BaseModel):
    """Events behind a position; `next` is the last position that was scanned."""

    events: list[CloudEventOut]
    next: int


class TraceOut(BaseModel):
    """The path of a case through the agencies."""

    number: str
    status: str
    outcome: str
    calendar: str | None
    product: dict[str, Any] | None
    items: list[dict[str, Any]]
    hand_overs: list[dict[str, Any]]
    charged: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    statement: str


class StatusAgency(BaseModel):
    """The agency that holds the file."""

    id: str
    name: NameOut


class StatusOut(BaseModel):
    """A case's status for anybody with its number; more with the access code."""

    number: str
    status: str
    label: NameOut
    agency: StatusAgency
    held_since: datetime
    due_at: datetime | None
    waiting_for: str | None
    outcome: str | None = None
    steps: list[dict[str, Any]] | None = None
    defects: list[dict[str, Any]] | None = None
    next_action: NameOut | None = None


class UntoldPage(BaseModel):
    """Notices to be told in person."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class ServicesOut(BaseModel):
    """What can be applied for."""

    items: list[dict[str, Any]]
    next_cursor: None = None


class TemplateOut(BaseModel):
    """A template of messages; `template` is its name as deliveries record it, and `words` says whose
    they are: those that come with casetrack, or the region's own.
    """

    type: str
    channel: str
    language: str
    version: int
    template: str
    words: Literal["casetrack", "region"]


class TemplatesOut(BaseModel):
    """What there is to tell people with."""

    items: list[TemplateOut]
    next_cursor: None = None


class PreviewOut(BaseModel):
    """What a message of this template says, about a case that there is not."""

    template: str
    version: int
    words: Literal["casetrack", "region"]
    channel: str
    subject: str | None
    text: str
    segments: int | None = Field(default=None, description="SMS: how many parts are paid for.")
    parameters: list[str] | None = Field(
        default=None, description="WhatsApp: what fills the places of the approved template."
    )


class ToldOut(BaseModel):
    """Done."""

    told: bool


class ProblemOut(BaseModel):
    """RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")

    type: str
    status: int
    title: str
    detail: str
    code: str
