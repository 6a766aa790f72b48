"""Sealed texts against the HMACs in the events: changed, removed and added ones are found.

What the events cannot prove any more is not asked: once a subject's key is destroyed, nothing is left
to open, and a text that a correction replaced is gone by right.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.events import TYPE_PREFIX, Event
from casetrack.domain.people.erasing import ERASED, Erasing
from casetrack.domain.proof.verdict import Fault, read
from casetrack.storage.people import corrected_texts
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.context import Context
from casetrack.usecases.people import readings
from casetrack.usecases.people.corrected_values import CORRECTED
from casetrack.usecases.people.readings import REASON
from casetrack.usecases.people.sealing import text_context
from casetrack.usecases.proof import people_of_cases
from casetrack.usecases.proof.refold_case import CaseFold, ImportFold, Reference, Row, references

#: A correction may keep what it replaced, until a later event says that it is gone.
REMOVED = TYPE_PREFIX + "subject.old_value_removed"
#: A case was joined to a person, or taken out of theirs: its texts stand under another key since.
GAVE, TOOK = TYPE_PREFIX + "subject.gave_case", TYPE_PREFIX + "subject.took_case"
KEPT_APART = TYPE_PREFIX + "subject.kept_apart"


@dataclass
class Person:
    """A subject's row, the key in it, and what the subject's own stream says of texts."""

    row: Row
    key: bytes | None = None
    #: Texts that corrections brought, and those that a later correction speaks of again.
    brought: dict[str, Reference] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    #: Texts that a correction put aside and a retention keeps.
    kept: set[str] = field(default_factory=set)
    erased: bool = False
    erasing: Erasing = field(default_factory=Erasing)
    #: Cases that were given to another subject: number → event and that subject.
    gave: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Whether the key was destroyed."""
        return self.row["wrapped_key"] is None


class People:
    """The subjects of one batch of cases."""

    def __init__(self, ctx: Context, reader: Reader, region: str, subjects: Iterable[Any]) -> None:
        self._ctx, self._region = ctx, region
        self._reader = reader
        self.found: dict[str, Person] = {}
        wanted = {name for name in subjects if isinstance(name, str)}
        while wanted:
            self._read(sorted(wanted))
            given = {to for p in self.found.values() for g in p.gave.values() for _, to in g}
            # A name that has no row is asked for once.
            wanted = given - self.found.keys() - wanted

    def _read(self, names: Sequence[str]) -> None:
        rows = self._reader.rows("subjects", self._region, "subject", names)
        found = {row["subject"]: self._person(row) for row in rows}
        self.found.update(found)
        streams = [f"subject/{name}" for name in found]
        for stream, body in self._reader.bodies(self._region, streams):
            event = read(body)
            if event is not None:
                _remember(found[stream.partition("/")[2]], event)

    def now(self, subject: str, number: str) -> str:
        """Who stands in the case where this subject stood when it was opened."""
        last = 0
        while person := self.found.get(subject):
            later = [each for each in person.gave.get(number, ()) if each[0] > last]
            if not later:
                break
            last, subject = min(later)
        return subject

    def _person(self, row: Row) -> Person:
        if row["wrapped_key"] is None:
            return Person(row)
        try:
            wrapped = bytes(row["wrapped_key"])
            return Person(row, self._ctx.vault.unwrap(wrapped, self._region, row["subject"]))
        except (ValueError, TypeError):
            return Person(row)

    def genuine(self, person: Person, row: Row, reference: Reference) -> bool:
        """Whether this row holds the text that the reference was made of."""
        text = self.opens(person, row)
        if text is None or person.key is None or row["subject"] != person.row["subject"]:
            return False
        digest = self._ctx.vault.digest(person.key, f"{row['text']}:{text}")
        if row["text"] in person.kept:
            kind = row["kind"] == corrected_texts.KIND and row["review_at"] is not None
        else:
            kind = reference.kind is None or reference.kind == row["kind"]
        return kind and digest == reference.hmac

    def was_typed(self, person: Person, row: Row, digest: Any) -> bool:
        """Whether this row holds what a look keeps the digest of."""
        text = self.opens(person, row) if row["subject"] == person.row["subject"] else None
        return text is not None and readings.typed_digest(self._ctx, self._region, text) == digest

    def opens(self, person: Person, row: Row) -> str | None:
        """The text, if the person's key opens it."""
        try:
            sealed, context = bytes(row["sealed"]), text_context(self._region, row["text"])
            return self._ctx.vault.open(person.key, sealed, context) if person.key else None
        except (ValueError, TypeError):
            return None


