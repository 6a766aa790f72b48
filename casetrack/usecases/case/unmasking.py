"""One party of a case in full, for who sees them masked: with a reason, and written down first."""

from typing import Any

from casetrack.domain.access import OPERATION_ROLES, Actor, require_role
from casetrack.domain.case.case_people import at_the_close
from casetrack.domain.errors import Invalid, NotFound, NotNow
from casetrack.domain.people import contact, visible
from casetrack.domain.people.assignments import Assignment, check_assignment, require_assignment
from casetrack.domain.people.readings import Unmasking
from casetrack.storage.people import case_parties, person_texts, subjects
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.people import readings
from casetrack.usecases.people.corrected_values import marks
from casetrack.usecases.people.parties import parties_of
from casetrack.usecases.people.readings import REASON
from casetrack.usecases.people.sealing import Sealer


def unmask(
    ctx: Context,
    actor: Actor,
    case: Sight,
    role: str,
    reason: str,
    assignment: Assignment | None = None,
) -> dict[str, Any]:
    """The party in full. Reason and look are committed before anything is opened; each time is a look.

    Raises Forbidden and Invalid (role, assignment, a reason that nobody can read), NotFound (nobody
    stands in this role), NotNow (they were erased), DatabaseDown: then nothing is shown.
    """
    require_role(actor, OPERATION_ROLES["unmask_party"])
    require_assignment(actor, assignment)
    words = _tidied(reason)
    region, number = case.state.region, case.state.number
    asked, role = role, at_the_close(case.state, role)
    today = ctx.region(region)[1].local_date(ctx.database.now())
    with ctx.database.write() as uow:
        row = _held(uow, region, number, role)
        check_assignment(assignment, today)
        key = ctx.vault.unwrap(row.wrapped_key or b"", region, row.subject)
        sealer = Sealer(ctx, region, row.subject, key)
        reference = sealer.seal(REASON, words)
        person_texts.put_texts(uow, region, sealer.texts(number))
        said = (assignment.letter, assignment.until) if assignment else ()
        unmasking = Unmasking(asked, reference["text"], *said)
        look = readings.look(ctx, actor, "unmask", [number], words, unmasking)
        readings.write_down(ctx, uow, look)
    party = next(
        each for each in parties_of(ctx, region, [number])[number] if each.row.role == role
    )
    first = case.state.parties
    corrected = marks(ctx, number, region, first, [party.row]).get(role)
    return {
        **party.view("full"),
        "role": asked,
        "kind": first[role]["kind"],
        "channels": list(contact.reachable(party.data or {})),
        "corrected": corrected,
    }


def _tidied(reason: str) -> str:
    try:
        return visible.read(reason, lines=True)
    except ValueError as error:
        # The words stay out of every trace.
        fault = {"at": "reason", "message": str(error)}
        raise Invalid("invalid_body", f"reason: {error}.", errors=[fault]) from None


def _held(uow: UnitOfWork, region: str, number: str, role: str) -> SubjectRow:
    """Who stands in this role, held still, so that no reason stays under a destroyed key."""
    while True:
        party = case_parties.party(uow.connection, region, number, role)
        if party is None:
            raise NotFound("unknown_subject", f"Nobody stands in this case as {role}.")
        row = subjects.lock_subject(uow, region, party.subject)
        now = case_parties.party(uow.connection, region, number, role)
        if now is None or now.subject != party.subject:
            continue  # a supervisor joined or separated them while we waited
        if row is None or row.wrapped_key is None:
            raise NotNow(
                "subject_erased", "The person's data were erased, so there is nothing to unmask."
            )
        return row
