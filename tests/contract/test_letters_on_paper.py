"""Letters that no font of the sheets has: who writes them is told, and nobody signs codes unknowing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.service.definition import Name
from tests.contract.test_story_of_products import (
    BILLBOARD,
    CHANGE,
    PAID,
    REVIEWED,
    act,
    clean,
    opened,
    play,
    products,
    web,
)
from tests.support import demo
from tests.support.papers import text_of
from tests.support.web import APPLICANT, Web, refused
from tests.support.world import SAMARINDA, World

__all__ = ["web"]
#: Budi in Javanese script, a street in Chinese with a picture beside it, and Latin letters with marks.
JAVANESE, STREET, LATIN = "ꦧꦸꦢꦶ", "Jl. 中山 \U0001f600", "Zoë Ḥasan Łukasz, Đỗ"


def taken_in(web: Web, name: str, spot: str) -> dict[str, Any]:
    facts = {**BILLBOARD, "spot": spot}
    body = {
        "service": "izin-reklame",
        "facts": facts,
        "applicant": {**APPLICANT, "name": name, "address": "Jl. Contoh 1"},
        "documents": demo.documents("izin-reklame", facts),
    }
    return web.open(body, who="clerk")


def warned(case: dict[str, Any]) -> list[str]:
    return [each["at"] for each in case.get("warnings", ())]


def test_the_counter_is_told_at_once_which_fields_would_be_printed_as_codes(web: Web) -> None:
    case = taken_in(web, JAVANESE, STREET)
    assert warned(case) == ["applicant.name", "facts.spot"]
    name, spot = case["warnings"]
    assert name["message"].startswith("4 of its letters are in no font")
    assert spot["said"]["id"].startswith("3 hurufnya tidak ada dalam fon cetak")
    assert warned(taken_in(web, LATIN, LATIN)) == []


def test_so_is_who_records_another_address_or_an_heir(web: Web) -> None:
    number = opened(web)
    body = {"action": "correct_contact", "day": "2026-11-20", "contact": {"address": STREET}}
    etag = web.etag(number, "auditor")
    answer = web.post(f"/cases/{number}/parties", "clerk", body, etag=etag)
    assert answer.status_code == 200, answer.text
    assert warned(answer.get_json()) == ["contact.address"]


def test_so_is_who_writes_a_condition_and_a_draft_says_how_many_there_are(web: Web) -> None:
    number = opened(web)
    play(web, number, "clerk declare_complete intake")
    etag = web.etag(number, "auditor")
    said = {"result": "conditional", "note": "Tiang 中"}
    answer = web.act(number, "pupr", "complete", "review_pupr", etag=etag, **said)
    assert warned(answer.get_json()) == ["note"]
    play(
        web,
        number,
        """
        dlh complete review_dlh favourable
        dishub complete review_dishub favourable
        dpmptsp complete verify
        """,
    )
    etag = web.etag(number, "auditor")
    decided = web.act(number, "signer", "complete", "decide", etag=etag).get_json()
    assert warned(decided) == ["products.izin"]
    assert decided["products"][0]["draft"]["as_codes"] == 1
    body = {"product": "izin", "written": {"values": {"ketentuan": "Pohon 木"}}}
    etag = web.etag(number, "auditor")
    drawn = web.post(f"/cases/{number}/products", "dpmptsp", body, etag=etag)
    assert warned(drawn.get_json()) == ["written.values.ketentuan", "products.izin"]
    assert drawn.get_json()["products"][0]["draft"]["as_codes"] == 2


@pytest.mark.parametrize("way", ["the product", "the step"])
def test_nobody_signs_codes_without_saying_that_they_know(web: Web, way: str) -> None:
    number = str(taken_in(web, JAVANESE, "sisi timur")["number"])
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    assert draft["draft"]["as_codes"] == 4

    def sign(**more: Any) -> Any:
        etag = web.etag(number, "auditor")
        if way == "the step":
            return web.act(number, "signer", "complete", "sign", etag=etag, **more)
        path = f"/cases/{number}/products/{draft['id']}/actions"
        return web.post(path, "signer", {"action": "sign", **more}, etag=etag)

    untold = sign()
    assert refused(untold) == (409, "letters_as_codes")
    assert (untold.get_json()["letters"], untold.get_json()["products"]) == (4, [draft["id"]])
    assert products(web, number)[0]["signatures"] == []
    signed = sign(as_codes=True)
    assert signed.status_code == 200, signed.text
    paper = web.get(f"/cases/{number}/products/{draft['id']}/pdf", "clerk")
    assert "[U+A9A7]" in text_of(paper.data)
    clean(web)


def test_a_correction_that_brings_such_letters_is_signed_by_who_knows(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign")
    (permit,) = products(web, number)
    change = {
        "ground": "substance",
        "instrument": {"number": "503/12/2026", "dated": "2026-11-20"},
        "found_on": "2026-11-20",
        "written": {"values": {"ketentuan": "Pohon 木"}},
    }
    untold = act(web, number, permit["id"], "signer", "correct", 409, reason=change)
    assert untold.get_json()["code"] == "letters_as_codes"
    told = act(web, number, permit["id"], "signer", "correct", reason=change, as_codes=True)
    assert warned(told.get_json()) == ["written.values.ketentuan", "products.izin"]
    clean(web)


def test_nor_an_office_s_name_that_comes_out_as_codes(database_url: str, tmp_path: Path) -> None:
    data = demo.region(SAMARINDA)
    agencies = tuple(
        replace(each, name=Name("Kantor \ua9a7\ua9b8", "Office")) if each.id == "dpmptsp" else each
        for each in data.agencies
    )
    world = World.make(database_url, tmp_path, regions_=(replace(data, agencies=agencies),))
    web = Web(world)
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    untold = act(web, number, draft["id"], "signer", "sign", 409)
    assert untold.get_json()["code"] == "letters_as_codes"
    assert untold.get_json()["letters"] == 2
    assert "the office's name" in untold.get_json()["detail"]
    act(web, number, draft["id"], "signer", "sign", as_codes=True)
    world.close()


@pytest.mark.parametrize("way", ["the product", "the step"])
def test_nor_a_name_of_their_own_that_comes_out_as_codes(web: Web, way: str) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    printed = {"since": "2026-11-20", "name": f"{JAVANESE}, M.Si.", "rank": "Pembina 中"}
    entered = web.call("PUT", "/officers/smr.signer/profile", "admin", body=printed)
    assert warned(entered.get_json()) == ["name", "rank"]

    def sign(**more: Any) -> Any:
        etag = web.etag(number, "auditor")
        if way == "the step":
            return web.act(number, "signer", "complete", "sign", etag=etag, **more)
        path = f"/cases/{number}/products/{draft['id']}/actions"
        return web.post(path, "signer", {"action": "sign", **more}, etag=etag)

    untold = sign()
    assert refused(untold) == (409, "letters_as_codes")
    assert (untold.get_json()["letters"], "your name" in untold.get_json()["detail"]) == (5, True)
    assert products(web, number)[0]["signatures"] == []
    signed = sign(as_codes=True)
    assert signed.status_code == 200, signed.text
    (permit,) = products(web, number)
    change = {**CHANGE, "written": {"values": {"ketentuan": "Pohon"}}}
    again = act(web, number, permit["id"], "signer", "correct", 409, reason=change)
    assert again.get_json()["code"] == "letters_as_codes"
    act(web, number, permit["id"], "signer", "correct", reason=change, as_codes=True)
    clean(web)
