"""What happened in real offices, told as stories: who may sign, until when, and who else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.errors import NoAuthority, NotNow
from casetrack.domain.events import Event
from casetrack.storage.case import case_events
from tests.support.authority import confirm, enter, papers_of_samarinda, world_of
from tests.support.registers import changed, day, incumbency, withdrawal, without
from tests.support.world import World


def at(text: str) -> datetime:
    """A moment by the clock on the wall in Samarinda (WITA, UTC+8)."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def ready_to_decide(world: World, opened: str = "2021-01-18T09:00") -> str:
    """A billboard permit whose reviews are done."""
    world.hands.now = at(opened)
    number: str = world.open("izin-reklame").view["number"]
    world.play(
        number,
        """
        dewi declare_complete intake
        rini complete review_dlh favourable
        sari complete review_dishub favourable
        hadi complete verify
        """.replace("rini", "rudi"),
    )
    return number


def events(world: World, stream: str) -> list[Event]:
    with world.database.read() as connection:
        rows = case_events.stream_events(connection, "64.72", stream, after=0, limit=100)
    return [Event.from_body(row.body) for row in rows]


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Medan's papers in Samarinda: Yuni is acting head until Tuesday 26 January 2021."""
    papers = [
        *without(papers_of_samarinda(), "sk-hadi", "sk-rini"),
        incumbency("sk-rudi", "smr.rudi", "kepala-dlh", since="2019-02-01"),
        incumbency(
            "plt-hadi",
            "smr.hadi",
            "kepala-dpmptsp",
            "plt",
            since="2020-10-26",
            until="2021-01-26",
        ),
    ]
    world = world_of(database_url, tmp_path, papers)
    yield world
    world.close()


def test_the_evening_passes_the_next_morning_is_refused_and_a_later_letter_heals_nothing(
    office: World,
) -> None:
    number = ready_to_decide(office)
    office.hands.now = at("2021-01-26T18:30")
    office.act(number, "hadi", "complete", "decide")
    office.act(number, "bima", "record_payment", "pay_tax")
    signed = events(office, number)[-2].data["authority"]
    assert signed["scheme"] == "checked"
    assert signed["passport"]["seat"]["letter"]["number"] == "PLT-HADI"
    assert signed["passport"]["signature"] == ["Plt. Kepala DPMPTSP"]
    assert [link["kind"] for link in signed["passport"]["chain"]] == ["attribution", "delegation"]

    office.hands.now = at("2021-01-27T08:00")
    with pytest.raises(NoAuthority) as refused:
        office.act(number, "hadi", "complete", "sign")
    assert refused.value.code == "letter_ended"
    assert refused.value.fields["link"]["until"] == "2021-01-26"
    others = [(a["officer"], a["position"]) for a in refused.value.fields["alternatives"]]
    assert ("smr.andi", "wali-kota") in others
    assert ("smr.wati", "kabid-perizinan") in others
    assert [v["position"] for v in refused.value.fields["vacant"]] == ["kepala-dpmptsp"]
    (told,) = events(office, f"refusal/{number}")
    assert told.data["code"] == "letter_ended"

    office.hands.now = at("2021-01-29T10:00")
    confirm(
        office,
        incumbency(
            "plt-hadi-2",
            "smr.hadi",
            "kepala-dpmptsp",
            "plt",
            since="2021-01-27",
            dated="2021-01-29",
            until="2021-04-26",
        ),
    )
    office.act(number, "hadi", "complete", "sign")
    (again,) = events(office, f"refusal/{number}")
    assert again == told


def test_a_stranger_with_a_letter_of_another_position_decides_nothing(office: World) -> None:
    number = ready_to_decide(office)
    with pytest.raises(NoAuthority) as refused:
        office.act(number, "yuni", "complete", "decide")
    assert refused.value.code == "not_incumbent"


def test_a_withdrawal_between_submission_and_decision_stops_the_decision(office: World) -> None:
    number = ready_to_decide(office)
    enter(
        office,
        withdrawal(
            "tarik", "delegasi-reklame", since="2021-01-19", on="perwali-22-2019#lampiran-1"
        ),
    )
    office.hands.now = at("2021-01-19T09:00")
    with pytest.raises(NoAuthority) as refused:
        office.act(number, "hadi", "complete", "decide")
    assert refused.value.code == "grant_withdrawn"
    office.act(number, "andi", "complete", "decide")
    passport = events(office, number)[-1].data["authority"]["passport"]
    assert passport["signature"] == ["Wali Kota Samarinda"]


def test_two_hats_one_is_named_and_the_step_that_separates_blocks_the_second(
    database_url: str, tmp_path: Path
) -> None:
    papers: list[Any] = papers_of_samarinda()
    papers += [
        changed(papers, "sk-rini", officer="smr.rudi"),
        incumbency(
            "plh-rudi", "smr.wati", "kepala-dpmptsp", "plh", since="2021-01-20", until="2021-01-21"
        ),
    ]
    world = world_of(
        database_url,
        tmp_path,
        papers,
        decide={"separation": "refuse", "roles": ("officer", "supervisor")},
        verify={"roles": ("officer", "supervisor")},
    )
    number = ready_to_decide(world)
    world.act(number, "wati", "reopen", "verify", reason="salah tekan")
    world.act(number, "wati", "complete", "verify")
    world.hands.now = at("2021-01-20T09:00")
    with pytest.raises(NotNow) as asked:
        world.act(number, "wati", "complete", "decide")
    assert asked.value.code == "position_choice"
    assert [c["position"] for c in asked.value.fields["choices"]] == [
        "kabid-perizinan",
        "kepala-dpmptsp",
    ]
    with pytest.raises(NoAuthority) as refused:
        world.act(number, "wati", "complete", "decide", as_position="kepala-dpmptsp")
    assert refused.value.code == "separation_of_duties"
    world.act(number, "hadi", "complete", "decide")
    assert (
        day("2021-01-20").isoformat()
        == events(world, number)[-1].data["authority"]["passport"]["day"]
    )
    world.close()
