"""A paper on its way into the register, with all that its rules ask; and who keeps the papers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from casetrack.domain.authority.entering import Paper
from casetrack.domain.authority.entries import Registrar
from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.few_registrars import duties_stopped
from casetrack.domain.authority.filing import Filed
from casetrack.domain.authority.known_then import PastRegister
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.registrar_findings import Hands, registrar_findings
from casetrack.domain.authority.registrars import Keeping
from casetrack.domain.authority.stopping import stops
from casetrack.domain.errors import BadInput
from casetrack.storage.authority import register
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.people import officers
from casetrack.storage.region import loads, regions
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Calendars, Context


def paper(ctx: Context, uow: UnitOfWork, region: str, filed: Filed, now: datetime) -> Paper:
    """The register as it stands, and as it would with this paper."""
    return papers(ctx, uow, region, [filed], now)[0]


def papers(
    ctx: Context, uow: UnitOfWork, region: str, entering: Sequence[Filed], now: datetime
) -> list[Paper]:
    """Papers that come in together: each may name what another brings."""
    now_keeping = keeping_of(ctx.calendars, uow, region, now)
    known = now_keeping.register
    then_keeping = replace(now_keeping, register=_with(known, entering))
    found = []
    for filed in entering:
        before = known.by_id.get((filed.kind, filed.id))
        old = before.entry if before else None
        found.append(Paper(filed.id, filed.entry, old, now_keeping, then_keeping))
    return found


def keeping_of(calendars: Calendars, uow: UnitOfWork, region: str, now: datetime) -> Keeping:
    """Who keeps the papers of a region as its register and accounts stand in this transaction."""
    record = regions.region_record(uow.connection, region)
    if record is None:
        raise BadInput(f"there is no region {region}; load it first")
    # Not the context's: a load reads the region that it has just written.
    calendar = calendars(record.region.zone, record.overrides)
    return Keeping(
        register.whole(uow.connection, region),
        record.region.secretariat,
        officers.keepers(uow.connection, region),
        calendar.local_date(now),
    )


def _with(known: Register, entering: Sequence[Filed]) -> Register:
    added = [
        Recorded(filed.kind, filed.id, filed.entry, Cite(stream_of(filed.kind, filed.id), 0, ""))
        for filed in entering
    ]
    new = {(recorded.kind, recorded.id) for recorded in added}
    return Register([*(r for r in known.entries if (r.kind, r.id) not in new), *added])


def keeping_findings(ctx: Context, region: str, known: Register, day: date) -> list[Finding]:
    """What is wrong with who keeps the papers, and who filed those that count."""
    calendar = ctx.region(region)[1]
    with ctx.database.read() as connection:
        counted = register.counted(connection, region)
        secretariats = loads.past_secretariats(connection, region)
    # What comes in together may name what another paper brings.
    last = {each.confirmed_at: each.once.since for each in sorted(counted, key=_event)}
    filed = [
        Hands(
            each.once.recorded.kind,
            each.once.recorded.id,
            each.entered_by,
            each.confirmed_by,
            calendar.local_date(each.confirmed_at),
            each.once.since,
            last[each.confirmed_at],
        )
        for each in counted
        if each.state == "confirmed"
    ]
    past = PastRegister((each.once for each in counted), secretariats)
    return registrar_findings(keeping_on(ctx, region, known, day), filed, past)


def _event(counted: register.Counted) -> int:
    return counted.once.since


def keeping_on(ctx: Context, region: str, known: Register, day: date) -> Keeping:
    """Who keeps the papers by this register, on a day; accounts are those of today."""
    with ctx.database.read() as connection:
        accounts = officers.keepers(connection, region)
    return Keeping(known, ctx.region(region)[0].region.secretariat, accounts, day)


def what_stops(ctx: Context, uow: UnitOfWork, region: str, entering: Paper) -> list[str]:
    """The ids of letters, grants and duties that work today and would not by this paper."""
    if isinstance(entering.entry, Registrar):
        return duties_stopped(entering.now, entering.then)
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
