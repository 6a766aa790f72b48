"""What a broken proof looks like, and the checks that need no database: chain, ledger, verdict."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.errors import Refusal
from casetrack.domain.events import GENESIS, Event, chain_hash, instant
from casetrack.domain.proof.ledger import ledger_hash
from casetrack.domain.proof.lost_history import LostHistory, passed_over

#: Every kind of fault, the most telling first, with one sentence on what it means.
KINDS = {
    "chain": "An event is not the one that was recorded: its bytes, its row or its hash were changed.",
    "missing_event": "An event that was recorded is gone.",
    "ledger": "A ledger entry does not fit the event that it stands for; one of them was changed.",
    "ledger_order": "Ledger entries do not follow each other in the order in which they were made.",
    "ledger_missing": "A ledger entry is gone.",
    "ledger_extra": "The ledger holds an entry that casetrack never made.",
    "head": "The ledger's head row does not name the ledger's last entry.",
    "anchor": "The ledger is not the one that was written down outside: history was replaced or cut.",
    "extra_event": "An event stands in its stream that was never put in the ledger or its queue.",
    "queue": "The queue of events that wait for the ledger lost a row, or has one too many.",
    "state": "A case's row is not what its events make of it; casetrack rebuild mends it.",
    "step_state": "A step's row is not what the events make of it; casetrack rebuild mends it.",
    "deadline_state": "A deadline's row is not what the events make of it; casetrack rebuild mends it.",
    "agency_state": "An agency's row of a case is wrong or gone; casetrack rebuild mends it.",
    "link_state": "The row of a link between cases is not what the events make of it; casetrack rebuild "
    "mends it.",
    "import_state": "An imported case's row is not its events' fold; casetrack rebuild mends it.",
    "register_state": "A row of the authority register is not what its events make of it; casetrack "
    "rebuild mends it.",
    "register_keys": "A check would miss an entry of the register, or find a wrong one: a key is gone "
    "or too many; casetrack rebuild mends it.",
    "decision_state": "The row of a decision, or of what it rests on, is not what the events make of "
    "it; casetrack rebuild mends it.",
    "stall_state": "The row of a step that nobody may take is not what the events make of it; casetrack "
    "rebuild mends it.",
    "product_state": "A product's row is not what the events make of it; casetrack rebuild mends it.",
    "product": "A product was endorsed or signed otherwise than its service says.",
    "product_number": "A number of a product is missing, or was given without its counter.",
    "case_number": "A number of a case is missing, was given without its counter, or set aside and lost.",
    "bill_state": "A bill's row is not what its case's events make of it; casetrack rebuild mends it.",
    "payment": "A payment that a bank or the treasury told of was changed, removed or added, or no "
    "longer fits the bill that it confirmed.",
    "subject": "A subject's row does not fit the events about the subject.",
    "party": "The row of a party names another person than the case's events do.",
    "text": "A sealed text was changed, removed or added: it is not the one that the events refer to.",
    "file_state": "The row of a file is not what the events make of it; casetrack rebuild mends it.",
    "file": "A file is gone from the store, or is not what was put there; restore it from a backup.",
    "readings": "The record of who looked at personal data is not what was written down: a look was "
    "changed, taken away or slipped in.",
    "bad_day": "A row of an outage, of its cases or of numbers set aside is not what the events say; "
    "casetrack rebuild mends it.",
    "figure": "A sum of the figures, or what a case adds to them, is not what is counted anew; casetrack "
    "rebuild counts anew.",
    "survey": "The sums of a survey do not add up, or do not fit those who answered.",
    "complaint": "A complaint's row or text is not what its events say; casetrack rebuild mends the row.",
    "feed": "An event is missing in the feed of an agency, or stands there though it is none of theirs; "
    "casetrack rebuild mends it.",
}
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}

#: What reading or folding an event can raise when somebody else wrote it.
UNREADABLE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    RecursionError,
    Refusal,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the proof breaks. Of something that is in no stream, `stream` and `version` are None."""

    kind: str
    region: str
    stream: str | None
    version: Any
    detail: str
    position: Any = None

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack verify --json` prints it."""
        values = {name: getattr(self, name) for name in ("kind", "region", "stream", "version")}
        if self.position is not None:
            values["position"] = self.position
        return {**values, "detail": self.detail}


@dataclass
class Judge:
    """Keeps one fault: of the most telling kind the one that was met first."""

    fault: Fault | None = None
    #: Regions in which some event is neither in the ledger nor in its queue.
    unplaced: set[str] = field(default_factory=set)

    def report(self, faults: Iterable[Fault]) -> bool:
        """Weigh these; gives whether there were any."""
        found = False
        for fault in faults:
            found = True
            if self.fault is None or _RANK[fault.kind] < _RANK[self.fault.kind]:
                self.fault = fault
        return found


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of `events` as it is stored, whatever it holds, with its places in ledger and queue."""

    stream: Any
    version: Any
    id: Any
    type: Any
    recorded_at: Any
    body: Any
    hash: Any
    position: Any
    queued: Any


@dataclass
class Chain:
    """One stream, event by event."""

    region: str
    stream: str
    version: int = 0
    hash: str = GENESIS
    first_id: int = 0
    #: What makes the chain worthless from here on; nothing is folded behind it.
    broken: bool = False
    #: The first event that is neither in the ledger nor in the queue.
    unplaced: int | None = None
    _position: int = 0
    _waiting: bool = False

    def add(self, row: StoredEvent) -> tuple[Event | None, list[Fault]]:
        """The event that this row holds, when it is the one that follows, and what is wrong."""
        if row.version != self.version + 1:
            return None, [self._gap(row)]
        event = read(row.body)
        why = "its bytes are not a canonical event" if event is None else self._why(row, event)
        if event is None or why is not None:
            self.broken = True
            return None, [Fault("chain", self.region, self.stream, row.version, f"{why}")]
        self.version, self.hash = event.version, row.hash
        self.first_id = self.first_id or event.id
        return event, list(self._place(row))

    def _gap(self, row: StoredEvent) -> Fault:
        self.broken = True
        missing = self.version + 1
        detail = f"version {missing} is not there, the next is {row.version}"
        return Fault("missing_event", self.region, self.stream, missing, detail)

    def _why(self, row: StoredEvent, event: Event) -> str | None:
        """What of the row contradicts the body, or the body the chain."""
        said = {
            "region": (self.region, event.region),
            "stream": (self.stream, event.stream),
            "version": (row.version, event.version),
            "id": (row.id, event.id),
            "type": (row.type, event.type),
            "recorded_at": (row.recorded_at, instant(event.recorded_at)),
        }
        for name, (column, value) in said.items():
            if column != value:
                return f"its column {name} says {column!r}, its body {value!r}"
        if chain_hash(self.hash, row.body) != row.hash:
            return "its hash is not that of its bytes behind the event before"
        return None

    def _place(self, row: StoredEvent) -> Iterator[Fault]:
        """In the ledger or in the queue, and in the stream's order."""
        here = (self.region, self.stream, row.version)
        if row.position is None and row.queued is None:
            self.unplaced = self.unplaced or self.version
        elif row.position is not None and row.queued is not None:
            yield Fault(
                "queue", *here, "it is in the ledger and still waits for it", position=row.position
            )
        if isinstance(row.position, int):
            if row.position <= self._position or self._waiting:
                yield Fault(
                    "ledger_order", *here, "it stands before an older event", position=row.position
                )
            self._position = row.position
        else:
            self._waiting = self._waiting or row.queued is not None


def read(body: Any) -> Event | None:
    """The event that this body spells; None unless it is spelled in the one canonical way."""
    if not isinstance(body, str):
        return None
    try:
        event = Event.from_body(body)
        return event if event.body() == body else None
    except UNREADABLE:
        return None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A row of `ledger`, with the event that has its stream and version, and the one that has its id."""

    position: Any
    id: Any
    stream: Any
    version: Any
    prev_hash: Any
    hash: Any
    event_id: Any
    event_hash: Any
    named: Any


@dataclass
class LedgerCheck:
    """A region's ledger, entry by entry; `expected` holds what was written down outside."""

    region: str
    expected: dict[int, str]
    #: What the region's trace says was passed over.
    losses: Sequence[LostHistory] = ()
    position: int = 0
    hash: str = GENESIS
    broken: bool = False
    #: Expected positions at which the entry was the expected one.
    met: set[int] = field(default_factory=set)

    def add(self, row: StoredEntry, head: int | None) -> list[Fault]:
        """What is wrong with the next entry; behind the first fault nothing can be said."""
        if self.broken:
            return []
        kind, detail = self._judge(row, head)
        if kind:
            self.broken = True
            missing = passed_over(self.losses, self.position) + 1
            place = row.position if kind != "ledger_missing" else missing
            named = kind != "ledger_missing"
            stream, version = (row.stream, row.version) if named else (None, None)
            return [Fault(kind, self.region, stream, version, detail, position=place)]
        self.position, self.hash = row.position, row.hash
        return self._anchor(row)

    def _judge(self, row: StoredEntry, head: int | None) -> tuple[str, str]:
        expected = passed_over(self.losses, self.position) + 1
        if row.position != expected:
            return "ledger_missing", f"position {expected} is not there, the next is {row.position}"
        if row.event_hash is None:
            return self._without_event(row, head)
        if row.id != row.event_id:
            return "ledger", f"it says event id {row.id}, its event {row.event_id}"
        if row.prev_hash != self.hash:
            return "ledger_order", "its previous hash is not the hash of the entry before"
        if row.hash != ledger_hash(self.hash, expected, str(row.event_hash)):
            return "ledger", "its hash is not that of its place and its event"
        return "", ""

    def _without_event(self, row: StoredEntry, head: int | None) -> tuple[str, str]:
        if row.named is not None:
            return "ledger", "it names another stream or version than the event with its id"
        if head is not None and self.position >= head:
            return "ledger_extra", f"the ledger ends at {head}"
        return "missing_event", "its event is not there"

    def _anchor(self, row: StoredEntry) -> list[Fault]:
        expected = self.expected.get(row.position)
        if expected is None:
            return []
        if expected == row.hash:
            self.met.add(row.position)
            return []
        detail = f"expected {expected}, found {row.hash}"
        place = (self.region, row.stream, row.version)
        return [Fault("anchor", *place, detail, position=row.position)]

    def _passed(self) -> list[tuple[int, int]]:
        return [loss.positions for loss in self.losses]

    def finish(self, head: tuple[Any, Any] | None, *, unplaced: bool) -> list[Fault]:
        """After the last entry: the head row, and anchors that were never reached."""
        if self.broken:
            return []
        faults = []
        position, digest = head if head is not None else (0, GENESIS)
        if position == passed_over(self.losses, self.position):
            # Nothing was numbered since the loss.
            position = self.position
        lost = unplaced and isinstance(position, int) and position > self.position
        if lost:
            detail = f"the head row says {position}, the ledger ends at {self.position}"
            place = self.position + 1
            faults.append(Fault("ledger_missing", self.region, None, None, detail, position=place))
        elif (position, digest) != (self.position, self.hash):
            detail = (
                f"the head row says {position} {digest}, the ledger ends at "
                f"{self.position} {self.hash}"
            )
            faults.append(Fault("head", self.region, None, None, detail, position=position))
        for place in sorted(self.expected):
            passed = any(first <= place <= last for first, last in self._passed())
            if passed or place > self.position:
                detail = f"the ledger ends at position {self.position}, before the anchor"
                if passed:
                    detail = (
                        "history was lost: this position was passed over by casetrack recovered"
                    )
                faults.append(Fault("anchor", self.region, None, None, detail, position=place))
        return faults
