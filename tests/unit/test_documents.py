"""What was received for which requirement, what is missing, what was replaced, what may pass."""

import json
from dataclasses import replace
from typing import Any

import pytest

from casetrack.domain.case.documents import MOST_DOCUMENTS, by_requirement, missing, status_of
from casetrack.domain.case.fold_versions import agrees
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import RECEIVE
from casetrack.domain.delivery.cloudevents import cloud_event
from casetrack.domain.errors import Forbidden, Invalid, NotFound, NotNow
from casetrack.domain.events import Event
from casetrack.domain.service.definition import Condition, Requirement, ServiceDefinition
from casetrack.domain.service.definition_check import problems
from casetrack.domain.service.definition_document import as_document, read_definition
from tests.support.world import billboard, same
from tests.unit.case_player import Player

KTP, PHOTO = {"requirement": "ktp"}, {"requirement": "foto"}
WHY = {"text": "t1", "hmac": "h1"}
TO_THE_DECISION = """
dewi declare_complete intake
rudi complete review_dlh favourable
sari complete review_dishub favourable
hadi complete verify
"""


def lacking(player: Player) -> list[str]:
    return [requirement.id for requirement in missing(player.state, player.definition)]


def statuses(player: Player) -> list[tuple[str, str]]:
    return [(d["requirement"], status_of(d)) for d in player.state.documents]


def bring(player: Player, *documents: dict[str, Any], by: str = "dewi") -> Event:
    """Each by itself; gives the last event."""
    for document in documents:
        event = player.act(by, RECEIVE, documents=(document,))
    return event


def with_a_plan_for_big_ones() -> ServiceDefinition:
    """A drawing is asked only of billboards of five metres and more; a power of attorney of nobody."""
    drawing = Requirement("gambar", same("Gambar"), when=Condition("width_cm", at_least=500))
    proxy = Requirement("surat-kuasa", same("Surat kuasa"), required=False)
    usual = billboard()
    return replace(usual, requirements=(*usual.requirements, drawing, proxy))


# --- complete or not ------------------------------------------------------------------------------


def test_a_file_without_a_required_document_is_not_complete() -> None:
    player = Player(documents=[KTP])
    with pytest.raises(NotNow) as refused:
        player.act("dewi", "declare_complete", "intake")
    assert refused.value.code == "documents_missing"
    assert refused.value.fields == {"missing": ["foto"]}
    bring(player, PHOTO)
    player.act("dewi", "declare_complete", "intake")
    assert player.state.status == "in_progress"
    assert player.state.waiver is None


@pytest.mark.parametrize(("width", "wanted"), [(400, []), (500, ["gambar"])])
def test_what_is_required_only_where_a_fact_fits_is_missing_only_there(
    width: int, wanted: list[str]
) -> None:
    player = Player(with_a_plan_for_big_ones(), documents=[KTP, PHOTO], width_cm=width)
    assert lacking(player) == wanted


def test_a_fact_that_was_not_given_requires_nothing() -> None:
    assert lacking(Player(with_a_plan_for_big_ones(), documents=[KTP, PHOTO])) == []


def test_a_supervisor_lets_it_pass_with_a_reason_and_only_so() -> None:
    player = Player(documents=[KTP])
    for by, why in (("dewi", WHY), ("hadi", WHY), ("wati", None)):
        with pytest.raises(NotNow) as refused:
            player.act(by, "declare_complete", "intake", why=why)
        assert refused.value.code == "documents_missing"
    event = player.act("wati", "declare_complete", "intake", why=WHY)
    said = {"requirements": ["foto"], "by": "smr.wati", "at": "2026-11-23T05:00:00.000000Z"}
    assert player.state.waiver == {**said, "reason": WHY}
    assert event.data["why"] == WHY
    assert lacking(player) == ["foto"], "it may still come"
    bring(player, PHOTO)
    assert lacking(player) == []
    assert player.state.waiver["requirements"] == ["foto"], "what passed without it, did"


def test_a_reason_where_nothing_is_missing_lets_nothing_pass_and_is_kept() -> None:
    player = Player()
    event = player.act("wati", "declare_complete", "intake", why=WHY)
    assert player.state.waiver is None
    assert event.data["why"] == WHY


def test_a_supervisor_of_another_agency_lets_nothing_pass() -> None:
    with pytest.raises(Forbidden):
        Player(documents=[]).act("rini", "declare_complete", "intake", why=WHY)


