"""What an act about a product says beside the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casetrack.domain.case.transitions import AnnulledBy, SuspensionGround
from casetrack.domain.service.product_words import Written


@dataclass(frozen=True, slots=True)
class Basis:
    """The instrument by which a product is corrected, annulled or revoked; the hash is hex."""

    number: str
    dated: date
    issuer: str | None = None
    sha256: str | None = None

    def as_data(self) -> dict[str, Any]:
        """What the event keeps."""
        said = {
            "number": self.number,
            "dated": self.dated.isoformat(),
            "issuer": self.issuer,
            "sha256": self.sha256,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ProductDrafting:
    """Of `draft`: which product of the definition, and what the office writes in it itself."""

    product: str
    written: Written = field(default_factory=Written)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Of a step's `refuse`: what the letter of refusal says in the office's words."""

    written: Written


@dataclass(frozen=True, slots=True)
class ProductNamed:
    """Of `endorse`, `sign`, `issue`, `open_file` and `expire`: which product of the case.

    `draft` is the hash of the draft that the officer saw. Of `issue` also its day, its number where that
    comes from outside, and until when it is valid where the officer says so.
    """

    product: str
    draft: str | None = None
    dated: date | None = None
    number: str | None = None
    valid_until: date | None = None
    #: What was said beside and does not belong to the act.
    misplaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A product's file with all its signatures: of which begun signature (its version), what the event
    keeps of the file, and its hash and key, which are sealed."""

    product: str
    begun: int
    kept: Mapping[str, Any]
    words: str = ""


@dataclass(frozen=True, slots=True)
class SignedFiles:
    """Of `complete_signature`: the files that a step's signature was the last to come to; without a step
    that of a correction, or of what is issued by itself."""

    step: str | None
    files: tuple[MadeFile, ...]
    #: Who began it, where somebody else completes it: the clock, or the last who signs what was issued.
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether who is burdened was told and heard first (UU 30/2014 art. 46 and 47); `why_not` is the
    reason where they were not."""

    notified_on: date | None = None
    heard_on: date | None = None
    why_not: str | None = None

    def as_data(self) -> dict[str, Any]:
        """What the event keeps: days, and that there is a reason; its words are sealed."""
        return {
            "notified_on": self.notified_on.isoformat() if self.notified_on else None,
            "heard_on": self.heard_on.isoformat() if self.heard_on else None,
            "waived": self.why_not is not None,
        }


@dataclass(frozen=True, slots=True)
class ProductOrder:
    """Of `suspend` and `reinstate`: by whose order, in which document, and of a suspension on which
    ground; a court needs none. A superior says by which article."""

    by: AnnulledBy
    instrument: Basis
    product: str
    ground: SuspensionGround | None = None
    article: str | None = None
    #: What was said beside and does not belong to the act.
    misplaced: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What the event keeps."""
        said = {"ground": self.ground, "by": self.by, "article": self.article}
        told = {name: value for name, value in said.items() if value is not None}
        return {**told, "instrument": self.instrument.as_data()}
