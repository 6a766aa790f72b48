"""Who works where: /me, /agencies and /officers. No rules here."""

from datetime import date

from flask import Response
from pydantic import BaseModel, Field

from casetrack.domain.access import Role
from casetrack.domain.authority.entries import IncumbencyForm
from casetrack.domain.region.region_data import AgencyKind
from casetrack.usecases.authority import directory
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import NameOut, PageQuery


class SeatOut(BaseModel):
    """A position in which the officer sits today, by a letter that counts."""

    position: str
    form: IncumbencyForm
    until: date | None


class MeOut(BaseModel):
    """The account behind the token."""

    login: str
    region: str
    roles: list[Role]
    agency: str | None
    registrar_for: list[str]
    seats: list[SeatOut]


class StayOut(BaseModel):
    """A time that an agency has a counter, first and last day included."""

    since: date | None
    until: date | None


class HoursOut(BaseModel):
    """When its counter is open, from a day on, by which rule: `{"mon": "08:00-12:00"}`."""

    since: date
    until: date | None
    basis: str
    week: dict[str, str]


class WorksOut(BaseModel):
    """Working days of its own, from a day on, by which rule: they count for its steps' targets only."""

    since: date
    basis: str
    days: list[str]


class ListedCounterOut(BaseModel):
    """A counter of a front office; without services it takes in all that the agency takes in."""

    id: str
    name: NameOut
    services: list[str]


class ListedAgencyOut(BaseModel):
    """An agency of the region; without stays it is there all the time.

    `stays` are the register's where it has any of this agency. `office`: where it is outside the mall.
    """

    id: str
    name: NameOut
    kind: AgencyKind
    stays: list[StayOut]
    office: NameOut | None
    hours: list[HoursOut]
    works: list[WorksOut]
    counters: list[ListedCounterOut] = Field(description="where it takes applications in")


class AgencyPage(BaseModel):
    """A page of the region's agencies."""

    items: list[ListedAgencyOut]
    next_cursor: str | None


class OfficerOut(BaseModel):
    """An account; `role` is the first of its roles."""

    login: str
    role: Role
    roles: list[Role]
    agency: str | None
    positions: list[str]
    disabled: bool


class OfficerPage(BaseModel):
    """A page of the officers that the caller may know of."""

    items: list[OfficerOut]
    next_cursor: str | None


def read_me(call: Call) -> Response:
    """GET /me."""
    return as_json(directory.own_account(call.ctx, call.actor))


def list_agencies(call: Call) -> Response:
    """GET /agencies."""
    after, limit = _place(call)
    return page_response(directory.agencies(call.ctx, call.actor.region, after=after, limit=limit))


def list_officers(call: Call) -> Response:
    """GET /officers."""
    after, limit = _place(call)
    return page_response(directory.officers_seen(call.ctx, call.actor, after=after, limit=limit))


def _place(call: Call) -> tuple[str, int]:
    query = call.query(PageQuery)
    key = read_cursor(query.cursor, str)
    return (key[0] if key else ""), query.limit


ROUTES: tuple[Route, ...] = (
    Route(
        "read_me",
        "GET",
        "/me",
        "The account behind the token, and where its officer sits today",
        read_me,
        MeOut,
    ),
    Route(
        "list_agencies",
        "GET",
        "/agencies",
        "The agencies of the region",
        list_agencies,
        AgencyPage,
        query=PageQuery,
    ),
    Route(
        "list_officers",
        "GET",
        "/officers",
        "Accounts: of the region for who administers or audits, else of the caller's agency",
        list_officers,
        OfficerPage,
        query=PageQuery,
    ),
)
