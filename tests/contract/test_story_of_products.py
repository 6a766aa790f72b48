"""What comes out of a case, played through HTTP on the demo region: permits, a refusal, their end."""

from collections.abc import Mapping
from typing import Any

import pytest

from casetrack.usecases.proof.verify import verify
from tests.support import demo
from tests.support.stories import City
from tests.support.web import APPLICANT, Web

BILLBOARD = {
    "width_cm": 400,
    "height_cm": 250,
    "location": "64.72.03",
    "spot": "Jl. Awang Long, sisi timur",
}
GROUNDS = [
    {
        "facts": "Titik berada di badan jalan.",
        "rule": "Pasal 7 Perda 4/2025.",
        "reason": "Reklame di badan jalan membahayakan lalu lintas.",
    }
]
WRITTEN = {"grounds": GROUNDS, "relied_on": ["Rekomendasi Dinas Perhubungan"]}
CHANGE = {
    "ground": "substance",
    "instrument": {"number": "503/12/2026", "dated": "2026-11-20"},
    "found_on": "2026-11-20",
}


@pytest.fixture
def web(city: City) -> Web:
    return city


def opened(web: Web, service: str = "izin-reklame", facts: Mapping[str, Any] = BILLBOARD) -> str:
    body = {
        "service": service,
        "facts": facts,
        "applicant": {**APPLICANT, "address": "Jl. Contoh 1"},
        "documents": demo.documents(service, facts),
    }
    return str(web.open(body, who="clerk")["number"])


def play(web: Web, number: str, story: str) -> None:
    """Several acts over HTTP, one a line; a note stands behind a bar."""
    for line in story.splitlines():
        said, _, note = line.partition("|")
        if not said.strip():
            continue
        who, action, *rest = said.split()
        more = {"result": rest[1]} if len(rest) > 1 else {}
        more |= {"note": note.strip()} if note else {}
        etag = web.etag(number, "auditor")
        answer = web.act(number, who, action, rest[0] if rest else None, etag=etag, **more)
        assert answer.status_code == 200, (line, answer.text)


REVIEWED = """
    clerk declare_complete intake
    dlh complete review_dlh favourable
    dishub complete review_dishub favourable
    pupr complete review_pupr conditional | Tiang paling tinggi 6 m.
    dpmptsp complete verify
"""
PAID = """
    signer complete decide
    bapenda complete assess_tax
    bapenda record_payment pay_tax
"""


