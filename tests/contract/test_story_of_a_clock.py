"""Every limit says its days one by one: over Nyepi and Lebaran 2026, with pauses, after late decrees."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.clock import DayKind, DayOverride, NamedDay
from casetrack.domain.region.counter_hours import Hours, WorkPattern, read_spans
from casetrack.domain.region.decree import Decree
from casetrack.usecases.case import moved_deadlines
from casetrack.usecases.region import decrees, loading
from tests.support.commands import run_command
from tests.support.web import BILLBOARD, Web
from tests.support.world import (
    MASTER,
    SAMARINDA,
    SECRET,
    World,
    billboard,
    days,
    letter,
    samarinda,
    surabaya,
)

FIVE_DAYS = replace(billboard(), limit=days(5))


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    regions = (samarinda(FIVE_DAYS, letter()), surabaya())
    world = World.make(database_url, tmp_path, regions_=regions)
    yield Web(world)
    world.close()


def at(web: Web, text: str) -> None:
    """It is this moment in Samarinda (WITA)."""
    web.world.hands.now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def complete(web: Web, body: Any = BILLBOARD) -> str:
    number = str(web.open(body)["number"])
    web.play(number, "dewi declare_complete intake")
    return number


def clock(web: Web, number: str, who: str = "dewi") -> dict[str, Any]:
    answer: dict[str, Any] = web.get(f"/cases/{number}/clock", who).get_json()
    return answer


def of_case(web: Web, number: str) -> dict[str, Any]:
    (found,) = [each for each in clock(web, number)["items"] if each["step"] is None]
    limit: dict[str, Any] = found
    return limit


def texts(limit: dict[str, Any], language: str = "id") -> list[str]:
    return [day["text"][language] for day in limit["days"]]


# --- a billboard, complete on Friday 13 March 2026 --------------------------------------------


def test_a_billboard_complete_on_13_march_2026_is_due_on_the_27th_and_says_why(web: Web) -> None:
    at(web, "2026-03-13T10:00")
    number = complete(web)
    limit = of_case(web, number)
    assert limit["due_at"].startswith("2026-03-27T15:59:59")
    assert texts(limit) == [
        "Jum 13 Maret: berkas dinyatakan lengkap, hari ke-0",
        "Sab 14 Maret: akhir pekan, tidak dihitung",
        "Min 15 Maret: akhir pekan, tidak dihitung",
        "Sen 16 Maret: hari kerja ke-1",
        "Sel 17 Maret: hari kerja ke-2",
        "Rab 18 Maret: cuti bersama Hari Suci Nyepi, tidak dihitung",
        "Kam 19 Maret: hari libur nasional (Hari Suci Nyepi), tidak dihitung",
        "Jum 20 Maret: cuti bersama Hari Raya Idul Fitri, tidak dihitung",
        "Sab 21 Maret: hari libur nasional (Hari Raya Idul Fitri), tidak dihitung",
        "Min 22 Maret: hari libur nasional (Hari kedua dari Hari Raya Idul Fitri), tidak dihitung",
        "Sen 23 Maret: cuti bersama Hari Raya Idul Fitri, tidak dihitung",
        "Sel 24 Maret: cuti bersama Hari Raya Idul Fitri, tidak dihitung",
        "Rab 25 Maret: hari kerja ke-3",
        "Kam 26 Maret: hari kerja ke-4",
        "Jum 27 Maret: hari kerja ke-5",
    ]
    assert texts(limit, "en")[5].startswith("Wed 18 March: joint leave")
    assert texts(limit, "en")[5].endswith("not counted")
    leave = limit["days"][5]
    assert (leave["counted"], leave["reason"]) == (False, "joint_leave")
    assert "1497/2025" in leave["source"]
    assert limit["calendar"] is not None


def test_who_may_see_the_case_reads_its_clock_and_a_stranger_finds_nothing(web: Web) -> None:
    number = complete(web)
    for who in ("dewi", "rudi", "audit", "ketua"):
        assert clock(web, number, who)["number"] == number
    for who in ("tono", "sby.officer"):
        assert web.get(f"/cases/{number}/clock", who).status_code == 404


def test_a_pause_stands_among_the_days_with_whose_it_is(web: Web) -> None:
    at(web, "2026-07-06T10:00")  # a Monday
    number = complete(web)
    at(web, "2026-07-07T10:00")
    web.act(number, "dewi", "pause", None, reason="external_system")
    at(web, "2026-07-09T10:00")
    standing = of_case(web, number)
    assert (standing["due_at"], standing["used"]) == (None, 1)
    (pause,) = standing["pauses"]
    assert (pause["reason"], pause["whose"], pause["until"]) == (
        "external_system",
        "external_system",
        None,
    )
    assert standing["days"][-1]["text"]["id"] == (
        "Kam 9 Juli: waktu berhenti, menunggu sistem instansi lain, tidak dihitung"
    )
    at(web, "2026-07-10T10:00")
    web.act(number, "dewi", "resume", None)
    limit = of_case(web, number)
    stood = [day["day"] for day in limit["days"] if day["reason"] == "pause"]
    assert stood == ["2026-07-08", "2026-07-09"]
    assert {day["whose"] for day in limit["days"] if day["reason"] == "pause"} == {
        "external_system"
    }
    assert limit["due_at"].startswith(limit["days"][-1]["day"])
    assert [day["count"] for day in limit["days"] if day["counted"]] == [1, 2, 3, 4, 5]


def test_days_that_wait_for_the_applicant_are_the_applicant_s(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    number = complete(web)
    for who, step in (("rudi", "review_dlh"), ("sari", "review_dishub")):
        web.act(number, who, "return", step, defects=[{"requirement": "ktp", "text": "buram"}])
    web.act(number, "dewi", "send_return", None)
    at(web, "2026-07-10T10:00")
    web.act(number, "dewi", "resubmit", None, documents=[{"requirement": "ktp"}])
    answer = clock(web, number)
    for limit in answer["items"]:
        stood = [day for day in limit["days"] if day["reason"] == "pause"]
        assert {day["whose"] for day in stood} == {"applicant"}, limit["step"]
        assert {pause["reason"] for pause in limit["pauses"]} == {"applicant"}


def test_a_limit_that_was_met_is_told_too_and_as_it_was_counted(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    number = complete(web)
    past = clock(web, number)["past"]
    assert [each["step"] for each in past] == ["intake"]
    assert past[0]["days"][-1]["day"] == "2026-07-07"


# --- decrees --------------------------------------------------------------------------------------

INDEPENDENCE = date(2025, 8, 18)


def decree(kind: DayKind, day: date = INDEPENDENCE, source: str = "SKB 933/2025") -> Decree:
    named = NamedDay(day, kind, "Cuti bersama Kemerdekaan", "Independence joint leave", source)
    return Decree(source, date(2025, 8, 7), (named,))


def load(web: Web, what: Decree) -> int:
    decrees.load_decree(web.world.ctx, what, "operator")
    return decrees.move_limits(web.world.ctx, lambda *_: None, lambda _: None)


def moves(web: Web, number: str) -> list[dict[str, Any]]:
    items = web.get(f"/cases/{number}/events?limit=200", "audit").get_json()["items"]
    return [each for each in items if each["type"] == "casetrack.case.deadlines_moved"]


def test_18_august_2025_became_joint_leave_two_weeks_before_and_each_case_moved_once(
    web: Web,
) -> None:
    # The package as it was in July 2025 knew the 18th as a working day.
    load(web, decree("working_day", source="paket sebelum 7 Agustus 2025"))
    at(web, "2025-08-04T09:00")
    early = complete(web)  # due on the 11th: the decree does not concern it
    at(web, "2025-08-07T09:00")
    numbers = [complete(web) for _ in range(3)]
    at(web, "2025-08-12T09:00")
    numbers.append(complete(web))
    before = {number: of_case(web, number)["due_at"] for number in numbers}
    assert before[numbers[-1]].startswith("2025-08-19")
    later = complete(web, {**BILLBOARD, "service": "surat-keterangan", "facts": {}, "documents": [
        {"requirement": "ktp"}]})  # fmt: skip

    assert load(web, decree("joint_leave")) == 1
    limit = of_case(web, numbers[-1])
    assert limit["due_at"].startswith("2025-08-20")
    (day,) = [day for day in limit["days"] if day["day"] == "2025-08-18"]
    assert (day["counted"], day["reason"], day["source"]) == (False, "joint_leave", "SKB 933/2025")
    assert day["text"]["id"] == "Sen 18 Agustus: cuti bersama Kemerdekaan, tidak dihitung"
    (moved,) = moves(web, numbers[-1])
    assert [each["day"] for each in moved["data"]["days"]] == ["2025-08-18"]
    assert moved["actor"] == {"kind": "system", "id": "calendar"}
    for number in (early, *numbers[:-1], later):
        assert moves(web, number) == []
    assert load(web, decree("joint_leave")) == 0
    assert len(moves(web, numbers[-1])) == 1


def test_a_decree_holds_in_every_region_and_for_what_begins_after_it(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    here = complete(web)
    there = str(web.open({"service": "surat-keterangan", "applicant": {"kind": "person", "name": "S"},
                          "documents": [{"requirement": "ktp"}]}, "sby.clerk")["number"])  # fmt: skip
    web.act(there, "sby.officer", "declare_complete", "intake", etag=web.etag(there, "sby.audit"))
    assert load(web, decree("joint_leave", date(2026, 7, 8))) == 2
    assert len(moves(web, here)) == 1
    began = complete(web)
    for number, who in ((here, "dewi"), (began, "dewi"), (there, "sby.clerk")):
        items = clock(web, number, who)["items"]
        reasons = [d["reason"] for d in items[0]["days"] if d["day"] == "2026-07-08"]
        assert reasons == ["joint_leave"], number
    assert moves(web, began) == []


def test_a_region_s_own_word_about_a_day_goes_before_the_decree(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    number = complete(web)
    duty = DayOverride(date(2026, 7, 8), True, "Piket layanan")
    loading.load(web.world.ctx, replace(samarinda(FIVE_DAYS, letter()), overrides=(duty,)))
    assert load(web, decree("joint_leave", date(2026, 7, 8))) == 0
    (day,) = [d for d in of_case(web, number)["days"] if d["day"] == "2026-07-08"]
    assert (day["counted"], day["reason"]) == (True, "working_day")


class Killed(Exception):
    """The process is gone."""


@pytest.mark.parametrize("killed_after", range(4))
def test_who_is_killed_on_the_way_leaves_the_rest_to_the_clock(web: Web, killed_after: int) -> None:
    at(web, "2026-07-06T10:00")
    moved_deadlines.settle_once(web.world.ctx)
    numbers = [complete(web) for _ in range(3)]
    decrees.load_decree(web.world.ctx, decree("joint_leave", date(2026, 7, 8)), "operator")
    seen: list[str] = []

    def die(number: str) -> None:
        seen.append(number)
        if len(seen) > killed_after:
            raise Killed

    if killed_after < len(numbers):
        with pytest.raises(Killed):
            moved_deadlines.settle(web.world.ctx, SAMARINDA, die)
    else:
        moved_deadlines.settle(web.world.ctx, SAMARINDA, die)
    assert moved_deadlines.settle_once(web.world.ctx) == max(0, 3 - killed_after)
    assert [len(moves(web, number)) for number in numbers] == [1, 1, 1]
    assert moved_deadlines.settle_once(web.world.ctx) == 0


def test_what_was_missed_before_a_decree_is_told_by_the_days_of_then(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    moved_deadlines.settle_once(web.world.ctx)
    number = complete(web)
    due = of_case(web, number)
    web.world.hands.now += timedelta(days=14)
    load(web, decree("joint_leave", date(2026, 7, 8)))
    after = of_case(web, number)
    assert (after["due_at"], after["days"]) == (due["due_at"], due["days"])
    assert after["calendar"] == due["calendar"]


# --- page, sheet, command -------------------------------------------------------------------------


def test_the_applicant_reads_the_days_with_the_code_only(web: Web) -> None:
    at(web, "2026-03-13T10:00")
    case = web.open(BILLBOARD)
    number, code = str(case["number"]), str(case["access_code"])
    web.play(number, "dewi declare_complete intake")
    opened = web.get(f"/status/{number}", headers={"X-Access-Code": code}).get_json()
    (limit,) = opened["limits"]
    assert [day["day"] for day in limit["days"] if day["reason"] == "joint_leave"] == [
        "2026-03-18",
        "2026-03-20",
        "2026-03-23",
        "2026-03-24",
    ]
    assert "limits" not in web.get(f"/status/{number}").get_json()
    said = "Rab 18 Maret: cuti bersama Hari Suci Nyepi, tidak dihitung"
    form = {"number": number, "code": code}
    for language, words in (("id", said), ("en", "Wed 18 March: joint leave")):
        page = (
            web.flask.test_client()
            .post(f"/status?lang={language}", data=form, headers={"Accept": "text/html"})
            .text
        )
        assert words in page
    assert said not in web.get(f"//status?number={number}").text


@pytest.mark.parametrize("kind", ["registration", "clock"])
def test_a_sheet_has_the_days(web: Web, kind: str) -> None:
    at(web, "2026-03-13T10:00")
    number = complete(web)
    page = web.get(f"/cases/{number}/slips/{kind}", "dewi").text
    assert "Batas waktu hari demi hari: 5 hari kerja" in page
    assert "Jum 27 Maret: hari kerja ke-5" in page
    english = web.get(f"/cases/{number}/slips/{kind}?lang=en", "dewi").text
    assert "Fri 27 March: working day 5" in english
    paper = web.get(f"/cases/{number}/slips/{kind}?format=pdf", "dewi")
    assert paper.data.startswith(b"%PDF")
    assert paper.data == web.get(f"/cases/{number}/slips/{kind}?format=pdf", "dewi").data


def test_a_sheet_says_that_the_time_stands_still_and_why(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    number = complete(web)
    web.act(number, "dewi", "pause", None, reason="court")
    page = web.get(f"/cases/{number}/slips/clock", "dewi").text
    assert "Waktu BERHENTI dihitung: menunggu pengadilan." in page


DECREE = """
source: SKB 3 Menteri (uji)
decreed_on: 2026-07-01
days:
  - {day: 2031-07-09, kind: joint_leave, name: {id: Cuti bersama, en: Joint leave}}
