"""What is taken and given of the products of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from casetrack.domain.case.commands import Details, ProductChange
from casetrack.domain.case.counter_details import BackBecause, Bringer, Means
from casetrack.domain.case.electronic_signatures import (
    BlockForm,
    Certificate,
    Failure,
    Form,
    Level,
)
from casetrack.domain.case.product_details import (
    Basis,
    Hearing,
    ProductDrafting,
    ProductNamed,
)
from casetrack.domain.case.transitions import AnnulledBy, AnnulmentGround, ProductState
from casetrack.domain.case.verification import tidy_number
from casetrack.domain.service.definition import ProductKind
from casetrack.domain.service.product_words import Ground, Written
from casetrack.web.case.correction_models import CorrectedFacts
from casetrack.web.case.hand_over_models import MEANS, PAPERS, PapersIn, WantedBackOut, handing
from casetrack.web.case.order_models import BasisIn, BasisOut, OrderIn, SuspendedOut
from casetrack.web.case.power_models import PresentIn
from casetrack.web.http.models import (
    LETTER_NUMBER,
    NO_NUL,
    Day,
    Digest,
    Identifier,
    Line,
    NameOut,
    Note,
    Taken,
)

Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=NO_NUL)]


class GroundIn(Taken):
    """A ground of what burdens, in the office's words."""

    facts: Paragraph
    rule: Paragraph
    reason: Paragraph


class WrittenIn(Taken):
    """What the office writes itself: its own places, and of a refusal or what ends a product the grounds
    and the papers and advice relied on."""

    values: dict[Identifier, Paragraph] = {}
    grounds: Annotated[list[GroundIn], Field(max_length=20)] = []
    relied_on: Annotated[list[Paragraph], Field(max_length=50)] = []

    def written(self) -> Written:
        """As the rules take it."""
        return Written(
            dict(self.values),
            tuple(Ground(each.facts, each.rule, each.reason) for each in self.grounds),
            tuple(self.relied_on),
        )


class DraftIn(Taken):
    """A product of the service that is to be drawn up, or anew."""

    product: Identifier = Field(description="its id in the service's definition")
    written: WrittenIn = WrittenIn()
    note: Note | None = None

    def details(self) -> ProductDrafting:
        """As the rules take it."""
        return ProductDrafting(self.product, self.written.written())


class HearingIn(Taken):
    """When who is burdened was told and heard, or why they were not."""

    notified_on: Day | None = None
    heard_on: Day | None = None
    why_not: Paragraph | None = None

    def hearing(self) -> Hearing:
        """As the rules take it."""
        return Hearing(self.notified_on, self.heard_on, self.why_not)


class ChangeIn(Taken):
    """Why a product is corrected, annulled or revoked, and by which instrument."""

    ground: AnnulmentGround
    by: AnnulledBy = "official"
    instrument: BasisIn
    found_on: Day = Field(description="the day on which the ground was found")
    article: Line | None = Field(
        default=None, description="by superior: by which article; a note says why"
    )
    written: WrittenIn = Field(
        default=WrittenIn(),
        description="correct: what is written anew; annul, revoke: grounds and papers relied on",
    )
    hearing: HearingIn | None = Field(
        default=None, description="annul, revoke: when who is burdened was heard, or why not"
    )
    facts: CorrectedFacts | None = Field(default=None)

    def details(self, product: str | None) -> ProductChange:
        """As the rules take it."""
        return ProductChange(
            self.ground,
            self.by,
            Basis(**self.instrument.model_dump()),
            self.found_on,
            self.article,
            product,
            self.written.written(),
            self.hearing.hearing() if self.hearing else None,
            self.facts or {},
        )


_BESIDE = (
    *("draft", "dated", "number", "valid_until", "reason", "order"),
    *("present", "means", "papers", "because", "brought_by"),
)
#: What of it each act takes.
_TAKES: Mapping[str, tuple[str, ...]] = {
    "endorse": ("draft",),
    "sign": ("draft",),
    "issue": ("draft", "dated", "number", "valid_until"),
    "hand_over": ("present", "means", "papers"),
    "hand_over_again": ("present", "means", "papers"),
    "take_back": ("because", "brought_by"),
    **dict.fromkeys(("correct", "annul", "revoke"), ("reason",)),
    **dict.fromkeys(("suspend", "reinstate"), ("order",)),
}


