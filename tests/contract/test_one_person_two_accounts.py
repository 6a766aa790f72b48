"""Whoever has two accounts is one person in a case too: what one did or is, the other did and is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.errors import NoAuthority
from casetrack.domain.region.region_data import RegionData
from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from tests.support.authority import enter, guarded_regions, papers_of_samarinda
from tests.support.registers import latest
from tests.support.web import Web
from tests.support.world import BUDI, World

APART: dict[str, Any] = {"decide": {"separation": "refuse", "separate_from": ("verify",)}}


def as_one(data: RegionData, *names: str) -> RegionData:
    """The region, where these accounts are one person's."""
    cast = tuple(
        replace(o, person="p-1") if o.login.removeprefix("smr.") in names else o
        for o in data.officers
    )
    return replace(data, officers=cast)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Andi who verifies and Hadi who signs are one person."""
    home, away = guarded_regions(**APART)
    made = World.make(database_url, tmp_path, regions_=(as_one(home, "andi", "hadi"), away))
    enter(made, *latest(papers_of_samarinda()))
    yield made
    made.close()


def at_decision(world: World, by: str) -> str:
    """A billboard's file that waits for its decision; `by` verified it."""
    number = str(world.open("izin-reklame").view["number"])
    world.play(
        number,
        f"""
        dewi declare_complete intake
        rini complete review_dlh favourable
        sari complete review_dishub favourable
        {by} complete verify
        """,
    )
    return number


def test_who_did_the_earlier_step_by_another_account_is_kept_off(world: World) -> None:
    number = at_decision(world, by="andi")
    with pytest.raises(NoAuthority) as refused:
        world.act(number, "hadi", "complete", "decide")
    assert refused.value.code == "separation_of_duties"
    asked = f"/authority/who?case={number}&step=decide"
    may = Web(world).get(asked, "audit").get_json()["items"]
    assert "smr.hadi" not in {each["officer"] for each in may}


def test_who_is_a_party_by_another_account_decides_not_their_own_case(world: World) -> None:
    officers.set_officer_nik(world.ctx, "smr.andi", str(BUDI.nik))
    number = at_decision(world, by="yuni")
    with pytest.raises(NoAuthority) as refused:
        world.act(number, "hadi", "complete", "decide")
    assert refused.value.code == "own_case"


def test_a_conflict_that_one_account_declared_stands_for_the_other(world: World) -> None:
    number = at_decision(world, by="yuni")
    web = Web(world)
    said = {"action": "declare", "ground": "family"}
    done = web.post(f"/cases/{number}/conflicts", "andi", said, etag=web.etag(number, "andi"))
    assert done.status_code == 200, done.text
    with pytest.raises(NoAuthority) as refused:
        world.act(number, "hadi", "complete", "decide")
    assert refused.value.code == "conflict_declared"
    assert verify(world.ctx, progress=lambda _: None).fault is None
