"""The counters of a region's front offices: where an application is taken in, as receipts name it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from casetrack.domain.errors import Invalid
from casetrack.domain.service.definition import Name, Problem, ServiceDefinition, meant


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter of an agency. Without services it takes in all that the agency takes in."""

    id: str
    name: Name
    agency: str
    services: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As the region's document keeps it."""
        return {
            "id": self.id,
            "name": self.name.as_dict(),
            "agency": self.agency,
            "services": list(self.services),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `as_dict` gave."""
        name, services = Name.from_dict(data["name"]), tuple(data.get("services", ()))
        return cls(data["id"], name, data["agency"], services)

    def takes(self, service: ServiceDefinition) -> bool:
        """Whether applications for this service are taken in here."""
        named = not self.services or service.id in self.services
        return self.agency == service.front_office and named


def find_counter(counters: Sequence[Counter], counter: str) -> Counter | None:
    """The counter with this id."""
    return next((each for each in counters if each.id == counter), None)


def check_counter(
    counters: Sequence[Counter], counter: str | None, services: Sequence[ServiceDefinition]
) -> None:
    """Raises Invalid for a counter that the region has not, or that takes in other services."""
    if counter is None:
        return
    found = find_counter(counters, counter)
    if found is None:
        known = ", ".join(each.id for each in counters) or "none"
        raise _wrong(f"there is no such counter here; known: {known}")
    for service in services:
        if not found.takes(service):
            raise _wrong(f"{service.id} is not taken in at this counter")


def _wrong(why: str) -> Invalid:
    return Invalid("invalid_body", f"counter: {why}.", errors=[{"at": "counter", "message": why}])


def counter_problems(
    counters: Sequence[Counter], agencies: Collection[str], services: Sequence[ServiceDefinition]
) -> Iterator[Problem]:
    """What does not fit together in the counters of a region's files."""
    front = {service.id: _front(service) for service in services}
    for place, counter in enumerate(counters):
        at, what = ("region", "counters", place), f"counter {counter.id!r}"
        if counter.id in [each.id for each in counters[:place]]:
            yield Problem((*at, "id"), f"{what} is there twice", "give each an id of its own")
        if counter.agency not in agencies:
            cure = meant(counter.agency, agencies, "add it to agencies.yaml")
            yield Problem((*at, "agency"), f"{what}: unknown agency {counter.agency!r}", cure)
        for said in counter.name.as_dict().values():
            if not said.strip():
                yield Problem((*at, "name"), f"{what}: its name is empty", "write what people read")
        for message, cure in _service_faults(counter, front):
            yield Problem((*at, "services"), f"{what}: {message}", cure)


def _front(service: ServiceDefinition) -> str | None:
    """Who takes it in; None where the definition is faulty itself, which is told elsewhere."""
    return next((step.agency for step in service.steps if not step.after), None)


def _service_faults(counter: Counter, front: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for service in counter.services:
        if service not in front:
            yield f"unknown service {service!r}", meant(service, front, "add it to services")
        elif front[service] not in (None, counter.agency):
            cure = "name a service of the counter's own agency, or leave services out"
            yield f"{service} is taken in by {front[service]}", cure
