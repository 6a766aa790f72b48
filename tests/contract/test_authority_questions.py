"""What a head and an auditor ask of the register, told by what happened in real cities."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.authority import later_facts
from casetrack.web.http.cursors import write_cursor
from tests.support.authority import (
    confirm,
    enter,
    give_letters,
    guarded,
    papers_of_samarinda,
    world_of,
)
from tests.support.commands import run_command
from tests.support.registers import (
    attribution,
    changed,
    day,
    delegation,
    incumbency,
    latest,
    position,
    succession,
    without,
)
from tests.support.web import Web, refused
from tests.support.world import World, environment_for, letter, samarinda, surabaya

PLT = incumbency(
    "plt-hadi", "smr.hadi", "kepala-dpmptsp", "plt", since="2020-10-27", until="2021-01-26"
)


def at(text: str) -> datetime:
    """A moment by the clock on the wall in Samarinda (WITA, UTC+8)."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def of_medan() -> list[Any]:
    """Samarinda's papers with Medan's trouble: Hadi heads the one-door office by a Plt's letter."""
    kept = without(papers_of_samarinda(), "sk-hadi", "mandat-kabid", "ub-kasi")
    return [*kept, PLT, changed(kept, "sk-rini", officer="smr.rudi")]


@pytest.fixture
def medan(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of(database_url, tmp_path, [])
    world.hands.now = at("2020-11-02T09:00")
    enter(world, *latest(of_medan()))
    yield Web(world)
    world.close()


def ask(web: Web, path: str, who: str = "ketua") -> Any:
    answer = web.get(f"/authority/{path}", who)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def ready_to_decide(web: Web) -> str:
    number: str = web.world.open("izin-reklame").view["number"]
    web.world.play(
        number,
        """
        dewi declare_complete intake
        rudi complete review_dlh favourable
        sari complete review_dishub favourable
        hadi complete verify
        """,
    )
    return number


def test_the_radar_says_in_december_that_on_26_january_the_acting_heads_letter_runs_out(
    medan: Web,
) -> None:
    medan.world.hands.now = at("2020-12-21T09:00")
    medan.world.open("izin-reklame")
    (alarm,) = ask(medan, "radar")["items"]
    assert (alarm["last_day"], alarm["days_left"], alarm["worst"]) == (
        "2021-01-26",
        36,
        "elsewhere",
    )
    assert alarm["causes"] == [{"kind": "incumbency", "id": "plt-hadi", "what": "letter_ends"}]
    (loss,) = (each for each in alarm["losses"] if each["agency"] == "dpmptsp")
    assert (loss["actions"], loss["services"]) == (["decide", "sign"], ["izin-reklame"])
    assert loss["open_cases"] == 1
    assert [one["officer"] for one in loss["alternatives"]] == ["smr.andi"]
    assert [one["name"]["id"] for one in loss["vacant"]] == ["Kepala DPMPTSP"]
    assert ask(medan, "radar?days=35")["items"] == []

    # A successor's letter quiets the radar; what was known before it does not change.
    before = medan.world.hands.now.isoformat().replace("+", "%2B")
    medan.world.hands.now = at("2021-01-20T10:00")
    successor = incumbency(
        "sk-yuni", "smr.yuni", "kepala-dpmptsp", since="2021-01-27", dated="2021-01-19"
    )
    confirm(medan.world, successor)
    assert ask(medan, "radar")["items"] == []
    then = ask(medan, f"radar?at=2020-12-21&known={before}")
    assert [each["last_day"] for each in then["items"]] == ["2021-01-26"]
    assert ask(medan, "radar?at=2020-12-21&known=2021-01-19")["items"] == then["items"]
    assert ask(medan, "radar?at=2020-12-21&known=2021-01-20")["items"] == []


def test_a_city_that_had_not_delegated_all_permits(database_url: str, tmp_path: Path) -> None:
    """Denpasar, as its auditors found it in 2017: the step is the one-door office's, the power is not."""
    world = world_of(database_url, tmp_path, papers_of_samarinda())
    web = Web(world)
    answer = ask(web, "coverage")
    covers = {each["service"]: each["cover"] for each in answer["items"]}
    assert covers == {"izin-reklame": "held", "surat-keterangan": "elsewhere"}
    (missing,) = ask(web, "coverage?cover=elsewhere")["items"]
    (step,) = missing["steps"]
    assert (step["step"], step["agency"]) == ("decide", "dpmptsp")
    assert [(held["position"], held["by"]) for held in step["held"]] == [
        ("wali-kota", "attribution")
    ]
    page = ask(web, "coverage?limit=1")
    following = ask(web, f"coverage?limit=1&cursor={page['next_cursor']}")
    assert [each["service"] for each in following["items"]] == ["surat-keterangan"]
    assert following["next_cursor"] is None
    world.close()


def test_eight_days_without_an_acting_head(database_url: str, tmp_path: Path) -> None:
    """Merangin, December 2025: the files pile up and nobody may sign."""
    papers = [
        *of_medan(),
        changed(of_medan(), "plt-hadi", since=day("2025-09-05"), until=day("2025-12-04")),
    ]
    world = world_of(database_url, tmp_path, papers)
    web = Web(world)
    world.hands.now = at("2025-12-02T09:00")
    number = ready_to_decide(web)
    world.hands.now = at("2025-12-08T09:00")
    (gap,) = ask(web, "findings?code=vacant")["items"]
    assert (gap["since"], gap["until"], gap["position"]) == ("2025-12-05", None, "kepala-dpmptsp")
    (vacant,) = ask(web, "powers")["vacant"]
    assert (vacant["position"], vacant["last_day"]) == ("kepala-dpmptsp", "2025-12-04")
    assert vacant["services"] == ["izin-reklame"]
    who = ask(web, f"who?case={number}&step=decide", "hadi")
    assert [(one["position"], one["officer"], one["vacant"]) for one in who["items"]] == [
        ("wali-kota", "smr.andi", False),
        ("kepala-dpmptsp", None, True),
    ]
    assert ask(web, "mine", "hadi")["items"] == []

    world.hands.now = at("2025-12-12T15:00")
    confirm(
        world,
        incumbency(
            "plt-yuni", "smr.yuni", "kepala-dpmptsp", "plt", since="2025-12-13", until="2026-03-12",
            dated="2025-12-12",
        ),
    )  # fmt: skip
    world.hands.now = at("2025-12-15T09:00")
    assert ask(web, "powers")["vacant"] == []
    assert ask(web, "findings?code=vacant")["items"] == []
    (past,) = ask(web, "findings?code=vacant&since=2025-12-01")["items"]
    assert (past["since"], past["until"]) == ("2025-12-05", "2025-12-12")
    assert "Kepala DPMPTSP" in past["text"]["id"]
    who = ask(web, f"who?case={number}&step=decide&at=2025-12-13", "wati")
    assert who["items"][0]["officer"] == "smr.yuni"
    (own,) = ask(web, "mine?officer=smr.yuni", "audit")["items"]
    assert (own["form"], own["by"], own["sure_until"]) == ("plt", "delegation", "2026-03-12")
    assert refused(web.get("/authority/mine?officer=smr.yuni", "hadi")) == (
        403,
        "role_not_allowed",
    )
    world.close()


@contextmanager
def tanjungpinang(url: str, folder: Path) -> Iterator[Web]:
    """32 permits whose power the spatial planning agency gave to the one-door office."""
    services = [
        replace(guarded(letter()), id=f"izin-{n:02}", letters=f"Z{chr(65 + n // 26)}{chr(65 + n % 26)}")
        for n in range(32)
    ]  # fmt: skip
    names = tuple(service.id for service in services)
    data = replace(samarinda(*services))
    kept = without(
        papers_of_samarinda(),
        "wewenang-wali-kota", "rekomendasi-dlh", "delegasi-reklame", "mandat-kabid", "ub-kasi",
    )  # fmt: skip
    papers = [
        *kept,
        position("kepala-tata-ruang", "pupr", superior="wali-kota"),
        position("kepala-pupr", "pupr", superior="wali-kota"),
        attribution(
            "tugas", "kepala-tata-ruang", on="perda#1", since="2016-11-01", services=names
        ),
        delegation(
            "delegasi", "kepala-tata-ruang", "kepala-dpmptsp", on="kepdis-1-2020#1",
            since="2020-01-02", services=names,
        ),
        succession("bubar", "kepala-tata-ruang", None, since="2021-02-01"),
    ]  # fmt: skip
    world = World.make(url, folder, regions_=(data, surabaya()))
    world.hands.now = at("2021-01-11T09:00")
    enter(world, *papers)
    give_letters(world)
    yield Web(world)
    world.close()


def test_32_services_whose_power_moved_between_agencies(database_url: str, tmp_path: Path) -> None:
    with tanjungpinang(database_url, tmp_path) as web:
        assert {each["cover"] for each in ask(web, "coverage")["items"]} == {"held"}
        (alarm,) = ask(web, "radar")["items"]
        assert (alarm["last_day"], alarm["causes"][0]["id"]) == ("2021-01-31", "bubar")
        (loss,) = alarm["losses"]
        assert (loss["left"], len(loss["services"])) == ("nobody", 32)
        (same_loss,) = ask(web, "what-if?kind=grant&id=tugas&on=2021-01-20")["items"]
        assert (same_loss["left"], len(same_loss["services"])) == ("nobody", 32)

        web.world.hands.now = at("2021-02-01T09:00")
        stopped = ask(web, "coverage")["items"]
        assert [each["cover"] for each in stopped] == ["none"] * 32

        # The paper is corrected: the tasks go to the public works agency, and what rests on them goes on.
        moved = succession("bubar", "kepala-tata-ruang", "kepala-pupr", since="2021-02-01")
        confirm(web.world, moved)
        web.world.hands.pass_time(seconds=1)
        after = ask(web, "coverage?limit=200")["items"]
        assert {each["cover"] for each in after} == {"held"}
        givers = ask(web, "mine?officer=smr.hadi")["items"]
        assert [each["giver"]["position"] for each in givers] == ["kepala-pupr"]
        before = ask(web, "coverage?known=2021-01-31")["items"]
        assert [each["cover"] for each in before] == ["none"] * 32


def test_decisions_under_an_entry_by_acting_officers_and_questioned_by_later_facts(
    medan: Web,
) -> None:
    world = medan.world
    world.hands.now = at("2021-01-20T09:00")
    numbers = [ready_to_decide(medan) for _ in range(2)]
    for number in numbers:
        world.act(number, "hadi", "complete", "decide")
    acting = ask(medan, "decisions?acting=true")["items"]
    assert [each["number"] for each in acting] == numbers[::-1]
    assert {each["form"] for each in acting} == {"plt"}
    for named in ("grant=delegasi-reklame", "incumbency=plt-hadi", "position=kepala-dpmptsp"):
        assert [each["number"] for each in ask(medan, f"decisions?{named}")["items"]] == numbers[
            ::-1
        ]
    under_law = ask(medan, "decisions?instrument=uu-23-2014&limit=1")
    more = ask(medan, f"decisions?instrument=uu-23-2014&limit=1&cursor={under_law['next_cursor']}")
    assert [page["items"][0]["number"] for page in (under_law, more)] == numbers[::-1]
    assert more["next_cursor"] is None
    assert len(ask(medan, "decisions")["items"]) == 4  # with the recommendations of DLH
    assert ask(medan, "decisions?position=kepala-dinkes")["items"] == []
    assert ask(medan, "decisions?questioned=true")["items"] == []

    world.hands.now = at("2021-02-03T09:00")
    confirm(world, changed(of_medan(), "plt-hadi", until=day("2021-01-15")))
    while later_facts.review_once(world.ctx):
        pass
    doubted = ask(medan, "decisions?questioned=true&acting=true")["items"]
    assert [(each["number"], each["questioned"]) for each in doubted] == [
        (number, "letter_ended") for number in numbers[::-1]
    ]
    two = medan.get("/authority/decisions?grant=x&position=y", "ketua")
    assert refused(two) == (422, "invalid_query")


def test_entries_are_listed_by_kind_and_state_and_as_they_counted_once(medan: Web) -> None:
    world = medan.world
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ask(medan, f"entries?kind=grant&limit=1{cursor}")
        seen += [each["id"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == ["delegasi-reklame", "rekomendasi-dlh", "wewenang-wali-kota"]
    before = world.hands.now.isoformat().replace("+", "%2B")
    world.hands.pass_time(hours=1)
    confirm(
        world, changed(of_medan(), "plt-hadi", until=day("2021-02-26")), by="joko", second="lina"
    )
    now = ask(medan, "entries/incumbency/plt-hadi", "wati")["items"]
    assert [(each["revision"], each["state"], each["entered_by"]) for each in now] == [
        (1, "superseded", "smr.lina"),
        (2, "confirmed", "smr.joko"),
    ]
    old = ask(medan, f"entries?kind=incumbency&known={before}")["items"]
    (then,) = (each for each in old if each["id"] == "plt-hadi")
    assert (then["revision"], then["entry"]["until"]) == (1, "2021-01-26")
    superseded = ask(medan, "entries?kind=incumbency&state=superseded")["items"]
    assert [each["id"] for each in superseded] == ["plt-hadi"]
    assert refused(medan.get("/authority/entries/grant/tiada", "ketua")) == (404, "unknown_entry")
    for nowhere in ("tiada/x", "grant/%00", "grant/%ED%A0%80"):
        answer = medan.get(f"/authority/entries/{nowhere}", "ketua")
        assert refused(answer) == (404, "unknown_entry"), nowhere
    nul = write_cursor(("grant", "\x00", 1))
    assert refused(medan.get(f"/authority/entries?cursor={nul}", "ketua")) == (
        422,
        "invalid_query",
    )
    assert refused(medan.get("/authority/entries?known=2021-01-01&state=drafted", "ketua")) == (
        422,
        "invalid_query",
    )


CANNOT_BE_ASKED = (
    "radar?at=besok",
    "radar?at=0001-01-01",
    "radar?at=9999-12-31",
    "radar?known=kemarin",
    "radar?known=2021-01-01T09:00:00",
    "radar?days=0",
    "what-if?kind=position&id=kepala-dlh",
    "what-if?kind=grant",
    "who?case=SMR-REK-2021-000001-1",
    "coverage?cursor=bukan",
    "coverage?cover=semua",
)


def test_a_question_that_cannot_be_asked_is_told_why(medan: Web) -> None:
    for path in CANNOT_BE_ASKED:
        answer = medan.get(f"/authority/{path}", "ketua")
        assert refused(answer) == (422, "invalid_query"), path


def test_an_unknown_entry_step_or_case_is_not_there(medan: Web) -> None:
    number = medan.world.open("izin-reklame").view["number"]
    assert refused(medan.get("/authority/what-if?kind=grant&id=tiada", "ketua")) == (
        404,
        "unknown_entry",
    )
    assert medan.get(f"/authority/who?case={number}&step=tiada", "ketua").status_code == 404
    assert refused(medan.get(f"/authority/who?case={number}&step=decide", "tono")) == (
        404,
        "unknown_case",
    )


def test_a_step_that_asks_no_register_says_so(medan: Web) -> None:
    number = medan.world.open("izin-reklame").view["number"]
    who = ask(medan, f"who?case={number}&step=verify")
    assert (who["action"], who["items"], who["roles"]) == (None, [], ["officer"])


def test_another_region_has_a_register_of_its_own(medan: Web) -> None:
    assert ask(medan, "entries", "sby.audit")["items"] == []
    coverage = ask(medan, "coverage", "sby.audit")["items"]
    assert [each["cover"] for each in coverage] == ["unchecked"]
    assert ask(medan, "findings?since=2015-01-01", "sby.audit")["items"] == []
    foreign = medan.get("/authority/what-if?kind=grant&id=delegasi-reklame", "sby.audit")
    assert refused(foreign) == (404, "unknown_entry")


# --- on the command line ------------------------------------------------------------------------------


def test_the_same_questions_on_the_command_line(
    database_url: str, tmp_path: Path, medan: Web
) -> None:
    medan.world.hands.now = at("2021-01-20T09:00")
    number = ready_to_decide(medan)
    environment = environment_for(database_url, tmp_path)

    def told(*words: str, code: int = 0) -> str:
        result = run_command(environment, ["authority", *words])
        assert result.exit_code == code, result.output
        return result.output

    here = ("--region", "64.72")
    radar = told("radar", *here, "--at", "2020-12-21")
    assert "2021-01-26" in radar
    assert "letter_ends plt-hadi" in radar
    assert "smr.andi (wali-kota)" in radar
    assert json.loads(told("radar", *here, "--at", "2020-12-21", "--json")) == ask(
        medan, "radar?at=2020-12-21"
    )
    assert "nothing ends" in told("radar", *here, "--at", "2021-06-01")
    assert "wali-kota by attribution" in told("coverage", *here, "--at", "2021-01-20")
    assert "vacant" in told("findings", *here, "--at", "2021-02-01")
    assert "smr.hadi" in told("who", number, "decide", "--at", "2021-01-20")
    assert "delegation" in told("mine", "--officer", "smr.hadi", "--at", "2021-01-20")
    assert "holds no power" in told("mine", "--officer", "smr.tono", "--at", "2021-01-20")
    assert "elsewhere" in told("what-if", "incumbency", "plt-hadi", *here, "--at", "2021-01-20")
    assert "kepala-dpmptsp" in told("powers", *here, "--at", "2021-02-01")
    assert "plt-hadi" in told("entries", *here, "--kind", "incumbency")
    assert "No grant is drafted" in told("entries", *here, "--kind", "grant", "--state", "drafted")
    assert "recommend" in told("decisions", *here, "--entry", "grant:rekomendasi-dlh")
    assert "name one; there are 35.78, 64.72" in told("radar", code=2)
    assert "there is no region 99" in told("radar", "--region", "99", code=2)
    assert "KIND:ID" in told("decisions", *here, "--entry", "x", code=2)
    assert "no officer smr.siapa" in told("mine", "--officer", "smr.siapa", code=2)
