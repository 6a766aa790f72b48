"""What can be applied for, as a counter needs it."""

from typing import Any

from casetrack.storage.service import catalogue
from casetrack.usecases.context import Context


def current(ctx: Context, region: str) -> list[dict[str, Any]]:
    """The current version of every service of a region."""
    with ctx.database.read() as connection:
        services = catalogue.current_services(connection, region)
    # The document of a service without notices of its own has no such key: it is hashed.
    return [
        {"notices": {}, **ctx.definition(region, service, version).to_document()}
        for service, version in services
    ]