def _remember(person: Person, event: Event) -> None:
    person.erasing = person.erasing.then(event)
    if event.type == ERASED:
        person.erased = True
    if event.type == GAVE:
        gave = person.gave.setdefault(str(event.data["number"]), [])
        gave.append((event.id, str(event.data["to"])))
        person.replaced |= set(_strings(event.data["texts"]))
    if event.type == REMOVED:
        person.replaced |= set(_strings(event.data["texts"]))
        person.kept -= person.replaced
    if event.type in (TOOK, KEPT_APART):
        person.brought.update(references(event.data))
    if event.type != CORRECTED:
        return
    brought = dict(references(event.data))
    kept = {str(each["old"]) for each in event.data["replaced"] if each.get("kept")}
    person.kept |= kept
    # An older text that is spoken of again was replaced by this event.
    person.replaced |= {text for text in _strings(event.data) if text not in brought} - kept
    person.replaced |= {text for text in brought if text in person.brought}
    person.brought.update(brought)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def check_cases(
    ctx: Context,
    reader: Reader,
    region: str,
    folds: Mapping[str, CaseFold],
    unproven: Counter[str],
) -> Iterator[Fault]:
    """Texts and parties of these cases, by number; `unproven` counts those of erased persons."""
    numbers = list(folds)
    texts: dict[str, dict[str, Row]] = {number: {} for number in numbers}
    for row in reader.rows("texts", region, "number", numbers):
        texts[row["number"]][row["text"]] = row
    parties: dict[str, list[Row]] = {number: [] for number in numbers}
    for row in reader.rows("parties", region, "number", numbers):
        parties[row["number"]].append(row)
    wanted = {row["subject"] for rows in texts.values() for row in rows.values()}
    owners = {number: _owners(fold) for number, fold in folds.items()}
    wanted |= {name for owner in owners.values() for name in owner.values()}
    reasons: dict[str, dict[str, Row]] = {number: {} for number in numbers}
    for row in reader.unmaskings(region, numbers):
        reasons[row["number"]][row["reason"]] = row
    people = People(ctx, reader, region, wanted)
    for number, fold in folds.items():
        check = _CaseTexts(people, fold, owners[number], texts[number], reasons[number], unproven)
        stand = {role: people.now(name, number) for role, name in owners[number].items()}
        of_rows = people_of_cases.faults(fold, stand, parties[number])
        for kind, detail in [*check.faults(), *of_rows]:
            yield Fault(kind, region, number, fold.state.version if fold.state else None, detail)


def _owners(fold: CaseFold) -> dict[str, str]:
    """Role → subject."""
    parties = fold.state.parties if fold.state else {}
    return {role: str(party.get("subject")) for role, party in parties.items()}


@dataclass
class _CaseTexts:
    people: People
    fold: CaseFold
    owners: Mapping[str, str]
    rows: Mapping[str, Row]
    #: Text → the look that unmasked somebody for this reason.
    reasons: Mapping[str, Row]
    unproven: Counter[str]

    def faults(self) -> Iterator[tuple[str, str]]:
        """Kind and detail of what is wrong."""
        for subject in sorted(set(self.owners.values())):
            if subject not in self.people.found:
                yield "subject", f"there is no subject {subject}"
        for name, reference in self.fold.references.items():
            first = reference.subject or self.owners.get("applicant", "")
            number = self.fold.state.number if self.fold.state else ""
            owner = self.people.found.get(self.people.now(first, number))
            before = self.people.found.get(first)
            why = self._referred(name, reference, owner, before) if owner else None
            if why:
                yield "text", f"text {name} {why}"
        for name, row in self.rows.items():
            if row["kind"] == REASON and name in self.reasons:
                continue
            if name not in self.fold.references and not self._brought(row):
                yield "text", f"text {name} is not the one of any event"
        yield from self._unsaid()

    def _unsaid(self) -> Iterator[tuple[str, str]]:
        """Reasons of looks that are not there, or not as they were given."""
        for name, look in self.reasons.items():
            first = people_of_cases.stood(self.fold.state, str(look["party"]), look["at"])
            number = self.fold.state.number if self.fold.state else ""
            owner, row = self.people.found.get(self.people.now(first, number)), self.rows.get(name)
            if owner is None or owner.gone:
                self.unproven["erased"] += 1
            elif row is None:
                yield "text", f"text {name}, the reason of a look, is not there"
            elif not self.people.was_typed(owner, row, look["query"]):
                yield "text", f"text {name}, the reason of a look, is not the one that was given"

    def _referred(
        self, name: str, reference: Reference, owner: Person, before: Person | None
    ) -> str | None:
        row = self.rows.get(name)
        if owner.gone:
            self.unproven["erased"] += 1
            return "is there although its subject was erased" if row else None
        if row is None:
            gone = owner.replaced | (before.replaced if before else set())
            return None if name in gone else "is not there"
        newest = owner.brought.get(name, reference)
        genuine = self.people.genuine(owner, row, newest)
        return None if genuine else "is not the one that was sealed"

    def _brought(self, row: Row) -> bool:
        """Whether a correction brought it."""
        person = self.people.found.get(row["subject"])
        reference = person.brought.get(row["text"]) if person else None
        return bool(person and reference and self.people.genuine(person, row, reference))


