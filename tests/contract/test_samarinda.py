"""The demo region with its register, in the database: who may decide, who may not, and the proof."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casetrack.domain.authority.filing import RegisterFile
from casetrack.domain.errors import BadInput, NoAuthority, NotNow
from casetrack.domain.region.region_data import RegionData
from casetrack.storage.authority import register
from casetrack.usecases.case.sight import sight
from casetrack.usecases.case.trace import trace
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.world import SAMARINDA, World


@pytest.fixture(scope="module")
def data() -> RegionData:
    return demo.region(SAMARINDA)


@pytest.fixture
def city(database_url: str, tmp_path: Path, data: RegionData) -> Iterator[World]:
    made = World.make(database_url, tmp_path, regions_=(data,))
    yield made
    made.close()


STORIES = {
    "izin-reklame": """
        clerk declare_complete intake
        dlh complete review_dlh favourable
        dishub complete review_dishub favourable
        pupr complete review_pupr conditional
        dpmptsp complete verify
        signer complete decide
        bapenda complete assess_tax
        bapenda record_payment pay_tax
        signer complete sign
        clerk hand_over
    """,
    "sip-dokter": """
        clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete endorse
        signer complete decide
        signer complete sign
        clerk hand_over
    """,
    "surat-keterangan": """
        clerk declare_complete intake
        dpmptsp complete decide
        clerk hand_over
    """,
}


#: Services that are not decided here, and why.
UNDECIDED = {
    "pbg": "the power to decide it is not delegated, on purpose (docs/samarinda.md)",
    "skck": "the police decide; the case is tracked only",
}


def test_every_service_of_samarinda_is_played_or_said_not_to_be_decided(data: RegionData) -> None:
    assert {each.id for each in data.services} == STORIES.keys() | UNDECIDED.keys()


@pytest.mark.parametrize("service", STORIES)
def test_a_case_of_samarinda_is_decided_by_checked_authority(city: World, service: str) -> None:
    number = city.open(service, by="clerk").view["number"]
    city.play(number, STORIES[service])
    path = trace(city.ctx, sight(city.ctx, city.actor("clerk"), number))
    assert path["status"] == "handed_over"
    assert {d["authority"]["scheme"] for d in path["decisions"]} == {"checked"}
    assert (
        len(path["decisions"])
        == {"izin-reklame": 5, "sip-dokter": 3, "surat-keterangan": 1}[service]
    )


def test_a_division_head_who_endorsed_and_is_plh_may_not_decide_and_the_head_may(
    city: World,
) -> None:
    number = city.open("sip-dokter", by="clerk").view["number"]
    city.play(number, "clerk declare_complete intake\ndinkes complete recommend favourable")
    city.hands.pass_time(days=28)  # Monday 21 December: the first day of the Plh letter
    city.act(number, "dpmptsp", "complete", "endorse")
    with pytest.raises(NoAuthority) as refused:
        city.act(number, "dpmptsp", "complete", "decide", as_position="kepala-dpmptsp")
    assert refused.value.code == "separation_of_duties"
    city.act(number, "signer", "complete", "decide")


def test_who_wears_two_hats_says_which_one_acts(city: World) -> None:
    city.hands.pass_time(days=28)
    number = city.open(by="clerk").view["number"]
    city.act(number, "clerk", "declare_complete", "intake")
    with pytest.raises(NotNow) as asked:
        city.act(number, "dpmptsp", "complete", "decide")
    assert asked.value.code == "position_choice"
    city.act(number, "dpmptsp", "complete", "decide", as_position="kepala-dpmptsp")


def test_the_building_approval_is_taken_in_and_not_decided_because_nobody_delegated_it(
    city: World,
) -> None:
    facts = {"floor_area_m2": 120, "location": "64.72.03"}
    number = city.open("pbg", by="clerk", facts=facts).view["number"]
    city.play(number, "clerk declare_complete intake\npupr complete review_pupr favourable")
    with pytest.raises(NoAuthority) as refused:
        city.act(number, "signer", "complete", "decide")
    assert refused.value.code == "no_grant"
    instead = refused.value.fields["alternatives"]
    assert isinstance(instead, list)
    assert [each["officer"] for each in instead] == ["smr.walikota"]


def test_a_load_files_each_paper_once(city: World, data: RegionData) -> None:
    assert data.register is not None
    assert loading.load(city.ctx, data) == []
    with city.database.read() as connection:
        revisions = register.all_revisions(connection, SAMARINDA)
    assert len(revisions) == len(data.register.entries)
    assert {(r.entered_by, r.confirmed_by) for rs in revisions.values() for r in rs} == {
        ("smr.registrar", "smr.registrar2")
    }


def test_a_paper_that_says_something_else_is_a_new_revision_and_the_others_stay(
    city: World, data: RegionData
) -> None:
    assert data.register is not None
    entries = tuple(
        replace(filed, sha256="ab" * 32) if filed.id == "uu-23-2014" else filed
        for filed in data.register.entries
    )
    changed = replace(data, register=replace(data.register, entries=entries))
    assert loading.load(city.ctx, changed) == ["1 papers of the register"]
    assert loading.load(city.ctx, replace(data, register=None)) == []


def test_a_load_with_a_register_that_one_person_stands_for_changes_nothing(
    city: World, data: RegionData
) -> None:
    assert data.register is not None
    papers = RegisterFile("smr.admin", "smr.admin", data.register.entries[:1])
    renamed = replace(data, register=papers, agencies=data.agencies[:-1])
    with pytest.raises(BadInput, match="one person"):
        loading.load(city.ctx, renamed)
    assert "telkom" in city.ctx.region(SAMARINDA)[0].agencies
