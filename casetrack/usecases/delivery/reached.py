"""Where a channel finds a party of a case now."""

import json
from dataclasses import dataclass

from casetrack.domain.people import contact as channels
from casetrack.storage.delivery import addressees
from casetrack.storage.delivery.addressees import ReachedRow
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import text_context


@dataclass(frozen=True, slots=True)
class Reached:
    """A party that can be reached: where, in which language, and the key that its data are under."""

    address: str
    language: str
    key: bytes


def reached_at(ctx: Context, region: str, row: ReachedRow | None, channel: str) -> Reached | None:
    """Where this channel finds a party; None when it does not, or must not any more."""
    if row is None or channel not in row.channels:
        return None
    key = ctx.vault.unwrap(row.wrapped_key, region, row.subject)
    contact = json.loads(ctx.vault.open(key, row.sealed, text_context(region, row.text)))
    address = channels.address(contact, channel)
    return Reached(address, row.language, key) if address else None


def reach(ctx: Context, region: str, number: str, role: str, channel: str) -> Reached | None:
    """Where this channel finds a party of a case now."""
    with ctx.database.read() as connection:
        parties = addressees.parties(connection, region, number, ctx.database.now())
    return reached_at(ctx, region, parties.get(role), channel)
