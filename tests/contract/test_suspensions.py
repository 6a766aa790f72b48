"""A product that does not count for a time: who orders it, what everybody reads, what goes on."""

from typing import Any

import pytest

from casetrack.usecases.case.expiring_products import expire_once
from casetrack.usecases.case.verification import check_word
from casetrack.usecases.proof.rebuild import rebuild
from tests.contract.test_story_of_products import (
    CHANGE,
    PAID,
    REVIEWED,
    WRITTEN,
    act,
    clean,
    play,
    products,
    whole,
)
from tests.contract.test_what_became_of_a_result import opened, told
from tests.support.stories import City
from tests.support.web import Web
from tests.support.world import SAMARINDA

ORDER = {"ground": "environment", "instrument": {"number": "600/7/2026", "dated": "2026-11-20"}}
WHY = "Pohon lindung di titik itu belum diperiksa."
BY_COURT = {
    "by": "court",
    "instrument": {"number": "12/G/2026", "dated": "2026-11-20", "issuer": "PTUN Samarinda"},
}
BY_SUPERIOR = {**ORDER, "by": "superior", "article": "Pasal 65 ayat (2) huruf b UU 30/2014"}


def without_ground(order: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in order.items() if name != "ground"}


@pytest.fixture
def web(city: City) -> Web:
    return city


def issued(web: Web) -> tuple[dict[str, Any], str, str]:
    """A case whose permit is issued, its number, the permit's id."""
    case = opened(web)
    play(web, case["number"], REVIEWED + PAID + "signer complete sign")
    (permit,) = products(web, case["number"])
    return case, case["number"], permit["id"]


def verified(web: Web, product: str) -> dict[str, Any]:
    word = check_word(web.world.ctx, product)
    (found,) = web.get(f"/verify/{product}?k={word}").get_json()["products"]
    return dict(found)


def on_the_page(web: Web, product: str) -> str:
    return web.flask.test_client().get(f"/verifikasi/{product}").text


def test_the_official_suspends_a_permit_and_reinstates_it(web: Web) -> None:
    case, number, permit = issued(web)
    last_day = whole(web, number, permit)["valid_until"]
    answer = act(web, number, permit, "signer", "suspend", order=ORDER, note=WHY).get_json()
    (product,) = answer["products"]
    assert (answer["status"], product["state"]) == ("granted", "issued")
    said = product["suspended"]
    assert (said["by"], said["ground"], said["officer"]) == (
        "official",
        "environment",
        "smr.signer",
    )
    assert said["instrument"] == ORDER["instrument"]
    found = verified(web, permit)
    assert (found["validity"], found["by"]) == ("suspended", "official")
    assert found["since"] is not None
    page = on_the_page(web, permit)
    assert "Ditangguhkan sejak" in page
    assert "atas keputusan pejabat yang menetapkannya" in page
    assert "sementara tidak berlaku" in told(web, case)
    refused = act(web, number, permit, "clerk", "hand_over", 409).get_json()
    assert (refused["code"], refused["by"]) == ("suspended", "official")
    whole_case = web.act(number, "clerk", "hand_over", etag=web.etag(number, "auditor"))
    assert whole_case.get_json()["code"] == "suspended"
    listed = web.get("/worklist?list=hand_over", "clerk").get_json()["items"]
    assert number not in [item["number"] for item in listed]
    again = act(web, number, permit, "signer", "suspend", 409, order=ORDER, note=WHY)
    assert again.get_json()["code"] == "suspended_already"

    act(web, number, permit, "signer", "reinstate", order=without_ground(ORDER), note="Diperiksa.")
    found = verified(web, permit)
    assert (found["validity"], found["since"], "by" in found) == ("valid", None, False)
    product = whole(web, number, permit)
    assert (product["suspended"], product["valid_until"]) == (None, last_day)
    listed = web.get("/worklist?list=hand_over", "clerk").get_json()["items"]
    assert number in [item["number"] for item in listed]
    act(web, number, permit, "clerk", "hand_over")
    over = act(
        web, number, permit, "signer", "reinstate", 409, order=without_ground(ORDER), note=WHY
    )
    assert over.get_json()["code"] == "not_suspended"
    trace = web.get(f"/cases/{number}/trace", "auditor").get_json()["decisions"]
    assert [each["authority"]["passport"]["action"] for each in trace[-2:]] == ["revoke", "revoke"]
    clean(web)


