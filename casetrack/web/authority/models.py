"""What the operations on the register take and give: its papers, and questions about it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.authority.change_days import What
from casetrack.domain.authority.coverage import Cover
from casetrack.domain.authority.entries import (
    Entry,
    EntryKind,
    GiverActs,
    GrantKind,
    IncumbencyForm,
)
from casetrack.domain.authority.faults import Severity
from casetrack.domain.authority.filing import EntryAction, EntryState
from casetrack.domain.authority.questions import MOST_RADAR_DAYS, RADAR_DAYS, Left
from casetrack.domain.people.contact import Language
from casetrack.domain.service.definition import Action
from casetrack.web.http.models import (
    CODE,
    NO_NUL,
    Asked,
    Day,
    Digest,
    Identifier,
    NameOut,
    PageQuery,
    Taken,
)

Known = Annotated[
    str,
    StringConstraints(max_length=40),
    Field(description="as the register was known at this moment (RFC 3339), or after this day"),
]


class WhenQuery(Asked):
    """For which day, and as known when."""

    at: Day | None = Field(default=None, description="local day asked for; today when absent")
    known: Known | None = None


class PagedWhenQuery(PageQuery, WhenQuery):
    """A long answer, page by page."""


class PictureQuery(WhenQuery):
    """For which day, as known when, in which language."""

    lang: Language = "id"


class EntriesQuery(PageQuery):
    """Entries of a kind and in a state."""

    kind: EntryKind | None = None
    state: EntryState = "confirmed"
    known: Known | None = None


class FindingsQuery(PagedWhenQuery):
    """On the day `at`, or on any day from `since` to it."""

    since: Day | None = None
    code: Annotated[str, StringConstraints(pattern=CODE)] | None = None


class WhoQuery(WhenQuery):
    """Which step of which case."""

    case: Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
    step: Identifier


class MineQuery(WhenQuery):
    """Whose; the caller's own when nobody is named."""

    officer: Identifier | None = Field(default=None, description="for a head or an auditor")


class WhatIfQuery(WhenQuery):
    """Which entry ends the day before `on`."""

    kind: Literal["instrument", "incumbency", "grant"]
    id: Identifier
    on: Day | None = Field(default=None, description="the first day without it; today when absent")


class RadarQuery(WhenQuery):
    """How far to look ahead."""

    days: Annotated[int, Field(ge=1, le=MOST_RADAR_DAYS)] = RADAR_DAYS


class CoverageQuery(PagedWhenQuery):
    """All services, or those that are covered so."""

    cover: Cover | None = None


class DecisionsQuery(PageQuery):
    """At most one of the entries; the two flags narrow further."""

    instrument: Identifier | None = None
    grant: Identifier | None = None
    incumbency: Identifier | None = None
    position: Identifier | None = None
    acting: bool = Field(default=False, description="by a Plt, Plh or Pj")
    questioned: bool = Field(default=False, description="facts recorded later speak against it")


class PaperIn(Taken):
    """The document that was seen; its file stays with the office."""

    sha256: Digest


class EntryIn(Taken):
    """A paper as it is entered: it works once another officer has confirmed it."""

    kind: EntryKind
    id: Identifier
    entry: dict[str, Any] = Field(
        description="what the paper says; docs/authority.md has the fields"
    )
    document: PaperIn


class EntryActionIn(Taken):
    """What becomes of a draft."""

    action: EntryAction
    stops: list[Identifier] = Field(
        default=[],
        max_length=2000,
        description="letters and grants that work today and stop by this paper, as the answer "
        "stops_what_works named them",
    )


class SeenOut(BaseModel):
    """The document that was seen."""

    sha256: str


class EntryOut(BaseModel):
    """One revision of an entry of the register; `entry` leaves out what has its default."""

    kind: EntryKind
    id: str
    revision: int
    state: EntryState
    entry: Entry
    document: SeenOut
    entered_by: str
    confirmed_by: str | None
    drafted_at: datetime
    confirmed_at: datetime | None
    superseded_at: datetime | None
    stream: str
    version: int
    hash: str
    etag: str


# --- answers ----------------------------------------------------------------------------------------


class Answered(BaseModel):
    """For which local day; `known` null: as known now."""

    at: date
    known: datetime | None


class PositionOut(BaseModel):
    """A position with its name on the day asked for."""

    position: str
    name: NameOut


class HolderOut(PositionOut):
    """Somebody who may act, and until when their letter runs."""

    agency: str
    officer: str
    form: IncumbencyForm
    incumbency: str
    until: date | None


class EntryPage(BaseModel):
    """Entries by kind and id."""

    items: list[EntryOut]
    next_cursor: str | None


