"""A fact in a stream beside the cases' own: deadlines, refusals, agencies, administration, looks."""

from datetime import datetime

from casetrack.domain.access import Actor
from casetrack.domain.events import Event, NewEvent
from casetrack.storage.case import case_rows
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import make_event


def append_fact(
    uow: UnitOfWork,
    region: str,
    stream: str,
    new: NewEvent,
    actor: Actor,
    drawn: tuple[int, datetime] | None = None,
) -> Event:
    """One more event behind the last of its stream; the caller holds what others would append under.

    `drawn` is the event's id and moment, where the locks gave them.
    """
    version, previous = case_rows.side_stream_head(uow, region, stream)
    event_id, now = drawn or uow.draw()
    event = make_event(
        new,
        event_id=event_id,
        region=region,
        stream=stream,
        version=version + 1,
        now=now,
        actor=actor,
    )
    case_rows.append_beside(uow, event, previous)
    return event
