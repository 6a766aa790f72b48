"""Two officers set up that a version of a service issues by itself: one proposes, another confirms."""

from typing import Any

from casetrack.domain.access import Actor, require_agency, require_role
from casetrack.domain.errors import Invalid, NotFound, NotNow
from casetrack.domain.events import TYPE_PREFIX, NewEvent, instant
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage.case import case_rows
from casetrack.storage.service import catalogue
from casetrack.storage.unit_of_work import UnitOfWork
from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people.second_officer import check_second

_FROM = {"propose": ("none", "ended"), "confirm": ("proposed",), "end": ("proposed", "confirmed")}
_TO = {"propose": "proposed", "confirm": "confirmed", "end": "ended"}


def stream_of(service: str, version: int) -> str:
    """The stream in which it is set up for a version of a service."""
    return f"silence/{service}.{version}"


def is_confirmed(uow: UnitOfWork, region: str, definition: ServiceDefinition) -> bool:
    """Whether two officers have set it up and nobody ended it; held until the commit."""
    stream = stream_of(definition.id, definition.version)
    uow.lock(region, stream)
    last = case_rows.side_stream_end(uow.connection, region, stream)
    return last is not None and last.data["state"] == "confirmed"


def _current(ctx: Context, region: str, service: str) -> ServiceDefinition:
    with ctx.database.read() as connection:
        found = catalogue.current_version(connection, region, service)
    if found is None:
        raise NotFound("unknown_service", "There is no such service; GET /services lists them.")
    return ctx.definition(region, service, found[0])


def shown(ctx: Context, region: str, service: str) -> dict[str, Any]:
    """How far the set-up of the current version is. Raises NotFound."""
    definition = _current(ctx, region, service)
    with ctx.database.read() as connection:
        stream = stream_of(service, definition.version)
        last = case_rows.side_stream_end(connection, region, stream)
    return _view(definition, last.data if last else {})


def _view(definition: ServiceDefinition, said: Any) -> dict[str, Any]:
    return {
        "service": definition.id,
        "version": definition.version,
        "deemed_grant": definition.deemed_grant,
        "article": definition.deemed_basis,
        "state": said.get("state", "none"),
        "proposed_by": said.get("proposed_by"),
        "confirmed_by": said.get("confirmed_by"),
        "at": said.get("at"),
    }


def check_counter(ctx: Context, actor: Actor, service: str) -> None:
    """Raises Forbidden for another agency's counter."""
    require_agency(actor, _current(ctx, actor.region, service).front_office)


def act_on_set_up(
    ctx: Context,
    actor: Actor,
    service: str,
    action: str,
    request: idempotency.Request | None = None,
) -> Answer:
    """Propose, confirm or end it, for the current version. Raises Forbidden, Invalid, NotNow."""
    definition = _current(ctx, actor.region, service)
    require_role(actor, ("supervisor", "head"))
    require_agency(actor, definition.front_office)
    if definition.deemed_grant != "auto_issue":
        raise Invalid(
            "invalid_body",
            "action: this service issues nothing by itself.",
            errors=[{"at": "action", "message": "this service issues nothing by itself"}],
        )
    replayed = idempotency.replay(ctx, request)
    if replayed is not None:
        return replayed

    def once() -> Answer:
        with ctx.database.write() as uow:
            answer = _done(uow, actor, definition, action)
            idempotency.remember(ctx, uow, request, answer)
        return answer

    answer = idempotency.tried(ctx, request, once)
    ctx.wake()
    return answer


def _done(uow: UnitOfWork, actor: Actor, definition: ServiceDefinition, action: str) -> Answer:
    stream = stream_of(definition.id, definition.version)
    uow.lock(actor.region, stream)
    last = case_rows.side_stream_end(uow.connection, actor.region, stream)
    before: dict[str, Any] = dict(last.data) if last else {"state": "none"}
    if before["state"] not in _FROM[action]:
        raise NotNow(
            "status_forbids",
            f"A set-up that is {before['state']} cannot be changed so.",
        )
    event_id, now = uow.draw()
    said = {
        "service": definition.id,
        "version": definition.version,
        "article": definition.deemed_basis,
        "state": _TO[action],
        "proposed_by": actor.id if action == "propose" else before["proposed_by"],
        "confirmed_by": before.get("confirmed_by"),
        "at": instant(now),
    }
    if action == "confirm":
        check_second(uow, actor.region, before["proposed_by"], actor.id)
        said["confirmed_by"] = actor.id
    new = NewEvent(TYPE_PREFIX + f"silence.{_TO[action]}", said)
    event = append_fact(uow, actor.region, stream, new, actor, (event_id, now))
    return Answer(_view(definition, said), f'"{event.version}"')
