"""The way of one case that came to its end: agencies, hand-overs between them, visits, fees.

A case counts here once its product, or the letter that refuses it, is handed over. What going to each
agency would have cost in visits is a rule and no observation: one to bring, one to fetch, at every agency
that worked on it, and one for every time that it was sent back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import OPEN_STEP
from casetrack.domain.events import TYPE_PREFIX, Event
from casetrack.domain.service.definition import ServiceDefinition

#: Visits that a file costs at an agency where it is brought and fetched.
VISITS_OF_AN_AGENCY = 2
_ENDED = ("completed", "refused", "no_opinion", "returned")


@dataclass
class Journey:
    """What is known of it so far."""

    definition: ServiceDefinition
    agencies: set[str] = field(default_factory=set)
    hand_overs: int = 0
    #: Local days on which somebody came to the counter for it.
    days: set[date] = field(default_factory=set)
    #: Its opening belongs to a visit that another case counts.
    shared: bool = False
    entered_late: bool = False
    over_on: str = ""

    def open(self, event: Event, day: date) -> None:
        """It is taken in at the counter of its front office."""
        self.agencies.add(self.definition.front_office)
        links = event.data["case"].get("links", ())
        self.shared = any(each["kind"] == "same_visit" for each in links)
        if not self.shared:
            self.days.add(day)
        self.entered_late = is_entered_late(event)

    def take(self, before: CaseState, after: CaseState, event: Event, day: date) -> None:
        """What an event adds."""
        if before.holder != after.holder:
            self.hand_overs += 1
        for name, step in after.steps.items():
            was = before.steps.get(name)
            if was is not None and was.status in OPEN_STEP and step.status in _ENDED:
                self.agencies.add(self.definition.step(name).agency)
        kind = event.type.removeprefix(TYPE_PREFIX)
        if kind == "case.resubmitted":
            self.days.add(day)
        self.entered_late |= is_entered_late(event)
        if after.status == "handed_over" and before.status != "handed_over":
            self.over_on = day.isoformat()
            if _at_counter(after):
                self.days.add(day)
        if after.status != "handed_over":
            self.over_on = ""

    def told(self, state: CaseState) -> Iterator[tuple[str, int, int]]:
        """Figure, number of days or of things, and how often; nothing of a case that is not over."""
        if not self.over_on:
            return
        yield "journeys", 0, 1
        yield "passed_agencies", len(self.agencies), 1
        yield "hand_overs", self.hand_overs, 1
        yield "visits", len(self.days), 1
        yield "visits_apart", VISITS_OF_AN_AGENCY * len(self.agencies) + state.returns, 1
        if self.entered_late:
            yield "journeys_entered_late", 0, 1
        if is_gratis(state, self.definition):
            yield "gratis", 0, 1
        paid = [bill["amount"] for bill in state.bills if bill["state"] == "confirmed"]
        yield "fees", 0, sum(paid)
        steps = [step.id for step in self.definition.steps if step.kind == "pay"]
        if not paid and any(state.steps[name].status == "completed" for name in steps):
            # It was paid, and nobody wrote down how much.
            yield "fees_unknown", 0, 1


def is_entered_late(event: Event) -> bool:
    """Whether a paper of a time without the system was typed in with it: a file taken in, or an act.

    That a paper was admitted enters nothing yet, and `late` of a return names requirements.
    """
    admitted = event.type == f"{TYPE_PREFIX}case.late_entry_admitted"
    return not admitted and isinstance(event.data.get("late"), Mapping)


def _at_counter(state: CaseState) -> bool:
    """Whether it was fetched; where no record says how, it was handed over the counter."""
    last = state.hand_overs[-1] if state.hand_overs else None
    return last is None or last.get("means", "counter") == "counter"
