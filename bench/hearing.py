"""How long it took from an event to the message about it: first receipts against the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from bench.recorders import Receipt
from casetrack.storage import schema
from casetrack.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class Heard:
    """Seconds from `recorded_at` of each event to its mail and to its webhook."""

    email: list[float]
    webhook: list[float]


def heard(
    database: Database,
    mails: Sequence[Receipt],
    webhooks: Sequence[Receipt],
    since: float,
    until: float,
) -> Heard:
    """Of the events of cases that were recorded between these moments.

    An event that joined another's mail was heard when that came.
    """
    recorded = _recorded(database, since, until)
    by_event = _first(webhooks, lambda id_: id_.removeprefix("evt_"))
    by_position = _first(mails, lambda id_: id_.rsplit(".", 3)[1])
    joined = _joined(database)
    email, webhook = [], []
    for position, (event, at) in recorded.items():
        if (came := by_event.get(str(event))) is not None:
            webhook.append(came - at)
        if (came := by_position.get(str(joined.get(position, position)))) is not None:
            email.append(came - at)
    return Heard(email, webhook)


def _first(receipts: Sequence[Receipt], key: Callable[[str], str]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for receipt in receipts:
        found.setdefault(key(receipt.id), receipt.at)
    return found


def _recorded(database: Database, since: float, until: float) -> dict[int, tuple[int, float]]:
    """Position → event id and the moment."""
    events, ledger = schema.events.c, schema.ledger.c
    asked = (
        select(ledger.position, events.id, events.recorded_at)
        .select_from(schema.ledger)
        .join(schema.events, schema.its_event(schema.ledger))
        .where(
            ledger.stream.not_like("%/%"),
            events.recorded_at.between(
                datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)
            ),
        )
    )
    with database.read() as connection:
        return {
            row.position: (row.id, row.recorded_at.timestamp()) for row in connection.execute(asked)
        }


def _joined(database: Database) -> dict[int, int]:
    """Position of an event → position of the event whose mail it joined."""
    table = schema.joined.c
    with database.read() as connection:
        rows = connection.execute(
            select(table.event_position, table.position).where(table.lane.like("%/applicant"))
        )
        return {row.event_position: row.position for row in rows}
