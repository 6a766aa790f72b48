"""What people ask of the authority register: for any day, and as it was known at any moment.

Each question reads the register whole, once, and is answered by a pure rule; only who may take a
step of one case reads the slice that a check reads. The catalogue is today's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, TypeVar

from casetrack.domain.access import OVERSEERS, Actor, require_role
from casetrack.domain.authority import coverage as covering
from casetrack.domain.authority import questions
from casetrack.domain.authority.few_registrars import few
from casetrack.domain.authority.findings import findings as find_faults
from casetrack.domain.authority.holders import Holders
from casetrack.domain.authority.register import Register
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid, NotFound
from casetrack.storage.authority import decisions as stored
from casetrack.storage.authority import register
from casetrack.storage.authority.register import NOW, Known
from casetrack.storage.case import queries
from casetrack.storage.people import officers
from casetrack.storage.service import catalogue
from casetrack.usecases.authority.account_findings import account_findings
from casetrack.usecases.authority.register import entry_view
from casetrack.usecases.authority.register import read as read_entry
from casetrack.usecases.authority.registrars import keeping_findings, keeping_on
from casetrack.usecases.case.complaint_sight import unread_findings
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.questions import question_views as views
from casetrack.usecases.questions.seat_scope import Scope

T = TypeVar("T")

#: What decisions are found by: kinds of entry, and positions.
NAMED = ("instrument", "grant", "incumbency", "position")


@dataclass(frozen=True, slots=True)
class When:
    """For which local day, and as the register was known at which moment; None is now."""

    at: date | None = None
    #: An RFC 3339 moment, or a local day: as known when that day was over.
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The register as asked for, with the catalogue."""

    day: date
    known: datetime | None
    holders: Holders
    accounts: dict[str, bool] | None

    def envelope(self, **answer: Any) -> dict[str, Any]:
        """The answer, and what it is an answer to."""
        known = self.known.isoformat() if self.known else None
        return {"at": self.day.isoformat(), "known": known, **answer}


def check_when(ctx: Context, region: str, when: When) -> None:
    """Raises Invalid for what is no moment of knowing."""
    moment_known(ctx.region(region)[1], when.known)


def moment_known(calendar: Calendar, known: str | None) -> datetime | None:
    """The moment of knowing; None is now. Raises Invalid for what is no moment."""
    if known is None:
        return None
    try:
        if len(known) == len("2026-01-31"):
            return calendar.end_of(date.fromisoformat(known))
        # In a query a plus that was not escaped arrives as a space.
        moment = datetime.fromisoformat(known.replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        "invalid_query",
        "known: give a day as YYYY-MM-DD or a moment with its offset, 2026-01-31T16:00:00+08:00.",
        errors=[{"at": "known", "message": "neither a day nor a moment with an offset"}],
    )


def register_of(ctx: Context, region: str, when: When) -> tuple[date, datetime | None, Register]:
    """The day asked for, the moment of knowing, and the register as it was known then."""
    calendar = ctx.region(region)[1]
    known = moment_known(calendar, when.known)
    with ctx.database.read() as connection:
        found = register.whole(connection, region, Known(at=known) if known else NOW)
    return when.at or calendar.local_date(ctx.database.now()), known, found


def _ask(ctx: Context, region: str, when: When) -> Asked:
    calendar = ctx.region(region)[1]
    known = moment_known(calendar, when.known)
    today = calendar.local_date(ctx.database.now())
    day = when.at or today
    with ctx.database.read() as connection:
        found = register.whole(connection, region, Known(at=known) if known else NOW)
        current = catalogue.current_services(connection, region)
        accounts = officers.accounts(connection, region)
    services = [ctx.definition(region, service, version) for service, version in current]
    # Accounts have no history: who is disabled today may have signed on a day of the past.
    live = accounts if known is None and day >= today else None
    present = {login for login, is_live in live.items() if is_live} if live is not None else None
    return Asked(day, known, Holders(found, services, present), live)