# --- received and replaced ------------------------------------------------------------------------


def test_what_comes_with_the_opening_is_received_by_who_opens_then() -> None:
    (ktp, _) = Player().state.documents
    at, by = "2026-11-23T01:00:00.000000Z", "smr.dewi"
    assert ktp == {"requirement": "ktp", "received_at": at, "received_by": by}


def test_a_second_document_replaces_the_first_which_is_kept() -> None:
    player = Player()
    event = bring(player, {**KTP, "text": "t", "hmac": "h"}, by="wati")
    assert statuses(player) == [("ktp", "replaced"), ("foto", "received"), ("ktp", "received")]
    assert event.type == "casetrack.document.received"
    assert event.data["received"] == [{"id": "doc-3", "requirement": "ktp"}]
    assert event.data["replaced"] == ["doc-1"]
    first, _, third = player.state.documents
    assert first["replaced_at"] == third["received_at"] == "2026-11-23T02:00:00.000000Z"
    assert (first["received_by"], third["received_by"]) == ("smr.dewi", "smr.wati")
    event = bring(player, KTP)
    assert event.data["replaced"] == ["doc-3"], "the first was replaced before"


def test_what_comes_at_once_for_one_requirement_stands_side_by_side() -> None:
    player = Player(documents=[KTP, PHOTO, PHOTO])
    assert statuses(player) == [("ktp", "received"), ("foto", "received"), ("foto", "received")]
    bring(player, PHOTO)
    assert [status for _, status in statuses(player)] == [
        "received",
        "replaced",
        "replaced",
        "received",
    ]


def test_a_resubmission_brings_what_was_asked_for() -> None:
    player = Player(documents=[KTP])
    player.act("dewi", "return", "intake", defects=({"requirement": "foto"},))
    player.act("dewi", "send_return")
    event = player.act("dewi", "resubmit", documents=(PHOTO, {**KTP, "text": "t", "hmac": "h"}))
    assert event.type == "casetrack.case.resubmitted"
    assert [each["requirement"] for each in event.data["received"]] == ["foto", "ktp"]
    assert event.data["replaced"] == ["doc-1"]
    player.act("dewi", "declare_complete", "intake")


def test_other_actions_take_no_documents() -> None:
    for action, step in (("withdraw", None), ("declare_complete", "intake")):
        player = Player()
        with pytest.raises(Invalid, match="documents: "):
            player.act("dewi", action, step, documents=(KTP,))
        assert player.state.version == 1


def test_a_document_of_no_requirement_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        bring(Player(), {"requirement": "paspor"})
    assert refused.value.code == "unknown_requirement"
    (error,) = refused.value.fields["errors"]  # type: ignore[misc, unused-ignore]
    assert error == {"at": "requirement", "message": "not asked for; known: foto, ktp"}


def test_a_case_takes_only_so_many() -> None:
    player = Player(documents=[KTP, *[PHOTO] * (MOST_DOCUMENTS - 2)])
    bring(player, PHOTO)
    with pytest.raises(NotNow) as refused:
        bring(player, PHOTO)
    assert refused.value.code == "too_many_documents"


# --- when, and by whom ----------------------------------------------------------------------------


def test_documents_come_before_the_decision_and_not_after_it() -> None:
    player = Player().play(TO_THE_DECISION)
    bring(player, PHOTO)
    player.act("hadi", "complete", "decide")
    assert player.state.status == "in_progress"  # not paid, not signed
    with pytest.raises(NotNow) as refused:
        bring(player, PHOTO)
    assert (refused.value.code, refused.value.fields["status_now"]) == (
        "status_forbids",
        "in_progress",
    )
    player.act("wati", "reopen", "decide", note={"text": "n", "hmac": "h"})
    bring(player, PHOTO)


@pytest.mark.parametrize("script", ["dewi withdraw", TO_THE_DECISION + "hadi refuse decide"])
def test_a_case_that_is_over_takes_none(script: str) -> None:
    player = Player().play(script)
    with pytest.raises(NotNow) as refused:
        bring(player, PHOTO)
    assert refused.value.fields["status_now"] == player.state.status


def test_what_was_sent_back_after_the_decision_comes_all_the_same() -> None:
    assess = replace(billboard().step("pay_tax"), kind="assess")
    steps = tuple(assess if step.id == "pay_tax" else step for step in billboard().steps)
    player = Player(replace(billboard(), steps=steps))
    player.play(TO_THE_DECISION + "hadi complete decide")
    player.act("bima", "return", "pay_tax", defects=({"requirement": "foto"},))
    player.act("dewi", "send_return")
    bring(player, PHOTO)
    player.act("dewi", "resubmit", documents=(PHOTO,))


