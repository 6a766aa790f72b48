"""A day at the counter, 4 August 2026: no power from 10:00 to 14:00, and the counter goes on by hand.

Over HTTP, on both databases.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from casetrack.storage import schema
from casetrack.usecases.case import figures
from casetrack.usecases.proof.verify import verify
from tests.contract.test_people import faults
from tests.support import demo
from tests.support.commands import run_command
from tests.support.stories import BUDI, FACTS, SCAN, UNTIL_SIGNATURE, City, samarinda
from tests.support.web import refused
from tests.support.world import environment_for

RATNA = {"kind": "person", "name": "Ratna Dewi", "nik": "6472015203850004"}
PROXY = {
    "kind": "person",
    "name": "Rahmat Hidayat",
    "power": {"acts": ["file", "complete", "collect"], "until": "2026-12-31"},
}
MISSPELT = {
    "ground": "substance",
    "instrument": {"number": "503/77/2026", "dated": "2026-08-11"},
    "found_on": "2026-08-11",
}
PRESENT = {"party": "representative", "document": "ktp", "signature": "paper"}


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    for city in samarinda(database_url, tmp_path):
        city.at("2026-08-04T08:00")
        yield city


def reserved(city: City, service: str = "surat-keterangan", count: int = 5) -> dict[str, Any]:
    answer = city.post("/number-blocks", "supervisor", {"service": service, "count": count})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def paper(city: City, number: str, at: str, **more: Any) -> Any:
    service = more.pop("service", "surat-keterangan")
    body = {
        "service": service,
        "facts": FACTS[service],
        "applicant": RATNA,
        "documents": demo.documents(service, FACTS[service]),
        "late": {
            "number": number,
            "occurred_at": f"{at}+08:00",
            "reason": "power_cut",
            "sha256": SCAN,
        },
        **more,
    }
    return city.post("/cases", "clerk", body)


def test_the_counter_s_day(city: City) -> None:
    # Before the power goes: a walk-in without telephone, by a proxy, for the wrong service.
    wrong = city.open(
        {
            "service": "surat-keterangan",
            "facts": {},
            "applicant": BUDI,
            "representative": PROXY,
            "documents": demo.documents("surat-keterangan", {}),
        },
        "clerk",
    )
    right = city.open(
        {
            "service": "izin-reklame",
            "facts": FACTS["izin-reklame"],
            "applicant": BUDI,
            "representative": PROXY,
            "documents": demo.documents("izin-reklame", FACTS["izin-reklame"]),
            "links": [{"kind": "replaces", "number": wrong["number"]}],
        },
        "clerk",
    )
    closed = city.on(wrong["number"], "clerk", "actions", action="close", reason="wrong_service")
    assert closed.status_code == 200, closed.text
    shown = city.get(f"/status/{wrong['number']}", headers=_code(wrong)).get_json()
    assert shown["continued_as"] == right["number"]
    untold = city.get("/untold", "clerk").get_json()
    assert untold["next_cursor"] is None

    # The supervisor sets numbers aside, and they are printed.
    block = reserved(city)
    numbers = [each["number"] for each in block["numbers"]]
    assert [each["state"] for each in block["numbers"]] == ["reserved"] * 5
    slips = city.get(f"/number-blocks/{block['id']}/slips", "clerk")
    assert slips.status_code == 200
    for number in numbers:
        assert number in slips.text
    assert "bukan izin" in slips.text
    # Whoever comes before the power goes gets a number behind the block, and none is given twice.
    city.at("2026-08-04T09:30")
    next_one = str(city.take_in("surat-keterangan")["number"])
    assert next_one not in numbers
    assert int(next_one.split("-")[-2]) == int(numbers[-1].split("-")[-2]) + 1

    # The power is gone from 10:00 to 14:00; three come. Afterwards each is typed in with its own hour.
    city.at("2026-08-04T14:10")
    hours = ["2026-08-04T10:20:00", "2026-08-04T11:05:00", "2026-08-04T13:40:00"]
    for number, hour in zip(numbers, hours, strict=False):
        entered = paper(city, number, hour, representative=PROXY)
        assert entered.status_code == 201, entered.text
        case = entered.get_json()
        assert (case["number"], len(case["access_code"])) == (number, 8)
        (opened,) = city.get(f"/cases/{number}/events", "auditor").get_json()["items"]
        assert opened["occurred_at"] < opened["recorded_at"]
        assert opened["data"]["late"]["reason"] == "power_cut"
        assert case["opened_at"] == opened["occurred_at"]
        code = {"X-Access-Code": case["access_code"]}
        assert city.get(f"/status/{number}", headers=code).status_code == 200
    while figures.count_once(city.world.ctx):
        pass
    report = city.get("/reports/service-levels?service=surat-keterangan", "auditor").get_json()
    assert [(row["opened"], row["entered_late"]) for row in report["items"]] == [(5, 3)]
    # The completeness check counts from the day on the paper.
    of_paper = city.get(f"/cases/{numbers[0]}", "clerk").get_json()["steps"][0]
    of_now = city.get(f"/cases/{next_one}", "clerk").get_json()["steps"][0]
    assert of_paper["due_at"] == of_now["due_at"]
    assert of_paper["due_at"].startswith("2026-08-05T15:59:59")

    # A strip with a code was lost: the new code opens, the old one does no more, and a wrong click is
    # taken back by the supervisor with a reason.
    lost = right["access_code"]
    new = city.on(right["number"], "clerk", "actions", action="reissue_code").get_json()
    assert new["access_code"] != lost
    assert _told(city, new) is not None
    assert _told(city, {**new, "access_code": lost}) is None
    city.follow(right["number"], "clerk declare_complete intake")
    clicked = city.do(right["number"], "dlh", "complete", "review_dlh", result="unfavourable")
    assert clicked.status_code == 200, clicked.text
    because = {"reason": "salah tekan"}
    taken_back = city.do(right["number"], "smr.dlh.supervisor", "reopen", "review_dlh", **because)
    assert taken_back.status_code == 200, taken_back.text
    assert taken_back.get_json()["status"] == "in_progress"
    city.follow(right["number"], "dlh complete review_dlh favourable")

    # The fourth slip was spoiled, the fifth was not needed: both are closed, and verify knows.
    act = f"/number-blocks/{block['id']}/actions"
    spoiled = {"action": "close", "reason": "spoiled", "numbers": [numbers[3]]}
    assert city.post(act, "supervisor", spoiled).status_code == 200
    rest = city.post(act, "supervisor", {"action": "close", "reason": "not_needed"}).get_json()
    assert [(each["state"], each["reason"]) for each in rest["numbers"]] == [
        ("used", None), ("used", None), ("used", None),
        ("closed", "spoiled"), ("closed", "not_needed"),
    ]  # fmt: skip
    assert rest["counts"] == {"reserved": 0, "used": 3, "closed": 2}
    assert refused(paper(city, numbers[4], hours[0])) == (409, "number_settled")
    again = city.post(act, "supervisor", {"action": "close", "reason": "lost"})
    assert refused(again) == (409, "number_settled")
    assert right["number"] not in numbers
    assert faults(city.world) is None

    # The permit is signed on the next day and handed over; six days later a word in it is corrected.
    city.at("2026-08-05T09:00")
    city.follow(
        right["number"],
        """
        dishub complete review_dishub favourable
        pupr complete review_pupr conditional
        dpmptsp complete verify
        """
        + UNTIL_SIGNATURE["izin-reklame"]
        + "signer complete sign",
    )
    assert city.on(right["number"], "clerk", "actions", action="hand_over").status_code == 200
    city.at("2026-08-11T09:00")
    (permit,) = city.get(f"/cases/{right['number']}/products", "auditor").get_json()["items"]
    door = f"products/{permit['id']}/actions"
    corrected = city.on(right["number"], "signer", door, action="correct", reason=MISSPELT)
    assert corrected.status_code == 200, corrected.text
    (permit,) = city.get(f"/cases/{right['number']}/products", "auditor").get_json()["items"]
    assert permit["state"] == "corrected"
    waiting = city.get("/worklist?list=hand_over", "clerk").get_json()["items"]
    assert right["number"] in [each["number"] for each in waiting], "it is to be handed over anew"
    assert faults(city.world) is None


def _code(case: dict[str, Any]) -> dict[str, str]:
    return {"X-Access-Code": case["access_code"]}


def _told(city: City, case: dict[str, Any]) -> str | None:
    """What only the code opens."""
    answer = city.get(f"/status/{case['number']}", headers=_code(case)).get_json()
    told: str | None = answer.get("next_action")
    return told


def test_what_the_paper_cannot_be_is_refused_where_it_is_said(city: City) -> None:
    block = reserved(city)
    number = block["numbers"][0]["number"]
    free = block["numbers"][1]["number"]
    city.at("2026-08-04T14:10")
    assert paper(city, number, "2026-08-04T10:00:00").status_code == 201
    for wrong, at, service in (
        (free, "2026-08-04T07:00:00", "surat-keterangan"),
        (free, "2026-08-04T15:00:00", "surat-keterangan"),
        (free, "2026-08-04T10:00:00", "izin-reklame"),
        ("SMR-SKT-2026-999999-5", "2026-08-04T10:00:00", "surat-keterangan"),
    ):
        answer = paper(city, wrong, at, service=service)
        assert answer.status_code in (400, 422), (wrong, at, answer.text)
    assert refused(paper(city, number, "2026-08-04T10:00:00")) == (409, "number_settled")
    # However it is typed, it is that number.
    typed = free.replace("-", " ").lower()
    assert paper(city, typed, "2026-08-04T10:00:00").get_json()["number"] == free


def test_numbers_that_are_lost_are_found(city: City) -> None:
    block = reserved(city)
    number = block["numbers"][0]["number"]
    city.at("2026-08-04T14:10")
    assert paper(city, number, "2026-08-04T10:00:00").status_code == 201
    ctx, table = city.world.ctx, schema.reserved_numbers
    free = block["numbers"][2]["number"]
    for change in (
        update(table).where(table.c.number == free).values(state="used"),
        update(table).where(table.c.number == number).values(state="reserved"),
        delete(table).where(table.c.number == free),
    ):
        with city.world.database.write() as uow:
            uow.execute(change)
        fault = verify(ctx, progress=lambda _: None).fault
        assert fault is not None
        assert fault.kind == "case_number"
        with city.world.database.write() as uow:
            uow.execute(update(table).where(table.c.number == free).values(state="reserved"))
            uow.execute(update(table).where(table.c.number == number).values(state="used"))


def test_a_hand_over_on_paper_is_entered_late_with_who_when_and_which_document(city: City) -> None:
    number = city.case("surat-keterangan", "clerk declare_complete intake")
    case = city.get(f"/cases/{number}", "auditor").get_json()
    for step in case["steps"][1:]:
        if step["kind"] in ("hand_over",):
            break
        who = {"decide": "signer", "sign": "signer"}.get(step["kind"], "dpmptsp")
        done = city.do(number, who, "complete", step["id"])
        assert done.status_code == 200, (step, done.text)
    status = city.get(f"/cases/{number}", "auditor").get_json()["status"]
    assert status == "granted"
    city.at("2026-08-04T14:10")
    early = {"occurred_at": "2026-08-04T07:00:00+08:00", "reason": "power_cut", "sha256": SCAN}
    said = {**early, "occurred_at": "2026-08-04T11:30:00+08:00"}
    assert refused(city.on(number, "supervisor", "late-entries", **early)) == (422, "before_ready")
    assert refused(city.on(number, "clerk", "late-entries", **said)) == (403, "role_not_allowed")
    admitted = city.on(number, "supervisor", "late-entries", **said)
    assert admitted.status_code == 200, admitted.text
    (late,) = admitted.get_json()["late"]
    present = {"party": "applicant", "document": "ktp", "signature": "paper"}
    body = {"action": "hand_over", "late": late["id"], "present": present}
    done = city.on(number, "clerk", "actions", **body)
    assert done.status_code == 200, done.text
    record = done.get_json()["hand_overs"][-1]
    assert (record["at"], record["late"]) == ("2026-08-04T03:30:00.000000Z", late["id"])
    assert record["present"]["document"] == "ktp"
    events = city.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    assert events[-1]["type"] == "casetrack.case.handed_over"
    assert events[-1]["occurred_at"] == "2026-08-04T03:30:00.000000Z"
    assert events[-1]["recorded_at"] > events[-1]["occurred_at"]
    assert refused(city.on(number, "clerk", "actions", **body))[0] == 409
    assert faults(city.world) is None


def test_the_operator_sets_numbers_aside_and_prints_them(
    city: City, database_url: str, tmp_path: Path
) -> None:
    slips, environment = tmp_path / "slips.html", environment_for(database_url, tmp_path)
    words = ["numbers", "reserve", "surat-keterangan", "3", "--slips", str(slips)]
    told = run_command(environment, words)
    assert told.exit_code == 0, told.output
    assert "3 numbers" in told.output
    assert slips.read_text().count("bukan izin") == 3
    assert "surat-keterangan" in run_command(environment, ["numbers", "list"]).output
    unknown = run_command(environment, ["numbers", "reserve", "no-such", "3"])
    assert unknown.exit_code == 2
