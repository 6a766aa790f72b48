"""Published services: versions that never change, and which of them a new case gets."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.domain.service.definition_document import as_document, read_definition
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.fixed import Fixed, ask
from casetrack.storage.unit_of_work import UnitOfWork


def publish(uow: UnitOfWork, region: str, definition: ServiceDefinition, now: datetime) -> bool:
    """Publish this version; False when it is published already, word for word.

    Raises ValueError when the version is there with other content: published versions never change.
    """
    document = json.dumps(as_document(definition), sort_keys=True, ensure_ascii=False)
    versions = schema.service_versions
    there = uow.execute(
        select(versions.c.document).where(
            versions.c.region == region,
            versions.c.service == definition.id,
            versions.c.version == definition.version,
        )
    ).scalar()
    # Compared as definitions: what a newer release added to the form has its default in an old one.
    if there is not None and read_definition(json.loads(there)) != definition:
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


def of_letters(connection: Connection, region: str) -> dict[str, tuple[str, bool]]:
    """Letters → the service that has them, and whether it is withdrawn: it keeps them for ever."""
    services = schema.services.c
    rows = connection.execute(
        select(services.letters, services.service, services.withdrawn).where(
            services.region == region
        )
    )
    return {row.letters: (row.service, row.withdrawn) for row in rows}


def withdraw_services(uow: UnitOfWork, region: str, keep: Iterable[str]) -> None:
    """Services that the files no longer name cannot be applied for; running cases go on."""
    uow.execute(
        update(schema.services)
        .where(schema.services.c.region == region, schema.services.c.service.not_in(list(keep)))
        .values(withdrawn=True)
    )


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
    return read_definition(json.loads(document))


def digests(connection: Connection, region: str) -> dict[str, dict[str, str]]:
    """Every published version as `service:version`, with the SHA-256 of its document as it is stored."""
    versions = schema.service_versions.c
    rows = connection.execute(
        select(versions.service, versions.version, versions.document)
        .where(versions.region == region)
        .order_by(versions.service, versions.version)
    )
    return {
        f"{row.service}:{row.version}": {
            "sha256": hashlib.sha256(row.document.encode()).hexdigest()
        }
        for row in rows
    }


def versions(connection: Connection, region: str) -> list[tuple[str, int]]:
    """Every published version: service and number."""
    table = schema.service_versions.c
    rows = connection.execute(
        select(table.service, table.version)
        .where(table.region == region)
        .order_by(table.service, table.version)
    )
    return [(row.service, row.version) for row in rows]


def current_services(connection: Connection, region: str) -> list[tuple[str, int]]:
    """The services that can be applied for: id and version."""
    rows = connection.execute(
        select(schema.services.c.service, schema.services.c.version)
        .where(schema.services.c.region == region, schema.services.c.withdrawn.is_(False))
        .order_by(schema.services.c.service)
    )
    return [(row.service, row.version) for row in rows]


def current_version(
    connection: Connection, region: str, service: str
) -> tuple[int, Revisions] | None:
    """The version that a new case gets, with the region's revisions; None when the service cannot be
    applied for."""
    if "\0" in service:  # an address may hold anything, PostgreSQL's text may not
        return None
    rows = ask(connection, _CURRENT, {"region": region, "service": service})
    if not rows:
        return None
    return rows[0].version, Revisions(rows[0].revision, rows[0].register_revision or 0)


_S, _R = schema.services.c, schema.regions.c
_CURRENT = Fixed(
    select(_S.version, _R.revision, _R.register_revision)
    .join(schema.regions, _R.region == _S.region)
    .where(
        _S.region == bindparam("region"),
        _R.region == bindparam("region"),
        _S.service == bindparam("service"),
        _S.withdrawn.is_(False),
    )
)
