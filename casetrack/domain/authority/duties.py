"""Whose papers an officer keeps, by which entry of the register; who keeps those of a body."""

from collections.abc import Iterator
from datetime import date, timedelta

from casetrack.domain.authority.entries import Registrar
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register

ONE_DAY = timedelta(days=1)


def holds(duty: Registrar, day: date) -> bool:
    """Whether the duty holds on a day by its own words; its instrument is not looked at."""
    signed = duty.letter is None or duty.letter.dated <= day
    return signed and in_force(duty.since, duty.until, day)


def runs(register: Register, duty: Registrar, day: date) -> bool:
    """Whether the duty holds on a day: within its dates, and its paper signed and in force by then."""
    if not holds(duty, day) or duty.instrument is None:
        return holds(duty, day)
    named = register.instrument(duty.instrument)
    return named is not None and named.dated <= day and in_force(named.since, named.until, day)


def running(register: Register, officer: str, day: date) -> Iterator[tuple[Recorded, Registrar]]:
    """The entries by which this officer keeps papers on a day."""
    for recorded, duty in register.duties_of(officer):
        if runs(register, duty, day):
            yield recorded, duty


def bodies_of(register: Register, officer: str, day: date) -> tuple[str, ...]:
    """The agencies whose papers this officer keeps on a day, by the register."""
    return tuple(sorted({duty.agency for _, duty in running(register, officer, day)}))


def days_from(register: Register, first: date) -> list[date]:
    """The first day, and every later one on which a duty may begin or be over, in order."""
    found = {first}
    for _, duty in register.all_of(Registrar):
        named = register.instrument(duty.instrument) if duty.instrument else None
        begin = {duty.since, duty.letter.dated if duty.letter else duty.since}
        found |= begin | ({named.since, named.dated} if named else set())
        ends = (duty.until, named.until if named else None)
        found |= {end + ONE_DAY for end in ends if end is not None and end < date.max}
    return sorted(day for day in found if day >= first)
