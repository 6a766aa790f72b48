"""Service definitions: their documents, the facts they ask, and what is wrong with broken ones."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.clock import TimeLimit
from casetrack.domain.errors import Invalid
from casetrack.domain.service.definition import (
    PAUSE_CAPS,
    Condition,
    Extension,
    ExternalFact,
    FactDefinition,
    Fee,
    Name,
    Requirement,
    ServiceDefinition,
    StepDefinition,
    concerned_agencies,
)
from casetrack.domain.service.definition_check import problems
from casetrack.domain.service.definition_document import as_document, read_definition
from casetrack.domain.service.facts import check_facts
from casetrack.domain.service.tariff import BillRule
from tests.support import demo

NAME = Name("Nama", "Name")
DAY = TimeLimit(1, "working_days")
AGENCIES = ("dpmptsp", "dlh")


def step(step_id: str, kind: Any, *after: str, **more: Any) -> StepDefinition:
    return StepDefinition(step_id, NAME, "dpmptsp", kind, after, **more)


FACTS = (
    FactDefinition("width", NAME, "integer", minimum=1, maximum=500),
    FactDefinition("lit", NAME, "boolean", required=False),
    FactDefinition("place", NAME, "code", required=False),
    FactDefinition("mount", NAME, "code", required=False, choices=("pole", "wall")),
    FactDefinition("since", NAME, "date", required=False),
    FactDefinition("words", NAME, "text", required=False),
)
STEPS = (
    step("intake", "check"),
    step("review", "recommend", "intake", limit=DAY, silence="no_opinion", official=True),
    step("visit", "record", "intake", when=Condition("mount", one_of=("pole",))),
    step("decide", "decide", "review", "visit"),
    step("hand_over", "hand_over", "decide"),
)
SERVICE = ServiceDefinition("permit", 1, "PER", NAME, STEPS, facts=FACTS)


def told(definition: ServiceDefinition) -> list[tuple[tuple[str | int, ...], str]]:
    found = problems(definition, AGENCIES)
    assert all(problem.cure for problem in found)
    return [(problem.at, problem.message) for problem in found]


def with_step(place: int, **changes: Any) -> ServiceDefinition:
    steps = list(STEPS)
    steps[place] = replace(steps[place], **changes)
    return replace(SERVICE, steps=tuple(steps))


def with_fact(place: int, **changes: Any) -> ServiceDefinition:
    facts = list(FACTS)
    facts[place] = replace(facts[place], **changes)
    return replace(SERVICE, facts=tuple(facts))


def test_a_sound_definition_has_no_problems() -> None:
    assert told(SERVICE) == []


def test_the_root_is_the_front_office() -> None:
    assert SERVICE.root.id == "intake"
    assert SERVICE.front_office == "dpmptsp"
    assert concerned_agencies(with_step(1, agency="dlh")) == {"dpmptsp", "dlh"}
    with pytest.raises(KeyError):
        SERVICE.step("nothing")


def test_every_demo_definition_goes_through_its_document_and_comes_back() -> None:
    for data in demo.regions():
        for definition in data.services:
            document = json.loads(json.dumps(as_document(definition)))
            assert read_definition(document) == definition


def test_a_definition_with_everything_comes_back_from_its_document() -> None:
    full = replace(
        SERVICE,
        requirements=(Requirement("ktp", NAME, required=False, readers=("dpmptsp",), file_mb=25),),
        facts=(
            *FACTS,
            FactDefinition("ill", NAME, "text", readers=("dpmptsp",)),
            FactDefinition("use", NAME, "code", choices=("a",), choice_names={"a": NAME}),
        ),
        specific_data=True,
        limit=TimeLimit(7, "working_days"),
        extension=Extension(TimeLimit(3, "working_days"), "Pasal 9"),
        pause_caps={**PAUSE_CAPS, "payment": TimeLimit(5, "calendar_days")},
        product=NAME,
        fee=Fee(30_000, NAME),
        legal_basis=("Perwali",),
        deemed_grant="auto_issue",
        deemed_basis="Pasal 1",
        external_facts=(ExternalFact("str", NAME, NAME, "ktp"),),
    )
    document = as_document(full)
    assert read_definition(json.loads(json.dumps(document))) == full
    assert told(full) == []


def test_choices_are_codes_or_codes_with_names_and_codes_alone_are_published_as_before() -> None:
    plain = as_document(SERVICE)["facts"][3]
    assert (plain["choices"], "choice_names" in plain) == (["pole", "wall"], False)
    named = {"pole": {"id": "tiang", "en": "pole"}, "wall": {"id": "dinding", "en": "wall"}}
    said = {**as_document(SERVICE), "facts": [{**plain, "choices": named}]}
    (fact,) = read_definition(said).facts
    assert fact.choices == ("pole", "wall")
    assert fact.choice_names["wall"] == Name("dinding", "wall")


def test_every_field_of_a_step_comes_back_from_its_document() -> None:
    full = StepDefinition(
        "full",
        NAME,
        "dlh",
        "recommend",
        after=("intake",),
        optional=True,
        repeatable=True,
        limit=DAY,
        silence="no_opinion",
        roles=("supervisor",),
        when=Condition("mount", one_of=("pole",)),
        official=True,
        activities=("Telaah",),
        authority="recommend",
        separation="refuse",
        separate_from=("intake",),
        bill=BillRule("Perda", DAY, "nothing"),
    )
    unset = [f.name for f in fields(full) if getattr(full, f.name) == f.default]
    assert unset == [], "give the new field a value here that is not its default"
    document = json.loads(json.dumps(as_document(replace(SERVICE, steps=(full,)))))
    assert read_definition(document).steps == (full,), "_step, definition.py"


def test_a_short_document_gets_the_defaults() -> None:
    whole = as_document(SERVICE)
    short = {key: whole[key] for key in ("id", "version", "letters", "name")}
    names = ("id", "name", "agency", "kind", "after")
    short["steps"] = [{key: each[key] for key in names} for each in whole["steps"]]
    definition = read_definition(short)
    assert dict(definition.pause_caps) == dict(PAUSE_CAPS)
    assert definition.deemed_grant == "flag_only"
    assert definition.step("intake").roles == ("clerk", "officer")
    assert definition.step("decide").roles == ("officer",)
    assert definition.step("hand_over").roles == ("clerk", "officer")


@pytest.mark.parametrize(
    "facts",
    [
        {"width": 1},
        {"width": 500, "lit": False, "place": "64.72.03", "mount": "wall"},
        {"width": 7, "since": "2026-02-28", "words": "Promo akhir tahun"},
    ],
)
def test_facts_that_fit_are_taken(facts: dict[str, object]) -> None:
    check_facts(SERVICE, facts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 0),
        ("width", 501),
        ("width", 1.0),
        ("width", True),
        ("width", "1"),
        ("width", None),
        ("lit", 1),
        ("lit", "true"),
        ("place", "../etc"),
        ("place", "a" * 65),
        ("place", "64.72\n"),
        ("place", 64),
        ("mount", "roof"),
        ("mount", ["pole"]),
        ("since", "2026-02-29"),
        ("since", "20260228"),
        ("since", "2026-W01-1"),
        ("words", " "),
        ("words", "x" * 2_001),
        ("words", "a\x00b"),
        ("words", "a\ud800b"),
        ("unasked", 1),
    ],
)
def test_a_fact_that_does_not_fit_is_named(name: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        check_facts(SERVICE, {"width": 1, name: value})
    assert caught.value.code == "invalid_facts"
    errors = caught.value.fields["errors"]
    assert isinstance(errors, list)
    assert [error["at"] for error in errors] == [f"facts.{name}"]


def test_all_faults_of_the_facts_are_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        check_facts(SERVICE, {"lit": 1, "other": 2})
    errors = caught.value.fields["errors"]
    assert isinstance(errors, list)
    assert {error["at"] for error in errors} == {"facts.width", "facts.lit", "facts.other"}


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        (Condition("a", equals=1), {"a": 1}, True),
        (Condition("a", equals=1), {"a": True}, False),
        (Condition("a", equals=False), {"a": False}, True),
        (Condition("a", equals=False), {}, False),
        (Condition("a", one_of=("x", "y")), {"a": "y"}, True),
        (Condition("a", one_of=("x", "y")), {"a": "z"}, False),
        (Condition("a", at_least=3), {"a": 3}, True),
        (Condition("a", at_least=3), {"a": 2}, False),
        (Condition("a", at_least=1), {"a": True}, False),
        (Condition("a", at_least=0), {}, False),
    ],
)
def test_a_condition_holds_only_for_a_fact_that_was_given(
    condition: Condition, facts: Mapping[str, Any], holds: bool
) -> None:
    assert condition.holds(facts) is holds


@pytest.mark.parametrize(
    ("definition", "at", "said"),
    [
        (replace(SERVICE, id="Permit!"), ("id",), "not an id"),
        (replace(SERVICE, version=0), ("version",), "version is 0"),
        (replace(SERVICE, letters="PERMIT"), ("letters",), "PERMIT"),
        (replace(SERVICE, letters="pe"), ("letters",), "pe"),
        (replace(SERVICE, name=Name("Nama", " ")), ("name", "en"), "'en' is missing"),
        (replace(SERVICE, fee=Fee(-1)), ("fee", "amount"), "-1"),
        (replace(SERVICE, pause_caps={"lunch": DAY}), ("pause_caps", "lunch"), "lunch"),
        (replace(SERVICE, extension=Extension(DAY, "x")), ("extension", "limit"), "lengthen"),
        (
            replace(SERVICE, limit=DAY, extension=Extension(TimeLimit(1, "hours"), "x")),
            ("extension", "limit"),
            "same unit",
        ),
        (
            replace(SERVICE, limit=DAY, extension=Extension(DAY, "")),
            ("extension", "article"),
            "article",
        ),
        (
            replace(SERVICE, deemed_grant="auto_issue", tracked_only=True),
            ("deemed_grant",),
            "decision that is taken here",
        ),
        (
            replace(SERVICE, requirements=(Requirement("a", NAME),) * 2),
            ("requirements", 1, "id"),
            "duplicate",
        ),
        (
            replace(SERVICE, external_facts=(ExternalFact("str", NAME, NAME, "kpt"),)),
            ("external_facts", 0, "paper"),
            "unknown requirement 'kpt'",
        ),
        (
            replace(SERVICE, external_facts=(ExternalFact("str", NAME, NAME),) * 2),
            ("external_facts", 1, "id"),
            "there twice",
        ),
        *(
            (
                replace(SERVICE, requirements=(Requirement("a", NAME, file_mb=size),)),
                ("requirements", 0, "file_mb"),
                f"no file of {size} MB is taken",
            )
            for size in (0, 26)
        ),
        (with_fact(0, minimum=501), ("facts", 0, "minimum"), "above maximum"),
        (with_fact(5, readers=("dlh",)), ("facts", 5, "readers"), "no step in this service"),
        (with_fact(2, readers=("dpmptsp",)), ("facts", 2, "readers"), "stands in events"),
        (with_fact(1, minimum=1), ("facts", 1, "minimum"), "has no minimum"),
        (with_fact(1, choices=("a",)), ("facts", 1, "choices"), "has no choices"),
        (with_fact(3, choices=("pole", "a b")), ("facts", 3, "choices"), "no code"),
        (with_fact(3, choices=("pole", "pole")), ("facts", 3, "choices"), "twice"),
        (with_fact(3, choice_names={"roof": NAME}), ("facts", 3, "choices"), "no choice"),
        (with_fact(3, choice_names={"pole": Name(" ", "x")}), ("facts", 3, "choices"), "no name"),
        (with_step(3, kind="record"), ("steps",), "nobody decides"),
        (with_step(3, optional=True), ("steps",), "nobody decides"),
        (with_step(3, official=True), ("steps", 3, "official"), "recommend steps"),
        (with_step(3, silence="no_opinion", limit=DAY), ("steps", 3, "silence"), "recommend step"),
        (with_step(1, limit=None), ("steps", 1, "silence"), "has a limit"),
        (with_step(1, agency="dhl"), ("steps", 1, "agency"), "unknown agency 'dhl'"),
        (with_step(1, roles=("auditor",)), ("steps", 1, "roles"), "auditor"),
        (with_step(1, id="intake", after=("visit",)), ("steps", 1, "id"), "duplicate"),
        (with_step(1, after=("start",)), ("steps", 1, "after"), "'start'"),
        (with_step(1, after=()), ("steps", 1), "unreachable"),
        (with_step(0, kind="record"), ("steps", 0, "kind"), "completeness check"),
        (with_step(0, optional=True), ("steps", 0, "optional"), "neither optional"),
        (with_step(0, after=("decide",)), ("steps",), "no step can begin"),
        (with_step(2, when=Condition("nope", equals=1)), ("steps", 2, "when"), "unknown fact"),
        (with_step(2, when=Condition("words", equals="a")), ("steps", 2, "when"), "secret"),
        (with_step(2, when=Condition("mount", equals="roof")), ("steps", 2, "when"), "'roof'"),
        (with_step(2, when=Condition("width", at_least=501)), ("steps", 2, "when"), "501"),
        (with_step(2, when=Condition("lit", at_least=1)), ("steps", 2, "when"), "for integers"),
        (with_step(2, when=Condition("lit")), ("steps", 2, "when"), "exactly one test"),
    ],
)
def test_what_is_wrong_with_a_definition_is_told_where_it_is(
    definition: ServiceDefinition, at: tuple[str | int, ...], said: str
) -> None:
    assert any(place == at and said in message for place, message in told(definition))


def test_a_cycle_is_named_step_by_step_and_what_stands_behind_it_is_unreachable() -> None:
    steps = (
        step("intake", "check"),
        step("a", "record", "intake", "c"),
        step("b", "record", "a"),
        step("c", "record", "b"),
        step("decide", "decide", "c"),
    )
    messages = [message for _, message in told(replace(SERVICE, steps=steps))]
    assert len(messages) == 2
    cycle = messages[0].rsplit(": ", 1)[1].split(" -> ")
    after = {each.id: each.after for each in steps}
    assert sorted(cycle[:-1]) == ["a", "b", "c"]
    assert all(before in after[later] for before, later in pairwise(cycle))
    assert messages[1] == "step 'decide': unreachable, it stands behind a cycle"


def test_an_activity_means_one_step() -> None:
    steps = (replace(STEPS[0], activities=("T01",)), replace(STEPS[1], activities=("T01",)))
    assert any(
        "already means step 'intake'" in message
        for _, message in told(replace(SERVICE, steps=(*steps, *STEPS[2:])))
    )


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = [f"s{number}" for number in range(draw(st.integers(2, 8)))]
    edges = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)
    return {names[0]: (), **{name: tuple(draw(edges)) for name in names[1:]}}


@given(graphs())
def test_a_definition_is_refused_exactly_when_some_step_could_never_begin(
    graph: dict[str, tuple[str, ...]],
) -> None:
    steps = [step(name, "record" if after else "check", *after) for name, after in graph.items()]
    found = problems(ServiceDefinition("x", 1, "XX", NAME, tuple(steps), tracked_only=True), None)
    # The oracle plays: whatever has all its predecessors done is done next.
    done: set[str] = set()
    for _ in graph:
        done |= {name for name, after in graph.items() if done.issuperset(after)}
    stuck = graph.keys() - done
    blamed = {str(problem.message.split("'")[1]) for problem in found}
    in_cycles = {
        name
        for problem in found
        if "cycle: " in problem.message
        for name in problem.message.rsplit(": ", 1)[1].split(" -> ")
    }
    assert blamed | in_cycles == stuck
