"""Regions and what belongs to them: agencies, positions, officers, tokens, published services."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from casetrack.domain.case.complaint_desk import ComplaintDesk
from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.clock import DayOverride, NamedDay
from casetrack.domain.delivery import quiet_hours
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.domain.people import erasing
from casetrack.domain.region.counter_hours import Hours, WorkPattern
from casetrack.domain.region.counters import Counter
from casetrack.domain.region.escalation import Escalation
from casetrack.domain.region.numbering_changes import Numbering
from casetrack.domain.region.region_data import (
    Agency,
    JoinedPair,
    Position,
    Region,
    RegionData,
    Stay,
)
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.region.slip_texts import SlipText
from casetrack.domain.service.definition import Name
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.case import queries
from casetrack.storage.case.queries import CaseRow
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.people import officers
from casetrack.storage.region import calendars, region_texts
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """A region with its calendar's overrides and the names of its agencies."""

    region: Region
    revision: int
    overrides: tuple[DayOverride, ...]
    agencies: dict[str, Agency]
    #: The edition of its own texts of messages; 0 where it has none.
    edition: int = 0
    #: What decrees made of days of all regions since the package was released.
    decreed: tuple[NamedDay, ...] = ()


def put_region(
    uow: UnitOfWork, data: RegionData, now: datetime, numbers: Numbering
) -> tuple[int, int]:
    """Make the region what its files say. Services are apart: `publish`; `numbers` is how it numbers its
    products from now on.

    Officers and positions that the files no longer name are disabled or removed; what happened
    under them stays in the events. Gives the edition of its own texts of messages, and the one before.
    Raises ValueError when one of those changed and its version did not.
    """
    region = data.region
    old = uow.execute(
        select(schema.regions.c.revision, schema.regions.c.document).where(
            schema.regions.c.region == region.code
        )
    ).first()
    before = _edition(json.loads(old.document)) if old else 0
    edition = region_texts.keep(uow, region.code, before, data.texts, now)
    values = {
        "region": region.code,
        "letters": region.letters,
        "document": json.dumps(
            {**_region_document(data), **numbers.as_dict(), "texts": edition}, sort_keys=True
        ),
        "revision": (old.revision if old else 0) + 1,
        "loaded_at": now,
    }
    uow.execute(upsert(uow.dialect, schema.regions, [values]))
    for table in (schema.agencies, schema.positions):
        uow.execute(delete(table).where(table.c.region == region.code))
    uow.execute(
        insert(schema.agencies),
        [
            {"region": region.code, "agency": a.id, "document": json.dumps(_agency_document(a))}
            for a in data.agencies
        ],
    )
    if data.positions:
        uow.execute(
            insert(schema.positions),
            [
                {
                    "region": region.code,
                    "position": p.id,
                    "agency": p.agency,
                    "document": json.dumps({"name": p.name.as_dict(), "superior": p.superior}),
                }
                for p in data.positions
            ],
        )
    officers.put_officers(uow, region.code, data.officers)
    return edition, before


def region_record(connection: Connection, region: str) -> RegionRecord | None:
    """A region with its agencies."""
    row = connection.execute(
        select(schema.regions).where(schema.regions.c.region == region)
    ).first()
    if row is None:
        return None
    document = json.loads(row.document)
    agencies = connection.execute(
        select(schema.agencies.c.agency, schema.agencies.c.document).where(
            schema.agencies.c.region == region
        )
    )
    return RegionRecord(
        Region(
            row.region,
            row.letters,
            Name.from_dict(document["name"]),
            document["zone"],
            _quiet_hours(document),
            document.get("secretariat"),
            document.get("looks_kept"),
            tuple(JoinedPair(**pair) for pair in document.get("joined", ())),
            document.get("erase_within", erasing.DEFAULT_DAYS),
            Numbering.from_document(document).patterns,
            document.get("head"),
            document.get("archive_rule"),
            tuple(SlipText.from_dict(each) for each in document.get("slip_texts", ())),
            Escalation.from_dict(document.get("escalation") or {}),
            tuple(Counter.from_dict(each) for each in document.get("counters", ())),
            ComplaintDesk.from_dict(said) if (said := document.get("complaints")) else None,
            document.get("places", {}),
        ),
        row.revision,
        tuple(
            DayOverride(date.fromisoformat(o["day"]), o["working"], o["name"])
            for o in document["overrides"]
        ),
        {agency: _agency(agency, json.loads(text)) for agency, text in agencies},
        _edition(document),
        # Behind the revision: what was loaded meanwhile is newer than it, never older.
        calendars.decreed_days(connection),
    )


def numbering(connection: Connection, region: str) -> Numbering | None:
    """How a region numbers its products, and what waits; None where there is no such region."""
    columns = select(schema.regions.c.document).where(schema.regions.c.region == region)
    row = connection.execute(columns).first()
    return Numbering.from_document(json.loads(row.document)) if row else None


def put_numbering(uow: UnitOfWork, region: str, numbers: Numbering) -> None:
    """Number products so from now on; the caller holds the region's register alone."""
    table = schema.regions
    mine = table.c.region == region
    row = uow.execute(select(table.c.document, table.c.revision).where(mine)).one()
    document = json.dumps({**json.loads(row.document), **numbers.as_dict()}, sort_keys=True)
    uow.execute(update(table).where(mine).values(document=document, revision=row.revision + 1))


