"""casetrack verify: recompute every chain, the ledger and every fold, and name what does not hold."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from casetrack.domain.errors import BadInput, Invalid
from casetrack.domain.events import COMPANIONS, Event
from casetrack.domain.proof.authority_findings import Tally
from casetrack.domain.proof.verdict import UNREADABLE, Chain, Fault, Judge, LedgerCheck
from casetrack.storage import statistics
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.proof.row_tables import stream_of_row
from casetrack.storage.proof.stored_rows import Reader, snapshot
from casetrack.storage.region.regions import case_of_number
from casetrack.usecases.context import Context
from casetrack.usecases.proof import reading_rows
from casetrack.usecases.proof import sealed_texts as texts
from casetrack.usecases.proof.administration_check import AdministrationCheck
from casetrack.usecases.proof.authority_findings import AuthorityCheck
from casetrack.usecases.proof.number_gaps import check_numbers
from casetrack.usecases.proof.other_folds import Age, OtherFolds
from casetrack.usecases.proof.refold_case import (
    KIND_OF,
    ROW_TABLES,
    CaseFold,
    ImportFold,
    Place,
    Row,
    differences,
    keyed,
    stored_rows,
)
from casetrack.usecases.proof.refold_register import (
    RegisterFold,
    RegisterKeys,
    key_detail,
    stored_revisions,
)
from casetrack.usecases.proof.side_streams import beside

#: Streams that are compared with their rows at a time.
BATCH = 200

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A ledger entry's hash that was written down outside the database."""

    region: str
    position: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """REGION:POSITION:HASH, as `checked_to` gives it. Raises BadInput."""
        region, _, rest = text.partition(":")
        position, _, digest = rest.partition(":")
        digest = digest.lower()
        whole = len(digest) == 64 and not set(digest) - set("0123456789abcdef")
        if not (region and whole and position.isascii() and position.isdigit() and int(position)):
            raise BadInput(
                f"--expect {text!r}: give REGION:POSITION:HASH, such as 64.72:1200: and 64 hex "
                "digits, as an earlier casetrack verify printed them"
            )
        return cls(region, int(position), digest)


