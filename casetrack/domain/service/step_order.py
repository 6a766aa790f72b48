"""Steps that go round in a circle, and those that stand behind one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from casetrack.domain.service.definition import Problem, StepDefinition


def order_problems(steps: Sequence[StepDefinition]) -> Iterator[Problem]:
    """Name each circle, and each step that stands behind one."""
    place = {step.id: index for index, step in enumerate(steps)}
    before = {step.id: [name for name in step.after if name in place] for step in steps}
    stuck = _never_reached(before)
    circles: list[list[str]] = []
    while left := _never_reached({name: before[name] for name in stuck if name in before}):
        circle = _circle(left, before)
        circles.append(circle)
        for name in circle:
            del before[name]
    for circle in circles:
        round_trip = " -> ".join([*circle, circle[0]])
        yield Problem(
            ("steps", place[circle[0]], "after"),
            f"step {circle[0]!r}: the steps go round in a cycle: {round_trip}",
            "take one of these out of the `after` of the next",
        )
    for name in stuck:
        if name in before:
            yield Problem(
                ("steps", place[name], "after"),
                f"step {name!r}: unreachable, it stands behind a cycle",
                "mend the cycle",
            )


def _never_reached(before: Mapping[str, Iterable[str]]) -> list[str]:
    """Give the steps that never begin if each waits for those before it that are in the mapping."""
    waits = {
        name: {other for other in others if other in before} for name, others in before.items()
    }
    followers: dict[str, list[str]] = {name: [] for name in before}
    for name, others in waits.items():
        for other in others:
            followers[other].append(name)
    free = [name for name, others in waits.items() if not others]
    while free:
        done = free.pop()
        for name in followers[done]:
            waits[name].discard(done)
            if not waits[name]:
                free.append(name)
    return [name for name, others in waits.items() if others]


def _circle(stuck: Sequence[str], before: Mapping[str, Sequence[str]]) -> list[str]:
    """Walk backwards among steps that all wait for one another until a step comes again.

    Gives the circle in the order of the work, from the step that the definition names first.
    """
    among, path = set(stuck), [stuck[0]]
    while True:
        step = next(name for name in before[path[-1]] if name in among)
        if step in path:
            circle = path[path.index(step) :][::-1]
            first = min(range(len(circle)), key=lambda place: stuck.index(circle[place]))
            return circle[first:] + circle[:first]
        path.append(step)
