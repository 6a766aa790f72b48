"""Numbers of products that another register gives: none is on two products of a region."""

from casetrack.domain.case.commands import Act
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.errors import NotNow
from casetrack.storage.case import product_rows
from casetrack.storage.unit_of_work import UnitOfWork


def hold(uow: UnitOfWork, region: str, act: Act) -> bool:
    """Whether another product has the number that this act brings; it is held until the commit."""
    said = act.details
    if not isinstance(said, ProductNamed) or said.number is None:
        return False
    # Two who issue with one number at once come one after the other.
    uow.lock(region, f"product-number/{said.number}")
    return bool(uow.ask(*product_rows.of_number(region, said.number)))


def check(known: bool) -> None:
    """Raises NotNow for a number that another product has."""
    if known:
        raise NotNow("number_known", "Another product of the region has this number.")
