"""Who would make a bill paid that is not: with one payment for two, with a row of their own in a bank's
file, by another's file, by a bill made smaller first."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from casetrack.domain.authority.entries import Basis
from casetrack.domain.service.definition import Action
from casetrack.gateways.webhooks import signatures
from casetrack.storage import schema
from casetrack.usecases.case import treasury_keys
from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from tests.contract.test_bank_files import csv_of, load, results
from tests.support.authority import enter
from tests.support.money import (
    PAID,
    STALL,
    account,
    billed,
    code_of,
    decided,
    issue,
    on_bill,
    world_of_money,
)
from tests.support.registers import (
    attribution,
    incumbency,
    instrument,
    latest,
    line,
    position,
    replacement,
)
from tests.support.web import APPLICANT, Web, refused
from tests.support.world import SAMARINDA

_HEAD = "Kode Bayar;Jumlah;No. Referensi;Berita"


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def state_of(web: Web, number: str) -> str:
    bills = web.get(f"/cases/{number}/bills", "audit").get_json()["items"]
    return str(bills[-1]["state"])


def is_sound(web: Web) -> bool:
    return verify(web.world.ctx, progress=lambda _: None).fault is None


def test_one_payment_in_other_letters_confirms_no_second_bill(office: Web) -> None:
    first, second, third = (billed(office) for _ in range(3))
    assert on_bill(office, first, "ika", "confirm", reference="Ntpd-7a").status_code == 200
    again = on_bill(office, second, "ika", "confirm", reference="NTPD-7A")
    assert refused(again) == (409, "reference_used")
    said = load(office, csv_of([(code_of(office, third), PAID, "ntpd-7a")])).get_json()
    assert results(office, said["file"]) == [(2, "unmatched", "reference_used")]
    known = load(
        office, csv_of([(code_of(office, first), PAID, "NTPD-7A"), ("X", 1, 1)])
    ).get_json()
    assert known["results"]["known"] == 1
    assert is_sound(office)


def test_who_made_a_bill_smaller_does_not_say_that_it_was_paid(office: Web) -> None:
    actions: tuple[Action, ...] = ("reduce_bill",)
    powers = attribution(
        "mengurangi",
        "kasubid-keringanan",
        on="perda-1-2024#60",
        since="2024-01-01",
        actions=actions,
        services=("izin-lapak",),
    )
    seat = position("kasubid-keringanan", "bapenda", "Kepala Subbidang Keringanan")
    seated = incumbency("sk-ika", "smr.ika", "kasubid-keringanan", since="2024-02-01")
    enter(office.world, *latest([seat, powers, seated]))
    number = billed(office)
    reduced = on_bill(office, number, "ika", "reduce", amount=1, reason="keringanan")
    assert reduced.status_code == 200, reduced.text
    assert refused(on_bill(office, number, "ika", "confirm", reference="B1")) == (403, "own_bill")
    said = load(office, csv_of([(code_of(office, number), 1, "B1")])).get_json()
    assert results(office, said["file"]) == [(2, "unmatched", "own_bill")]
    assert state_of(office, number) == "issued"


@pytest.mark.parametrize("broken", ["\r\n", "\n", "\r"])
def test_a_row_that_a_payer_wrote_into_their_own_words_pays_nothing(
    office: Web, broken: str
) -> None:
    honest, forged = billed(office), billed(office)
    remark = f'"retribusi{broken}{code_of(office, forged)};{PAID};PALSU-1;{broken}"'
    said = load(office, csv_of([(code_of(office, honest), PAID, "B1", remark)], _HEAD)).get_json()
    assert state_of(office, forged) == "issued"
    assert {why for _, _, why in results(office, said["file"])} == {"unreadable"}
    assert is_sound(office)


@pytest.mark.parametrize("broken", ["\u2028", "\x0b", "\x0c", "\x1c", "\x85"])
def test_only_the_end_of_a_line_ends_a_row(office: Web, broken: str) -> None:
    honest, forged = billed(office), billed(office)
    remark = f"retribusi{broken}{code_of(office, forged)};{PAID};PALSU-1;"
    said = load(office, csv_of([(code_of(office, honest), PAID, "B1", remark)], _HEAD)).get_json()
    assert results(office, said["file"]) == [(2, "confirmed", None)]
    assert state_of(office, forged) == "issued"


def test_words_of_a_payer_over_several_lines_belong_to_their_row(office: Web) -> None:
    one, other = billed(office), billed(office)
    rows = [
        (code_of(office, one), PAID, "B1", '"untuk\r\nlapak; ""saya""\r\n"'),
        (code_of(office, other), PAID, "B2", "-"),
    ]
    said = load(office, csv_of(rows, _HEAD)).get_json()
    assert results(office, said["file"]) == [(2, "confirmed", None), (5, "confirmed", None)]


def test_a_quote_that_is_never_closed_spoils_its_own_row_and_no_other(office: Web) -> None:
    one, other = billed(office), billed(office)
    rows = [(code_of(office, one), PAID, '"B1', "x"), (code_of(office, other), PAID, "B2", "y")]
    said = load(office, csv_of(rows, _HEAD)).get_json()
    assert results(office, said["file"])[1] == (3, "confirmed", None)
    assert state_of(office, one) == "issued"


def test_rows_between_two_stray_quotes_are_listed_and_not_lost(office: Web) -> None:
    numbers = [billed(office) for _ in range(4)]
    remarks = ('"a', "b", '"c', "d")
    rows = [
        (code_of(office, number), PAID, f"B{at}", remarks[at]) for at, number in enumerate(numbers)
    ]
    said = load(office, csv_of(rows, _HEAD)).get_json()
    assert said["lines"] == 4
    assert [state for _, state, _ in results(office, said["file"])][3] == "confirmed"


#: 263.000 in Arabic-Indic and in wide digits, and others that are no whole rupiah.
_ODD = (
    "\u0662\u0666\u0663.\u0660\u0660\u0660",
    "2\u06663.000",
    "\uff12\uff16\uff13\uff10\uff10\uff10",
    *("2.63e5", "-263000", "+-263000", "=263000", "263000.5", "0x40358", "nan"),
)


@pytest.mark.parametrize("amount", _ODD)
def test_an_amount_is_written_in_plain_digits(office: Web, amount: str) -> None:
    number = billed(office)
    said = load(office, csv_of([(code_of(office, number), amount, "B1")])).get_json()
    assert results(office, said["file"]) == [(2, "unmatched", "unreadable")]


def test_a_file_loaded_for_the_wrong_account_can_still_be_loaded_for_its_own(office: Web) -> None:
    enter(office.world, *latest([account("kas-lain", number="0099")]))
    number = open_bill(office)
    content = csv_of([(code_of(office, number), PAID, "B1")])
    wrong = load(office, content, account="kas-lain")
    assert wrong.get_json()["results"]["unmatched"] == 1, wrong.text
    right = load(office, content).get_json()
    assert (right["account"], right["results"]["confirmed"]) == ("kas-daerah", 1)
    assert load(office, content, account="kas-lain").get_json() == wrong.get_json()
    assert is_sound(office)


def open_bill(web: Web) -> str:
    number = decided(web)
    answer = issue(web, number, account="kas-daerah")
    assert answer.status_code == 201, answer.text
    return number


def test_the_treasury_s_door_says_no_more_to_an_odd_address(office: Web) -> None:
    secret = treasury_keys.rotate(office.world.ctx, SAMARINDA, 7, "operator")
    number = billed(office)
    body = {
        "account": "kas-daerah",
        "code": code_of(office, number),
        "amount": PAID,
        "reference": "T1",
    }

    def call(region: str, raw: bytes) -> Any:
        moment = int(office.world.hands.now.timestamp())
        headers = signatures.headers([secret], "msg_1", moment, raw)
        return office.call("POST", f"//gateways/treasury/{region}", raw=raw, headers=headers)

    for region in (f"{SAMARINDA}%00", f"%00{SAMARINDA}"):
        assert call(region, json.dumps(body).encode()).status_code == 404
    for odd in (
        {"amount": 263000.0},
        {"amount": "263000"},
        {"amount": True},
        {"amount": 2**70},
        {"reference": "T1\u0000"},
        {"code": "x" * 65},
        {"more": 1},
    ):
        raw = json.dumps({**body, **odd}).encode()
        assert call(SAMARINDA, raw).status_code == 422, odd
    for bad in (b"", b"[" * 8000, b"\xff", b"null", b'{"amount":1e400}'):
        assert call(SAMARINDA, bad).status_code == 422, bad
    assert state_of(office, number) == "issued"


def test_a_call_with_a_known_reference_and_another_amount_is_on_the_list(office: Web) -> None:
    secret = treasury_keys.rotate(office.world.ctx, SAMARINDA, 7, "operator")
    number = billed(office)
    body = {
        "account": "kas-daerah",
        "code": code_of(office, number),
        "amount": PAID,
        "reference": "T1",
    }
    said = []
    for amount in (PAID, PAID * 2):
        raw = json.dumps({**body, "amount": amount}).encode()
        moment = int(office.world.hands.now.timestamp())
        headers = signatures.headers([secret], "msg_1", moment, raw)
        path = f"//gateways/treasury/{SAMARINDA}"
        said.append(office.call("POST", path, raw=raw, headers=headers).get_json())
    assert said == [
        {"state": "confirmed", "why": None},
        {"state": "unmatched", "why": "reference_used"},
    ]
    assert is_sound(office)


def test_a_key_of_one_bank_s_file_is_not_that_of_another(office: Web) -> None:
    number = billed(office)
    code = code_of(office, number)
    one, other = csv_of([(code, 1, "B1")]), csv_of([(code, PAID, "B1")])
    first, again = load(office, one, key="k-1"), load(office, one, key="k-1")
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert refused(load(office, other, key="k-1")) == (422, "idempotency_key_reused")
    assert state_of(office, number) == "issued"


def test_who_closes_a_payment_says_what_became_of_it_and_pays_nothing(office: Web) -> None:
    number = billed(office)
    content = csv_of([(code_of(office, number), 1, "B1"), (code_of(office, number), 2, "B2")])
    file = load(office, content).get_json()["file"]
    (one, other) = office.get("/payments/unmatched", "ika").get_json()["items"]
    door, said = "/payments/unmatched/closings", {"payment": one["payment"], "reason": "returned"}
    assert refused(office.post(door, "dewi", said))[0] == 403
    assert refused(office.post(door, "rudi", said)) == (403, "not_your_agency")
    assert refused(office.post(door, "sby.officer", said))[0] == 422
    assert refused(office.post(door, "ika", {**said, "reason": "paid"})) == (422, "invalid_body")
    assert refused(office.post(door, "ika", {**said, "payment": "x"})) == (422, "unknown_payment")
    closed = office.post(door, "ika", said, key="k-1")
    assert closed.get_json() == {**said, "state": "closed", "by": "smr.ika"}
    again = office.post(door, "ika", said, key="k-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert refused(office.post(door, "ika", said)) == (409, "payment_state_forbids")
    left = office.get("/payments/unmatched", "ika").get_json()["items"]
    assert [each["payment"] for each in left] == [other["payment"]]
    loaded = load(office, content).get_json()
    assert loaded["results"]["closed"] == loaded["results"]["unmatched"] == 1
    assert results(office, file)[0] == (2, "closed", "amount_differs")
    assert state_of(office, number) == "issued"
    assert is_sound(office)


def test_verify_finds_a_payment_that_was_closed_past_its_event(office: Web) -> None:
    number = billed(office)
    load(office, csv_of([(code_of(office, number), 1, "B1")]))
    with office.world.database.write() as uow:
        uow.execute(update(schema.payments).values(state="closed"))
    found = verify(office.world.ctx, progress=lambda _: None).fault
    assert found is not None
    assert found.kind == "payment"


def test_a_name_in_the_wrong_column_is_kept_nowhere(office: Web) -> None:
    code = code_of(office, billed(office))
    rows = [("BUDI SANTOSO", PAID, "B1"), (code, PAID, "BUDI-SANTOSO"), (code, "BUDI", "B2")]
    file = load(office, csv_of(rows)).get_json()["file"]
    assert [why for _, _, why in results(office, file)] == ["unreadable"] * 3
    with office.world.database.read() as connection:
        kept = [
            str(tuple(row))
            for table in (schema.payments, schema.events)
            for row in connection.execute(select(table))
        ]
    assert kept
    assert not [row for row in kept if "BUDI" in row]


def test_an_officer_does_nothing_with_the_bill_of_their_own_case(office: Web) -> None:
    number, paid, unbilled = billed(office), billed(office), decided(office)
    on_bill(office, paid, "ika", "confirm", reference="B0")
    content = csv_of([(code_of(office, number), 1, "B1"), (code_of(office, number), PAID, "B2")])
    own = (403, "own_case")
    officers.set_officer_nik(office.world.ctx, "smr.ika", APPLICANT["nik"])
    assert refused(on_bill(office, number, "ika", "confirm", reference="B3")) == own
    officers.set_officer_nik(office.world.ctx, "smr.bima", APPLICANT["nik"])
    # The accounts of one person count as one: who issued it would confirm it.
    same = on_bill(office, number, "ika", "confirm", reference="B3")
    assert refused(same) == (403, "own_bill")
    assert refused(issue(office, unbilled)) == own
    acts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("reduce", number, {"amount": 1}),
        ("cancel", number, {}),
        ("refund", paid, {}),
    )
    for action, case, more in acts:
        done = on_bill(office, case, "bima", action, reason="mohon maaf", **more)
        assert refused(done) == own, action
    file = load(office, content).get_json()["file"]
    assert results(office, file) == [(2, "unmatched", "own_bill"), (3, "unmatched", "own_bill")]
    listed = office.get("/payments/unmatched", "ika").get_json()["items"]
    closing = {"payment": listed[0]["payment"], "reason": "returned"}
    closed = office.post("/payments/unmatched/closings", "ika", closing)
    assert refused(closed) == (409, "own_payment")
    assert (state_of(office, number), state_of(office, paid)) == ("issued", "confirmed")
    assert is_sound(office)


def test_what_may_be_a_telephone_or_a_nik_in_the_column_of_codes_is_kept_masked(
    office: Web,
) -> None:
    rows = [
        ("6472010101900001", PAID, "B1"),
        ("081234567890", PAID, "B2"),
        ("64720000000001", 1, "B3"),
    ]
    file = load(office, csv_of(rows)).get_json()["file"]
    items = office.get(f"/payments/files/{file}/rows", "ika").get_json()["items"]
    assert [each["code"] for each in items] == [
        "64************01",
        "08********90",
        "64720000000001",
    ]
    assert [each["why"] for each in items] == ["unknown_code"] * 3
    with office.world.database.read() as connection:
        kept = [
            str(tuple(row))
            for table in (schema.payments, schema.events)
            for row in connection.execute(select(table))
        ]
    assert not [row for row in kept if "081234567890" in row]
    assert is_sound(office)


def test_who_issued_or_reduced_a_bill_does_not_close_what_was_paid_for_it(office: Web) -> None:
    number = billed(office)
    load(office, csv_of([(code_of(office, number), 1, "B1")]))
    (waiting,) = office.get("/payments/unmatched", "ika").get_json()["items"]
    door = "/payments/unmatched/closings"
    closing = {"payment": waiting["payment"], "reason": "returned"}
    assert refused(office.post(door, "bima", closing)) == (409, "own_payment")
    # Another account of the same person is the same hand.
    officers.set_officer_nik(office.world.ctx, "smr.bima", "6472010202800002")
    officers.set_officer_nik(office.world.ctx, "smr.ika", "6472010202800002")
    assert refused(office.post(door, "ika", closing)) == (409, "own_payment")
    officers.set_officer_nik(office.world.ctx, "smr.ika", "6472010303700003")
    assert office.post(door, "ika", closing).status_code == 200


def test_no_bill_is_paid_into_an_account_whose_text_is_no_longer_in_force(office: Web) -> None:
    number = decided(office)
    old = instrument("perda-2-2023", line("7"), since="2023-01-01", form="city_regulation")
    new = instrument("perda-9-2026", line("1"), since="2026-01-01", form="city_regulation")
    enter(office.world, *latest([old, account(basis=Basis("perda-2-2023", "7"))]))
    assert issue(office, number).status_code == 201
    enter(
        office.world,
        *latest([new, replacement("ganti", "perda-2-2023", "perda-9-2026", since="2026-02-01")]),
    )
    number = decided(office)
    assert refused(issue(office, number)) == (409, "no_account")
    found = office.get("/authority/findings?code=account_without_text", "audit").get_json()["items"]
    assert [(each["since"], each["until"]) for each in found] == [("2026-02-01", None)]


def test_powers_over_bills_are_covered_and_missed_as_others_are(office: Web) -> None:
    def covers() -> dict[str, str]:
        found = office.get("/authority/coverage?limit=200", "audit").get_json()["items"]
        (stall,) = [each for each in found if each["service"] == "izin-lapak"]
        return {each["action"]: each["cover"] for each in stall["steps"] if each["step"] == "pay"}

    def missing() -> list[str]:
        opened = office.open(STALL).get("missing_powers", [])
        return [each["cover"] for each in opened if each["step"] == "pay"]

    powers = ("issue_bill", "reduce_bill", "cancel_bill", "refund_bill")
    assert (covers(), missing()) == (dict.fromkeys(powers, "held"), [])
    ended = incumbency(
        "sk-bima", "smr.bima", "kabid-pendapatan", since="2024-02-01", until="2026-01-31"
    )
    enter(office.world, *latest([ended]))
    assert (covers(), missing()) == (dict.fromkeys(powers, "vacant"), ["vacant"])
    lost = office.get("/authority/radar?days=30", "audit").get_json()["today"]
    told = {action for each in lost if each["agency"] == "bapenda" for action in each["actions"]}
    assert told == {*powers}
