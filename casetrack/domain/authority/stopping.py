"""What a paper would take away that works today: its second officer says so in so many words.

It stops what works by the register as it stands, on that day, and not by the register with the paper.
An end from today on is ordinary and asked of nobody. A second definitive holder is not ordinary, on
whichever day: neither could sign then.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from casetrack.domain.authority.chain import fault_of
from casetrack.domain.authority.entries import (
    EVERY,
    Amendment,
    Entry,
    Grant,
    Incumbency,
    Instrument,
    MallStay,
    Post,
    Replacement,
    Succession,
    Withdrawal,
)
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import seats_on
from casetrack.domain.errors import NotNow


def stops(
    now: Register,
    then: Register,
    entry: Entry,
    before: Entry | None,
    strategic: Mapping[str, bool],
    today: date,
) -> list[str]:
    """The ids of letters, stays and grants that would stop, in order.

    `then` is the register with the entry, in place of the one that stood there `before`; `strategic`
    says it of each service of the catalogue.
    """
    found = set[str]()
    if isinstance(entry, Incumbency) or (isinstance(entry, Post) and before is not None):
        found |= _unseated(now, then, today)
    if isinstance(before, MallStay):
        found |= set(_left(now, then, today))
    day = _day_of_powers(entry, before, today)
    if day is not None:
        found |= set(_powerless(now, then, strategic, day))
    return sorted(found)


def check_stops(found: Collection[str], said: Collection[str]) -> None:
    """Raises NotNow with what would stop, unless the officer named exactly that."""
    if found and set(found) != set(said):
        raise NotNow(
            "stops_what_works",
            f"This would stop what works today: {', '.join(found)}. Who means it sends the same "
            "action with these ids as stops.",
            stops=list(found),
        )


def _day_of_powers(entry: Entry, before: Entry | None, today: date) -> date | None:
    """The day on which powers are compared; None where such a paper takes none away.

    A replacement that spares older cases silences its new text until its first day comes.
    """
    match entry:
        case Withdrawal() | Succession():
            return today if entry.since < today else None
        case Amendment():
            return today if before is not None or entry.since < today else None
        case Replacement():
            return today - timedelta(days=1) if entry.since == today else today
        case Grant() | Instrument() | Post():
            return today if before is not None else None
    return None


# --- letters --------------------------------------------------------------------------------------


def _unseated(now: Register, then: Register, today: date) -> set[str]:
    seated, kept = _seated(now, today), _seated(then, today)
    gone = {letter for letter, seat in seated.items() if kept.get(letter) != seat}
    return gone | set(_contested(now, then, today))


def _positions(register: Register) -> set[str]:
    return {held.position for _, held in register.all_of(Incumbency)}


def _letters_on(register: Register, position: str, day: date) -> Iterator[tuple[str, Incumbency]]:
    """The letters by which somebody holds a position on a day."""
    for recorded in seats_on(register, position, day):
        if isinstance(recorded.entry, Incumbency):
            yield recorded.id, recorded.entry


def _seated(register: Register, day: date) -> dict[str, tuple[str, str, str]]:
    """Each letter that works on a day: who sits where by it, and in which form."""
    return {
        letter: (held.officer, position, held.form)
        for position in _positions(register)
        for letter, held in _letters_on(register, position, day)
    }


def _contested(now: Register, then: Register, today: date) -> Iterator[str]:
    """Definitive letters that would meet a second one on a day, today or later, on which they work."""
    for position in _positions(then):
        days = {
            max(today, held.since, held.letter.dated)
            for recorded in then.in_position(position)
            if isinstance(held := recorded.entry, Incumbency)
        }
        for day in days:
            if len(then.definitive_on(position, day)) > 1:
                for letter, held in _letters_on(now, position, day):
                    if held.form == "definitive":
                        yield letter


def _left(now: Register, then: Register, today: date) -> Iterator[str]:
    """Stays that run today and would not."""
    for recorded, stay in now.stays():
        after = then.find(MallStay, "stay", recorded.id)
        if in_force(stay.since, stay.until, today) and not (
            after and after.agency == stay.agency and in_force(after.since, after.until, today)
        ):
            yield recorded.id


# --- powers ---------------------------------------------------------------------------------------


def _powerless(
    now: Register, then: Register, strategic: Mapping[str, bool], day: date
) -> Iterator[str]:
    for recorded, grant in now.all_of(Grant):
        worked = set(_gives(now, recorded.id, grant, strategic, day))
        after = then.find(Grant, "grant", recorded.id)
        kept = set(_gives(then, recorded.id, after, strategic, day)) if after else set()
        if not worked <= kept:
            yield recorded.id


def _gives(
    register: Register, grant_id: str, grant: Grant, strategic: Mapping[str, bool], day: date
) -> Iterator[tuple[object, ...]]:
    """What a grant gives on a day: action, service, to whom, within which bounds."""
    recorded = register.by_id["grant", grant_id]
    for service in strategic if EVERY in grant.services else grant.services:
        holder, _ = register.moved(grant.receiver, service, grant.since, day)
        for action in grant.actions:
            matter = Matter(
                action, service, day, strategic=strategic.get(service, False), bounded=False
            )
            if fault_of(register, recorded, grant, matter) is None:
                yield action, service, holder, grant.bounds
