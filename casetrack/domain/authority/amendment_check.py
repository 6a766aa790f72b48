"""What may be wrong with an amendment: by itself, against the text that it changes, or left out."""

import re
from collections.abc import Iterator

from casetrack.domain.authority.amended_lines import LineNow, changed
from casetrack.domain.authority.entries import EVERY, Amendment, Basis, Instrument, LineChange
from casetrack.domain.authority.faults import EntryRef, Finding, told
from casetrack.domain.authority.paper_names import paper_name
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Problem

#: "Perubahan atas …", "Perubahan Ketiga atas …": how a text says that it amends (UU 12/2011, annex II).
_AMENDS = re.compile(r"\bperubahan(?: \w+)? atas\b", re.IGNORECASE)


def shape_fault(amendment: Amendment) -> Problem | None:
    """That it changes nothing, changes itself, or says one thing and its contrary."""
    if amendment.old == amendment.new:
        return Problem(
            ("new",), "a text does not amend itself", "name the text that amends in 'new'"
        )
    if amendment.ordinal < 1:
        return Problem(("ordinal",), "is no place in a row", "give 1 for the first amendment")
    if not amendment.changes:
        cure = "name each line that changes, with what it adds and removes"
        return Problem(("changes",), "it changes nothing", cure)
    seen = set[str]()
    for place, change in enumerate(amendment.changes):
        fault = _change_fault(change, change.line in seen)
        if fault is not None:
            return Problem(("changes", place, *fault.at), fault.message, fault.cure)
        seen.add(change.line)
    return None


def _change_fault(change: LineChange, again: bool) -> Problem | None:
    says = change.adds or change.removes or change.number or change.text
    if again:
        return Problem(
            ("line",), f"{change.line!r} is there twice", "say it once, with all changes"
        )
    if change.struck and says:
        return Problem(("struck",), "a line that is struck has no words left", "leave the rest out")
    if not change.struck and not says:
        return Problem((), "changes nothing", "give adds, removes, struck, number or text")
    both = sorted({*change.adds} & {*change.removes})
    if both:
        return Problem(("removes",), f"adds and removes {both[0]!r}", "say one of the two")
    return None


def amendment_fault(register: Register, entry_id: str, amendment: Amendment) -> Problem | None:
    """What does not fit the earlier text as it reads by then; `register` may hold the amendment."""
    new = register.instrument(amendment.new)
    if new is not None and amendment.since < new.dated:
        cure = f"begin on {new.dated} or later"
        return Problem(("since",), "the text that amends was not signed by then", cure)
    if register.instrument(amendment.old) is None:
        return None  # told where names are looked for
    for other in register.amends(amendment.old):
        if other != entry_id:
            base = register.find(Amendment, "amendment", other)
            cure = f"name {base.old!r} in 'old'" if base else "name the text that was amended first"
            return Problem(("old",), "is an amendment itself", cure)
    for place, change in enumerate(amendment.changes):
        fault = _fits(_before(register, entry_id, amendment, change.line), change)
        if fault is not None:
            return Problem(("changes", place, *fault.at), fault.message, fault.cure)
    return None


def _before(register: Register, entry_id: str, amendment: Amendment, line: str) -> LineNow:
    """The line as the amendments before this one left it."""
    now = LineNow(register.line(Basis(amendment.old, line)))
    first = register.amended_from(amendment) or amendment.since
    order = first, amendment.ordinal, entry_id
    for each in register.amendments_of(amendment.old):
        if each.recorded.id != entry_id and each.order < order:
            for change in each.entry.changes:
                now = changed(now, change) if change.line == line else now
    return now


def _fits(now: LineNow, change: LineChange) -> Problem | None:
    if now.line is None:
        if change.struck or change.removes:
            cure = "name a line of the earlier text by its id"
            return Problem(("line",), f"there is no line {change.line!r} then", cure)
        if change.number is None or change.text is None:
            cure = "give 'number' and 'text' of a new line, or name one that is there"
            return Problem(("line",), f"there is no line {change.line!r} then", cure)
        return None
    for service in change.removes:
        if not now.names(service):
            cure = "name services that the line gives"
            return Problem(("removes",), f"the line does not give {service!r} then", cure)
    if change.removes and EVERY in change.removes:
        return Problem(("removes",), "takes everything", "write struck: true for the whole line")
    return None


def unrecorded_amendments(register: Register) -> Iterator[Finding]:
    """Texts that amend by their title, with no amendment recorded; and gaps in a row of amendments."""
    amending = {amendment.new for _, amendment in register.all_of(Amendment)}
    for recorded, text in register.all_of(Instrument):
        if recorded.id not in amending and is_amending(text):
            refs: tuple[EntryRef, ...] = (("instrument", recorded.id),)
            said = told("amendment_unknown", entry=paper_name(register, "instrument", recorded.id))
            yield Finding("amendment_unknown", refs, text.dated, text.until, said)
    there = {(amendment.old, amendment.ordinal) for _, amendment in register.all_of(Amendment)}
    for recorded, amendment in register.all_of(Amendment):
        if any((amendment.old, before) not in there for before in range(1, amendment.ordinal)):
            name = paper_name(register, "amendment", recorded.id)
            said = told("amendment_gap", entry=name, other=str(amendment.ordinal))
            gap: tuple[EntryRef, ...] = (("amendment", recorded.id),)
            yield Finding("amendment_gap", gap, amendment.since, None, said)


def is_amending(text: Instrument) -> bool:
    """Whether a text says by its title that it amends another."""
    return _AMENDS.search(text.title) is not None