def _open_cases(ctx: Context, region: str, losses: Iterable[questions.Loss]) -> dict[str, int]:
    services = {service for loss in losses for service in loss.services}
    if not services:
        return {}
    with ctx.database.read() as connection:
        return queries.open_cases(connection, region, services)


def _within(asked: Asked, scope: Scope | None) -> Holders:
    """Who holds what, as far as the caller may ask."""
    if scope is None:
        return asked.holders
    return replace(asked.holders, services=scope.of(asked.holders.services))


def radar(
    ctx: Context, region: str, when: When, days: int, scope: Scope | None = None
) -> dict[str, Any]:
    """What has nobody today, and every day of the next `days` after which work has nobody, or fewer."""
    asked = _ask(ctx, region, when)
    holders = _within(asked, scope)
    alarms = questions.radar(holders, asked.day, days)
    missing = questions.today(holders, asked.day)
    losses = [*missing, *(loss for alarm in alarms for loss in alarm.losses)]
    cases, known = _open_cases(ctx, region, losses), asked.holders.register
    return asked.envelope(
        days=days,
        today=[views.loss_view(known, loss, asked.day, cases) for loss in missing],
        items=[views.alarm_view(known, alarm, cases) for alarm in alarms],
        registrars=_few_registrars(ctx, region, asked, days) if scope is None else [],
    )


def _few_registrars(ctx: Context, region: str, asked: Asked, days: int) -> list[dict[str, Any]]:
    """Bodies whose papers wait, or will: known of today's accounts only."""
    known = asked.holders.register
    if asked.accounts is None or not known.entries:
        return []
    keeping = keeping_on(ctx, region, known, asked.day)
    return [views.few_view(each) for each in few(keeping, days)]


def what_if(ctx: Context, region: str, when: When, kind: str, entry: str) -> dict[str, Any]:
    """What would stop on the day asked for if this entry had ended the day before.

    Raises NotFound, or Invalid for a kind of entry that one cannot ask this of.
    """
    asked = _ask(ctx, region, when)
    known = next((each for each in questions.ENDABLE if each == kind), None)
    if known is None:
        raise Invalid(
            "invalid_query",
            f"kind: what would stop is asked of {', '.join(questions.ENDABLE)}.",
            errors=[{"at": "kind", "message": "not a kind that ends by itself"}],
        )
    if (known, entry) not in asked.holders.register.by_id:
        raise NotFound("unknown_entry", "There is no such entry in this region's register.")
    losses = questions.what_if(asked.holders, known, entry, asked.day)
    cases = _open_cases(ctx, region, losses)
    shown = [views.loss_view(asked.holders.register, loss, asked.day, cases) for loss in losses]
    return asked.envelope(entry={"kind": kind, "id": entry}, items=shown)


def mine(ctx: Context, actor: Actor, when: When, officer: str | None) -> dict[str, Any]:
    """What the caller may do; a head or an auditor may ask it of another officer of the region."""
    if officer is not None and officer != actor.id:
        require_role(actor, OVERSEERS)
    asked = _ask(ctx, actor.region, when)
    found = questions.mine(asked.holders, officer or actor.id, asked.day)
    shown = [views.mine_view(asked.holders.register, each, asked.day) for each in found]
    return asked.envelope(officer=officer or actor.id, items=shown)


def powers(ctx: Context, region: str, when: When) -> dict[str, Any]:
    """Powers over deciding steps that nobody holds, and that two hold."""
    asked = _ask(ctx, region, when)
    found = covering.powers(asked.holders, asked.day)
    return asked.envelope(**views.powers_view(asked.holders.register, found, asked.day))


def coverage(
    ctx: Context,
    region: str,
    when: When,
    *,
    cover: str | None,
    after: str | None,
    limit: int,
    scope: Scope | None = None,
) -> tuple[dict[str, Any], tuple[str] | None]:
    """Services of the catalogue by id, with who can take their deciding steps, and the next key."""
    asked = _ask(ctx, region, when)
    services = sorted(_within(asked, scope).services, key=lambda service: service.id)
    rest = [service for service in services if after is None or service.id > after]
    found = (
        each
        for each in covering.coverage(replace(asked.holders, services=rest), asked.day)
        if cover is None or each.cover == cover
    )
    shown, more = _page(found, limit)
    items = [views.cover_view(asked.holders.register, each, asked.day) for each in shown]
    return asked.envelope(items=items), ((shown[-1].service.id,) if more else None)


