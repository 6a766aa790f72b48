"""That a signature waits for somebody: told to its signer, and to the supervisors of their agency.

Each hears it by an event in a stream of their own, which goes to them by mail. It holds ids and codes.
"""

from collections.abc import Iterator
from typing import Literal

from casetrack.domain.access import system
from casetrack.domain.case.electronic_signing import places
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


def tell(uow: UnitOfWork, case: Sight, product: Document, mark: Document, because: str) -> None:
    """One event for each of them, in the caller's transaction; `mark` is the signature that waits."""
    region, signer = case.state.region, mark["officer"]
    said = {
        "number": case.state.number,
        "product": product["id"],
        "signer": signer,
        "step": mark.get("step"),
    }
    for login in sorted(set(_hearing(uow, region, signer))):
        stream = f"{OFFICER}{login}"
        uow.lock(region, stream)
        new = NewEvent(OFFICER_SIGNATURE, {"officer": login, **said, "because": because})
        append_fact(uow, region, stream, new, system(region, "clock"))


def waiting_mark(product: Document, made: int, *, personal: bool) -> Document:
    """The signature that is next: where each gives their own, in their order; else of who began it."""
    marks = places(product)
    begun: Document = product["signing"]
    return marks[made] if personal and made < len(marks) else begun


def _hearing(uow: UnitOfWork, region: str, signer: str) -> Iterator[str]:
    """The signer, and who supervises their agency."""
    known = [each for each, _ in officers.of_region(uow.connection, region) if not each.disabled]
    agency = next((each.agency for each in known if each.login == signer), None)
    for each in known:
        supervises = agency is not None and each.agency == agency and "supervisor" in each.roles
        if each.login == signer or supervises:
            yield each.login
