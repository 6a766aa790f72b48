"""Numbers of products that another register gives: one is of one case of a service, however written.

Products of one case may share a number, as a permit and its card do; and registers of two services know
nothing of each other, so theirs may meet.
"""

from casetrack.domain.case.commands import Act
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.verification import is_same_number, number_key
from casetrack.domain.errors import NotNow
from casetrack.storage.case import product_rows
from casetrack.storage.unit_of_work import UnitOfWork


def hold(uow: UnitOfWork, state: CaseState, act: Act) -> bool:
    """Whether another case of the service has the number that this act brings; held until the commit."""
    said = act.details
    if not isinstance(said, ProductNamed) or said.number is None:
        return False
    # Two who issue with one number at once come one after the other, however they write it.
    uow.lock(state.region, f"product-number/{number_key(said.number)}")
    found = uow.ask(*product_rows.of_number(state.region, said.number))
    same = [row for row in found if is_same_number(said.number, row.printed_number)]
    others = {row.number for row in same} - {state.number}
    return any(_service(number) == _service(state.number) for number in others)


def _service(number: str) -> str:
    """Letters of region and service, with which the numbers of its cases begin."""
    return number.rsplit("-", 3)[0]


def check(known: bool) -> None:
    """Raises NotNow for a number that another case has."""
    if known:
        raise NotNow("number_known", "A product of another case of the service has this number.")
