"""Bodies whose papers wait, today or from a day ahead: fewer than two persons keep them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from casetrack.domain.authority.duties import days_from, runs
from casetrack.domain.authority.entries import Post, Registrar
from casetrack.domain.authority.registrars import ANY_BODY, NEEDED, Keeping


@dataclass(frozen=True, slots=True)
class Few:
    """A body, the first day on which its papers wait, and who keeps them then: one officer or nobody."""

    agency: str
    since: date
    officers: tuple[str, ...]


def bodies(keeping: Keeping) -> set[str | None]:
    """Every agency that papers of this register belong to; None for those that no secretariat keeps."""
    found = {keeping.body(recorded.id, recorded.entry) for recorded in keeping.register.entries}
    found |= {post.agency for _, post in keeping.register.all_of(Post)}
    return found - {ANY_BODY}


def few(keeping: Keeping, days: int) -> Iterator[Few]:
    """Each body with the first day, today or one of the next, on which fewer than two keep its papers."""
    last = keeping.day + timedelta(days=days)
    ahead = [replace(keeping, day=day) for day in days_from(keeping.register, keeping.day)]
    for body in sorted(each for each in bodies(keeping) if each is not None):
        for then in ahead:
            found = then.persons(body)
            if then.day <= last and len(found) < NEEDED:
                yield Few(body, then.day, tuple(sorted(found.values())))
                break


def duties_stopped(now: Keeping, then: Keeping) -> list[str]:
    """The duties of registrars that a paper would stop, by their ids.

    One that would not count today although it does; and all of a body that fewer than two would keep,
    on whichever day: one alone enters nothing that works.
    """
    today, found = now.day, set[str]()
    for recorded, duty in now.register.all_of(Registrar):
        if runs(now.register, duty, today):
            after = then.register.find(Registrar, "registrar", recorded.id)
            same = after and (after.officer, after.agency) == (duty.officer, duty.agency)
            if after is None or not same or not runs(then.register, after, today):
                found.add(recorded.id)
    for day in days_from(then.register, today):
        was, comes = replace(now, day=day), replace(then, day=day)
        for body in {duty.agency for _, duty in now.register.all_of(Registrar)}:
            if len(comes.persons(body)) < NEEDED <= len(was.persons(body)):
                found |= {
                    recorded.id
                    for recorded, duty in now.register.all_of(Registrar)
                    if duty.agency == body and runs(now.register, duty, day)
                }
    return sorted(found)
