"""What may be wrong with how often and how long a service lets its cases stand still."""

from collections.abc import Iterator

from casetrack.domain.service.definition import LIMITED_PAUSES, Problem, ServiceDefinition


def pause_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """Where, what and how to mend it."""
    for cause, allowed in definition.pause_limits.items():
        said = allowed.times is not None or allowed.total is not None
        if cause not in LIMITED_PAUSES or not said or (allowed.times or 1) < 1:
            yield Problem(
                ("pause_limits", cause),
                f"pause_limits: {cause} says neither how often nor how long",
                f"give times (1 or more) or total for {' or '.join(LIMITED_PAUSES)}",
            )
        if not allowed.basis.strip():
            yield Problem(
                ("pause_limits", cause, "basis"), "pause_limits: basis is empty", "cite the rule"
            )
