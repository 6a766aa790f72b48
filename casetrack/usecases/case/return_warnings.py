"""What stands against one combined return: reviewers who have not spoken yet, defects that nobody was
told."""

from collections.abc import Iterator, Sequence

from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import ACTION_KINDS, OPEN_STEP
from casetrack.domain.service.definition import ServiceDefinition

_SILENT = {
    "id": "belum menyampaikan hasil pemeriksaannya; kekurangan yang ditemukannya kemudian memerlukan "
    "pengembalian kedua oleh supervisor",
    "en": "has not spoken yet; what it finds later takes a second return, by a supervisor",
}
_SECOND = {
    "id": "tidak disebut pada pengembalian pertama; supervisor yang mengirimnya dengan send_return",
    "en": "was not named in the first return; a supervisor sends it, with send_return",
}
_UNTOLD = {
    "id": "menemukan kekurangan yang belum diberitahukan kepada pemohon; kirim dengan send_return",
    "en": "found a defect of which the applicant was not told yet; send it with send_return",
}

Warning = dict[str, object]


def return_warnings(
    action: str, state: CaseState, definition: ServiceDefinition
) -> Sequence[Warning]:
    """The warnings of a step's return, of the return to the applicant, and of what came back; none for
    other acts. `state` is the case as it is now."""
    unsent = [defect for defect in state.defects if not defect["sent"]]
    if action in ("return", "send_return"):
        late = {defect["requirement"] for defect in unsent} - set(state.returned_requirements)
        second = sorted(late) if state.returns else ()
        return [
            *(_warning(f"steps.{step}", _SILENT) for step in _silent(state, definition)),
            *(_warning(f"requirements.{each}", _SECOND) for each in second),
        ]
    if action == "resubmit":
        steps = sorted({str(defect["step"]) for defect in unsent})
        return [_warning(f"steps.{step}", _UNTOLD) for step in steps]
    return ()


def _silent(state: CaseState, definition: ServiceDefinition) -> Iterator[str]:
    """The open steps that may still find a defect."""
    for step in definition.steps:
        if step.kind in ACTION_KINDS["return"] and state.steps[step.id].status in OPEN_STEP:
            yield step.id


def _warning(at: str, words: dict[str, str]) -> Warning:
    return {"at": at, "message": words["en"], "said": dict(words)}
