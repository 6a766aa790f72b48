"""The people of a case as its reader sees them: who stands there, and who stood there before."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.case.case_people import death_of, power_of
from casetrack.domain.case.state import CaseState
from casetrack.domain.people.former_roles import is_former
from casetrack.domain.people.readers import Shown
from casetrack.usecases.people.parties import OpenParty

#: Who stands in a case that was closed whatever ended it.
_THERE_TO_THE_END = ("applicant", "director", "payer")


def people_views(
    state: CaseState,
    parties: Sequence[OpenParty],
    shown: Shown,
    texts: Mapping[str, str],
    corrected: Mapping[str, Any],
) -> dict[str, list[dict[str, Any]]]:
    """`parties` and `former_parties`; why somebody left, and a death, for who reads persons in full.

    `corrected` says of a role when its data were last corrected.
    """
    if shown != "full" and state.status == "closed":
        # A power that ended at the moment of the close would say that its giver died.
        parties = [each for each in parties if each.row.role in _THERE_TO_THE_END]
    return {
        "parties": [
            {**_party(state, each, shown, texts), "corrected": corrected.get(each.row.role)}
            for each in parties
            if not is_former(each.row.role)
        ],
        "former_parties": sorted(
            (
                {**_former(state, each, shown), "corrected": corrected.get(each.row.role)}
                for each in parties
                if is_former(each.row.role)
            ),
            key=lambda view: int(view["role"].rpartition(".")[2]),
        ),
    }


def _party(
    state: CaseState, party: OpenParty, shown: Shown, texts: Mapping[str, str]
) -> dict[str, Any]:
    """Whether somebody is a person or a company is known of the erased, too."""
    role = party.row.role
    view = {**party.view(shown), "kind": state.parties[role]["kind"]}
    power, death = power_of(state), death_of(state)
    if role == "representative" and power is not None:
        view["power"] = {
            "acts": power["acts"],
            "until": power["until"],
            "paper": _paper(power.get("paper"), texts),
        }
    if role == "applicant" and death is not None and shown == "full":
        named = ("status", "day", "by", "at", "confirmed_by", "confirmed_at")
        paper = _paper(death.get("paper"), texts)
        view["death"] = {**{name: death.get(name) for name in named}, "paper": paper}
    return view


def _former(state: CaseState, party: OpenParty, shown: Shown) -> dict[str, Any]:
    said = state.parties[party.row.role]
    return {
        **party.view(shown),
        "kind": said["kind"],
        "was": said["role"],
        "left_at": said["left_at"],
        "why": said["why"] if shown == "full" else None,
    }


def _paper(paper: Mapping[str, Any] | None, texts: Mapping[str, str]) -> dict[str, Any] | None:
    if paper is None:
        return None
    said = json.loads(texts.get(paper.get("text", ""), "{}"))
    return {"dated": paper["dated"], "name": said.get("name"), "sha256": said.get("sha256")}
