"""What two officers decide is decided by two persons: several accounts of one person are one."""

from casetrack.domain.errors import NotNow
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import UnitOfWork


def check_second(uow: UnitOfWork, region: str, first: str, second: str) -> None:
    """Raises NotNow where the second account is the first's person."""
    people = officers.persons(uow.connection, region)
    if people.get(first, first) == people.get(second, second):
        raise NotNow("second_officer", "Who proposed it does not confirm it; another officer does.")
