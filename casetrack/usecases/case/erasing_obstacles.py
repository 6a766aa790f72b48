"""What stands against erasing somebody today: an auditor's hold, their cases, running retention."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from casetrack.domain.access import Actor, may_see
from casetrack.domain.case.bills import payable
from casetrack.domain.case.products import valid_ones
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.people.erasing import Erasing, Obstacle
from casetrack.domain.service.definition import GRANTING_KINDS, concerned_agencies
from casetrack.storage.case import queries
from casetrack.storage.people import case_parties
from casetrack.storage.people import subjects as rows
from casetrack.usecases.case.complaint_sight import reader
from casetrack.usecases.context import Context
from casetrack.usecases.people.retention import kept_until, retention_of, today
from casetrack.usecases.people.subjects import Person


def against(
    ctx: Context, connection: Any, person: Person, now: Erasing, actor: Actor | None
) -> Iterator[Obstacle]:
    """Everything that is known of.

    A case of no concern to the actor stands against it as well, and is not named; the operator (no
    actor) reads all.
    """
    if now.hold is not None:
        yield Obstacle("held", now.hold)
    row = rows.subject(connection, person.region, person.subject)
    parties = case_parties.parties_of_subject(connection, person.region, person.subject)
    numbers = sorted({party.number for party in parties})
    states = [
        found.state for each in numbers if (found := queries.case(connection, person.region, each))
    ]
    named = {state.number for state in states if actor is None or _may_see(ctx, actor, state)}
    if row is not None and row.identity_question:
        yield Obstacle(
            "identity_open", ", ".join(each for each in numbers if each in named) or None
        )
    if any(
        each.state.state != "closed"
        for each in reader(ctx, connection, person.region).of_subject(person.subject)
    ):
        # Which one is not said: who decides about erasing may be whom it complains of.
        yield Obstacle("complaint_open")
    for state in states:
        yield from _of_case(ctx, state, is_named=state.number in named)


def _may_see(ctx: Context, actor: Actor, state: CaseState) -> bool:
    definition = ctx.definition(state.region, state.service, state.service_version)
    return may_see(actor, concerned_agencies(definition))


def _of_case(ctx: Context, state: CaseState, *, is_named: bool) -> Iterator[Obstacle]:
    if state.status in OPEN_CASE:
        yield Obstacle("case_open", state.number if is_named else None)
        return
    for product in valid_ones(state, GRANTING_KINDS):
        end = product["valid_until"]
        last = date.fromisoformat(end) if end else None
        yield Obstacle("product_valid", state.number if is_named else None, last)
    if any(payable(state)):
        yield Obstacle("bill_open", state.number if is_named else None)
    retention, until = retention_of(ctx, state), kept_until(ctx, state)
    if retention is not None and until is not None and until >= today(ctx, state.region):
        about = f"{retention.basis} ({state.number})" if is_named else None
        yield Obstacle("retention", about, until)
