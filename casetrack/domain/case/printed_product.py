"""All that a printed product says, as data: whoever sets it on paper or answers with it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casetrack.domain.authority.signature_block import SignatureBlock
from casetrack.domain.case.electronic_signatures import Bears, BlockForm
from casetrack.domain.service.definition import Name
from casetrack.domain.service.product_words import Written


@dataclass(frozen=True, slots=True)
class PrintedSignature:
    """A signature as it is printed: its block, when, by which event, in which scheme of authority."""

    block: SignatureBlock
    at: str
    version: int
    officer: str
    scheme: str
    step: str | None
    #: The kind of its electronic signature, or that it was given to the text before.
    electronic: BlockForm | None = None


@dataclass(frozen=True, slots=True)
class ProductContent:
    """All that a printed product says. It is made of events and sealed texts only, so the same product
    gives the same content."""

    id: str
    kind: str
    state: str
    name: Name
    number: str | None
    dated: date | None
    valid_until: date | None
    region: Name
    office: Name
    case_number: str
    paragraphs: tuple[str, ...]
    written: Written
    #: In their order; of a corrected product those of its corrections follow.
    signatures: tuple[PrintedSignature, ...]
    #: How often it was drawn up; a correction counts.
    edition: int
    #: Where the office is and when open; None where nobody said.
    counter: Name | None
    #: Who gets a copy.
    copies: tuple[str, ...]
    #: Of the draft that stands: its keyed hash.
    draft: str
    #: When what it says last changed.
    changed_at: datetime
    #: The last day on which it was corrected, and that on which it was annulled, revoked or suspended.
    corrected_on: date | None
    ended_on: date | None
    #: Which kind of signature it bears; None while it is not issued.
    bears: Bears | None = None
    #: How often it was corrected after it was issued.
    corrections: int = 0

    def as_dict(self) -> dict[str, Any]:
        """As an answer holds it."""
        return {
            "title": self.name.as_dict(),
            "region": self.region.as_dict(),
            "office": self.office.as_dict(),
            "case_number": self.case_number,
            "edition": self.edition,
            "paragraphs": list(self.paragraphs),
            "written": self.written.as_dict(),
            "signatures": [
                {
                    **each.block.as_dict(),
                    "at": each.at,
                    "version": each.version,
                    "scheme": each.scheme,
                    "step": each.step,
                    "electronic": each.electronic,
                }
                for each in self.signatures
            ],
        }
