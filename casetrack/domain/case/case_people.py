"""The people of a case, as its state keeps them: who stands in which role, by what power, until when.

Who stands in a role no more is kept as `former.1`, `former.2`, …, in the order in which they left it:
the history of the case stays theirs. What is known of a death stands with the applicant.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from casetrack.domain.case.state import CaseState
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import NotNow
from casetrack.domain.people.former_roles import MOST, former_role, is_former

Document = Mapping[str, Any]

#: What a representative may do for the applicant.
PowerAct = Literal["file", "complete", "pay", "collect"]
#: Who may stand at the counter for an application, and how they sign there.
#: An heir is the applicant once they stand in the place of one who died.
Standing = Literal["applicant", "representative", "heir"]
#: Which kind of document says who somebody is; its number is never kept.
IdentityDocument = Literal["ktp", "kk", "sim", "passport", "kitas", "nib", "npwp", "other"]
Signature = Literal["paper", "screen"]
#: How somebody signed for what they got → the name under which the file that shows it is taken in, beside
#: the requirements of every service.
SHOWING: Mapping[Signature, str] = {"paper": "hand_over_slip", "screen": "hand_over_signature"}
PROOFS = frozenset(SHOWING.values())
#: What is done at the counter by who stands there, and what a representative must be allowed for it.
AT_THE_COUNTER: Mapping[str, PowerAct] = {
    "receive_document": "complete",
    "resubmit": "complete",
    "withdraw": "file",
    "hand_over": "collect",
    "hand_over_product": "collect",
    "hand_over_again": "collect",
    "return_papers": "collect",
}
#: Why a representative's power ends, where somebody says so at the counter.
PowerEnd = Literal["withdrawn", "renounced", "died"]
#: Why somebody stands in a role no more; never said outside the house.
Left = Literal[
    "withdrawn",
    "renounced",
    "died",
    "expired",
    "replaced",
    "deceased",
    "director_changed",
    "contact_changed",
]


def next_former(state: CaseState) -> str:
    """The role of who is the next to leave theirs. Raises NotNow where it would not fit."""
    place = 1 + sum(is_former(role) for role in state.parties)
    if place > MOST:
        raise NotNow("status_forbids", "The people of this case have changed too often.")
    return former_role(place)


def kept_as(state: CaseState, role: str, at: str) -> str:
    """The role under which who stood in this one at this moment is kept now."""
    left = [
        (party["left_at"], name)
        for name, party in state.parties.items()
        if is_former(name) and party["role"] == role and party["left_at"] > at
    ]
    # Who left the role first after that moment stood there; nobody left: who stands there still.
    return min(left)[1] if left else role


def at_the_close(state: CaseState, role: str) -> str:
    """The role under which is kept who stood in this one when a death closed the case, else the role
    itself: who asks for a representative finds them, whatever closed it."""
    if role in state.parties or state.status != "closed":
        return role
    for name, party in state.parties.items():
        if is_former(name) and (party["role"], party["why"]) == (role, "deceased"):
            return name
    return role


def death_of(state: CaseState) -> Document | None:
    """What is known of the applicant's death, until heirs stand in their place."""
    found: Document | None = state.parties.get("applicant", {}).get("death")
    return found


def is_dead(party: Document) -> bool:
    """Whether this is somebody who left because they died; a representative's power may end by the death
    of another."""
    return (party.get("role"), party.get("why")) in (
        ("applicant", "deceased"),
        ("representative", "died"),
    )


def _is_succeeded(party: Document) -> bool:
    """Whether heirs stand in the place of this applicant, who died."""
    return (party.get("role"), party.get("why")) == ("applicant", "deceased")


def power_of(state: CaseState) -> Document | None:
    """The representative's power as it was written down; None where it was not, or there is nobody."""
    found: Document | None = state.parties.get("representative", {}).get("power")
    return found


def ends_at(until: date, calendar: Calendar) -> datetime:
    """The moment at which a power with this last day is over, in UTC."""
    return calendar.start_of(until + timedelta(days=1))


def has_last_day(state: CaseState) -> bool:
    """Whether the representative's power ends by itself."""
    return (power_of(state) or {}).get("until") is not None


def power_ends(state: CaseState, calendar: Calendar) -> datetime | None:
    """When the representative's power is over; None where it has no last day."""
    until = (power_of(state) or {}).get("until")
    return None if until is None else ends_at(date.fromisoformat(until), calendar)


def is_power_over(state: CaseState, calendar: Calendar, now: datetime) -> bool:
    """Whether the representative's last day has passed, whether or not it was recorded yet."""
    at = power_ends(state, calendar)
    return at is not None and at <= now


def is_silenced(state: CaseState, role: str) -> bool:
    """Whether nobody in this role is told anything: a director, told as the company; after a report of
    death the applicant, and the representative whose power ends with it."""
    if role == "director":
        return True
    return role in ("applicant", "representative") and death_of(state) is not None


def check_present(
    state: CaseState, action: str, party: Standing, calendar: Calendar, now: datetime
) -> None:
    """Raises NotNow where it is a representative who may not do this, or whose power is over, and while
    it is open who speaks for the applicant.

    A power that was not written down is believed, as it was before there were any.
    """
    if death_of(state) is not None:
        raise _parties_open()
    if party == "heir" and not any(map(_is_succeeded, state.parties.values())):
        raise NotNow("no_heir", "No heir stands in this case in the place of its applicant.")
    if party in ("applicant", "heir"):
        return
    if "representative" not in state.parties or is_power_over(state, calendar, now):
        raise NotNow("no_representative", "Nobody acts for the applicant in this case.")
    power, needed = power_of(state), AT_THE_COUNTER[action]
    if power is not None and needed not in power["acts"]:
        raise NotNow(
            "power_lacks_act",
            f"The representative's power does not say {needed}, which {action} takes.",
            needed=needed,
        )


def check_close(state: CaseState, reason: str | None) -> None:
    """Raises NotNow where a case is to be closed for a death that nobody has confirmed."""
    death = death_of(state)
    if reason == "applicant_deceased" and (death is None or death["status"] != "confirmed"):
        raise NotNow("no_death_open", "No supervisor has confirmed a death in this case.")


#: What may be done while it is open who speaks for the applicant.
_MEANWHILE = ("link", "close", "receive_document")


def check_speaker(state: CaseState, action: str, reason: str | None) -> None:
    """Raises NotNow for an act that needs the applicant while it is open who speaks for them."""
    if death_of(state) is None:
        return
    if action not in _MEANWHILE or (action == "close" and reason != "applicant_deceased"):
        raise _parties_open()


def _parties_open() -> NotNow:
    return NotNow(
        "parties_open",
        "It is to be settled first who speaks for the applicant; the case shows what is open.",
    )
