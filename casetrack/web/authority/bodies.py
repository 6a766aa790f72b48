"""What the API takes about authority: papers for the register, conflicts, late entries, annulments."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from casetrack.domain.authority.entries import EntryKind
from casetrack.web.case.models import Identifier, Line, Note, Taken

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


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

    action: Literal["confirm", "discard"]


class EntryOut(BaseModel):
    """One revision of an entry of the register."""

    kind: str
    id: str
    revision: int
    state: str
    entry: dict[str, Any]
    document: dict[str, Any]
    entered_by: str
    confirmed_by: str | None
    drafted_at: str
    confirmed_at: str | None
    superseded_at: str | None
    stream: str
    version: int
    hash: str
    etag: str


class ConflictIn(Taken):
    """A conflict of interest is declared, or the superior lifts it or takes the decision over."""

    action: Literal["declare", "lift", "take_over"]
    officer: Identifier | None = Field(
        default=None, description="whose conflict; declare: nobody named is the caller's own"
    )
    ground: (
        Literal[
            "business",
            "family",
            "party_representative",
            "employed_by_party",
            "recommended",
            "other",
        ]
        | None
    ) = Field(default=None, description="declare: the ground (UU 30/2014 art. 43)")
    position: Identifier | None = Field(
        default=None, description="lift, take_over: the position in which the officer is conflicted"
    )
    as_position: Identifier | None = None
    note: Note | None = None


class LateIn(Taken):
    """A paper of a time without the system: signed then, typed in afterwards, shown as late for ever."""

    step: Identifier
    occurred_at: AwareDatetime
    reason: Literal["power_cut", "network", "system_down", "other"]
    sha256: Digest
    note: Note | None = None


class BasisIn(Taken):
    """The instrument by which a product is corrected, annulled or revoked."""

    number: Line
    dated: date
    issuer: Line | None = None
    sha256: Digest | None = None


class ProductActionIn(Taken):
    """What becomes of a product after the decision (UU 30/2014 art. 63 to 66)."""

    action: Literal["correct", "annul", "revoke"]
    ground: Literal["authority", "procedure", "substance"]
    by: Literal["official", "superior", "court"] = "official"
    instrument: BasisIn
    found_on: date = Field(description="the day on which the ground was found")
    as_position: Identifier | None = None
    note: Note | None = None