"""


def run(web: Web, folder: Path, *words: str, status: int = 0) -> str:
    """What `casetrack` says to these words; its clock is the real one."""
    environment = {
        "CASETRACK_DATABASE_URL": web.world.app.settings.database_url,
        "CASETRACK_DATA_DIR": str(folder),
        "CASETRACK_MASTER_KEY": MASTER,
        "CASETRACK_SECRET_KEY": SECRET,
    }
    result = run_command(environment, words)
    assert result.exit_code == status, result.output
    return result.output


def test_an_operator_loads_a_decree_once_by_the_command(web: Web, tmp_path: Path) -> None:
    at(web, "2031-07-07T10:00")  # the command's clock is the real one: the limit is ahead of it
    number = complete(web)
    file = tmp_path / "skb.yaml"
    file.write_text(DECREE, encoding="utf-8")
    assert "1 days would change" in run(web, tmp_path, "calendar", "load", str(file), "--check")
    assert moves(web, number) == []
    assert "1 days changed; 1 cases' deadlines moved in all." in run(
        web, tmp_path, "calendar", "load", str(file)
    )
    assert "0 days changed; 0 cases' deadlines moved in all." in run(
        web, tmp_path, "calendar", "load", str(file)
    )
    assert len(moves(web, number)) == 1
    shown = run(web, tmp_path, "calendar", "show", "2031")
    assert "2031-07-09  joint_leave  Cuti bersama" in shown
    assert "1497/2025" in run(web, tmp_path, "calendar", "show", "2026")
    file.write_text(DECREE.replace("joint_leave", "joint_leef"), encoding="utf-8")
    assert "cure: did you mean joint_leave?" in run(
        web, tmp_path, "calendar", "load", str(file), status=2
    )
    facts = web.get("/administration", "audit").get_json()["items"]
    loaded = [f["data"] for f in facts if f["type"].endswith("calendar_loaded")]
    assert [each["source"] for each in loaded] == ["SKB 3 Menteri (uji)"]


# --- an agency's own days and its counter -----------------------------------------------------------

HOURS = Hours(
    date(2026, 1, 1),
    "SK Kepala DPMPTSP 1/2026",
    dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), read_spans("08:00-12:00")),
)
THREE_DAYS = WorkPattern(date(2026, 1, 1), "SK Kepala DLH 2/2026", ("mon", "wed", "fri"))


def reload_with(web: Web, **said: Any) -> None:
    """The region's files say more of these agencies."""
    data = samarinda(FIVE_DAYS, letter())
    agencies = tuple(replace(a, **said.get(a.id, {})) for a in data.agencies)
    loading.load(web.world.ctx, replace(data, agencies=agencies))


