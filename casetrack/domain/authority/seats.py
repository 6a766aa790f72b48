"""Who sits where by a letter that counts: what an account may do is one thing, its seat another."""

from collections.abc import Collection
from datetime import date

from casetrack.domain.authority.entries import Incumbency
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register, incumbency_fault


def seats_on(
    register: Register, position: str, day: date, present: Collection[str] | None = None
) -> list[Recorded]:
    """The letters that seat somebody on a day: none definitive where two officers claim the position."""
    post = register.post(position)
    if post is None or not in_force(post.since, post.until, day):
        return []
    contested = len(register.definitive_on(position, day)) > 1
    return [
        recorded
        for recorded in register.in_position(position)
        if isinstance(held := recorded.entry, Incumbency)
        and incumbency_fault(held, day) is None
        and not (contested and held.form == "definitive")
        and (present is None or held.officer in present)
    ]


def seats_of(register: Register, officer: str, day: date) -> list[tuple[Recorded, Incumbency]]:
    """The letters by which an officer sits somewhere on a day, by position."""
    positions = {
        recorded.entry.position
        for recorded in register.held_by(officer)
        if isinstance(recorded.entry, Incumbency)
    }
    return [
        (recorded, held)
        for position in sorted(positions)
        for recorded in seats_on(register, position, day)
        if isinstance(held := recorded.entry, Incumbency) and held.officer == officer
    ]


def positions_of(register: Register, officer: str, day: date) -> tuple[str, ...]:
    """The positions in which an officer sits on a day."""
    return tuple(dict.fromkeys(held.position for _, held in seats_of(register, officer, day)))


def is_superior(register: Register, upper: str, lower: str, day: date) -> bool:
    """Whether one officer sits above another, in any of their positions."""
    return any(
        register.is_above(above, below, day)
        for below in positions_of(register, lower, day)
        for above in positions_of(register, upper, day)
    )
