"""From the formula to the signature: a levy is issued, reported, confirmed, and the case goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.service.tariff import Part, Tariff
from tests.support.money import PAID, RULE, STALL, billed, decided, issue, on_bill, world_of_money
from tests.support.web import Web


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def test_the_formula_makes_the_bill_and_only_its_confirmation_lets_the_case_go_on(
    office: Web,
) -> None:
    number = billed(office)
    case = office.get(f"/cases/{number}", "dewi").get_json()
    (bill,) = case["bills"]
    assert (bill["amount"], bill["state"], bill["basis"]) == (PAID, "issued", RULE.basis)
    assert bill["pay_to"]["number"] == "0011500100"
    assert len(bill["code"]) == 14
    assert case["waiting_for"] == "payment"
    assert office.act(number, "hadi", "complete", "sign").get_json()["code"] == "status_forbids"
    assert on_bill(office, number, "dewi", "report").status_code == 200
    assert office.act(number, "hadi", "complete", "sign").get_json()["code"] == "status_forbids"
    paid = on_bill(office, number, "ika", "confirm", reference="NTPD-1", amount=PAID)
    assert paid.status_code == 200, paid.text
    assert paid.get_json()["bills"][0]["state"] == "confirmed"
    office.play(number, "hadi complete sign\ndewi complete hand_over")
    assert office.get(f"/cases/{number}", "dewi").get_json()["status"] == "handed_over"
    kinds = [e["type"] for e in office.get(f"/cases/{number}/events", "audit").get_json()["items"]]
    assert [kind for kind in kinds if ".bill." in kind] == [
        "casetrack.bill.issued",
        "casetrack.bill.reported",
        "casetrack.bill.confirmed",
    ]


def test_a_recorded_payment_is_the_confirmation_of_the_bill(office: Web) -> None:
    number = billed(office)
    without = office.act(number, "ika", "record_payment", "pay")
    assert (without.status_code, without.get_json()["code"]) == (422, "invalid_body")
    paid = office.act(number, "ika", "record_payment", "pay", reference="NTPD-2")
    assert paid.status_code == 200, paid.text
    (bill,) = office.get(f"/cases/{number}/bills", "dewi").get_json()["items"]
    assert (bill["state"], bill["reference"]) == ("confirmed", "NTPD-2")


def test_nothing_is_payable_without_a_code(office: Web) -> None:
    paid = office.act(decided(office), "ika", "record_payment", "pay", reference="NTPD-3")
    assert (paid.status_code, paid.get_json()["code"]) == (409, "no_bill_open")


def test_who_issued_the_bill_does_not_confirm_it(office: Web) -> None:
    paid = on_bill(office, billed(office), "bima", "confirm", reference="NTPD-4")
    assert (paid.status_code, paid.get_json()["code"]) == (403, "own_bill")


def test_who_has_no_power_issues_no_bill_and_is_told_who_has(office: Web) -> None:
    refused = issue(office, decided(office), "ika")
    assert refused.status_code == 403
    assert refused.get_json()["alternatives"][0]["officer"] == "smr.bima"


def test_one_reference_confirms_one_bill(office: Web) -> None:
    one, other = billed(office), billed(office)
    assert on_bill(office, one, "ika", "confirm", reference="NTPD-5").status_code == 200
    again = on_bill(office, other, "ika", "confirm", reference="NTPD-5")
    assert (again.status_code, again.get_json()["code"]) == (409, "reference_used")


def test_an_amount_that_differs_is_never_paid(office: Web) -> None:
    number = billed(office)
    paid = on_bill(office, number, "ika", "confirm", reference="NTPD-7", amount=PAID - 1)
    assert (paid.status_code, paid.get_json()["code"]) == (409, "amount_differs")


def test_a_bill_is_reduced_cancelled_and_refunded_by_decision_and_reason(office: Web) -> None:
    number = billed(office)
    assert on_bill(office, number, "bima", "reduce", amount=1_000).status_code == 422
    why = "keringanan"
    reduced = on_bill(office, number, "bima", "reduce", amount=100_000, reason=why)
    assert reduced.get_json()["bills"][0]["amount"] == 100_000
    assert on_bill(office, number, "ika", "cancel", reason=why).status_code == 403
    assert on_bill(office, number, "bima", "cancel", reason=why).status_code == 200
    assert issue(office, number).status_code == 201
    paid = on_bill(office, number, "ika", "confirm", "bill-2", reference="NTPD-6")
    assert paid.status_code == 200
    assert office.step(number, "sign")["status"] == "ready"
    back = on_bill(office, number, "bima", "refund", "bill-2", reason=why)
    assert back.status_code == 200, back.text
    assert office.step(number, "sign")["status"] == "waiting"
    assert [b["state"] for b in back.get_json()["bills"]] == ["cancelled", "refunded"]


def test_what_is_billed_or_paid_is_not_opened_again_before_that_is_undone(office: Web) -> None:
    number = billed(office)
    again = office.act(number, "wati", "reopen", "decide", reason="salah")
    assert (again.status_code, again.get_json()["code"]) == (409, "bill_open")
    on_bill(office, number, "ika", "confirm", reference="NTPD-8")
    again = office.act(number, "wati", "reopen", "decide", reason="salah")
    assert (again.status_code, again.get_json()["code"]) == (409, "bill_confirmed")


def test_where_the_tariff_comes_to_nothing_the_case_says_gratis(
    database_url: str, tmp_path: Path
) -> None:
    rule = replace(RULE, formula=Tariff((Part(amount=500, fact="area_m2"),)))
    world = world_of_money(database_url, tmp_path, rule)
    web = Web(world)
    free = web.open({**STALL, "facts": {"area_m2": 0, "zone": "edge"}})
    assert free["gratis"] is True
    script = "dewi declare_complete intake\nhadi complete decide\nhadi complete sign"
    web.play(free["number"], script)
    assert web.open(STALL)["gratis"] is False
    world.close()


def test_an_amount_without_a_formula_is_entered_with_a_reason(
    database_url: str, tmp_path: Path
) -> None:
    world = world_of_money(database_url, tmp_path, replace(RULE, formula=None))
    web = Web(world)
    number = decided(web)
    assert issue(web, number, amount=50_000).status_code == 422
    issued = issue(web, number, amount=50_000, reason="luas diukur ulang")
    assert issued.get_json()["bills"][0]["amount"] == 50_000
    world.close()


def test_the_assessment_of_another_system_is_external_and_no_green_tick(
    database_url: str, tmp_path: Path
) -> None:
    rule = replace(RULE, formula=None, external=True)
    world = world_of_money(database_url, tmp_path, rule)
    web = Web(world)
    number = decided(web)
    said: dict[str, Any] = {
        "amount": 50_000,
        "reason": "SKPD",
        "number": "SKPD/12",
        "due_on": "2026-12-31",
    }
    assert issue(web, number, "ika", **said).status_code == 422
    issued = issue(web, number, "ika", **said, dated="2026-11-20")
    assert issued.status_code == 201, issued.text
    assert issued.get_json()["bills"][0]["due_at"].startswith("2026-12-31")
    event = web.get(f"/cases/{number}/events", "audit").get_json()["items"][-1]
    assert event["data"]["authority"] == {
        "scheme": "external",
        "issuer": "bapenda",
        "number": "SKPD/12",
        "dated": "2026-11-20",
    }
    world.close()


def test_what_another_system_billed_and_was_paid_is_noted_and_an_entered_bill_is_confirmed(
    database_url: str, tmp_path: Path
) -> None:
    world = world_of_money(database_url, tmp_path, replace(RULE, formula=None, external=True))
    web = Web(world)
    number = decided(web)
    assert web.act(number, "ika", "record_payment", "pay").status_code == 200
    number = decided(web)
    said: dict[str, Any] = {
        "amount": 5,
        "reason": "SKPD",
        "number": "SKPD/12",
        "dated": "2026-11-20",
    }
    assert issue(web, number, **said).status_code == 201
    assert web.act(number, "ika", "record_payment", "pay").status_code == 422
    own = web.act(number, "bima", "record_payment", "pay", reference="B1")
    assert own.get_json()["code"] == "own_bill"
    assert web.act(number, "ika", "record_payment", "pay", reference="B1").status_code == 200
    world.close()


def test_the_treasurer_reads_what_is_open_and_what_it_comes_to(office: Web) -> None:
    numbers = {billed(office) for _ in range(3)}
    first = office.get("/bills?open=true&limit=2", "ika").get_json()
    rest = office.get(f"/bills?open=true&limit=2&cursor={first['next_cursor']}", "ika").get_json()
    assert {b["number"] for b in (*first["items"], *rest["items"])} == numbers
    assert rest["next_cursor"] is None
    assert office.get("/bills", "rudi").get_json()["items"] == []
    totals = office.get("/bills/totals", "audit").get_json()["items"]
    assert totals == [{"service": "izin-lapak", "state": "issued", "bills": 3, "amount": 3 * PAID}]
