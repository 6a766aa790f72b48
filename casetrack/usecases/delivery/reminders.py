"""What nears its limit or missed it, told to officers: once a working day, in one mail to each.

Near and missed go to who may do the step; missed for long to the supervisors of the agency, then to its
heads. A case's own limit has no step, so supervisors hear of it from the start, and of a missed check of
completeness as well. Who was told of the day stands in a row beside the event, so that nobody is told
twice and nobody is left out, whoever is killed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor, system
from casetrack.domain.case.complaints import standing
from casetrack.domain.clock import Calendar, used
from casetrack.domain.delivery.receivers import OFFICER, OFFICER_REMINDED
from casetrack.domain.events import NewEvent, instant
from casetrack.domain.region.escalation import Escalation
from casetrack.domain.region.region_data import Officer
from casetrack.storage.case import agency_limits
from casetrack.storage.case.agency_limits import NearLimit
from casetrack.storage.people import officer_addresses, officers
from casetrack.usecases.case.complaint_sight import complaint_sight, reader
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.region_by_region import in_each_region

#: Limits of an agency that are looked at, and those that one mail names of each kind.
_MOST_LOOKED, _MOST_NAMED = 500, 30


def remind_once(ctx: Context) -> int:
    """One round over all regions; gives how many officers are told. Safe in any number."""
    return in_each_region(ctx, _remind)


def _remind(ctx: Context, region: str) -> int:
    record, calendar = ctx.region(region)
    now, rules = ctx.database.now(), record.region.escalation
    local = now.astimezone(calendar.zone)
    if local.time() < rules.daily_mail_at or not calendar.is_working_day(local.date()):
        return 0
    day = local.date().isoformat()
    with ctx.database.read() as connection:
        if officer_addresses.told_on(connection, region, "") == day:
            return 0
        reached = {row.login for row in officer_addresses.addressed(connection, region)}
        known = [o for o, _ in officers.of_region(connection, region) if not o.disabled]
    done = 0
    for officer in known:
        if officer.login in reached and officer.agency is not None:
            done += tell(ctx, region, officer, officer.agency, rules, day)
    with ctx.database.write() as uow:
        officer_addresses.put_told(uow, region, "", day)
    return done


def tell(
    ctx: Context, region: str, officer: Officer, agency: str, rules: Escalation, day: str
) -> int:
    """One event where there is something to tell, under the officer's own stream."""
    calendar, now = ctx.region(region)[1], ctx.database.now()
    with ctx.database.read() as connection:
        # What becomes near in the course of the day: there is no second mail.
        until = calendar.end_of(calendar.local_date(now))
        limits = agency_limits.near_or_missed(connection, region, agency, until, _MOST_LOOKED)
    found = list(_of_officer(ctx, region, officer, limits, rules, calendar, now))
    waiting = _complaints(ctx, region, officer)
    stream = f"{OFFICER}{officer.login}"
    with ctx.database.write() as uow:
        uow.lock(region, stream)
        if officer_addresses.told_on(uow.connection, region, officer.login) == day:
            return 0
        officer_addresses.put_told(uow, region, officer.login, day)
        if not found and not waiting:
            return 0
        data: dict[str, Any] = {"officer": officer.login, "agency": agency, "day": day, "more": 0}
        for kind in ("near", "missed", "escalated"):
            of_kind = [_item(limit) for what, limit in found if what == kind]
            data[kind] = of_kind[:_MOST_NAMED]
            data["more"] += len(of_kind[_MOST_NAMED:])
        if waiting:
            data["complaints"] = waiting
        append_fact(uow, region, stream, NewEvent(OFFICER_REMINDED, data), system(region, "clock"))
    return 1


def _complaints(ctx: Context, region: str, officer: Officer) -> dict[str, int]:
    """How many complaints that the officer may read are near a limit or missed it: no more is said of
    one in a mail or an event. A head hears of what was missed."""
    with ctx.database.read() as connection:
        if not reader(ctx, connection, region).noted(None, 1):
            return {}
    said = (officer.agency, officer.positions, officer.more_roles)
    sight = complaint_sight(ctx, Actor("officer", officer.login, region, officer.role, *said))
    if sight is None or sight.agency is None:
        return {}
    with ctx.database.read() as connection:
        rows = reader(ctx, connection, region).noted(sight, _MOST_LOOKED)
    seen = [standing(row.state) for row in rows]
    wanted = ("missed",) if officer.role == "head" else ("near", "missed")
    return {kind: seen.count(kind) for kind in wanted if kind in seen}


def _item(limit: NearLimit) -> dict[str, Any]:
    return {"number": limit.number, "step": limit.step or None, "due_at": instant(limit.due_at)}


def _of_officer(
    ctx: Context,
    region: str,
    officer: Officer,
    limits: Sequence[NearLimit],
    rules: Escalation,
    calendar: Calendar,
    now: datetime,
) -> Iterator[tuple[str, NearLimit]]:
    """What of these concerns an officer, and as what."""
    roles = {*officer.roles}
    for limit in limits:
        missed = limit.due_at < now
        since = used(limit.due_at, now, "working_days", (), calendar) if missed else 0
        overseen = "supervisor" in roles and _is_overseen(ctx, region, limit, missed=missed)
        if _does(ctx, region, officer, limit) or overseen:
            yield ("missed" if missed else "near"), limit
        elif missed and (
            ("supervisor" in roles and since >= rules.supervisor_after)
            or ("head" in roles and since >= rules.head_after)
        ):
            yield "escalated", limit


def _is_overseen(ctx: Context, region: str, limit: NearLimit, *, missed: bool) -> bool:
    """Whether supervisors hear of it from the start: the case's own limit, and the check of completeness
    once that was missed. Until it is declared complete no limit of law protects the applicant."""
    if not limit.step:
        return True
    return missed and limit.step == ctx.definition(region, limit.service, limit.version).root.id


def _does(ctx: Context, region: str, officer: Officer, limit: NearLimit) -> bool:
    """Whether the step is theirs: claimed by them, or claimed by nobody and for their role."""
    if not limit.step:
        return False
    if limit.assignee is not None:
        return limit.assignee == officer.login
    step = ctx.definition(region, limit.service, limit.version).step(limit.step)
    return bool({*step.roles} & {*officer.roles})
