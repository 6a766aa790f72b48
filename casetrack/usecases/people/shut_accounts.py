"""An account is disabled: its agency hears of it, with the steps that its officer holds."""

from collections.abc import Iterable

from casetrack.domain.access import operator
from casetrack.domain.delivery.receivers import ACCOUNT_DISABLED, AGENCY
from casetrack.domain.events import NewEvent
from casetrack.domain.region.region_data import Officer
from casetrack.storage.case import held_steps
from casetrack.storage.people import passwords, sessions
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.facts import append_fact


def tell_agencies(uow: UnitOfWork, region: str, shut: Iterable[Officer], by: str) -> None:
    """`casetrack.account.disabled`, once for each, in the stream of the officer's agency.

    Of who belongs to no agency nobody hears. The streams are held until the commit, in the order of
    their names, so that two who shut accounts at once do not wait for each other.
    """
    for officer in sorted(shut, key=lambda each: (each.agency or "", each.login)):
        if officer.agency is not None:
            _append(uow, region, officer, officer.agency, by)


def end_sessions(uow: UnitOfWork, region: str, login: str) -> None:
    """No session of the officer opens a page any more, and no link sets their password."""
    sessions.end_sessions(uow, region, login, sessions.all_but(None), uow.time(None))
    passwords.remove_invitation(uow, region, login)


def _append(uow: UnitOfWork, region: str, officer: Officer, agency: str, by: str) -> None:
    stream = f"{AGENCY}{agency}"
    uow.lock(region, stream)
    held = held_steps.held_by(uow.connection, region, officer.login)
    data = {
        "officer": officer.login,
        "agency": agency,
        "held": [{"number": number, "step": step} for number, step in held],
    }
    append_fact(uow, region, stream, NewEvent(ACCOUNT_DISABLED, data), operator(region, by))
