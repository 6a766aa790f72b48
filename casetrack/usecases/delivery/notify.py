"""One attempt to tell a receiver: each channel has its carrier, found by name.

The carrier of messages to people: what to say, from the events; whom, from the sealed row.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from casetrack.domain.authority.missing_powers import lacking_words
from casetrack.domain.case.review_details import leaves_unchanged
from casetrack.domain.case.survey import is_offered_at
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.delivery.messages import Happened, Message, Payable, Slot
from casetrack.domain.errors import BadInput
from casetrack.domain.events import TYPE_PREFIX, Event, parse_instant
from casetrack.domain.region.region_data import Agency
from casetrack.domain.region.revisions import Revisions
from casetrack.domain.service import notices
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.storage.case import case_events
from casetrack.storage.delivery import addressees, ended_parties
from casetrack.storage.delivery.addressees import ToldCase
from casetrack.storage.delivery.claims import Claim
from casetrack.storage.region import regions
from casetrack.usecases.authority.mall import outside_mall
from casetrack.usecases.case.surveys import survey_token
from casetrack.usecases.context import Context
from casetrack.usecases.delivery import together
from casetrack.usecases.delivery.channel_choice import not_before
from casetrack.usecases.delivery.outcomes import DELIVERED, Attempt, Outcome, PostFailed
from casetrack.usecases.delivery.reached import Reached, reached_at

DEADLINE_MISSED = f"{TYPE_PREFIX}deadline.missed"


class Post(Protocol):
    """Renders and sends; gives the template that it used. Raises PostFailed."""

    def __call__(self, message: Message, address: str, message_id: str, /) -> str: ...


Sink = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Teller:
    """Carries a delivery by the channel that its row names: channel → carrier."""

    carriers: Mapping[str, Attempt]

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Tries once. Errors of the outside become outcomes; ours are raised."""
        carrier = self.carriers.get(claim.channel)
        if carrier is None:
            return Outcome("not_possible", f"no carrier for {claim.channel} is set up")
        return carrier(claim, event)


@dataclass(frozen=True, slots=True)
class ToFile:
    """The carrier of imported events."""

    sink: Sink

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Appends the event and its place; never fails but by our own disk."""
        self.sink(claim.region, {"position": claim.position, "event": json.loads(claim.body)})
        return DELIVERED


@dataclass(frozen=True, slots=True)
class ToParty:
    """The carrier of messages to people."""

    ctx: Context
    post: Post
    #: Where people look up their case; every message names it.
    status_url: str

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Renders the events for one party and posts them, unless it is to be left in peace now."""
        until = not_before(self.ctx, claim.region, claim.channel, self.ctx.database.now())
        if until is not None:
            return Outcome("put_back", until=until)
        row = claim.parties.get(claim.role)
        reached = reached_at(self.ctx, claim.region, row, claim.channel)
        if reached is None:
            return _unreached(self.ctx, claim)
        events = [event, *(Event.from_body(body) for body in claim.joined)]
        left = together.standing(self.ctx, claim, events, reached)
        if left.until is not None:
            return Outcome("put_back", until=left.until)
        if not left.events:
            return Outcome(DELIVERED.state, left.note)
        if claim.case is None:
            raise LookupError(f"no case {claim.number} in {claim.region}")
        message = message_of(
            self.ctx, claim.region, claim.case, left.events, reached.language, self.status_url
        )
        if message is None:
            return Outcome("cancelled", "the step has no name")
        name = message_id(self.ctx, claim.region, claim.position, claim.role, reached)
        try:
            template = self.post(message, reached.address, name)
        except PostFailed as error:
            return error.outcome()
        return Outcome(DELIVERED.state, template=template, name=name)


def _unreached(ctx: Context, claim: Claim) -> Outcome:
    """Who is not to be told any more is not looked for at the counter either."""
    with ctx.database.read() as connection:
        now = ctx.database.now()
        if ended_parties.is_over(connection, claim.region, claim.number, claim.role, now):
            return Outcome("cancelled", ended_parties.OVER)
    return Outcome("not_possible", f"no address for {claim.channel}")


def message_of(
    ctx: Context,
    code: str,
    case: ToldCase,
    events: Sequence[Event],
    language: str,
    status_url: str,
) -> Message | None:
    """What these events of a case, oldest first, are told as.

    None when there is nothing to say: of a step without a name nobody is told.
    """
    region, _ = ctx.region(code, case.revision)
    definition = ctx.definition(code, case.service, case.service_version)
    events = [event for event in events if _can_be_said(definition, event)]
    if not events:
        return None
    event = events[-1]
    now = event.data.get("now", {})
    agency = region.agencies.get(now.get("holder", case.holder))
    office = region.agencies.get(definition.root.agency)
    due_at, until = _due_at(definition, event), event.data.get("until")
    lapses = event.data.get("lapses_on")
    if case.stalled and event.type != DEADLINE_MISSED:
        # While it waits for somebody with the power, no day is promised.
        due_at = None
    happened = [
        Happened(notices.kind_of(each.type), _step_name(definition, each)) for each in events
    ]
    return Message(
        kind=happened[-1].kind,
        language=language,
        number=case.number,
        service=definition.name,
        agency=_where_it_is(ctx, code, case, agency) if agency else None,
        due_at=parse_instant(due_at) if due_at else None,
        zone=region.region.zone,
        status_url=status_url,
        waiting_for=now.get("waiting_for"),
        step=happened[-1].step,
        requirements=_requirements(definition, event),
        happened=tuple(happened) if len(happened) > 1 else (),
        texts=ctx.texts(code, case.revision),
        office=office.name if office else region.region.name,
        until=date.fromisoformat(until) if until else None,
        lacks=lacking_words(
            event.data.get("lacks", ""),
            [Name.from_dict(each) for each in event.data.get("held_by", ())],
        ),
        bill=_payable(event),
        lapses=date.fromisoformat(lapses) if lapses else None,
        slot=_slot(event, region.region.zone),
        article=_article(event),
        survey_url=_survey_url(ctx, code, case.number, event, status_url),
    )


