"""What the operator's command may do about registrars: set the first ones up, or take that back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from casetrack.domain.access import REGISTRAR_ROLES, operator
from casetrack.domain.authority.entries import Registrar
from casetrack.domain.authority.filing import is_set_up
from casetrack.domain.authority.registrars import NEEDED, Keeping
from casetrack.domain.errors import BadInput
from casetrack.domain.people.administration import Deed
from casetrack.storage.authority import register
from casetrack.storage.region import regions
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases.authority.first_registrars import (
    DOOR,
    Wanted,
    as_filed,
    set_up,
    takes_registrars,
)
from casetrack.usecases.authority.load_papers import file
from casetrack.usecases.authority.registrars import keeping_of
from casetrack.usecases.context import Context
from casetrack.usecases.people.administration import note
from casetrack.usecases.people.officers import check_seat, locked, of_officer


def set_registrar(
    ctx: Context, login: str, bodies: Sequence[str], *, keeps: bool, by: str = "casetrack"
) -> None:
    """Set an officer up as a registrar for these agencies, or take back what an operator set up.

    Raises BadInput: no such officer or agency, a role that keeps no papers, a seat that decides cases of
    such an agency; and for a body with two registrars, who alone make another one.
    """
    region = of_officer(ctx, login)
    with ctx.database.write() as uow:
        uow.lock_register(region, exclusive=True)
        record = locked(uow, login)
        known = regions.region_record(uow.connection, region)
        for body in bodies:
            if known is None or body not in known.agencies:
                raise BadInput(f"region {region} has no agency {body}")
        roles = record.officer.roles
        if keeps and not {*roles} & {*REGISTRAR_ROLES}:
            raise BadInput(
                f"{login} is {' and '.join(roles)}, which keeps no papers; "
                f"name an officer whose role is one of {', '.join(REGISTRAR_ROLES)}"
            )
        change = _name if keeps else _dismiss
        change(ctx, uow, region, login, bodies, by)
        if keeps:
            check_seat(ctx, uow, region, login)
        deed: Deed = "registrar_named" if keeps else "registrar_dismissed"
        note(uow, region, by, (deed, {"login": login, "agencies": sorted(bodies)}))
    ctx.wake()


def _name(
    ctx: Context, uow: UnitOfWork, region: str, login: str, bodies: Sequence[str], by: str
) -> None:
    """Set an officer up for bodies that have fewer than two. Raises BadInput for any other."""
    keeping = _now(ctx, uow, region)
    for body in bodies:
        if keeping.keeps(login, body):
            raise BadInput(f"{login} is a registrar for {body} already")
        if len(keeping.persons(body)) >= NEEDED:
            raise BadInput(f"{body} has {DOOR}")
    wanted = [Wanted(login, body) for body in bodies]
    set_up(uow, region, keeping.day, wanted, by, operator(region, by))


def _dismiss(
    ctx: Context, uow: UnitOfWork, region: str, login: str, bodies: Sequence[str], by: str
) -> None:
    """Take back what an operator set up and nobody has confirmed. Raises BadInput for any other."""
    keeping, ended = _now(ctx, uow, region), []
    for body in bodies:
        found = keeping.duty(login, body)
        if found is None or not isinstance(found.entry, Registrar):
            raise BadInput(f"{login} is no registrar for {body}")
        newest = register.revisions(uow.connection, region, "registrar", found.id)[-1]
        if not is_set_up(newest.state, newest.confirmed_by):
            raise BadInput(
                f"{login} is a registrar for {body} by a paper of the register, and only another one "
                "ends it: POST /api/v1/authority/entries, kind registrar, the same id, with until"
            )
        over = replace(found.entry, until=keeping.day - timedelta(days=1))
        ended.append(as_filed(found.id, over))
    who = operator(region, by)
    file(uow, region, ended, entered_by=by, confirmed_by=None, by=who)


def _now(ctx: Context, uow: UnitOfWork, region: str) -> Keeping:
    if not takes_registrars(uow):
        raise BadInput(
            "registrars wait until the upgrade is over: casetrack db upgrade --second-half"
        )
    return keeping_of(ctx.calendars, uow, region, uow.draw()[1])
