"""What is known of a case: the fold of its events.

An event carries, beside what was done, the change it makes (`case` and `steps`), computed once by
`decide` under the locks. So the fold needs no definition and no calendar, and a definition or a
calendar that is published later can never change what an old event meant.

Two releases may run on one database for a while. A key that this release does not know is one that a
newer release keeps: it stands in `more`, goes through the fold and is written back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import takewhile
from operator import attrgetter
from typing import Any, TypeVar

from casetrack.domain.clock import Pause
from casetrack.domain.events import Event, instant, parse_instant

Document = dict[str, Any]
Level = TypeVar("Level", "CaseState", "StepState")

#: Stored beside every folded row: by which rules the row was made. Raise it with every change of the
#: shape or of the fold; tests/unit/test_row_shapes.py says what else belongs to such a change.
FOLD_VERSION = 4
#: Fold version → the keys that came with it or changed their meaning: "product", "steps.remark" for
#: one of a step, "clock.reason" for one of any clock. A row of an older fold is not compared in them.
FOLD_CHANGES: Mapping[int, frozenset[str]] = {
    2: frozenset({"waiver", "links"}),
    3: frozenset({"products", "bills"}),
    4: frozenset({"hand_overs"}),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit that runs: since when, and the times it stood still ([start, end, cap])."""

    started_at: str
    pauses: tuple[tuple[str, str | None, str | None], ...] = ()
    more: Document = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether it stands still now."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def stop(self, now: datetime, cap: datetime | None) -> "Clock":
        """Stand still from now, at most until the cap."""
        return replace(
            self, pauses=(*self.pauses, (instant(now), None, instant(cap) if cap else None))
        )

    def go_on(self, now: datetime) -> "Clock":
        """Run again from now; what had elapsed stays elapsed."""
        start, _, cap = self.pauses[-1]
        return replace(self, pauses=(*self.pauses[:-1], (start, instant(now), cap)))

    def times(self) -> tuple[datetime, list[Pause]]:
        """Start and pauses as moments, as the deadline rule takes them."""
        moments = [
            Pause(
                parse_instant(start),
                parse_instant(end) if end else None,
                parse_instant(cap) if cap else None,
            )
            for start, end, cap in self.pauses
        ]
        return parse_instant(self.started_at), moments


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
            values["clock"] = _clock(values["clock"])
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
        values = _known(_CASE_KEYS, document)
        values["steps"] = {
            name: StepState.from_document(step) for name, step in document["steps"].items()
        }
        return cls(**_typed(values))


#: Kept as lists in JSON.
_LISTS = (
    *("documents", "defects", "returned_requirements", "conflicts", "late", "links"),
    *("products", "bills", "hand_overs"),
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
}
ADDED_TO_STEPS: Document = {}


def _written(level: "CaseState | StepState", shape: "_Shape", added: Document) -> Document:
    """A level of the row's JSON, with what a newer release keeps in it."""
    values = shape.values(level)
    for name, default in added.items():
        if values[name] == default:
            del values[name]
    clock = level.clock
    if clock is not None:
        values["clock"] = {"started_at": clock.started_at, "pauses": clock.pauses, **clock.more}
    values.update(level.more)
    return values


class _Shape:
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


def _typed(values: Document, before: Clock | None = None) -> Document:
    """A case's values from JSON as the state holds them; `before` is its clock until then."""
    if "clock" in values:
        values["clock"] = _clock(values["clock"], before)
    for name in _LISTS:
        if name in values:
            values[name] = tuple(values[name])
    return values


def _clock(document: Document | None, before: Clock | None = None) -> Clock | None:
    """A clock as it is written; in an event the pauses that it keeps of `before` are only counted."""
    if document is None:
        return None
    pauses = tuple((start, end, cap) for start, end, cap in document["pauses"])
    kept = document.get(KEPT)
    if kept and before:
        pauses = (*before.pauses[:kept], *pauses)
    if len(document) == (2 if kept is None else 3):
        return Clock(document["started_at"], pauses)
    more = {name: value for name, value in document.items() if name not in _OF_CLOCK}
    return Clock(document["started_at"], pauses, more)


def _keys(kind: type) -> frozenset[str]:
    return frozenset(part.name for part in fields(kind)) - {"more"}


_CASE_KEYS, _STEP_KEYS = _keys(CaseState), _keys(StepState)
_CASE, _STEP = _Shape(CaseState), _Shape(StepState)
#: What a change of an event may name, in the order of the fields.
_CASE_CHANGES = _Shape(CaseState, {"steps", "version"})
_STEP_CHANGES = _Shape(StepState, {"version"})