def _where_it_is(ctx: Context, code: str, case: ToldCase, agency: Agency) -> Name:
    """The agency's name; of one that left the mall also where it is now, as the region says."""
    at = Revisions(case.revision, case.register_revision)
    away = outside_mall(ctx, code, [agency.id], at)
    if not away or agency.office is None:
        return agency.name
    name, office = agency.name, agency.office
    return Name(
        f"{name.id} (tidak lagi di mal: {office.id})",
        f"{name.en} (no longer at the mall: {office.en})",
    )


def last_told(
    ctx: Context, number: str, event_type: str, language: str, status_url: str
) -> Message:
    """What the newest event of this type of a case is told as. Raises BadInput when there is none."""
    with ctx.database.read() as connection:
        region, parsed = regions.case_of_number(connection, number)
        rows = (
            case_events.case_events(connection, region, str(parsed), after=0, limit=10_000)
            if region
            else []
        )
    events = [Event.from_body(row.body) for row in rows]
    mine = [event for event in events if event.type == event_type]
    if not region or not events:
        raise BadInput(f"there is no case {parsed}")
    if not mine:
        raise BadInput(f"nothing of the type {event_type} has happened to {parsed}")
    with ctx.database.read() as connection:
        case = addressees.told_case(connection, region, str(parsed))
    message = message_of(ctx, region, case, mine[-1:], language, status_url) if case else None
    if message is None:
        raise BadInput(f"{event_type} of {parsed} is about a step without a name: nobody is told")
    return message


def _due_at(definition: ServiceDefinition, event: Event) -> str | None:
    """The limit that runs: the case's; before the file is complete, the completeness check's; of a
    decided case none."""
    now = event.data.get("now", event.data)
    if now.get("status", "submitted") not in OPEN_CASE:
        return None
    due_at: str | None = now.get("due_at")
    if now.get("status") == "submitted":
        due_at = event.data["steps"].get(definition.root.id, {}).get("due_at")
    return due_at


def _step_name(definition: ServiceDefinition, event: Event) -> Name | None:
    found = [step for step in definition.steps if step.id == event.data.get("step")]
    if not found:
        return None
    name, said = found[0].name, (str(event.data.get("action")), event.data.get("result"))
    if leaves_unchanged(found[0], *said, definition):
        return Name(f"{name.id} (tidak ada yang diubah)", f"{name.en} (nothing is changed)")
    return name


def _payable(event: Event) -> Payable | None:
    bill = event.data.get("bill")
    if bill is None:
        return None
    return Payable(bill["code"], bill["amount"], parse_instant(bill["due_at"]))


def _article(event: Event) -> str | None:
    silence = event.data.get("silence")
    return str(silence["proof"]["article"]) if silence else None


def _slot(event: Event, zone: str) -> Slot | None:
    said = event.data.get("slot")
    if said is None:
        return None
    day, here = date.fromisoformat(said["on"]), ZoneInfo(zone)
    begins, ends = (time.fromisoformat(said[name]) for name in ("begins", "ends"))
    return Slot(datetime.combine(day, begins, here), datetime.combine(day, ends, here))


def _survey_url(ctx: Context, code: str, number: str, event: Event, status_url: str) -> str | None:
    """Where the survey is answered, once the newest event has ended the case. The token is the survey's
    own: the access code stands in no message."""
    change = event.data.get("case", {})
    if not is_offered_at(change.get("status", ""), change.get("closed_reason")):
        return None
    token = survey_token(ctx, code, number)
    return f"{status_url.removesuffix('/status')}/survei/{number}?t={token}"


def _can_be_said(definition: ServiceDefinition, event: Event) -> bool:
    name = _step_name(definition, event)
    named = name is not None and bool(name.id.strip() and name.en.strip())
    return named or notices.kind_of(event.type) not in notices.NAME_STEP


def _requirements(definition: ServiceDefinition, event: Event) -> tuple[Name, ...]:
    wanted = {defect["requirement"] for defect in event.data.get("defects", ())}
    return tuple(r.name for r in definition.requirements if r.id in wanted)


def plain_id(region: str, position: int, role: str) -> str:
    """A delivery's name: the same for every attempt."""
    return f"{region}.{position}.{role}"


def message_id(ctx: Context, region: str, position: int, role: str, reached: Reached) -> str:
    """The same for every attempt of one delivery at one address, so that a repeat is recognised.

    Its last part is keyed and over the address: who sends it back has had the message, and had it
    at the address that the party has now.
    """
    name = plain_id(region, position, role)
    seal = ctx.vault.digest(reached.key, f"message:{name}:{reached.address}")
    return f"{name}.{seal[:16]}"
