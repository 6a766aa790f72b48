"""By what right something was decided, as an answer shows it: the passport, and what became of it."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from casetrack.domain.access import Role
from casetrack.domain.authority.entries import GiverActs, GrantKind, IncumbencyForm
from casetrack.domain.service.definition import Action, ReviewKind
from casetrack.web.http.models import FailingLink, LetterOut, NameOut, absent


class CiteOut(BaseModel):
    """Where an entry of the register is proven."""

    stream: str
    version: int
    hash: str
    set_up: str = absent("the operator who put it in, where no registrar had confirmed it")


class ResponsibilityOut(BaseModel):
    """Who answers for what is done: the receiver of the power or its giver, and which position."""

    bearer: Literal["receiver", "giver"]
    position: str | None


class SeatOut(CiteOut):
    """The officer in their position, by which letter."""

    incumbency: str
    officer: str
    position: str
    name: NameOut
    form: IncumbencyForm
    letter: LetterOut
    since: date
    until: date | None
    responsibility: ResponsibilityOut = absent("of an acting officer")


class EndOut(BaseModel):
    """The position at one end of a grant; `printed`: its name on the paper, where it was another."""

    position: str
    name: NameOut
    printed: NameOut = absent()


class RestAmendedOut(CiteOut):
    """A text that had changed it by then; `since` is the first day on which the change worked."""

    amendment: str
    instrument: str
    title: str
    number: str
    ordinal: int
    dated: date
    since: date


class RestOut(CiteOut):
    """The article or annex line that a grant rests on, as it read on the day."""

    instrument: str
    title: str
    number: str
    line: str
    printed: str
    dated: date
    since: date
    until: date | None
    amended: list[RestAmendedOut] = absent("of a text that nobody had amended by then")


class LinkOut(CiteOut):
    """One grant of the chain; `giver` null: the law itself."""

    grant: str
    kind: GrantKind
    giver: EndOut | None
    receiver: EndOut
    since: date
    until: date | None
    responsibility: ResponsibilityOut
    rests_on: list[RestOut]
    ub: bool
    moved: list[str]


class ConflictRemarkOut(BaseModel):
    """The officer's superior let them go on, or took the decision over."""

    kind: Literal["conflict_lifted", "taken_over"]
    officer: str
    position: str
    ground: str
    by: str
    by_position: str
    version: int


class SamePersonOut(BaseModel):
    """The officer did these earlier steps as well, which the service lets pass with a remark."""

    kind: Literal["same_person"]
    steps: list[str]


class GiverActsOut(BaseModel):
    """Who delegated the power used it: what the delegation says of that, by which article."""

    kind: Literal["giver_acts"]
    grant: str
    said: GiverActs
    article: str | None


class WordsRefOut(BaseModel):
    """Somebody's own words, kept apart: their id and their keyed hash; they stand in the case's notes."""

    text: str
    hmac: str


class AfterLimitOut(BaseModel):
    """A refusal after the limit of law: when that ended, by which article, and why all the same."""

    kind: Literal["after_limit"]
    due_at: datetime
    article: str
    why: WordsRefOut


class ReviewRemarkOut(BaseModel):
    """Why this position decides an objection or an appeal: which one made the decision, who decided
    before, whether the same officer decides now, by which article."""

    kind: ReviewKind
    position: str | None
    decided_by: list[str]
    same_officer: bool
    article: str


class PassportOut(BaseModel):
    """The proof kept with a decision: it needs no register to be read."""

    statement: str
    rules: int
    action: Action
    service: str
    day: date
    seat: SeatOut
    chain: list[LinkOut]
    signature: list[str]
    remarks: list[
        ConflictRemarkOut | SamePersonOut | GiverActsOut | AfterLimitOut | ReviewRemarkOut
    ]


class CheckedOut(BaseModel):
    """The register gave the power."""

    scheme: Literal["checked"]
    passport: PassportOut


class UncheckedOut(BaseModel):
    """The service asks no register: a role was enough."""

    scheme: Literal["unchecked"]
    role: Role
    agency: str | None
    after_limit: AfterLimitOut = absent("unless it is a refusal after the limit of law")


class ExternalOut(BaseModel):
    """Another decided: an agency whose work is only tracked, or a court by its judgment."""

    scheme: Literal["external"]
    issuer: str
    number: str = absent("of the judgment")
    dated: date = absent("of the judgment")
    sha256: str = absent("of the judgment's file")


class LimitCountedOut(BaseModel):
    """How the limit was counted; the event holds the whole proof."""

    started_at: datetime
    limit: dict[str, int | str]
    due_at: datetime
    due_without_pauses: datetime
    counted: int
    calendar: str


class ByLawOut(BaseModel):
    """Nobody decided in time, and the law granted: by which article, by which count."""

    scheme: Literal["by_law"]
    article: str
    clock: LimitCountedOut


AuthorityOut = CheckedOut | UncheckedOut | ExternalOut | ByLawOut


class AgainOut(BaseModel):
    """A passport judged again: whether it holds; if not, why. `same`: link by link the same."""

    holds: bool
    code: str | None
    link: FailingLink | None
    same: bool


class JudgedAgainOut(BaseModel):
    """By what the register knew at the decision, and by what it knows now."""

    then: AgainOut
    now: AgainOut


class QuestioningEntryOut(BaseModel):
    """The entry that was recorded later, by the id of its event."""

    kind: str
    id: str
    event: int


class DoubtOut(BaseModel):
    """What was recorded later against a decision."""

    code: str
    link: FailingLink | None
    entry: QuestioningEntryOut
    recorded_at: datetime
