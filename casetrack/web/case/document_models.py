"""What is taken and told of the documents of a case."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.case.case_people import Standing
from casetrack.domain.case.documents import DocumentStatus
from casetrack.domain.people.stored_files import ScanState
from casetrack.web.case.power_models import PresentIn
from casetrack.web.http.models import DIGEST, NO_NUL, Identifier, NameOut, Taken, absent


class DocumentIn(Taken):
    """A document that the applicant brought. One that is only ticked off needs no name and no hash."""

    requirement: Identifier
    name: Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)] | None = Field(
        default=None,
        description="Of the file. Tidied: invisible marks and needless blanks are left out. Something to "
        "read must be left, on one line (else 422).",
    )
    sha256: Annotated[str, StringConstraints(pattern=DIGEST)] | None = None
    original: bool = Field(
        default=False,
        description="the office holds the applicant's original; it is listed until it goes back",
    )


class ReceivedIn(DocumentIn):
    """A document that comes by itself, and who brought it."""

    present: PresentIn | None = Field(
        default=None,
        description="who stood at the counter; a representative must be allowed `complete`, and their "
        "power must not be over. In a form it is JSON.",
    )


class FileFormIn(ReceivedIn):
    """The same as a form (multipart/form-data), with the file itself."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})] = Field(
        description="PDF, JPEG, PNG or WebP, at most as large as the service says (10 MB where it says "
        "nothing). What it is is read from its first bytes, and it is opened to its end; `sha256`, where "
        "given, must be its hash. Without `name` the file's own name is kept."
    )


class FileOut(BaseModel):
    """The file of a document, for who may read it."""

    type: str = Field(description="the media type, as the file's own bytes say")
    size: int
    scan: ScanState = Field(
        description="what a scanner for viruses said: `not_scanned` is not clean. One that was `found` "
        "afterwards is not given out any more"
    )


class DocumentOut(BaseModel):
    """A document that was brought, or one that is missing."""

    id: str | None = Field(description="null while it is missing")
    requirement: str
    status: DocumentStatus
    name: str | None = Field(
        description="null where none was given, it was erased, or it is not for the reader"
    )
    sha256: str | None
    received_at: datetime | None
    received_by: str | None = Field(
        description="the officer's login; null of what is missing, and of what an older release took in"
    )
    replaced_at: datetime | None
    original: bool = Field(description="the office took in the applicant's original")
    returned_at: datetime | None = Field(description="when the original went back")
    returned_to: Standing | None = Field(description="to whom, where that was said")
    file: FileOut | None = Field(
        description="null where only name and hash were recorded, where it was erased, and for who does "
        "not read this document"
    )


class WaiverOut(BaseModel):
    """A supervisor declared the file complete although these requirements were missing."""

    requirements: list[str]
    by: str
    at: datetime
    reason: str | None = absent("where one case is read; null when it was erased")


class StatusDocumentOut(BaseModel):
    """What was received of the applicant, and what is missing."""

    requirement: str
    name: NameOut
    status: DocumentStatus
    label: NameOut
    received_at: datetime | None
