"""casetrack rebuild: make the folded rows anew from the events, stream by stream, under its lock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casetrack.domain.errors import BadInput
from casetrack.domain.proof.verdict import UNREADABLE, Chain
from casetrack.storage import statistics
from casetrack.storage.authority.register import put_keys
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.proof import row_writes
from casetrack.storage.proof import stored_rows as proof
from casetrack.storage.proof.row_tables import key_of, stream_of_row
from casetrack.storage.proof.stored_rows import Reader
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case import figures
from casetrack.usecases.context import Context
from casetrack.usecases.proof import feed_rows, figure_check
from casetrack.usecases.proof.other_folds import OtherFolds
from casetrack.usecases.proof.refold_case import (
    ROW_TABLES,
    CaseFold,
    Difference,
    ImportFold,
    Place,
    Rows,
    differences,
    keyed,
    stored_rows,
)
from casetrack.usecases.proof.refold_register import (
    EntryKey,
    RegisterFold,
    RegisterKeys,
    key_detail,
    stored_revisions,
)
from casetrack.usecases.proof.remade_bad_days import remake_bad_days
from casetrack.usecases.proof.remade_complaints import remake_complaints
from casetrack.usecases.proof.side_streams import beside

Fold = CaseFold | ImportFold | RegisterFold

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What rebuild did, or why it left a stream alone."""

    region: str
    stream: str
    detail: str
    done: bool = True


def rebuild(
    ctx: Context, region: str | None, progress: Callable[[int], object]
) -> Iterator[Change]:
    """Refold everything, one transaction a stream; gives what differed.

    A stream whose chain is broken is left as it is: rows made from it would hide that. So is one that
    a newer release folded: this one does not know by which rules.
    Raises BadInput for a region that there is not.
    """
    statistics.complete(ctx.database)
    with proof.snapshot(ctx.database) as reader:
        known = reader.regions()
    if region is not None and region not in known:
        raise BadInput(f"there is no region {region}; known are {', '.join(known) or 'none'}")
    done, folds = 0, OtherFolds.of(ctx)
    for code in [region] if region else known:
        with proof.snapshot(ctx.database) as reader:
            place = Place.of(ctx, reader, code)
        for stream in _streams(ctx, code, ("", "import", "register")):
            yield from _stream(place, folds, stream)
            done += 1
            progress(done)
        yield from _strays(place)
        yield from _keys(ctx, code)
        yield from _feeds(ctx, code)
        for each, detail, mended in remake_complaints(
            ctx, code, _streams(ctx, code, ("complaint",))
        ):
            yield Change(code, each, detail, done=mended)
        yield from _bad_days(ctx, code)
        yield from _figures(ctx, code)


def _bad_days(ctx: Context, region: str) -> Iterator[Change]:
    """Outages and numbers set aside, by what all events of the region say of them together."""
    with ctx.database.write() as uow:
        found = list(remake_bad_days(uow, region))
    yield from (Change(region, stream, detail) for stream, detail in found)


def _figures(ctx: Context, region: str) -> Iterator[Change]:
    """All is counted anew where a sum, or what a sampled case adds, is otherwise."""
    with proof.snapshot(ctx.database) as reader:
        found = [each for each in figure_check.check(ctx, reader, region) if each.kind == "figure"]
    if found:
        figures.count_anew(ctx, region)
        yield Change(region, found[0].stream or "figures", f"{found[0].detail}; counted anew")


def _streams(ctx: Context, region: str, kinds: tuple[str, ...]) -> Iterator[str]:
    """Streams that have rows, a page at a time: no read stays open while one is mended."""
    after = ""
    while True:
        with proof.snapshot(ctx.database) as reader:
            page = reader.streams(region, after, _BATCH)
        if not page:
            return
        after = page[-1]
        yield from (name for name in page if name.rpartition("/")[0].partition("/")[0] in kinds)


def _stream(place: Place, folds: OtherFolds, stream: str) -> list[Change]:
    ctx = place.ctx
    with ctx.database.write() as uow:
        if stream.startswith("import/"):
            fold: Fold = ImportFold(place.region, stream)
            reader = row_writes.lock_import(uow, place.region, stream.split("/")[1])
        elif stream.startswith("register/"):
            fold = RegisterFold(place.region, stream)
            reader = row_writes.lock_register(uow, place.region)
        else:
            fold = CaseFold(place)
            reader = row_writes.lock(uow, place.region, stream)
        why = _refold(reader, fold, place.region, stream)
        if why is not None:
            return [Change(place.region, stream, why, done=False)]
        expected, stored = _rows(reader, fold, place.region, stream)
        if folds.is_newer(stored):
            return [Change(place.region, stream, _NEWER, done=False)]
        found = differences(fold, expected, stored)
        _mend(uow, found)
    return [Change(place.region, stream, difference.detail) for difference in found]


