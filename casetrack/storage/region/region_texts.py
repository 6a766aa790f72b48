"""A region's own texts of messages: editions, each of them whole and written once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from casetrack.domain.delivery.messages import Edition
from casetrack.domain.region.region_data import RegionText
from casetrack.storage import schema
from casetrack.storage.bulk import insert_many
from casetrack.storage.unit_of_work import UnitOfWork


def keep(
    uow: UnitOfWork, region: str, current: int, texts: Iterable[RegionText], now: datetime
) -> int:
    """The edition that holds these texts: the current one, or a new one; 0 for none.

    Raises ValueError, a line for each, when a text changed and its version did not.
    """
    rows = {text.name: text for text in texts}
    if not rows:
        return 0
    if edition(uow.connection, region, current).texts == {n: t.text for n, t in rows.items()}:
        return current
    _refuse_unversioned(uow, region, rows)
    table = schema.message_texts
    newest = uow.execute(select(func.max(table.c.edition)).where(table.c.region == region)).scalar()
    made = (newest or 0) + 1
    insert_many(
        uow,
        table,
        [
            {
                "region": region,
                "edition": made,
                "name": text.name,
                "version": text.version,
                "text": text.text,
                "loaded_at": now,
            }
            for text in rows.values()
        ],
    )
    return made


def _refuse_unversioned(uow: UnitOfWork, region: str, rows: Mapping[str, RegionText]) -> None:
    """A version says one thing for ever: people were told by it."""
    table = schema.message_texts.c
    before = uow.execute(
        select(table.name, table.version, table.text).where(table.region == region)
    ).all()
    highest: dict[str, int] = {}
    for row in before:
        highest[row.name] = max(row.version, highest.get(row.name, 0))
    changed = sorted(
        {
            row.name
            for row in before
            if row.name in rows
            and row.version == rows[row.name].version != 0
            and row.text != rows[row.name].text
        }
    )
    if changed:
        raise ValueError(
            "\n".join(
                f"templates/{name}: Version {rows[name].version} was loaded before with other words; "
                f"cure: raise Version to {highest[name] + 1}"
                for name in changed
            )
        )


def edition(connection: Connection, region: str, number: int) -> Edition:
    """One edition; without texts when there is none of this number."""
    table = schema.message_texts.c
    rows = connection.execute(
        select(table.name, table.text).where(table.region == region, table.edition == number)
    )
    return Edition(region, number, {row.name: row.text for row in rows})
