"""Rows of complaints are made anew from their events; what no event holds of them stays as it is."""

from collections.abc import Iterable, Iterator

from casetrack.domain.case.complaints import STREAM
from casetrack.domain.events import Event
from casetrack.domain.proof.verdict import Chain
from casetrack.storage.case import complaint_rows
from casetrack.storage.case.complaint_rows import ComplaintRow
from casetrack.storage.people import officers
from casetrack.storage.proof import row_writes
from casetrack.storage.proof import stored_rows as proof
from casetrack.storage.proof.stored_rows import Reader
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.complaint_sight import digest_of
from casetrack.usecases.context import Context
from casetrack.usecases.proof.complaint_check import FoldedComplaints, different

#: A stream, what was otherwise, and whether it was mended.
Remade = tuple[str, str, bool]


def remake_complaints(ctx: Context, region: str, streams: Iterable[str]) -> Iterator[Remade]:
    """Each complaint under its lock; then rows without events go."""
    known = set()
    for stream in streams:
        known.add(stream.removeprefix(STREAM))
        found = _remake(ctx, region, stream)
        if found is not None:
            yield found
    with proof.snapshot(ctx.database) as reader:
        strays = [row["complaint"] for row in reader.all_rows("complaints", region)]
    for number in strays:
        if number not in known:
            with ctx.database.write() as uow:
                row_writes.drop(uow, "complaints", (region, number))
            yield f"{STREAM}{number}", "a row without events", True


def _remake(ctx: Context, region: str, stream: str) -> Remade | None:
    number = stream.removeprefix(STREAM)
    with ctx.database.write() as uow:
        complaint_rows.lock_number(uow, region, number)
        reader, folded = Reader(uow.connection), FoldedComplaints()
        for event in _events(reader, region, stream):
            if event is None:
                return stream, "left alone, its chain is broken", False
            folded.look(event)
        if number in folded.broken:
            return stream, f"left alone, {folded.broken[number]}", False
        state = folded.states[number]
        rows = reader.rows("complaints", region, "complaint", [number])
        names = different(ctx, region, state, rows[0]) if rows else ["all"]
        if not names:
            return None
        officer = _officer(ctx, uow, region, number, state.about)
        # The key of its own is in no event: without its row the texts are lost.
        key = bytes(rows[0]["wrapped_key"]) if rows and rows[0]["wrapped_key"] else None
        complaint_rows.change(uow, region, ComplaintRow(state, officer, key))
    return stream, f"its row differed in {', '.join(names)}", True


def _events(reader: Reader, region: str, stream: str) -> Iterator[Event | None]:
    chain = Chain(region, stream)
    for row in reader.events(region, [stream]):
        yield chain.add(row)[0]


def _officer(
    ctx: Context, uow: UnitOfWork, region: str, number: str, about: str | None
) -> str | None:
    """Whose digest this is, among the region's accounts."""
    if about is None:
        return None
    for officer, _ in officers.of_region(uow.connection, region):
        if digest_of(ctx, region, number, officer.login) == about:
            return officer.login
    return None