def difference(before: CaseState | None, after: CaseState) -> Document:
    """The change from one state to the next, as an event carries it: `case` and `steps`."""
    if before is None:
        values = _CASE_CHANGES.values(after).items()
        case = [(name, value) for name, value in values if value != ADDED.get(name, _NOTHING)]
    else:
        case = [*_CASE_CHANGES.changed(before, after)]
    clock, steps = before.clock if before else None, {}
    for name, step in after.steps.items():
        old = before.steps.get(name) if before else None
        if old is not step and old != step:
            changed = _STEP_CHANGES.changed(old or _BLANK, step)
            was = old.clock if old else None
            steps[name] = {key: _plain(value, was) for key, value in changed}
    return {"case": {name: _plain(value, clock) for name, value in case}, "steps": steps}


#: Equal to no value.
_NOTHING = object()
_BLANK = StepState()
#: What a step is of which a row says nothing. Its `more` is nobody's to change.
_SILENT_STEP: Document = dict(vars(_BLANK))
#: The same as the JSON of a row says it, and of a case.
_STEP_IN_ROW: Document = {
    name: value for name, value in _SILENT_STEP.items() if name not in ("more", *ADDED_TO_STEPS)
}
_CASE_IN_ROW: Document = {
    name: list(value) if isinstance(value, tuple) else value
    for name, value in vars(CaseState("", "", "", 0)).items()
    if name not in ("number", "region", "service", "service_version", "steps", "more", *ADDED)
}


def _plain(value: Any, before: Clock | None) -> Any:
    if isinstance(value, Clock):
        return _plain_clock(value, before)
    return list(value) if isinstance(value, tuple) else value


def form_of(change: Document) -> int:
    """In which form a change is: in the second one a clock counts the pauses that it keeps."""
    levels = (change["case"], *change["steps"].values())
    return 2 if any(KEPT in (level.get("clock") or ()) for level in levels) else 1


#: How many pauses of the clock before stay as they were. The events of a case that is paused again and
#: again would else repeat all of them, and grow as its square; one without it names all of them.
KEPT = "kept"


#: What of a clock's document is no key of another release.
_OF_CLOCK = frozenset({KEPT, *_keys(Clock)})


def _plain_clock(clock: Clock, before: Clock | None) -> Document:
    """A clock as an event carries it: of its pauses only those that are not as they were."""
    kept = 0
    if before is not None:
        pairs = zip(before.pauses, clock.pauses, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    pauses = [list(pause) for pause in clock.pauses[kept:]]
    counted = {KEPT: kept} if kept else {}
    return {"started_at": clock.started_at, "pauses": pauses, **counted, **clock.more}


def fold(state: CaseState | None, event: Event) -> CaseState:
    """The state after this event. The same function serves the write path, rebuild and verify."""
    change = _typed(_known(_CASE_KEYS, event.data["case"]), state.clock if state else None)
    steps = dict(state.steps) if state else {}
    for name, values in event.data["steps"].items():
        steps[name] = _patched(steps.get(name, _BLANK), values, event.version)
    if state is None:
        return CaseState(**change, steps=steps, version=event.version)
    if "more" in change:
        change["more"] = {**state.more, **change["more"]}
    return but(state, **change, steps=steps, version=event.version)


def _patched(step: StepState, values: Document, version: int) -> StepState:
    patch = _known(_STEP_KEYS, values)
    if "clock" in patch:
        patch["clock"] = _clock(patch["clock"], step.clock)
    if "more" in patch:
        patch["more"] = {**step.more, **patch["more"]}
    return but(step, **patch, version=version)


def agrees(
    stored: Document,
    refolded: Document,
    fold_version: int,
    changes: Mapping[int, frozenset[str]] = FOLD_CHANGES,
) -> bool:
    """Whether a row that an older fold made says the same, read by the rules of today.

    Keys that came or changed since are not compared: they would differ in every old row.
    """
    changed = frozenset[str]().union(
        *(names for version, names in changes.items() if version > fold_version)
    )
    return _reread(stored, changed) == _reread(refolded, changed)


def _reread(document: Document, without: frozenset[str]) -> Document:
    read = CaseState.from_document(document).to_document()
    _drop(read, "", without)
    for step in read["steps"].values():
        _drop(step, "steps.", without)
    return read


def _drop(level: Document, prefix: str, without: frozenset[str]) -> None:
    for name in [name for name in level if f"{prefix}{name}" in without]:
        del level[name]
    clock = level.get("clock") or {}
    for name in [name for name in clock if f"clock.{name}" in without]:
        del clock[name]
