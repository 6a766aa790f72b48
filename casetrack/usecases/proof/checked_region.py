"""What verify found, and a region that it goes through."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, get_args

from casetrack.domain.events import instant
from casetrack.domain.proof.authority_findings import Tally
from casetrack.domain.proof.lost_history import LostHistory
from casetrack.domain.proof.verdict import UNREADABLE, Fault, Judge
from casetrack.storage.proof.lost_history_rows import losses
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.proof.administration_check import AdministrationCheck
from casetrack.usecases.proof.authority_findings import AuthorityCheck
from casetrack.usecases.proof.bad_day_check import FoldedBadDays
from casetrack.usecases.proof.complaint_check import FoldedComplaints
from casetrack.usecases.proof.kept_files import FilesRead
from casetrack.usecases.proof.other_folds import Age, OtherFolds
from casetrack.usecases.proof.refold_case import Place
from casetrack.usecases.proof.refold_register import RegisterKeys

#: Streams, or rows, that are compared at a time: memory stays bounded.
BATCH = 200
NO_EVENTS = "there is such a row and no event of its stream"

Progress = Callable[[int], object]


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
    files: FilesRead = field(default_factory=FilesRead)
    #: How many rows another release folded.
    other_folds: Counter[Age] = field(default_factory=Counter)
    #: Losses that casetrack recovered wrote down, with their regions.
    lost: list[tuple[str, LostHistory]] = field(default_factory=list)

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
            "files": self.files.as_dict(),
            "lost": [
                {"region": region, "since": instant(loss.since), "positions": list(loss.positions)}
                for region, loss in self.lost
            ],
            "other_folds": {age: self.other_folds[age] for age in get_args(Age)},
        }


@dataclass
class CheckedRegion:
    """A region that verify goes through: its streams, then its rows, then its ledger."""

    place: Place
    reader: Reader
    judge: Judge
    verdict: Verdict
    progress: Progress
    folds: OtherFolds
    keys: RegisterKeys = field(init=False)
    authority: AuthorityCheck = field(init=False)
    administration: AdministrationCheck = field(init=False)
    bad_days: FoldedBadDays = field(default_factory=FoldedBadDays)
    complaints: FoldedComplaints = field(default_factory=FoldedComplaints)
    #: What was lost once, by the region's trace; the trace is checked as every stream is.
    losses: list[LostHistory] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = RegisterKeys(self.region)
        try:
            self.losses = losses(self.reader.connection, self.region)
        except UNREADABLE:
            # Who changed that event is found by its chain.
            self.losses = []
        self.verdict.lost += [(self.region, loss) for loss in self.losses]
        self.authority = AuthorityCheck(self.place, self.reader, self.verdict.authority)
        self.administration = AdministrationCheck(self.region, self.verdict.authority)

    @property
    def region(self) -> str:
        """Its code."""
        return self.place.region

    def report(self, faults: Iterable[Fault]) -> None:
        """Have these weighed against what was found before."""
        self.judge.report(faults)
