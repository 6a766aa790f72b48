"""Writing down who looks at personal data, before it is shown: no record, no data."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.events import instant
from casetrack.domain.people.readings import ONE_LOOK, Kind, Reading, Unmasking
from casetrack.storage.people import readings, sealed_rows
from casetrack.storage.people.readings import Place, Which
from casetrack.storage.unit_of_work import Call, UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.paging import Page
from casetrack.usecases.people.sealing import open_texts

#: The kind of the sealed texts that say why somebody was unmasked.
REASON = "unmask"


def record(
    ctx: Context, actor: Actor, kind: Kind, numbers: Sequence[str], typed: str | None = None
) -> None:
    """Write down one look: a page of a list, a search, a print or an export, with the cases on it.

    `typed` is what somebody searched for; only its keyed digest is kept. Raises DatabaseDown: then
    nothing may be shown.
    """
    record_and_ask(ctx, actor, kind, numbers, typed, ())


def record_and_ask(
    ctx: Context,
    actor: Actor,
    kind: Kind,
    numbers: Sequence[str],
    typed: str | None,
    calls: Sequence[Call],
) -> list[Sequence[Any]]:
    """Write down one look, and ask for what is looked at: in one round trip, the record before the rest.

    Nothing of the answer is there before the record is committed. Raises DatabaseDown.
    """
    reading = look(ctx, actor, kind, numbers, typed)
    with ctx.database.at_once() as uow:
        write_down(ctx, uow, reading)
        return uow.ask_all(calls) if calls else []


def look(
    ctx: Context,
    actor: Actor,
    kind: Kind,
    numbers: Sequence[str],
    typed: str | None = None,
    unmasking: Unmasking | None = None,
) -> Reading:
    """A look of now, not yet written down."""
    return Reading(
        actor.region,
        ctx.database.now(),
        ctx.new_id(),
        actor.id,
        actor.role,
        actor.agency,
        kind,
        tuple(dict.fromkeys(numbers)),
        None if typed is None else typed_digest(ctx, actor.region, typed),
        unmasking,
    )


def write_down(ctx: Context, uow: UnitOfWork, reading: Reading) -> None:
    """The look under its seal, with what else is written in this unit of work."""
    readings.put(uow, reading, seal_of(ctx, reading))


def record_look(ctx: Context, actor: Actor, number: str, kind: Kind = "case") -> None:
    """A look at one case or complaint; who looks again soon is still looking. Raises DatabaseDown."""
    since = ctx.database.now() - ONE_LOOK
    with ctx.database.read() as connection:
        if readings.is_looking(connection, actor.region, number, actor.id, since, kind):
            return
    record(ctx, actor, kind, [number])


def seal_of(ctx: Context, reading: Reading) -> str:
    """The seal of a reading, which nobody can make who has the database and not the master key."""
    return ctx.vault.keyed_digest(f"reading:{reading.body()}")


def typed_digest(ctx: Context, region: str, typed: str) -> str:
    """A keyed digest of what was searched for: in a region the same for any spacing and capitals."""
    return ctx.vault.keyed_digest(f"typed:{region}:{' '.join(typed.casefold().split())}")


def of_case(ctx: Context, region: str, number: str, *, before: Place | None, limit: int) -> Page:
    """Who looked at a case, the newest first: alone, on a page of a list, in what a search found."""
    with ctx.database.read() as connection:
        rows = readings.of_case(connection, region, number, before=before, limit=limit + 1)
    return _page(ctx, region, rows, limit)


def of_region(
    ctx: Context,
    region: str,
    *,
    officer: str | None,
    first: date | None,
    last: date | None,
    before: Place | None,
    limit: int,
) -> Page:
    """Who looked in a region, the newest first; both days are whole and local."""
    calendar = ctx.region(region)[1]
    which = Which(
        officer,
        calendar.start_of(first) if first is not None else None,
        calendar.start_of(last + timedelta(days=1)) if last is not None else None,
    )
    with ctx.database.read() as connection:
        rows = readings.of_region(connection, region, which, before=before, limit=limit + 1)
    return _page(ctx, region, rows, limit)


def _page(ctx: Context, region: str, rows: Sequence[Reading], limit: int) -> Page:
    last = rows[limit - 1] if len(rows) > limit else None
    key = (instant(last.at), last.reading) if last else None
    shown = rows[:limit]
    reasons = _reasons(ctx, region, [each.unmasking.reason for each in shown if each.unmasking])
    return Page([_view(row, reasons) for row in shown], key)


def _view(reading: Reading, reasons: Mapping[str, str]) -> dict[str, Any]:
    """The look with its reason in words; null once the person was erased."""
    data = reading.as_data()
    if reading.unmasking is not None:
        data["unmasking"]["reason"] = reasons.get(reading.unmasking.reason)
    return data


def _reasons(ctx: Context, region: str, names: Sequence[str]) -> dict[str, str]:
    if not names:
        return {}
    with ctx.database.read() as connection:
        rows = sealed_rows.texts_by_id(connection, region, names)
    return open_texts(ctx, region, rows)
