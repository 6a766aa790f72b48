"""Links between cases: as a body names them, and as an answer shows them."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.transitions import LinkKind
from casetrack.web.http.models import NO_NUL, Taken


class LinkIn(Taken):
    """Another case to which this one belongs."""

    kind: LinkKind
    number: Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]


class LinkOut(BaseModel):
    """Another case to which this one belongs."""

    kind: LinkKind
    number: str | None = Field(description="null: a case that the caller does not see")


class LinkedFromOut(BaseModel):
    """A case that names this one, and how it belongs to it."""

    kind: LinkKind
    number: str
