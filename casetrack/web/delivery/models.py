"""What the /webhooks part of the API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.delivery.endpoint_health import Signing, State
from casetrack.domain.delivery.receivers import WebhookState
from casetrack.domain.people.contact import Channel, Language
from casetrack.web.case.models import CloudEventOut
from casetrack.web.http.models import (
    EVENT_TYPES,
    NO_NUL,
    URL,
    Asked,
    Email,
    Identifier,
    NameOut,
    Taken,
    absent,
)
from casetrack.web.people.person_models import PartyRole

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=URL)]
#: A type, or the beginning of types: casetrack.case.*
TypePattern = Annotated[str, StringConstraints(max_length=64, pattern=EVENT_TYPES)]
Types = Annotated[list[TypePattern], Field(min_length=1, max_length=50)]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, pattern=NO_NUL)]


class WebhookIn(Taken):
    """A subscription: which events go to which URL."""

    url: Url = Field(description="https; the operator may allow more")
    types: Types = Field(description="event types, or beginnings such as casetrack.case.*")
    service: Identifier | None = None
    email: Email | None = Field(None, description="who is told when the endpoint is paused")
    signing: Signing = "hmac"


class WebhookChangeIn(Taken):
    """What is not named stays; null takes service and e-mail away, and leaves url and types."""

    url: Url | None = None
    types: Types | None = None
    service: Identifier | None = None
    email: Email | None = None


class RotateIn(Taken):
    """How long the old secret signs beside the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class NothingIn(Taken):
    """An empty object."""


class ResendIn(Taken):
    """Why it is sent again."""

    reason: Reason


class ResendAllIn(Taken):
    """Why, and behind which position of the ledger; at most 1000 at once."""

    reason: Reason
    after: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0


class DeliveriesQuery(Asked):
    """A page of a webhook's deliveries."""

    state: WebhookState | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class WebhookOut(BaseModel):
    """A subscription and how its endpoint fares. The secret is not in it."""

    id: str
    url: str
    types: list[str]
    service: str | None
    agency: str | None
    email: str | None
    signing: Signing
    old_secret_until: datetime | None
    state: State
    why: str | None
    state_since: datetime
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    last_error: str | None
    created_at: datetime
    created_by: str
    pending: int = absent("where it is read: deliveries that wait; counted to 10000")
    given_up: int = absent("where it is read: deliveries given up; counted to 10000")


class WebhookWithSecretOut(WebhookOut):
    """The same with what verifies its signatures: `whsec_…`, or the public key `whpk_…`. Only here."""

    secret: str


class WebhookPage(BaseModel):
    """All subscriptions of the caller's agency."""

    items: list[WebhookOut]
    next_cursor: None


class RemovedOut(BaseModel):
    """What was removed."""

    id: str
    state: Literal["removed"]


class TestedOut(BaseModel):
    """The event that is on its way."""

    id: str
    type: str


class ResentOut(BaseModel):
    """How many are sent again; `next` is where to go on, if there are more."""

    id: str
    count: int
    next: int | None


class DeliveryOut(BaseModel):
    """One delivery, known by the ledger position of its event."""

    position: int
    number: str
    type: str
    state: WebhookState
    attempts: int
    not_before: datetime | None
    last_error: str | None
    recorded_at: datetime
    ended_at: datetime | None


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class ToldIn(Taken):
    """Up to which notice of the case the person was told."""

    number: Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
    position: Annotated[int, Field(ge=1, le=2**53 - 1)]


class FeedQuery(Asked):
    """Behind which position, how many, how long to wait for the first."""

    after: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    wait: Annotated[int, Field(ge=0, le=30, description="seconds")] = 0


class PreviewQuery(Asked):
    """By which channel, and in which language."""

    channel: Channel = "email"
    language: Language = "id"


class FeedOut(BaseModel):
    """Events behind a position; `next` is the last position that was scanned."""

    events: list[CloudEventOut]
    next: int


class NoticeOut(BaseModel):
    """A notice that reached nobody: about which event, to which party, and why not."""

    position: int
    party: PartyRole
    type: str
    why: str
    tried: list[Channel] = Field(description="channels by which it was tried in vain")
    since: datetime


class ToTellOut(BaseModel):
    """Whom to tell, and by which telephone; null what is not known, or was erased."""

    party: PartyRole
    name: str | None
    phone: str | None


class UntoldOut(NoticeOut):
    """A case of which somebody is to be told in person: its newest notice, since its oldest, and all."""

    number: str
    region: NameOut
    people: list[ToTellOut]
    notices: list[NoticeOut] = Field(description="all that wait, in the order of what happened")


class UntoldPage(BaseModel):
    """Cases of which somebody is to be told in person."""

    items: list[UntoldOut]
    next_cursor: str | None


class TemplateOut(BaseModel):
    """A template of messages; `template` is its name as deliveries record it, and `words` says whose
    they are: those that come with casetrack, or the region's own.
    """

    type: str
    channel: Channel
    language: Language
    version: int
    template: str
    words: Literal["casetrack", "region"]


class TemplatesOut(BaseModel):
    """What there is to tell people with."""

    items: list[TemplateOut]
    next_cursor: None


class PreviewOut(BaseModel):
    """What a message of this template says, about a case that there is not."""

    template: str
    version: int
    words: Literal["casetrack", "region"]
    channel: Channel
    subject: str | None
    text: str
    segments: int = absent("SMS: how many parts are paid for.")
    parameters: list[str] = absent("WhatsApp: what fills the places of the approved template.")


class ToldOut(BaseModel):
    """Done."""

    told: bool
