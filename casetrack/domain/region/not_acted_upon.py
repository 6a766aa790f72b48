"""What a region's files may say and nothing acts upon yet: it is read, kept, and told at the load."""

from collections.abc import Iterator

from casetrack.domain.region.region_data import RegionData


def not_acted_upon(data: RegionData) -> Iterator[str]:
    """A line for each such thing, with the services that say it."""
    services = [each.id for each in data.services if each.deemed_grant == "auto_issue"]
    if services:
        yield (
            f"deemed_grant: auto_issue is not acted upon yet ({', '.join(services)}): when the limit "
            "passes without a decision it is flagged as with flag_only, and nothing is issued"
        )
