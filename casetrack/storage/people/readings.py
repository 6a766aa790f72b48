"""Rows of who looked at personal data: written before the data are shown, read by auditors."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    and_,
    bindparam,
    delete,
    literal_column,
    select,
    text,
)

from casetrack.domain.people.readings import Reading, Unmasking
from casetrack.storage import keyset, schema
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.unit_of_work import UnitOfWork

_UNMASKING = ("party", "reason", "letter", "letter_until")
_COLUMNS = (
    *("region", "at", "reading", "login", "role", "agency", "kind", "cases", "query"),
    *_UNMASKING,
    "seal",
)
_INTO = f"INSERT INTO readings ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})"  # noqa: S608
_OF_CASES = "INSERT INTO reading_cases (region, number, at, reading, login, kind) "
_AT = bindparam("at", type_=schema.Instant())
#: On PostgreSQL one statement, and so one round trip and one transaction.
_TOGETHER = Fixed(
    text(
        f"WITH looked AS ({_INTO} RETURNING region, at, reading, login, kind, cases) {_OF_CASES}"  # noqa: S608
        "SELECT region, of_case, at, reading, login, kind "
        "FROM looked, json_array_elements_text(CAST(looked.cases AS json)) AS of_case"
    ).bindparams(_AT)
)
_FIRST = text(_INTO).bindparams(_AT)
_THEN = text(
    f"{_OF_CASES} SELECT :region, value, :at, :reading, :login, :kind FROM json_each(:cases)"  # noqa: S608
).bindparams(_AT)


def put(uow: UnitOfWork, reading: Reading, seal: str) -> None:
    """Write one down, with the cases by which it is found: with whatever is asked next."""
    values = {
        **{name: getattr(reading, name) for name in _COLUMNS if name not in (*_UNMASKING, "seal")},
        **dict(zip(_UNMASKING, _unmasking_values(reading.unmasking), strict=True)),
        "cases": json.dumps(reading.cases),
        "seal": seal,
    }
    if uow.dialect == "postgresql":
        uow.put(_TOGETHER, values)
        return
    uow.execute(_FIRST, values)
    uow.execute(_THEN, values)


def _unmasking_values(unmasking: Unmasking | None) -> tuple[str | None, ...]:
    if unmasking is None:
        return (None,) * len(_UNMASKING)
    until = unmasking.until.isoformat() if unmasking.until else None
    return unmasking.party, unmasking.reason, unmasking.letter, until


_OF = schema.reading_cases.c
_IS_LOOKING = Fixed(
    select(_OF.reading)
    .where(
        _OF.region == bindparam("region"),
        _OF.number == bindparam("number"),
        _OF.at > bindparam("since", type_=schema.Instant()),
        _OF.login == bindparam("login"),
        _OF.kind == bindparam("kind"),
    )
    .limit(literal_column("1"))
)


def is_looking(
    connection: Connection, region: str, number: str, login: str, since: datetime, kind: str
) -> bool:
    """Whether this officer's look of this kind at this case since then is written down already."""
    values = {"region": region, "number": number, "login": login, "since": since, "kind": kind}
    return bool(ask(connection, _IS_LOOKING, values))


def as_reading(row: Any) -> Reading:
    """The reading that a row holds."""
    return from_values(row._asdict(), row.at)


def from_values(values: Mapping[str, Any], at: datetime) -> Reading:
    """The same from its columns by name. Raises ValueError and TypeError for what no reading holds."""
    unmasking = None
    if values["party"] is not None:
        until = values["letter_until"]
        unmasking = Unmasking(
            values["party"],
            values["reason"],
            values["letter"],
            date.fromisoformat(until) if until is not None else None,
        )
    return Reading(
        values["region"],
        at,
        values["reading"],
        values["login"],
        values["role"],
        values["agency"],
        values["kind"],
        tuple(json.loads(values["cases"])),
        values["query"],
        unmasking,
    )


#: A place in the order of looks: the moment, and the id where several fell into one.
Place = tuple[datetime, str]


#: Behind every place: the newest look is before it.
_END: Place = (datetime(9999, 12, 31, tzinfo=UTC), "")
_R = schema.readings.c
_MOST: Any = bindparam("most", type_=Integer)
_OF_CASE = Fixed(
    select(schema.readings)
    .join(
        schema.reading_cases,
        and_(_OF.region == _R.region, _OF.at == _R.at, _OF.reading == _R.reading),
    )
    .where(
        _OF.region == bindparam("region"),
        _OF.number == bindparam("number"),
        keyset.before_given((_OF.at, _OF.reading)),
    )
    .order_by(_OF.at.desc(), _OF.reading.desc())
    .limit(_MOST)
)


