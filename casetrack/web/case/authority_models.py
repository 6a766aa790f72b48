"""What is taken of conflicts of interest, late papers, and what becomes of a product."""

from typing import Literal

from pydantic import Field

from casetrack.domain.case.transitions import (
    ConflictGround,
    LateReason,
    ProductAction,
)
from casetrack.web.case.product_models import ChangeIn
from casetrack.web.http.models import Digest, Identifier, Line, Moment, Note, Taken


class ConflictIn(Taken):
    """A conflict of interest is declared by the officer concerned or a superior of theirs, reported by
    others, or the superior lifts it or takes the decision over."""

    action: Literal["declare", "report", "lift", "take_over"]
    officer: Identifier | None = Field(
        default=None, description="whose conflict; declare: nobody named is the caller's own"
    )
    ground: ConflictGround | None = Field(
        default=None, description="declare, report: the ground (UU 30/2014 art. 43)"
    )
    article: Line | None = Field(
        default=None, description="lift, take_over: by which article; a note says why"
    )
    position: Identifier | None = Field(
        default=None, description="lift, take_over: the position in which the officer is conflicted"
    )
    as_position: Identifier | None = None
    note: Note | None = None


class LateIn(Taken):
    """A paper of a time without the system: signed then, typed in afterwards, shown as late for ever."""

    step: Identifier | None = Field(
        default=None,
        description="the step that was done; without one it is the hand-over of the case",
    )
    occurred_at: Moment
    reason: LateReason
    sha256: Digest
    note: Note | None = None


class ProductActionIn(ChangeIn):
    """What becomes of a case's only product after the decision (UU 30/2014 art. 63 to 66)."""

    action: ProductAction
    as_position: Identifier | None = None
    note: Note | None = None
