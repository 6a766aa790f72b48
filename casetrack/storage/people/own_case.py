"""Whether an officer is a party of a case: nobody decides their own."""

from typing import Any

from sqlalchemy import Select, bindparam, literal_column, or_, select

from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed

_S = schema.subjects.c


def _parties_who_are(region: Any, number: Any, login: Any) -> Select[Any]:
    officers, parties = schema.officers.c, schema.parties.c
    own = schema.officers.alias("own").c
    person = select(own.person).where(own.region == region, own.login == login).scalar_subquery()
    return (
        select(_S.subject)
        .join(
            schema.officers,
            (officers.region == _S.region)
            & or_(officers.nik_index == _S.nik_index, officers.nik_index == _S.nik_asked),
        )
        .join(schema.parties, (parties.region == _S.region) & (parties.subject == _S.subject))
        .where(
            officers.region == region,
            or_(officers.login == login, officers.person == person),
            _S.region == region,
            parties.region == region,
            parties.number == number,
        )
        .limit(literal_column("1"))
    )


_OWN = Fixed(_parties_who_are(bindparam("region"), bindparam("number"), bindparam("login")))


def own_case(region: str, number: str, login: str) -> Call:
    """Asks whether this officer is a party of the case, by the keyed index of their NIK or of another
    account of theirs: then there is a row."""
    return _OWN, {"region": region, "number": number, "login": login}
