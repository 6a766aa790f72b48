"""What a new word of a closed list needs elsewhere: CONTRIBUTING.md's recipes, held by tests."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from casetrack import bootstrap, config
from casetrack.domain.case import authority_actions, case_actions, party_acts, step_actions
from casetrack.domain.case.transitions import (
    ACTION_KINDS,
    AUTHORITY_ACTION_ROLES,
    AUTHORITY_ACTIONS,
    CASE_ACTION_ROLES,
    CASE_ACTIONS,
    CASE_STATUSES,
    PARTY_ACTION_ROLES,
    PARTY_ACTIONS,
    RESULTS,
    STEP_ACTIONS,
    WORKABLE_CASE,
)
from casetrack.domain.delivery.quiet_hours import LOUD
from casetrack.domain.people.contact import CHANNELS, NEEDS
from casetrack.domain.service import notices
from casetrack.domain.service.definition import (
    DECISION_KINDS,
    KINDS,
    Kind,
    Name,
    ServiceDefinition,
    StepDefinition,
)
from casetrack.domain.service.definition_check import problems
from casetrack.gateways.messages.rendering import SHORT
from casetrack.web.case import models
from casetrack.web.case.party_acts import PartyActionIn
from tests.unit.case_player import Player

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = Name("Nama", "Name")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


# --- a step kind ----------------------------------------------------------------------------------


def ending(kind: str) -> str:
    """The action that completes a step of this kind, other than the completeness check."""
    fits = [
        action
        for action, kinds in ACTION_KINDS.items()
        if kind in kinds and "completed" in STEP_ACTIONS[action].values()
        if action != "declare_complete"
    ]
    assert fits, f"{kind}: give it an action that completes it (ACTION_KINDS in transitions.py)"
    return fits[0]


def with_a_step_of(kind: Kind) -> ServiceDefinition:
    """A service in which a step of this kind stands before the decision and the hand-over."""
    chain: list[tuple[str, Kind]] = [("intake", "check")]
    if kind not in ("decide", "hand_over"):
        chain.append(("piece", kind))
    chain += [("decide", "decide"), ("hand_over", "hand_over")]
    steps = [
        StepDefinition(name, NAME, "dpmptsp", each, (chain[place - 1][0],) if place else ())
        for place, (name, each) in enumerate(chain)
    ]
    return ServiceDefinition("any", 1, "ANY", NAME, tuple(steps))


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_with_a_step_of_any_kind_comes_from_the_counter_to_the_hand_over(
    kind: Kind,
) -> None:
    definition = with_a_step_of(kind)
    assert list(problems(definition, ("dpmptsp",))) == []
    player = Player(definition)
    player.act("hadi", "declare_complete", "intake")
    for step in definition.steps[1:]:
        results = RESULTS.get(step.kind, (None,))
        player.act("hadi", ending(step.kind), step.id, result=results[0])
    assert (player.state.status, player.state.outcome) == ("handed_over", "granted")
    assert set(player.statuses().values()) == {"completed"}


def test_every_kind_of_step_is_explained_in_the_glossary() -> None:
    _, _, table = page("glossary.md").partition("## Kinds of step")
    explained = re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", table, re.MULTILINE)
    assert explained == list(KINDS), "docs/glossary.md, Kinds of step, in the order of Kind"


def test_who_writes_a_service_is_told_every_kind() -> None:
    assert f"| `kind` | {', '.join(KINDS)} |" in page("region-files.md")


def test_a_kind_fits_its_column() -> None:
    assert all(len(kind) <= 16 for kind in KINDS), "storage/schema/case.py, steps.kind"


def test_what_decides_is_a_kind() -> None:
    assert set(DECISION_KINDS) < set(KINDS)


# --- an action ------------------------------------------------------------------------------------


def asked(model: Any) -> list[str]:
    """The actions that a body takes."""
    return list(model.model_json_schema()["properties"]["action"]["enum"])


def test_an_action_on_a_step_stands_in_every_table_and_is_carried_out() -> None:
    assert WORKABLE_CASE.keys() == STEP_ACTIONS.keys(), "WORKABLE_CASE in transitions.py"
    assert ACTION_KINDS.keys() <= STEP_ACTIONS.keys(), "ACTION_KINDS in transitions.py"
    assert step_actions._STEP_HANDLERS.keys() == STEP_ACTIONS.keys(), "step_actions.py"
    assert sorted(asked(models.StepActionIn)) == sorted(STEP_ACTIONS), "web/case/models.py"


def test_an_action_on_a_case_stands_in_every_table_and_is_carried_out() -> None:
    assert CASE_ACTION_ROLES.keys() == CASE_ACTIONS.keys(), "CASE_ACTION_ROLES in transitions.py"
    assert case_actions._CASE_HANDLERS.keys() == CASE_ACTIONS.keys(), "case_actions.py"
    # What every status allows is never refused by one, and needs no words for it.
    refusable = {name for name, table in CASE_ACTIONS.items() if len(table) < len(CASE_STATUSES)}
    assert case_actions._PARTICIPLE.keys() == refusable, "case_actions.py"
    assert sorted(asked(models.CaseActionIn)) == sorted(CASE_ACTIONS), "web/case/models.py"


def test_an_act_about_authority_stands_in_every_table_and_is_carried_out() -> None:
    assert AUTHORITY_ACTION_ROLES.keys() == AUTHORITY_ACTIONS.keys()
    assert authority_actions._HANDLERS.keys() == AUTHORITY_ACTIONS.keys()


def test_an_act_on_the_people_of_a_case_stands_in_every_table_and_is_carried_out() -> None:
    assert PARTY_ACTION_ROLES.keys() == PARTY_ACTIONS.keys()
    assert party_acts._HANDLERS.keys() == PARTY_ACTIONS.keys(), "domain/case/party_acts.py"
    assert party_acts._NEEDED.keys() == PARTY_ACTIONS.keys(), "domain/case/party_acts.py"
    assert sorted(asked(PartyActionIn)) == sorted(PARTY_ACTIONS), "web/case/party_acts.py"


@pytest.mark.parametrize("action", [*CASE_ACTIONS, *STEP_ACTIONS, *PARTY_ACTIONS])
def test_an_action_is_named_in_the_contract_with_the_outside(action: str) -> None:
    _, _, acts = page("api.md").partition("| act on |")
    assert re.search(rf"\b{action}\b", acts), "docs/api.md, Cases"


# --- a notification -------------------------------------------------------------------------------


def test_every_kind_of_notification_says_something() -> None:
    assert set(notices.TOLD) == set(get_args(notices.Kind)), "TOLD in domain/service/notices.py"


# --- a channel ------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_has_an_address_texts_and_a_place_in_the_docs(channel: str) -> None:
    assert NEEDS[channel], "NEEDS in domain/people/contact.py"
    assert (channel in LOUD) == (channel != "email"), (
        "domain/delivery/quiet_hours.py, or say so here"
    )
    assert (channel in SHORT) == (channel != "email"), (
        "gateways/messages/rendering.py, or say so here"
    )
    assert f"`{channel}`" in page("channels.md"), "docs/channels.md"
    assert channel in page("glossary.md"), "docs/glossary.md, channel"


def test_every_channel_to_people_has_a_carrier_where_its_messages_go_to_files(
    tmp_path: Path,
) -> None:
    settings = config.load({"CASETRACK_DATA_DIR": str(tmp_path)})
    assert bootstrap.build(settings).ctx.channels == set(CHANNELS), "casetrack/bootstrap.py"