def test_what_a_court_suspends_nobody_below_it_reinstates(web: Web) -> None:
    case, number, permit = issued(web)
    act(web, number, permit, "clerk", "hand_over")
    act(web, number, permit, "signer", "suspend", order=ORDER, note=WHY)
    since = whole(web, number, permit)["suspended"]["at"]
    act(web, number, permit, "supervisor", "suspend", order=BY_COURT)
    said = whole(web, number, permit)["suspended"]
    assert (said["by"], said["ground"], said["at"]) == ("court", None, since)
    assert "atas perintah pengadilan" in on_the_page(web, permit)
    refused = act(
        web, number, permit, "signer", "reinstate", 409, order=without_ground(ORDER), note=WHY
    ).get_json()
    assert (refused["code"], refused["by"]) == ("suspended_from_above", "court")
    act(web, number, permit, "supervisor", "reinstate", order=BY_COURT)
    assert verified(web, permit)["validity"] == "valid"
    assert told(web, case).startswith("Anda tidak perlu melakukan apa-apa")
    clean(web)


def test_the_superior_suspends_by_an_article_and_a_stranger_is_refused(web: Web) -> None:
    _, number, permit = issued(web)
    unsaid = act(
        web, number, permit, "walikota", "suspend", 422, order={**ORDER, "by": "superior"}, note=WHY
    )
    assert unsaid.get_json()["errors"][0]["at"] == "order.article"
    stranger = act(web, number, permit, "dlh", "suspend", 403, order=ORDER, note=WHY)
    assert stranger.get_json()["code"] == "no_grant"
    act(web, number, permit, "walikota", "suspend", order=BY_SUPERIOR, note=WHY)
    below = act(
        web, number, permit, "signer", "reinstate", 409, order=without_ground(ORDER), note=WHY
    )
    assert below.get_json()["code"] == "suspended_from_above"
    act(
        web,
        number,
        permit,
        "walikota",
        "reinstate",
        order=without_ground(BY_SUPERIOR),
        note="Sudah diperiksa.",
    )
    clean(web)


@pytest.mark.parametrize(
    ("action", "order", "note", "at"),
    [
        ("suspend", None, WHY, "order"),
        ("suspend", without_ground(ORDER), WHY, "order.ground"),
        ("suspend", ORDER, None, "note"),
        (
            "suspend",
            {**BY_COURT, "instrument": ORDER["instrument"]},
            None,
            "order.instrument.issuer",
        ),
        ("reinstate", ORDER, WHY, "order.ground"),
        (
            "suspend",
            {**ORDER, "instrument": {"number": "1", "dated": "2126-01-01"}},
            WHY,
            "order.instrument.dated",
        ),
    ],
)
def test_an_order_says_on_what_ground_why_and_by_which_document(
    web: Web, action: str, order: Any, note: str | None, at: str
) -> None:
    _, number, permit = issued(web)
    said = {name: value for name, value in (("order", order), ("note", note)) if value}
    who = "supervisor" if order and order.get("by") == "court" else "signer"
    wrong = act(web, number, permit, who, action, 422, **said).get_json()
    assert wrong["errors"][0]["at"] == at


def test_a_suspended_permit_expires_on_its_day_and_says_so(web: Web) -> None:
    case, number, permit = issued(web)
    act(web, number, permit, "signer", "suspend", order=ORDER, note=WHY)
    paper = web.get(f"/cases/{number}/products/{permit}/pdf", "clerk")
    assert paper.data.startswith(b"%PDF-")
    web.world.hands.pass_time(days=400)
    while expire_once(web.world.ctx):
        pass
    assert verified(web, permit)["validity"] == "expired"
    assert "sudah habis" in told(web, case)
    late = act(
        web, number, permit, "signer", "reinstate", 409, order=without_ground(ORDER), note=WHY
    )
    assert late.get_json()["code"] == "product_state"
    clean(web)


def test_a_suspended_permit_can_be_revoked_and_the_rows_are_made_again_of_the_events(
    web: Web,
) -> None:
    _, number, permit = issued(web)
    act(web, number, permit, "signer", "suspend", order=ORDER, note=WHY)
    before = web.get(f"/cases/{number}", "clerk").get_json()
    rebuild(web.world.ctx, SAMARINDA, progress=lambda _: None)
    assert web.get(f"/cases/{number}", "clerk").get_json() == before
    heard = {"notified_on": "2026-11-20", "heard_on": "2026-11-23"}
    why = {**CHANGE, "written": WRITTEN, "hearing": heard}
    act(web, number, permit, "signer", "revoke", reason=why)
    assert verified(web, permit)["validity"] == "revoked"
    clean(web)


def test_the_applicant_is_told_of_the_suspension_and_of_its_end(web: Web) -> None:
    _, number, permit = issued(web)
    act(web, number, permit, "signer", "suspend", order=ORDER, note=WHY)
    act(web, number, permit, "signer", "reinstate", order=without_ground(ORDER), note=WHY)
    web.relay()
    found = web.get(f"/cases/{number}/messages", "clerk").get_json()["items"]
    told_of = [each["what"]["id"] for each in found]
    assert any("ditangguhkan" in each for each in told_of)
    assert any("penangguhan" in each for each in told_of)
