"""Verifying a product: what is asked, and what an answer says to anybody."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.electronic_signatures import BlockForm, Form, Level
from casetrack.domain.case.transitions import AnnulledBy
from casetrack.domain.case.verification import CheckWord, Compared, ComparedFile, Validity
from casetrack.domain.service.definition import FactType
from casetrack.web.http.models import DIGEST, NO_NUL, Asked, Line, NameOut, Taken, absent

Word = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
Sha256 = Annotated[str, StringConstraints(pattern=DIGEST)]


class VerificationQuery(Asked):
    """What is in the asker's hands: the check word printed on the product, the SHA-256 of its file."""

    k: Word | None = None
    sha256: Sha256 | None = None


class PrintedNameIn(Taken):
    """The name as it is printed, and the check word without which no name is compared."""

    name: Line
    k: Word | None = None
    sha256: Sha256 | None = None


class IssuerOut(BaseModel):
    """Who issued it."""

    region: NameOut
    office: NameOut


class PublicFactOut(BaseModel):
    """A fact of the case that its service calls public."""

    id: str
    name: NameOut
    type: FactType
    value: int | bool | str
    label: NameOut | None = Field(
        description="what a code is called, as it is printed; null where it has no name"
    )


class SignedOut(BaseModel):
    """Who signed: the office line by line in the form in which it signed, and the officer's name as it is
    printed, null where that is no longer kept."""

    office: list[str]
    name: str | None
    on: date
    electronic: BlockForm | None = Field(
        description="the kind of its electronic signature on the file; `replaced`: it was given to the "
        "text before a correction; null: not signed electronically"
    )


class CertificateOut(BaseModel):
    """Which kind of signature it bears, in the words that are printed on it; `none`: signed outside the
    system or by hand, `by_law`: by nobody, `waiting`: a corrected text that is not signed yet."""

    kind: Form
    level: Level | None = Field(description="PAdES: B-T has the time of an authority")
    label: NameOut


class PrintedOut(BaseModel):
    """What is printed on it, without a word about the applicant."""

    number: str | None
    dated: date | None
    service: NameOut
    product: NameOut
    facts: list[PublicFactOut]
    signatures: list[SignedOut]
    certificate: CertificateOut


class CorrectedOut(BaseModel):
    """How often it was corrected, and since when what stands now stands."""

    times: int
    since: date


class ReplacedOut(BaseModel):
    """The file that was asked about was issued, and is replaced: since when, and by which correction of
    which number and public id."""

    since: date
    correction: int
    number: str | None
    id: str | None


class VerifiedOut(BaseModel):
    """A product as everybody may know of it."""

    issuer: IssuerOut
    validity: Validity
    label: NameOut
    since: date | None = Field(description="the first day on which it was not valid any more")
    by: AnnulledBy = absent("of a suspended one: by whose order")
    valid_until: date | None
    corrected: CorrectedOut | None = Field(description="null where it never was")
    printed: PrintedOut = absent("with the check word")
    replaced: ReplacedOut = absent("with the SHA-256 of a file that was issued before a correction")


class VerificationOut(BaseModel):
    """Whether a product is known, and what became of all that was given. Several products are of one
    number where two regions, or a register outside, gave it twice."""

    known: bool
    products: list[VerifiedOut]
    check_word: CheckWord
    file: ComparedFile
    name: Compared | Literal["needs_check_word"]
    advice: NameOut
