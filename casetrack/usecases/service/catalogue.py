"""What can be applied for, as a counter needs it."""

from typing import Any

from casetrack.storage.service import catalogue
from casetrack.usecases.context import Context


def current(ctx: Context, region: str) -> list[dict[str, Any]]:
    """The current version of every service of a region."""
    with ctx.database.read() as connection:
        services = catalogue.current_services(connection, region)
    return [ctx.definition(region, service, version).to_document() for service, version in services]