def _edition(document: dict[str, Any]) -> int:
    """0 too where the region was loaded before there were any."""
    return int(document.get("texts", 0))


def _quiet_hours(document: dict[str, Any]) -> QuietHours | None:
    if "quiet_hours" not in document:
        return quiet_hours.DEFAULT  # loaded before there were any
    given = document["quiet_hours"]
    return QuietHours.from_dict(given) if given else None


def revisions(connection: Connection, region: str) -> Revisions | None:
    """The newest of a region; None where there is no such region."""
    rows = ask(connection, _REVISIONS, {"region": region})
    return Revisions(rows[0].revision, rows[0].register_revision or 0) if rows else None


def regions(connection: Connection) -> list[str]:
    """The codes of all regions."""
    return list(
        connection.execute(select(schema.regions.c.region).order_by(schema.regions.c.region))
        .scalars()
        .all()
    )


def region_of_letters(connection: Connection, letters: str) -> str | None:
    """The region whose case numbers begin with these letters."""
    rows = ask(connection, _OF_LETTERS, {"letters": letters})
    return rows[0].region if rows else None


_R = schema.regions.c
_REVISIONS = Fixed(
    select(_R.revision, _R.register_revision).where(_R.region == bindparam("region"))
)
_OF_LETTERS = Fixed(select(_R.region).where(_R.letters == bindparam("letters")))


def case_of_number(connection: Connection, text: str) -> tuple[str | None, CaseNumber]:
    """The number that a typed text means, and its region, if there is one. Raises Invalid.

    Where letters without anything between them can be parted in several ways, the way of a region
    that is here is meant, and among those the one of a case.
    """
    readings = CaseNumber.readings(text)
    known = [
        (region, number)
        for number in readings
        if (region := region_of_letters(connection, number.region_letters))
    ]
    if len(known) > 1:
        for region, number in known:
            if queries.case(connection, region, str(number)) is not None:
                return region, number
    return known[0] if known else (None, readings[0])


def found_case(connection: Connection, text: str) -> tuple[CaseNumber, CaseRow | None]:
    """The number that a typed text means, and its case. Raises Invalid.

    One read, where the text can mean one number only.
    """
    readings = CaseNumber.readings(text)
    if len(readings) == 1:
        (number,) = readings
    else:
        _, number = case_of_number(connection, text)
    return number, queries.case_of_letters(connection, number.region_letters, str(number))


def positions(connection: Connection, region: str) -> list[Position]:
    """The positions of a region."""
    rows = connection.execute(
        select(schema.positions)
        .where(schema.positions.c.region == region)
        .order_by(schema.positions.c.position)
    )
    found = []
    for row in rows:
        document = json.loads(row.document)
        found.append(
            Position(
                row.position, row.agency, Name.from_dict(document["name"]), document["superior"]
            )
        )
    return found


def _region_document(data: RegionData) -> dict[str, Any]:
    return {
        "name": data.region.name.as_dict(),
        "zone": data.region.zone,
        "quiet_hours": data.region.quiet_hours.as_dict() if data.region.quiet_hours else None,
        "secretariat": data.region.secretariat,
        "looks_kept": data.region.looks_kept,
        "joined": [
            {"officer": each.officer, "position": each.position, "reason": each.reason}
            for each in data.region.joined
        ],
        "erase_within": data.region.erase_within,
        "head": data.region.head,
        "archive_rule": data.region.archive_rule,
        "slip_texts": [each.as_dict() for each in data.region.slip_texts],
        "escalation": data.region.escalation.as_dict(),
        "counters": [each.as_dict() for each in data.region.counters],
        "complaints": data.region.complaints.as_dict() if data.region.complaints else None,
        "places": dict(data.region.places),
        "overrides": [
            {"day": o.day.isoformat(), "working": o.working, "name": o.name} for o in data.overrides
        ],
    }


def _agency_document(agency: Agency) -> dict[str, Any]:
    return {
        "name": agency.name.as_dict(),
        "kind": agency.kind,
        "stays": [
            [s.since.isoformat() if s.since else None, s.until.isoformat() if s.until else None]
            for s in agency.stays
        ],
        "email": agency.email,
        "office": agency.office.as_dict() if agency.office else None,
        "hours": [each.as_dict() for each in agency.hours],
        "works": [each.as_dict() for each in agency.works],
    }


def _agency(agency: str, document: dict[str, Any]) -> Agency:
    stays = tuple(
        Stay(
            date.fromisoformat(since) if since else None,
            date.fromisoformat(until) if until else None,
        )
        for since, until in document["stays"]
    )
    office = document.get("office")
    return Agency(
        agency,
        Name.from_dict(document["name"]),
        document["kind"],
        stays,
        document.get("email"),
        Name.from_dict(office) if office else None,
        tuple(Hours.from_dict(each) for each in document.get("hours", ())),
        tuple(WorkPattern.from_dict(each) for each in document.get("works", ())),
    )
