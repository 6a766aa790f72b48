"""Chains, folds and what is folded from them, stream by stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from casetrack.domain.events import COMPANIONS, Event
from casetrack.domain.proof.verdict import UNREADABLE, Chain, Fault
from casetrack.usecases.proof import kept_files
from casetrack.usecases.proof import sealed_texts as texts
from casetrack.usecases.proof.checked_region import BATCH, NO_EVENTS, CheckedRegion
from casetrack.usecases.proof.refold_case import (
    CaseFold,
    ImportFold,
    Row,
    differences,
    keyed,
    stored_rows,
)
from casetrack.usecases.proof.refold_register import RegisterFold, stored_revisions
from casetrack.usecases.proof.side_streams import beside


def check_streams(at: CheckedRegion, case: str | None) -> None:
    """Every stream of the region, or those of one case."""
    _Streams(at).go_through(case)


@dataclass
class _Ended:
    """A stream that was read to its end."""

    chain: Chain
    fold: CaseFold | ImportFold | RegisterFold | None


#: What leads a stream's name → what a fault of its fold is called.
_FOLD_KINDS = {"case": "state", "import": "import_state", "register": "register_state"}


def _kind_of(stream: Any) -> str:
    return str(stream).partition("/")[0] if "/" in str(stream) else "case"


class _Streams:
    """The streams of a region, one after the other; so many at a time are compared with their rows."""

    def __init__(self, at: CheckedRegion) -> None:
        self._at = at
        self._ended: list[_Ended] = []

    def go_through(self, case: str | None) -> None:
        """All of them, or those of one case."""
        names = [case, *(f"{kind}/{case}" for kind in COMPANIONS)] if case else None
        current: _Ended | None = None
        for row in self._at.reader.events(self._at.region, names):
            if current is None or row.stream != current.chain.stream:
                self._end(current)
                current = self._begin(row.stream)
            if not current.chain.broken:
                event, faults = current.chain.add(row)
                self._at.report(faults)
                if event is not None:
                    self._fold(current, event)
                    self._at.administration.look(event)
                    self._at.complaints.look(event)
                    self._at.bad_days.look(event)
            self._at.verdict.events += 1
            self._at.progress(self._at.verdict.events)
        self._end(current)
        self._compare()
        if case and not self._at.verdict.events:
            self._at.report([Fault("state", self._at.region, case, None, NO_EVENTS)])

    def _begin(self, stream: Any) -> _Ended:
        fold: CaseFold | ImportFold | RegisterFold | None = None
        match _kind_of(stream):
            case "case":
                fold = CaseFold(self._at.place)
            case "import":
                fold = ImportFold(self._at.region, stream)
            case "register":
                fold = RegisterFold(self._at.region, stream)
        return _Ended(Chain(self._at.region, stream), fold)

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
            self._at.report([Fault(kind, self._at.region, event.stream, event.version, detail)])
            return
        self._at.authority.look(before, event)

    def _end(self, stream: _Ended | None) -> None:
        if stream is None:
            return
        if stream.chain.unplaced is not None:
            self._at.judge.unplaced.add(self._at.region)
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
        ctx, reader = self._at.place.ctx, self._at.reader
        unproven = self._at.verdict.authority.unverifiable
        if cases:
            self._compare_cases(cases, reached)
            self._at.report(texts.check_cases(ctx, reader, self._at.region, cases, unproven))
        if imports:
            unproven["imported"] += len(imports)
            self._compare_imports(imports, reached)
            self._at.report(texts.check_imports(ctx, reader, self._at.region, imports, unproven))
        if papers:
            self._compare_register(papers, reached)
        subjects = {
            e.chain.stream.partition("/")[2]: (e.chain.version, e.chain.hash)
            for e in batch
            if e.chain.stream.startswith("subject/")
        }
        if subjects:
            young = self._at.folds.young.get("subjects", ())
            self._at.report(texts.check_subjects(ctx, reader, self._at.region, subjects, young))
        self._at.report(_unplaced(batch, reached))

    def _compare_cases(self, folds: dict[str, CaseFold], reached: dict[str, Any]) -> None:
        numbers = list(folds)
        noted = beside(self._at.reader, self._at.region, numbers)
        for number, stored in stored_rows(self._at.reader, self._at.region, numbers).items():
            fold = folds[number]
            for row in stored["cases"].values():
                reached[number] = row["version"]
            expected = self._at.folds.allow_for(fold.expected(noted[number]), stored)
            found = differences(fold, expected, stored)
            ctx, files = self._at.place.ctx, self._at.verdict.files
            self._at.report(kept_files.check(ctx, self._at.region, stored["files"], files))
            version = fold.state.version if fold.state else None
            self._at.report(
                Fault(d.kind, self._at.region, number, version, d.detail) for d in found
            )
            self._at.report(
                Fault("product", self._at.region, number, version, detail)
                for detail in fold.broken_products()
            )

    def _compare_imports(self, folds: list[ImportFold], reached: dict[str, Any]) -> None:
        rows: dict[str, list[Row]] = {}
        names = [fold.stream for fold in folds]
        for row in self._at.reader.rows("imported_cases", self._at.region, "stream", names):
            rows.setdefault(row["stream"], []).append(row)
            reached[row["stream"]] = row["version"]
        for fold in folds:
            try:
                expected = fold.expected()
            except ValueError:
                expected = {"imported_cases": {}}
            stored = {"imported_cases": keyed("imported_cases", rows.get(fold.stream, []))}
            expected = self._at.folds.allow_for(expected, stored)
            self._at.report(
                Fault(d.kind, self._at.region, fold.stream, fold.version, d.detail)
                for d in differences(fold, expected, stored)
            )

    def _compare_register(self, folds: list[RegisterFold], reached: dict[str, Any]) -> None:
        by_stream = {fold.stream: fold for fold in folds}
        for stream, stored in stored_revisions(self._at.reader, self._at.region, by_stream).items():
            fold = by_stream[stream]
            self._at.keys.add(fold)
            for row in stored["register_entries"].values():
                reached[stream] = max(row["version"], reached.get(stream, 0))
            self._at.report(
                Fault(d.kind, self._at.region, stream, fold.version, d.detail)
                for d in differences(
                    fold, self._at.folds.allow_for(fold.expected(), stored), stored
                )
            )


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
