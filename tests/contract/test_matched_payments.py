"""A payment on the list of those that fit no bill, by which a bill is confirmed after all."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casetrack.domain.access import system
from casetrack.domain.case.payments import Settled, Told, stream_of, unmatched_event
from casetrack.gateways.webhooks import signatures
from casetrack.storage import schema
from casetrack.storage.case import payment_rows
from casetrack.usecases.case import payment_files, payments, treasury_keys
from casetrack.usecases.facts import append_fact
from casetrack.usecases.people import officers
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.contract.test_bank_files import csv_of, is_sound, load, results
from tests.support.authority import enter
from tests.support.money import (
    PAID,
    account,
    billed,
    code_of,
    decided,
    issue,
    on_bill,
    world_of_money,
)
from tests.support.registers import latest
from tests.support.web import APPLICANT, Web, at_once, refused
from tests.support.world import SAMARINDA

_DOOR = "/payments/unmatched/closings"


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def on_list(web: Web) -> list[Any]:
    found: list[Any] = web.get("/payments/unmatched", "audit").get_json()["items"]
    return found


def listed(web: Web, number: str, reference: str = "B1") -> str:
    """A payment that would fit, and was told of by who issued its bill."""
    said = load(web, csv_of([(code_of(web, number), PAID, reference)]), "bima").get_json()
    assert results(web, said["file"]) == [(2, "unmatched", "own_bill")]
    return str(said["file"])


def closings(web: Web) -> list[dict[str, Any]]:
    with web.world.database.read() as connection:
        rows = connection.execute(
            schema.events.select()
            .where(schema.events.c.type == "casetrack.payment.closed")
            .order_by(schema.events.c.id)
        )
        return [json.loads(row.body)["data"] for row in rows]


def by_file(web: Web, number: str) -> None:
    rows = [(code_of(web, number), PAID, "B1"), ("64729999999999", 5, "B9")]
    assert load(web, csv_of(rows)).get_json()["results"]["confirmed"] == 1


def by_hand(web: Web, number: str) -> None:
    answer = on_bill(web, number, "ika", "confirm", reference="b1")
    assert answer.status_code == 200, answer.text


def at_the_step(web: Web, number: str) -> None:
    answer = web.act(number, "ika", "record_payment", "pay", reference="B1")
    assert answer.status_code == 200, answer.text


def by_call(web: Web, number: str) -> None:
    secret = treasury_keys.rotate(web.world.ctx, SAMARINDA, 7, "operator")
    body = {"account": "kas-daerah", "code": code_of(web, number), "amount": PAID}
    raw = json.dumps({**body, "reference": "B1"}).encode()
    head = signatures.headers([secret], "msg_1", int(web.world.hands.now.timestamp()), raw)
    answer = web.call("POST", f"//gateways/treasury/{SAMARINDA}", raw=raw, headers=head)
    assert answer.get_json() == {"state": "confirmed", "why": None}


@pytest.mark.parametrize("confirm", [by_file, by_hand, at_the_step, by_call])
def test_a_bill_that_is_confirmed_takes_its_payment_off_the_list(
    office: Web, confirm: Callable[[Web, str], None]
) -> None:
    number = billed(office)
    file = listed(office, number)
    confirm(office, number)
    assert results(office, file) == [(2, "closed", "own_bill")]
    assert [each["reference"] for each in on_list(office)] in ([], ["B9"])
    (closed,) = closings(office)
    assert (closed["reason"], closed["number"], closed["bill"]) == ("matched", number, "bill-1")
    said = {"payment": closed["payment"], "reason": "returned"}
    assert refused(office.post(_DOOR, "ika", said)) == (409, "payment_state_forbids")
    assert is_sound(office)
    assert list(rebuild(office.world.ctx, None, lambda _: None)) == []
    assert is_sound(office)


def test_every_place_in_which_the_payment_was_listed_is_closed(office: Web) -> None:
    number = billed(office)
    code = code_of(office, number)
    head = "Kode Bayar;Jumlah;No. Referensi;Tanggal"
    days = ("2026-11-20", "2026-11-21")
    files = [
        load(office, csv_of([(code, PAID, "B1", day), (code, 5, "B1", day)], head), "bima")
        for day in days
    ]
    assert [file.get_json()["results"]["unmatched"] for file in files] == [2, 2]
    by_hand(office, number)
    # What came besides is still for somebody to look at.
    assert {(each["amount"], each["reference"]) for each in on_list(office)} == {(5, "B1")}
    assert [closed["reason"] for closed in closings(office)] == ["matched"] * 2
    assert is_sound(office)


def test_money_of_which_somebody_said_what_became_confirms_nothing_in_a_later_file(
    office: Web,
) -> None:
    number = billed(office)
    listed(office, number)
    (there,) = on_list(office)
    closing = {"payment": there["payment"], "reason": "returned"}
    officers.set_officer_nik(office.world.ctx, "smr.ika", "6472010303700003")
    assert office.post(_DOOR, "ika", closing).status_code == 200
    again = load(office, csv_of([(code_of(office, number), PAID, "B1")] * 2)).get_json()
    assert again["results"]["known"] == 2
    assert office.step(number, "sign")["status"] == "waiting"
    assert is_sound(office)


def closed(web: Web, reason: str, who: str = "ika", **more: str) -> Any:
    """Somebody closes the one payment on the list, or corrects how one was closed."""
    payment = more.pop("payment", None) or on_list(web)[0]["payment"]
    return web.post(_DOOR, who, {"payment": payment, "reason": reason, **more})


def faults(web: Web) -> str:
    return str(verify(web.world.ctx, progress=lambda _: None).fault)


def own_bill(web: Web) -> str:
    number = billed(web)
    listed(web, number)
    return number


def amount_differs(web: Web) -> str:
    number = billed(web)
    load(web, csv_of([(code_of(web, number), PAID - 1, "B1")]))
    return number


def another_bill(web: Web) -> str:
    """It came for a bill that was cancelled, and is used for the next one."""
    number = billed(web)
    on_bill(web, number, "bima", "cancel", reason="salah hitung")
    load(web, csv_of([(code_of(web, number), PAID, "B1")]))
    assert issue(web, number).status_code == 201
    return number


@pytest.mark.parametrize("lists", [own_bill, amount_differs, another_bill])
@pytest.mark.parametrize("reason", ["returned", "not_ours", "no_payment", "told_twice"])
def test_what_was_closed_confirms_nothing_by_hand_until_its_closing_is_corrected(
    office: Web, lists: Callable[[Web], str], reason: str
) -> None:
    number = lists(office)
    bill = "bill-2" if lists is another_bill else "bill-1"
    there = on_list(office)[0]["payment"]
    assert closed(office, reason).status_code == 200
    answer = on_bill(office, number, "ika", "confirm", bill, reference="b1")
    assert refused(answer) == (409, "reference_closed")
    assert answer.get_json()["payment"] == there
    assert f"closed as {reason}" in answer.get_json()["detail"]
    assert "perbaiki dahulu" in answer.get_json()["message"]["id"] or "ditutup" in answer.text
    assert refused(office.act(number, "ika", "record_payment", "pay", reference="B1"))[0] == 409
    assert office.step(number, "sign")["status"] == "waiting"
    wrong = "no_payment" if reason == "returned" else "returned"
    body = {"payment": there, "corrects": wrong}
    assert refused(closed(office, "confirmed_by_hand", **body)) == (409, "closing_differs")
    body["corrects"] = reason
    if lists is not amount_differs:
        # Who issued the bill says nothing of its money here either.
        own = closed(office, "confirmed_by_hand", "bima", **body)
        assert refused(own) == (409, "own_payment")
    assert closed(office, "confirmed_by_hand", **body).status_code == 200
    assert closings(office)[-1]["corrects"] == reason
    assert refused(closed(office, "returned", **body)) == (409, "closing_differs")
    assert on_bill(office, number, "ika", "confirm", bill, reference="B1").status_code == 200
    # It is paid by it, and stays so until it is refunded.
    body["corrects"] = "confirmed_by_hand"
    assert refused(closed(office, "returned", **body)) == (409, "closing_differs")
    assert is_sound(office)


def test_nothing_is_corrected_that_was_not_closed(office: Web) -> None:
    number = own_bill(office)
    early = closed(office, "returned", corrects="told_twice")
    assert refused(early) == (409, "payment_state_forbids")
    there = on_list(office)[0]["payment"]
    by_hand(office, number)
    late = closed(office, "returned", payment=there, corrects="matched")
    assert refused(late) == (409, "closing_differs")
    assert is_sound(office)


def test_money_that_was_sent_back_confirms_no_bill_from_a_file_either(office: Web) -> None:
    number = amount_differs(office)
    assert closed(office, "returned").status_code == 200
    said = load(office, csv_of([(code_of(office, number), PAID, "B1")])).get_json()
    assert results(office, said["file"]) == [(2, "unmatched", "reference_closed")]
    assert office.step(number, "sign")["status"] == "waiting"
    assert is_sound(office)


@pytest.mark.parametrize(
    ("code", "amount", "into"),
    [
        ("64729999999999", PAID, "kas-daerah"),
        ("code", PAID - 1, "kas-daerah"),
        ("code", PAID, "kas-lain"),
        ("64729999999999", PAID, "kas-lain"),
    ],
)
def test_a_row_whose_reference_paid_a_bill_says_so_and_is_not_sent_back(
    office: Web, code: str, amount: int, into: str
) -> None:
    enter(office.world, *latest([account("kas-lain", number="0099")]))
    number = _into(office, "kas-daerah")
    by_hand(office, number)
    code = code_of(office, number) if code == "code" else code
    file = load(office, csv_of([(code, amount, "B1")]), account=into).get_json()["file"]
    assert results(office, file) == [(2, "unmatched", "reference_used")]
    (there,) = on_list(office)
    assert (there["number"], there["bill"]) == (number, "bill-1")
    for reason in ("returned", "not_ours", "no_payment", "matched"):
        answer = closed(office, reason)
        assert refused(answer) == (409, "closing_differs")
    assert closed(office, "told_twice").status_code == 200
    assert is_sound(office)


def test_a_bill_that_is_refunded_keeps_no_money_from_going_back(office: Web) -> None:
    number = billed(office)
    by_hand(office, number)
    load(office, csv_of([(code_of(office, number), PAID - 1, "B1")]))
    assert refused(closed(office, "returned")) == (409, "closing_differs")
    assert on_bill(office, number, "bima", "refund", reason="keliru").status_code == 200
    assert closed(office, "returned").status_code == 200
    file = load(office, csv_of([(code_of(office, number), PAID, "B2")])).get_json()["file"]
    assert results(office, file) == [(2, "unmatched", "refunded")]
    assert is_sound(office)


def test_two_banks_may_use_one_number_in_their_files(office: Web) -> None:
    enter(office.world, *latest([account("kas-lain", number="0099")]))
    here, there = _into(office, "kas-daerah"), _into(office, "kas-lain")
    by_file(office, here)
    said = load(office, csv_of([(code_of(office, there), PAID, "B1")]), account="kas-lain")
    assert said.get_json()["results"]["confirmed"] == 1
    said = load(office, csv_of([("64729999999999", 5, "B1")]), account="kas-lain")
    assert said.get_json()["results"]["unmatched"] == 1
    assert is_sound(office)


@pytest.mark.parametrize("amount", [PAID - 1, PAID])
def test_a_row_that_still_waits_counts_where_a_bill_is_confirmed_by_hand(
    office: Web, monkeypatch: pytest.MonkeyPatch, amount: int
) -> None:
    number = billed(office)
    monkeypatch.setattr(payment_files, "AT_ONCE", 0)
    file = load(office, csv_of([(code_of(office, number), amount, "B1")])).get_json()["file"]
    answer = on_bill(office, number, "ika", "confirm", reference="B1")
    if amount == PAID:
        # It is this payment, and will be known.
        assert answer.status_code == 200, answer.text
    else:
        assert refused(answer) == (409, "reference_listed")
        assert "waits to be settled" in answer.get_json()["detail"]
    assert is_sound(office)
    payments.settle_payments_once(office.world.ctx)
    expected = ("known", None) if amount == PAID else ("unmatched", "amount_differs")
    assert results(office, file) == [(2, *expected)]
    assert is_sound(office)


def test_verify_finds_a_bill_that_is_confirmed_by_money_that_was_sent_back(office: Web) -> None:
    number = own_bill(office)
    assert closed(office, "returned").status_code == 200
    with pytest.MonkeyPatch.context() as patched:
        # As the release before let it be.
        patched.setattr("casetrack.usecases.case.listed_payments.CONFIRMS_NOTHING", ())
        by_hand(office, number)
    assert "no bill" in faults(office)
    there = closings(office)[0]["payment"]
    mended = closed(office, "matched", payment=there, corrects="returned")
    assert mended.status_code == 200, mended.text
    assert is_sound(office)


def test_a_list_that_was_sorted_anew_is_sound_while_the_first_one_still_waits(
    office: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("", PAID, f"B{at}") for at in range(3)] + [("64729999999999", "dua ratus", "B9")]
    monkeypatch.setattr(payment_files, "AT_ONCE", 0)
    first = load(office, csv_of(rows)).get_json()["file"]
    second = load(office, csv_of(rows[::-1])).get_json()["file"]
    assert payments.settle_waiting(office.world.ctx, SAMARINDA, 10, second) == 4
    assert {state for _, state, _ in results(office, second)} == {"known"}
    assert {state for _, state, _ in results(office, first)} == {"waiting"}
    assert is_sound(office)
    assert payments.settle_payments_once(office.world.ctx) == 4
    assert {state for _, state, _ in results(office, first)} == {"unmatched"}
    assert is_sound(office)


@pytest.mark.parametrize("row", [("code", PAID - 1), ("64729999999999", PAID)])
def test_a_reference_that_stands_there_for_something_else_confirms_no_bill_by_hand(
    office: Web, row: tuple[str, int]
) -> None:
    number = billed(office)
    code = code_of(office, number) if row[0] == "code" else row[0]
    load(office, csv_of([(code, row[1], "B1")]))
    (there,) = on_list(office)
    answer = on_bill(office, number, "ika", "confirm", reference="b1")
    assert refused(answer) == (409, "reference_listed")
    said = answer.get_json()
    assert said["payment"] == there["payment"]
    assert f"{row[1]} rupiah" in said["detail"]
    assert "close that payment first" in said["detail"]
    assert "tutup dahulu" in said["message"]["id"] or "daftar" in said["message"]["id"]
    assert office.step(number, "sign")["status"] == "waiting"
    closing = {"payment": there["payment"], "reason": "confirmed_by_hand"}
    assert office.post(_DOOR, "ika", closing).status_code == 200
    by_hand(office, number)
    assert is_sound(office)


def test_a_reference_of_another_account_confirms_no_bill_by_hand(office: Web) -> None:
    enter(office.world, *latest([account("kas-lain", number="0099")]))
    first, second, third = (_into(office, "kas-daerah") for _ in range(3))
    elsewhere = _into(office, "kas-lain")
    assert on_bill(office, elsewhere, "ika", "confirm", reference="R1").status_code == 200
    used = on_bill(office, first, "ika", "confirm", reference="R1")
    assert refused(used) == (409, "reference_used")
    assert "kas-lain" in used.get_json()["detail"]
    # Money that came into the other account is on its list, and paid nothing into this one.
    load(office, csv_of([(code_of(office, second), PAID, "R2")]), account="kas-lain")
    there = on_bill(office, second, "ika", "confirm", reference="R2")
    assert refused(there) == (409, "reference_listed")
    assert on_bill(office, third, "ika", "confirm", reference="R3").status_code == 200
    assert is_sound(office)


def _into(web: Web, name: str) -> str:
    number = decided(web)
    answer = issue(web, number, account=name)
    assert answer.status_code == 201, answer.text
    return number


def test_rows_that_cannot_be_read_are_listed_once_however_the_list_is_sorted(office: Web) -> None:
    rows = [
        ("BUDI", PAID, "B1", "2026-11-20"),
        ("64729999999999", "dua ratus", "B2", "2026-11-20"),
        ("64729999999999", PAID, "", "2026-11-20"),
        ("64729999999999", PAID, "", "2026-11-20"),
        ("64728888888888", PAID, "B5", "2026-11-20"),
    ]
    head = "Kode Bayar;Jumlah;No. Referensi;Tanggal"
    first = load(office, csv_of(rows, head)).get_json()
    assert first["results"]["unmatched"] == 5
    again = load(office, csv_of(rows[::-1], head)).get_json()
    assert again["file"] != first["file"]
    assert again["results"] == {**dict.fromkeys(again["results"], 0), "known": 5}
    assert is_sound(office)
    # Of another list nobody can tell whether such a row is the same.
    other = load(office, csv_of([*rows, ("64728888888888", 7, "B6", "2026-11-20")], head))
    assert other.get_json()["results"] == {
        **dict.fromkeys(again["results"], 0),
        "known": 1,
        "unmatched": 5,
    }
    assert is_sound(office)


def test_one_left_on_the_list_by_the_release_before_is_closed_as_matched_and_no_otherwise(
    office: Web,
) -> None:
    number = billed(office)
    by_hand(office, number)
    # As that release wrote it: it confirmed, and left the payment where it was.
    listed_late(office, number)
    (there,) = on_list(office)
    said = {"payment": there["payment"], "reason": "returned"}
    answer = office.post(_DOOR, "ika", said)
    assert refused(answer) == (409, "closing_differs")
    assert number in answer.get_json()["detail"]
    closed = office.post(_DOOR, "ika", {**said, "reason": "matched"})
    assert closed.status_code == 200, closed.text
    assert closings(office)[0]["number"] == number
    other = billed(office)
    listed(office, other, "B2")
    (there,) = on_list(office)
    said = {"payment": there["payment"], "reason": "matched"}
    assert refused(office.post(_DOOR, "ika", said)) == (409, "closing_differs")
    assert is_sound(office)


def listed_late(web: Web, number: str) -> None:
    name = "call.kas-daerah:B1:late"
    told = Told(name, "kas-daerah", "bapenda", code_of(web, number), PAID, "B1")
    settled = Settled("unmatched", "own_bill", number, "bill-1")
    with web.world.database.write() as uow:
        payment_rows.add(
            uow, [payment_rows.payment_values(SAMARINDA, told, uow.time(None), settled)]
        )
        new = unmatched_event(told, settled)
        append_fact(uow, SAMARINDA, stream_of(told), new, system(SAMARINDA, "payments"))


@pytest.mark.parametrize(
    "forged",
    [
        {"state": "unmatched"},
        {"number": "SMR-1"},
        {"bill": "bill-2"},
    ],
)
def test_verify_finds_a_closing_that_is_not_what_its_event_says(
    office: Web, forged: dict[str, str]
) -> None:
    number = billed(office)
    listed(office, number)
    by_hand(office, number)
    assert is_sound(office)
    with office.world.database.write() as uow:
        uow.execute(update(schema.payments).values(**forged))
    found = verify(office.world.ctx, progress=lambda _: None).fault
    assert found is not None
    assert found.kind == "payment"


def test_who_has_a_case_of_their_own_lists_nothing_that_is_paid_already(office: Web) -> None:
    number = billed(office)
    by_hand(office, number)
    officers.set_officer_nik(office.world.ctx, "smr.ika", APPLICANT["nik"])
    said = load(office, csv_of([(code_of(office, number), PAID, "B1")])).get_json()
    assert said["results"]["known"] == 1


def _all_at_once(web: Web) -> str:
    """Confirmed by hand, closed as returned and told of by two files in one moment; gives the payment."""
    number = billed(web)
    code, reference = code_of(web, number), f"R{number[-6:]}"
    load(web, csv_of([(code, PAID, reference)]), "bima")
    (there,) = [each for each in on_list(web) if each["reference"] == reference]
    etag, path = web.etag(number), f"/cases/{number}/bills/bill-1/actions"
    closing = {"payment": there["payment"], "reason": "returned"}
    rows = [("6472", 1, reference), (code, PAID, reference)]

    def act(at: int) -> Any:
        if at == 0:
            body = {"action": "confirm", "reference": reference}
            return web.post(path, "ika", body, etag=etag)
        if at == 1:
            return web.post(_DOOR, "ika", closing)
        return load(web, csv_of(rows if at == 2 else rows[::-1]))

    answers = at_once(4, act)
    codes = [getattr(answer, "status_code", answer) for answer in answers]
    assert codes[0] in (200, 409, 412), codes
    assert codes[1] in (200, 409), codes
    assert codes[2:] == [200, 200], codes
    return str(there["payment"])


def test_confirming_closing_and_loading_at_once_wait_for_each_other_in_one_order(
    office: Web,
) -> None:
    for _ in range(8):
        payment = _all_at_once(office)
        ended = [each for each in closings(office) if each["payment"] == payment]
        assert len(ended) == 1
    payments.settle_payments_once(office.world.ctx)
    assert is_sound(office)
