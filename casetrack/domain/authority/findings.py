"""Faults of the papers, each with the days on which it shows and the article that it breaks.

The register records what the papers say; here is what is wrong with them. What voids counts for
nothing in a check, by the check's own rules; what is a note is for a person to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from casetrack.domain.authority.accounts import without_text
from casetrack.domain.authority.amendment_check import unrecorded_amendments
from casetrack.domain.authority.change_days import ONE_DAY
from casetrack.domain.authority.day_ranges import Span, minus, overlaps, union
from casetrack.domain.authority.entries import (
    EVERY,
    Amendment,
    Basis,
    EntryKind,
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
from casetrack.domain.authority.faults import EntryRef, Finding, told
from casetrack.domain.authority.first_days import first_day
from casetrack.domain.authority.grant_validity import grant_lives
from casetrack.domain.authority.instruments import reversed_dates
from casetrack.domain.authority.paper_names import paper_name
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import ServiceDefinition

#: SE BKN 2/2019 point 11: a Plt for three months, to be extended by three.
LETTER_MONTHS, ACTING_MONTHS = 3, 6


def findings(
    register: Register,
    services: Sequence[ServiceDefinition],
    officers: Mapping[str, bool] | None,
    since: date,
    until: date,
) -> list[Finding]:
    """Everything that is wrong with the papers on some day from `since` to `until`.

    `officers` says of each login of the region whether the account is live; None asks nothing of
    that. The dates of a finding are those of the fault, also outside the days asked for.
    """
    lives = grant_lives(register, services)
    found = chain(
        lives.findings(register),
        _reversed(register),
        _letters(register, officers),
        _reaching_back(register),
        _two_definitive(register),
        _acting(register),
        _vacant(register, lives.holds),
        _references(register),
        unrecorded_amendments(register),
        _unmatched(register, services),
        _stays(register, services),
        without_text(register),
    )
    shown = [finding for finding in found if _shows(finding, since, until)]
    return sorted(shown, key=lambda f: (f.since or date.min, f.code, f.entries, f.services))


def _shows(finding: Finding, since: date, until: date) -> bool:
    begun = finding.since is None or finding.since <= until
    return begun and (finding.until is None or finding.until >= since)


def _reversed(register: Register) -> Iterator[Finding]:
    """Papers that end before they begin; grants are told with their lives."""
    for recorded in register.entries:
        since, until = (
            getattr(recorded.entry, "since", None),
            getattr(recorded.entry, "until", None),
        )
        if recorded.kind != "grant" and reversed_dates(since, until):
            text = told("dates_reversed", entry=_name(register, recorded))
            yield Finding("dates_reversed", ((recorded.kind, recorded.id),), until, None, text)


def _name(register: Register, recorded: Recorded) -> str:
    return paper_name(register, recorded.kind, recorded.id)


# --- letters --------------------------------------------------------------------------------------


def _span(held: Incumbency) -> Span:
    """The days on which a letter seats somebody."""
    return max(held.since, held.letter.dated), held.until


def _sound(register: Register) -> Iterator[tuple[Recorded, Incumbency]]:
    for recorded, held in register.all_of(Incumbency):
        if not reversed_dates(max(held.since, held.letter.dated), held.until):
            yield recorded, held


def _letters(register: Register, officers: Mapping[str, bool] | None) -> Iterator[Finding]:
    for recorded, held in register.all_of(Incumbency):
        refs: tuple[EntryRef, ...] = (("incumbency", recorded.id),)
        words = {
            "entry": _name(register, recorded),
            "officer": held.officer,
            "position": held.position,
        }
        if ("position", held.position) not in register.by_id:
            yield _letter("position_missing", refs, held, (held.since, held.until), words)
        if held.letter.dated > held.since and not reversed_dates(held.since, held.until):
            last = held.letter.dated - ONE_DAY
            span = held.since, min(last, held.until or last)
            yield _letter("letter_signed_later", refs, held, span, words)
        if officers is not None and not officers.get(held.officer, False):
            code = "officer_disabled" if held.officer in officers else "officer_unknown"
            yield _letter(code, refs, held, (held.since, held.until), words)


def _reaching_back(register: Register) -> Iterator[Finding]:
    """Papers that say that they began before they were signed; letters of appointment are told above, and
    a grant older than its text with the lives of grants."""
    for recorded in register.entries:
        if not isinstance(
            recorded.entry, Instrument | Registrar | Withdrawal | Succession | Renaming
        ):
            continue
        begins = first_day(register, recorded.entry) or recorded.entry.since
        if recorded.entry.since < begins:
            until = getattr(recorded.entry, "until", None)
            last = min(begins - ONE_DAY, until or date.max)
            if not reversed_dates(recorded.entry.since, last):
                text = told("letter_signed_later", entry=_name(register, recorded))
                refs: tuple[EntryRef, ...] = ((recorded.kind, recorded.id),)
                yield Finding("letter_signed_later", refs, recorded.entry.since, last, text)


def _letter(
    code: str, refs: tuple[EntryRef, ...], held: Incumbency, span: Span, words: Mapping[str, str]
) -> Finding:
    return Finding(code, refs, *span, told(code, **words), (), held.position)


def _by_position(
    register: Register, *forms: str
) -> Iterator[tuple[str, list[tuple[Span, tuple[Recorded, Incumbency]]]]]:
    found: dict[str, list[tuple[Span, tuple[Recorded, Incumbency]]]] = defaultdict(list)
    for recorded, held in _sound(register):
        if held.form in forms:
            found[held.position].append((_span(held), (recorded, held)))
    yield from found.items()


def _two_definitive(register: Register) -> Iterator[Finding]:
    for position, letters in _by_position(register, "definitive"):
        for span, (one, held), (other, with_him) in overlaps(letters):
            if held.officer != with_him.officer:
                yield _pair("two_definitive_holders", register, position, span, (one, other))


def _pair(
    code: str, register: Register, position: str, span: Span, letters: tuple[Recorded, ...]
) -> Finding:
    officers = sorted({r.entry.officer for r in letters if isinstance(r.entry, Incumbency)})
    refs: tuple[EntryRef, ...] = tuple(("incumbency", recorded.id) for recorded in letters)
    name = register.name_of(position, span[0]).id
    text = told(code, position=name, officer=" & ".join(officers))
    return Finding(code, refs, *span, text, (), position)


def _acting(register: Register) -> Iterator[Finding]:
    for position, letters in _by_position(register, "definitive", "plt"):
        for span, (one, held), (other, beside) in overlaps(letters):
            if {held.form, beside.form} == {"definitive", "plt"}:
                acting = (one, other) if held.form == "plt" else (other, one)
                yield _pair("acting_beside_definitive", register, position, span, acting[:1])
    for _, letters in _by_position(register, "plt"):
        yield from _too_long(register, letters)


def _too_long(
    register: Register, letters: list[tuple[Span, tuple[Recorded, Incumbency]]]
) -> Iterator[Finding]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for span, (recorded, held) in letters:
        spans[held.officer].append(span)
        late = _months_after(span[0], LETTER_MONTHS)
        if span[1] is None or span[1] >= late:
            text = told(
                "acting_letter_too_long", entry=_name(register, recorded), officer=held.officer
            )
            refs: tuple[EntryRef, ...] = (("incumbency", recorded.id),)
            yield Finding("acting_letter_too_long", refs, late, span[1], text, (), held.position)
    for officer, theirs in spans.items():
        for since, until in union(theirs):
            late = _months_after(since, ACTING_MONTHS)
            if until is None or until >= late:
                letter = [r for s, (r, h) in letters if h.officer == officer and s[0] >= since]
                yield _pair(
                    "acting_too_long", register, letters[0][1][1].position, (late, until),
                    tuple(letter[:1]),
                )  # fmt: skip


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    return day


def _vacant(register: Register, holds: Mapping[str, list[Span]]) -> Iterator[Finding]:
    """Days on which a position held a power and had nobody.

    Counted from its first letter on: what was before that was not yet recorded. A position with no
    letter at all is told from the day of its first power.
    """
    for position, spans in sorted(holds.items()):
        letters = [
            _span(recorded.entry)
            for recorded in register.in_position(position)
            if isinstance(recorded.entry, Incumbency)
        ]
        begin = min((since for since, _ in union(letters)), default=date.min)
        for since, until in minus(spans, letters):
            if until is None or until >= begin:
                first = max(since, begin)
                text = told("vacant", position=register.name_of(position, first).id)
                refs: tuple[EntryRef, ...] = (("position", position),)
                yield Finding("vacant", refs, first, until, text, (), position)


# --- what papers name -----------------------------------------------------------------------------


def _references(register: Register) -> Iterator[Finding]:
    for recorded in register.entries:
        for kind, other in _named(recorded):
            if (kind, other) not in register.by_id:
                since: date | None = getattr(recorded.entry, "since", None)
                code = "position_missing" if kind == "position" else "reference_missing"
                if isinstance(recorded.entry, Replacement) and other == recorded.entry.new:
                    # The old text has given way all the same, and nothing rests on the new one yet.
                    code = "successor_missing"
                text = told(
                    code,
                    entry=_name(register, recorded),
                    other=paper_name(register, kind, other),
                    position=other,
                )
                yield Finding(code, ((recorded.kind, recorded.id),), since, None, text)
        basis = getattr(recorded.entry, "basis", None)
        if isinstance(basis, Basis) and not _has_line(register, recorded, basis):
            yield from _without_line(register, recorded, basis)


def _has_line(register: Register, recorded: Recorded, basis: Basis) -> bool:
    """Whether the line is there; what was done once is done by a line of a text as it was printed."""
    if recorded.kind == "account":
        return register.stages(basis).is_ever
    return register.line(basis) is not None


def _without_line(register: Register, recorded: Recorded, basis: Basis) -> Iterator[Finding]:
    missing = register.instrument(basis.instrument) is None
    code = "instrument_missing" if missing else "line_missing"
    since: date | None = getattr(recorded.entry, "since", None)
    refs: tuple[EntryRef, ...] = ((recorded.kind, recorded.id),)
    yield Finding(code, refs, since, None, told(code, entry=_name(register, recorded)))


def _named(recorded: Recorded) -> list[tuple[EntryKind, str]]:
    """Other entries that an entry cannot do without; letters and grants are told elsewhere."""
    match recorded.entry:
        case Withdrawal() as withdrawal:
            return [("grant", withdrawal.grant)]
        case Replacement() as replacement:
            return [("instrument", replacement.old), ("instrument", replacement.new)]
        case Amendment() as amendment:
            return [("instrument", amendment.old), ("instrument", amendment.new)]
        case Succession() as succession:
            ends = (succession.source, succession.target)
            return [("position", position) for position in ends if position is not None]
        case Renaming() as renaming:
            return [("position", renaming.position)]
        case Post() as post:
            return [("position", s.position) for s in post.superiors if s.position is not None]
    return []


def _unmatched(register: Register, services: Iterable[ServiceDefinition]) -> Iterator[Finding]:
    known = {EVERY, *(service.id for service in services)}
    for recorded, instrument in register.all_of(Instrument):
        lines = [
            line.number
            for line in instrument.lines
            if not line.products and known.isdisjoint(line.services)
        ]
        if lines:
            shown = ", ".join(lines[:5]) + (f" (+{len(lines) - 5})" if len(lines) > 5 else "")
            text = told("line_unmatched", entry=_name(register, recorded), other=shown)
            refs: tuple[EntryRef, ...] = (("instrument", recorded.id),)
            span = instrument.since, instrument.until
            yield Finding("line_unmatched", refs, *span, text)
    for recorded, grant in register.all_of(Grant):
        unknown = tuple(service for service in grant.services if service not in known)
        if unknown:
            text = told("service_unknown", entry=_name(register, recorded))
            span = grant.since, grant.until
            yield Finding("service_unknown", (("grant", recorded.id),), *span, text, unknown)


def _stays(register: Register, services: Iterable[ServiceDefinition]) -> Iterator[Finding]:
    """Agencies that do steps without an agreement, where others have one."""
    stays: dict[str, list[tuple[str, MallStay]]] = defaultdict(list)
    for recorded, stay in register.stays():
        stays[stay.agency].append((recorded.id, stay))
    if not stays:
        return
    working: dict[str, list[str]] = defaultdict(list)
    for service in services:
        for agency in dict.fromkeys(step.agency for step in service.steps):
            working[agency].append(service.id)
    for agency, its in working.items():
        text = told("not_in_mall", other=agency)
        refs: tuple[EntryRef, ...] = tuple(("stay", entry) for entry, _ in stays[agency])
        if not refs:
            yield Finding("not_in_mall", (), None, None, text, tuple(its))
            continue
        spans = [(stay.since, stay.until) for _, stay in stays[agency]]
        begin = min(stay.since for _, stay in stays[agency])
        for span in minus([(begin, None)], spans):
            yield Finding("not_in_mall", refs, *span, text, tuple(its))
