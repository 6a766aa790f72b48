"""A case's rows made anew from its events, and how the stored ones differ: for verify and rebuild."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from casetrack.domain.authority.decision_index import decision_row, is_decision, link_rows
from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting, running_clocks
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import NotFound
from casetrack.domain.events import GENESIS, Event, instant
from casetrack.domain.logs.imported_cases import State, fold_import
from casetrack.domain.proof.product_findings import broken_products
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import case_rows
from casetrack.storage.case.bill_rows import bill_values
from casetrack.storage.case.case_rows import StepRow
from casetrack.storage.case.link_rows import link_values
from casetrack.storage.case.product_rows import product_values
from casetrack.storage.case.stalled_steps import Place as StepPlace
from casetrack.storage.case.stalled_steps import stalled_values
from casetrack.storage.logs.imported_cases import ImportedCase, imported_values
from casetrack.storage.proof.row_tables import key_of, plain
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.context import Context
from casetrack.usecases.proof.kept_files import expected_rows
from casetrack.usecases.proof.side_streams import Beside

Row = dict[str, Any]
Key = tuple[Any, ...]
#: Table name, then primary key, then the row.
Rows = dict[str, dict[Key, Row]]

#: What a row's table is called in a fault.
KIND_OF = {
    "cases": "state",
    "steps": "step_state",
    "deadlines": "deadline_state",
    "case_agencies": "agency_state",
    "case_links": "link_state",
    "imported_cases": "import_state",
    "register_entries": "register_state",
    "register_keys": "register_keys",
    "decisions": "decision_state",
    "decision_links": "decision_state",
    "stalled_steps": "stall_state",
    "files": "file_state",
    "products": "product_state",
    "bills": "bill_state",
}
CASE_TABLES = (
    *("cases", "steps", "deadlines", "case_agencies", "decisions", "decision_links"),
    *("stalled_steps", "files", "products", "bills", "case_links"),
)
#: Tables each row of which some stream's events make.
ROW_TABLES = (*CASE_TABLES, "imported_cases", "register_entries")


@dataclass(frozen=True, slots=True)
class Reference:
    """A sealed text that an event refers to: whose it is, its HMAC, its kind where that is known."""

    subject: str | None
    hmac: str
    kind: str | None


@dataclass
class _Running:
    """A clock as its row was last written, and the case's version then."""

    clock: tuple[str, datetime]
    values: Row


@dataclass(frozen=True, slots=True)
class Place:
    """A region as folds need it; `calendar` is None of a region that only changed rows name."""

    ctx: Context
    region: str
    calendar: Calendar | None
    #: Published versions; an event that names another one cannot be folded.
    published: set[tuple[str, str, int]]

    @classmethod
    def of(cls, ctx: Context, reader: Reader, region: str) -> "Place":
        """The region as it is now."""
        try:
            calendar = ctx.region(region)[1]
        except NotFound:
            calendar = None
        return cls(ctx, region, calendar, reader.definitions())

    def setting(self, state: CaseState, now: datetime) -> Setting:
        """What the rules knew of this case. Raises ValueError when it names what there is not."""
        key = (self.region, state.service, state.service_version)
        if self.calendar is None or key not in self.published:
            raise ValueError(f"version {key[2]} of service {key[1]!r} is not published there")
        return Setting(self.region, now, self.ctx.definition(*key), self.calendar)


