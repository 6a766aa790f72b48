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
        "Tanpa telepon: datang ke loket",
        "Anda berhak meminta salinan dan pembetulan",
    ):
        assert words in said, words
    # The code stands below everything else, on a strip of its own.
    (there,) = [at for at in range(len(said)) if said.startswith(code[:4] + "-", at)]
    assert there > said.index("Gunting di sini") > said.index("Simpan tanda terima ini")
    without = printed(city, number, "receipt", form)
    assert "Gunting di sini" not in without


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
