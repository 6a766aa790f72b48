"""Does a case of a log follow a definition? Event by event, in constant memory.

Each event maps to a step that is open then; a case that stops early follows as far as it went.
A step is open when everything before it is done. An optional step (or one with a condition, since a
log has no facts) that has not happened blocks nothing, and is over once a step after it has happened.
A repeatable step may happen again; another may not.
"""

from dataclasses import dataclass

from casetrack.domain.catalogue import ServiceDefinition, StepDefinition


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a case left the definition, and why."""

    index: int
    activity: str
    why: str


class Conformance:
    """The steps of a definition, by the names that logs give them."""

    def __init__(self, definition: ServiceDefinition) -> None:
        self._steps = {step.id: step for step in definition.steps}
        self._of_activity = {step.id: step.id for step in definition.steps}
        for step in definition.steps:
            self._of_activity.update(dict.fromkeys(step.activities, step.id))

    def step_of(self, activity: str) -> StepDefinition | None:
        """The step that an activity of a log means, or None."""
        name = self._of_activity.get(activity)
        return self._steps[name] if name else None

    def start(self) -> "Path":
        """A new case."""
        return Path(self)

    def passed(self, name: str, done: set[str], over: set[str]) -> bool:
        """Whether what comes after this step need not wait for it."""
        if name in done:
            return True
        step = self._steps[name]
        if not (step.optional or step.when or name in over):
            return False
        return all(self.passed(before, done, over) for before in step.after)

    def skipped_by(self, step: StepDefinition, done: set[str]) -> set[str]:
        """Optional steps before this one that did not happen, and now cannot."""
        found: set[str] = set()
        todo = list(step.after)
        while todo:
            name = todo.pop()
            if name not in done and name not in found:
                found.add(name)
                todo += self._steps[name].after
        return found


class Path:
    """One case on its way through the definition."""

    def __init__(self, conformance: Conformance) -> None:
        self._conformance = conformance
        self._done: set[str] = set()
        self._over: set[str] = set()
        self.deviation: Deviation | None = None

    def observe(self, index: int, activity: str) -> None:
        """The next event. Behind the first deviation nothing is judged any more."""
        if self.deviation is not None:
            return
        why = self._why_not(activity)
        if why is not None:
            self.deviation = Deviation(index, activity, why)

    def _why_not(self, activity: str) -> str | None:
        conformance = self._conformance
        step = conformance.step_of(activity)
        if step is None:
            return "the definition has no step for this activity"
        if step.id in self._done and not step.repeatable:
            return f"the step {step.id} is done already and not repeatable"
        if step.id in self._over:
            return f"the step {step.id} is over: a step after it has happened"
        missing = [
            name for name in step.after if not conformance.passed(name, self._done, self._over)
        ]
        if missing:
            return f"the step {step.id} is not open: it waits for {', '.join(missing)}"
        self._done.add(step.id)
        self._over |= conformance.skipped_by(step, self._done)
        return None
