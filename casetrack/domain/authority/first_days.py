"""From which day on a paper works: never before it was signed; and papers that could work on no day.

A paper that reaches back heals nothing: it works from the day on which it was signed, and the days before
are a finding. One that would be over before it begins is not taken as a first paper under its id; as a
revision it says that what stands there counts for nothing.
"""

from collections.abc import Iterator
from datetime import date

from casetrack.domain.authority.amendment_check import amendment_fault
from casetrack.domain.authority.entries import (
    Amendment,
    Entry,
    Grant,
    Incumbency,
    Instrument,
    MallStay,
    Post,
    Registrar,
    Renaming,
    Replacement,
    Succession,
    Withdrawal,
)
from casetrack.domain.authority.instruments import reversed_dates
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Problem


def first_day(register: Register, entry: Entry) -> date | None:
    """The first day on which a paper may work: the later of its begin and of the day of its signature."""
    days = [getattr(entry, "since", None), *_signed(register, entry)]
    return max((day for day in days if day is not None), default=None)


def _signed(register: Register, entry: Entry) -> Iterator[date | None]:
    """The days on which the papers behind an entry were signed, or came into force."""
    match entry:
        case Instrument():
            yield entry.dated
        case Incumbency():
            yield entry.letter.dated
        case Registrar():
            yield entry.letter.dated if entry.letter else None
            yield from _text(register, entry.instrument)
        case Withdrawal() | Succession() | Renaming():
            yield from _text(register, entry.basis.instrument)
        case Amendment():
            yield from _text(register, entry.new)


def _text(register: Register, instrument: str | None) -> Iterator[date]:
    text = register.instrument(instrument) if instrument is not None else None
    if text is not None:
        yield from (text.dated, text.since)


def days_fault(register: Register, entry_id: str, entry: Entry) -> Problem | None:
    """Why a paper could work on no day, gives way to what was not signed yet, or changes lines that are
    not there; None where it may."""
    match entry:
        case Replacement():
            new = register.instrument(entry.new)
            if new is not None and entry.since < new.dated:
                cure = f"begin on {new.dated} or later"
                return Problem(("since",), "the new text was not signed by then", cure)
        case Amendment():
            return amendment_fault(register, entry_id, entry)
        case Instrument():
            return _over(register, entry) or _line_over(entry)
        case Registrar():
            return _over(register, entry) or _text_over(register, entry)
        case Incumbency() | Grant() | Post() | MallStay():
            return _over(register, entry)
    return None


def _over(
    register: Register, entry: Incumbency | Grant | Post | MallStay | Instrument | Registrar
) -> Problem | None:
    begins = first_day(register, entry)
    if reversed_dates(begins, entry.until):
        cure = f"it works from {begins} on: end it then or later, or leave 'until' out"
        return Problem(("until",), "it ends before it begins to work", cure)
    return None


def _line_over(text: Instrument) -> Problem | None:
    for place, line in enumerate(text.lines):
        begins = max(text.dated, text.since, line.since or date.min)
        if reversed_dates(begins, line.until) or reversed_dates(begins, text.until):
            cure = f"it works from {begins} on: end it then or later, or leave 'until' out"
            return Problem(("lines", place), "it ends before it begins to work", cure)
    return None


def _text_over(register: Register, duty: Registrar) -> Problem | None:
    text = register.instrument(duty.instrument) if duty.instrument is not None else None
    if text is not None and reversed_dates(first_day(register, duty), text.until):
        cure = "name one that is in force, or a letter"
        return Problem(("instrument",), "this text is over before the duty begins", cure)
    return None
