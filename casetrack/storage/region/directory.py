"""Regions and what belongs to them: agencies, positions, officers, tokens, published services."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from casetrack.domain.access import Actor
from casetrack.domain.clock import DayOverride
from casetrack.domain.delivery import quiet_hours
from casetrack.domain.delivery.quiet_hours import QuietHours
from casetrack.domain.region.region_data import Agency, Officer, Position, Region, RegionData, Stay
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.region import region_texts
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


@dataclass(frozen=True, slots=True)
class OfficerRecord:
    """An officer and the region he belongs to."""

    region: str
    officer: Officer


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token as it may be shown: never itself."""

    token_id: str
    login: str
    region: str
    created_at: datetime
    revoked_at: datetime | None


def put_region(uow: UnitOfWork, data: RegionData, now: datetime) -> tuple[int, int]:
    """Make the region what its files say. Services are apart: `publish`.

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
        "document": json.dumps({**_region_document(data), "texts": edition}, sort_keys=True),
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
    _put_officers(uow, region.code, data.officers)
    return edition, before


def _put_officers(uow: UnitOfWork, region: str, officers: Iterable[Officer]) -> None:
    rows = [officer_values(region, officer) for officer in officers]
    if rows:
        uow.execute(upsert(uow.dialect, schema.officers, rows))
    uow.execute(
        update(schema.officers)
        .where(
            schema.officers.c.region == region,
            schema.officers.c.login.not_in([row["login"] for row in rows]),
        )
        .values(disabled=True)
    )


def officer_values(region: str, officer: Officer) -> dict[str, Any]:
    """The columns of an officer's row."""
    return {
        "region": region,
        "login": officer.login,
        "role": officer.role,
        "agency": officer.agency,
        "positions": json.dumps(list(officer.positions)),
        "disabled": officer.disabled,
    }


def put_officer(uow: UnitOfWork, region: str, officer: Officer) -> None:
    """Add an officer, or change him."""
    uow.execute(upsert(uow.dialect, schema.officers, [officer_values(region, officer)]))


def set_nik_index(uow: UnitOfWork, login: str, nik_index: str) -> None:
    """Keep the keyed index of an officer's own NIK."""
    uow.execute(
        update(schema.officers).where(schema.officers.c.login == login).values(nik_index=nik_index)
    )


def disable_officer(uow: UnitOfWork, login: str) -> bool:
    """Nobody can act as this officer any more. False when there is none."""
    result = uow.execute(
        update(schema.officers).where(schema.officers.c.login == login).values(disabled=True)
    )
    return bool(result.rowcount)


def publish(uow: UnitOfWork, region: str, definition: ServiceDefinition, now: datetime) -> bool:
    """Publish this version; False when it is published already, word for word.

    Raises ValueError when the version is there with other content: published versions never change.
    """
    document = json.dumps(definition.to_document(), sort_keys=True, ensure_ascii=False)
    versions = schema.service_versions
    there = uow.execute(
        select(versions.c.document).where(
            versions.c.region == region,
            versions.c.service == definition.id,
            versions.c.version == definition.version,
        )
    ).scalar()
    # Compared as definitions: what a newer release added to the form has its default in an old one.
    if there is not None and ServiceDefinition.from_document(json.loads(there)) != definition:
        raise ValueError(
            f"service {definition.id}: version {definition.version} is published and its content "
            f"differs; raise `version` to {definition.version + 1}"
        )
    current = {
        "region": region,
        "service": definition.id,
        "letters": definition.letters,
        "version": definition.version,
        "withdrawn": False,
    }
    uow.execute(upsert(uow.dialect, schema.services, [current]))
    if there is None:
        uow.execute(
            insert(versions).values(
                region=region,
                service=definition.id,
                version=definition.version,
                document=document,
                published_at=now,
            )
        )
    return there is None


def withdraw_services(uow: UnitOfWork, region: str, keep: Iterable[str]) -> None:
    """Services that the files no longer name cannot be applied for; running cases go on."""
    uow.execute(
        update(schema.services)
        .where(schema.services.c.region == region, schema.services.c.service.not_in(list(keep)))
        .values(withdrawn=True)
    )


def highest_version(connection: Connection, region: str, service: str) -> int | None:
    """The current version of a service, or None."""
    return connection.execute(
        select(schema.services.c.version).where(
            schema.services.c.region == region, schema.services.c.service == service
        )
    ).scalar()


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
        ),
        row.revision,
        tuple(
            DayOverride(date.fromisoformat(o["day"]), o["working"], o["name"])
            for o in document["overrides"]
        ),
        {agency: _agency(agency, json.loads(text)) for agency, text in agencies},
        _edition(document),
    )


def _edition(document: dict[str, Any]) -> int:
    """0 too where the region was loaded before there were any."""
    return int(document.get("texts", 0))


def _quiet_hours(document: dict[str, Any]) -> QuietHours | None:
    if "quiet_hours" not in document:
        return quiet_hours.DEFAULT  # loaded before there were any
    given = document["quiet_hours"]
    return QuietHours.from_dict(given) if given else None


