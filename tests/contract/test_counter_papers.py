"""What the counter prints, read as the applicant reads it: as PDF and as page, over HTTP."""

from typing import Any

import pytest

from tests.contract.test_story_of_a_hand_over import (
    HIMSELF,
    RAHMAT,
    city,
    done,
    hand_over,
    issued,
    opened,
    permit,
)
from tests.support.papers import text_of
from tests.support.stories import BUDI, City
from tests.support.web import refused

__all__ = ["city"]
#: What no slip may show.
PERSON = (BUDI["nik"], "Budi", "Santoso", "0812", "Rahmat")
OUTSIDE = "SP4N-LAPOR! (www.lapor.go.id, SMS 1708) atau Ombudsman RI (telepon 137)"


def printed(city: City, number: str, kind: str, form: str = "pdf", code: str = "") -> str:
    """The words of a slip, blanks as one."""
    headers = {"X-Access-Code": code} if code else {}
    path = f"/cases/{number}/slips/{kind}?format={form}"
    answer = city.get(path, "clerk", headers=headers)
    assert answer.status_code == 200, answer.text
    words = text_of(answer.data) if form == "pdf" else answer.text
    for each in PERSON:
        assert each not in words, each
    return " ".join(words.split())


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_the_receipt_says_all_that_an_applicant_needs(city: City, form: str) -> None:
    body: dict[str, Any] = {
        "service": "surat-keterangan",
        "applicant": {**BUDI, "phone": "+62 812 5555 0001"},
        "documents": [],
    }
    case = city.open(body, "clerk")
    number, code = case["number"], case["access_code"]
    said = printed(city, number, "receipt", form, code)
    for words in (
        "Tanda terima berkas",
        "Pemerintah Kota Samarinda",
        "23 November 2026",
        "Masih kurang",
        "Waktu mulai dihitung setelah berkas dinyatakan lengkap",
        "Kelengkapan diperiksa paling lambat",
        "GRATIS, jangan membayar tanpa kode billing resmi.",
        "Tanda terima ini bukan izin dan bukan bukti kelengkapan.",
        "Tanyakan di loket ini",
        OUTSIDE,
        "Tanpa telepon",
        "Datang ke loket dengan lembar ini.",
        "Anda berhak meminta salinan dan pembetulan",
    ):
        assert words in said, words
    assert said.casefold().count("tanpa telepon") == 1
    # The code stands below everything else, on a strip of its own.
    (there,) = [at for at in range(len(said)) if said.startswith(code[:4] + "-", at)]
    assert there > said.index("Gunting di sini") > said.index("Simpan tanda terima ini")
    without = printed(city, number, "receipt", form)
    assert "Gunting di sini" not in without


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_the_receipt_names_the_counter_at_which_it_was_taken_and_the_number_of_the_queue(
    city: City, form: str
) -> None:
    body: dict[str, Any] = {
        "service": "surat-keterangan",
        "applicant": BUDI,
        "documents": [],
        "counter": "loket-2",
        "queue": "A-017",
    }
    case = city.open(body, "clerk")
    assert case["visit"] == {
        "id": None,
        "counter": {"id": "loket-2", "name": {"id": "Loket 2", "en": "Counter 2"}},
        "queue": "A-017",
    }
    said = printed(city, case["number"], "receipt", form)
    assert "Loket 2" in said
    assert "Nomor antrean" in said
    assert "A-017" in said
    plain = city.open({**body, "counter": None, "queue": None}, "clerk")
    assert plain["visit"] is None
    assert "Nomor antrean" not in printed(city, plain["number"], "receipt", form)


def test_a_counter_is_one_of_the_agency_that_takes_this_service_in(city: City) -> None:
    listed = {
        each["id"]: [counter["id"] for counter in each["counters"]]
        for each in city.get("/agencies?limit=200", "clerk").get_json()["items"]
    }
    assert listed["dpmptsp"] == ["loket-1", "loket-2", "loket-kesehatan"]
    assert listed["dlh"] == []
    body: dict[str, Any] = {"service": "surat-keterangan", "applicant": BUDI, "documents": []}
    for counter, why in (
        ("loket-9", "there is no such counter here"),
        ("loket-kesehatan", "surat-keterangan is not taken in at this counter"),
    ):
        answer = city.post("/cases", "clerk", {**body, "counter": counter})
        assert refused(answer) == (422, "invalid_body")
        (error,) = answer.get_json()["errors"]
        assert error["at"] == "counter"
        assert error["message"].startswith(why)


def test_the_proof_of_registration_says_the_same_beside_its_limit(city: City) -> None:
    number = opened(city)
    city.follow(number, "clerk declare_complete intake")
    said = printed(city, number, "registration")
    for words in ("SUDAH dihitung", OUTSIDE, "Hanya menurut surat tagihan", "Tanpa telepon"):
        assert words in said, words


def test_the_proof_of_hand_over_is_signed_first_and_says_afterwards_what_was_written_down(
    city: City,
) -> None:
    number = opened(city)
    early = city.get(f"/cases/{number}/slips/hand-over", "clerk")
    assert refused(early) == (409, "status_forbids")
    number = issued(city, originals=1, representative=RAHMAT)
    before = printed(city, number, "hand-over")
    for words in (
        "BELUM DISERAHKAN.",
        f"nomor {permit(city, number)['number']}",
        "Tanda tangan yang menerima, hari dan jam",
        "Dokumen asli yang masih di kantor",
    ):
        assert words in before, words
    done(hand_over(city, number, present={**HIMSELF, "signature": "paper"}, papers=["doc-1"]))
    for form in ("pdf", "html"):
        after = printed(city, number, "hand-over", form)
        for words in ("SUDAH DISERAHKAN.", "Pemohon", "SIM", "di kertas", "smr.clerk"):
            assert words in after, words
        assert "Dokumen asli yang dikembalikan" in after
        assert "Tanda tangan yang menerima, hari dan jam" not in after


def test_returned_originals_are_receipted_with_their_days_and_who_got_them(city: City) -> None:
    without = issued(city)
    none = city.get(f"/cases/{without}/slips/returned-papers", "clerk")
    assert refused(none) == (409, "paper_not_held")
    number = issued(city, originals=2)
    done(
        city.on(
            number, "clerk", "actions", action="return_papers", present=HIMSELF, papers=["doc-2"]
        )
    )
    said = printed(city, number, "returned-papers")
    assert "MASIH ADA DI KANTOR." in said
    assert "dikembalikan Senin, 23 November 2026" in said
    assert "kepada: Pemohon" in said
    assert said.index("Dokumen asli yang dikembalikan") < said.index("masih di kantor")
    done(city.on(number, "clerk", "actions", action="return_papers", papers=["doc-1"]))
    assert "SEMUA SUDAH DIKEMBALIKAN." in printed(city, number, "returned-papers")