def of_case(
    connection: Connection, region: str, number: str, *, before: Place | None, limit: int
) -> list[Reading]:
    """Looks at a case, the newest first."""
    values = {"region": region, "number": number, **keyset.given_key(before or _END), "most": limit}
    return [as_reading(row) for row in ask(connection, _OF_CASE, values)]


@dataclass(frozen=True, slots=True)
class Which:
    """Looks of one officer or of everybody, from a moment on and before another."""

    login: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def _looks(*where: Any) -> Fixed:
    query = select(schema.readings).where(
        _R.region == bindparam("region"),
        *where,
        _R.at >= bindparam("since", type_=schema.Instant()),
        keyset.before_given((_R.at, _R.reading)),
    )
    return Fixed(query.order_by(_R.at.desc(), _R.reading.desc()).limit(_MOST))


_OF_REGION, _OF_OFFICER = _looks(), _looks(_R.login == bindparam("login"))
_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


def of_region(
    connection: Connection, region: str, which: Which, *, before: Place | None, limit: int
) -> list[Reading]:
    """These looks of a region, the newest first."""
    # What lies before a moment lies before its first place.
    places = [place for place in (before, (which.until, "")) if place and place[0] is not None]
    values = {
        "region": region,
        "login": which.login,
        "since": which.since or _BEGINNING,
        **keyset.given_key(min(places, default=_END)),
        "most": limit,
    }
    found = _OF_REGION if which.login is None else _OF_OFFICER
    if which.login is None:
        del values["login"]
    return [as_reading(row) for row in ask(connection, found, values)]


def first_at(
    connection: Connection, region: str, since: datetime | None, until: datetime
) -> datetime | None:
    """The first look from one moment on and before another."""
    table = schema.readings.c
    query = select(table.at).where(table.region == region, table.at < until)
    if since is not None:
        query = query.where(table.at >= since)
    found: datetime | None = connection.execute(query.order_by(table.at).limit(1)).scalar()
    return found


def seals(connection: Connection, region: str, since: datetime, until: datetime) -> Iterator[str]:
    """The seals of the looks of a time, in their order."""
    table = schema.readings.c
    query = (
        select(table.seal)
        .where(table.region == region, table.at >= since, table.at < until)
        .order_by(table.at, table.reading)
    )
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        yield from rows.scalars()


def opened(
    connection: Connection, region: str, since: datetime, until: datetime
) -> Iterator[Reading]:
    """All looks of a time but pages of lists, in their order."""
    table = schema.readings.c
    query = (
        select(schema.readings)
        .where(table.region == region, table.at >= since, table.at < until, table.kind != "list")
        .order_by(table.at, table.reading)
    )
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            yield as_reading(row)


def cases_of_officers(connection: Connection, region: str) -> dict[str, dict[str, str | None]]:
    """Cases in which officers are parties themselves, by the keyed index of their NIK."""
    officers, subjects, parties = schema.officers.c, schema.subjects.c, schema.parties.c
    rows = connection.execute(
        select(parties.number, officers.login, officers.agency)
        .join(
            schema.subjects,
            and_(
                subjects.region == officers.region,
                subjects.nik_index == officers.nik_index,
            ),
        )
        .join(
            schema.parties,
            and_(parties.region == subjects.region, parties.subject == subjects.subject),
        )
        .where(officers.region == region, officers.nik_index.is_not(None))
    )
    found: dict[str, dict[str, str | None]] = {}
    for row in rows:
        found.setdefault(row.number, {})[row.login] = row.agency
    return found


def forget(uow: UnitOfWork, region: str, until: datetime, most: int) -> int:
    """Remove the oldest looks from before this moment, at most so many, and the reasons of those that
    unmasked somebody; gives how many looks went."""
    table, of = schema.readings, schema.reading_cases
    rows = uow.execute(
        select(table)
        .where(table.c.region == region, table.c.at < until)
        .order_by(table.c.at, table.c.reading)
        .limit(most)
    ).all()
    looks = [as_reading(row) for row in rows]
    _delete(uow, table, [{"at": each.at, "reading": each.reading} for each in looks], region)
    found = [
        {"number": number, "at": each.at, "reading": each.reading}
        for each in looks
        for number in each.cases
    ]
    _delete(uow, of, found, region)
    reasons = [{"text": each.unmasking.reason} for each in looks if each.unmasking]
    _delete(uow, schema.texts, reasons, region)
    return len(looks)


def _delete(uow: UnitOfWork, table: Any, keys: list[dict[str, Any]], region: str) -> None:
    """The rows of these keys, in one statement carried out for each."""
    if not keys:
        return
    named = [table.c[name] == bindparam(f"of_{name}", type_=table.c[name].type) for name in keys[0]]
    statement = delete(table).where(table.c.region == region, *named)
    uow.execute(statement, [{f"of_{name}": key[name] for name in key} for key in keys])
