"""What stands on receipts for numbers that were set aside and are free."""

from casetrack.domain.service.definition import ServiceDefinition
from casetrack.gateways.printing.letterhead import government
from casetrack.usecases.case import number_blocks
from casetrack.usecases.context import Context
from casetrack.web.pages.reserved_sheets import ReservedSheet


def reserved_sheets(
    ctx: Context, region: str, block: number_blocks.Block, public_url: str
) -> list[ReservedSheet]:
    """One for each number that is free; of one that is used or closed nothing is printed again."""
    record = ctx.region(region)[0]
    definition: ServiceDefinition = number_blocks.service_of(ctx, region, block)
    office = record.agencies[block.agency]
    said = number_blocks.read(ctx, block, region)
    return [
        ReservedSheet(
            number=each["number"],
            service=definition.name,
            region=government(record.region.name),
            office=office.name,
            counter=office.office,
            requirements=tuple(requirement.name for requirement in definition.requirements),
            status_url=f"{public_url}/status?number={each['number']}",
        )
        for each in said["numbers"]
        if each["state"] == "reserved"
    ]
