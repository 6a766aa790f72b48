"""What is known of a case: the fold of its events (folding.py), one row, whose JSON is read here.

Two releases may run on one database for a while. A key that this release does not know is one that a
newer release keeps: it stands in `more`, goes through the fold and is written back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar

from casetrack.domain.case.case_clock import Clock, clock_in_row, read_clock

Document = dict[str, Any]
Level = TypeVar("Level", "CaseState", "StepState")


@dataclass(frozen=True)
class StepState:
    """One step of this case. `version` is the stream version that last touched it: its ETag."""

    status: str = "waiting"
    assignee: str | None = None
    result: str | None = None
    ready_at: str | None = None
    ended_at: str | None = None
    due_at: str | None = None
    clock: Clock | None = None
    #: What it was before the case was paused.
    before_pause: str | None = None
    #: How often a repeatable step was completed.
    times: int = 0
    version: int = 0
    more: Document = field(default_factory=dict)

    @classmethod
    def from_document(cls, document: Document) -> "StepState":
        """The state that a step's JSON in the row holds, of this release or of another one.

        A key that is missing says nothing: a later release leaves those out.
        """
        made = object.__new__(cls)
        values = made.__dict__
        values.update(_SILENT_STEP)
        values.update(_known(_STEP_KEYS, document))
        if values["clock"] is not None:
            values["clock"] = read_clock(values["clock"])
        return made


@dataclass(frozen=True)
class CaseState:
    """The whole case, one row. Times are RFC 3339 text, so that the row is its own JSON."""

    number: str
    region: str
    service: str
    service_version: int
    status: str = "submitted"
    outcome: str = "none"
    waiting_for: str | None = None
    opened_at: str = ""
    declared_complete_at: str | None = None
    due_at: str | None = None
    calendar: str | None = None
    clock: Clock | None = None
    #: The case's time limit as it applies to this case: {"value", "unit"}; an extension changes it.
    limit: Document | None = None
    extended_by: str | None = None
    #: Why the clock stands still, while it does.
    pause_reason: str | None = None
    holder: str = ""
    held_since: str = ""
    closed_reason: str | None = None
    access_digest: str = ""
    facts: Document = field(default_factory=dict)
    parties: Document = field(default_factory=dict)
    #: In the order in which they came, replaced ones too: requirement, when and by whom received, when
    #: replaced; of one that came with a name or a hash also the reference to these.
    documents: tuple[Document, ...] = ()
    #: Found and not yet sent to the applicant, and sent and not yet answered.
    defects: tuple[Document, ...] = ()
    #: Requirements that were returned before: naming another one later takes a supervisor.
    returned_requirements: tuple[str, ...] = ()
    returns: int = 0
    #: Declared conflicts of interest: officer, ground, status, who lifted it or took over.
    conflicts: tuple[Document, ...] = ()
    #: Papers of a time without the system: step, when, why, hash of the scan, who admitted them.
    late: tuple[Document, ...] = ()
    #: What became of the product after the decision: corrected, annulled or revoked, and by what.
    product: Document | None = None
    #: A supervisor waived required documents: which, by whom, when, why.
    waiver: Document | None = None
    #: Other cases that this one belongs to: kind and number.
    links: tuple[Document, ...] = ()
    #: What comes out of the case, in the order in which it was drawn up (domain/case/products.py).
    products: tuple[Document, ...] = ()
    #: In the order in which they were issued, cancelled ones too: what is paid, with which code, until
    #: when, how it stands, and of a confirmed one the reference of its payment.
    bills: tuple[Document, ...] = ()
    #: What went over the counter, in its order: products out and back, originals back to their owner.
    hand_overs: tuple[Document, ...] = ()
    #: What other registers answered, each the newest of its fact: yes, no or no answer, of which day.
    external: tuple[Document, ...] = ()
    #: Of a case that the law grants because nobody decided: article, day, whose days it was, and what a
    #: check afterwards found.
    deemed: Document | None = None
    #: Of an objection or an appeal: which decision of which case it is about (domain/case/reviews.py).
    review: Document | None = None
    #: The pauses for causes that the service limits: reason, from, until.
    pauses: tuple[Document, ...] = ()
    #: What another issued in a system of its own, as an officer noted it: issuer, number, day.
    issued_elsewhere: Document | None = None
    #: Of one that was sent back: its last day, how many days before it the applicant is still to be told,
    #: and when next (domain/case/lapses.py).
    lapse: Document | None = None
    #: What its steps promised to look at outside, with day and hours, oldest first.
    inspections: tuple[Document, ...] = ()
    #: Where it was taken in: counter, number in its queue, visit; each may be null.
    visit: Document | None = None
    #: What was put right after it had been entered: which facts, when, by whom, who asked for it, why.
    corrections: tuple[Document, ...] = ()
    steps: dict[str, StepState] = field(default_factory=dict)
    version: int = 0
    more: Document = field(default_factory=dict)

    def to_document(self) -> Document:
        """The row's JSON. It shares what the state holds: change neither."""
        document = _written(self, _CASE, ADDED)
        document["steps"] = {
            name: _written(step, _STEP, ADDED_TO_STEPS) for name, step in self.steps.items()
        }
        return document

    @classmethod
    def from_document(cls, document: Document) -> "CaseState":
        """The state that a row's JSON holds, of this release or of another one; see of a step's."""
        values = case_values(document)
        values["steps"] = {
            name: StepState.from_document(step) for name, step in document["steps"].items()
        }
        return cls(**values)


