"""Plays a case in memory: decide, fold, and what a database would keep, without one."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.commands import Act, Opening
from casetrack.domain.case.decide import decide, open_case
from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.steps import Setting
from casetrack.domain.events import Event, NewEvent
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.gateways.region.calendars import calendar_for
from tests.support.world import _CAST, billboard, required

CALENDAR = calendar_for("Asia/Makassar", ())
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def _actor(name: str) -> Actor:
    role, agency = _CAST[name]
    return Actor("officer", f"smr.{name}", "64.72", role, agency)


class Player:
    """One case, its events, and a clock that is turned by hand."""

    def __init__(
        self,
        definition: ServiceDefinition | None = None,
        opened_by: str = "dewi",
        documents: Sequence[Mapping[str, Any]] | None = None,
        **facts: Any,
    ) -> None:
        self.definition = definition or billboard()
        self.now = MONDAY
        self.events: list[Event] = []
        if documents is None:
            documents = required(self.definition, facts)
        opening = Opening(facts, {"applicant": {"subject": "s"}}, tuple(documents), "digest")
        self.state = self._append(
            None, open_case("SMR-REK-2026-000001-4", opening, _actor(opened_by), self._setting())
        )

    def _setting(self) -> Setting:
        return Setting("64.72", self.now, self.definition, CALENDAR)

    def _append(self, before: CaseState | None, new: NewEvent) -> CaseState:
        version = len(self.events) + 1
        place = (version, "64.72", "SMR", version, new.type, self.now, self.now)
        event = Event(*place, {}, new.data, new.type_version)
        # As a database would give it back.
        event = Event.from_body(event.body())
        self.events.append(event)
        return CaseState.from_document(json.loads(json.dumps(fold(before, event).to_document())))

    def act(self, by: str, action: str, step: str | None = None, **kwargs: Any) -> Event:
        """One of the cast does something an hour later."""
        return self.act_as(_actor(by), action, step, **kwargs)

    def act_as(self, actor: Actor, action: str, step: str | None = None, **kwargs: Any) -> Event:
        """Somebody who is not of the cast does something."""
        self.now += timedelta(hours=1)
        new = decide(self.state, Act(action, actor, step=step, **kwargs), self._setting())
        self.state = self._append(self.state, new)
        return self.events[-1]

    def play(self, script: str) -> "Player":
        """Several acts, one a line."""
        for line in script.strip().splitlines():
            by, action, *rest = line.split()
            self.act(
                by,
                action,
                rest[0] if rest else None,
                result=rest[1] if len(rest) > 1 else None,
            )
        return self

    def statuses(self) -> dict[str, str]:
        """Every step's status."""
        return {name: step.status for name, step in self.state.steps.items()}
