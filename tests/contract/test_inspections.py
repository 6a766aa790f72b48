"""An inspection (peninjauan lapangan): promised, moved and recorded; the applicant is told each time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.region.counter_hours import Hours, read_spans
from casetrack.usecases.case import case_warnings
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support.web import BILLBOARD, Web
from tests.support.world import World, samarinda

PLACE = "Jl. Awang Long, sisi timur"
TUESDAY = {"on": "2026-12-01", "begins": "09:00", "ends": "11:00"}


@pytest.fixture
def web(world: World) -> Web:
    """HTTP on the world, on Monday 23 November 2026."""
    return Web(world)


def begun(web: Web) -> dict[str, Any]:
    """A billboard whose reviews are open."""
    case = web.open(BILLBOARD)
    web.play(case["number"], "dewi declare_complete intake")
    return case


def on(web: Web, number: str, who: str, action: str, step: str = "review_dlh", **said: Any) -> Any:
    path = f"/cases/{number}/steps/{step}/inspections"
    return web.post(path, who, {"action": action, **said}, etag=web.etag(number))


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def at(web: Web, day: date, hour: int) -> None:
    """It is this hour of the day in Samarinda (WITA)."""
    here = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    web.world.hands.now = here - timedelta(hours=8)


def status_of(web: Web, case: dict[str, Any]) -> dict[str, Any]:
    code = {"X-Access-Code": case["access_code"]}
    found: dict[str, Any] = web.get(f"/status/{case['number']}", headers=code).get_json()
    return found


def types(web: Web, number: str) -> list[str]:
    found = web.get(f"/cases/{number}/events", "audit").get_json()["items"]
    return [
        each["type"].removeprefix("casetrack.") for each in found if ".inspection." in each["type"]
    ]


def told(web: Web, number: str) -> list[str]:
    web.deliver()
    found = web.get(f"/cases/{number}/messages", "audit").get_json()["items"]
    return [kind for each in found for kind in each["types"] if ".inspection." in kind]


def is_sound(web: Web) -> bool:
    assert list(rebuild(web.world.ctx, None, lambda _: None)) == []
    return verify(web.world.ctx, progress=lambda _: None).fault is None


def test_a_promise_is_moved_reminded_of_and_kept_and_the_applicant_reads_all_of_it(
    web: Web,
) -> None:
    case = begun(web)
    number = case["number"]
    due = web.get(f"/cases/{number}", "audit").get_json()["due_at"]
    view = done(on(web, number, "rudi", "promise", place=PLACE, **TUESDAY))
    (made,) = view["inspections"]
    assert (made["step"], made["state"], made["moves"]) == ("review_dlh", "promised", [])
    (shown,) = status_of(web, case)["inspections"]
    assert shown["place"] == PLACE
    assert "Selasa, 1 Desember 2026 pukul 09.00-11.00 WITA" in shown["message"]["id"]
    assert "inspections" not in web.get(f"/status/{number}").get_json()
    again = on(web, number, "rudi", "promise", place=PLACE, **TUESDAY).get_json()
    assert again["code"] == "inspection_promised"
    wednesday = {**TUESDAY, "on": "2026-12-02"}
    done(
        on(
            web,
            number,
            "rudi",
            "move",
            moved_by="applicant",
            note="Pemohon di luar kota",
            **wednesday,
        )
    )
    (shown,) = status_of(web, case)["inspections"]
    assert (shown["on"], shown["moves"]) == ("2026-12-02", 1)
    assert "terakhir atas permintaan pemohon" in shown["message"]["id"]
    early = on(web, number, "rudi", "record", outcome="done").get_json()
    assert early["code"] == "inspection_to_come"
    at(web, date(2026, 11, 30), 23)
    assert case_warnings.warn_once(web.world.ctx) == 0
    at(web, date(2026, 12, 1), 8)
    assert case_warnings.warn_once(web.world.ctx) == 1
    assert case_warnings.warn_once(web.world.ctx) == 0
    at(web, date(2026, 12, 2), 12)
    view = done(on(web, number, "rudi", "record", outcome="done"))
    assert view["inspections"][0]["state"] == "done"
    assert view["due_at"] == due, "no limit stands still for it, whoever wanted it moved"
    assert types(web, number) == [
        "inspection.promised",
        "inspection.moved",
        "inspection.near",
        "inspection.done",
    ]
    assert told(web, number) != []
    page = web.flask.test_client().post(
        "/status", data={"number": number, "code": case["access_code"]}
    )
    assert "Peninjauan lapangan" in page.text
    assert PLACE in page.text
    for kind in ("registration", "clock"):
        slip = web.get(f"/cases/{number}/slips/{kind}", "dewi").text
        assert "Peninjauan lapangan" in slip
        assert PLACE not in slip
    gone = on(web, number, "rudi", "record", outcome="done").get_json()
    assert gone["code"] == "no_inspection"
    assert is_sound(web)


def test_nobody_was_met_is_written_down_with_whose_fault_it_was_and_another_one_promised(
    web: Web,
) -> None:
    case = begun(web)
    number = case["number"]
    done(on(web, number, "rudi", "promise", place=PLACE, **TUESDAY))
    at(web, date(2026, 12, 1), 12)
    done(on(web, number, "rudi", "record", outcome="not_met", because_of="applicant"))
    (shown,) = status_of(web, case)["inspections"]
    assert "tidak ada di tempat" in shown["message"]["id"]
    later = {**TUESDAY, "on": "2026-12-03"}
    done(on(web, number, "rini", "promise", place=PLACE, **later))
    web.play(number, "rudi complete review_dlh favourable")
    states = [
        each["state"] for each in web.get(f"/cases/{number}", "audit").get_json()["inspections"]
    ]
    assert states == ["not_met", "cancelled"], "the step is over, and so is what it promised"
    at(web, date(2026, 12, 2), 8)
    assert case_warnings.warn_once(web.world.ctx) == 0
    late = on(web, number, "rudi", "promise", place=PLACE, **{**TUESDAY, "on": "2026-12-08"})
    assert late.get_json()["code"] == "status_forbids"
    assert is_sound(web)


@pytest.mark.parametrize(
    ("said", "at_"),
    [
        ({**TUESDAY, "on": "2026-11-29"}, "on"),
        ({**TUESDAY, "on": "2026-11-20"}, "on"),
        ({**TUESDAY, "ends": "08:30"}, "ends"),
        ({**TUESDAY, "begins": "9"}, "begins"),
        ({"on": "2026-12-01", "begins": "09:00"}, "ends"),
        ({**TUESDAY, "moved_by": "agency"}, "moved_by"),
    ],
)
def test_a_slot_lies_in_the_working_days_to_come(web: Web, said: dict[str, Any], at_: str) -> None:
    number = begun(web)["number"]
    wrong = on(web, number, "rudi", "promise", place=PLACE, **said)
    assert wrong.status_code == 422, wrong.text
    assert wrong.get_json()["errors"][0]["at"] == at_


def test_another_agency_promises_nothing_and_a_file_on_its_way_back_keeps_its_promise(
    web: Web,
) -> None:
    number = begun(web)["number"]
    stranger = on(web, number, "sari", "promise", place=PLACE, **TUESDAY)
    assert stranger.status_code == 403
    done(on(web, number, "sari", "promise", step="review_dishub", place=PLACE, **TUESDAY))
    defects = [{"requirement": "ktp", "text": "Buram"}]
    for who, action, step, more in (
        ("rudi", "return", "review_dlh", {"defects": defects}),
        ("dewi", "send_return", None, {}),
    ):
        answer = web.act(number, who, action, step, etag=web.etag(number), **more)
        assert answer.status_code == 200, answer.text
    (kept,) = web.get(f"/cases/{number}", "audit").get_json()["inspections"]
    assert kept["state"] == "promised"
    assert is_sound(web)


def test_a_slot_lies_in_the_hours_of_the_agency_where_the_region_says_them(
    database_url: str, tmp_path: Path
) -> None:
    week = {"tue": read_spans("08:00-11:30, 13:30-16:00")}
    hours = (Hours(date(2020, 1, 1), "Perwali 1/2020", week),)
    ours = samarinda()
    agencies = tuple(
        replace(each, hours=hours) if each.id == "dlh" else each for each in ours.agencies
    )
    world = World.make(database_url, tmp_path, regions_=(replace(ours, agencies=agencies),))
    web = Web(world)
    number = begun(web)["number"]
    for begins, ends in (("07:00", "09:00"), ("15:00", "17:00")):
        slot = {"on": "2026-12-01", "begins": begins, "ends": ends}
        wrong = on(web, number, "rudi", "promise", place=PLACE, **slot).get_json()
        assert [each["at"] for each in wrong["errors"]] == ["begins"]
    done(on(web, number, "rudi", "promise", place=PLACE, **TUESDAY))
    world.close()