#: Kept as lists in JSON.
_LISTS = (
    *("documents", "defects", "returned_requirements", "conflicts", "late", "links"),
    *("products", "bills", "hand_overs", "external", "pauses", "inspections", "corrections"),
)
#: Fields that came after the first release: left out while they say nothing, so that rows and events
#: written before are what they would be written as now.
ADDED: Document = {
    "conflicts": (),
    "late": (),
    "product": None,
    "waiver": None,
    "links": (),
    "products": (),
    "bills": (),
    "hand_overs": (),
    "external": (),
    "deemed": None,
    "review": None,
    "pauses": (),
    "visit": None,
    "issued_elsewhere": None,
    "corrections": (),
    "lapse": None,
    "inspections": (),
}
ADDED_TO_STEPS: Document = {}


def _written(level: "CaseState | StepState", shape: "Shape", added: Document) -> Document:
    """A level of the row's JSON, with what a newer release keeps in it."""
    values = shape.values(level)
    for name, default in added.items():
        if values[name] == default:
            del values[name]
    clock = level.clock
    if clock is not None:
        values["clock"] = clock_in_row(clock)
    values.update(level.more)
    return values


class Shape:
    """The fields of a level by name, read all at once: one by one they cost half of a decision."""

    def __init__(self, kind: type, without: Iterable[str] = ()) -> None:
        self.names = tuple(f.name for f in fields(kind) if f.name not in {"more", *without})
        self.of = attrgetter(*self.names)

    def values(self, level: Any) -> Document:
        """Its fields by name."""
        return dict(zip(self.names, self.of(level), strict=True))

    def changed(self, before: Any, after: Any) -> Iterator[tuple[str, Any]]:
        """The fields that differ, in their order, as they are after."""
        for name, old, new in zip(self.names, self.of(before), self.of(after), strict=True):
            if old is not new and old != new:
                yield name, new


def but(level: Level, **values: Any) -> Level:
    """The same with these values. `dataclasses.replace` looks at each of the forty fields for it."""
    before = level.__dict__
    if not before.keys() >= values.keys():
        raise TypeError(f"no fields: {sorted(values.keys() - before.keys())}")
    made = object.__new__(type(level))
    made.__dict__.update(before)
    made.__dict__.update(values)
    return made


def whole(document: Document) -> Document:
    """A row's JSON with the keys that a later release leaves out while they say nothing."""
    steps = {name: {**_STEP_IN_ROW, **step} for name, step in document["steps"].items()}
    return {**_CASE_IN_ROW, **document, "steps": steps}


def _known(names: frozenset[str], document: Document) -> Document:
    """These values, those of names that this release does not know apart in `more`."""
    if names.issuperset(document):
        return dict(document)
    values = {name: value for name, value in document.items() if name in names}
    values["more"] = {name: value for name, value in document.items() if name not in names}
    return values


def case_values(document: Document, before: Clock | None = None) -> Document:
    """A case's values from JSON as the state holds them; `before` is its clock until then."""
    values = _known(_CASE_KEYS, document)
    if "clock" in values:
        values["clock"] = read_clock(values["clock"], before)
    for name in _LISTS:
        if name in values:
            values[name] = tuple(values[name])
    return values


def step_values(document: Document, before: Clock | None) -> Document:
    """The same of a step; what its JSON leaves out is not there."""
    values = _known(_STEP_KEYS, document)
    if "clock" in values:
        values["clock"] = read_clock(values["clock"], before)
    return values


def _keys(kind: type) -> frozenset[str]:
    return frozenset(part.name for part in fields(kind)) - {"more"}


_CASE_KEYS, _STEP_KEYS = _keys(CaseState), _keys(StepState)
_CASE, _STEP = Shape(CaseState), Shape(StepState)
#: A step of which nothing was said yet.
BLANK_STEP = StepState()
#: What a step is of which a row says nothing. Its `more` is nobody's to change.
_SILENT_STEP: Document = dict(vars(BLANK_STEP))
#: The same as the JSON of a row says it, and of a case.
_STEP_IN_ROW: Document = {
    name: value for name, value in _SILENT_STEP.items() if name not in ("more", *ADDED_TO_STEPS)
}
_CASE_IN_ROW: Document = {
    name: list(value) if isinstance(value, tuple) else value
    for name, value in vars(CaseState("", "", "", 0)).items()
    if name not in ("number", "region", "service", "service_version", "steps", "more", *ADDED)
}