class SignatureIn(Taken):
    """What the national signing service asks of who signs. It goes there and is kept nowhere."""

    nik: Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=NO_NUL)]
    passphrase: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]


class SigningBody(Taken):
    """A body that may be a signature."""

    signature: SignatureIn | None = Field(
        default=None,
        description="signing where the national service signs: the signer's NIK and passphrase there",
    )
    as_codes: bool = Field(
        default=False,
        description="signing, correct: who signs knows that letters of the draft come out as codes (else "
        "409 `letters_as_codes`)",
    )


def _one_dash(said: object) -> object:
    return tidy_number(said) if isinstance(said, str) else said


class NamedProductActionIn(SigningBody):
    """Something done to one product."""

    action: Literal[
        "endorse",
        "sign",
        "issue",
        "hand_over",
        "hand_over_again",
        "take_back",
        "correct",
        "annul",
        "revoke",
        "suspend",
        "reinstate",
    ]
    draft: Digest | None = Field(
        default=None, description="endorse, sign: the hash of the draft that you read"
    )
    dated: Day | None = Field(
        default=None, description="issue: the product's day; by default today"
    )
    number: (
        Annotated[str, BeforeValidator(_one_dash), StringConstraints(pattern=LETTER_NUMBER)] | None
    ) = Field(
        default=None,
        description="issue: its number, where another register gives it; kept with one kind of dash and "
        "single blanks",
    )
    valid_until: Day | None = Field(
        default=None, description="issue: its last day, where the service leaves that open"
    )
    reason: ChangeIn | None = Field(
        default=None, description="correct, annul, revoke: on what ground, by what instrument"
    )
    order: OrderIn | None = Field(
        default=None, description="suspend, reinstate: by whose order; a note says why"
    )
    present: PresentIn | None = Field(
        default=None, description="hand_over: who stood at the counter"
    )
    means: Means | None = MEANS
    papers: PapersIn = PAPERS
    because: BackBecause | None = Field(default=None, description="take_back: why it comes back")
    brought_by: Bringer | None = Field(default=None, description="take_back: who brought it")
    as_position: Identifier | None = None
    note: Note | None = None

    @property
    def does(self) -> str:
        """The action, apart from that of a whole case."""
        return "hand_over_product" if self.action == "hand_over" else self.action

    def details(self, product: str) -> Details | None:
        """As the rules take it; None where a change says no reason."""
        misplaced = tuple(
            name
            for name in _BESIDE
            if getattr(self, name) not in (None, []) and name not in _TAKES[self.action]
        )
        if self.action in ("hand_over", "hand_over_again", "take_back"):
            given = (self.present, self.means, self.papers, product)
            return handing(*given, self.because, self.brought_by, misplaced)
        if "order" in _TAKES[self.action]:
            return self.order.details(product, misplaced) if self.order else None
        if "reason" not in _TAKES[self.action]:
            said = (self.draft, self.dated, self.number, self.valid_until)
            return ProductNamed(product, *said, misplaced)
        change = self.reason.details(product) if self.reason else None
        return replace(change, misplaced=misplaced) if change else None


class DraftOut(BaseModel):
    """The draft that stands: its keyed hash is what is endorsed and signed."""

    hash: str
    edition: int
    by: str
    at: datetime
    missing: list[str] = Field(description="what must be written before it can be signed")
    press: str | None = Field(
        description="what sets it on paper: with the same the same draft gives the same bytes"
    )
    as_codes: int = Field(
        description="so many of its letters no font has: codes stand for them on paper, and it is signed "
        "only with `as_codes`"
    )


class EndorsementOut(BaseModel):
    """A paraf: it confers no authority."""

    position: str
    officer: str
    at: datetime


class SignedOut(BaseModel):
    """A signature; the case's event of this version has its passport."""

    step: str | None
    officer: str
    at: datetime
    version: int


