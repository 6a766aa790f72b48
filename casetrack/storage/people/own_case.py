"""Whether an officer is, or was, a party of a case, by whatever account: nobody acts on their own.

The one place that says so: every act on a case or on a person asks it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed

_S, _P, _O = schema.subjects.c, schema.parties.c, schema.officers.c


def whose(nik_index: Any) -> ColumnElement[bool]:
    """Whether the subject goes by this NIK, or is asked about by it: a doubt lets nobody act."""
    return or_(nik_index == _S.nik_index, nik_index == _S.nik_asked)


def _accounts(region: Any, login: Any) -> ColumnElement[bool]:
    """The accounts of the person behind this one."""
    own = schema.officers.alias("own").c
    person = select(own.person).where(own.region == region, own.login == login).scalar_subquery()
    return and_(_O.region == region, or_(_O.login == login, _O.person == person))


def _subjects(region: Any, login: Any) -> Select[Any]:
    """The subjects who are this officer."""
    return (
        select(_S.subject)
        .join(schema.officers, (_O.region == _S.region) & whose(_O.nik_index))
        .where(_accounts(region, login), _S.region == region)
    )


def _in_case(region: Any, number: Any, login: Any) -> Select[Any]:
    """Who left a case stands in it as a party, too."""
    return (
        _subjects(region, login)
        .join(schema.parties, (_P.region == _S.region) & (_P.subject == _S.subject))
        .where(_P.region == region, _P.number == number)
        .limit(literal_column("1"))
    )


def _in_case_by_key(region: Any, number: Any, login: Any) -> Select[Any]:
    """The same, from the case's parties to who they are, and only then to officers.

    A plain join leaves PostgreSQL the choice to go through all persons of the region instead, and while
    it knows little of them that is what it does. SQLite has no such reads and makes no such choice.
    """
    of_case = (
        select(_P.subject)
        .where(_P.region == region, _P.number == number)
        # In the order of the key, so that it is by the key that they are found.
        .order_by(_P.role)
        .offset(literal_column("0"))
        .subquery("of_case")
    )
    found = (
        select(_S.subject, _S.nik_index, _S.nik_asked)
        .where(_S.region == region, _S.subject == of_case.c.subject)
        .offset(literal_column("0"))
        .lateral("found")
    )
    own = schema.officers.alias("own").c
    person = select(own.person).where(own.region == region, own.login == login).scalar_subquery()
    mine = union_all(
        select(_O.nik_index).where(_O.region == region, _O.login == login),
        # Most have one account: for those this is not begun.
        select(_O.nik_index).where(_O.region == region, _O.person == person, person.is_not(None)),
    ).subquery("mine")
    same = or_(mine.c.nik_index == found.c.nik_index, mine.c.nik_index == found.c.nik_asked)
    return (
        select(found.c.subject)
        .select_from(of_case.join(found, true()))
        .join(mine, same)
        .limit(literal_column("1"))
    )


_CASE: tuple[Any, Any] = (bindparam("region"), bindparam("number"))
_OFFICER: Any = bindparam("officer")
#: Whether `officer` is or was a party of the case `number`, in a statement about that case.
IS_OWN, IS_OWN_ON_SQLITE = (
    _in_case_by_key(*_CASE, _OFFICER).exists(),
    _in_case(*_CASE, _OFFICER).exists(),
)
_OWN = Fixed(
    _in_case_by_key(*_CASE, bindparam("login")), sqlite=_in_case(*_CASE, bindparam("login"))
)
_NIKS = Fixed(
    select(_O.nik_index).where(
        _accounts(bindparam("region"), bindparam("login")), _O.nik_index.is_not(None)
    )
)


def own_case(region: str, number: str, login: str) -> Call:
    """Asks whether this officer is or was a party of the case, by the keyed index of their NIK or of
    another account of theirs: then there is a row."""
    return _OWN, {"region": region, "number": number, "login": login}


def niks_of(region: str, login: str) -> Call:
    """Asks for the keyed indexes of the officer's NIK, by all accounts of theirs."""
    return _NIKS, {"region": region, "login": login}


def read_niks(rows: Sequence[Any]) -> set[str]:
    """What `niks_of` found."""
    return {row.nik_index for row in rows}


def is_beside(connection: Connection, region: str, subject: str, login: str) -> bool:
    """Whether the subject is this officer, or stands or stood in a case with them."""
    mine = set(connection.execute(_subjects(region, login)).scalars())
    if not mine or subject in mine:
        return bool(mine)
    others = schema.parties.alias("others").c
    query = (
        select(_P.number)
        .join(others.number.table, (others.region == _P.region) & (others.number == _P.number))
        .where(
            _P.region == region,
            _P.subject == subject,
            others.region == region,
            others.subject.in_(sorted(mine)),
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None