def products(web: Web, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = web.get(f"/cases/{number}", "clerk").get_json()["products"]
    return found


def whole(web: Web, number: str, product: str, who: str = "clerk") -> dict[str, Any]:
    answer = web.get(f"/cases/{number}/products/{product}", who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def act(
    web: Web, number: str, product: str, who: str, action: str, status: int = 200, **more: Any
) -> Any:
    answer = web.post(
        f"/cases/{number}/products/{product}/actions",
        who,
        {"action": action, **more},
        etag=web.etag(number, "auditor"),
    )
    assert answer.status_code == status, answer.text
    return answer


def clean(web: Web) -> None:
    verdict = verify(web.world.ctx, progress=lambda _: None)
    assert verdict.fault is None
    assert not {"past_rules", "passport_not_derivable"} & verdict.authority.counts.keys()


def test_a_billboard_permit_is_drawn_up_signed_numbered_issued_and_handed_over(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    assert (draft["product"], draft["state"], draft["number"]) == ("izin", "draft", None)
    assert draft["next_signature"] == "sign"
    act(web, number, draft["id"], "signer", "sign", draft=draft["draft"]["hash"])
    case = web.get(f"/cases/{number}", "clerk").get_json()
    (permit,) = case["products"]
    assert case["status"] == "granted"
    assert (permit["state"], permit["number"]) == ("issued", "503.5/0001/DPMPTSP/2026")
    assert (permit["dated"], permit["valid_until"]) == ("2026-11-23", "2027-11-22")
    assert permit["hand_over_due"].startswith("2026-11-30")
    text = "\n\n".join(whole(web, number, permit["id"])["content"]["paragraphs"])
    assert "Nomor: 503.5/0001/DPMPTSP/2026" in text
    assert "Nama: Budi Santoso\nAlamat: Jl. Contoh 1" in text
    assert "selebar 400 cm dan setinggi 250 cm" in text
    assert "berlaku sampai dengan 22 November 2027" in text
    assert "- Dinas Lingkungan Hidup, 23 November 2026" in text
    assert "- Tiang paling tinggi 6 m." in text
    (block,) = whole(web, number, permit["id"])["content"]["signatures"]
    assert block["office"] == ["Kepala DPMPTSP"]
    assert block["officer"] == [
        "Drs. Yuni Contoh, M.Si.",
        "Pembina Utama Muda",
        "NIP 197106121998032001",
    ]
    play(web, number, "clerk hand_over")
    assert products(web, number)[0]["state"] == "handed_over"
    clean(web)


def test_a_doctors_permit_is_endorsed_and_signed_twice_each_with_its_passport(web: Web) -> None:
    facts = {"practice": 1, "place": "Klinik Contoh"}
    number = opened(web, "sip-dokter", facts)
    advised = "dinkes complete recommend conditional | Praktik paling banyak di tiga tempat."
    play(web, number, f"clerk declare_complete intake\n{advised}")
    (draft,) = products(web, number)
    assert draft["number"] == "503.16/0001/DPMPTSP/2026"
    assert draft["next_endorser"] == "kabid-perizinan"
    play(web, number, "dpmptsp complete endorse\nsigner complete decide")
    stranger = act(web, number, draft["id"], "signer", "sign", 403)
    assert stranger.get_json()["code"] == "other_work"
    play(web, number, "dinkes complete sign_dinkes")
    assert products(web, number)[0]["state"] == "endorsed"
    play(web, number, "signer complete sign")
    (permit,) = products(web, number)
    assert (permit["state"], permit["valid_until"]) == ("issued", "2031-11-22")
    content = whole(web, number, permit["id"])["content"]
    assert "Syarat:\n- Praktik paling banyak di tiga tempat." in content["paragraphs"]
    assert [each["office"] for each in content["signatures"]] == [
        ["Kepala Dinas Kesehatan"],
        ["Kepala DPMPTSP"],
    ]
    events = web.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    passports = {
        event["version"]: event["data"]["authority"]["passport"]["seat"]["position"]
        for event in events
        if event["stream"] == number and "authority" in event["data"]
    }
    assert [passports[each["version"]] for each in permit["signatures"]] == [
        "kepala-dinkes",
        "kepala-dpmptsp",
    ]
    play(web, number, "clerk hand_over")
    clean(web)


def test_a_mayor_who_signs_is_printed_without_title_rank_and_nip(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "walikota complete sign")
    (permit,) = products(web, number)
    (block,) = whole(web, number, permit["id"])["content"]["signatures"]
    assert (block["office"], block["officer"]) == (["Wali Kota Samarinda"], ["Andi Contoh"])
    clean(web)


def test_an_acting_head_is_printed_as_such(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    web.world.hands.pass_time(days=28)  # Monday 21 December: the first day of the Plh letter
    (draft,) = products(web, number)
    act(web, number, draft["id"], "dpmptsp", "sign", as_position="kepala-dpmptsp")
    (block,) = whole(web, number, draft["id"])["content"]["signatures"]
    assert block["office"] == ["Plh. Kepala DPMPTSP"]
    assert block["officer"][0] == "Hadi Contoh, S.Sos."
    clean(web)


def test_a_refusal_is_a_letter_that_cannot_be_signed_without_grounds_and_papers(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + "signer refuse decide")
    (letter,) = products(web, number)
    assert (letter["kind"], letter["draft"]["missing"]) == ("refusal", ["grounds", "relied_on"])
    incomplete = act(web, number, letter["id"], "signer", "sign", 409)
    assert incomplete.get_json()["code"] == "draft_incomplete"
    waiting = web.post(
        f"/cases/{number}/actions",
        "clerk",
        {"action": "hand_over"},
        etag=web.etag(number, "auditor"),
    )
    assert waiting.status_code == 409
    assert waiting.get_json()["code"] == "not_issued"
    body = {"product": "penolakan", "written": WRITTEN}
    drawn = web.post(f"/cases/{number}/products", "dpmptsp", body, etag=web.etag(number, "auditor"))
    assert drawn.status_code == 201, drawn.text
    act(web, number, letter["id"], "signer", "sign")
    (letter,) = products(web, number)
    assert (letter["state"], letter["number"]) == ("issued", "503.9/1/XI/2026")
    text = "\n".join(whole(web, number, letter["id"])["content"]["paragraphs"])
    assert "Titik berada di badan jalan. Dasar: Pasal 7 Perda 4/2025." in text
    assert "paling lama 21 hari kerja sejak surat ini diterima" in text
    play(web, number, "clerk hand_over")
    clean(web)


def test_a_doctor_who_is_refused_gets_a_letter_too(web: Web) -> None:
    number = opened(web, "sip-dokter", {"practice": 1, "place": "Klinik Contoh"})
    play(
        web,
        number,
        """
        clerk declare_complete intake
        dinkes complete recommend unfavourable | Tempat praktik belum siap.
        dpmptsp complete endorse
        """,
    )
    etag = web.etag(number, "auditor")
    answer = web.act(number, "signer", "refuse", "decide", etag=etag, written=WRITTEN)
    assert answer.status_code == 200, answer.text
    permit, letter = products(web, number)
    assert (permit["kind"], permit["state"]) == ("permit", "voided")
    assert (letter["kind"], letter["draft"]["missing"]) == ("refusal", [])
    act(web, number, letter["id"], "signer", "sign")
    (_, letter) = products(web, number)
    assert letter["state"] == "issued"
    text = "\n".join(whole(web, number, letter["id"])["content"]["paragraphs"])
    assert "untuk izin praktik pada tempat praktik ke-1 di Klinik Contoh ditolak" in text
    assert "paling lama 21 hari kerja sejak surat ini diterima" in text
    play(web, number, "clerk hand_over")
    clean(web)


def test_a_permit_is_corrected_and_then_annulled_after_who_is_burdened_was_heard(
    web: Web,
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    written = {"values": {"ketentuan": "Dibongkar paling lambat 30 hari setelah izin berakhir."}}
    act(web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": written})
    corrected = whole(web, number, permit["id"])
    assert (corrected["state"], corrected["number"]) == ("corrected", permit["number"])
    assert corrected["draft"]["edition"] == 2
    assert "Dibongkar paling lambat" in "\n".join(corrected["content"]["paragraphs"])
    assert len(corrected["content"]["signatures"]) == 2
    missing = act(web, number, permit["id"], "signer", "annul", 422, reason=CHANGE)
    assert missing.get_json()["code"] == "invalid_body"
    heard = {"notified_on": "2026-11-20", "heard_on": "2026-11-23"}
    why = {**CHANGE, "written": WRITTEN, "hearing": heard}
    act(web, number, permit["id"], "signer", "annul", reason=why)
    annulled = whole(web, number, permit["id"])
    assert annulled["state"] == "annulled"
    assert annulled["ended"]["hearing"] == {**heard, "waived": False}
    again = act(web, number, permit["id"], "signer", "revoke", 409, reason=why)
    assert again.get_json()["code"] == "product_state"
    clean(web)
