"""Regulations that a newer one probably replaces, though no paper says so yet.

Who enters the new regulation of a city first, and what it replaces weeks later, is warned from the first
day on. Nothing rests on this but a line of the radar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casetrack.domain.authority.amendment_check import is_amending
from casetrack.domain.authority.entries import EVERY, Basis, Grant, Instrument, Replacement
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register


@dataclass(frozen=True, slots=True)
class LikelySuccessor:
    """The old instrument, the new one with its first day, and the services that it leaves out."""

    old: str
    new: str
    day: date
    left_out: frozenset[str]

    def as_if(self, register: Register) -> Register:
        """The register in which the replacement had been entered."""
        paper = Replacement(self.old, self.new, self.day)
        cite = Cite("", 0, "")
        return Register((*register.entries, Recorded("replacement", self.new, paper, cite)))


def likely_successors(register: Register, first: date, last: date) -> Iterator[LikelySuccessor]:
    """Those whose first day lies between these, both included.

    An instrument probably replaces another of the same form by which powers were passed on, if both name
    a service in common; unless a paper says what either replaces, or what replaces it. What amends leaves
    the rest.
    """
    said = [replacement for _, replacement in register.all_of(Replacement)]
    replaced, replacing = {one.old for one in said}, {one.new for one in said}
    carrying = _carrying(register) - replaced
    instruments = [(recorded.id, entry) for recorded, entry in register.all_of(Instrument)]
    for new_id, new in instruments:
        day = max(new.since, new.dated)
        if new_id in replacing or not first <= day <= last or _leaves_rest(register, new_id, new):
            continue
        for old_id, old in instruments:
            if old_id in carrying and old.form == new.form and _runs_into(old, day):
                named = _named(register, old_id, old, day)
                kept = _named(register, new_id, new, day)
                if named & kept and named - kept:
                    yield LikelySuccessor(old_id, new_id, day, named - kept)


def _leaves_rest(register: Register, new_id: str, new: Instrument) -> bool:
    return bool(register.amends(new_id)) or is_amending(new)


def _runs_into(old: Instrument, day: date) -> bool:
    return old.since < day and (old.until is None or old.until >= day)


def _named(register: Register, text: str, instrument: Instrument, day: date) -> frozenset[str]:
    """The services of its lines, as they read on the day."""
    amended = (c.line for each in register.amendments_of(text) for c in each.entry.changes)
    found = set[str]()
    for line in {*(line.id for line in instrument.lines), *amended}:
        now = register.line_on(Basis(text, line), day)
        found.update(s for s in (now.line.services if now.line else ()) if s not in now.without)
    return frozenset(found - {EVERY})


def _carrying(register: Register) -> set[str]:
    """The instruments on which a power that was passed on rests."""
    return {
        basis.instrument
        for _, grant in register.all_of(Grant)
        if grant.giver is not None
        for basis in grant.basis
    }
