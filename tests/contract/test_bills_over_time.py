"""A bill after its day, in front of its applicant, before an erasure, and in the eyes of verify."""

from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import update

from casetrack.storage import schema
from casetrack.usecases.case import bill_clock
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.contract.test_bank_files import csv_of, load
from tests.support.money import PAID, STALL, billed, code_of, on_bill, world_of_money
from tests.support.web import Web


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def test_the_clock_notes_once_that_a_bill_is_overdue_and_it_can_still_be_paid(office: Web) -> None:
    number, ctx = billed(office), office.world.ctx
    assert bill_clock.note_overdue_once(ctx) == 0
    office.world.hands.pass_time(days=31)
    assert bill_clock.note_overdue_once(ctx) == 1
    assert bill_clock.note_overdue_once(ctx) == 0
    (bill,) = office.get("/bills?state=overdue", "ika").get_json()["items"]
    assert bill["number"] == number
    assert on_bill(office, number, "dewi", "report").status_code == 200
    assert bill_clock.note_overdue_once(ctx) == 0
    assert on_bill(office, number, "ika", "confirm", reference="B1").status_code == 200


def test_the_applicant_hears_of_a_bill_by_its_official_code_and_nothing_else(office: Web) -> None:
    number = billed(office)
    code = code_of(office, number)
    office.world.hands.pass_time(days=31)
    bill_clock.note_overdue_once(office.world.ctx)
    on_bill(office, number, "ika", "confirm", reference="B1")
    office.deliver()
    mails = [path.read_text() for path in sorted(office.world.mail.rglob("*.eml"))]
    texts = [message_from_string(mail, policy=default).get_content() for mail in mails]
    told = [text for text in texts if code in text]
    assert told, texts
    assert all("0011500100" not in text and "Bankaltimtara" not in text for text in texts)
    assert any("Rp263.000" in text for text in told), told


def test_the_status_page_says_what_to_pay_where_and_by_when_or_gratis(office: Web) -> None:
    opened = office.open(STALL)
    number = opened["number"]
    office.play(number, "dewi declare_complete intake\nhadi complete decide")
    office.post(f"/cases/{number}/bills", "bima", {"step": "pay"}, etag=office.etag(number))
    code = {"X-Access-Code": opened["access_code"]}
    said = office.get(f"/status/{number}", headers=code).get_json()
    (bill,) = said["bills"]
    assert (bill["amount"], bill["code"]) == (PAID, code_of(office, number))
    assert bill["pay_to"]["number"] == "0011500100"
    assert said["gratis"] is False
    assert "bills" not in office.get(f"/status/{number}").get_json()
    form = {"number": number, "code": opened["access_code"]}
    page = office.flask.test_client().post("/status", data=form).text
    assert "Rp263.000" in page
    assert "0011500100" in page
    letter = office.open()
    form = {"number": letter["number"], "code": letter["access_code"]}
    assert "GRATIS" in office.flask.test_client().post("/status", data=form).text


@pytest.mark.parametrize("end", ["confirm", "cancel", "refund", "withdraw"])
def test_only_a_bill_that_takes_money_says_where_and_until_when(office: Web, end: str) -> None:
    opened = office.open(STALL)
    number = opened["number"]
    office.play(number, "dewi declare_complete intake\nhadi complete decide")
    office.post(f"/cases/{number}/bills", "bima", {"step": "pay"}, etag=office.etag(number))
    form = {"number": number, "code": opened["access_code"]}
    advice = ("Batas bayar", "Tempat pembayaran", "0011500100", "Bayarlah hanya")

    def shown() -> list[bool]:
        page = office.flask.test_client().post("/status", data=form).text
        return [words in page for words in advice]

    paper = f"/cases/{number}/bills/bill-1/paper"
    assert shown() == [True] * 4
    assert "0011500100" in office.get(paper, "dewi").text
    if end in ("confirm", "refund"):
        assert on_bill(office, number, "ika", "confirm", reference="B1").status_code == 200
    if end in ("cancel", "refund"):
        assert on_bill(office, number, "bima", end, reason="keliru").status_code == 200
    if end == "withdraw":
        assert office.act(number, "dewi", "withdraw").status_code == 200
    assert shown() == [False] * 4
    code = {"X-Access-Code": opened["access_code"]}
    told = office.get(f"/status/{number}", headers=code).get_json()["bills"]
    # One that was cancelled the applicant no longer reads of.
    assert [bill["pay_to"] for bill in told] == ([] if end == "cancel" else [None])
    (bill,) = office.get(f"/cases/{number}/bills", "ika").get_json()["items"]
    assert bill["pay_to"] is None
    assert "0011500100" not in office.get(paper, "dewi").text


def test_nobody_is_erased_while_a_bill_is_open(office: Web) -> None:
    number = billed(office)
    ended = office.act(number, "dewi", "withdraw")
    assert ended.status_code == 200, ended.text
    path, body = "/erasures", {"case": number, "reason": "subject_request"}
    asked = office.post(path, "ketua", body)
    assert asked.status_code == 409, asked.text
    assert [each["kind"] for each in asked.get_json()["against"]] == ["bill_open"]
    assert on_bill(office, number, "bima", "cancel", reason="ditarik").status_code == 200
    assert office.post(path, "ketua", body).status_code < 300


def test_verify_holds_bills_and_payments_against_the_events(office: Web) -> None:
    one, other = billed(office), billed(office)
    load(office, csv_of([(code_of(office, one), PAID, "B1"), ("64720000", 5, "B2")]))
    ctx, database = office.world.ctx, office.world.database
    assert verify(ctx, progress=lambda _: None).fault is None

    def kind_after(statement: object) -> str | None:
        with database.write() as uow:
            uow.execute(statement)  # type: ignore[arg-type]
        found = verify(ctx, progress=lambda _: None).fault
        return found.kind if found else None

    of_other = schema.bills.c.number == other
    assert kind_after(update(schema.bills).where(of_other).values(amount=1)) == "bill_state"
    assert list(rebuild(ctx, None, lambda _: None))
    assert verify(ctx, progress=lambda _: None).fault is None
    paid = schema.payments.c.reference == "B1"
    assert kind_after(update(schema.payments).where(paid).values(amount=1)) == "payment"
    assert kind_after(update(schema.payments).where(paid).values(amount=PAID)) is None
    assert kind_after(update(schema.payment_files).values(lines=1)) == "payment"
    assert kind_after(update(schema.payment_files).values(lines=2)) is None
    stray = schema.payments.c.reference == "B2"
    assert kind_after(update(schema.payments).where(stray).values(why="cancelled")) == "payment"
