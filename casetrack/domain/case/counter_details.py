"""What is said of what goes over the counter: products out and back, originals back to their owner."""

from dataclasses import dataclass
from typing import Literal

from casetrack.domain.case.case_people import Standing
from casetrack.domain.case.party_change import Present

#: How a product reaches the applicant. By post or electronically only where the service says so.
Means = Literal["counter", "post", "electronic"]
#: Why a product that was handed over comes back: to be corrected or because it was, because it was
#: annulled or revoked, because somebody got it who should not have.
BackBecause = Literal["correction", "ended", "wrong_person"]
#: Who brought it: one of those for whom the case is, or somebody else; or it came by post.
Bringer = Standing | Literal["other", "post"]
#: What was not written down of a hand-over: who came, that they signed, the file that shows it, the
#: power of a representative.
Lack = Literal["present", "signature", "proof", "power"]


@dataclass(frozen=True, slots=True)
class Handing:
    """Of `hand_over`, `confirm_hand_over` and `return_papers`, and of a product's `take_back`."""

    present: Present | None = None
    means: Means | None = None
    #: The one product that it is about; nobody named: all of the case.
    product: str | None = None
    #: The applicant's originals that go back with it, by the ids of their documents.
    papers: tuple[str, ...] = ()
    because: BackBecause | None = None
    brought_by: Bringer | None = None
    #: Whether who confirms is the person who handed over, by another account.
    same_officer: bool = False
    #: What was said beside and does not belong to the act.
    misplaced: tuple[str, ...] = ()
