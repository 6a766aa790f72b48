"""After a limit the page tells it and names the rights; it never calms, and no past day is a promise.

Over HTTP, on both databases.
"""

from typing import Any

import pytest

from tests.support.web import LETTER, Web
from tests.support.world import World


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def _status(web: Web, case: dict[str, Any], code: bool = True) -> tuple[dict[str, Any], str]:
    """The document and the page."""
    sent = {"X-Access-Code": case["access_code"]} if code else {}
    document = web.get(f"/status/{case['number']}", headers=sent).get_json()
    form = {"number": case["number"], **({"code": case["access_code"]} if code else {})}
    page = web.flask.test_client().post("/status", data=form).get_data(as_text=True)
    return document, page


def test_a_case_whose_limit_has_passed_says_so_and_names_the_rights(web: Web) -> None:
    case = web.open(LETTER)
    web.play(case["number"], "dewi declare_complete intake")
    document, page = _status(web, case)
    assert document["label"]["id"] == "Sedang diproses"
    assert "tidak perlu melakukan" in document["next_action"]["id"]
    assert "Selesai paling lambat" in page
    web.world.hands.pass_time(days=20)
    for code in (True, False):
        document, page = _status(web, case, code)
        assert (document["status"], document["label"]["id"]) == (
            "in_progress", "Batas waktu terlewati",
        )  # fmt: skip
        assert "Batas waktu terlewati</h1>" in page
        assert "mengadu" in page
        for calm in ("tidak perlu melakukan", "Selesai paling lambat", ">paling lambat"):
            assert calm not in page, (code, calm)
    document, _ = _status(web, case)
    assert "Anda berhak" in document["next_action"]["id"]


def test_a_check_that_took_too_long_names_the_rights(web: Web) -> None:
    case = web.open(LETTER)
    web.world.hands.pass_time(days=20)
    for code in (True, False):
        document, page = _status(web, case, code)
        assert "diperiksa kelengkapannya" in document["label"]["id"]
        assert "tidak perlu melakukan" not in page
        assert "mengadu" in page


def test_a_refusal_without_a_letter_gives_the_last_day_and_says_when_it_has_passed(
    web: Web,
) -> None:
    case = web.open(LETTER)
    web.play(case["number"], "dewi declare_complete intake")
    refusal = web.act(case["number"], "hadi", "refuse", "decide", reason="tidak memenuhi")
    assert refusal.status_code == 200, refusal.text
    document, page = _status(web, case)
    assert (document["objection"]["days"], document["objection"]["until"]) == (21, None)
    assert "belum tercatat" in page
    web.act(case["number"], "dewi", "hand_over")
    document, page = _status(web, case)
    said = document["objection"]
    assert (said["remedy"], said["basis"], said["reached"], said["over"]) == (
        "objection", "Pasal 77 UU 30/2014", "2026-11-23", False,
    )  # fmt: skip
    assert "paling lambat 22 Desember 2026" in document["next_action"]["id"]
    assert page.count("mengajukan keberatan kepada") == 1
    web.world.hands.pass_time(days=60)
    document, page = _status(web, case)
    assert document["objection"]["over"] is True
    for told in (document["next_action"]["id"], page):
        assert "22 Desember 2026 dan sudah lewat" in told
        assert "Anda dapat mengajukan" not in told
        assert "tetap diterima dan dinilai" in told
