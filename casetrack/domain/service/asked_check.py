"""What is wrong with what a service asks: its facts, its papers, and when either is asked."""

from collections.abc import Iterator, Mapping

from casetrack.domain.people.stored_files import MOST_MEGABYTES
from casetrack.domain.service.definition import (
    CODE_PATTERN,
    FACT_TYPES,
    MAX_INTEGER,
    Condition,
    FactDefinition,
    Fault,
    Problem,
    ServiceDefinition,
)
from casetrack.domain.service.facts import fact_fault, wanted


def fact_problems(fact: FactDefinition, place: int) -> Iterator[Problem]:
    """Key by key, of the fact at this place."""
    if fact.type not in FACT_TYPES:
        faults = iter([("type", f"type is {fact.type!r}", f"use one of {', '.join(FACT_TYPES)}")])
    elif fact.type == "integer":
        faults = _integer_faults(fact)
    else:
        faults = _choice_faults(fact)
    for key, message, cure in faults:
        yield Problem(("facts", place, key), f"fact {fact.id!r}: {message}", cure)


def _integer_faults(fact: FactDefinition) -> Iterator[Fault]:
    if fact.choices:
        yield "choices", "an integer has no choices", "make it a code, or drop them"
    for key, bound in (("minimum", fact.minimum), ("maximum", fact.maximum)):
        if bound is not None and abs(bound) > MAX_INTEGER:
            yield key, f"{key} is too large", f"stay within {MAX_INTEGER}"
    if fact.minimum is not None and fact.maximum is not None and fact.minimum > fact.maximum:
        yield "minimum", "minimum is above maximum", "swap the two"


def _choice_faults(fact: FactDefinition) -> Iterator[Fault]:
    for key, bound in (("minimum", fact.minimum), ("maximum", fact.maximum)):
        if bound is not None:
            yield key, f"a {fact.type} has no {key}", "make it an integer, or drop it"
    if fact.choices and fact.type != "code":
        yield "choices", f"a {fact.type} has no choices", "make it a code, or drop them"
    for choice in fact.choices:
        if not CODE_PATTERN.fullmatch(choice):
            yield "choices", f"{choice!r} is no code", "use letters, digits and . _ / -"
    yield from _choice_name_faults(fact)
    if len(set(fact.choices)) < len(fact.choices):
        yield "choices", "a choice is there twice", "take one out"


def _choice_name_faults(fact: FactDefinition) -> Iterator[Fault]:
    for choice, name in fact.choice_names.items():
        if choice not in fact.choices:
            yield "choices", f"{choice!r} is named and no choice", "add it, or take its name out"
        elif not (name.id.strip() and name.en.strip()):
            yield "choices", f"{choice!r} has no name", "write what is printed, id and en"


def asked_problems(definition: ServiceDefinition, place: int) -> Iterator[Problem]:
    """Key by key, of the requirement at this place."""
    asked = definition.requirements[place]
    facts = {fact.id: fact for fact in definition.facts}
    faults = list(condition_faults(asked.when, facts)) if asked.when else []
    if asked.when is not None and not asked.required:
        faults.append(
            ("when", "it is not required, so `when` says nothing", "take one of them out")
        )
    if asked.file_mb is not None and not 1 <= asked.file_mb <= MOST_MEGABYTES:
        faults.append(
            ("file_mb", f"no file of {asked.file_mb} MB is taken", f"use 1 to {MOST_MEGABYTES}")
        )
    for key, message, cure in faults:
        yield Problem(("requirements", place, key), f"requirement {asked.id!r}: {message}", cure)


def condition_faults(when: Condition, facts: Mapping[str, FactDefinition]) -> Iterator[Fault]:
    """What is wrong with when something is asked or done, these facts being known."""
    tests = [test for test in (when.equals, when.one_of, when.at_least) if test is not None]
    if len(tests) != 1 or when.one_of == ():
        yield "when", "`when` has not exactly one test", "give one of equals, one_of, at_least"
    fact = facts.get(when.fact)
    if fact is None:
        known = ", ".join(facts) or "(none): add the fact first"
        yield "when", f"`when` asks for {when.fact!r}, an unknown fact", f"use one of {known}"
    elif fact.type == "text":
        yield "when", f"`when` asks for {fact.id!r}: texts are secret", "ask for another fact"
    elif when.at_least is not None and fact.type != "integer":
        yield "when", f"at_least is for integers; {fact.id!r} is a {fact.type}", "use equals"
    elif fact.type in FACT_TYPES:
        named = when.values if when.at_least is None else (*when.values, when.at_least)
        for value in named:
            if fact_fault(fact, value):
                yield "when", f"`when` names {value!r}, which {fact.id!r} never is", wanted(fact)
