"""That a signature waits for somebody: told to its signer, and to the supervisors of their agency.

Each hears it by an event in a stream of their own, which goes to them by mail. It holds ids and codes.
"""

from collections.abc import Iterator
from typing import Literal

from casetrack.domain.access import system
from casetrack.domain.case.electronic_signing import is_issuing, places
from casetrack.domain.case.state import Document
from casetrack.domain.delivery.receivers import OFFICER, OFFICER_SIGNATURE
from casetrack.domain.events import NewEvent
from casetrack.storage.people import officers
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.facts import append_fact

#: Why it waits: trying again helps nothing, the clock has tried often enough, what gave the power is
#: gone, or the service is there and takes only words of the signer's own.
Because = Literal[
    "certificate_expired", "signer_not_registered", "given_up", "no_authority", "your_turn"
]
#: What is told as soon as it is known.
TOLD: tuple[Because, ...] = ("certificate_expired", "signer_not_registered")


def tell(uow: UnitOfWork, case: Sight, product: Document, because: str, made: int = 0) -> None:
    """One event for each of them, in the caller's transaction."""
    region, number = case.state.region, case.state.number
    signer, step = _signer(product, made)
    said = {"number": number, "product": product["id"], "signer": signer, "step": step}
    for login in sorted(set(_hearing(uow, region, signer))):
        stream = f"{OFFICER}{login}"
        uow.lock(region, stream)
        new = NewEvent(OFFICER_SIGNATURE, {"officer": login, **said, "because": because})
        append_fact(uow, region, stream, new, system(region, "clock"))


def _signer(product: Document, made: int) -> tuple[str, str | None]:
    """Whose signature is next, and of which step."""
    marks = places(product)
    mark = marks[min(made, len(marks) - 1)] if is_issuing(product) or made else product["signing"]
    return mark["officer"], mark.get("step")


def _hearing(uow: UnitOfWork, region: str, signer: str) -> Iterator[str]:
    """The signer, and who supervises their agency."""
    known = [each for each, _ in officers.of_region(uow.connection, region) if not each.disabled]
    agency = next((each.agency for each in known if each.login == signer), None)
    for each in known:
        supervises = agency is not None and each.agency == agency and "supervisor" in each.roles
        if each.login == signer or supervises:
            yield each.login