@dataclass
class CaseFold:
    """Folds a case as the write path did, keeping what each of its rows was written from."""

    place: "Place"
    state: CaseState | None = None
    hash: str = GENESIS
    opened_id: int = 0
    rows: Mapping[str, StepRow] = field(default_factory=dict)
    definition: ServiceDefinition | None = None
    references: dict[str, Reference] = field(default_factory=dict)
    decisions: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    _running: dict[str, _Running] = field(default_factory=dict)
    _calendars: set[str] = field(default_factory=set)

    def add(self, event: Event, digest: str) -> None:
        """Fold one more. Raises one of UNREADABLE for an event that no rule of casetrack made."""
        before, self.state = self.state, fold(self.state, event)
        self.hash = digest
        self.opened_id = self.opened_id or event.id
        if self.state.calendar is not None:
            self._calendars.add(self.state.calendar)
        self._follow_clocks(self.state, event)
        if is_decision(event):
            self.decisions.append(decision_row(event, self.state.service))
            self.links += link_rows(event)
        # Said first where it came: an applicant who came later did not bring what was there.
        owner = (before or self.state).parties.get("applicant", {}).get("subject")
        for text, reference in references(event.data, owner):
            self.references.setdefault(text, reference)

    def _follow_clocks(self, state: CaseState, event: Event) -> None:
        setting = self.place.setting(state, event.recorded_at)
        self.definition = setting.definition
        self.rows = self.rows or case_rows.step_rows(setting.definition)
        clocks = running_clocks(state, setting)
        self._running = {name: row for name, row in self._running.items() if name in clocks}
        for name, clock in clocks.items():
            known = self._running.get(name)
            handed_on = known is not None and not name and known.values["agency"] != state.holder
            if known is None or known.clock != clock or handed_on:
                values = case_rows.deadline_values(state, name, clock, self.rows)
                self._running[name] = _Running(clock, values)

    def broken_products(self) -> Iterable[str]:
        """What no rule would have made of the products, in words."""
        if self.state is None or self.definition is None:
            return ()
        return broken_products(self.state, self.definition)

    def expected(self, beside: Beside) -> Rows:
        """The rows that there should be, moments as text."""
        state, definition = self.state, self.definition
        if state is None or definition is None:
            return {name: {} for name in CASE_TABLES}
        rows: dict[str, Sequence[Mapping[str, Any]]] = {
            "cases": [
                {
                    **case_rows.case_values(state, self.hash, definition),
                    "opened_id": self.opened_id,
                }
            ],
            "steps": [
                case_rows.step_values(state, name, self.rows[name])
                for name in state.steps
                if name in self.rows
            ],
            "deadlines": self._deadlines(beside),
            "case_agencies": [
                {
                    "region": state.region,
                    "agency": agency,
                    "opened_id": self.opened_id,
                    "number": state.number,
                }
                for agency in sorted({row.agency for row in self.rows.values()})
            ],
            "decisions": [
                {**row, "questioned": beside.questions.get(row["version"])}
                for row in self.decisions
            ],
            "decision_links": self.links,
            "products": product_values(state, self.place.calendar) if self.place.calendar else [],
            "stalled_steps": [
                stalled_values(
                    state.region,
                    state.number,
                    StepPlace(service["id"], service["version"], step),
                    cover,
                    until,
                )
                for step, (service, cover, until) in beside.stalled.items()
            ],
            "files": expected_rows(state, beside),
            "bills": [bill_values(state, bill, definition) for bill in state.bills],
            "case_links": link_values(state),
        }
        return {name: keyed(name, [plain(row) for row in rows[name]]) for name in CASE_TABLES}

    def _deadlines(self, beside: Beside) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        for name, running in self._running.items():
            due = instant(running.clock[1])
            about = [n for n in beside.notices if (n.step, n.due_at) == (name, due)]
            flags = {
                "near_noted": bool(about),
                "missed_noted": any(notice.missed for notice in about),
            }
            rows.append({**running.values, **flags})
        return rows

    def uncertain(self, step: str) -> frozenset[str]:
        """Columns of this deadline that the events do not settle.

        A clock that stands still is due when its pause runs to the cap, by the calendar of the day on
        which its row was written. The events do not hold that day's calendar, only its version; where
        it is today's, everything is certain.
        """
        today = self.place.calendar
        if self.state is None or today is None or self._calendars <= {today.version}:
            return frozenset()
        stated = self.state.steps[step].due_at if step else self.state.due_at
        columns = {"near_noted", "missed_noted", "agency"}
        return frozenset(columns if stated else columns | {"near_at", "due_at"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as the events make it; `expected` or `stored` is None when there is none."""

    table: str
    key: Key
    column: str | None
    expected: Row | None
    stored: Row | None

    @property
    def kind(self) -> str:
        """What a fault of this row is called."""
        return KIND_OF[self.table]

    @property
    def detail(self) -> str:
        """What differs, for a person."""
        place = f"{self.table} {'/'.join(str(part) for part in self.key[1:])}"
        if self.stored is None:
            return f"{place}: there is no such row"
        if self.expected is None:
            return f"{place}: no event speaks of it"
        return f"{place}: column {self.column} differs"


@dataclass
class ImportFold:
    """Folds an imported case as the replay did."""

    region: str
    stream: str
    state: State | None = None
    version: int = 0
    hash: str = GENESIS
    references: dict[str, Reference] = field(default_factory=dict)

    def add(self, event: Event, digest: str) -> None:
        """Fold one more. Raises one of UNREADABLE for an event that no replay made."""
        self.state = fold_import(self.state, event)
        self.version, self.hash = event.version, digest
        self.references.update(references(event.data))

    def expected(self) -> Rows:
        """The row that there should be. Raises ValueError for a stream that no replay named."""
        source, trace = self.stream.split("/")[1:]
        case = ImportedCase(source, int(trace), self.state, self.version, self.hash)
        return {"imported_cases": keyed("imported_cases", [imported_values(self.region, case)])}

    def uncertain(self, _step: str) -> frozenset[str]:
        """Nothing is."""
        return frozenset()


#: When a scanner is asked again.
_LOCAL = frozenset(("scan_at",))


class Uncertain(Protocol):
    """A fold that may not settle every column."""

    def uncertain(self, step: str) -> frozenset[str]:
        """Columns of this step's deadline that the events do not settle."""


def differences(fold_: Uncertain, expected: Rows, stored: Rows) -> list[Difference]:
    """Table by table, key by key."""
    found = []
    for table in expected:
        for key in sorted({*expected[table], *stored[table]}, key=str):
            one, other = expected[table].get(key), stored[table].get(key)
            skip = fold_.uncertain(one["step"]) if one and table == "deadlines" else _LOCAL
            column = _first_difference(one, other, skip)
            if column is not None:
                found.append(Difference(table, key, column, one, other))
    return found


def _first_difference(one: Row | None, other: Row | None, skip: frozenset[str]) -> str | None:
    if one is None or other is None:
        return ""
    changed = [name for name in one if name not in skip and one[name] != other.get(name)]
    return changed[0] if changed else None


def keyed(table: str, rows: Iterable[Row]) -> dict[Key, Row]:
    """Rows by their primary key."""
    return {key_of(table, row): row for row in rows}


def stored_rows(reader: Reader, region: str, numbers: Sequence[str]) -> dict[str, Rows]:
    """The rows that these cases have."""
    found: dict[str, Rows] = {number: {table: {} for table in CASE_TABLES} for number in numbers}
    for table in CASE_TABLES:
        for row in reader.rows(table, region, "number", numbers):
            found[row["number"]][table][key_of(table, row)] = row
    return found


_KINDS = {
    "parties": "party",
    "facts": "fact",
    "documents": "document",
    "paper": "document",
    "note": "note",
    "defects": "defect",
    "replaced": "party",
    "resource": "resource",
    "draft": "product",
    "signer": "signer",
    "grounds": "grounds",
}


def references(
    value: Any, subject: str | None = None, kind: str | None = None
) -> Iterable[tuple[str, Reference]]:
    """Every reference to a sealed text in an event's data: id, and what it says of it."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and isinstance(value.get("hmac"), str):
            yield value["text"], Reference(value.get("subject", subject), value["hmac"], kind)
        for name, item in value.items():
            yield from references(item, subject, _KINDS.get(name, kind))
    elif isinstance(value, list):
        for item in value:
            yield from references(item, subject, kind)
