"""What a party of a case is told: the one type from which every channel makes its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from casetrack.domain.service.definition import Name
from casetrack.domain.service.notices import Kind


@dataclass(frozen=True, slots=True)
class Edition:
    """The texts of a region as one load left them. Equal by its number: an edition never changes."""

    region: str
    edition: int
    texts: Mapping[str, str] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Happened:
    """One of several events that a message is about, and its step."""

    kind: Kind
    step: Name | None = None


@dataclass(frozen=True, slots=True)
class Payable:
    """A bill as a message tells it: its official code, the amount in whole rupiah, until when."""

    code: str
    amount: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """From when until when somebody comes."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, as far as it may be told over an insecure channel.

    No channel is secret, so there is no room here for a name, a NIK, an access code, an officer, an
    opinion or a defect's text. `office` sends it: the one that took the
    file in. `agency` holds the file now. `due_at` is the limit that runs now: the
    case's, before the file is complete that of the completeness check, and for a missed limit the one
    that was missed. `step` is the step that the event is about. `requirements` are the published
    requirements that the applicant has to bring. `happened` lists all events, oldest first, when there
    are several; everything else is about the newest. `texts` are the region's own words,
    where it has any. `lacks` is what a step waits for that nobody may take, and `until` the day
    from which somebody may. `bill` is the one that the newest event is about. `article` says by which
    rule a limit of law that passed counts. `survey_url` is the survey of a case that is over.
    `slot` is that of the inspection that the newest event is about.
    `lapses` is the last day on which one that was sent back waits.
    """

    kind: Kind
    language: str
    number: str
    service: Name
    agency: Name | None
    due_at: datetime | None
    zone: str
    status_url: str
    waiting_for: str | None = None
    step: Name | None = None
    requirements: tuple[Name, ...] = ()
    happened: tuple[Happened, ...] = ()
    texts: Edition | None = None
    office: Name | None = None
    lacks: Name | None = None
    until: date | None = None
    bill: Payable | None = None
    article: str | None = None
    survey_url: str | None = None
    lapses: date | None = None
    slot: Slot | None = None
