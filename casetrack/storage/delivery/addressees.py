"""What messages to people need beside their events: the case, and how its parties are reached."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from casetrack.domain.people import contact
from casetrack.storage import schema
from casetrack.storage.fixed import Call, Fixed, ask
from casetrack.storage.people.told_parties import is_told
from casetrack.storage.row_sets import Texts, among


@dataclass(frozen=True, slots=True)
class ToldCase:
    """What a message says of its case, and the newest revision of the region's files."""

    number: str
    service: str
    service_version: int
    holder: str
    revision: int


@dataclass(frozen=True, slots=True)
class ReachedRow:
    """How a party is reached, sealed: its channels, and the key and the text that hold its addresses."""

    subject: str
    text: str
    channels: tuple[str, ...]
    language: str
    wrapped_key: bytes
    sealed: bytes


Cases = Mapping[str, ToldCase]
#: Number, then role; whoever was erased, or is not told any more, is not in it.
Parties = Mapping[str, Mapping[str, ReachedRow]]


def asked(region: str, numbers: Iterable[str], now: datetime) -> list[Call]:
    """What is to be asked for these cases."""
    values = {"in_region": region, "of_numbers": [*dict.fromkeys(numbers)]}
    return [(_CASES, values), (_PARTIES, {**values, "now": now})]


def read(cases: Sequence[Any], parties: Sequence[Any]) -> tuple[Cases, Parties]:
    """What the answers say."""
    found: dict[str, dict[str, ReachedRow]] = defaultdict(dict)
    for row in parties:
        found[row.number][row.role] = ReachedRow(
            row.subject,
            row.text,
            contact.read(row.channels),
            row.language,
            bytes(row.wrapped_key),
            bytes(row.sealed),
        )
    return {row.number: ToldCase(*row) for row in cases}, found


def told_case(connection: Connection, region: str, number: str) -> ToldCase | None:
    """One case."""
    values = {"in_region": region, "of_numbers": [number]}
    return read(ask(connection, _CASES, values), ())[0].get(number)


def parties(
    connection: Connection, region: str, number: str, now: datetime
) -> Mapping[str, ReachedRow]:
    """How the parties of one case are reached, by role; whoever is not told any more is not in it."""
    values = {"in_region": region, "of_numbers": [number], "now": now}
    return read((), ask(connection, _PARTIES, values))[1].get(number, {})


def _cases() -> Fixed:
    cases, regions = schema.cases, schema.regions
    return Fixed(
        select(
            cases.c.number,
            cases.c.service,
            cases.c.service_version,
            cases.c.holder,
            regions.c.revision,
        )
        .join(regions, regions.c.region == cases.c.region)
        .where(cases.c.region == bindparam("in_region"), among(cases.c.number, _NUMBERS))
    )


def _parties() -> Fixed:
    parties, subjects, texts = schema.parties, schema.subjects, schema.texts
    person = and_(subjects.c.region == parties.c.region, subjects.c.subject == parties.c.subject)
    told = and_(texts.c.region == parties.c.region, texts.c.text == parties.c.text)
    return Fixed(
        select(
            *(parties.c[name] for name in ("number", "role", "subject", "text")),
            parties.c.channels,
            parties.c.language,
            subjects.c.wrapped_key,
            texts.c.sealed,
        )
        .join(subjects, person)
        .join(texts, told)
        .where(
            parties.c.region == bindparam("in_region"),
            among(parties.c.number, _NUMBERS),
            subjects.c.wrapped_key.is_not(None),
            is_told(bindparam("now", type_=schema.Instant())),
        )
    )


_NUMBERS = bindparam("of_numbers", type_=Texts())
_CASES, _PARTIES = _cases(), _parties()
