"""A case goes from one person to another, and what they complained of in it goes with it."""

from dataclasses import replace

from casetrack.domain.access import Actor
from casetrack.domain.case.complaint_fold import folded
from casetrack.domain.case.complaints import STREAM
from casetrack.domain.events import TYPE_PREFIX, NewEvent
from casetrack.storage.case import complaint_rows
from casetrack.storage.people.subjects import SubjectRow
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.case.complaint_sight import reader
from casetrack.usecases.case.complaint_texts import resealed
from casetrack.usecases.context import Context
from casetrack.usecases.facts import append_fact


def move_complaints(
    ctx: Context, uow: UnitOfWork, actor: Actor, number: str, source: SubjectRow, target: SubjectRow
) -> None:
    """Complaints about this case that stand under the key of the one stand under that of the other; the
    caller holds both.

    So erasing a person reaches what they complained of, and nothing of anybody else.
    """
    region = actor.region
    rows = reader(ctx, uow.connection, region)
    for found in rows.of_subject(source.subject, number):
        # Who acts on it waits for the person; the clock, which writes no text, for the complaint.
        complaint_rows.lock_number(uow, region, found.state.number)
        row = rows.one(found.state.number) or found
        texts, moved = resealed(ctx, region, rows.texts(row.state.number), source, target)
        complaint_rows.put_texts(uow, region, row.state.number, texts, anew=True)
        new = NewEvent(
            f"{TYPE_PREFIX}complaint.resealed", {"subject": target.subject, "moved": moved}
        )
        event = append_fact(uow, region, f"{STREAM}{row.state.number}", new, actor)
        state = folded(row.state, new.type, new.data, event.occurred_at)
        complaint_rows.change(uow, region, replace(row, state=state))
