"""What the applicant reads of a product after its case was decided; what who writes it is warned of."""

from typing import Any

import pytest

from casetrack.usecases.case.expiring_products import expire_once
from tests.contract.test_story_of_products import (
    BILLBOARD,
    CHANGE,
    GROUNDS,
    PAID,
    REVIEWED,
    WRITTEN,
    act,
    clean,
    play,
    products,
    whole,
)
from tests.support import demo
from tests.support.papers import text_of
from tests.support.stories import City
from tests.support.web import APPLICANT, Web

HEARD = {"notified_on": "2026-11-20", "heard_on": "2026-11-23"}


@pytest.fixture
def web(city: City) -> Web:
    return city


def opened(web: Web) -> dict[str, Any]:
    body = {
        "service": "izin-reklame",
        "facts": BILLBOARD,
        "applicant": {**APPLICANT, "address": "Jl. Contoh 1"},
        "documents": demo.documents("izin-reklame", BILLBOARD),
    }
    return web.open(body, who="clerk")


def told(web: Web, case: dict[str, Any]) -> str:
    """What the applicant is to do next: the same in the answer and on the page."""
    code = {"X-Access-Code": case["access_code"]}
    said: str = web.get(f"/status/{case['number']}", headers=code).get_json()["next_action"]["id"]
    form = {"number": case["number"], "code": case["access_code"]}
    assert said in web.flask.test_client().post("/status", data=form).text
    plain = web.get(f"/status/{case['number']}").get_json()
    assert "next_action" not in plain, "without the code nothing is said of it"
    return said


def test_nobody_is_sent_to_the_counter_for_what_counts_no_more(web: Web) -> None:
    case = opened(web)
    number = case["number"]
    play(web, number, REVIEWED + PAID + "signer complete sign")
    assert told(web, case).startswith("Ambil hasilnya di loket")
    (permit,) = products(web, number)
    why = {**CHANGE, "written": WRITTEN, "hearing": HEARD}
    act(web, number, permit["id"], "signer", "annul", reason=why)
    assert "sudah dibatalkan" in told(web, case)
    clean(web)


def test_an_expired_and_a_revoked_one_are_told_as_such_after_the_hand_over(web: Web) -> None:
    old, other = opened(web), opened(web)
    for case in (old, other):
        play(web, case["number"], REVIEWED + PAID + "signer complete sign\nclerk hand_over")
        assert told(web, case).startswith("Anda tidak perlu melakukan apa-apa")
    (permit,) = products(web, other["number"])
    why = {**CHANGE, "written": WRITTEN, "hearing": HEARD}
    act(web, other["number"], permit["id"], "signer", "revoke", reason=why)
    assert "sudah dicabut" in told(web, other)
    _says_why(web, other, permit["id"])
    web.world.hands.pass_time(days=400)
    while expire_once(web.world.ctx):
        pass
    assert "Masa berlaku dokumen ini sudah habis" in told(web, old)
    assert "sudah dicabut" in told(web, other)


def _says_why(web: Web, case: dict[str, Any], product: str) -> None:
    """Who decides reads the grounds, and the applicant does, with how to object; nobody else."""
    number = case["number"]
    read = web.get(f"/cases/{number}/products/{product}", "signer").get_json()
    assert read["because"] == {**WRITTEN, "why_not_heard": None}
    other = web.get(f"/cases/{number}/products/{product}", "auditor").get_json()
    assert (other["content"], other["because"]) == (None, None), "who does not read the text"
    code = {"X-Access-Code": case["access_code"]}
    said = web.get(f"/status/{number}", headers=code).get_json()
    (ended,) = said["ended"]
    assert (ended["status"], ended["because"]["grounds"]) == ("revoked", GROUNDS)
    assert (said["objection"]["remedy"], said["objection"]["until"]) == ("objection", None)
    form = {"number": number, "code": case["access_code"]}
    page = web.flask.test_client().post("/status", data=form).text
    assert GROUNDS[0]["reason"] in page
    assert "Rekomendasi Dinas Perhubungan" in page
    assert said["objection"]["message"]["id"] in page
    letter = web.get(f"/cases/{number}/slips/ended?format=pdf", "clerk")
    assert letter.status_code == 200, letter.text
    hidden = web.get(f"/cases/{number}/slips/ended", "auditor")
    assert hidden.status_code == 403
    words = " ".join(text_of(letter.data).split())
    for each in ("Surat pencabutan", "Kepala DPMPTSP", "503/12/2026", "keberatan"):
        assert each in words, words
    assert GROUNDS[0]["reason"] in words
    plain = web.get(f"/status/{number}").get_json()
    assert not {"ended", "objection"} & plain.keys()


def test_a_corrected_one_is_collected_again(web: Web) -> None:
    case = opened(web)
    number = case["number"]
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    written = {"values": {"ketentuan": "Dibongkar paling lambat 30 hari setelah izin berakhir."}}
    answer = act(
        web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": written}
    )
    assert "warnings" not in answer.get_json()
    assert told(web, case).startswith("Dokumen Anda dapat diambil di loket")
    act(web, number, permit["id"], "clerk", "hand_over")
    assert told(web, case).startswith("Anda tidak perlu melakukan apa-apa")


def test_a_correction_writes_in_places_that_there_are_and_says_where_it_changes_nothing(
    web: Web,
) -> None:
    number = opened(web)["number"]
    play(web, number, REVIEWED + PAID + "signer complete sign")
    (permit,) = products(web, number)
    why = {**CHANGE, "written": {"values": {"width_cm": "40"}}}
    wrong = act(web, number, permit["id"], "signer", "correct", 422, reason=why).get_json()
    assert wrong["errors"][0]["at"] == "values.width_cm"
    assert whole(web, number, permit["id"])["state"] == "issued", "and nothing was corrected"
    answer = act(web, number, permit["id"], "signer", "correct", reason=CHANGE).get_json()
    (warning,) = answer["warnings"]
    assert warning["at"] == "products.izin"
    assert "tetap sama" in warning["said"]["id"]


def test_who_refuses_without_grounds_is_told_what_its_letter_lacks(web: Web) -> None:
    number = opened(web)["number"]
    play(web, number, REVIEWED)
    etag = web.etag(number, "auditor")
    answer = web.act(number, "signer", "refuse", "decide", etag=etag)
    assert answer.status_code == 200, answer.text
    (warning,) = answer.get_json()["warnings"]
    assert warning["at"] == "products.penolakan"
    assert "grounds, relied_on" in warning["message"]
