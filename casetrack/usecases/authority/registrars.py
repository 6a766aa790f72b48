"""A paper on its way into the register, with all that its rules ask; and who keeps the papers."""

from collections.abc import Sequence
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
from casetrack.storage.region import regions
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context


def paper(ctx: Context, uow: UnitOfWork, region: str, filed: Filed, now: datetime) -> Paper:
    """The register as it stands, and as it would with this paper."""
    return papers(ctx, uow, region, [filed], now)[0]


def papers(
    ctx: Context, uow: UnitOfWork, region: str, entering: Sequence[Filed], now: datetime
) -> list[Paper]:
    """Papers that come in together: each may name what another brings."""
    record = regions.region_record(uow.connection, region)
    secretariat = record.region.secretariat if record else None
    day = ctx.region(region)[1].local_date(now)
    accounts = officers.keepers(uow.connection, region)
    known = register.whole(uow.connection, region)
    now_keeping = Keeping(known, secretariat, accounts, day)
    then_keeping = Keeping(_with(known, entering), secretariat, accounts, day)
    found = []
    for filed in entering:
        before = known.by_id.get((filed.kind, filed.id))
        old = before.entry if before else None
        found.append(Paper(filed.id, filed.entry, old, now_keeping, then_keeping))
    return found


def _with(known: Register, entering: Sequence[Filed]) -> Register:
    added = [
        Recorded(filed.kind, filed.id, filed.entry, Cite(stream_of(filed.kind, filed.id), 0, ""))
        for filed in entering
    ]
    new = {(recorded.kind, recorded.id) for recorded in added}
    return Register([*(r for r in known.entries if (r.kind, r.id) not in new), *added])


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
