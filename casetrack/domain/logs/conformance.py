"""Does a logged case follow a service's definition? The rule, one event at a time.

Each event that ends work stands for one step (`activities` of the step, or its id) and completes it:
one whose transition of the life cycle is `complete`, in any spelling, or that has none. Others
(schedule, start, suspend, the aborts and whatever else) are passed over. The case follows as long as
every event's step is open when it happens; a case that has not ended yet follows too, so every prefix
of one that follows does. The rule is that of a live case (`domain.case`), but for what a grant or a
refusal ends:

- A step is open when none that stands before it blocks. A step that is done blocks no more. An
  optional one that is not done never blocks, but what stands before it does in its place.
- A step is done once. A repeatable one may be done again, at any time after the first.
- An optional step that is not done when a step after it is done is skipped, and with it the
  optional ones right before it. Skipped is over: it may not be done any more.
- A step with a condition is treated as optional: an imported case's facts are not known.

An event that deviates still counts as done, so that one fault is not told again by all that follow.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Literal, Self

from casetrack.domain.service.definition import ServiceDefinition, StepDefinition

Code = Literal["unknown_activity", "not_open", "done_already", "skipped"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a case leaves its definition, and why.

    `index` counts the observed events of the case from 0. `step` is None for an unknown activity.
    `because` names the steps it is about: those waited for, or the one that caused the skipping.
    """

    index: int
    activity: str
    step: str | None
    code: Code
    because: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        others = ", ".join(self.because)
        return {
            "unknown_activity": "unknown activity",
            "not_open": f"step {self.step} is not open: it waits for {others}",
            "done_already": f"step {self.step} is done already and not repeatable",
            "skipped": f"step {self.step} was skipped when {others} was done",
        }[self.code]


#: Transitions of a life cycle that end work as it should end, in small letters.
_ENDS = ("complete", "completed")


def ends_work(lifecycle: str | None) -> bool:
    """Whether an event with this `lifecycle:transition` ends the work that it is about."""
    return not (word := (lifecycle or "").strip().casefold()) or word in _ENDS


class Conformance:
    """Follows one case; its size depends on the definition alone, not on the number of events."""

    def __init__(self, definition: ServiceDefinition) -> None:
        self._steps = {step.id: step for step in definition.steps}
        self._step_of = {step.id: step.id for step in definition.steps} | {
            activity: step.id for step in definition.steps for activity in step.activities
        }
        self._begin()

    def _begin(self) -> None:
        self._done: set[str] = set()
        #: Skipped step → the step that was done instead.
        self._skipped: dict[str, str] = {}
        #: How many events were observed, and how many of them deviate.
        self.events = 0
        self.deviations = 0
        self.first: Deviation | None = None

    def fresh(self) -> Self:
        """Give one for another case of the same definition, without reading the definition again."""
        other = copy(self)
        other._begin()
        return other

    def step_of(self, activity: str) -> str | None:
        """Give the id of the step that this activity means, None for an unknown one.

        An activity that one step lists means that step, even if another has it as its id.
        """
        return self._step_of.get(activity)

    def observe(self, activity: str, lifecycle: str | None = None) -> Deviation | None:
        """Take the next event of the case; say how it deviates, None if it follows."""
        deviation = self._judge(self.events, activity) if ends_work(lifecycle) else None
        self.events += 1
        if deviation is not None:
            self.deviations += 1
            self.first = self.first or deviation
        return deviation

    def _judge(self, index: int, activity: str) -> Deviation | None:
        name = self.step_of(activity)
        if name is None:
            return Deviation(index, activity, None, "unknown_activity")
        deviation = self._deviation(index, activity, self._steps[name])
        self._complete(name)
        return deviation

    def _deviation(self, index: int, activity: str, step: StepDefinition) -> Deviation | None:
        if step.id in self._done:
            if step.repeatable:
                return None
            return Deviation(index, activity, step.id, "done_already")
        if step.id in self._skipped:
            return Deviation(index, activity, step.id, "skipped", (self._skipped[step.id],))
        if waits_for := tuple(self._blockers(step)):
            return Deviation(index, activity, step.id, "not_open", waits_for)
        return None

    def _blockers(self, step: StepDefinition) -> Iterator[str]:
        """Give the steps that have to be done first, looking through optional ones."""
        queue, seen = list(step.after), set(step.after)
        for name in queue:
            if name in self._done:
                continue
            if not _may_be_left_out(self._steps[name]):
                yield name
                continue
            queue += (new := [n for n in self._steps[name].after if n not in seen])
            seen.update(new)

    def _complete(self, name: str) -> None:
        self._done.add(name)
        self._skipped.pop(name, None)
        queue = [name]
        for later in queue:
            for before in self._steps[later].after:
                if before in self._done or before in self._skipped:
                    continue
                if _may_be_left_out(self._steps[before]):
                    self._skipped[before] = name
                    queue.append(before)


def _may_be_left_out(step: StepDefinition) -> bool:
    return step.optional or step.when is not None
