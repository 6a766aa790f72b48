"""The limit of law has passed without a decision: the proof is frozen, and the agencies hear of it."""

from collections.abc import Mapping
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.case.deemed_grant import holders
from casetrack.domain.case.silence import APPLICANT, OUTSIDE, passed_at, pause_owners, proof
from casetrack.domain.case.state import Document
from casetrack.domain.delivery.receivers import (
    AGENCY,
    LIMIT_PASSED,
    OFFICER,
    OFFICER_TOLD_OF_GRANT,
)
from casetrack.domain.events import Event, NewEvent
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import case_events
from casetrack.storage.case.case_rows import CaseRecord
from casetrack.storage.people import officer_addresses, officers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.law_grants import Ready, what_lacks
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact

#: Of a case with more events than these, what comes later is not asked whose its pauses were.
_MOST_EVENTS = 2_000


def of_case(
    ctx: Context,
    uow: UnitOfWork,
    record: CaseRecord,
    definition: ServiceDefinition,
    prepared: Ready | None,
) -> dict[str, Any]:
    """What the notice of a missed limit says of silence; nothing where the service gives it no meaning.
    `missing` is what stands against a grant by law, empty where the law grants.

    The case is locked, so that the proof is of the case as the notice finds it.
    """
    state = record.state
    setting = ctx.setting(definition, state.region, record.revisions.files, record.now)
    ended = passed_at(state, definition, setting.calendar, record.now)
    if ended is None:
        return {}
    owners = pause_owners(_changes(uow, state.region, state.number))
    found = proof(state, setting, ended, record.hash, owners)
    said: dict[str, Any] = {"policy": definition.deemed_grant, "proof": found}
    if prepared is not None:
        said["missing"] = what_lacks(uow, state, definition, prepared)
    return {"silence": said}


def _changes(uow: UnitOfWork, region: str, number: str) -> list[Mapping[str, Any]]:
    rows = case_events.stream_events(uow.connection, region, number, after=0, limit=_MOST_EVENTS)
    return [Event.from_body(row.body).data.get("case", {}) for row in rows]


def tell_agencies(
    ctx: Context, uow: UnitOfWork, record: CaseRecord, data: Mapping[str, Any]
) -> None:
    """`casetrack.agency.limit_passed` for the front office and whoever held the file, in the transaction
    of the notice. The streams are held until the commit, in the order of their names."""
    state, found = record.state, data["silence"]["proof"]
    definition = ctx.definition(state.region, state.service, state.service_version)
    holders = {each["by"] for each in found["held"]} - {APPLICANT, OUTSIDE}
    said = {
        "number": state.number,
        "service": {"id": state.service, "version": state.service_version},
        "due_at": found["due_at"],
        "article": found["article"],
        "held": found["held"],
        "missing": data["silence"].get("missing"),
        "granted": data["silence"].get("missing") == [],
    }
    for agency in sorted({definition.front_office, *holders}):
        stream = f"{AGENCY}{agency}"
        uow.lock(state.region, stream)
        new = NewEvent(LIMIT_PASSED, {**said, "agency": agency})
        append_fact(uow, state.region, stream, new, system(state.region, "clock"))


def tell_overseers(
    uow: UnitOfWork, record: CaseRecord, definition: ServiceDefinition, found: Document
) -> None:
    """`casetrack.officer.told_of_grant` for each auditor, and for the supervisors and heads of the front
    office and of the agencies that held the file, who have an address of their own; in the transaction
    of the grant. `found` is its proof."""
    state = record.state
    concerned = {definition.front_office, *(each["by"] for each in found["held"])}
    rows = officer_addresses.addressed(uow.connection, state.region)
    reached = {row.login for row in rows}
    said = {
        "number": state.number,
        "service": {"id": state.service, "version": state.service_version},
        "due_at": found["due_at"],
        "article": found["article"],
        "held": found["held"],
        "holders": holders(state, definition, found),
    }
    for officer, shut_out in officers.of_region(uow.connection, state.region) if reached else ():
        roles = {*officer.roles}
        oversees = "auditor" in roles or (
            officer.agency in concerned and bool(roles & {"supervisor", "head"})
        )
        if officer.login in reached and oversees and not (officer.disabled or shut_out):
            stream = f"{OFFICER}{officer.login}"
            uow.lock(state.region, stream)
            new = NewEvent(OFFICER_TOLD_OF_GRANT, {**said, "officer": officer.login})
            append_fact(uow, state.region, stream, new, system(state.region, "clock"))
