"""The demo's regions, read once a process: they cannot be changed, so tests may share them."""

from functools import cache

from casetrack import demo
from casetrack.domain.region.region_data import RegionData
from casetrack.gateways.region.region_files import read_region


@cache
def regions() -> tuple[RegionData, ...]:
    """All of them."""
    return tuple(map(read_region, demo.folders()))


def region(code: str) -> RegionData:
    """The one with this code."""
    return next(data for data in regions() if data.region.code == code)