def check_subjects(
    ctx: Context,
    reader: Reader,
    region: str,
    ends: Mapping[str, tuple[int, str]],
    young: Collection[str] = (),
) -> Iterator[Fault]:
    """Subjects' rows against the ends of their streams: subject → version and hash.

    `young` names the columns that no second half has filled yet.
    """
    people = People(ctx, reader, region, ends)
    wanted = [name for person in people.found.values() for name in person.brought]
    there = {row["text"] for row in reader.rows("texts", region, "text", wanted)}
    for subject, (version, digest) in ends.items():
        person = people.found.get(subject)
        for kind, detail in _subject(person, version, digest, there, young):
            yield Fault(kind, region, f"subject/{subject}", version, detail)


def _subject(
    person: Person | None, version: int, digest: str, there: set[str], young: Collection[str]
) -> Iterator[tuple[str, str]]:
    if person is None:
        yield "subject", "its events have no subject's row"
        return
    if (person.row["version"], person.row["hash"]) != (version, digest):
        yield "subject", "its row's version and hash are not those of its last event"
    if person.erased != person.gone:
        yield "subject", "its key and its events do not agree on whether it was erased"
    if person.row["erasing_since"] != person.erasing.waits_since and "erasing_since" not in young:
        yield "subject", "its row does not say what its events say of an erasure that waits"
    for name in person.brought:
        if name not in there and name not in person.replaced and not person.gone:
            yield "text", f"text {name} of a correction is not there"


def check_keys(ctx: Context, reader: Reader, region: str, rows: Sequence[Row]) -> Iterator[Fault]:
    """Subjects' rows by themselves: a key that opens, or an erasure that an event tells of."""
    people = People(ctx, reader, region, [row["subject"] for row in rows])
    for subject, person in people.found.items():
        stream = f"subject/{subject}"
        if person.gone and not person.erased:
            yield Fault("subject", region, stream, None, "its key is gone without an erasure")
        elif not person.gone and person.key is None:
            detail = "its key does not open with this master key: one of the two was changed"
            yield Fault("subject", region, stream, None, detail)
        if person.gone != (person.row["erased_at"] is not None):
            yield Fault("subject", region, stream, None, "its date of erasure does not fit its key")


def check_imports(
    ctx: Context,
    reader: Reader,
    region: str,
    folds: Sequence[ImportFold],
    unproven: Counter[str],
) -> Iterator[Fault]:
    """The sealed resources that imported events refer to."""
    wanted = sorted({name for fold in folds for name in fold.references})
    rows = {row["text"]: row for row in _in_parts(reader, region, wanted)}
    subjects = {reference.subject for fold in folds for reference in fold.references.values()}
    people = People(ctx, reader, region, subjects)
    good: set[tuple[str, Reference]] = set()
    for fold in folds:
        for name, reference in fold.references.items():
            if (name, reference) in good:
                continue
            owner = people.found.get(reference.subject or "")
            row = rows.get(name)
            if owner and owner.gone:
                unproven["erased"] += 1
                continue
            if owner is None or row is None or not people.genuine(owner, row, reference):
                why = f"text {name} is not there or not the one that was sealed"
                yield Fault("text", region, fold.stream, fold.version, why)
            good.add((name, reference))


def _in_parts(reader: Reader, region: str, names: Sequence[str]) -> Iterator[Row]:
    for start in range(0, len(names), 500):
        yield from reader.rows("texts", region, "text", names[start : start + 500])


def check_strays(ctx: Context, reader: Reader, region: str, rows: Sequence[Row]) -> Iterator[Fault]:
    """Texts of no case: only a log's resources may be, and those open under the log's own key."""
    people = People(ctx, reader, region, [row["subject"] for row in rows])
    for row in rows:
        person = people.found.get(row["subject"])
        known = row["kind"] == "resource" and row["subject"].startswith("log")
        if not known or person is None or people.opens(person, row) is None:
            detail = f"text {row['text']} belongs to no case and to no imported log"
            yield Fault("text", region, None, None, detail)
