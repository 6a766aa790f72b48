"""Numbers are set aside before an outage, and accounted for afterwards: used, or closed with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casetrack.domain.access import REGION_WIDE, Actor, require_agency
from casetrack.domain.case.late_intake import CloseNumber, LateIntake, SetAside, check_late_intake
from casetrack.domain.case.numbers import CaseNumber
from casetrack.domain.clock import Calendar
from casetrack.domain.errors import Invalid, NotFound, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import case_number, reserved_numbers
from casetrack.storage.case.case_number import Drawn
from casetrack.storage.case.reserved_numbers import BlockRow
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import Call, Conflict, UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.paging import Page

Block = BlockRow


def reserve(
    ctx: Context,
    actor: Actor,
    service: str,
    count: int,
    request: idempotency.Request | None = None,
) -> Answer:
    """Set so many numbers of a service and of this local year aside; they stay nobody else's.

    Raises Invalid for a service that is not taken in, Forbidden at another agency's counter.
    """
    with ctx.database.read() as connection:
        current = catalogue.current_version(connection, actor.region, service)
    if current is None:
        fault = {"at": "service", "message": "there is no such service; GET /services lists them"}
        raise Invalid("invalid_body", f"service: {fault['message']}.", errors=[fault])
    definition = ctx.definition(actor.region, service, current[0])
    if actor.kind == "officer":
        require_agency(actor, definition.front_office)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        return _reserved(ctx, uow, actor, definition, count)

    return idempotency.written(ctx, request, do)


def _reserved(
    ctx: Context, uow: UnitOfWork, actor: Actor, definition: ServiceDefinition, count: int
) -> Answer:
    region, calendar = ctx.region(actor.region)
    event_id, now = uow.draw()
    year = calendar.local_date(now).year
    block = ctx.new_id()
    # Last before the commit: whoever opens a case of this service waits for it.
    last = reserved_numbers.draw(uow, actor.region, definition.id, year, count)
    row = BlockRow(
        *(block, definition.id, year, last - count + 1, last),
        *(definition.front_office, now, actor.id),
    )
    letters = (region.region.letters, definition.letters)
    numbers = [str(CaseNumber(*letters, year, serial)) for serial in range(row.first, row.last + 1)]
    reserved_numbers.put(uow, actor.region, row, numbers)
    data = {
        **{name: getattr(row, name) for name in ("block", "service", "year", "first", "last")},
        "agency": row.agency,
    }
    return _told(uow, actor, row, "reserved", data, (event_id, now))


def _told(
    uow: UnitOfWork,
    actor: Actor,
    row: BlockRow,
    what: str,
    data: dict[str, Any],
    drawn: tuple[int, datetime],
) -> Answer:
    new = NewEvent(f"{TYPE_PREFIX}numbers.{what}", data)
    event = append_fact(uow, actor.region, f"numbers/{row.block}", new, actor, drawn)
    held = reserved_numbers.numbers(uow.connection, actor.region, row.block)
    return Answer(_whole(row, held), f'"{event.version}"')


@dataclass(frozen=True, slots=True)
class Closing:
    """Of which numbers no case comes, and why; None: of all that are free."""

    reason: CloseNumber
    numbers: tuple[str, ...] | None = None


def close(
    ctx: Context,
    actor: Actor,
    name: str,
    said: Closing,
    request: idempotency.Request | None = None,
) -> Answer:
    """Close unused numbers with a reason. Raises NotFound, Invalid, NotNow."""
    row = known(ctx, actor, name)
    said = _as_kept(said)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        uow.lock(actor.region, f"numbers/{name}")
        event_id, now = uow.draw()
        wanted, by = said.numbers, actor.id
        closed = reserved_numbers.close(uow, actor.region, name, wanted, said.reason, by, now)
        if not closed or (wanted is not None and closed != sorted(set(wanted))):
            raise NotNow(
                "number_settled",
                "A number of these is not of this block, has a case already, or was closed; read the "
                "block again.",
            )
        data = {"block": name, "numbers": closed, "reason": said.reason}
        return _told(uow, actor, row, "closed", data, (event_id, now))

    return idempotency.written(ctx, request, do)


def _as_kept(said: Closing) -> Closing:
    """Numbers as they are kept, however they were typed. Raises Invalid."""
    if said.numbers is None:
        return said
    kept = tuple(str(CaseNumber.parse(number)) for number in said.numbers)
    return replace(said, numbers=kept)


def _sees_all(actor: Actor) -> bool:
    return actor.kind == "operator" or actor.has_role(REGION_WIDE)


def known(ctx: Context, actor: Actor, name: str) -> BlockRow:
    """A block of the actor's front office; any for who audits or runs the commands. Raises NotFound."""
    with ctx.database.read() as connection:
        row = reserved_numbers.block(connection, actor.region, name) if "\0" not in name else None
    if row is None or not (_sees_all(actor) or row.agency == actor.agency):
        raise NotFound(
            "unknown_block", "Your office has no such block; GET /number-blocks lists them."
        )
    return row


