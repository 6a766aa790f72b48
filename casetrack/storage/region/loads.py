"""What the last load of a region said."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from casetrack.domain.people.administration import TYPES, stream_of
from casetrack.storage import schema
from casetrack.storage.bulk import upsert
from casetrack.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Load:
    """A digest of the files, the fingerprint of each paper by kind/id, whose papers each login keeps; the
    last is read by the release before only, while an upgrade lasts."""

    files: str = ""
    papers: Mapping[str, str] = field(default_factory=dict)
    registrars: Mapping[str, Sequence[str]] = field(default_factory=dict)


def last_load(connection: Connection, region: str) -> Load:
    """The last one; an empty one where none is remembered."""
    row = connection.execute(select(schema.loads).where(schema.loads.c.region == region)).first()
    if row is None:
        return Load()
    return Load(row.files, json.loads(row.papers), json.loads(row.registrars))


def past_secretariats(connection: Connection, region: str) -> list[tuple[int, str | None]]:
    """The loads that named another secretariat, in order: the event of each, and what it was before."""
    query = (
        select(schema.events.c.id, schema.events.c.body)
        .where(
            schema.events.c.region == region,
            schema.events.c.stream == stream_of(region),
            schema.events.c.type == TYPES + "region_loaded",
        )
        .order_by(schema.events.c.version)
    )
    found = ((row.id, json.loads(row.body)["data"]["before"]) for row in connection.execute(query))
    return [(event, said["secretariat"]) for event, said in found if "secretariat" in said]


def remember_load(uow: UnitOfWork, region: str, load: Load, now: datetime) -> None:
    """Keep what this one said, for the next."""
    values = {
        "region": region,
        "files": load.files,
        "papers": json.dumps(load.papers, sort_keys=True),
        "registrars": json.dumps(load.registrars, sort_keys=True),
        "loaded_at": now,
    }
    uow.execute(upsert(uow.dialect, schema.loads, [values]))
