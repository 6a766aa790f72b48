"""The demo's regions, read once a process: they cannot be changed, so tests may share them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from casetrack import demo
from casetrack.domain.region.region_data import RegionData
from casetrack.gateways.region.region_files import read_region
from tests.support.world import SAMARINDA, required


@cache
def regions() -> tuple[RegionData, ...]:
    """All of them."""
    return tuple(map(read_region, demo.folders()))


def region(code: str) -> RegionData:
    """The one with this code."""
    return next(data for data in regions() if data.region.code == code)


def documents(service: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that a file of this service of Samarinda needs."""
    (definition,) = (each for each in region(SAMARINDA).services if each.id == service)
    return required(definition, facts)
