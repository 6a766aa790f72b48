"""Somebody is erased without asking anybody: for tests about what is left afterwards."""

from casetrack.usecases.people import subjects
from casetrack.usecases.people.subjects import Person
from tests.support.world import World


def erase(world: World, person: Person, reason: str = "subject_request") -> int:
    """Gives how many texts went."""
    with world.database.write() as uow:
        return subjects.erase(uow, person, subjects.lock(uow, person), reason)
