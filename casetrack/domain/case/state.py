"""What is known of a case: the fold of its events.

An event carries, beside what was done, the change it makes (`case` and `steps`), computed once by
`decide` under the locks. So the fold needs no definition and no calendar, and a definition or a
calendar that is published later can never change what an old event meant.
"""

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from casetrack.domain.clock import Pause
from casetrack.domain.events import Event, instant, parse_instant

#: Stored beside every folded row; raise it when the fold changes, then `casetrack rebuild`.
FOLD_VERSION = 1

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit that runs: since when, and the times it stood still ([start, end, cap])."""

    started_at: str
    pauses: tuple[tuple[str, str | None, str | None], ...] = ()

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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    steps: dict[str, StepState] = field(default_factory=dict)
    version: int = 0

    def to_document(self) -> Document:
        """The row's JSON."""
        document = asdict(self)
        for name, default in _ADDED.items():
            if document[name] == default:
                del document[name]
        return document

    @classmethod
    def from_document(cls, document: Document) -> "CaseState":
        """The state that a row's JSON holds."""
        values = dict(document)
        values["steps"] = {name: _step(step) for name, step in document["steps"].items()}
        values["clock"] = _clock(document["clock"])
        for name in _LISTS:
            if name in document:
                values[name] = tuple(document[name])
        return cls(**values)


#: Kept as lists in JSON.
_LISTS = ("documents", "defects", "returned_requirements", "conflicts", "late")
#: Fields that came after the first release: left out while they say nothing, so that rows and events
#: written before are what they would be written as now.
_ADDED: Document = {"conflicts": (), "late": (), "product": None}


def _clock(document: Document | None) -> Clock | None:
    if document is None:
        return None
    return Clock(
        document["started_at"],
        tuple((start, end, cap) for start, end, cap in document["pauses"]),
    )


def _step(document: Document) -> StepState:
    return StepState(**{**document, "clock": _clock(document["clock"])})


_CASE_FIELDS = tuple(f.name for f in fields(CaseState) if f.name not in ("steps", "version"))
_STEP_FIELDS = tuple(f.name for f in fields(StepState) if f.name != "version")


def difference(before: CaseState | None, after: CaseState) -> Document:
    """The change from one state to the next, as an event carries it: `case` and `steps`."""
    change: Document = {
        "case": {
            name: _plain(getattr(after, name))
            for name in _CASE_FIELDS
            if _has_changed(name, before, after)
        }
    }
    steps = {}
    for name, step in after.steps.items():
        old = before.steps.get(name) if before else None
        if old is not step and old != step:
            steps[name] = {
                key: _plain(getattr(step, key))
                for key in _STEP_FIELDS
                if getattr(old or _BLANK, key) != getattr(step, key)
            }
    change["steps"] = steps
    return change


def _has_changed(name: str, before: CaseState | None, after: CaseState) -> bool:
    value = getattr(after, name)
    if before is None:
        return name not in _ADDED or value != _ADDED[name]
    return bool(getattr(before, name) != value)


_BLANK = StepState()


def _plain(value: Any) -> Any:
    if isinstance(value, Clock):
        return {"started_at": value.started_at, "pauses": [list(p) for p in value.pauses]}
    return list(value) if isinstance(value, tuple) else value


def fold(state: CaseState | None, event: Event) -> CaseState:
    """The state after this event. The same function serves the write path, rebuild and verify."""
    change = dict(event.data["case"])
    if "clock" in change:
        change["clock"] = _clock(change["clock"])
    for name in _LISTS:
        if name in change:
            change[name] = tuple(change[name])
    steps = dict(state.steps) if state else {}
    for name, values in event.data["steps"].items():
        patch = dict(values)
        if "clock" in patch:
            patch["clock"] = _clock(patch["clock"])
        steps[name] = replace(steps.get(name, _BLANK), **patch, version=event.version)
    if state is None:
        return CaseState(**change, steps=steps, version=event.version)
    return replace(state, **change, steps=steps, version=event.version)
