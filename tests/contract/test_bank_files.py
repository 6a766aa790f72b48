"""A bank's file of payments: row by row, each once, and what fits no bill is on a list."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from casetrack.domain.access import Actor
from casetrack.domain.case.payments import Told
from casetrack.storage import schema
from casetrack.storage.case import payment_rows
from casetrack.usecases.case import payment_files, payments
from casetrack.usecases.proof.verify import verify
from tests.support.money import (
    PAID,
    billed,
    code_of,
    on_bill,
    world_of_money,
)
from tests.support.papers import memory
from tests.support.web import Web, refused
from tests.support.world import SAMARINDA


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def csv_of(rows: Sequence[Sequence[Any]], head: str = "Kode Bayar;Jumlah;No. Referensi") -> bytes:
    lines = [head, *(";".join(str(cell) for cell in row) for row in rows)]
    return "\r\n".join(lines).encode()


def load(
    web: Web,
    content: bytes,
    who: str = "ika",
    account: str = "kas-daerah",
    key: str | None = None,
) -> Any:
    body = {"account": account, "file": base64.b64encode(content).decode()}
    return web.post("/payments/files", who, body, key=key)


def results(web: Web, file: str) -> list[tuple[int, str, str | None]]:
    rows = web.get(f"/payments/files/{file}/rows", "ika").get_json()["items"]
    return [(row["line"], row["state"], row["why"]) for row in rows]


def written(web: Web) -> int:
    """Rows of payments that are written down."""
    with web.world.database.read() as connection:
        return int(
            connection.execute(select(func.count()).select_from(schema.payments)).scalar() or 0
        )


def is_sound(web: Web) -> bool:
    return verify(web.world.ctx, progress=lambda _: None).fault is None


def test_each_row_has_a_result_and_only_what_fits_is_paid(office: Web) -> None:
    fits, differs, gone, twice = (billed(office) for _ in range(4))
    codes = {number: code_of(office, number) for number in (fits, differs, gone, twice)}
    on_bill(office, gone, "bima", "cancel", reason="salah hitung")
    on_bill(office, twice, "ika", "confirm", reference="LOKET-1")
    content = csv_of(
        [
            (codes[fits], "Rp 263.000,00", "B1"),
            (codes[differs], PAID - 1, "B2"),
            (codes[gone], PAID, "B3"),
            (codes[twice], PAID, "B4"),
            ("64729999999999", PAID, "B5"),
            (codes[differs], "dua ratus", "B6"),
            (codes[differs], PAID, "B1"),
        ]
    )
    loaded = load(office, content)
    assert loaded.status_code == 200, loaded.text
    said = loaded.get_json()
    assert said["results"] == {
        "waiting": 0,
        "confirmed": 1,
        "known": 0,
        "unmatched": 6,
        "closed": 0,
    }
    assert (said["lines"], said["loaded_by"]) == (7, "smr.ika")
    assert results(office, said["file"]) == [
        (2, "confirmed", None),
        (3, "unmatched", "amount_differs"),
        (4, "unmatched", "cancelled"),
        (5, "unmatched", "paid_twice"),
        (6, "unmatched", "unknown_code"),
        (7, "unmatched", "unreadable"),
        (8, "unmatched", "reference_used"),
    ]
    assert office.step(fits, "sign")["status"] == "ready"
    assert office.step(differs, "sign")["status"] == "waiting"
    unmatched = office.get("/payments/unmatched?limit=4", "ika").get_json()
    more = office.get(
        f"/payments/unmatched?limit=4&cursor={unmatched['next_cursor']}", "ika"
    ).get_json()
    assert len(unmatched["items"]) + len(more["items"]) == 6
    assert office.get("/payments/unmatched", "rudi").get_json()["items"] == []


def test_the_same_file_twice_confirms_once_and_another_with_the_same_row_knows_it(
    office: Web,
) -> None:
    number = billed(office)
    row = (code_of(office, number), PAID, "B1")
    first, again = load(office, csv_of([row])), load(office, csv_of([row]))
    assert first.get_json() == again.get_json()
    other = load(office, csv_of([row, ("64729999999999", 5, "B9")])).get_json()
    assert other["results"] == {
        "waiting": 0,
        "confirmed": 0,
        "known": 1,
        "unmatched": 1,
        "closed": 0,
    }
    events = office.get(f"/cases/{number}/events", "audit").get_json()["items"]
    paid = [e for e in events if e["type"] == "casetrack.bill.confirmed"]
    assert len(paid) == 1
    assert paid[0]["data"]["payment"] == {
        "source": "file",
        "reference": "B1",
        "told_by": "smr.ika",
    }


def test_who_issued_a_bill_confirms_it_by_no_file_either(office: Web) -> None:
    number = billed(office)
    said = load(office, csv_of([(code_of(office, number), PAID, "B1")]), "bima").get_json()
    assert results(office, said["file"]) == [(2, "unmatched", "own_bill")]


def test_another_agency_loads_nothing_into_an_account(office: Web) -> None:
    assert load(office, csv_of([]), "rudi").status_code == 403
    assert load(office, csv_of([]), "ika", "tidak-ada").status_code == 422
    assert load(office, b"a,b,c\n1,2,3").get_json()["code"] == "unreadable_file"


def test_a_process_that_dies_in_between_loses_no_row_and_doubles_none(office: Web) -> None:
    numbers = [billed(office) for _ in range(3)]
    rows = [(code_of(office, n), PAID, f"B{place}") for place, n in enumerate(numbers)]
    at_once, payment_files.AT_ONCE = payment_files.AT_ONCE, 1
    try:
        said = load(office, csv_of(rows)).get_json()
    finally:
        payment_files.AT_ONCE = at_once
    assert said["results"] == {
        "waiting": 2,
        "confirmed": 1,
        "known": 0,
        "unmatched": 0,
        "closed": 0,
    }
    assert payments.settle_payments_once(office.world.ctx) == 2
    assert payments.settle_payments_once(office.world.ctx) == 0
    assert [state for _, state, _ in results(office, said["file"])] == ["confirmed"] * 3


def test_the_file_that_was_loaded_first_is_settled_first_to_its_end(
    office: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_files, "AT_ONCE", 0)
    files = []
    for at in range(4):
        rows = [(f"6472000000{at:02d}{row:02d}", PAID, f"R{at}-{row}") for row in range(5)]
        files.append(load(office, csv_of(rows)).get_json()["file"])
        office.world.hands.pass_time(seconds=1)
    ctx = office.world.ctx

    def waiting() -> list[int]:
        of = (office.get(f"/payments/files/{file}", "ika").get_json()["results"] for file in files)
        return [each["waiting"] for each in of]

    assert payments.settle_waiting(ctx, SAMARINDA, 3) == 3
    assert waiting() == [2, 5, 5, 5]
    assert payments.settle_waiting(ctx, SAMARINDA, 6) == 6
    assert waiting() == [0, 1, 5, 5]
    # What the treasury tells of waits for no file.
    told = Told("call.kas-daerah:T1", "kas-daerah", "bapenda", "64720000000001", PAID, "T1")
    with office.world.database.write() as uow:
        payment_rows.add(uow, [payment_rows.payment_values(SAMARINDA, told, uow.time(None))])
    assert payments.settle_waiting(ctx, SAMARINDA, 1) == 1
    assert waiting() == [0, 1, 5, 5]
    assert payments.settle_waiting(ctx, SAMARINDA, 20) == 11
    assert waiting() == [0, 0, 0, 0]
    assert is_sound(office)


def test_the_same_payments_in_another_order_are_listed_once(office: Web) -> None:
    paid, differs = billed(office), billed(office)
    rows = [
        (code_of(office, paid), PAID, "B1", "2026-11-20"),
        (code_of(office, differs), PAID - 1, "B2", "2026-11-20"),
        ("64729999999999", PAID, "B3", "2026-11-20"),
        ("64728888888888", PAID, "B4", "2026-11-20"),
    ]
    head = "Kode Bayar;Jumlah;No. Referensi;Tanggal"
    first = load(office, csv_of(rows, head)).get_json()
    assert (first["results"]["confirmed"], first["results"]["unmatched"]) == (1, 3)
    listed = office.get("/payments/unmatched", "ika").get_json()["items"]
    closing = {"payment": listed[-1]["payment"], "reason": "returned"}
    assert office.post("/payments/unmatched/closings", "ika", closing).status_code == 200
    again = load(office, csv_of(rows[::-1], head)).get_json()
    assert again["file"] != first["file"]
    assert again["results"] == {**dict.fromkeys(again["results"], 0), "known": 4}
    left = office.get("/payments/unmatched", "ika").get_json()["items"]
    assert [each["payment"] for each in left] == [each["payment"] for each in listed[:-1]]
    # Another day, another amount or another account is another payment; so is one that names no
    # reference, as nobody can tell it from the next.
    other = [
        (*rows[2][:3], "2026-11-21"),
        (rows[2][0], PAID + 1, *rows[2][2:]),
        (rows[2][0], PAID, "", "2026-11-20"),
        (rows[2][0], PAID, "", "2026-11-20"),
    ]
    assert load(office, csv_of(other, head)).get_json()["results"]["unmatched"] == 4
    assert is_sound(office)


def test_twice_in_one_file_a_payment_is_listed_once(office: Web) -> None:
    row = ("64729999999999", PAID, "B3")
    said = load(office, csv_of([row, row])).get_json()
    assert results(office, said["file"]) == [
        (2, "unmatched", "unknown_code"),
        (3, "known", "unknown_code"),
    ]
    assert is_sound(office)


def test_a_file_comes_as_a_form_too_and_is_the_same_file(office: Web) -> None:
    number = billed(office)
    content = csv_of([(code_of(office, number), PAID, "B1"), ("64729999999999", PAID, "B2")])

    def send(**more: Any) -> Any:
        file = FileStorage(BytesIO(content), "rekening.csv")
        form = {"account": "kas-daerah", "file": file, **more.pop("form", {})}
        return office.call("POST", "/payments/files", more.pop("who", "ika"), form=form, **more)

    first = send(key="k-1")
    assert first.status_code == 200, first.text
    assert first.get_json()["results"]["confirmed"] == 1
    assert [state for _, state, _ in results(office, first.get_json()["file"])] == [
        "confirmed",
        "unmatched",
    ]
    # Each form has a boundary of its own, and is the same request all the same.
    assert send(key="k-1").headers["Idempotent-Replayed"] == "true"
    assert load(office, content).get_json()["file"] == first.get_json()["file"]
    assert send(who="rudi").status_code == 403
    assert send(form={"account": "tidak-ada"}).get_json()["code"] == "unknown_account"
    assert send(form={"account": ""}).get_json()["code"] == "invalid_body"
    assert send(form={"bank": "x"}).get_json()["code"] == "invalid_body"


def test_what_is_wrong_with_the_form_of_a_bank_s_file_is_told_as_what_it_is(office: Web) -> None:
    def send(content: bytes, **fields: str) -> Any:
        form = {**fields, "file": FileStorage(BytesIO(content), "rekening.csv")}
        return office.call("POST", "/payments/files", "ika", form=form)

    rows = csv_of([("64729999999999", PAID, "B1")])
    long = send(rows, account="x" * 5000)
    assert refused(long) == (422, "invalid_body")
    assert long.get_json()["errors"][0]["at"] == "account"
    for megabytes in (11, 26):
        large = send(rows + b"\n" * megabytes * 1_000_000, account="kas-daerah")
        assert refused(large) == (413, "payments_too_large")
        assert large.get_json()["megabytes"] == 10
        assert "load it in parts" in large.get_json()["detail"]
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    broken = office.post("/payments/files", "ika", raw=b"--x\r\nnothing", headers=head)
    assert refused(broken) == (422, "malformed_form")
    assert "the parts account and file" in broken.get_json()["detail"]


@pytest.mark.parametrize("count", [3_000, pytest.param(50_000, marks=pytest.mark.long)])
def test_a_big_file_is_written_down_in_sets_and_read_in_pieces(office: Web, count: int) -> None:
    rows = [(f"6472{at:010d}", PAID, f"B{at}") for at in range(count)]
    content = csv_of(rows)
    ctx, actor = office.world.ctx, Actor("officer", "smr.ika", SAMARINDA, "officer", "bapenda")
    at_once, payment_files.AT_ONCE = payment_files.AT_ONCE, 0
    before = memory()
    try:
        digest = hashlib.sha256(content).hexdigest()
        said = payment_files.load_file(ctx, actor, "kas-daerah", BytesIO(content), digest).view
    finally:
        payment_files.AT_ONCE = at_once
    assert memory() - before < 24_000
    assert (said["lines"], said["results"]["waiting"]) == (count, count)
    # The short form settles some, the long one every row: none takes more memory than another.
    settled, before = 50 if count < 10_000 else count, memory()
    for _ in range(settled // 50):
        assert payments.settle_waiting(ctx, SAMARINDA, 50, digest) == 50
    assert payment_files.file_view(ctx, SAMARINDA, digest)["results"]["unmatched"] == settled
    assert memory() - before < 24_000


def test_what_nobody_finished_is_removed_and_what_was_loaded_stays(office: Web) -> None:
    whole = load(office, csv_of([(code_of(office, billed(office)), PAID, "B1")])).get_json()
    world = office.world
    told = Told("f:0000002", "kas-daerah", "bapenda", "64720000000001", 5, "B2", file="f")
    with world.database.write() as uow:
        payment_rows.add(uow, [payment_rows.payment_values(SAMARINDA, told, uow.time(None))])
    assert payment_files.forget_unloaded_once(world.ctx) == 0, "somebody may be at it"
    world.hands.pass_time(hours=2)
    assert payment_files.forget_unloaded_once(world.ctx) == 1
    assert written(office) == whole["lines"] == 1
    assert is_sound(office)


def test_a_call_that_was_written_down_and_not_settled_is_settled_by_the_clock(office: Web) -> None:
    number = billed(office)
    told = Told("call.kas-daerah:T1", "kas-daerah", "bapenda", code_of(office, number), PAID, "T1")
    with office.world.database.write() as uow:
        payment_rows.add(uow, [payment_rows.payment_values(SAMARINDA, told, uow.time(None))])
    assert payments.settle_payments_once(office.world.ctx) == 1
    assert payments.tell(office.world.ctx, SAMARINDA, told).state == "confirmed"
    assert office.step(number, "sign")["status"] == "ready"
    assert is_sound(office)
