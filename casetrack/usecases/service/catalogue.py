"""What can be applied for, as a counter needs it."""

from typing import Any

from casetrack.domain.errors import NotFound
from casetrack.domain.service.definition_document import spelt_out
from casetrack.storage.service import catalogue
from casetrack.usecases.context import Context


def current(ctx: Context, region: str) -> list[dict[str, Any]]:
    """The current version of every service of a region."""
    with ctx.database.read() as connection:
        services = catalogue.current_services(connection, region)
    return [_document(ctx, region, service, version) for service, version in services]


def current_one(ctx: Context, region: str, service: str) -> dict[str, Any]:
    """The current version of one service. Raises NotFound."""
    with ctx.database.read() as connection:
        found = catalogue.current_version(connection, region, service)
    if found is None:
        raise NotFound("unknown_service", "There is no such service; GET /services lists them.")
    return _document(ctx, region, service, found[0])


def _document(ctx: Context, region: str, service: str, version: int) -> dict[str, Any]:
    return spelt_out(ctx.definition(region, service, version))
