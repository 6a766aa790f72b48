"""Files against the events that brought them: their rows, and what lies in the store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from casetrack.domain.case.state import CaseState
from casetrack.domain.events import parse_instant
from casetrack.domain.people.stored_files import NotThere, StoreAway
from casetrack.domain.proof.verdict import Fault
from casetrack.storage.people import file_rows
from casetrack.usecases.context import Context
from casetrack.usecases.people.files import row_of
from casetrack.usecases.proof.side_streams import Beside


@dataclass
class FilesRead:
    """How many files were read in the store, and what is wrong with which; `asked`: whether they are."""

    asked: bool = True
    read: int = 0
    #: The store does not answer, so nobody can tell.
    away: int = 0
    wrong: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack verify --json` prints it."""
        return {"asked": self.asked, "read": self.read, "away": self.away, "wrong": self.wrong}


def expected_rows(state: CaseState, beside: Beside) -> list[dict[str, Any]]:
    """The rows of a case's files as the events make them; of erased persons they are gone with the key.

    When a scanner is asked again is nobody's to prove.
    """
    rows = []
    for document in state.documents:
        if "file" not in document or document["text"] not in beside.texts:
            continue
        came = parse_instant(document["received_at"])
        row = row_of(state.region, state.number, document["text"], document["file"], came)
        if row.file in beside.scans:
            scan, base = beside.scans[row.file]
            row = replace(row, scan=scan, base=base, scan_at=None)
        rows.append(row.values())
    for product in state.products:
        file = product.get("file")
        if file and file["text"] in beside.texts:
            rows.append(row_of(state.region, state.number, file["text"], file, None).values())
    return rows


def check(
    ctx: Context, region: str, stored: Mapping[Any, Mapping[str, Any]], found: FilesRead
) -> Iterator[Fault]:
    """What lies in the store against these rows: every byte of it is hashed."""
    for row in stored.values() if found.asked else ():
        if row["scan"] == "found":
            continue
        why = _wrong(ctx, region, row, found)
        if why is None or _is_gone(ctx, region, row):
            continue
        found.wrong.append(
            {"number": row["number"], "file": f"{region}/{row['file']}", "detail": why}
        )
        yield Fault("file", region, row["number"], None, f"file {region}/{row['file']} {why}")


def _wrong(ctx: Context, region: str, row: Mapping[str, Any], found: FilesRead) -> str | None:
    try:
        digest = ctx.files.stored_digest(region, row["file"])
    except NotThere:
        return "is not in the store"
    except StoreAway:
        found.away += 1
        return None
    found.read += 1
    return None if digest == row["digest"] else "is not what was put into the store"


def _is_gone(ctx: Context, region: str, row: Mapping[str, Any]) -> bool:
    """Whether it was erased while we looked: our moment is an older one."""
    with ctx.database.read() as connection:
        rows = file_rows.of_case(connection, region, row["number"])
    return not any(each.file == row["file"] for each in rows)
