"""How a region numbers its products: proposed by a load, confirmed or refused by a registrar."""

from datetime import datetime
from typing import Any

from casetrack.domain.access import Actor, operator
from casetrack.domain.authority.entering import no_secretariat
from casetrack.domain.errors import Forbidden, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.domain.region.numbering_changes import Deed, Numbering, after_load
from casetrack.domain.region.region_data import RegionData
from casetrack.storage.region import regions
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.authority.registrars import keeping_of
from casetrack.usecases.authority.seats import check_door
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people.second_officer import check_second


def stream_of(region: str) -> str:
    """The stream of what becomes of a region's number patterns."""
    return f"numbering/{region}"


def of_load(
    uow: UnitOfWork, data: RegionData, by: str, now: datetime
) -> tuple[Numbering, Deed | None]:
    """How a load leaves the patterns; the caller holds the region's register and writes it."""
    before = regions.numbering(uow.connection, data.region.code)
    return after_load(before, data.region.number_patterns, by, instant(now))


def note_load(uow: UnitOfWork, region: str, by: str, numbering: Numbering, deed: Deed) -> None:
    """What a load did to them stands in the ledger."""
    _note(uow, operator(region, by), deed, numbering)


def shown(ctx: Context, region: str) -> dict[str, Any]:
    """The patterns in force by their days, and those that wait."""
    with ctx.database.read() as connection:
        return _view(regions.numbering(connection, region) or Numbering(()))


def _view(numbering: Numbering) -> dict[str, Any]:
    waits = numbering.proposal
    return {
        "patterns": [each.as_dict() for each in numbering.patterns],
        "proposal": waits
        and {
            "patterns": [each.as_dict() for each in waits.patterns],
            "sha256": waits.sha256,
            "by": waits.by,
            "at": waits.at,
        },
    }


def decide(
    ctx: Context,
    actor: Actor,
    action: str,
    sha256: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Confirm or refuse what waits, by a registrar of the secretariat; `sha256` names what they saw.

    Raises Forbidden, and NotNow: nothing waits, something else does, or they loaded it themselves.
    """
    check_door(ctx, actor, "decide_numbering")
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def do(uow: UnitOfWork) -> Answer:
        # As a load does: the patterns by which a product is numbered stand until its commit.
        uow.lock_register(actor.region, exclusive=True)
        _check_hand(ctx, uow, actor)
        return _decided(uow, actor, action, sha256)

    return idempotency.written(ctx, request, do)


def _check_hand(ctx: Context, uow: UnitOfWork, actor: Actor) -> None:
    now = ctx.database.now()
    keeping = keeping_of(ctx.calendars, uow, actor.region, now)
    if keeping.secretariat is None:
        raise no_secretariat()
    if not keeping.keeps(actor.id, keeping.secretariat):
        raise Forbidden(
            "not_registrar",
            f"{actor.id} is no registrar of {keeping.secretariat}, whose paper this is.",
            agency=keeping.secretariat,
        )


def _decided(uow: UnitOfWork, actor: Actor, action: str, sha256: str) -> Answer:
    before = regions.numbering(uow.connection, actor.region)
    waits = before.proposal if before else None
    if before is None or waits is None:
        raise NotNow("status_forbids", "No change of the number patterns waits.")
    if waits.sha256 != sha256:
        raise NotNow(
            "draft_changed",
            "The draft is another one than you saw; read it again.",
            draft=waits.sha256,
        )
    after, deed = Numbering(before.patterns), "refused"
    if action == "confirm":
        check_second(uow, actor.region, waits.by, actor.id)
        after, deed = Numbering(waits.patterns), "confirmed"
    regions.put_numbering(uow, actor.region, after)
    version = _note(uow, actor, deed, before)
    return Answer(_view(after), f'"{version}"')


def _note(uow: UnitOfWork, actor: Actor, deed: str, numbering: Numbering) -> int:
    """The fact: the patterns that stood, those that were meant, and who loaded these."""
    waits = numbering.proposal
    said = {
        "patterns": [each.as_dict() for each in numbering.patterns],
        "proposed": [each.as_dict() for each in waits.patterns] if waits else None,
        "proposed_by": waits.by if waits else None,
    }
    new = NewEvent(TYPE_PREFIX + f"numbering.{deed}", said)
    return append_fact(uow, actor.region, stream_of(actor.region), new, actor).version
