"""What of the register somebody may ask by their seat: services in which their positions hold a power."""

from collections.abc import Iterable
from dataclasses import dataclass

from casetrack.domain.access import OVERSEERS, Actor, require_role
from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.holders import needs_held
from casetrack.domain.authority.seats import positions_of
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.authority import register
from casetrack.storage.service import catalogue
from casetrack.usecases.context import Context


@dataclass(frozen=True, slots=True)
class Scope:
    """The positions in which somebody sits today, and the services in which these hold a power."""

    positions: frozenset[str]
    services: frozenset[str]

    def of(self, services: Iterable[ServiceDefinition]) -> list[ServiceDefinition]:
        """Those of these services that they may ask about."""
        return [service for service in services if service.id in self.services]

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is about one of their services or positions."""
        named = {entry for kind, entry in finding.entries if kind == "position"}
        return bool(
            self.services & set(finding.services)
            or finding.position in self.positions
            or named & self.positions
        )


def scope_of(ctx: Context, actor: Actor) -> Scope | None:
    """What the actor may ask about; None is everything.

    Raises Forbidden for who oversees nothing and sits in no position that holds a power.
    """
    if actor.has_role(OVERSEERS):
        return None
    day = ctx.region(actor.region)[1].local_date(ctx.database.now())
    with ctx.database.read() as connection:
        known = register.whole(connection, actor.region)
        current = catalogue.current_services(connection, actor.region)
    positions = positions_of(known, actor.id, day)
    services = [ctx.definition(actor.region, service, version) for service, version in current]
    held = {need.service for need in needs_held(known, services, positions, day)}
    if not held:
        require_role(actor, OVERSEERS)
    return Scope(frozenset(positions), frozenset(held))
