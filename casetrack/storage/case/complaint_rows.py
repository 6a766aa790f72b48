"""Complaints: the rows that their events make, and their sealed texts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, true, tuple_

from casetrack.domain.case.complaints import Complaint, watched
from casetrack.domain.events import Event
from casetrack.domain.region.complaint_readers import ComplaintSight, Place
from casetrack.storage import schema
from casetrack.storage.row_sets import Rows, Writes
from casetrack.storage.unit_of_work import UnitOfWork

_C, _T, _E = schema.complaints.c, schema.complaint_texts.c, schema.events.c
_PUT = Writes(Rows(schema.complaints))
_OVER = Writes(Rows(schema.complaints, there="is_overwritten"))
_TEXTS = Writes(Rows(schema.complaint_texts))
_OVER_TEXTS = Writes(Rows(schema.complaint_texts, there="is_overwritten"))


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint, whom it complains of, and the key of its own under which its texts are sealed (None:
    a subject's)."""

    state: Complaint
    about_officer: str | None
    wrapped_key: bytes | None


@dataclass(frozen=True, slots=True)
class ComplaintText:
    """What was said, sealed."""

    text: str
    kind: str
    sealed: bytes


#: Of what an event says, under the columns' names.
_SAME = (
    *("version", "state", "kind", "way", "agency", "about_agency", "subject", "named"),
    *("access_digest", "received_at", "received_by", "reaction_due_at", "answer_due_at"),
    *("reacted_at", "answered_at", "closed_at", "closed_as"),
)


def folded_values(region: str, state: Complaint) -> dict[str, Any]:
    """The columns that the events make."""
    next_one = watched(state)
    return {
        "region": region,
        "complaint": state.number,
        **{name: getattr(state, name) for name in _SAME},
        "limit_kind": state.limit,
        "case_number": state.case,
        "outside": json.dumps(list(state.outside), sort_keys=True),
        "corrective": json.dumps(list(state.corrective), sort_keys=True),
        "told": json.dumps(list(state.told)),
        "watch_at": next_one[1] if next_one else None,
    }


def _values(region: str, row: ComplaintRow) -> dict[str, Any]:
    own = {"about_officer": row.about_officer, "wrapped_key": row.wrapped_key}
    return {**folded_values(region, row.state), **own}


def put(uow: UnitOfWork, region: str, row: ComplaintRow) -> None:
    """A complaint comes in. Raises Conflict, at the latest with the commit, where its number is taken."""
    uow.put(_PUT, {"complaints": [_values(region, row)]})


def change(uow: UnitOfWork, region: str, row: ComplaintRow) -> None:
    """It stands so from now on; the caller holds its stream."""
    uow.put(_OVER, {"complaints": [_values(region, row)]})


def put_texts(
    uow: UnitOfWork,
    region: str,
    number: str,
    texts: Iterable[ComplaintText],
    *,
    anew: bool = False,
) -> None:
    """Keep what was said; `anew`: texts that are there, sealed otherwise."""
    rows = [
        {
            "region": region,
            "text": each.text,
            "complaint": number,
            "kind": each.kind,
            "sealed": each.sealed,
        }
        for each in texts
    ]
    if rows:
        uow.put(_OVER_TEXTS if anew else _TEXTS, {"complaint_texts": rows})


def _row(row: Any, about: str | None) -> ComplaintRow:
    said = {name: getattr(row, name) for name in _SAME}
    state = Complaint(
        number=row.complaint,
        limit=row.limit_kind,
        case=row.case_number,
        about=about,
        outside=tuple(json.loads(row.outside)),
        corrective=tuple(json.loads(row.corrective)),
        told=tuple(json.loads(row.told)),
        **said,
    )
    return ComplaintRow(state, row.about_officer, row.wrapped_key)