class HearingOut(BaseModel):
    """When who was burdened was told and heard; `waived`: a reason was given why not."""

    notified_on: date | None
    heard_on: date | None
    waived: bool


class EndedOut(BaseModel):
    """What became of it last: on which ground, by whom, by which instrument. Of one that expired (its
    last day is over) there is none of these; its `corrections` say whether it was corrected before."""

    status: Literal["corrected", "annulled", "revoked", "expired"]
    at: datetime | None = Field(
        description="null: it expired before the day on which that is noted was written down"
    )
    late: bool = Field(
        description="annulled later than five working days after the ground was found"
    )
    ground: AnnulmentGround | None
    by: AnnulledBy | None
    instrument: BasisOut | None
    found_on: date | None
    article: str | None
    hearing: HearingOut | None


class FileSignatureOut(BaseModel):
    """How a product's file is signed electronically. `begun`: the signer has signed, and the case waits
    until the file has it."""

    state: Literal["begun", "signed"]
    begun: SignedOut | None
    certificate: Certificate | None = Field(
        description="of the region's own, of a recognised Indonesian provider, or of nobody on its list"
    )
    level: Literal["B-B", "B-T"] | None = Field(
        description="PAdES: B-T has a time-stamp; null where the service does not say it"
    )


class BearsOut(BaseModel):
    """Which kind of signature a product bears, in the words of its paper."""

    kind: Form
    level: Level | None
    label: NameOut


class CaseProductOut(BaseModel):
    """A product of a case."""

    id: str = Field(description="its public id, as it is printed")
    product: str
    kind: ProductKind
    name: NameOut
    state: ProductState
    number: str | None
    dated: date | None
    valid_until: date | None = Field(
        description="its last day; null: without end, or not issued yet"
    )
    issued_at: datetime | None
    hand_over_due: datetime | None = Field(description="five working days after it was issued")
    handed_over_at: datetime | None
    draft: DraftOut
    endorsements: list[EndorsementOut]
    next_endorser: str | None
    endorsed_before: list[EndorsementOut] = Field(
        description="of a draft: the newest paraf of each position on a text before it, which is void"
    )
    signatures: list[SignedOut]
    signed_before: list[SignedOut] = Field(
        description="the newest signature of each step that a new draft made void; its passport stays in "
        "the event of its version"
    )
    next_signature: str | None = Field(description="the step that signs next")
    corrections: list[SignedOut]
    ended: EndedOut | None
    suspended: SuspendedOut | None = Field(
        description="null: it counts, unless it has ended; its state and its last day stay what they are"
    )
    signature: FileSignatureOut | None = Field(description="null: not signed electronically")
    bears: BearsOut | None = Field(description="null while it is not issued")
    wanted_back: list[WantedBackOut] = Field(
        description="editions that were handed over, count no more, and have not come back"
    )


class BlockOut(BaseModel):
    """A signature block, line by line. `electronic`: the kind of its electronic signature on this file
    (`waiting`: not on it yet); `replaced`: it was given to the text before a correction; null: none."""

    office: list[str]
    officer: list[str]
    at: datetime
    version: int
    scheme: str
    step: str | None
    electronic: BlockForm | None


class GroundOut(BaseModel):
    """A ground."""

    facts: str
    rule: str
    reason: str


class WrittenOut(BaseModel):
    """What the office wrote itself."""

    values: dict[str, str]
    grounds: list[GroundOut]
    relied_on: list[str]


class ContentOut(BaseModel):
    """What is printed, as data."""

    title: NameOut
    region: NameOut
    office: NameOut
    case_number: str
    edition: int
    paragraphs: list[str]
    written: WrittenOut
    signatures: list[BlockOut]


class LastTryOut(BaseModel):
    """When a begun signature was last to be put on the file, why it was not, how many are on it."""

    at: datetime
    outcome: Failure | None
    made: int


class WholeProductOut(CaseProductOut):
    """A product with its content; null for who does not read it, and once the person is erased."""

    content: ContentOut | None
    last_try: LastTryOut | None = Field(description="of a signature that was begun")


class ProductList(BaseModel):
    """The products of a case, in the order in which they were drawn up."""

    items: list[CaseProductOut]
    next_cursor: None