def test_an_agency_s_own_days_count_for_its_step_and_never_for_the_case_or_the_check(
    web: Web,
) -> None:
    at(web, "2026-07-06T10:00")
    reload_with(web, dlh={"works": (THREE_DAYS,)}, dpmptsp={"works": (THREE_DAYS,)})
    number = complete(web)
    answer = clock(web, number)
    by_step = {each["step"]: each for each in answer["items"]}
    assert by_step["review_dlh"]["due_at"].startswith("2026-07-13")  # Wed, Fri, Mon
    assert by_step["review_dlh"]["basis"] == "SK Kepala DLH 2/2026"
    (thursday,) = [d for d in by_step["review_dlh"]["days"] if d["day"] == "2026-07-09"]
    assert (thursday["reason"], thursday["source"]) == ("not_agency_day", "SK Kepala DLH 2/2026")
    assert by_step["review_dishub"]["due_at"].startswith("2026-07-09")
    assert by_step["review_dishub"]["basis"] is None
    assert by_step[None]["due_at"].startswith("2026-07-13")  # five working days of the state
    assert by_step[None]["basis"] is None
    (check,) = answer["past"]
    assert check["due_at"].startswith("2026-07-07")  # the completeness check is a limit of law


def test_a_pattern_that_comes_later_moves_the_step_and_not_the_case(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    moved_deadlines.settle_once(web.world.ctx)
    number = complete(web)
    before = of_case(web, number)["due_at"]
    reload_with(web, dlh={"works": (THREE_DAYS,)})
    assert moved_deadlines.settle_once(web.world.ctx) == 1
    assert of_case(web, number)["due_at"] == before
    (step,) = [e for e in clock(web, number)["items"] if e["step"] == "review_dlh"]
    assert step["due_at"].startswith("2026-07-13")
    assert moved_deadlines.settle_once(web.world.ctx) == 0


def test_hours_are_shown_where_somebody_asks_when_to_come_and_move_no_limit(web: Web) -> None:
    at(web, "2026-07-06T10:00")
    number = complete(web)
    assert web.get(f"/status/{number}").get_json()["counter"] is None
    before = of_case(web, number)["due_at"]
    reload_with(web, dpmptsp={"hours": (HOURS,)})
    assert moved_deadlines.settle_once(web.world.ctx) == 0
    assert of_case(web, number)["due_at"] == before
    counter = web.get(f"/status/{number}").get_json()["counter"]
    assert (counter["today"], counter["open_now"]) == ("08:00-12:00", True)
    assert (counter["basis"], counter["since"]) == ("SK Kepala DPMPTSP 1/2026", "2026-01-01")
    assert "Loket DPMPTSP buka sekarang" in web.get(f"//status?number={number}").text
    at(web, "2026-07-10T13:00")  # Friday afternoon
    counter = web.get(f"/status/{number}").get_json()["counter"]
    assert (counter["open_now"], counter["next_open_at"][:13]) == (False, "2026-07-13T00")
    page = web.get(f"//status?number={number}").text
    assert "sedang tutup. Buka lagi Senin, 13 Juli 2026 pukul 08.00 WITA" in page
    agencies = web.get("/agencies", "dewi").get_json()["items"]
    (said,) = [each["hours"] for each in agencies if each["id"] == "dpmptsp"]
    assert said[0]["week"]["mon"] == "08:00-12:00"