@dataclass
class Verdict:
    """What verify found; `checked_to` is the last ledger entry of each region that holds.

    Only `fault` is about the proof; what `authority` tells is recorded as it was.
    """

    checked_to: dict[str, dict[str, Any]] = field(default_factory=dict)
    anchored: bool = False
    fault: Fault | None = None
    events: int = 0
    authority: Tally = field(default_factory=Tally)
    #: How many rows another release folded.
    other_folds: Counter[Age] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack verify --json` prints it."""
        return {
            "ok": self.fault is None,
            "checked_to": self.checked_to,
            "anchored": self.anchored,
            "fault": self.fault.as_dict() if self.fault else None,
            "findings": self.authority.told(),
            "findings_counted": dict(self.authority.counts),
            "unverifiable": self.authority.beyond(),
            "other_folds": {age: self.other_folds[age] for age in get_args(Age)},
        }


def verify(
    ctx: Context, *, case: str | None = None, expect: Sequence[Anchor] = (), progress: Progress
) -> Verdict:
    """Check everything, or one case and its region's ledger. Memory stays bounded.

    Raises BadInput for a case or a region of an anchor that there is not.
    """
    # After a restore nothing is known of the tables, and each read would go through a whole one.
    statistics.complete(ctx.database)
    verdict, judge, met = Verdict(), Judge(), 0
    folds = OtherFolds.of(ctx)
    verdict.other_folds = folds.counts
    case = _as_kept(ctx, case) if case is not None else None
    with snapshot(ctx.database) as reader:
        regions = _regions(reader, case, expect)
        for region in regions:
            check = _Region(Place.of(ctx, reader, region), reader, judge, verdict, progress, folds)
            check.streams(case)
            if case is None:
                check.rows()
            met += check.ledger({a.position: a.hash for a in expect if a.region == region})
    verdict.fault = judge.fault
    verdict.anchored = bool(expect) and met == len({(a.region, a.position) for a in expect})
    return verdict


def _as_kept(ctx: Context, case: str) -> str:
    """The number that was meant; what is none is looked for as it stands."""
    try:
        with ctx.database.read() as connection:
            return str(case_of_number(connection, case)[1])
    except Invalid:
        return case


def _regions(reader: Reader, case: str | None, expect: Sequence[Anchor]) -> list[str]:
    known = reader.regions()
    for anchor in expect:
        if anchor.region not in known:
            raise BadInput(f"--expect: there is no region {anchor.region}; known: {known}")
    if case is None:
        return known
    region = reader.region_of_case(case)
    if region is None:
        raise BadInput(f"--case: there is no case {case}; give its number as the receipt shows it")
    return [region]


@dataclass
class _Ended:
    """A stream that was read to its end."""

    chain: Chain
    fold: CaseFold | ImportFold | RegisterFold | None


#: What leads a stream's name → what a fault of its fold is called.
_FOLD_KINDS = {"case": "state", "import": "import_state", "register": "register_state"}


def _kind_of(stream: Any) -> str:
    return str(stream).partition("/")[0] if "/" in str(stream) else "case"


@dataclass
class _Region:
    """One region's checks."""

    place: Place
    reader: Reader
    judge: Judge
    verdict: Verdict
    progress: Progress
    folds: OtherFolds
    _ended: list[_Ended] = field(default_factory=list)
    _keys: RegisterKeys = field(init=False)
    _authority: AuthorityCheck = field(init=False)
    _administration: AdministrationCheck = field(init=False)

    def __post_init__(self) -> None:
        self._keys = RegisterKeys(self.region)
        self._authority = AuthorityCheck(self.place, self.reader, self.verdict.authority)
        self._administration = AdministrationCheck(self.region, self.verdict.authority)

    @property
    def region(self) -> str:
        return self.place.region

    def streams(self, case: str | None) -> None:
        """Chains, folds and what is folded from them, stream by stream."""
        names = [case, *(f"{kind}/{case}" for kind in COMPANIONS)] if case else None
        current: _Ended | None = None
        for row in self.reader.events(self.region, names):
            if current is None or row.stream != current.chain.stream:
                self._end(current)
                current = self._begin(row.stream)
            if not current.chain.broken:
                event, faults = current.chain.add(row)
                self.judge.report(faults)
                if event is not None:
                    self._fold(current, event)
                    self._administration.look(event)
            self.verdict.events += 1
            self.progress(self.verdict.events)
        self._end(current)
        self._compare()
        if case and not self.verdict.events:
            self.judge.report([Fault("state", self.region, case, None, _NO_EVENTS)])

    def _begin(self, stream: Any) -> _Ended:
        fold: CaseFold | ImportFold | RegisterFold | None = None
        match _kind_of(stream):
            case "case":
                fold = CaseFold(self.place)
            case "import":
                fold = ImportFold(self.region, stream)
            case "register":
                fold = RegisterFold(self.region, stream)
        return _Ended(Chain(self.region, stream), fold)

    def _fold(self, stream: _Ended, event: Event) -> None:
        if stream.fold is None:
            return
        before = stream.fold.state if isinstance(stream.fold, CaseFold) else None
        try:
            stream.fold.add(event, stream.chain.hash)
        except UNREADABLE as error:
            stream.chain.broken = True
            kind = _FOLD_KINDS[_kind_of(event.stream)]
            detail = f"no rule of casetrack made this event: {error}"
            self.judge.report([Fault(kind, self.region, event.stream, event.version, detail)])
            return
        self._authority.look(before, event)

    def _end(self, stream: _Ended | None) -> None:
        if stream is None:
            return
        if stream.chain.unplaced is not None:
            self.judge.unplaced.add(self.region)
        if not stream.chain.broken:
            self._ended.append(stream)
        if len(self._ended) >= BATCH:
            self._compare()

    def _compare(self) -> None:
        """What the streams of this batch make, against the rows."""
        batch, self._ended = self._ended, []
        reached: dict[str, Any] = {}
        cases = {e.chain.stream: e.fold for e in batch if isinstance(e.fold, CaseFold)}
        imports = [e.fold for e in batch if isinstance(e.fold, ImportFold)]
        papers = [e.fold for e in batch if isinstance(e.fold, RegisterFold)]
        ctx, reader = self.place.ctx, self.reader
        unproven = self.verdict.authority.unverifiable
        if cases:
            self._compare_cases(cases, reached)
            self.judge.report(texts.check_cases(ctx, reader, self.region, cases, unproven))
        if imports:
            unproven["imported"] += len(imports)
            self._compare_imports(imports, reached)
            self.judge.report(texts.check_imports(ctx, reader, self.region, imports, unproven))
        if papers:
            self._compare_register(papers, reached)
        subjects = {
            e.chain.stream.partition("/")[2]: (e.chain.version, e.chain.hash)
            for e in batch
            if e.chain.stream.startswith("subject/")
        }
        if subjects:
            young = self.folds.young.get("subjects", ())
            self.judge.report(texts.check_subjects(ctx, reader, self.region, subjects, young))
        self.judge.report(_unplaced(batch, reached))

    def _compare_cases(self, folds: dict[str, CaseFold], reached: dict[str, Any]) -> None:
        numbers = list(folds)
        noted = beside(self.reader, self.region, numbers)
        for number, stored in stored_rows(self.reader, self.region, numbers).items():
            fold = folds[number]
            for row in stored["cases"].values():
                reached[number] = row["version"]
            expected = self.folds.allow_for(fold.expected(noted[number]), stored)
            found = differences(fold, expected, stored)
            version = fold.state.version if fold.state else None
            self.judge.report(Fault(d.kind, self.region, number, version, d.detail) for d in found)
            self.judge.report(
                Fault("product", self.region, number, version, detail)
                for detail in fold.broken_products()
            )

    def _compare_imports(self, folds: list[ImportFold], reached: dict[str, Any]) -> None:
        rows: dict[str, list[Row]] = {}
        names = [fold.stream for fold in folds]
        for row in self.reader.rows("imported_cases", self.region, "stream", names):
            rows.setdefault(row["stream"], []).append(row)
            reached[row["stream"]] = row["version"]
        for fold in folds:
            try:
                expected = fold.expected()
            except ValueError:
                expected = {"imported_cases": {}}
            stored = {"imported_cases": keyed("imported_cases", rows.get(fold.stream, []))}
            expected = self.folds.allow_for(expected, stored)
            self.judge.report(
                Fault(d.kind, self.region, fold.stream, fold.version, d.detail)
                for d in differences(fold, expected, stored)
            )

    def _compare_register(self, folds: list[RegisterFold], reached: dict[str, Any]) -> None:
        by_stream = {fold.stream: fold for fold in folds}
        for stream, stored in stored_revisions(self.reader, self.region, by_stream).items():
            fold = by_stream[stream]
            self._keys.add(fold)
            for row in stored["register_entries"].values():
                reached[stream] = max(row["version"], reached.get(stream, 0))
            self.judge.report(
                Fault(d.kind, self.region, stream, fold.version, d.detail)
                for d in differences(fold, self.folds.allow_for(fold.expected(), stored), stored)
            )

    def rows(self) -> None:
        """Rows that no stream accounts for, keys of the register and of subjects, the papers."""
        for table in ROW_TABLES:
            self.judge.report(
                Fault(
                    KIND_OF[table],
                    self.region,
                    stream_of_row(table, row),
                    row.get("version"),
                    _NO_EVENTS,
                )
                for row in self.reader.without_stream(table, self.region)
            )
        self.judge.report(
            Fault(
                "register_keys",
                self.region,
                stream_of(key[1], key[2]),
                None,
                key_detail(key, missing=missing),
            )
            for key, missing in self._keys.differences(
                self.reader.all_rows("register_keys", self.region)
            )
        )
        self._authority.papers()
        self._administration.rows(self.reader)
        ctx = self.place.ctx
        for part in _parts(self.reader.without_stream("texts", self.region)):
            self.judge.report(texts.check_strays(ctx, self.reader, self.region, part))
        for row in self.reader.without_stream("parties", self.region):
            self.judge.report(
                [Fault("party", self.region, row["number"], None, "a party of no case")]
            )
        for part in _parts(self.reader.all_rows("subjects", self.region)):
            self.judge.report(texts.check_keys(ctx, self.reader, self.region, part))
        self.judge.report(reading_rows.check(ctx, self.reader, self.region))
        self.judge.report(check_numbers(self.reader, self.region))

    def ledger(self, expected: dict[int, str]) -> int:
        """The ledger's order and hashes, its head, its queue, and what was written down outside.

        Gives how many of the expected entries were met.
        """
        head = self.reader.head(self.region)
        last = head[0] if head and isinstance(head[0], int) else None
        check = LedgerCheck(self.region, expected)
        for count, entry in enumerate(self.reader.ledger(self.region)):
            self.judge.report(check.add(entry, last))
            self.progress(self.verdict.events + count)
        unplaced = self.region in self.judge.unplaced
        self.judge.report(check.finish(head, unplaced=unplaced))
        if check.position or head is not None:
            self.verdict.checked_to[self.region] = {"position": check.position, "hash": check.hash}
        self.judge.report(self._queue())
        return len(check.met)

    def _queue(self) -> Iterator[Fault]:
        for row in self.reader.orphans(self.region):
            place = (self.region, row.stream, row.version)
            if row.event_id is not None:
                yield Fault("queue", *place, "the queue names another place than the event has")
            elif isinstance(row.reached, int) and row.reached >= row.version:
                yield Fault("missing_event", *place, "it waits for the ledger and is not there")
            else:
                yield Fault("queue", *place, "the queue names an event that is not there")


_NO_EVENTS = "there is such a row and no event of its stream"


def _unplaced(batch: Iterable[_Ended], reached: dict[str, Any]) -> Iterator[Fault]:
    """Events that nobody sequenced or will: their place was lost, or they were slipped in."""
    for stream in batch:
        chain = stream.chain
        if chain.unplaced is None:
            continue
        version = reached.get(chain.stream)
        place = (chain.region, chain.stream, chain.unplaced)
        if isinstance(version, int) and version >= chain.unplaced:
            yield Fault("queue", *place, "it is not in the ledger and does not wait for it")
        else:
            yield Fault("extra_event", *place, "neither the ledger nor the queue knows it")


def _parts(rows: Iterator[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) >= BATCH:
            yield part
            part = []
    if part:
        yield part