def findings(
    ctx: Context,
    region: str,
    when: When,
    *,
    since: date | None,
    code: str | None,
    after: int,
    limit: int,
    scope: Scope | None = None,
) -> tuple[dict[str, Any], tuple[int] | None]:
    """Faults of the papers on the day asked for, or on any day from `since` to it."""
    asked = _ask(ctx, region, when)
    holders = asked.holders
    first = since or asked.day
    every = find_faults(holders.register, holders.services, asked.accounts, first, asked.day)
    if asked.accounts is not None:
        # Who keeps the papers is known of today only, as accounts are.
        every += keeping_findings(ctx, region, holders.register, asked.day)
        every += account_findings(ctx, region, holders.register, holders.services, asked.day)
        every += unread_findings(ctx, region)
    wanted = [
        finding
        for finding in every
        if (code is None or finding.code == code) and (scope is None or scope.holds(finding))
    ]
    shown, more = _page(wanted[after:], limit)
    answer = asked.envelope(
        since=first.isoformat(),
        total=len(wanted),
        items=[views.finding_view(each) for each in shown],
    )
    return answer, ((after + limit,) if more else None)


def _page(found: Iterable[T], limit: int) -> tuple[list[T], bool]:
    shown = list(islice(found, limit + 1))
    return shown[:limit], len(shown) > limit


# --- entries and decisions --------------------------------------------------------------------------


def entries(
    ctx: Context,
    region: str,
    *,
    kind: str | None,
    state: str,
    known: str | None,
    after: tuple[str, str, int] | None,
    limit: int,
) -> Page:
    """Revisions in a state, or with `known` those that counted at that moment, by kind and id.

    Raises Invalid for a moment together with another state: what counted then was confirmed.
    """
    if known is not None and state != "confirmed":
        raise Invalid(
            "invalid_query",
            "known: what counted at a moment was confirmed; leave state out.",
            errors=[{"at": "state", "message": "goes without known"}],
        )
    moment = moment_known(ctx.region(region)[1], known)
    with ctx.database.read() as connection:
        rows = register.entries(
            connection,
            region,
            kind=kind,
            state=state,
            known_at=moment,
            after=after,
            limit=limit + 1,
        )
    last = rows[limit - 1] if len(rows) > limit else None
    key = (last.kind, last.id, last.revision) if last else None
    return Page([entry_view(row) for row in rows[:limit]], key)


def entry(ctx: Context, region: str, kind: str, entry_id: str) -> dict[str, Any]:
    """Every revision of one entry with who entered and who confirmed it. Raises NotFound."""
    found = read_entry(ctx, region, kind, entry_id)
    return {"kind": kind, "id": entry_id, "items": [entry_view(row) for row in found]}


def decisions(
    ctx: Context,
    region: str,
    *,
    named: Mapping[str, str],
    acting: bool,
    questioned: bool,
    before: int | None,
    limit: int,
    scope: Scope | None = None,
) -> Page:
    """Decisions, the newest first: all, those that rest on an entry, by acting officers, in doubt.

    `named` is one of `NAMED` with its id, or nothing. Raises Invalid for more than one.
    """
    if len(named) > 1:
        raise Invalid(
            "invalid_query",
            f"Name at most one of {', '.join(NAMED)}.",
            errors=[{"at": kind, "message": "more than one is named"} for kind in named],
        )
    with ctx.database.read() as connection:
        rows = stored.newest(
            connection,
            region,
            entry=next(iter(named.items()), None),
            acting=acting,
            questioned=questioned,
            before=before,
            limit=limit + 1,
            services=scope.services if scope else None,
        )
    key = (rows[limit - 1].id,) if len(rows) > limit else None
    return Page([views.decision_view(row) for row in rows[:limit]], key)
