"""What messages to people need beside their events: the case, and how its parties are reached."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select

from casetrack.domain.people import contact
from casetrack.storage import schema
from casetrack.storage.each_of import each_of
from casetrack.storage.fixed import Call, Fixed, ask
from casetrack.storage.people.told_parties import is_told
from casetrack.storage.row_sets import Texts, among


@dataclass(frozen=True, slots=True)
class ToldCase:
    """What a message says of its case, and the newest revisions of the region's files and register."""

    number: str
    service: str
    service_version: int
    holder: str
    #: Whether its applicant was told that a step waits for somebody with the power.
    stalled: bool
    revision: int
    register_revision: int


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
    return {row.number: _told(row) for row in cases}, found


def _told(row: Any) -> ToldCase:
    return ToldCase(
        *(row.number, row.service, row.service_version, row.holder, bool(row.stalled)),
        *(row.revision, row.register_revision or 0),
    )


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
    waits = schema.stalled_steps.c
    mine = (waits.region == _REGION, waits.number == cases.c.number)
    stalled = select(waits.number).where(*mine).correlate(cases).exists().label("stalled")
    wanted = [
        *(cases.c[name] for name in ("number", "service", "service_version", "holder")),
        stalled,
    ]
    its = (regions.c.revision, regions.c.register_revision)
    of_region = select(*its).where(regions.c.region == _REGION)
    return each_of(
        select(*wanted).where(cases.c.region == _REGION),
        cases.c.number,
        "of_numbers",
        then=[lambda _: of_region],
        sqlite=select(*wanted, *its)
        .join(regions, regions.c.region == cases.c.region)
        .where(cases.c.region == _REGION, among(cases.c.number, _NUMBERS)),
    )


def _parties() -> Fixed:
    parties, subjects, texts = schema.parties, schema.subjects, schema.texts
    names = ("number", "role", "subject", "text", "channels", "language")
    wanted = [parties.c[name] for name in names]
    told = (parties.c.region == _REGION, is_told(bindparam("now", type_=schema.Instant())))
    there = subjects.c.wrapped_key.is_not(None)
    person = and_(subjects.c.region == parties.c.region, subjects.c.subject == parties.c.subject)
    text = and_(texts.c.region == parties.c.region, texts.c.text == parties.c.text)

    def person_of(party: Any) -> Select[Any]:
        mine = (subjects.c.region == _REGION, subjects.c.subject == party.c.subject, there)
        return select(subjects.c.wrapped_key).where(*mine)

    def text_of(party: Any, _person: Any) -> Select[Any]:
        mine = (texts.c.region == _REGION, texts.c.text == party.c.text)
        return select(texts.c.sealed).where(*mine)

    return each_of(
        # In the order of the key, so that it is by the key that they are found.
        select(*wanted).where(*told).order_by(parties.c.role),
        parties.c.number,
        "of_numbers",
        then=[person_of, text_of],
        sqlite=select(*wanted, subjects.c.wrapped_key, texts.c.sealed)
        .join(subjects, person)
        .join(texts, text)
        .where(*told, among(parties.c.number, _NUMBERS), there),
    )


_REGION: Any = bindparam("in_region")
_NUMBERS = bindparam("of_numbers", type_=Texts())
_CASES, _PARTIES = _cases(), _parties()
