"""One attempt to tell a receiver: each channel has its carrier, found by name.

The carrier of mails: what to say, from the event; whom, from the sealed row.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from casetrack.domain.catalogue import Name, ServiceDefinition
from casetrack.domain.events import Event, parse_instant
from casetrack.storage import people, queries
from casetrack.storage.outbox import Claim
from casetrack.usecases.context import Context
from casetrack.usecases.relay import DELIVERED, Attempt, Outcome
from casetrack.usecases.texts import text_context


@dataclass(frozen=True, slots=True)
class Telling:
    """What one message is about. There is no room for a name, a NIK, a code or a defect's text."""

    event_type: str
    language: str
    number: str
    service: Name
    agency: Name | None
    due_at: Any
    zone: str
    waiting_for: str | None
    step: Name | None
    requirements: tuple[Name, ...]


class Post(Protocol):
    """Renders and sends. Raises PostFailed."""

    def __call__(self, telling: Telling, address: str, message_id: str, /) -> None: ...


class PostFailed(Exception):
    """The message did not go out; `permanent` says that trying again would not help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


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

    def __call__(self, claim: Claim, event: Event) -> Outcome:
        """Renders the event for one party and posts it."""
        address, language = self._address(claim)
        if address is None:
            return Outcome("not_possible", "no e-mail address")
        try:
            self.post(self._telling(claim, event, language), address, message_id(claim))
        except PostFailed as error:
            return Outcome("given_up" if error.permanent else "failed", str(error))
        return DELIVERED

    def _address(self, claim: Claim) -> tuple[str | None, str]:
        with self.ctx.database.read() as connection:
            party = people.party(connection, claim.region, claim.number, claim.role)
            if party is None or party.channel is None:
                return None, "id"
            subject = people.subject(connection, claim.region, party.subject)
            text = people.one_text(connection, claim.region, party.text)
        if subject is None or subject.wrapped_key is None or text is None:
            return None, party.language
        key = self.ctx.vault.unwrap(subject.wrapped_key, claim.region, party.subject)
        sealed = self.ctx.vault.open(key, text.sealed, text_context(claim.region, text.text))
        return json.loads(sealed).get("email"), party.language

    def _telling(self, claim: Claim, event: Event, language: str) -> Telling:
        with self.ctx.database.read() as connection:
            row = queries.case(connection, claim.region, claim.number)
        if row is None:
            raise LookupError(f"no case {claim.number} in {claim.region}")
        state = row.state
        region, _ = self.ctx.region(claim.region, row.revision)
        definition = self.ctx.definition(claim.region, state.service, state.service_version)
        now = event.data.get("now", {})
        agency = region.agencies.get(now.get("holder", state.holder))
        due_at = _due_at(definition, event)
        return Telling(
            event_type=event.type,
            language=language,
            number=claim.number,
            service=definition.name,
            agency=agency.name if agency else None,
            due_at=parse_instant(due_at) if due_at else None,
            zone=region.region.zone,
            waiting_for=now.get("waiting_for"),
            step=_step_name(definition, event),
            requirements=_requirements(definition, event),
        )


def _due_at(definition: ServiceDefinition, event: Event) -> str | None:
    """The limit that runs: the case's; before the file is complete, the completeness check's."""
    now = event.data.get("now", event.data)
    due_at: str | None = now.get("due_at")
    if now.get("status") == "submitted":
        due_at = event.data["steps"].get(definition.root.id, {}).get("due_at")
    return due_at


def _step_name(definition: ServiceDefinition, event: Event) -> Name | None:
    step = event.data.get("step")
    return definition.step(step).name if step else None


def _requirements(definition: ServiceDefinition, event: Event) -> tuple[Name, ...]:
    wanted = {defect["requirement"] for defect in event.data.get("defects", ())}
    return tuple(r.name for r in definition.requirements if r.id in wanted)


def message_id(claim: Claim) -> str:
    """The same for every attempt of one delivery, so that a repeat can be recognised."""
    return f"{claim.region}.{claim.position}.{claim.role}"
