"""An account is disabled: its agency hears of it, with the steps that its officer holds."""

from collections.abc import Iterable
from datetime import datetime

from casetrack.domain.access import system
from casetrack.domain.delivery.receivers import ACCOUNT_DISABLED, AGENCY
from casetrack.domain.events import NewEvent
from casetrack.domain.region.region_data import Officer
from casetrack.storage.case import case_rows, held_steps
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.context import make_event


def tell_agencies(uow: UnitOfWork, region: str, shut: Iterable[Officer], by: str) -> None:
    """`casetrack.account.disabled`, once for each, in the stream of the officer's agency.

    The caller holds the register's lock, so that no two write to one agency's stream. Of who belongs to
    no agency nobody hears.
    """
    for officer in shut:
        if officer.agency is not None:
            event_id, now = uow.draw()
            _append(uow, region, officer, (event_id, now, by))


def _append(
    uow: UnitOfWork, region: str, officer: Officer, drawn: tuple[int, datetime, str]
) -> None:
    event_id, now, by = drawn
    stream = f"{AGENCY}{officer.agency}"
    version, previous = case_rows.side_stream_head(uow, region, stream)
    held = held_steps.held_by(uow.connection, region, officer.login)
    event = make_event(
        NewEvent(
            ACCOUNT_DISABLED,
            {
                "officer": officer.login,
                "agency": officer.agency,
                "held": [{"number": number, "step": step} for number, step in held],
            },
        ),
        event_id=event_id,
        region=region,
        stream=stream,
        version=version + 1,
        now=now,
        actor=system(region, by),
    )
    case_rows.append_beside(uow, event, previous)
