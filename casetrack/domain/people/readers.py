"""Who reads what of the persons in a case: all, the name with masks, or nothing; and the masks."""

from typing import Literal

from casetrack.domain.access import CASE_STAFF, REGION_WIDE, Actor, Role

#: `full`: as it was taken down. `masked`: the name, the NIK by its ends, no contact. `nothing`: nobody.
Shown = Literal["full", "masked", "nothing"]

#: Who copies or compares a card and writes to people: at the agency that took the file in.
_COMPARING: tuple[Role, ...] = ("clerk", "supervisor", "head")
_ENDS = 4
_MASK = "*"


def shown_to(actor: Actor, front_office: str) -> Shown:
    """What the actor reads of the persons in a case that they may see, and of its notes.

    Who holds no role that judges cases (an integrator, an administrator) reads nothing, by whichever
    door they came in.
    """
    if not actor.has_role((*CASE_STAFF, *REGION_WIDE)):
        return "nothing"
    compares = actor.agency == front_office and actor.has_role(_COMPARING)
    return "full" if compares else "masked"


def masked_nik(nik: str) -> str:
    """The first and the last four digits; of a number too short for that, nothing but its length."""
    hidden = len(nik) - 2 * _ENDS
    if hidden <= 0:
        return _MASK * len(nik)
    return nik[:_ENDS] + _MASK * hidden + nik[-_ENDS:]


def initials(name: str) -> str:
    """The first letter of each word of a name, for who is to recognise it and not to read it."""
    words = name.partition(",")[0].replace(".", " ").split()
    return " ".join(f"{word[0].upper()}." for word in words)
