"""What is wrong with a region's accounts, as the register and the tokens are today."""

from collections.abc import Collection
from datetime import date

from casetrack.domain.authority import account_findings as rules
from casetrack.domain.authority.account_findings import duties_of
from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.register import Register
from casetrack.domain.people.persons import persons_of
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.people import officers, tokens
from casetrack.usecases.context import Context
from casetrack.usecases.people.joined_duties import by_person, pairs_of


def account_findings(
    ctx: Context,
    region: str,
    known: Register,
    services: Collection[ServiceDefinition],
    day: date,
) -> list[Finding]:
    """Of every live account."""
    allowed = pairs_of(ctx.region(region)[0].region)
    with ctx.database.read() as connection:
        accounts = [officer for officer, _ in officers.of_region(connection, region)]
        marks = officers.marks(connection, region)
        endless = tokens.without_end(connection, region)
    people = by_person(accounts, persons_of(marks))
    live = [account for each in people.values() for account in each]
    named = {login for login, person, nik in marks if person or nik}
    return [
        *rules.account_findings(
            duties_of(each, known, services, day, endless=endless, allowed=allowed)
            for each in people.values()
        ),
        *rules.nameless_accounts(live, named, known, services, day),
    ]
