"""The list of payments that fit no bill, where it has grown long."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casetrack.domain.case.payments import Settled, Told
from casetrack.storage.case import payment_rows
from casetrack.storage.schema import payments
from tests.contract.test_bank_files import csv_of, load
from tests.support.authority import enter
from tests.support.money import PAID, account, code_of, decided, issue, world_of_money
from tests.support.plans import explained, recorded
from tests.support.registers import latest
from tests.support.web import Web, refused
from tests.support.world import SAMARINDA

_LIST = "/payments/unmatched"


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def references(web: Web, query: str, who: str = "ika") -> list[str]:
    items = web.get(f"{_LIST}?{query}", who).get_json()["items"]
    return sorted(str(each["reference"]) for each in items)


def test_the_list_is_asked_by_why_account_code_and_reference(office: Web) -> None:
    enter(office.world, *latest([account("kas-lain", number="0099")]))
    number = decided(office)
    assert issue(office, number, account="kas-daerah").status_code == 201
    code = code_of(office, number)
    load(office, csv_of([(code, 1, "B1"), (code, 2, "B2"), ("64729999999999X", PAID, "B3")]))
    load(office, csv_of([(code, PAID, "B4")]), account="kas-lain")
    assert references(office, "why=amount_differs") == ["B1", "B2"]
    assert references(office, "why=wrong_account") == ["B4"]
    assert references(office, "why=refunded") == []
    assert references(office, "account=kas-lain") == ["B4"]
    assert references(office, f"code={code}") == ["B1", "B2", "B4"]
    # It is kept masked, and found by what the payer typed.
    assert references(office, "code=64729999999999X") == ["B3"]
    assert references(office, "reference=b2", "audit") == ["B2"]
    assert references(office, f"code={code}&why=amount_differs&reference=B1") == ["B1"]
    assert references(office, "account=kas-daerah&limit=1") == ["B1"]
    assert references(office, f"code={code}", "rudi") == []
    assert refused(office.get(f"{_LIST}?why=x", "ika"))[0] == 422
    totals = office.get(f"{_LIST}/totals", "ika").get_json()["items"]
    assert totals == [
        {"why": "amount_differs", "payments": 2, "amount": 3},
        {"why": "unknown_code", "payments": 1, "amount": PAID},
        {"why": "wrong_account", "payments": 1, "amount": PAID},
    ]
    (of_one,) = office.get(f"{_LIST}/totals?account=kas-lain", "audit").get_json()["items"]
    assert (of_one["why"], of_one["payments"]) == ("wrong_account", 1)
    assert office.get(f"{_LIST}/totals", "rudi").get_json() == {"items": []}


def test_each_question_is_answered_by_an_index(office: Web) -> None:
    rows = []
    for at in range(4_000):
        into = f"kas-{at % 20}"
        told = Told(f"call.{into}:{at}", into, "bapenda", f"C{at}", PAID, f"R{at}")
        why: Any = "own_bill" if at % 1_000 == 0 else "unknown_code"
        settled = Settled("unmatched", why) if at % 2 == 0 else Settled("confirmed")
        at_last = office.world.hands.now
        rows.append(payment_rows.payment_values(SAMARINDA, told, at_last, settled))
    with office.world.database.write() as uow:
        payment_rows.add(uow, rows)
    for query, index in (
        ("why=own_bill", "why"),
        ("code=C8", "code"),
        ("reference=R8", "reference"),
        ("account=kas-2", "account"),
    ):
        assert index in _index(office, f"{_LIST}?{query}"), query


def _index(web: Web, path: str) -> str:
    """The index on the list that the question walks along."""
    with recorded() as found:
        assert web.get(path, "ika").status_code == 200
    ((statement, values),) = [
        each for each in found.items() if f"FROM {payments.name} " in each[0].replace("\n", " ")
    ]
    with web.world.database.writer.connect() as connection:
        connection.execute(text("ANALYZE"))
        if connection.dialect.name == "postgresql":
            plan = str(explained(connection, f"EXPLAIN (FORMAT JSON) {statement}", values))
        else:
            lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = " ".join(row[3] for row in lines)
    return plan.partition("ix_payments_unmatched_")[2].split("'")[0].split(" ")[0]
