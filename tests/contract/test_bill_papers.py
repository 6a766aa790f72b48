"""A bill on paper: the code and the amount, in figures and words, and how it stands; no person."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casetrack.domain.service.tariff import Part, Tariff
from tests.support.money import (
    PAID,
    RULE,
    STALL,
    billed,
    code_of,
    issue,
    on_bill,
    world_of_money,
)
from tests.support.papers import text_of
from tests.support.web import APPLICANT, Web


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def paper(web: Web, number: str, who: str = "dewi", bill: str = "bill-1") -> bytes:
    """The bill as it comes from the door that the case names."""
    bills = web.get(f"/cases/{number}", "audit").get_json()["bills"]
    path = next(each["paper"] for each in bills if each["id"] == bill).removeprefix("/api/v1")
    printed = web.get(f"{path}?format=pdf", who)
    assert printed.status_code == 200, printed.text
    assert printed.content_type == "application/pdf"
    return bytes(printed.data)


def test_a_bill_is_printed_with_all_that_who_pays_must_know_and_with_no_person(
    office: Web,
) -> None:
    number = billed(office)
    text = " ".join(text_of(paper(office, number)).split())
    for said in (
        "Surat tagihan",
        code_of(office, number),
        "Rp263.000",
        "dua ratus enam puluh tiga ribu rupiah",
        RULE.basis,
        "BELUM DIBAYAR.",
        "Jatuh tempo",
        "Kas Daerah",
        "Bankaltimtara",
        "Nomor rekening: 0011500100",
        "Atas nama: RKUD Kota Samarinda",
        number,
    ):
        assert said in text
    assert APPLICANT["name"] not in text
    page = office.get(f"/cases/{number}/bills/bill-1/paper?lang=en", "ika")
    assert page.content_type.startswith("text/html")
    assert "dua ratus enam puluh tiga ribu rupiah" in page.text
    assert "Pay only by this code" in page.text
    looks = office.get(f"/cases/{number}/readings", "audit").get_json()["items"]
    assert [each["kind"] for each in looks if each["kind"] == "print"] == ["print"] * 2


def test_the_same_bill_gives_the_same_bytes_and_another_state_others(office: Web) -> None:
    number = billed(office)
    first = paper(office, number)
    assert paper(office, number, "ika") == first
    on_bill(office, number, "dewi", "report")
    assert paper(office, number) != first


def test_a_bill_that_is_paid_or_ended_says_so_and_no_longer_where_to_pay(office: Web) -> None:
    number = billed(office)
    on_bill(office, number, "bima", "cancel", reason="salah hitung")
    issue(office, number)
    on_bill(office, number, "ika", "confirm", "bill-2", reference="NTPD-1", amount=PAID)
    ended, paid = (text_of(paper(office, number, bill=b)) for b in ("bill-1", "bill-2"))
    for text, across in ((ended, "DIBATALKAN"), (paid, "LUNAS")):
        assert text.count(across) == 2
        assert "0011500100" not in text
        assert "Bankaltimtara" not in text
    assert "NTPD-1" in paid
    on_bill(office, number, "bima", "refund", "bill-2", reason="dibatalkan")
    assert "DIKEMBALIKAN" in text_of(paper(office, number, bill="bill-2"))


def test_a_stranger_prints_no_bill_and_a_bill_that_is_not_there_is_not_printed(
    office: Web,
) -> None:
    number = billed(office)
    for who, bill in (("rudi", "bill-1"), ("dewi", "bill-2")):
        assert office.get(f"/cases/{number}/bills/{bill}/paper", who).status_code == 404
    assert office.get(f"/cases/{number}/bills/bill-1/paper?format=doc", "dewi").status_code == 422


def test_where_nothing_is_to_be_paid_the_receipt_says_gratis(
    database_url: str, tmp_path: Path
) -> None:
    rule = replace(RULE, formula=Tariff((Part(amount=500, fact="area_m2"),)))
    world = world_of_money(database_url, tmp_path, rule)
    web = Web(world)
    free = web.open({**STALL, "facts": {"area_m2": 0, "zone": "edge"}})["number"]
    said = "GRATIS, jangan membayar tanpa kode billing resmi."
    assert said in web.get(f"/cases/{free}/slips/receipt", "dewi").text
    for_money = web.get(f"/cases/{web.open(STALL)['number']}/slips/receipt", "dewi").text
    assert said not in for_money
    assert "jangan membayar tanpa kode billing resmi" in for_money
    world.close()
