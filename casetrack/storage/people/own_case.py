"""Whether an officer is a party of a case: nobody decides their own."""

from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select, true

from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed


def _parties_who_are(region: Any, number: Any, login: Any) -> Any:
    """From the parties of the case to who they are, and only then to officers.

    A plain join leaves the planner the choice to go through all persons of the region instead.
    """
    officers, subjects = schema.officers.c, schema.subjects.c
    own = schema.officers.alias("own").c
    person = select(own.person).where(own.region == region, own.login == login).scalar_subquery()
    parties = schema.parties.c
    of_case = (
        select(parties.subject)
        .where(parties.region == region, parties.number == number)
        .order_by(parties.role)
        .offset(literal_column("0"))
        .subquery("of_case")
    )
    who = (
        select(subjects.subject, subjects.nik_index, subjects.nik_asked)
        .where(subjects.region == region, subjects.subject == of_case.c.subject)
        .offset(literal_column("0"))
    )
    found = who.lateral("found")
    same = or_(officers.nik_index == found.c.nik_index, officers.nik_index == found.c.nik_asked)
    return (
        select(found.c.subject)
        .select_from(of_case.join(found, true()))
        .join(schema.officers, same)
        .where(officers.region == region, or_(officers.login == login, officers.person == person))
        .limit(literal_column("1"))
    )


def _on_sqlite(region: Any, number: Any, login: Any) -> Any:
    officers, parties, subjects = schema.officers.c, schema.parties.c, schema.subjects.c
    own = schema.officers.alias("own").c
    person = select(own.person).where(own.region == region, own.login == login).scalar_subquery()
    same = or_(officers.nik_index == subjects.nik_index, officers.nik_index == subjects.nik_asked)
    return (
        select(subjects.subject)
        .join(schema.officers, (officers.region == subjects.region) & same)
        .join(
            schema.parties,
            (parties.region == subjects.region) & (parties.subject == subjects.subject),
        )
        .where(
            officers.region == region,
            or_(officers.login == login, officers.person == person),
            subjects.region == region,
            parties.region == region,
            parties.number == number,
        )
        .limit(literal_column("1"))
    )


_ASKED: Any = (bindparam("region"), bindparam("number"), bindparam("login"))
_OWN = Fixed(_parties_who_are(*_ASKED), sqlite=_on_sqlite(*_ASKED))


def own_case(region: str, number: str, login: str) -> Call:
    """Asks whether this officer is a party of the case, by the keyed index of their NIK or of another
    account of theirs: then there is a row."""
    return _OWN, {"region": region, "number": number, "login": login}
