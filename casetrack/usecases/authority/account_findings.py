"""What is wrong with a region's accounts, as the register and the tokens are today."""

from collections.abc import Collection
from datetime import date

from casetrack.domain.authority import account_findings as rules
from casetrack.domain.authority.account_findings import duties_of
from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.people import officers, tokens
from casetrack.usecases.context import Context


def account_findings(
    ctx: Context,
    region: str,
    known: Register,
    services: Collection[ServiceDefinition],
    day: date,
) -> list[Finding]:
    """Of every live account."""
    with ctx.database.read() as connection:
        accounts = [officer for officer, _ in officers.of_region(connection, region)]
        endless = tokens.without_end(connection, region)
    return rules.account_findings(
        duties_of(officer, known, services, day, endless=officer.login in endless)
        for officer in accounts
        if not officer.disabled
    )
