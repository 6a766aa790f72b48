"""What a correction replaced: kept sealed while a retention runs, then removed by the clock.

Who looks at the case reads that something was corrected, when and by whom. The old value itself is given
to nobody but the person (`subject show` and `report`).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from casetrack.domain.access import system
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.errors import BadInput
from casetrack.domain.events import TYPE_PREFIX, Event, NewEvent, instant
from casetrack.domain.people.erasing import erasing
from casetrack.storage.case import case_events, queries
from casetrack.storage.people import corrected_texts, person_texts
from casetrack.storage.people.corrected_texts import CorrectedText
from casetrack.storage.people.sealed_rows import SealedParty
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import Context
from casetrack.usecases.people import subjects as persons
from casetrack.usecases.people.retention import kept_until, today
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.region_by_region import in_each_region

CORRECTED = TYPE_PREFIX + "subject.corrected"
#: Texts that are looked at in one round.
BATCH = 100
#: Events of a subject's stream that are read; it has a handful.
_MOST = 10_000
_ONE_DAY = timedelta(days=1)


def forget_once(ctx: Context) -> int:
    """Look at some old values whose retention may be over, and remove those for which it is.

    Gives how many were looked at. Safe in any number, and each is looked at again only after years.
    """
    return in_each_region(ctx, _forget)


def _forget(ctx: Context, region: str) -> int:
    with ctx.database.read() as connection:
        due = corrected_texts.to_review(connection, region, ctx.database.now(), BATCH)
    for text in due:
        _review(ctx, text)
    return len(due)


def _review(ctx: Context, text: CorrectedText) -> None:
    with ctx.database.write() as uow:
        try:
            row = persons.lock(uow, Person(text.region, text.subject))
        except BadInput:
            return  # erased meanwhile, and the text with them
        now = corrected_texts.one(uow.connection, text.region, text.text)
        if now is None or now.subject != text.subject:
            return  # another clock was quicker, or the case was given to another person
        until = _kept(ctx, uow, text)
        if until is not None:
            corrected_texts.review_on(uow, text, _day_after(ctx, text.region, until))
            return
        person_texts.drop_text(uow, text.region, text.text)
        data = {"number": text.number, "texts": [text.text]}
        new = NewEvent(TYPE_PREFIX + "subject.old_value_removed", data)
        persons.append(uow, text.region, row, new, system(text.region, "clock"))
    ctx.wake()


def _kept(ctx: Context, uow: UnitOfWork, text: CorrectedText) -> date | None:
    """The last day for which it is certainly kept; None when nothing keeps it any more."""
    day = today(ctx, text.region)
    events = _events(uow.connection, text.region, text.subject)
    if erasing(events).hold is not None:
        return day
    found = queries.case(uow.connection, text.region, text.number)
    until = kept_until(ctx, found.state) if found else None
    if found is None or until is None:
        return None
    return until if found.state.status in OPEN_CASE or until >= day else None


def _day_after(ctx: Context, region: str, day: date) -> Any:
    return ctx.region(region)[1].start_of(day + _ONE_DAY)


def put_aside(ctx: Context, uow: UnitOfWork, state: CaseState | None, text: str) -> bool:
    """Keep the text that a correction replaces while its case's retention runs; gives whether it is kept.

    Where the service says no years it is removed at once.
    """
    until = kept_until(ctx, state) if state else None
    if state is None or until is None or until < today(ctx, state.region):
        return False
    corrected_texts.keep(uow, state.region, text, _day_after(ctx, state.region, until))
    return True


def marks(
    ctx: Context, number: str, region: str, first: Mapping[str, Any], rows: Iterable[SealedParty]
) -> dict[str, dict[str, Any]]:
    """Of each party whose data were corrected, by role: when last, by whom, which fields.

    `first` is who stood in the case when it was opened, with the text of that moment: while it is the one
    that counts, nothing is read.
    """
    found = {}
    for row in rows:
        opened = first[row.role]
        if row.text == opened["text"]:
            continue
        with ctx.database.read() as connection:
            streams = dict.fromkeys((opened["subject"], row.subject))
            events = [e for each in streams for e in _events(connection, region, each)]
        told = [event for event in events if _is_about(event, number, row.role)]
        if told:
            last = max(told, key=lambda event: event.id)
            found[row.role] = {
                "at": instant(last.recorded_at),
                "by": last.actor["id"],
                "fields": list(last.data["fields"]),
            }
    return found


def _is_about(event: Event, number: str, role: str) -> bool:
    return event.type == CORRECTED and any(
        (each["number"], each["role"]) == (number, role) for each in event.data["replaced"]
    )


def _events(connection: Any, region: str, subject: str) -> list[Event]:
    rows = case_events.stream_events(connection, region, f"subject/{subject}", after=0, limit=_MOST)
    return [Event.from_body(row.body) for row in rows]