def _refold(reader: Reader, fold: Fold, region: str, stream: str) -> str | None:
    """Fold the stream; gives why that cannot be."""
    chain = Chain(region, stream)
    for row in reader.events(region, [stream]):
        event, faults = chain.add(row)
        if event is None:
            return f"left alone, its chain is broken at version {row.version}: {faults[0].detail}"
        try:
            fold.add(event, chain.hash)
        except UNREADABLE as error:
            return f"left alone, version {row.version} cannot be folded: {error}"
    return None


_NEWER = "left alone, a newer release folded it: run that release's casetrack rebuild"


def _rows(reader: Reader, fold: Fold, region: str, stream: str) -> tuple[Rows, Rows]:
    """The rows that there should be, and those that there are."""
    if isinstance(fold, CaseFold):
        expected = fold.expected(beside(reader, region, [stream])[stream])
        return expected, stored_rows(reader, region, [stream])[stream]
    if isinstance(fold, RegisterFold):
        return fold.expected(), stored_revisions(reader, region, [stream])[stream]
    rows = reader.rows("imported_cases", region, "stream", [stream])
    return fold.expected(), {"imported_cases": keyed("imported_cases", rows)}


def _mend(uow: UnitOfWork, found: list[Difference]) -> None:
    # What is too much goes first: it may hold a key that what is missing needs.
    for difference in found:
        if difference.expected is None:
            row_writes.drop(uow, difference.table, difference.key)
    for difference in found:
        if difference.expected is not None:
            row_writes.put(uow, difference.table, difference.expected)


def _strays(place: Place) -> Iterator[Change]:
    """Rows of streams that have no event. Where the ledger knows one, the rows are evidence."""
    ctx, region = place.ctx, place.region
    for table in ROW_TABLES:
        with proof.snapshot(ctx.database) as reader:
            rows = list(reader.without_stream(table, region))
        for row in rows:
            stream, key = stream_of_row(table, row), key_of(table, row)
            with ctx.database.write() as uow:
                known = row_writes.lock(uow, region, stream).is_sequenced(region, stream)
                if not known:
                    row_writes.drop(uow, table, key)
            detail = Difference(table, key, None, None, row).detail
            if known:
                detail += "; left alone, the ledger knows events of it that are gone"
            yield Change(region, stream, detail, done=not known)


def _keys(ctx: Context, region: str) -> Iterator[Change]:
    """The register's keys, which all of its entries make together, in one transaction."""
    streams = list(_streams(ctx, region, ("register",)))
    with ctx.database.write() as uow:
        reader, keys = row_writes.lock_register(uow, region), RegisterKeys(region)
        for stream in streams:
            fold = RegisterFold(region, stream)
            if _refold(reader, fold, region, stream) is not None:
                return  # said already of the entry: its keys are not known
            keys.add(fold)
        found = list(keys.differences(reader.all_rows("register_keys", region)))
        _mend_keys(uow, region, found)
    for key, missing in found:
        yield Change(region, stream_of(key[1], key[2]), key_detail(key, missing=missing))


def _feeds(ctx: Context, region: str) -> Iterator[Change]:
    """Whom the entries of the ledger concern; an entry and its rows never change once they are there."""
    with proof.snapshot(ctx.database) as reader:
        found = list(feed_rows.differences(ctx, reader, region))
    with ctx.database.write() as uow:
        for each in found:
            key = (region, each.agency, each.position)
            if each.missing:
                names = ("region", "agency", "position")
                row_writes.put(uow, "ledger_agencies", dict(zip(names, key, strict=True)))
            else:
                row_writes.drop(uow, "ledger_agencies", key)
    yield from (Change(region, "ledger", each.detail) for each in found)


def _mend_keys(uow: UnitOfWork, region: str, found: list[tuple[EntryKey, bool]]) -> None:
    for key, missing in found:
        if not missing:
            row_writes.drop(uow, "register_keys", (region, *key))
    put_keys(uow, region, [key for key, missing in found if missing])
