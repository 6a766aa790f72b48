"""The rows of a case's people against its events: who stands where, who is told nothing, until when."""

from collections.abc import Iterator, Mapping, Sequence

from casetrack.domain.case.case_people import is_silenced, kept_as, power_ends
from casetrack.domain.case.state import CaseState
from casetrack.domain.events import instant
from casetrack.usecases.proof.refold_case import CaseFold, Row


def faults(
    fold: CaseFold, stand: Mapping[str, str], rows: Sequence[Row]
) -> Iterator[tuple[str, str]]:
    """Kind and detail of what is wrong; `stand` is role → subject, whoever was joined since."""
    if {row["role"]: row["subject"] for row in rows} != dict(stand):
        yield "party", "the rows of the parties do not name the persons that the events name"
    state = fold.state
    if state is None:
        return
    for row in rows:
        role = row["role"]
        if bool(row["silenced"]) != is_silenced(state, role):
            yield "party", f"the events do not say so of whether the {role} is told"
        if row["until"] != _until(fold, role):
            yield "party", f"the power of the {role} is over at another time than the events say"


def _until(fold: CaseFold, role: str) -> str | None:
    state, calendar = fold.state, fold.place.calendar
    if role != "representative" or state is None or calendar is None:
        return None
    at = power_ends(state, calendar)
    return instant(at) if at else None


def stood(state: CaseState | None, role: str, at: str) -> str:
    """The subject who stood in this role at this moment, by the events; nobody is empty."""
    if state is None:
        return ""
    party = state.parties.get(kept_as(state, role, at), {})
    return str(party.get("subject", ""))
