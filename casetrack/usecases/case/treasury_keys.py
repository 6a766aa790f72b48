"""The secret with which a region's treasury signs its calls: made of the master key, by generation."""

import base64
from datetime import timedelta

from casetrack.domain.errors import BadInput
from casetrack.storage.case import payment_rows
from casetrack.storage.region import regions
from casetrack.usecases.context import Context
from casetrack.usecases.people.administration import note


def secrets(ctx: Context, region: str) -> list[str]:
    """Those that are valid now, the newest first; none where the treasury has no door here."""
    with ctx.database.read() as connection:
        valid = payment_rows.keys(connection, region, ctx.database.now())
    return [_secret(ctx, region, generation) for generation in valid]


def rotate(ctx: Context, region: str, days: int, by: str) -> str:
    """A new secret, shown only here; those before are valid for so many days more. Raises BadInput."""
    with ctx.database.read() as connection:
        if region not in regions.regions(connection):
            raise BadInput(f"there is no region {region}")
    with ctx.database.write() as uow:
        uow.lock(region, "treasury")
        now = uow.time(None)
        made = payment_rows.next_key(uow, region, now, now + timedelta(days=days))
        note(uow, region, by, ("treasury_key_made", {"generation": made, "days": days}))
    ctx.wake()
    return _secret(ctx, region, made)


def _secret(ctx: Context, region: str, generation: int) -> str:
    digest = bytes.fromhex(ctx.vault.keyed_digest(f"treasury:{region}:{generation}"))
    return "whsec_" + base64.b64encode(digest).decode()
