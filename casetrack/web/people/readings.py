"""The handlers of /readings: who looked at personal data. For auditors."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from casetrack.domain.access import Role
from casetrack.domain.people.reading_findings import MANY, MANY_UNMASKED, FindingKind
from casetrack.domain.people.readings import OF_COMPLAINTS, Kind
from casetrack.usecases.case.complaint_views import numbers_seen
from casetrack.usecases.people import readings
from casetrack.usecases.people.reading_findings import findings
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor, read_moment
from casetrack.web.http.models import Asked, Day, Identifier, NameOut, PageQuery
from casetrack.web.people.person_models import AnyRole

FirstDay = Annotated[Day | None, Field(alias="from", description="local day, included")]
LastDay = Annotated[Day | None, Field(alias="to", description="local day, included")]


class ReadingsQuery(PageQuery):
    """Of which officer, on which days."""

    officer: Identifier | None = None
    first: FirstDay = None
    last: LastDay = None


class LookFindingsQuery(Asked):
    """Of which days: by default the last seven, at most 31."""

    first: FirstDay = None
    last: LastDay = None


class UnmaskingOut(BaseModel):
    """Who was read in full, why, and under which assignment."""

    party: AnyRole
    reason: str | None = Field(description="null once the person's data were erased")
    letter: str | None = Field(description="the number of a letter of assignment")
    until: date | None = Field(description="its last day")


class ReadingOut(BaseModel):
    """One look at personal data: at a case, a page of a list, a search, a print, an export, or at a
    party in full."""

    id: str
    at: datetime
    officer: str
    role: Role | Literal["system"]
    agency: str | None
    kind: Kind
    cases: list[str] = Field(
        description="the cases that were seen; of looks at complaints those that the caller reads"
    )
    query: str | None = Field(
        description="of a search and of a reason: a keyed digest of what was typed; equal words have "
        "equal digests"
    )
    unmasking: UnmaskingOut | None = Field(description="of the kind unmask")


class ReadingPage(BaseModel):
    """Looks at personal data, the newest first."""

    items: list[ReadingOut]
    next_cursor: str | None


class LookFindingOut(BaseModel):
    """A look that somebody should ask about; it accuses nobody."""

    kind: FindingKind
    said: NameOut = Field(description="what is strange about it, in words")
    at: datetime
    officer: str
    role: Role
    agency: str | None
    look: str = Field(description="the id of the look among the readings")
    cases: list[str]


class LookFindingPage(BaseModel):
    """All findings of these days, in the order of time."""

    items: list[LookFindingOut]
    next_cursor: None


#: (Bahasa Indonesia, English)
STRANGE: Mapping[FindingKind, tuple[str, str]] = {
    "not_concerned": (
        "Membuka berkas yang tidak melibatkan instansinya",
        "Opened a case in which their agency has no step",
    ),
    "own_case": ("Membuka berkasnya sendiri", "Opened their own case"),
    "colleague": (
        "Membuka berkas seorang rekan dari instansi yang sama",
        "Opened the case of a colleague of the same agency",
    ),
    "many_cases": (
        f"Membuka sedikitnya {MANY} berkas dalam satu jam",
        f"Opened at least {MANY} cases within an hour",
    ),
    "many_unmasked": (
        f"Membaca data lengkap orang pada sedikitnya {MANY_UNMASKED} berkas dalam satu jam",
        f"Read a person in full in at least {MANY_UNMASKED} cases within an hour",
    ),
}


def list_reading_findings(call: Call) -> Response:
    """GET /readings/findings."""
    query = call.query(LookFindingsQuery)
    found = findings(call.ctx, call.actor.region, query.first, query.last)
    items = [{**item, "said": _said(item["kind"])} for item in found]
    return as_json({"items": items, "next_cursor": None})


def _said(kind: FindingKind) -> dict[str, str]:
    own, english = STRANGE[kind]
    return {"id": own, "en": english}


def list_case_readings(call: Call) -> Response:
    """GET /cases/{number}/readings."""
    query = call.query(PageQuery)
    state = call.sight.state
    return page_response(
        readings.of_case(
            call.ctx,
            state.region,
            state.number,
            before=_before(query),
            limit=query.limit,
        )
    )


def list_readings(call: Call) -> Response:
    """GET /readings."""
    query = call.query(ReadingsQuery)
    page = readings.of_region(
        call.ctx,
        call.actor.region,
        officer=query.officer,
        first=query.first,
        last=query.last,
        before=_before(query),
        limit=query.limit,
    )
    _hide_complaints(call, page.items)
    return page_response(page)


def _hide_complaints(call: Call, looks: Sequence[dict[str, Any]]) -> None:
    """Of looks at complaints only the numbers of those that the caller reads: others are not there."""
    of_complaints = [look for look in looks if look["kind"] in OF_COMPLAINTS]
    numbers = [number for look in of_complaints for number in look["cases"]]
    seen = numbers_seen(call.ctx, call.actor, numbers)
    for look in of_complaints:
        look["cases"] = [number for number in look["cases"] if number in seen]


def _before(query: PageQuery) -> tuple[datetime, str] | None:
    key = read_cursor(query.cursor, str, str)
    return (read_moment(key[0]), key[1]) if key else None


ROUTES: tuple[Route, ...] = (
    Route(
        "list_case_readings",
        "GET",
        "/cases/{number}/readings",
        "Who looked at the personal data of a case",
        list_case_readings,
        ReadingPage,
        query=PageQuery,
    ),
    Route(
        "list_readings",
        "GET",
        "/readings",
        "Who looked at personal data",
        list_readings,
        ReadingPage,
        query=ReadingsQuery,
    ),
    Route(
        "list_reading_findings",
        "GET",
        "/readings/findings",
        "Looks at personal data that somebody should ask about",
        list_reading_findings,
        LookFindingPage,
        query=LookFindingsQuery,
    ),
)
