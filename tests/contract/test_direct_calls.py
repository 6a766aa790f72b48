"""Who calls the use case and not a door is refused all the same: the rules guard themselves."""

import pytest

from casetrack.domain.access import Actor, system
from casetrack.domain.authority.filing import read_filed
from casetrack.domain.case.commands import Seen
from casetrack.domain.errors import Forbidden, NotFound
from casetrack.usecases.authority import register
from casetrack.usecases.case.do import do
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.visible_case import Sight, sight
from casetrack.usecases.delivery import subscriptions
from casetrack.usecases.delivery.subscriptions import Wanted
from casetrack.usecases.delivery.untold import mark_told
from tests.support.world import SAMARINDA, World


def _in_review(world: World) -> Sight:
    number = str(world.open("izin-reklame").view["number"])
    world.act(number, "dewi", "declare_complete", "intake")
    return sight(world.ctx, world.actor("dewi"), number)


def _try(world: World, actor: Actor, case: Sight, doing: Doing) -> None:
    do(world.ctx, actor, case, doing, lambda: Seen(case=case.state.version))


def test_a_counters_clerk_cannot_give_the_environment_agencys_recommendation(world: World) -> None:
    case = _in_review(world)
    with pytest.raises(Forbidden):
        _try(
            world,
            world.actor("dewi"),
            case,
            Doing("complete", step="review_dlh", result="favourable"),
        )


def test_an_officer_of_one_agency_cannot_complete_anothers_step_nor_withdraw_the_case(
    world: World,
) -> None:
    case = _in_review(world)
    with pytest.raises(Forbidden):
        _try(
            world,
            world.actor("sari"),
            case,
            Doing("complete", step="review_dlh", result="favourable"),
        )
    with pytest.raises(Forbidden):
        _try(world, world.actor("sari"), case, Doing("withdraw"))


def test_a_sight_that_somebody_else_had_opens_nothing_to_a_stranger(world: World) -> None:
    case = _in_review(world)
    with pytest.raises(NotFound):
        _try(world, world.actor("tono"), case, Doing("claim", step="review_dlh"))


@pytest.mark.parametrize("process", ["clock", "load", "replay", "calendar", "operator"])
def test_no_process_of_casetrack_acts_for_an_officer(world: World, process: str) -> None:
    case = _in_review(world)
    actor = system(SAMARINDA, process)
    for doing in (
        Doing("withdraw"),
        Doing("complete", step="review_dishub", result="favourable"),
        Doing("no_opinion", step="review_dishub"),
    ):
        with pytest.raises(Forbidden):
            _try(world, actor, case, doing)


def test_a_clerk_of_another_region_does_nothing_with_a_sight_of_ours(world: World) -> None:
    case = _in_review(world)
    with pytest.raises(NotFound):
        _try(world, world.actor("sby.clerk"), case, Doing("withdraw"))


def test_the_register_and_the_subscriptions_ask_for_the_role_themselves(world: World) -> None:
    paper = read_filed(
        "position",
        "kabid",
        {
            "name": {"id": "Kepala Bidang", "en": "Head of division"},
            "agency": "dpmptsp",
            "since": "2021-01-01",
        },
        "0" * 64,
    )
    with pytest.raises(Forbidden):
        register.draft(world.ctx, world.actor("dewi"), paper)
    with pytest.raises(Forbidden):
        register.settle(world.ctx, world.actor("dewi"), "position", "kabid", "confirm", lambda: 1)
    with pytest.raises(NotFound):
        register.settle(world.ctx, world.actor("lina"), "position", "kabid", "confirm", lambda: 1)
    wanted = Wanted("https://hook.example/x", ("casetrack.case.*",), None, None, "hmac")
    with pytest.raises(Forbidden):
        subscriptions.create(world.ctx, world.actor("dewi"), wanted, None)
    case = _in_review(world)
    with pytest.raises(Forbidden):
        mark_told(world.ctx, world.actor("rudi"), case.state.number, 1)
