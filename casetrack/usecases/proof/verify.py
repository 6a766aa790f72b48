"""casetrack verify: recompute every chain, the ledger and every fold, and name what does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from casetrack.domain.errors import BadInput, Invalid
from casetrack.domain.proof.verdict import Judge
from casetrack.storage import statistics
from casetrack.storage.proof.stored_rows import Reader, snapshot
from casetrack.storage.region.regions import case_of_number
from casetrack.usecases.context import Context
from casetrack.usecases.proof.checked_region import CheckedRegion, Progress, Verdict
from casetrack.usecases.proof.kept_files import FilesRead
from casetrack.usecases.proof.ledger_check import check_ledger
from casetrack.usecases.proof.other_folds import OtherFolds
from casetrack.usecases.proof.refold_case import Place
from casetrack.usecases.proof.row_check import check_rows
from casetrack.usecases.proof.stream_check import check_streams


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


def verify(
    ctx: Context,
    *,
    case: str | None = None,
    expect: Sequence[Anchor] = (),
    files: bool = True,
    progress: Progress,
) -> Verdict:
    """Check everything, or one case and its region's ledger. Memory stays bounded.

    Without `files` no file is read in the store; rows and events of files are compared all the same.

    Raises BadInput for a case or a region of an anchor that there is not.
    """
    # After a restore nothing is known of the tables, and each read would go through a whole one.
    statistics.complete(ctx.database)
    verdict, judge, met = Verdict(files=FilesRead(asked=files)), Judge(), 0
    folds = OtherFolds.of(ctx)
    verdict.other_folds = folds.counts
    case = _as_kept(ctx, case) if case is not None else None
    with snapshot(ctx.database) as reader:
        regions = _regions(reader, case, expect)
        for region in regions:
            place = Place.of(ctx, reader, region)
            checked = CheckedRegion(place, reader, judge, verdict, progress, folds)
            check_streams(checked, case)
            if case is None:
                check_rows(checked)
            met += check_ledger(checked, {a.position: a.hash for a in expect if a.region == region})
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
