"""What is decided of an objection and of an appeal is told by a letter, over HTTP on the demo region.

The billboard of Budi Santoso is refused by smr.signer, head of the one-door office, on Monday 23 November
2026; smr.walikota is the mayor.
"""

from typing import Any

import pytest

from casetrack.usecases.case import deadlines
from tests.contract.test_authority_stories import at
from tests.contract.test_product_papers import HEARD, paper
from tests.contract.test_story_of_products import (
    CHANGE,
    REVIEWED,
    WRITTEN,
    act,
    clean,
    opened,
    play,
    products,
    whole,
)
from tests.support.papers import text_of
from tests.support.stories import City
from tests.support.web import APPLICANT, Web, refused

PRESENT = {"party": "applicant", "document": "ktp"}
#: What the office writes in a letter that grants.
WHY = {"values": {"pertimbangan": "Titik ternyata berada di halaman sendiri."}}
LINKS = {"keberatan": "objection_to", "banding": "appeal_of"}


@pytest.fixture
def web(city: City) -> Web:
    return city


def refuse(web: Web, number: str, who: str) -> dict[str, Any]:
    """Refused with grounds, and the letter signed: the letter."""
    etag = web.etag(number, "auditor")
    answer = web.act(number, who, "refuse", "decide", etag=etag, written=WRITTEN)
    assert answer.status_code == 200, answer.text
    return signed(web, number, who)


def signed(web: Web, number: str, who: str) -> dict[str, Any]:
    (letter,) = [each for each in products(web, number) if each["state"] == "draft"]
    act(web, number, letter["id"], who, "sign")
    return next(each for each in products(web, number) if each["id"] == letter["id"])


def hand_over(web: Web, number: str) -> None:
    etag = web.etag(number, "auditor")
    answer = web.act(number, "clerk", "hand_over", etag=etag, present=PRESENT)
    assert answer.status_code == 200, answer.text


def board(web: Web, *, handed_over: bool = True) -> tuple[str, str]:
    """A refused billboard: its number, and that of its letter."""
    number = opened(web)
    play(web, number, REVIEWED)
    letter = refuse(web, number, "signer")
    if handed_over:
        hand_over(web, number)
    return number, letter["number"]


def lodged(web: Web, first: str, service: str = "keberatan") -> tuple[str, str]:
    """An objection or an appeal, complete: its number and access code."""
    case = web.open(
        {
            "service": service,
            "applicant": APPLICANT,
            "documents": [{"requirement": f"surat-{service}"}],
            "links": [{"kind": LINKS[service], "number": first}],
        },
        "clerk",
    )
    play(web, case["number"], "clerk declare_complete intake")
    return str(case["number"]), str(case["access_code"])


