"""What a region's files may say and nothing acts upon yet: it is read, kept, and told at the load."""

from collections.abc import Iterator

from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import DEEMED_GRANTS


def not_acted_upon(data: RegionData) -> Iterator[str]:
    """A line for each such thing, with the services that say it, also by a default."""
    for meant in DEEMED_GRANTS:
        services = [each.id for each in data.services if each.deemed_grant == meant]
        if meant != "none" and services:
            yield (
                f"deemed_grant: {meant} is not acted upon yet ({', '.join(services)}): when the limit "
                "passes without a decision, nothing is flagged, granted or issued because of it; "
                "deemed_grant: none says so"
            )
