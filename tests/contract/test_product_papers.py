"""Products on paper, over HTTP on the demo region: who prints them, what they say, which bytes."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from casetrack.gateways.printing.typesetter import press
from casetrack.storage.people import case_parties
from casetrack.usecases.case.verification import check_word
from casetrack.usecases.people.subjects import Person
from tests.conftest import need
from tests.contract.test_story_of_products import (
    CHANGE,
    PAID,
    REVIEWED,
    WRITTEN,
    act,
    clean,
    opened,
    play,
    products,
)
from tests.support.erasing import erase
from tests.support.papers import code_on, text_of
from tests.support.stories import City
from tests.support.web import Web
from tests.support.world import SAMARINDA

HEARD = {"notified_on": "2026-11-20", "heard_on": "2026-11-23"}


@pytest.fixture
def web(city: City) -> Web:
    return city


def paper(web: Web, number: str, who: str = "clerk", product: str | None = None) -> bytes:
    """The only product of a case, or this one, on paper."""
    product = product or products(web, number)[0]["id"]
    answer = web.get(f"/cases/{number}/products/{product}/pdf", who)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'filename="{product}.pdf"' in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def prints(web: Web, number: str) -> list[str]:
    answer = web.get(f"/cases/{number}/readings?limit=200", "auditor")
    looks: list[dict[str, Any]] = answer.get_json()["items"]
    return sorted(each["officer"] for each in looks if each["kind"] == "print")


def test_a_billboard_permit_is_printed_as_draft_and_as_it_was_issued(
    web: Web, tmp_path: Path
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    assert draft["draft"]["press"] == press("product")
    drawn = paper(web, number)
    web.world.hands.pass_time(days=1)
    assert paper(web, number, "signer") == drawn
    said = text_of(drawn)
    assert "DRAF: belum ditandatangani" in said
    assert draft["draft"]["hash"] in said
    assert "tanda tangan elektronik" not in said.lower(), "a draft bears nothing"
    # Else its print would be vouched for once the product is issued.
    word = check_word(web.world.ctx, draft["id"])
    assert not [each for each in (draft["id"], word, "verifikasi") if each in said]
    assert "Naskah ini belum diterbitkan: keasliannya tidak dapat diperiksa." in said
    assert web.get(f"/verify/{draft['id']}?k={word}").get_json()["known"] is False
    act(web, number, draft["id"], "signer", "sign")
    whole = paper(web, number)
    said = text_of(whole)
    assert "DRAF" not in said
    for words in (
        "Pemerintah Kota Samarinda",
        "IZIN PENYELENGGARAAN REKLAME",
        "Nomor: 503.5/0001/DPMPTSP/2026",
        "Nama : Budi Santoso",
        "Kepala DPMPTSP",
        "Drs. Yuni Contoh, M.Si. Pembina Utama Muda NIP 197106121998032001",
        "Tanpa tanda tangan elektronik: ditandatangani dengan tinta, atau keputusannya dicatat",
        "No electronic signature: signed in ink, or the decision is recorded in the system.",
    ):
        assert words in said
    assert said.count("503.5/0001/DPMPTSP/2026") == 2  # in its text, and at the foot of the page
    need(bool(shutil.which("pdftoppm") and shutil.which("zbarimg")), "pdftoppm and zbarimg")
    address = code_on(whole, tmp_path)
    assert f"/verifikasi/{draft['id']}?k=" in address
    assert address in said.replace(" ", "") or address in said
    # Whoever reads the code is let in.
    known = web.get(f"/verify/{draft['id']}?k={address.partition('?k=')[2]}").get_json()
    assert (known["known"], known["check_word"]) == (True, "fits")
    clean(web)


def test_a_doctors_permit_has_two_signatures_and_what_waits_for_one_is_a_draft(web: Web) -> None:
    number = opened(web, "sip-dokter", {"practice": 1, "place": "Klinik Contoh"})
    play(web, number, "clerk declare_complete intake\ndinkes complete recommend favourable")
    play(
        web, number, "dpmptsp complete endorse\nsigner complete decide\ndinkes complete sign_dinkes"
    )
    assert "belum ditandatangani oleh semua pejabat" in text_of(paper(web, number))
    play(web, number, "signer complete sign")
    said = text_of(paper(web, number))
    assert "DRAF" not in said
    assert said.index("Kepala Dinas Kesehatan") < said.index("Kepala DPMPTSP Ditandatangani")
    for mark in products(web, number)[0]["signatures"]:
        assert f"Paspor wewenang: peristiwa {mark['version']}" in said


def test_a_refusal_is_printed_with_its_grounds_and_how_to_object(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED)
    refuse = {"action": "refuse", "written": WRITTEN}
    door = f"/cases/{number}/steps/decide/actions"
    answer = web.post(door, "signer", refuse, etag=web.etag(number, "auditor"))
    assert answer.status_code == 200, answer.text
    letter = next(each for each in products(web, number) if each["kind"] == "refusal")
    if letter["state"] != "issued":
        act(web, number, letter["id"], "signer", "sign")
    said = text_of(paper(web, number, product=letter["id"]))
    ground = WRITTEN["grounds"][0]  # type: ignore[index]
    assert f"1. {ground['facts']} Dasar: {ground['rule']} Alasan: {ground['reason']}" in said
    assert "paling lama 21 hari kerja" in said


def test_what_was_corrected_and_then_annulled_says_since_when_and_not_why(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    before = paper(web, number)
    written = {"values": {"ketentuan": "Dibongkar paling lambat 30 hari setelah izin berakhir."}}
    act(web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": written})
    said = text_of(paper(web, number))
    assert "Naskah ini diperbaiki pada 23 November 2026." in said
    assert "Perbaikan" in said
    assert "Dibongkar paling lambat" in said
    assert "Dibongkar paling lambat" not in text_of(before)
    why = {**CHANGE, "written": WRITTEN, "hearing": HEARD}
    act(web, number, permit["id"], "signer", "annul", reason=why)
    said = text_of(paper(web, number))
    assert "DIBATALKAN sejak 23 November 2026." in said
    assert "Titik berada di badan jalan" not in said


def test_each_print_is_a_look_and_who_does_not_read_the_text_gets_none(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    product = products(web, number)[0]["id"]
    paper(web, number)
    paper(web, number)
    paper(web, number, "signer")
    for stranger, code in (("bapenda", "text_not_shown"), ("auditor", "role_not_allowed")):
        answer = web.get(f"/cases/{number}/products/{product}/pdf", stranger)
        assert answer.status_code == 403, stranger
        assert answer.get_json()["code"] == code
    looks = prints(web, number)
    assert len(looks) == 3
    assert len(set(looks)) == 2
    absent = web.get(f"/cases/{number}/products/SMR-0000-0000-0000/pdf", "clerk")
    assert (absent.status_code, absent.get_json()["code"]) == (404, "unknown_product")


def test_who_is_erased_is_printed_no_more(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    product = products(web, number)[0]["id"]
    play(web, number, "clerk withdraw")
    with web.world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, number, "applicant")
    assert party is not None
    erase(web.world, Person(SAMARINDA, party.subject))
    answer = web.get(f"/cases/{number}/products/{product}/pdf", "clerk")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "subject_erased")
    clean(web)
