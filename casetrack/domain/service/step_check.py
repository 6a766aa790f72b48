"""What is wrong with the steps of a definition, each by itself and after the others."""

from collections.abc import Iterator

from casetrack.domain.service.asked_check import condition_faults
from casetrack.domain.service.definition import (
    ACTIONS,
    DECISION_KINDS,
    KINDS,
    SEPARATIONS,
    SILENCES,
    STEP_ROLES,
    Fault,
    Problem,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.domain.service.tariff_check import bill_faults


def step_problems(definition: ServiceDefinition, place: int) -> Iterator[Problem]:
    """Key by key, of the step at this place."""
    step = definition.steps[place]
    facts = {fact.id: fact for fact in definition.facts}
    faults = [
        *_kind_faults(step),
        *_authority_faults(definition, step),
        *_after_faults(definition, step),
        *bill_faults(definition, step),
        *(condition_faults(step.when, facts) if step.when else ()),
    ]
    for key, message, cure in faults:
        yield Problem(("steps", place, key), f"step {step.id!r}: {message}", cure)


def _kind_faults(step: StepDefinition) -> Iterator[Fault]:
    if step.kind not in KINDS:
        yield "kind", f"kind is {step.kind!r}", f"use one of {', '.join(KINDS)}"
    if step.silence not in SILENCES:
        yield "silence", f"silence is {step.silence!r}", f"use one of {', '.join(SILENCES)}"
    if step.silence == "no_opinion" and (step.kind != "recommend" or step.limit is None):
        yield (
            "silence",
            "no_opinion is for a recommend step that has a limit",
            "use blocks, or give the recommend step a limit",
        )
    if step.official and step.kind != "recommend":
        yield "official", "official is for recommend steps", "take it out"
    for role in step.roles:
        if role not in STEP_ROLES:
            yield "roles", f"{role!r} does no steps", f"use some of {', '.join(STEP_ROLES)}"


def _authority_faults(definition: ServiceDefinition, step: StepDefinition) -> Iterator[Fault]:
    if step.authority is not None and step.authority not in ACTIONS:
        yield "authority", f"authority is {step.authority!r}", f"use one of {', '.join(ACTIONS)}"
    elif step.authority is not None and step.kind not in DECISION_KINDS and not step.official:
        yield (
            "authority",
            "a passport belongs to a decision, a signature or an official recommendation",
            "take it out, or set official: true on a recommend step",
        )
    if step.separation not in SEPARATIONS:
        cure = f"use one of {', '.join(SEPARATIONS)}"
        yield "separation", f"separation is {step.separation!r}", cure
    earlier = _before(definition, step)
    for name in step.separate_from:
        if name not in earlier:
            cure = f"use some of {', '.join(sorted(earlier)) or '(none)'}"
            yield "separate_from", f"no step before it is called {name!r}", cure
    if step.separate_from and step.separation == "off":
        yield "separate_from", "nothing is separated", "say separation: flag, or refuse"


def _before(definition: ServiceDefinition, step: StepDefinition) -> set[str]:
    """The steps that this one comes after, directly or through others."""
    after = {other.id: other.after for other in definition.steps}
    earlier: set[str] = set()
    todo = list(step.after)
    while todo:
        name = todo.pop()
        if name in after and name not in earlier:
            earlier.add(name)
            todo += after[name]
    return earlier - {step.id}


def _after_faults(definition: ServiceDefinition, step: StepDefinition) -> Iterator[Fault]:
    known = {other.id for other in definition.steps}
    for name in step.after:
        if name not in known:
            cure = f"use some of {', '.join(sorted(known - {step.id}))}"
            yield "after", f"it stands after {name!r}, and no step is called that", cure
    if len(set(step.after)) < len(step.after):
        yield "after", "a step is named twice", "take one out"
