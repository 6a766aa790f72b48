"""What of a case only those read who read its persons in full: a death, why somebody left, why it closed.

Nothing is left out only where there was a death: then what is missing would tell it. So no close says
why, and a pause looks like any other, whoever entered it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.case.transitions import PARTY_ACTIONS

Document = Mapping[str, Any]

_CLOSED = "casetrack.case.closed"
#: Of a death nobody is told, and whoever is told of every other pause and close would miss these.
_UNTOLD_OF_DEATHS = frozenset({"casetrack.case.paused", "casetrack.case.resumed", _CLOSED})
#: Events by which people come: what they bring is read. In others a change of people is not told of.
_NAMING = ("casetrack.case.opened", "casetrack.case.parties_changed")
#: What is read of who stands in a role, or stood there.
_PARTY = ("kind", "subject", "text", "hmac", "role", "power", "came_at", "left_at")
#: Of a change of the case; a new access code, or none, stands in every report of a death.
_OF_CASE = ("closed_reason", "access_digest")


def is_kept_back(event_type: str, data: Document) -> bool:
    """Whether words that were written with this event are only for who reads persons in full."""
    return event_type == _CLOSED or "party" in data


def without_withheld(event_type: str, data: Document) -> dict[str, Any]:
    """The data of an event for who reads persons masked, or not at all."""
    kept = {name: each for name, each in data.items() if name != "party"}
    if event_type == _CLOSED:
        kept.pop("reason", None)
    if kept.get("action") in PARTY_ACTIONS:
        del kept["action"]  # of a refused one
    if isinstance(kept.get("note"), Mapping):
        # Whose key seals it is said only of an act on the people.
        kept["note"] = {name: each for name, each in kept["note"].items() if name != "subject"}
    if isinstance(kept.get("case"), Mapping):
        kept["case"] = _case(event_type, kept["case"])
    return without_heirs(kept)


#: Where it stands who came to the counter: of an event, of a record, of an original that went back.
_CAME = ("party", "brought_by", "returned_to")
_WITH_RECORDS = ("present", "hand_overs", "documents")


def without_heirs(said: Document) -> dict[str, Any]:
    """The same with an heir at the counter as the applicant, in whose place they stand: that one came
    tells of a death."""
    return {
        name: _without_heir(each)
        if name in _WITH_RECORDS
        else "applicant"
        if name in _CAME and each == "heir"
        else each
        for name, each in said.items()
    }


def _without_heir(said: Any) -> Any:
    if isinstance(said, Mapping):
        return without_heirs(said)
    if isinstance(said, list | tuple):
        return [_without_heir(each) for each in said]
    return said


def without_withheld_messages(messages: Sequence[Document]) -> list[dict[str, Any]]:
    """What the parties were told, for who reads persons masked: of no case about a pause or its end."""
    seen: list[dict[str, Any]] = []
    for message in messages:
        types = [each for each in message["types"] if each not in _UNTOLD_OF_DEATHS]
        if types and message["state"] != "cancelled":
            seen.append({**message, "types": types})
    return seen


def _case(event_type: str, change: Document) -> dict[str, Any]:
    kept = without_heirs({name: each for name, each in change.items() if name not in _OF_CASE})
    if event_type not in _NAMING:
        kept.pop("parties", None)
    elif isinstance(kept.get("parties"), Mapping):
        kept["parties"] = {
            role: {name: party[name] for name in _PARTY if name in party}
            for role, party in kept["parties"].items()
        }
    return kept
