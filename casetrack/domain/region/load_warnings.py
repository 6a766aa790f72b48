"""What a region's files may say and had better not: told at each load, with the cure, never refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from casetrack.domain.region import seat_check
from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import ServiceDefinition

#: How many letters of a text no font has.
Unprinted = Callable[[str], int]


def load_warnings(data: RegionData, unprinted: Unprinted) -> Iterator[str]:
    """A sentence each, without a full stop."""
    yield from seat_check.warnings(data)
    for service in data.services:
        yield from _unrefusable(service)
    printed = {
        "region.yaml": data.region,
        "agencies.yaml": data.agencies,
        "positions.yaml": data.positions,
        "officers.yaml": data.profiles,
        "services": data.services,
    }
    for file, part in printed.items():
        for at, text in _texts(part, file):
            if count := unprinted(text):
                yield (
                    f"{at}: {count} of its letters are in no font of the sheets and come out on paper as "
                    "codes such as [U+0639]; write it in Latin letters"
                )


def _unrefusable(service: ServiceDefinition) -> Iterator[str]:
    """A service that draws up what it grants and has no letter for what it refuses."""
    deciding = [step.id for step in service.steps if step.kind == "decide"]
    kinds = [product.kind for product in service.products]
    if deciding and kinds and "refusal" not in kinds:
        yield (
            f"the service {service.id} has a product and no letter of refusal, so who is refused at "
            f"{', '.join(deciding)} gets no paper that says why and how to object; add a product of the "
            f"kind refusal, signed by {deciding[0]}, with objection, and raise version "
            "(docs/region-files.md)"
        )


def _texts(part: Any, at: str) -> Iterator[tuple[str, str]]:
    """Every text of these data with its place."""
    if isinstance(part, str):
        yield at, part
    elif is_dataclass(part):
        for each in fields(part):
            yield from _texts(getattr(part, each.name), f"{at}, {each.name}")
    elif isinstance(part, Mapping):
        for name, value in part.items():
            yield from _texts(value, f"{at}, {name}")
    elif isinstance(part, list | tuple):
        for place, value in enumerate(part):
            named = getattr(value, "id", getattr(value, "login", place + 1))
            yield from _texts(value, f"{at}, {named}")