def region_revision(connection: Connection, region: str) -> int | None:
    """Goes up whenever the region is loaded."""
    return connection.execute(
        select(schema.regions.c.revision).where(schema.regions.c.region == region)
    ).scalar()


def regions(connection: Connection) -> list[str]:
    """The codes of all regions."""
    return list(
        connection.execute(select(schema.regions.c.region).order_by(schema.regions.c.region))
        .scalars()
        .all()
    )


def region_of_letters(connection: Connection, letters: str) -> str | None:
    """The region whose case numbers begin with these letters."""
    return connection.execute(
        select(schema.regions.c.region).where(schema.regions.c.letters == letters)
    ).scalar()


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


def officers(connection: Connection) -> list[OfficerRecord]:
    """All officers, by region and login."""
    rows = connection.execute(
        select(schema.officers).order_by(schema.officers.c.region, schema.officers.c.login)
    )
    return [OfficerRecord(row.region, _officer(row)) for row in rows]


def accounts(connection: Connection, region: str) -> dict[str, bool]:
    """The logins of a region, each with whether the account is live."""
    table = schema.officers.c
    rows = connection.execute(select(table.login, table.disabled).where(table.region == region))
    return {row.login: not row.disabled for row in rows}


def find_officer(connection: Connection, login: str) -> OfficerRecord | None:
    """One officer; logins are unique across regions."""
    row = connection.execute(
        select(schema.officers).where(schema.officers.c.login == login)
    ).first()
    return OfficerRecord(row.region, _officer(row)) if row else None


def definition(
    connection: Connection, region: str, service: str, version: int
) -> ServiceDefinition:
    """One published version."""
    versions = schema.service_versions
    document = connection.execute(
        select(versions.c.document).where(
            versions.c.region == region,
            versions.c.service == service,
            versions.c.version == version,
        )
    ).scalar_one()
    return ServiceDefinition.from_document(json.loads(document))


def current_services(connection: Connection, region: str) -> list[tuple[str, int]]:
    """The services that can be applied for: id and version."""
    rows = connection.execute(
        select(schema.services.c.service, schema.services.c.version)
        .where(schema.services.c.region == region, schema.services.c.withdrawn.is_(False))
        .order_by(schema.services.c.service)
    )
    return [(row.service, row.version) for row in rows]


def current_version(connection: Connection, region: str, service: str) -> int | None:
    """The version that a new case gets, or None when the service cannot be applied for."""
    return connection.execute(
        select(schema.services.c.version).where(
            schema.services.c.region == region,
            schema.services.c.service == service,
            schema.services.c.withdrawn.is_(False),
        )
    ).scalar()


def put_token(
    uow: UnitOfWork, digest: str, token_id: str, record: OfficerRecord, now: datetime
) -> None:
    """Keep a token's digest."""
    uow.execute(
        insert(schema.tokens).values(
            digest=digest,
            region=record.region,
            login=record.officer.login,
            token_id=token_id,
            created_at=now,
        )
    )


def revoke_token(uow: UnitOfWork, token_id: str, now: datetime) -> bool:
    """The token opens nothing any more. False when there is none that is live."""
    result = uow.execute(
        update(schema.tokens)
        .where(schema.tokens.c.token_id == token_id, schema.tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(result.rowcount)


def tokens(connection: Connection) -> list[TokenRecord]:
    """All tokens, newest last."""
    table = schema.tokens
    rows = connection.execute(
        select(
            table.c.token_id, table.c.login, table.c.region, table.c.created_at, table.c.revoked_at
        ).order_by(table.c.created_at)
    )
    return [TokenRecord(*row) for row in rows]


def actor_of_token(connection: Connection, digest: str) -> tuple[Actor, str] | None:
    """Who is behind a live token of an enabled officer, and the token's id. One row read."""
    officers_, tokens_ = schema.officers, schema.tokens
    row = connection.execute(
        select(
            officers_.c.login,
            officers_.c.region,
            officers_.c.role,
            officers_.c.agency,
            officers_.c.positions,
            tokens_.c.token_id,
        )
        .join(
            officers_,
            (officers_.c.region == tokens_.c.region) & (officers_.c.login == tokens_.c.login),
        )
        .where(
            tokens_.c.digest == digest,
            tokens_.c.revoked_at.is_(None),
            officers_.c.disabled.is_(False),
        )
    ).first()
    if row is None:
        return None
    positions_held = tuple(json.loads(row.positions))
    return (
        Actor("officer", row.login, row.region, row.role, row.agency, positions_held),
        row.token_id,
    )


def _officer(row: Any) -> Officer:
    return Officer(row.login, row.role, row.agency, tuple(json.loads(row.positions)), row.disabled)


def _region_document(data: RegionData) -> dict[str, Any]:
    return {
        "name": data.region.name.as_dict(),
        "zone": data.region.zone,
        "quiet_hours": data.region.quiet_hours.as_dict() if data.region.quiet_hours else None,
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
    }


def _agency(agency: str, document: dict[str, Any]) -> Agency:
    stays = tuple(
        Stay(
            date.fromisoformat(since) if since else None,
            date.fromisoformat(until) if until else None,
        )
        for since, until in document["stays"]
    )
    return Agency(agency, Name.from_dict(document["name"]), document["kind"], stays)
