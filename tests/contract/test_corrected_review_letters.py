"""A mistake in a letter of an objection or an appeal is corrected by who decides it, and signed again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.gateways.signing.own_certificate import OwnCertificates
from tests.contract.test_product_papers import HEARD
from tests.contract.test_review_letters import (
    board,
    hand_over,
    lodged,
    printed,
    refuse,
    signed,
    written_anew,
)
from tests.contract.test_story_of_products import CHANGE, WRITTEN, act, clean, play, products, whole
from tests.contract.test_story_of_signatures import place as place
from tests.contract.test_story_of_signatures import signing
from tests.support.signing import OPENS, names_in
from tests.support.stories import City
from tests.support.web import Web

BETTER = {"values": {"pertimbangan": "Titik berada di halaman milik pemohon sendiri."}}


@pytest.fixture
def web(city: City) -> Web:
    return city


@pytest.fixture
def electronic(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    """The demo, with a certificate of its own."""
    yield from signing(database_url, tmp_path, OwnCertificates(place, OPENS))


def granted(web: Web) -> tuple[str, dict[str, Any]]:
    """An objection that was granted, and its letter."""
    first, _ = board(web)
    number, _ = lodged(web, first)
    play(web, number, "signer complete decide")
    written_anew(web, number)
    return number, signed(web, number, "signer")


def test_the_letter_of_an_objection_is_corrected_by_the_position_that_decides_it(web: Web) -> None:
    number, letter = granted(web)
    change = {**CHANGE, "written": BETTER}
    mayor = act(web, number, letter["id"], "walikota", "correct", 403, reason=change).get_json()
    assert mayor["code"] == "not_the_deciding_position"
    stranger = act(web, number, letter["id"], "dpmptsp", "correct", 403, reason=change).get_json()
    assert stranger["code"] == "letter_ended", "their letter of daily acting"
    answer = act(web, number, letter["id"], "signer", "correct", reason=change).get_json()
    (corrected,) = answer["products"]
    assert (corrected["state"], corrected["number"]) == ("corrected", letter["number"])
    said = printed(web, number, letter["id"])
    assert "di halaman milik pemohon sendiri" in said
    assert "Naskah ini diperbaiki" in said
    decisions = web.get(f"/cases/{number}/trace", "auditor").get_json()["decisions"]
    last = decisions[-1]["authority"]["passport"]
    assert last["remarks"][-1]["kind"] == "objection"
    assert last["service"] == "izin-reklame"
    assert all(each["judged_again"]["now"]["holds"] for each in decisions)
    clean(web)


def test_the_letter_of_an_appeal_is_corrected_by_the_superior_and_by_nobody_below(web: Web) -> None:
    first, _ = board(web)
    number, _ = lodged(web, first)
    refuse(web, number, "signer")
    hand_over(web, number)
    appeal, _ = lodged(web, number, "banding")
    letter = refuse(web, appeal, "walikota")
    change = {**CHANGE, "written": WRITTEN}
    below = act(web, appeal, letter["id"], "signer", "correct", 403, reason=change).get_json()
    assert below["code"] == "not_superior"
    act(web, appeal, letter["id"], "walikota", "correct", reason=change)
    trace = web.get(f"/cases/{appeal}/trace", "auditor").get_json()["decisions"]
    assert trace[-1]["authority"]["passport"]["remarks"][-1]["kind"] == "appeal"
    assert trace[-1]["judged_again"]["now"]["holds"]
    clean(web)


def test_nobody_but_a_court_ends_such_a_letter(web: Web) -> None:
    number, letter = granted(web)
    why = {**CHANGE, "written": WRITTEN, "hearing": HEARD}
    refused = act(web, number, letter["id"], "signer", "annul", 403, reason=why).get_json()
    assert refused["code"] == "no_grant"
    judgment = {
        "by": "court",
        "instrument": {"number": "1/G/2026", "dated": "2026-11-20", "issuer": "PTUN Samarinda"},
    }
    act(web, number, letter["id"], "supervisor", "annul", reason={**CHANGE, **judgment})
    assert whole(web, number, letter["id"])["state"] == "annulled"
    clean(web)


def test_letters_of_reviews_are_signed_electronically_and_again_when_they_are_corrected(
    electronic: Web,
) -> None:
    web = electronic
    number, letter = granted(web)
    assert letter["state"] == "issued"
    assert letter["signature"]["state"] == "signed"
    path = f"/cases/{number}/products/{letter['id']}/pdf"
    first = web.get(path, "clerk").data
    assert len(names_in(first)) == 1
    act(web, number, letter["id"], "signer", "correct", reason={**CHANGE, "written": BETTER})
    (corrected,) = products(web, number)
    assert (corrected["state"], corrected["signature"]["state"]) == ("corrected", "signed")
    second = web.get(path, "clerk").data
    assert len(names_in(second)) == 1
    assert second != first
    nothing = {"result": "nothing_to_change", "note": "tidak ada"}
    seen = web.etag(number, "auditor")
    done = web.act(number, "signer", "complete", "carry_out", etag=seen, **nothing)
    assert done.status_code == 200, done.text
    hand_over(web, number)

    appeal_of, _ = board(web)
    objection, _ = lodged(web, appeal_of)
    refuse(web, objection, "signer")
    hand_over(web, objection)
    appeal, _ = lodged(web, objection, "banding")
    last = refuse(web, appeal, "walikota")
    assert last["signature"]["state"] == "signed"
    clean(web)
