"""What officers do to a complaint: react, work on it, answer, close; each is one event of its stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from casetrack.domain.access import Actor, system
from casetrack.domain.case.complaint_fold import folded
from casetrack.domain.case.complaints import (
    STREAM,
    ComplaintAct,
    ComplaintAction,
    act_event,
    told_event,
    watched,
)
from casetrack.domain.errors import Invalid, NotNow, Stale
from casetrack.domain.events import Event, NewEvent
from casetrack.domain.people import visible
from casetrack.storage.case import complaint_rows
from casetrack.storage.case.complaint_rows import ComplaintRow
from casetrack.storage.people import subjects
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.case.complaint_sight import (
    complaint_sight,
    complaint_staff,
    digest_of,
    reader,
    require_reader,
    sees,
)
from casetrack.usecases.case.complaint_texts import ComplaintSealer
from casetrack.usecases.case.complaint_views import complaint_view
from casetrack.usecases.case.complaints import officer_agency_of, taken_in
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people import readings
from casetrack.usecases.region_by_region import in_each_region

#: What the text of an action is kept as; who complains reads reaction and answer.
_KIND: Mapping[ComplaintAction, str] = {
    "react": "reaction",
    "answer": "answer",
    "note_corrective_action": "corrective",
    "answer_corrective_action": "corrective",
}
#: Actions that need words.
_WORDS: tuple[ComplaintAction, ...] = (
    *("react", "answer", "note_corrective_action", "answer_corrective_action"),
)
#: Actions that need a number of another body.
_NUMBERED: tuple[ComplaintAction, ...] = ("note_outside_number", "note_corrective_action")
#: Complaints that one round looks at.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ComplaintSaid:
    """The action, its words, and the login where an officer is named."""

    act: ComplaintAct
    words: str | None = None
    officer: str | None = None


def act_on_complaint(
    ctx: Context,
    actor: Actor,
    found: ComplaintRow,
    said: ComplaintSaid,
    seen: Callable[[], int],
    request: idempotency.Request | None = None,
) -> Answer:
    """One act, of who saw the version that `seen` gives. Raises Invalid, Stale, NotNow."""
    number = found.state.number
    act, words = _checked(ctx, actor, number, said)
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return _with_words(ctx, actor, replayed)
    desk, version = taken_in(ctx, actor.region), seen()
    staff = complaint_staff(ctx, actor.region)
    # The answer holds all that was said.
    readings.record_look(ctx, actor, number, "complaint")

    def do(uow: UnitOfWork) -> Answer:
        row = _held(ctx, uow, actor.region, found, version)
        calendar = ctx.region(actor.region)[1]
        new_act, sealer = act, None
        if words is not None:
            sealer = ComplaintSealer.of(ctx, uow, actor.region, row)
            if sealer is None:
                raise NotNow(
                    "complaint_erased", "Who complained was erased; nothing more is written to it."
                )
            new_act = replace(act, text=sealer.seal(_KIND.get(act.action, "note"), words))
        event_type, data = act_event(row.state, new_act, desk, calendar)
        about = row.about_officer
        if act.action == "name_officer":
            about = said.officer
            require_reader(staff, data["agency"], about)
        after = _append(uow, actor, replace(row, about_officer=about), event_type, data)
        if sealer is not None:
            complaint_rows.put_texts(uow, actor.region, number, sealer.texts)
        short = {name: getattr(after.state, name) for name in ("number", "version", "state")}
        return Answer(short, f'"{after.state.version}"')

    return _with_words(ctx, actor, idempotency.written(ctx, request, do))


def _with_words(ctx: Context, actor: Actor, answer: Answer) -> Answer:
    """The answer as it is given out. What is kept of it for an equal request has no words: they would
    outlive who said them."""
    # Who named their own superior, or handed it on, reads no more of it.
    sight = complaint_sight(ctx, actor)
    with ctx.database.snapshot() as connection:
        row = reader(ctx, connection, actor.region).one(answer.view["number"])
        mine = row is not None and sight is not None and sees(sight, row)
        whole = complaint_view(ctx, connection, actor.region, row) if row and mine else None
    return replace(answer, view={**answer.view, "complaint": whole})


def _held(
    ctx: Context, uow: UnitOfWork, region: str, found: ComplaintRow, version: int
) -> ComplaintRow:
    """The complaint, held until the commit. Raises Stale: it is not as it was seen."""
    # First the person, as who joins or erases them does: no text stays under a key that is gone.
    if found.state.subject is not None:
        subjects.lock_subject(uow, region, found.state.subject)
    complaint_rows.lock_number(uow, region, found.state.number)
    row = reader(ctx, uow.connection, region).one(found.state.number)
    if row is None or row.state.version != version:
        raise Stale("stale", "The complaint has changed since; read it again.")
    return row


def _checked(
    ctx: Context, actor: Actor, number: str, said: ComplaintSaid
) -> tuple[ComplaintAct, str | None]:
    """The act as it is kept, and its words. Raises Invalid."""
    act, faults = said.act, []
    words, fault = _words(said)
    if fault:
        faults.append(("text", fault))
    if act.action == "name_officer":
        whose = officer_agency_of(ctx, actor.region, said.officer or "")
        about = digest_of(ctx, actor.region, number, said.officer or "")
        act = replace(act, about=about, agency=whose)
        if whose is None:
            faults.append(("officer", "there is no such officer of an agency"))
    if act.action == "hand_on" and act.agency not in ctx.region(actor.region)[0].agencies:
        faults.append(("agency", "there is no such agency; GET /agencies lists them"))
    if act.action in _NUMBERED and not act.number:
        faults.append(("number", "say the number that the other body gave it"))
    if act.action == "note_corrective_action":
        act = replace(act, corrective=ctx.new_id())
    if faults:
        errors = [{"at": at, "message": message} for at, message in faults]
        told = "; ".join(f"{at}: {message}" for at, message in faults)
        raise Invalid("invalid_body", f"{told}.", errors=errors)
    return act, words


def _words(said: ComplaintSaid) -> tuple[str | None, str]:
    """The words as they are kept, and what is wrong with them."""
    if said.words is None:
        return None, "say it in words" if said.act.action in _WORDS else ""
    try:
        return visible.read(said.words, lines=True), ""
    except ValueError as error:
        return None, str(error)


def _append(
    uow: UnitOfWork, actor: Actor, row: ComplaintRow, event_type: str, data: dict[str, Any]
) -> ComplaintRow:
    """One event, and the row as it stands behind it."""
    stream = f"{STREAM}{row.state.number}"
    event: Event = append_fact(uow, actor.region, stream, NewEvent(event_type, data), actor)
    after = replace(row, state=folded(row.state, event_type, data, event.occurred_at))
    complaint_rows.change(uow, actor.region, after)
    return after


# --- by the clock ---------------------------------------------------------------------------------


def watch_complaints_once(ctx: Context) -> int:
    """Notes which limits are near or missed; gives how many notices. Safe in any number."""
    return in_each_region(ctx, _watch)


def _watch(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        found = reader(ctx, connection, region).due(ctx.database.now(), _AT_ONCE)
    return sum(_tell(ctx, region, row.state.number) for row in found)


def _tell(ctx: Context, region: str, number: str) -> bool:
    with ctx.database.write() as uow:
        complaint_rows.lock_number(uow, region, number)
        row = reader(ctx, uow.connection, region).one(number)
        next_one = watched(row.state) if row is not None else None
        if row is None or next_one is None or next_one[1] > uow.time(None):
            return False
        _append(uow, system(region, "clock"), row, *told_event(row.state, next_one[0]))
    return True
