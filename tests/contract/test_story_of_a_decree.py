"""A day of joint leave is decreed late: open deadlines move, and each applicant is told once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.clock import DayOverride
from casetrack.usecases.case import deadlines, moved_deadlines
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.stories import BUDI, City
from tests.support.world import SAMARINDA


def loaded(city: City, *leave: date) -> int:
    """The region's files once more, with these days of joint leave; gives how many cases moved."""
    data = demo.region(SAMARINDA)
    days = tuple(DayOverride(day, False, "Cuti bersama") for day in leave)
    loading.load(city.world.ctx, replace(data, overrides=(*data.overrides, *days)))
    return moved_deadlines.move_deadlines(city.world.ctx, SAMARINDA)


def mails_of(city: City) -> set[Path]:
    """Every mail that went out."""
    return set(city.world.mail.glob("*.eml"))


def read(city: City, number: str) -> dict[str, Any]:
    case: dict[str, Any] = city.get(f"/cases/{number}", "auditor").get_json()
    return case


@pytest.mark.parametrize(("service", "decreed"), [("izin-reklame", 5), ("sip-dokter", 3)])
def test_a_late_decree_moves_what_is_open_and_each_applicant_hears_it_once(
    city: City, service: str, decreed: int
) -> None:
    numbers = []
    for place in range(5):
        applicant = {**BUDI, "nik": f"64720101019000{place:02}", "email": f"p{place}@example.id"}
        numbers.append(str(city.take_in(service, applicant)["number"]))
        city.follow(numbers[-1], "clerk declare_complete intake")
    over = city.case(service)
    gone = city.on(over, "clerk", "actions", action="withdraw", reason="applicant_request")
    assert gone.status_code == 200, gone.text
    city.deliver()
    before = {number: read(city, number) for number in numbers}
    # Some limit of a step has passed: what is missed stays missed.
    city.world.hands.pass_time(days=decreed)
    deadlines.watch_once(city.world.ctx)
    due = datetime.fromisoformat(before[numbers[0]]["due_at"])
    leave = due.date() - timedelta(days=1 if due.weekday() != 0 else 3)
    assert loaded(city, leave) == 5
    for number in numbers:
        case = read(city, number)
        assert case["due_at"] > before[number]["due_at"]
        assert case["calendar"] != before[number]["calendar"]
        event = [
            each
            for each in city.get(f"/cases/{number}/events", "auditor").get_json()["items"]
            if each["type"] == "casetrack.case.deadlines_moved"
        ]
        assert [each["data"]["case"]["calendar"] for each in event] == [case["calendar"]]
        ended = [step for step in before[number]["steps"] if step["status"] == "completed"]
        assert [step for step in case["steps"] if step["status"] == "completed"] == ended
        page = city.get(f"//status?number={number}").get_data(as_text=True)
        assert str(datetime.fromisoformat(case["due_at"]).day) in page
    assert "case.deadlines_moved" not in city.types(over)

    city.strangers_see_nothing(*numbers)
    sent = mails_of(city)
    city.deliver()
    new = mails_of(city) - sent
    assert len(new) == 5
    moved = datetime.fromisoformat(read(city, numbers[0])["due_at"])
    assert all(f"{moved.day} " in path.read_text() for path in new)
    assert loaded(city, leave) == 0
    city.deliver()
    assert mails_of(city) == sent | new
    assert verify(city.world.ctx, progress=lambda _: None).fault is None
