"""Files of persons in the store: put there before their event, fetched with their key, removed for good.

A file is sealed under a key of its own, and that key is part of a sealed text of the person. So whatever
becomes of the person's texts becomes of the file: joined with another person, taken apart, erased.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from casetrack.domain.case.steps import Setting
from casetrack.domain.errors import NotAsKept, NotOffered, Unavailable
from casetrack.domain.people.stored_files import FileBroken, FileKind, KeptFile, Scan, StoreAway
from casetrack.storage.people import file_rows, signing_rows
from casetrack.storage.people.file_rows import FileRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.region_by_region import in_each_region

#: What is put into the store and has no event by then is removed again.
UNTIL = timedelta(hours=1)
#: A file with signatures of which not all are there, or whose event did not come.
SIGNED_FOR = timedelta(days=7)
#: After it a store that was away, or a scanner that gave no answer, is asked again.
AGAIN = timedelta(minutes=5)
#: Files of a region in one round.
BATCH = 100
#: Seconds after which a caller may ask a store again.
_RETRY = 10


def check_taken(ctx: Context) -> None:
    """Raises NotOffered where this installation cannot open files, so it takes none."""
    if not ctx.files.takes:
        raise NotOffered(
            "files_not_taken",
            "This installation takes no files; record the document by its name and hash, or have the "
            "operator install the extra `files`.",
        )


def put(ctx: Context, region: str, kind: FileKind, content: BinaryIO, scan: Scan) -> KeptFile:
    """Put a file into the store; it is removed again unless its event comes in time.

    Raises Unavailable.
    """
    file, size, digest, key = place(ctx, region, content, UNTIL)
    return KeptFile(file, kind, size, digest, scan, key)


def place(
    ctx: Context, region: str, content: BinaryIO, until: timedelta
) -> tuple[str, int, str, bytes]:
    """Seal it into the store for so long: its name there, size, digest of what lies there, and key.

    That it is put there is written down first, so nothing lies there that nobody knows of. Raises
    Unavailable.
    """
    file, key = ctx.new_id(), ctx.files.new_key()
    size = content.seek(0, 2)
    with ctx.database.write() as uow:
        file_rows.expect(uow, region, file, uow.time(None) + until)
    with reached():
        digest = ctx.files.keep(region, file, content, key)
    return file, size, digest, key


def arrive(
    uow: UnitOfWork, setting: Setting, number: str, text: str, said: Mapping[str, Any]
) -> None:
    """The file's event, which says this of it, is about to be appended; its key is in this text.

    Raises Conflict where it comes too late.
    """
    file_rows.arrive(uow, row_of(setting.region, number, text, said, setting.now), setting.now)


def row_of(
    region: str, number: str, text: str, said: Mapping[str, Any], now: datetime | None
) -> FileRow:
    """The row of a file as its event makes it. `now`: it waits for a scanner from then on."""
    return FileRow(
        region,
        said["id"],
        number,
        text,
        said["kind"],
        said["size"],
        said["digest"],
        said["scan"],
        said["base"],
        now if said["scan"] == "not_scanned" else None,
    )


def fetch(ctx: Context, row: FileRow, key: bytes, own: str, into: BinaryIO) -> None:
    """The file as it came, into a file that passes through. `own` is the SHA-256 of it.

    Raises Unavailable, NotAsKept.
    """
    with reached():
        ctx.files.fetch(row.region, row.file, key, row.digest, own, into)


@contextmanager
def reached() -> Iterator[None]:
    """What a store says becomes what a caller is told."""
    try:
        yield
    except StoreAway as error:
        raise Unavailable(
            "store_unavailable",
            "The store of files does not answer; nothing was changed, so try again soon.",
            retry_after=_RETRY,
        ) from error
    except FileBroken as error:
        raise NotAsKept(
            "file_not_as_kept",
            "What lies in the store of files is not what was put there, so it is not shown; tell the "
            "operator, who runs casetrack verify.",
        ) from error


def remove_once(ctx: Context) -> int:
    """One round over all regions: what is to leave the store leaves it; gives how many did."""
    return in_each_region(ctx, _remove)


def _remove(ctx: Context, region: str) -> int:
    try:
        return remove_due(ctx, region)
    except StoreAway:
        return 0  # said in the log; the metrics show what waits


def remove_all_due(ctx: Context, region: str) -> bool:
    """Everything that is to leave the store leaves it now; False where the store does not answer."""
    try:
        while remove_due(ctx, region):
            pass
    except StoreAway:
        return False
    return True


def remove_due(ctx: Context, region: str) -> int:
    """Remove from the store what is to leave it now. Raises StoreAway where it does not answer."""
    with ctx.database.read() as connection:
        due = file_rows.due(connection, region, ctx.database.now(), BATCH)
    if due:
        with ctx.database.write() as uow:
            signing_rows.forget(uow, region, uow.time(None) - SIGNED_FOR)
    for file in due:
        ctx.files.remove(region, file)
        with ctx.database.write() as uow:
            file_rows.gone(uow, region, file)
    return len(due)