def read(ctx: Context, row: BlockRow, region: str) -> dict[str, Any]:
    """A block with each of its numbers."""
    with ctx.database.read() as connection:
        return _whole(row, reserved_numbers.numbers(connection, region, row.block))


def service_of(ctx: Context, region: str, row: BlockRow) -> ServiceDefinition:
    """The service for which the numbers are, in its newest version."""
    with ctx.database.read() as connection:
        versions = catalogue.versions(connection, region)
    return ctx.definition(region, *max(each for each in versions if each[0] == row.service))


def blocks(ctx: Context, actor: Actor, before: tuple[datetime, str] | None, limit: int) -> Page:
    """Those of the actor's front office, newest first; all of the region for who audits."""
    agency = None if _sees_all(actor) else actor.agency or ""
    with ctx.database.read() as connection:
        rows = reserved_numbers.listed(connection, actor.region, agency, before, limit + 1)
        names = [row.block for row in rows[:limit]]
        many = reserved_numbers.counts(connection, actor.region, names) if names else {}
    last = rows[limit - 1] if len(rows) > limit else None
    views = [_view(row, many[row.block]) for row in rows[:limit]]
    return Page(views, (instant(last.reserved_at), last.block) if last else None)


def _view(row: BlockRow, many: Any) -> dict[str, Any]:
    return {
        "id": row.block,
        "service": row.service,
        "year": row.year,
        "agency": row.agency,
        "reserved_at": instant(row.reserved_at),
        "reserved_by": row.reserved_by,
        "counts": {state: many.get(state, 0) for state in ("reserved", "used", "closed")},
    }


def _whole(row: BlockRow, held: list[dict[str, Any]]) -> dict[str, Any]:
    many = {state: sum(each["state"] == state for each in held) for state in ("reserved", "used")}
    many["closed"] = len(held) - sum(many.values())
    at = [instant(each["settled_at"]) if each["settled_at"] else None for each in held]
    numbers = [{**each, "settled_at": when} for each, when in zip(held, at, strict=True)]
    return {**_view(row, many), "numbers": numbers}


# --- a file that was taken in under one -----------------------------------------------------------


def checked(ctx: Context, region: str, service: str, said: LateIntake | None) -> LateIntake | None:
    """The paper with its number as it is kept, where it is one. Raises Invalid, NotNow."""
    if said is None:
        return None
    calendar = ctx.region(region)[1]
    number = str(CaseNumber.parse(said.number))
    with ctx.database.read() as connection:
        found = reserved_numbers.held(connection, region, number)
    aside = None
    if found is not None:
        state, row = found
        aside = SetAside(row.service, row.year, row.reserved_at, state)  # type: ignore[arg-type]
    check_late_intake(said, service, aside, calendar, ctx.database.now())
    return replace(said, number=number)


def draw(
    uow: UnitOfWork,
    actor: Actor,
    definition: ServiceDefinition,
    region: tuple[str, Calendar],
    said: LateIntake | None,
    behind: Sequence[Call],
) -> tuple[Drawn, str]:
    """What a new case is given, and its number: the next one, or that of the paper, which is its own from
    the commit on.

    `region` is its letters and its calendar; `behind` is asked behind the lock of the register. Raises
    Conflict: somebody was quicker.
    """
    if said is None:
        letters, calendar = region
        drawn = case_number.draw(uow, actor.region, definition.id, calendar.zone, behind)
        return drawn, str(CaseNumber(letters, definition.letters, drawn.year, drawn.serial))
    drawn = case_number.draw_without_serial(uow, actor.region, behind)
    if not reserved_numbers.use(uow, actor.region, said.number, actor.id, drawn.now):
        raise Conflict("the number was used or closed meanwhile")
    return drawn, said.number