def written_anew(web: Web, number: str, who: str = "dpmptsp") -> dict[str, Any]:
    """The letter that grants, drawn up with its reasons."""
    said = {"product": "pengabulan", "written": WHY}
    answer = web.post(f"/cases/{number}/products", who, said, etag=web.etag(number, "auditor"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = products(web, number)[-1]
    return found


def printed(web: Web, number: str, letter: str) -> str:
    return text_of(paper(web, number, product=letter))


def test_what_is_granted_is_told_by_a_letter_of_who_decided(web: Web) -> None:
    first, refusal = board(web)
    number, _ = lodged(web, first)
    play(web, number, "signer complete decide")
    (draft,) = products(web, number)
    assert draft["draft"]["missing"] == ["pertimbangan"]
    early = act(web, number, draft["id"], "signer", "sign", 409)
    assert early.get_json()["code"] == "draft_incomplete"
    written_anew(web, number)
    mayor = act(web, number, draft["id"], "walikota", "sign", 403)
    assert mayor.get_json()["code"] == "not_the_deciding_position"
    letter = signed(web, number, "signer")
    assert letter["state"] == "issued"
    said = printed(web, number, letter["id"])
    for words in (
        "KEPUTUSAN MENGABULKAN KEBERATAN",
        f"Keberatan {number} diajukan pada 23 November 2026 oleh Budi Santoso",
        f"terhadap keputusan atas permohonan {first} (Izin Penyelenggaraan Reklame)",
        f"Surat Penolakan Izin Reklame Nomor {refusal}",
        "Tanggal keputusan : 23 November 2026",
        "Ditetapkan oleh : Kepala DPMPTSP",
        "Diterima pemohon pada : 23 November 2026",
        "Hari terakhir mengajukan keberatan : 22 Desember 2026",
        "Titik ternyata berada di halaman sendiri.",
        "diputus oleh Kepala DPMPTSP berdasarkan Pasal 77 UU 30/2014",
        "Drs. Yuni Contoh, M.Si.",
    ):
        assert words in said, (words, said)
    assert "tidak diputus" not in said, "nobody was silent"
    nothing = {"result": "nothing_to_change", "note": "tidak ada"}
    seen = web.etag(number, "auditor")
    done = web.act(number, "signer", "complete", "carry_out", etag=seen, **nothing)
    assert done.status_code == 200, done.text
    play(web, number, "clerk hand_over")
    decisions = web.get(f"/cases/{number}/trace", "auditor").get_json()["decisions"]
    assert [each["authority"]["passport"]["remarks"][-1]["kind"] for each in decisions] == [
        *("objection",) * 3,
    ]
    assert all(each["judged_again"]["now"]["holds"] for each in decisions)
    clean(web)


def test_the_letter_that_refuses_says_how_to_appeal_and_that_of_the_appeal_names_the_court(
    web: Web,
) -> None:
    first, refusal = board(web)
    number, code = lodged(web, first)
    letter = refuse(web, number, "signer")
    said = printed(web, number, letter["id"])
    for words in (
        "KEPUTUSAN MENOLAK KEBERATAN",
        f"Surat Penolakan Izin Reklame Nomor {refusal}",
        "Titik berada di badan jalan. Dasar: Pasal 7 Perda 4/2025.",
        "Rekomendasi Dinas Perhubungan",
        "Banding dapat diajukan kepada Wali Kota Samarinda, atasan Kepala DPMPTSP, secara tertulis,",
        "paling lama 10 hari kerja sejak surat ini diterima (Pasal 78 ayat (1) UU 30/2014)",
    ):
        assert words in said, (words, said)
    key = {"X-Access-Code": code}
    told = web.get(f"/status/{number}", headers=key).get_json()["objection"]
    assert (told["remedy"], told["until"]) == ("appeal", None)
    assert told["message"]["id"].startswith("Anda dapat mengajukan banding kepada Wali Kota")
    hand_over(web, number)
    told = web.get(f"/status/{number}", headers=key).get_json()["objection"]
    assert (told["reached"], told["until"]) == ("2026-11-23", "2026-12-07")
    assert "Banding yang terlambat" in told["message"]["id"]

    appeal, code = lodged(web, number, "banding")
    assert refused(
        web.act(appeal, "signer", "complete", "decide", etag=web.etag(appeal, "auditor"))
    ) == (403, "not_superior")
    last = refuse(web, appeal, "walikota")
    said = printed(web, appeal, last["id"])
    for words in (
        "KEPUTUSAN MENOLAK BANDING",
        f"terhadap keputusan atas keberatan {number} (Keberatan atas Keputusan)",
        "Ditetapkan oleh : Kepala DPMPTSP",
        "diputus oleh Wali Kota Samarinda berdasarkan Pasal 78 UU 30/2014",
        "Gugatan dapat diajukan kepada Pengadilan Tata Usaha Negara Samarinda",
        "paling lama 90 hari kerja",
        "Andi Contoh",
    ):
        assert words in said, (words, said)
    # The line is broken in the number.
    named = f"Keputusan Menolak Keberatan Nomor {letter['number']}"
    assert named.replace(" ", "") in said.replace(" ", "")
    told = web.get(f"/status/{appeal}", headers={"X-Access-Code": code}).get_json()["objection"]
    assert told["remedy"] == "court"
    assert "gugatan" in told["message"]["id"]
    assert "go to court" in told["message"]["en"]
    clean(web)


def test_a_letter_says_that_the_day_is_not_known_on_which_the_decision_reached_the_party(
    web: Web,
) -> None:
    first, _ = board(web, handed_over=False)
    number, _ = lodged(web, first)
    said = printed(web, number, refuse(web, number, "signer")["id"])
    assert "Diterima pemohon pada : hari yang tidak tercatat" in said
    assert "Hari terakhir" not in said


def test_silence_issues_no_letter_and_who_decides_signs_one_afterwards(web: Web) -> None:
    first, _ = board(web)
    number, _ = lodged(web, first)
    # Ten working days after Monday 23 November end on Monday 7 December.
    web.world.hands.now = at("2026-12-08T09:00")
    while deadlines.watch_once(web.world.ctx):
        pass
    case = web.get(f"/cases/{number}", "auditor").get_json()
    assert (case["outcome"], case["products"]) == ("deemed_granted", [])
    written_anew(web, number)
    letter = signed(web, number, "signer")
    said = printed(web, number, letter["id"])
    assert "karena tidak diputus dalam batas waktunya (Pasal 77 ayat (5) UU 30/2014)" in said
    assert "Titik ternyata berada di halaman sendiri." in said
    clean(web)


def test_a_stranger_reads_no_letter_and_one_without_a_first_case_is_not_decided(web: Web) -> None:
    first, _ = board(web)
    number, _ = lodged(web, first)
    letter = refuse(web, number, "signer")
    path = f"/cases/{number}/products/{letter['id']}/pdf"
    assert refused(web.get(path, "dinkes")) == (404, "unknown_case")
    assert refused(web.get(path, "auditor")) == (403, "role_not_allowed")
    body = {
        "service": "keberatan",
        "applicant": APPLICANT,
        "documents": [{"requirement": "surat-keberatan"}],
    }
    unnamed = str(web.open(body, "clerk")["number"])
    play(web, unnamed, "clerk declare_complete intake")
    draft = written_anew(web, unnamed)
    assert "(belum diisi)" in str(whole(web, unnamed, draft["id"])["content"]["paragraphs"])
    etag = web.etag(unnamed, "auditor")
    assert refused(web.act(unnamed, "signer", "complete", "decide", etag=etag)) == (
        409,
        "review_unnamed",
    )
    early = act(web, unnamed, draft["id"], "signer", "sign", 409)
    assert early.get_json()["code"] == "review_unnamed"


def test_who_objects_to_silence_reads_that_nothing_was_decided(web: Web) -> None:
    first = opened(web)
    play(web, first, REVIEWED)
    number, _ = lodged(web, first)
    said = printed(web, number, refuse(web, number, "signer")["id"])
    assert f"terhadap keputusan atas permohonan {first}" in said
    for label in ("Tanggal keputusan", "Ditetapkan oleh", "Diterima pemohon"):
        assert label not in said


def test_an_objection_to_an_annulment_names_the_paper_that_was_annulled(web: Web) -> None:
    first = opened(web, "izin-trayek", {"route": "A-1", "seats": 12, "plate": "KT 1234 XY"})
    play(web, first, "clerk declare_complete intake\ndishub complete review_dishub favourable")
    play(web, first, "signer complete decide\nsigner complete sign\nclerk hand_over")
    annulled, other = products(web, first)
    why = {**CHANGE, "written": WRITTEN, "hearing": HEARD}
    act(web, first, annulled["id"], "signer", "annul", reason=why)
    number, _ = lodged(web, first)
    said = printed(web, number, refuse(web, number, "signer")["id"]).replace(" ", "")
    name = annulled["name"]["id"]
    assert f"Pembatalan {name} Nomor {annulled['number']}".replace(" ", "") in said
    assert other["number"] not in said
