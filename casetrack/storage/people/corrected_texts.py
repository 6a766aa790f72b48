"""Sealed texts that a correction replaced and a retention keeps."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from casetrack.storage import schema
from casetrack.storage.unit_of_work import UnitOfWork

#: What such a text is called; the one that counts is a `party`.
KIND = "corrected"

_T = schema.texts.c


@dataclass(frozen=True, slots=True)
class CorrectedText:
    """An old text: whose it is, and of which case."""

    region: str
    text: str
    subject: str
    number: str


_ROW = select(_T.region, _T.text, _T.subject, _T.number)


def keep(uow: UnitOfWork, region: str, text: str, review_at: datetime) -> None:
    """This text counts no more, and is kept until somebody asks for it then."""
    uow.execute(
        update(schema.texts)
        .where(_T.region == region, _T.text == text)
        .values(kind=KIND, review_at=review_at)
    )


def to_review(
    connection: Connection, region: str, now: datetime, limit: int
) -> list[CorrectedText]:
    """Those of a region whose moment has come, the longest first."""
    query = _ROW.where(_T.region == region, _T.review_at.is_not(None), _T.review_at <= now)
    rows = connection.execute(query.order_by(_T.review_at).limit(limit))
    return [CorrectedText(*row) for row in rows]


def one(connection: Connection, region: str, text: str) -> CorrectedText | None:
    """This one, while it is kept."""
    query = _ROW.where(_T.region == region, _T.text == text, _T.review_at.is_not(None))
    row = connection.execute(query).first()
    return CorrectedText(*row) if row else None


def review_on(uow: UnitOfWork, text: CorrectedText, moment: datetime) -> None:
    """It is kept, and asked for again then."""
    uow.execute(
        update(schema.texts)
        .where(_T.region == text.region, _T.text == text.text)
        .values(review_at=moment)
    )
