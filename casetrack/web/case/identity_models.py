"""What is taken and told about who somebody is."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from casetrack.web.http.models import NO_NUL, Taken, Words


class IdentityIn(Taken):
    """Whether a person in the case is the one whom we know by the same NIK."""

    action: Literal["join", "separate"]
    reason: Annotated[Words, StringConstraints(min_length=1, max_length=4000, pattern=NO_NUL)]