class ComplaintReader:
    """Reads rows; `digest_of` makes of a complaint and a login the digest that the events have."""

    def __init__(self, connection: Connection, region: str, digest_of: Any) -> None:
        self._connection, self._region, self._digest_of = connection, region, digest_of

    def _made(self, row: Any) -> ComplaintRow:
        about = row.about_officer and self._digest_of(row.complaint, row.about_officer)
        return _row(row, about)

    def one(self, number: str) -> ComplaintRow | None:
        """A complaint by its number."""
        query = _of(self._region).where(_C.complaint == number)
        row = self._connection.execute(query).first()
        return self._made(row) if row else None

    def listed(
        self,
        sight: ComplaintSight,
        before: tuple[datetime, str] | None,
        limit: int,
        states: Sequence[str] = (),
    ) -> list[ComplaintRow]:
        """Those that are read by whom it is, newest first; of these states, or of all."""
        query = _seen(_of(self._region), sight)
        query = query.where(_C.state.in_(states) if states else true())
        if before is not None:
            at, name = before
            earlier = and_(_C.received_at == at, _C.complaint < name)
            query = query.where(or_(_C.received_at < at, earlier))
        query = query.order_by(_C.received_at.desc(), _C.complaint.desc()).limit(limit)
        return [self._made(row) for row in self._connection.execute(query)]

    def within(
        self, sight: ComplaintSight | None, first: datetime, last: datetime, most: int
    ) -> list[ComplaintRow]:
        """Those that came in between, of all where nobody asks (None)."""
        query = _of(self._region).where(_C.received_at >= first, _C.received_at <= last)
        query = _seen(query, sight) if sight is not None else query
        query = query.order_by(_C.received_at, _C.complaint).limit(most)
        return [self._made(row) for row in self._connection.execute(query)]

    def due(self, now: datetime, limit: int) -> list[ComplaintRow]:
        """Those of which the clock has something to tell."""
        query = _of(self._region).where(_C.watch_at <= now)
        query = query.order_by(_C.watch_at, _C.complaint).limit(limit)
        return [self._made(row) for row in self._connection.execute(query)]

    def noted(self, sight: ComplaintSight | None, limit: int) -> list[ComplaintRow]:
        """Those that are not closed and of which a limit was noted, oldest first; of all where nobody
        asks (None)."""
        query = _of(self._region).where(_C.state != "closed", _C.told != "[]")
        query = _seen(query, sight) if sight is not None else query
        query = query.order_by(_C.received_at, _C.complaint)
        return [self._made(row) for row in self._connection.execute(query.limit(limit))]

    def of_subject(self, subject: str, case: str | None = None) -> list[ComplaintRow]:
        """Those whose texts are sealed under a person's key, or those of them about one case."""
        query = _of(self._region).where(_C.subject == subject).order_by(_C.complaint)
        query = query.where(_C.case_number == case) if case is not None else query
        return [self._made(row) for row in self._connection.execute(query)]

    def events(self, stream: str) -> list[Event]:
        """What happened in a complaint's own stream, in order."""
        query = select(_E.body).where(_E.region == self._region, _E.stream == stream)
        bodies = self._connection.execute(query.order_by(_E.version)).scalars()
        return [Event.from_body(body) for body in bodies]

    def texts(self, number: str) -> list[ComplaintText]:
        """What was said in a complaint."""
        query = select(_T.text, _T.kind, _T.sealed).where(
            _T.region == self._region, _T.complaint == number
        )
        return [ComplaintText(*row) for row in self._connection.execute(query)]


def _of(region: str) -> Select[Any]:
    return select(schema.complaints).where(_C.region == region)


def _seen(query: Select[Any], sight: ComplaintSight) -> Select[Any]:
    mine = _C.agency == sight.agency if sight.agency is not None else true()
    if sight.not_kinds:
        mine = and_(mine, _C.kind.not_in(sight.not_kinds))
    named = [place for place in sight.instead if place[1] is not None]
    others = [
        *([tuple_(_C.agency, _C.about_officer).in_(sorted(named))] if named else []),
        *(
            and_(_C.agency == agency, _C.about_officer.is_(None))
            for agency, about in sight.instead
            if about is None
        ),
    ]
    about = or_(_C.about_officer.is_(None), _C.about_officer.not_in(sorted(sight.not_about)))
    return query.where(or_(mine, *others), about)


def places(connection: Connection, region: str) -> list[Place]:
    """Where complaints lie and whom they are about, each once."""
    query = select(_C.agency, _C.about_officer).where(_C.region == region).distinct()
    return [(row.agency, row.about_officer) for row in connection.execute(query)]


def subjects_of(
    connection: Connection, region: str, numbers: Sequence[str]
) -> list[tuple[str, str, bool]]:
    """Of these complaints those under a person's key: number, person, whether they were erased."""
    subjects = schema.subjects.c
    query = (
        select(_C.complaint, _C.subject, subjects.wrapped_key.is_(None))
        .join(schema.subjects, and_(subjects.region == _C.region, subjects.subject == _C.subject))
        .where(_C.region == region, _C.complaint.in_(numbers))
    )
    return [(row[0], row[1], bool(row[2])) for row in connection.execute(query)]


def lock_number(uow: UnitOfWork, region: str, number: str) -> None:
    """Nobody else changes this complaint before the commit."""
    uow.lock(region, f"complaint/{number}")
