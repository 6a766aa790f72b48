"""The rows of a case's people after an act on them, and what becomes of messages that wait for them."""

from collections.abc import Mapping
from dataclasses import replace

from casetrack.domain.case.case_people import death_of, is_silenced
from casetrack.domain.case.state import CaseState
from casetrack.domain.events import parse_instant
from casetrack.domain.people.former_roles import is_former
from casetrack.storage.delivery import ended_parties
from casetrack.storage.people import case_parties
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.unit_of_work import UnitOfWork

#: Why somebody left of which they hear themselves: another hand may have done it.
_HEAR_OF_IT = ("contact_changed", "director_changed", "replaced")


def follow(
    uow: UnitOfWork, before: CaseState, after: CaseState, new: Mapping[str, PartyRow]
) -> None:
    """Bring rows and deliveries to what the state says; `new` are rows of who comes, by role."""
    region, number = after.region, after.number
    held = {row.role: row for row in case_parties.parties_of_case(uow.connection, region, number)}
    wanted = {role: _row(after, role, held, new) for role in after.parties}
    for role in held.keys() - wanted.keys():
        case_parties.drop_party(uow, region, number, role)
    for role, row in wanted.items():
        if held.get(role) != row:
            case_parties.put_party(uow, region, row)
    death, was = death_of(after), death_of(before)
    # As the report says it, so that what it ended is known by this moment when it is lifted.
    now = parse_instant(death["at"]) if death and not was else uow.time(None)
    over = [role for role in before.parties if _is_over(before, after, role)]
    if over:
        ended_parties.end(uow, region, number, over, now)
    back = [r for r in before.parties if is_silenced(before, r) and not _changed(before, after, r)]
    back = [role for role in back if not is_silenced(after, role)]
    if back and was:
        ended_parties.restore(uow, region, number, back, parse_instant(was["at"]), now)


def _row(
    after: CaseState, role: str, held: Mapping[str, PartyRow], new: Mapping[str, PartyRow]
) -> PartyRow:
    said = after.parties[role]
    if is_former(role) and role not in held:
        # The row, not the event: it may have been corrected, joined or separated since.
        row, hears = held[said["role"]], said["why"] in _HEAR_OF_IT
        channels = row.channels if hears else ()
        version = after.version if hears else None
        return replace(row, role=role, channels=channels, until=None, silenced=False, hears=version)
    row = new.get(role) or held[role]
    return replace(row, silenced=is_silenced(after, role))


def _is_over(before: CaseState, after: CaseState, role: str) -> bool:
    """Whether who stood in the role is told nothing any more; a corrected contact is the same person."""
    if is_former(role) or is_silenced(before, role):
        return False
    return is_silenced(after, role) or _changed(before, after, role)


def _changed(before: CaseState, after: CaseState, role: str) -> bool:
    then, now = before.parties[role], after.parties.get(role)
    return now is None or now["subject"] != then["subject"]
