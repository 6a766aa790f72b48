"""What a load of a region leaves in the trace of administration: a fact for each kind of change."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casetrack.domain.clock import DayOverride
from casetrack.domain.people.administration import Document, changes
from casetrack.storage.people import tokens
from casetrack.storage.people.tokens import TokenRecord
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.people.administration import (
    Documents,
    Fact,
    accounts,
    changed_accounts,
    changed_tokens,
    note,
)


@dataclass(frozen=True, slots=True)
class Loadable:
    """What a load may change, as its facts tell it. Papers of the register have streams of their own."""

    accounts: Documents
    tokens: list[TokenRecord]
    published: Documents
    offered: dict[str, int]
    settings: Document
    days: tuple[DayOverride, ...]


def loadable(uow: UnitOfWork, region: str) -> Loadable:
    """How a region stands; nothing of one that is not there yet."""
    connection = uow.connection
    record = regions.region_record(connection, region)
    positions = regions.positions(connection, region)
    return Loadable(
        accounts(connection, region),
        tokens.tokens_of(connection, region),
        catalogue.digests(connection, region),
        dict(catalogue.current_services(connection, region)),
        _settings(record, positions) if record else {},
        record.overrides if record else (),
    )


def _settings(record: RegionRecord, positions: list[Any]) -> Document:
    """What the region's files say beside accounts, services and days; names by their hash only."""
    region, agencies = record.region, sorted(record.agencies)
    names = (region.name, [record.agencies[each] for each in agencies], positions)
    return {
        "letters": region.letters,
        "zone": region.zone,
        "quiet_hours": region.quiet_hours.as_dict() if region.quiet_hours else None,
        "secretariat": region.secretariat,
        "joined": [f"{each.officer} {each.position}" for each in region.joined],
        "texts": record.edition,
        "slip_texts": _digest(region.slip_texts),
        "escalation": region.escalation.as_dict(),
        "counters": [f"{each.id} {each.agency}" for each in region.counters],
        "complaints": _digest(region.complaints),
        "places": _digest(sorted(region.places.items())),
        "agencies": agencies,
        "positions": [position.id for position in positions],
        # Who is printed without a title, and how products are numbered: whoever changes that is told.
        "head": region.head,
        "number_patterns": [each.as_dict() for each in region.number_patterns],
        "sha256": _digest(names),
    }


def _digest(said: Any) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()


def note_load(uow: UnitOfWork, region: str, by: str, files: str, before: Loadable) -> None:
    """What became otherwise since `before`; nothing where nothing did. `files` is the files' digest."""
    facts = _facts(before, loadable(uow, region))
    note(uow, region, by, *((act, {**data, "files": files}) for act, data in facts))


def _facts(before: Loadable, after: Loadable) -> Iterator[Fact]:
    if before.settings != after.settings:
        was, now = before.settings, after.settings
        fields = [each for each in now if now[each] != was.get(each)]
        old = {each: was[each] for each in fields if each in was}
        yield "region_loaded", {"before": old, "after": {each: now[each] for each in fields}}
    if before.days != after.days:
        yield "calendar_loaded", _calendar(before.days, after.days)
    published = changes("services", before.published, after.published)
    offered = [
        {"service": name, "before": before.offered.get(name), "after": after.offered.get(name)}
        for name in sorted({*before.offered, *after.offered})
        if before.offered.get(name) != after.offered.get(name)
    ]
    if published or offered:
        yield "catalogue_loaded", {"services": published, "offered": offered}
    officers = changed_accounts(before.accounts, after.accounts)
    officers |= changed_tokens(before.tokens, after.tokens)
    if officers:
        yield "officers_loaded", officers


def _calendar(before: tuple[DayOverride, ...], after: tuple[DayOverride, ...]) -> dict[str, Any]:
    return {
        "before": {"sha256": _digest(before)},
        "after": {"sha256": _digest(after)},
        "removed": [_day(each) for each in before if each not in after],
        "added": [_day(each) for each in after if each not in before],
    }


def _day(override: DayOverride) -> dict[str, Any]:
    return {"day": override.day.isoformat(), "working": override.working}
