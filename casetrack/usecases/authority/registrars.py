"""A paper on its way into the register, with all that its rules ask; and who keeps the papers."""

from datetime import date, datetime

from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.filing import Filed
from casetrack.domain.authority.register import Cite, Recorded, Register
from casetrack.domain.authority.registrar_findings import Hands, registrar_findings
from casetrack.domain.authority.registrars import Keeping, Paper
from casetrack.domain.authority.stopping import stops
from casetrack.storage.authority import register
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.people import officers
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context


def paper(ctx: Context, uow: UnitOfWork, region: str, filed: Filed, now: datetime) -> Paper:
    """The register as it stands, and as it would with this paper."""
    record, calendar = ctx.region(region)
    day, secretariat = calendar.local_date(now), record.region.secretariat
    known = register.whole(uow.connection, region)
    accounts = officers.keepers(uow.connection, region)
    before = known.by_id.get((filed.kind, filed.id))
    return Paper(
        filed.id,
        filed.entry,
        before.entry if before else None,
        Keeping(known, secretariat, accounts, day),
        Keeping(_with(known, filed), secretariat, accounts, day),
    )


def _with(known: Register, filed: Filed) -> Register:
    cite = Cite(stream_of(filed.kind, filed.id), 0, "")
    added = Recorded(filed.kind, filed.id, filed.entry, cite)
    return Register([*known.entries_but(filed.kind, filed.id), added])


def keeping_findings(ctx: Context, region: str, known: Register, day: date) -> list[Finding]:
    """What is wrong with who keeps the papers, and who filed those that count."""
    record, calendar = ctx.region(region)
    with ctx.database.read() as connection:
        accounts = officers.keepers(connection, region)
        filed = [
            Hands(kind, entry, entered_by, confirmed_by, calendar.local_date(confirmed_at))
            for kind, entry, entered_by, confirmed_by, confirmed_at in register.hands(
                connection, region
            )
        ]
    keeping = Keeping(known, record.region.secretariat, accounts, day)
    return registrar_findings(keeping, filed)


def what_stops(ctx: Context, uow: UnitOfWork, region: str, entering: Paper) -> list[str]:
    """The ids of letters and grants that work today and would not by this paper."""
    strategic = {
        service: ctx.definition(region, service, version).strategic
        for service, version in catalogue.current_services(uow.connection, region)
    }
    return stops(
        entering.now.register,
        entering.then.register,
        entering.entry,
        entering.before,
        strategic,
        entering.now.day,
    )
