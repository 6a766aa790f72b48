"""What is taken and told of where an application was taken in."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.web.http.models import QUEUE_NUMBER, Identifier, NameOut, Taken


class AtCounterIn(Taken):
    """At which counter an application is taken in."""

    counter: Identifier | None = Field(
        default=None,
        description="the counter, as GET /agencies lists it (else 422); the receipt names it",
    )
    queue: Annotated[str, StringConstraints(pattern=QUEUE_NUMBER, max_length=16)] | None = Field(
        default=None, description="the applicant's number in the queue"
    )


class CounterOut(BaseModel):
    """A counter of an agency."""

    id: str
    name: NameOut


class VisitOut(BaseModel):
    """Where a case was taken in."""

    id: str | None = Field(description="of a visit for several services; null of one")
    counter: CounterOut | None
    queue: str | None
