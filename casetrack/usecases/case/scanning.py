"""Files that no scanner has answered for are given to one again, until it answers: the clock's round."""

import json
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.domain.people.stored_files import FileBroken, Scan, StoreAway
from casetrack.storage.people import file_rows, sealed_rows
from casetrack.storage.people.file_rows import FileRow
from casetrack.usecases.case.documents import key_of
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people.files import AGAIN
from casetrack.usecases.people.sealing import open_texts
from casetrack.usecases.region_by_region import in_each_region

#: Files of a region that are scanned in one round.
BATCH = 20
SCANNED = TYPE_PREFIX + "file.scanned"


def scan_once(ctx: Context) -> int:
    """One round over all regions; gives for how many files there was an answer. Safe in any number."""
    return in_each_region(ctx, _round) if ctx.files.scans else 0


def _round(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        rows = file_rows.unscanned(connection, region, ctx.database.now(), BATCH)
    answered = 0
    for row in rows:
        scan = _scan(ctx, row)
        if scan is None or scan.state == "not_scanned":
            _set(ctx, row, {"scan_at": ctx.database.now() + AGAIN})
            # A scanner that is away keeps this round from the others; the next one begins behind it.
            break
        _note(ctx, row, scan)
        answered += 1
    return answered


def _scan(ctx: Context, row: FileRow) -> Scan | None:
    """What the scanner says of a file; None where the file cannot be had."""
    with ctx.database.read() as connection:
        sealed = sealed_rows.texts_by_id(connection, row.region, [row.text])
    said = open_texts(ctx, row.region, sealed).get(row.text)
    if said is None:
        return None
    words = json.loads(said)
    with ctx.files.passing() as content:
        try:
            ctx.files.fetch(
                row.region, row.file, key_of(words), row.digest, words["sha256"], content
            )
        except (StoreAway, FileBroken):
            return None
        return ctx.files.scan(content)


def _set(ctx: Context, row: FileRow, values: dict[str, Any]) -> None:
    with ctx.database.write() as uow:
        file_rows.set_scan(uow, row, values)


def _note(ctx: Context, row: FileRow, scan: Scan) -> None:
    """The answer is a fact beside the case; what was found leaves the store."""
    region, stream = row.region, f"files/{row.number}"
    with ctx.database.write() as uow:
        uow.lock(region, stream)
        values = {"scan": scan.state, "base": scan.base, "scan_at": None}
        if not file_rows.set_scan(uow, row, values):
            return  # erased, or another clock was quicker
        if scan.state == "found":
            file_rows.expect(uow, region, row.file, ctx.database.now())
        data = {"file": row.file, "scan": scan.state, "found": scan.said, "base": scan.base}
        append_fact(uow, region, stream, NewEvent(SCANNED, data), system(region, "clock"))
