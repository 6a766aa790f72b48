"""What is wrong with what is said at a hand-over whatever the case has come to."""

from collections.abc import Iterator

from casetrack.domain.case.case_people import AT_THE_COUNTER, SHOWING
from casetrack.domain.case.commands import Act, missing
from casetrack.domain.case.counter_details import Handing
from casetrack.domain.case.documents import document_id
from casetrack.domain.case.party_change import Present
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.errors import Invalid
from casetrack.domain.service.definition import ServiceDefinition

_OUT = ("hand_over", "hand_over_product", "hand_over_again")


def check_handing(state: CaseState, act: Act, definition: ServiceDefinition) -> None:
    """Raises Invalid for what an act at the counter says and does not take, or lacks."""
    said = act.details
    if isinstance(said, Handing):
        for field, why in _faults(state, act.action, said, definition):
            raise _wrong(field, why)
        if act.action == "take_back":
            for name in ("because", "brought_by"):
                if getattr(said, name) is None:
                    raise missing(name, "take_back says so")
    present = said.present if isinstance(said, Handing) else said
    if isinstance(present, Present) and act.action in AT_THE_COUNTER:
        for field, why in _of_proof(state, present):
            raise _wrong(field, why)


Faults = Iterator[tuple[str, str]]


def _faults(state: CaseState, action: str, said: Handing, definition: ServiceDefinition) -> Faults:
    for name in said.misplaced:
        yield name, f"{action} takes none"
    yield from _of_papers(state, action, said)
    sent = said.means not in (None, "counter")
    if said.means is not None and action not in _OUT:
        yield "means", f"{action} takes none"
    if sent and said.means not in definition.sent_by:
        yield "means", "the service does not say that it is sent so"
    if sent and said.present is not None:
        yield "present", "nobody stands at the counter where it is sent"


def _of_papers(state: CaseState, action: str, said: Handing) -> Faults:
    if said.papers and action not in (*_OUT, "return_papers"):
        yield "papers", f"{action} takes none"
    if action == "return_papers" and not said.papers:
        yield "papers", "say which originals go back"
    for place, paper in enumerate(said.papers):
        if not _is_original(state, paper):
            yield f"papers.{place}", "is no original of this case"
    if len(set(said.papers)) < len(said.papers):
        yield "papers", "names one twice"
    if said.papers and said.means == "electronic":
        yield "papers", "no original goes back as a file"


def _is_original(state: CaseState, paper: str) -> bool:
    return any(
        document_id(place) == paper and document.get("original")
        for place, document in enumerate(state.documents)
    )


def _of_proof(state: CaseState, present: Present) -> Faults:
    """What is wrong with the file that is to show the signature."""
    if present.proof is None:
        return
    if present.signature is None:
        yield "present.proof", "say how they signed: paper or screen"
        return
    found = _document(state, present.proof)
    shows = SHOWING[present.signature]
    if found is None or found["requirement"] != shows or "file" not in found:
        yield "present.proof", f"is no file of this case for {shows}"
    elif any(
        (record.get("present") or {}).get("proof") == present.proof
        for record in state.hand_overs
        if not record.get("waits")
    ):
        yield "present.proof", "shows the signature of another hand-over"


def _document(state: CaseState, named: str) -> Document | None:
    return next(
        (each for place, each in enumerate(state.documents) if document_id(place) == named), None
    )


def _wrong(field: str, why: str) -> Invalid:
    return Invalid("invalid_body", f"{field}: {why}.", errors=[{"at": field, "message": why}])
