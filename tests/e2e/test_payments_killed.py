"""Processes are killed in the middle of payments and of bills: nothing is lost and nothing is doubled."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.case import payments, treasury_keys
from tests.contract.test_bank_files import csv_of, is_sound, load, results, written
from tests.support import killed_callers
from tests.support.money import PAID, billed, code_of, decided, world_of_money
from tests.support.victims import Victim
from tests.support.web import Web
from tests.support.world import SAMARINDA, settings_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def victim(web: Web, folder: Path, work: Callable[..., None], *said: Any) -> Victim:
    """Somebody at work on the same database."""
    settings = settings_for(web.world.app.settings.database_url, folder)
    return Victim(work, settings, *said)


def bills(web: Web, state: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = web.get(f"/bills?state={state}&limit=200", "ika").get_json()[
        "items"
    ]
    return items


def events(web: Web, number: str, kind: str) -> int:
    found = web.get(f"/cases/{number}/events", "audit").get_json()["items"]
    return [event["type"] for event in found].count(f"casetrack.bill.{kind}")


def test_a_killed_load_is_gone_on_with_and_each_row_confirms_once(
    office: Web, tmp_path: Path
) -> None:
    numbers = [billed(office) for _ in range(16)]
    content = csv_of([(code_of(office, n), PAID, f"B{at}") for at, n in enumerate(numbers)])
    path = tmp_path / "bank.csv"
    path.write_bytes(content)
    loader = victim(office, tmp_path, killed_callers.load, path)
    # Once while it is written down, once while it is settled.
    assert loader.once(lambda: written(office) >= 4)
    assert not bills(office, "confirmed")
    assert written(office) < len(numbers), "it was killed in the middle"
    assert payments.settle_payments_once(office.world.ctx) == 0, "what is not loaded pays nothing"
    assert is_sound(office)
    assert loader.once(lambda: bool(bills(office, "confirmed")))
    said = load(office, content).get_json()
    payments.settle_payments_once(office.world.ctx)
    assert [state for _, state, _ in results(office, said["file"])] == ["confirmed"] * len(numbers)
    assert len(bills(office, "confirmed")) == len(numbers)
    assert [events(office, number, "confirmed") for number in numbers] == [1] * len(numbers)
    assert is_sound(office)


@pytest.mark.parametrize("count", [5, pytest.param(200, marks=pytest.mark.long)])
def test_killed_in_the_middle_of_the_treasury_s_calls_each_is_settled_once(
    office: Web, tmp_path: Path, count: int
) -> None:
    numbers = [billed(office) for _ in range(count)]
    calls = [
        {"account": "kas-daerah", "code": code_of(office, n), "amount": PAID, "reference": f"T{at}"}
        for at, n in enumerate(numbers)
    ]
    key = treasury_keys.rotate(office.world.ctx, SAMARINDA, 7, "operator")
    callers = victim(office, tmp_path, killed_callers.tell, key, calls)
    for part in (1, count // 2):
        assert callers.once(lambda part=part: len(bills(office, "confirmed")) >= part)  # type: ignore[misc]
        assert is_sound(office)
    callers.to_the_end()
    payments.settle_payments_once(office.world.ctx)
    assert len(bills(office, "confirmed")) == written(office) == count
    assert [events(office, number, "confirmed") for number in numbers] == [1] * count
    assert is_sound(office)


@pytest.mark.parametrize("count", [5, pytest.param(200, marks=pytest.mark.long)])
def test_killed_while_bills_are_issued_each_case_has_one_and_no_code_comes_twice(
    office: Web, tmp_path: Path, count: int
) -> None:
    numbers = [decided(office) for _ in range(count)]
    token = office.world.token("bima")
    callers = victim(office, tmp_path, killed_callers.issue, token, numbers)
    for part in (1, count // 2):
        assert callers.once(lambda part=part: len(bills(office, "issued")) >= part)  # type: ignore[misc]
        assert is_sound(office)
    callers.to_the_end()
    issued = bills(office, "issued")
    assert sorted(each["number"] for each in issued) == sorted(numbers)
    assert len({each["code"] for each in issued}) == count
    assert [events(office, number, "issued") for number in numbers] == [1] * count
    assert is_sound(office)
