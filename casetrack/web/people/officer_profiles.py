"""How an officer is printed below what they sign: read and entered by administrators. No rules here."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.usecases.case.unprinted_letters import letter_warnings
from casetrack.usecases.people import officer_profiles
from casetrack.usecases.people.officer_profiles import Known
from casetrack.usecases.people.retention import today
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.models import NO_NUL, Day, Line, Taken, WarningOut, absent

Digits = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=NO_NUL)]


class ProfileIn(Taken):
    """How an officer is printed from a day on; what counted from the same day is replaced."""

    since: Day | None = Field(default=None, description="the first day; by default today")
    name: Line = Field(description="with titles, as it is printed")
    plain_name: Line | None = Field(
        default=None, description="without titles: so a head of region is printed"
    )
    rank: Line | None = None
    nip: Digits | None = Field(default=None, description="18 digits")
    nik: Digits | None = Field(
        default=None,
        description="16 digits; only a keyed index is kept, which who signs is compared with",
    )


class DatedProfileOut(BaseModel):
    """How they are printed from a day on."""

    since: date
    name: str
    plain_name: str | None
    rank: str | None
    nip: str | None


class OfficerProfileOut(BaseModel):
    """How they are and were printed, oldest first; of the NIK, whether its index is kept."""

    login: str
    nik_known: bool
    items: list[DatedProfileOut]
    warnings: list[WarningOut] = absent("In the answer to a write: unprinted letters.")


def find_officer(call: Call) -> Known:
    """Raises NotFound before the role is looked at."""
    return officer_profiles.known(call.ctx, call.actor.region, call.params["login"])


def read_profile(call: Call) -> Response:
    """GET /officers/{login}/profile."""
    return as_json(_document(call.found))


def put_profile(call: Call) -> Response:
    """PUT /officers/{login}/profile."""
    body, login = call.body(ProfileIn), call.params["login"]
    since = body.since or today(call.ctx, call.actor.region)
    printed = Profile(body.name, body.plain_name, body.rank, body.nip)
    entered = DatedProfile(login, since, printed)
    done = officer_profiles.put_by_administrator(
        call.ctx, call.actor, entered, body.nik, call.repeatable
    )
    view = _document(find_officer(call))
    written = [("name", body.name), ("plain_name", body.plain_name), ("rank", body.rank)]
    if warnings := letter_warnings(call.ctx, written):
        view["warnings"] = warnings
    digest = hashlib.sha256(json.dumps(view, default=str).encode()).hexdigest()
    return call.answer(replace(done, view=view, etag=f'"{digest[:16]}"'))


def _document(found: Known) -> dict[str, object]:
    items = [{"since": each.since, **each.profile.as_dict()} for each in found.profiles]
    return {"login": found.login, "nik_known": found.nik_known, "items": items}


_PATH = "/officers/{login}/profile"
ROUTES: tuple[Route, ...] = (
    Route(
        "read_officer_profile",
        "GET",
        _PATH,
        "How an officer is and was printed below what they sign",
        read_profile,
        OfficerProfileOut,
        find=find_officer,
    ),
    Route(
        "put_officer_profile",
        "PUT",
        _PATH,
        "Enter how an officer is printed from a day on",
        put_profile,
        OfficerProfileOut,
        body=ProfileIn,
        writes=True,
        find=find_officer,
    ),
)
