"""GET /administration: what was done to accounts, tokens and the region's files. No rules here."""

from datetime import date, datetime
from typing import Literal

from flask import Response
from pydantic import BaseModel

from casetrack.domain.access import Role
from casetrack.usecases.questions.past_administration import past_administration
from casetrack.web.http.call import Call, Route
from casetrack.web.http.cursors import page_response, read_cursor
from casetrack.web.http.models import Day, PageQuery, absent


class AdministrationQuery(PageQuery):
    """Local days, both included; open where they are left out."""

    since: Day | None = None
    until: Day | None = None


class ByOut(BaseModel):
    """Who did it: an administrator, or who runs commands, by their name on that machine."""

    kind: Literal["operator", "officer"]
    id: str
    role: Role = absent("of an administrator")
    agency: str | None = absent("of an administrator")


class AccountPart(BaseModel):
    """Of an account, what became otherwise; of a new one, all."""

    roles: list[Role] = absent()
    agency: str | None = absent()
    positions: list[str] = absent()
    registrar_for: list[str] = absent()
    disabled: bool = absent("by the files or by command")
    shut_out: bool = absent("by command: no load takes it away")


class TokenPart(BaseModel):
    """Of a token, what became otherwise; of a new one, all."""

    officer: str = absent()
    ends_at: datetime | None = absent("null: never")
    revoked: bool = absent()


class ServicePart(BaseModel):
    """Of a published version, the digest of its document as it is stored."""

    sha256: str


class SettingsPart(BaseModel):
    """Of a region's settings, what became otherwise; of its calendar, the digest of its days."""

    letters: str = absent()
    zone: str = absent()
    quiet_hours: dict[str, str] | None = absent()
    head: str | None = absent("the position that is printed without title, rank and NIP")
    number_patterns: list[dict[str, str]] = absent("how products are numbered")
    joined: list[str] = absent("officer and position that one person joins by name")
    secretariat: str | None = absent()
    slip_texts: str = absent("of the region's texts on slips, the digest")
    escalation: dict[str, int | str] = absent("after how many days a missed limit goes up")
    counters: list[str] = absent("where front offices take applications in")
    complaints: str = absent(
        "of who takes complaints in and until when they are answered, the digest"
    )
    places: str = absent("of what its places are called, the digest")
    texts: int = absent("the edition of its own texts of messages; 0: none")
    agencies: list[str] = absent()
    positions: list[str] = absent()
    sha256: str = absent("of the names of region, agencies and positions, or of the days")


class AccountChangeOut(BaseModel):
    """An account; without `before` it is new."""

    login: str
    before: AccountPart = absent()
    after: AccountPart


class TokenChangeOut(BaseModel):
    """A token, by the id that `casetrack token list` shows; without `before` it is new."""

    token: str
    before: TokenPart = absent()
    after: TokenPart


class ServiceChangeOut(BaseModel):
    """A published version, as `id:version`."""

    service: str
    before: ServicePart = absent()
    after: ServicePart


class OfferedOut(BaseModel):
    """A service, and the version that a new case gets; null: it cannot be applied for."""

    service: str
    before: int | None
    after: int | None


class DayChangeOut(BaseModel):
    """A day of the region's own, or one that a decree speaks of."""

    day: date
    working: bool


class FactDataOut(BaseModel):
    """What was done; which fields come, the type says (docs/api.md)."""

    officers: list[AccountChangeOut] = absent()
    tokens: list[TokenChangeOut] = absent()
    services: list[ServiceChangeOut] = absent()
    offered: list[OfferedOut] = absent()
    before: SettingsPart = absent()
    after: SettingsPart = absent()
    added: list[DayChangeOut] = absent()
    removed: list[DayChangeOut] = absent()
    login: str = absent(
        "officer_nik_indexed, officer_invited, password_set, officer_profile_…, registrar_…: whose"
    )
    since: date = absent("officer_profile_entered: from which day it counts")
    agencies: list[str] = absent("registrar_named, registrar_dismissed: whose papers")
    source: str = absent("calendar_loaded by a decree for all regions: what it is called")
    decreed_on: date = absent("calendar_loaded by a decree: when it was signed")
    files: str = absent("of a load: the digest of its files")
    generation: int = absent("treasury_key_made: which secret")
    days: int = absent("treasury_key_made: how long those of before stay valid")


class FactOut(BaseModel):
    """An event of the trace; `position` is null until the relay has numbered it."""

    id: int
    type: str
    stream: str
    version: int
    position: int | None
    occurred_at: datetime
    recorded_at: datetime
    hash: str
    actor: ByOut
    data: FactDataOut


class AdministrationPage(BaseModel):
    """A page of the trace, the newest first."""

    items: list[FactOut]
    next_cursor: str | None


def list_administration(call: Call) -> Response:
    """GET /administration."""
    query = call.query(AdministrationQuery)
    key = read_cursor(query.cursor, int)
    return page_response(
        past_administration(
            call.ctx,
            call.actor.region,
            since=query.since,
            until=query.until,
            before=key[0] if key else None,
            limit=query.limit,
        )
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "list_administration",
        "GET",
        "/administration",
        "What was done to accounts, tokens and the region's files, the newest first",
        list_administration,
        AdministrationPage,
        query=AdministrationQuery,
    ),
)
