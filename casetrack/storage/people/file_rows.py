"""Rows of files that are kept, of those that leave the store, and of those that wait for a scanner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from casetrack.storage import schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.unit_of_work import Conflict, UnitOfWork

_F, _L = schema.files.c, schema.leaving_files.c


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that is kept."""

    region: str
    file: str
    number: str
    text: str
    kind: str
    size: int
    digest: str
    scan: str
    base: str | None = None
    scan_at: datetime | None = None

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in _COLUMNS}


#: Before what was put there may be removed.
MARGIN = timedelta(minutes=10)
_COLUMNS = tuple(column.name for column in schema.files.columns)
_OF_CASE = Fixed(
    select(*[_F[name] for name in _COLUMNS]).where(
        _F.region == bindparam("region"), _F.number == bindparam("number")
    )
)


def expect(uow: UnitOfWork, region: str, file: str, until: datetime) -> None:
    """Something is put into the store; it is removed again unless its event comes until then."""
    uow.execute(insert(schema.leaving_files).values(region=region, file=file, due_at=until))


def arrive(uow: UnitOfWork, row: FileRow, now: datetime) -> None:
    """The event has come. Raises Conflict where it came too late: it may be on its way out.

    The margin is longer than any transaction, so nobody removes what another is about to commit.
    """
    here = (_L.region == row.region, _L.file == row.file, _L.due_at > now + MARGIN)
    if not uow.execute(delete(schema.leaving_files).where(*here)).rowcount:
        raise Conflict("the file was removed again before its event came")
    uow.execute(insert(schema.files).values(row.values()))


def of_case(connection: Connection, region: str, number: str) -> list[FileRow]:
    """The files of a case; those of an erased person are not there."""
    rows = ask(connection, _OF_CASE, {"region": region, "number": number})
    return [FileRow(**row._asdict()) for row in rows]


def of_subject(connection: Connection, region: str, subject: str) -> list[FileRow]:
    """The files whose keys are among this subject's texts."""
    query = select(*[_F[name] for name in _COLUMNS]).where(*_theirs(region, subject))
    return [FileRow(**row._asdict()) for row in connection.execute(query)]


def _theirs(region: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    texts = schema.texts.c
    keys = select(texts.text).where(texts.region == region, texts.subject == subject)
    return _F.region == region, _F.text.in_(keys)


def leave(uow: UnitOfWork, region: str, subject: str, now: datetime) -> int:
    """The files whose keys are among this subject's texts leave the store; how many."""
    files = list(uow.execute(select(_F.file).where(*_theirs(region, subject))).scalars())
    for file in files:
        leave_one(uow, region, file, now)
    return len(files)


def leave_one(uow: UnitOfWork, region: str, file: str, now: datetime) -> None:
    """One file leaves the store."""
    uow.execute(delete(schema.files).where(_F.region == region, _F.file == file))
    expect(uow, region, file, now)


def due(connection: Connection, region: str, now: datetime, limit: int) -> list[str]:
    """The files that are to be removed from the store now."""
    query = select(_L.file).where(_L.region == region, _L.due_at <= now)
    return list(connection.execute(query.order_by(_L.due_at).limit(limit)).scalars())


def gone(uow: UnitOfWork, region: str, file: str) -> None:
    """Nothing of it is in the store any more."""
    uow.execute(delete(schema.leaving_files).where(_L.region == region, _L.file == file))


def unscanned(connection: Connection, region: str, now: datetime, limit: int) -> list[FileRow]:
    """Those about which a scanner is to be asked now, the longest first."""
    query = select(*[_F[name] for name in _COLUMNS]).where(
        _F.region == region, _F.scan_at.is_not(None), _F.scan_at <= now
    )
    rows = connection.execute(query.order_by(_F.scan_at).limit(limit))
    return [FileRow(**row._asdict()) for row in rows]


def set_scan(uow: UnitOfWork, row: FileRow, values: Mapping[str, Any]) -> bool:
    """What a scanner said, or when it is asked again; False where that was said, or the file is gone."""
    here = (_F.region == row.region, _F.file == row.file, _F.scan_at.is_not(None))
    return bool(uow.execute(update(schema.files).where(*here).values(**values)).rowcount)
