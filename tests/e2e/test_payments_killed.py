"""Processes are killed in the middle of payments and of bills: nothing is lost and nothing is doubled."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.case import payments, treasury_keys
from tests.contract.test_bank_files import csv_of, is_sound, load, results, written
from tests.support.money import PAID, billed, code_of, decided, world_of_money
from tests.support.web import Web
from tests.support.world import SAMARINDA, environment_for

_LOADER = """
import hashlib, pathlib, sys
from casetrack import bootstrap, config
from casetrack.domain.access import Actor
from casetrack.usecases.case import payment_files
payment_files.AT_ONCE, payment_files.SET = 10_000, 2
app = bootstrap.build(config.from_environment(), wake=lambda: None)
actor = Actor("officer", "smr.ika", "64.72", "officer", "bapenda")
path = pathlib.Path(sys.argv[1])
sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
with path.open("rb") as file:
    payment_files.load_file(app.ctx, actor, "kas-daerah", file, sha256)
"""
#: Several callers at once; each says again what was not answered, as a bank's or a clerk's system does.
_CALLERS = """
import json, pathlib, sys, time
from concurrent.futures import ThreadPoolExecutor
from casetrack import bootstrap, config
from casetrack.gateways.webhooks import signatures
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans
from casetrack.web.app import create_app
app = bootstrap.build(config.from_environment(), wake=lambda: None)
flask = create_app(app, Metrics(), Spans(), None)
work = json.loads(pathlib.Path(sys.argv[1]).read_text())

def told(each):
    raw = json.dumps(each["body"]).encode()
    moment = int(app.ctx.database.now().timestamp())
    headers = signatures.headers([work["key"]], "msg", moment, raw)
    return flask.test_client().post("/gateways/treasury/64.72", data=raw, headers=headers)

def issued(each):
    head, path = {"Authorization": "Bearer " + work["key"]}, "/api/v1/cases/" + each["number"]
    etag = flask.test_client().get(path, headers=head).headers["ETag"]
    head |= {"If-Match": etag, "Idempotency-Key": each["number"]}
    return flask.test_client().post(path + "/bills", json={"step": "pay"}, headers=head)

def until_answered(each):
    for _ in range(100):
        answer = (told if "body" in each else issued)(each)
        if answer.status_code < 300 or answer.status_code == 409:
            return
        time.sleep(0.02)
    raise SystemExit("never answered")

with ThreadPoolExecutor(4) as callers:
    list(callers.map(until_answered, work["all"]))
"""

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


class Killed:
    """A process of its own over the same database, killed again and again until it ends by itself."""

    def __init__(
        self, web: Web, folder: Path, script: str, argument: Path, **settings: str
    ) -> None:
        url = web.world.app.settings.database_url
        self._environment = environment_for(url, folder, **settings)
        self._command = [sys.executable, "-c", script, str(argument)]

    def once(self, is_time: Callable[[], bool]) -> bool:
        """Whether it was killed when it was time, and had not ended by itself."""
        child = subprocess.Popen(self._command, env=self._environment)
        until = time.monotonic() + 90
        while not is_time() and child.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        killed = child.poll() is None
        child.kill()
        child.wait()
        return killed

    def to_the_end(self) -> None:
        """It goes on until all is done."""
        subprocess.run(self._command, env=self._environment, check=True, timeout=120)


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
    loader = Killed(office, tmp_path, _LOADER, path)
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
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({"key": key, "all": [{"body": each} for each in calls]}))
    callers = Killed(office, tmp_path, _CALLERS, path)
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
    path = tmp_path / "cases.json"
    work = {"key": office.world.token("bima"), "all": [{"number": each} for each in numbers]}
    path.write_text(json.dumps(work))
    callers = Killed(office, tmp_path, _CALLERS, path)
    for part in (1, count // 2):
        assert callers.once(lambda part=part: len(bills(office, "issued")) >= part)  # type: ignore[misc]
        assert is_sound(office)
    callers.to_the_end()
    issued = bills(office, "issued")
    assert sorted(each["number"] for each in issued) == sorted(numbers)
    assert len({each["code"] for each in issued}) == count
    assert [events(office, number, "issued") for number in numbers] == [1] * count
    assert is_sound(office)