class RevisionsOut(BaseModel):
    """Every revision of one entry, the oldest first."""

    kind: EntryKind
    id: str
    items: list[EntryOut]


class EntryRef(BaseModel):
    """An entry of the register."""

    kind: EntryKind
    id: str


class FindingOut(BaseModel):
    """A fault of the papers; `voids` counts for nothing in a check."""

    code: str
    severity: Severity
    article: str
    text: NameOut
    since: date | None
    until: date | None
    entries: list[EntryRef]
    position: str | None
    services: list[str]


class FindingPage(Answered):
    """Faults on the days from `since` to `at`."""

    since: date
    total: int
    items: list[FindingOut]
    next_cursor: str | None


class AlternativeOut(PositionOut):
    """Who may; `vacant`: the position holds the power and nobody sits there."""

    officer: str | None
    form: IncumbencyForm | None
    vacant: bool
    chain: list[str]
    giver_acts: GiverActs | None = Field(
        description="of a position that delegated the power: what its delegation says of its giver"
    )


class WhoOut(Answered):
    """Who may take a step. `action` null: the definition asks no register, a role is enough."""

    number: str
    step: str
    agency: str
    action: Action | None
    roles: list[str]
    items: list[AlternativeOut]


class MineItem(HolderOut):
    """Actions and services by one of their positions; `sure_until`: the first end that is recorded."""

    by: GrantKind
    giver: PositionOut | None
    bounded: bool
    sure_until: date | None
    actions: list[Action]
    services: list[str]


class MineOut(Answered):
    """What an officer may do."""

    officer: str
    items: list[MineItem]


class LossOut(BaseModel):
    """What stops (`nobody`, `elsewhere`, `not_in_mall`) or goes on with `fewer`."""

    left: Left
    agency: str
    actions: list[Action]
    services: list[str]
    open_cases: int
    lost: list[HolderOut]
    alternatives: list[HolderOut]
    vacant: list[PositionOut]


class WhatIfOut(Answered):
    """What would stop without an entry."""

    entry: EntryRef
    items: list[LossOut]


class CauseOut(EntryRef):
    """What ends, and how."""

    what: What


class AlarmOut(BaseModel):
    """The last day of something, and what is lost on the next."""

    last_day: date
    days_left: int
    worst: Left
    causes: list[CauseOut]
    losses: list[LossOut]


class FewRegistrarsOut(BaseModel):
    """A body whose papers wait, because fewer than two persons keep them, and from which day."""

    agency: str
    since: date
    officers: list[str]


class RadarOut(Answered):
    """What has nobody on the day asked for, and the days ahead on which work loses people, in order."""

    days: int
    today: list[LossOut]
    items: list[AlarmOut]
    registrars: list[FewRegistrarsOut]


class OfficerOut(BaseModel):
    """Who sits there, in which form."""

    officer: str
    form: IncumbencyForm


class HeldOut(PositionOut):
    """A position that holds what a step needs, and by what."""

    agency: str
    by: GrantKind
    bounded: bool
    chain: list[str]
    officers: list[OfficerOut]


class StepCoverOut(BaseModel):
    """One deciding step, or one power over the bills of a pay step."""

    step: str
    action: Action | None
    agency: str
    cover: Cover
    held: list[HeldOut]


class CoverOut(BaseModel):
    """A service, as well covered as the worst of its steps."""

    service: str
    name: NameOut
    cover: Cover
    steps: list[StepCoverOut]


class CoveragePage(Answered):
    """Services by id."""

    items: list[CoverOut]
    next_cursor: str | None


class VacantOut(PositionOut):
    """A position with powers and nobody; `contested`: two hold it definitively."""

    last_day: date | None
    contested: bool
    actions: list[Action]
    services: list[str]


class SharedOut(BaseModel):
    """A power that two positions hold, neither from the other."""

    positions: list[PositionOut]
    actions: list[Action]
    services: list[str]


class SeveralOut(PositionOut):
    """A position with powers in which more than one officer sits."""

    officers: list[HolderOut]


class PowersOut(Answered):
    """Powers that nobody holds, and that two hold."""

    vacant: list[VacantOut]
    shared: list[SharedOut]
    several_officers: list[SeveralOut]


class DecisionOut(BaseModel):
    """A decision; `questioned` is the code of what speaks against it."""

    number: str
    version: int
    step: str | None
    action: str
    service: str
    scheme: str
    officer: str
    position: str | None
    form: IncumbencyForm | None
    occurred_at: datetime
    questioned: str | None


class DecisionPage(BaseModel):
    """Decisions, the newest first."""

    items: list[DecisionOut]
    next_cursor: str | None
