"""A process is killed in the middle of a bank's file: nothing is lost and nothing is doubled."""

import base64
import subprocess
import sys
import time
from pathlib import Path

from casetrack.domain.case.payments import Told
from casetrack.storage.case import payment_rows
from casetrack.usecases.case import payments
from casetrack.usecases.proof.verify import verify
from tests.contract.test_bank_files import csv_of, load, results
from tests.support.money import PAID, billed, code_of, world_of_money
from tests.support.web import Web
from tests.support.world import SAMARINDA, environment_for

_LOADER = """
import base64, sys
from casetrack import bootstrap, config
from casetrack.domain.access import Actor
from casetrack.usecases.case import payments
payments.AT_ONCE = 10_000
app = bootstrap.build(config.from_environment(), wake=lambda: None)
actor = Actor("officer", "smr.ika", "64.72", "officer", "bapenda")
payments.load_file(app.ctx, actor, "kas-daerah", base64.b64decode(sys.argv[1]))
"""


def confirmed(web: Web) -> int:
    items = web.get("/bills?state=confirmed&limit=200", "ika").get_json()["items"]
    return len(items)


def test_a_killed_load_is_gone_on_with_and_each_row_confirms_once(
    database_url: str, tmp_path: Path
) -> None:
    world = world_of_money(database_url, tmp_path)
    web = Web(world)
    numbers = [billed(web) for _ in range(24)]
    content = csv_of([(code_of(web, n), PAID, f"B{at}") for at, n in enumerate(numbers)])
    environment = environment_for(world.app.settings.database_url, tmp_path)
    argument = base64.b64encode(content).decode()
    child = subprocess.Popen([sys.executable, "-c", _LOADER, argument], env=environment)
    until = time.monotonic() + 60
    while not confirmed(web) and child.poll() is None and time.monotonic() < until:
        pass
    child.kill()
    child.wait()
    assert confirmed(web) >= 1
    said = load(web, content).get_json()
    payments.settle_payments_once(world.ctx)
    assert [state for _, state, _ in results(web, said["file"])] == ["confirmed"] * len(numbers)
    assert confirmed(web) == len(numbers)
    for number in numbers:
        events = web.get(f"/cases/{number}/events", "audit").get_json()["items"]
        assert [e["type"] for e in events].count("casetrack.bill.confirmed") == 1
    assert verify(world.ctx, progress=lambda _: None).fault is None
    world.close()


def test_a_call_that_was_written_down_and_not_settled_is_settled_by_the_clock(
    database_url: str, tmp_path: Path
) -> None:
    world = world_of_money(database_url, tmp_path)
    web = Web(world)
    number = billed(web)
    told = Told("call.kas-daerah:T1", "kas-daerah", "bapenda", code_of(web, number), PAID, "T1")
    with world.database.write() as uow:
        payment_rows.add(uow, [payment_rows.payment_values(SAMARINDA, told, uow.time(None))])
    assert payments.settle_payments_once(world.ctx) == 1
    assert payments.tell(world.ctx, SAMARINDA, told).state == "confirmed"
    assert web.step(number, "sign")["status"] == "ready"
    assert verify(world.ctx, progress=lambda _: None).fault is None
    world.close()