def test_the_counter_takes_documents_in_and_nobody_else() -> None:
    for by in ("dewi", "wati"):
        bring(Player(), KTP, by=by)
    for by in ("hadi", "rudi", "rini", "ketua", "audit"):
        with pytest.raises(Forbidden):
            bring(Player(), KTP, by=by)
    with pytest.raises(NotFound):
        bring(Player(), KTP, by="tono")


def test_a_document_changes_no_step_so_no_reviewer_is_refused_for_it() -> None:
    player = Player().play("dewi declare_complete intake")
    before = {name: step.version for name, step in player.state.steps.items()}
    bring(player, PHOTO)
    assert {name: step.version for name, step in player.state.steps.items()} == before
    assert player.state.version == 3


# --- cases of the release before ------------------------------------------------------------------


def of_the_release_before(player: Player, *documents: dict[str, Any]) -> None:
    """Its documents are a requirement and a reference; nobody had to record any."""
    row = player.state.to_document()
    player.state = CaseState.from_document(json.loads(json.dumps({**row, "documents": documents})))


def test_a_file_that_was_declared_complete_before_lacks_nothing() -> None:
    player = Player().play("dewi declare_complete intake")
    of_the_release_before(player, {**KTP, "text": "t", "hmac": "h"})
    assert lacking(player) == []
    (ktp,) = by_requirement(player.state, player.definition)
    assert (ktp.requirement.id, ktp.status, ktp.received_at) == (
        "ktp",
        "received",
        player.state.opened_at,
    )
    bring(player, PHOTO)
    player.act("rudi", "complete", "review_dlh", result="favourable")


def test_a_file_taken_in_before_is_complete_once_what_is_there_was_recorded() -> None:
    player = Player(documents=[])
    of_the_release_before(player, {**KTP, "text": "t", "hmac": "h"})
    assert lacking(player) == ["foto"]
    bring(player, PHOTO)
    player.act("dewi", "declare_complete", "intake")


def test_a_row_of_the_fold_before_agrees_with_one_that_knows_what_passed() -> None:
    player = Player(documents=[KTP])
    player.act("wati", "declare_complete", "intake", why=WHY)
    row = player.state.to_document()
    assert agrees({name: row[name] for name in row if name != "waiver"}, row, 1)
    assert not agrees({**row, "waiver": None}, row, 2)


# --- what leaves, and what a definition may say ---------------------------------------------------


def test_systems_hear_of_requirements_and_of_nothing_else() -> None:
    player = Player(documents=[])
    event = bring(player, {**KTP, "text": "secret-text", "hmac": "secret-hmac"})
    change = cloud_event(event, 1)["data"]["change"]
    assert change["documents"] == [{"requirement": "ktp"}]
    event = player.act(
        "wati", "declare_complete", "intake", why={"text": "reason-text", "hmac": "h"}
    )
    told = cloud_event(event, 2)["data"]
    assert told["change"]["missing"] == ["foto"]
    left = json.dumps([change, told])
    assert not [word for word in ("secret", "hmac", "reason-text", "smr.") if word in left]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"when": Condition("width_cm", at_least=500)}, []),
        ({"when": Condition("height", at_least=5)}, ["`when` asks for 'height', an unknown fact"]),
        ({"when": Condition("remark", equals="x")}, ["`when` asks for 'remark': texts are secret"]),
        ({"when": Condition("width_cm")}, ["`when` has not exactly one test"]),
        (
            {"when": Condition("width_cm", at_least=500), "required": False},
            ["it is not required, so `when` says nothing"],
        ),
    ],
)
def test_what_is_wrong_with_a_requirement_is_told_with_its_place(
    changes: dict[str, Any], wrong: list[str]
) -> None:
    ktp, photo = billboard().requirements
    definition = replace(billboard(), requirements=(ktp, replace(photo, **changes)))
    agencies = {step.agency for step in definition.steps}
    found = problems(definition, agencies)
    assert [(each.at, each.message) for each in found] == [
        (("requirements", 1, "when"), f"requirement 'foto': {message}") for message in wrong
    ]
    assert read_definition(json.loads(json.dumps(as_document(definition)))) == definition
