"""Who would make a product that is none, by a number of another, or end one without grounds."""

from typing import Any

import pytest

from tests.contract.test_products import (
    COURT,
    fault,
    handed_over,
    on,
    products,
)
from tests.contract.test_products import numbered as numbered
from tests.contract.test_products import web as web
from tests.support.products import decided, first_product
from tests.support.web import Web, at_once


def signed(web: Web) -> str:
    number = decided(web)
    on(web, number, "paraf", "endorse")
    on(web, number, "hadi", "sign")
    return number


def test_a_number_from_outside_is_on_one_product_only(web: Web) -> None:
    first, second = signed(web), signed(web)
    on(web, first, "dewi", "issue", number="440/7/2026")
    assert on(web, second, "dewi", "issue", 409, number="440/7/2026")["code"] == "number_known"
    assert on(web, first, "dewi", "issue", 409, number="440/7/2026")["code"] == "product_state"
    # In other letters, with blanks or with dashes of another kind it is the same number.
    for written in ("440 / 7 / 2026", "440\u20137\u20132026", "440/7-2026", "No. 440/7/2026"):
        assert on(web, second, "dewi", "issue", 409, number=written)["code"] == "number_known"
    # Of the same digits, and another number.
    on(web, second, "dewi", "issue", number="440/72/026")
    assert fault(web) is None


def test_one_number_at_once_is_on_one_product_only(web: Web) -> None:
    cases = [signed(web) for _ in range(3)]
    doors = [(c, first_product(web, c)["id"], web.etag(c)) for c in cases]
    web.world.token("dewi")

    def issue(place: int) -> int:
        case, product, etag = doors[place]
        door = f"/cases/{case}/products/{product}/actions"
        body = {"action": "issue", "number": "440/7/2026"}
        return web.post(door, "dewi", body, etag=etag).status_code

    assert sorted(at_once(3, issue)) == [200, 409, 409]


def test_nobody_signs_twice_or_another_case_s_draft(web: Web) -> None:
    number, other = signed(web), decided(web)
    assert on(web, number, "hadi", "sign", 409)["code"] == "product_state"
    theirs = first_product(web, number)["id"]
    assert on(web, other, "hadi", "sign", 404, product=theirs)["code"] == "unknown_product"
    assert on(web, other, "hadi", "sign", 404, product="x%00")["code"] == "unknown_product"


@pytest.mark.parametrize("nothing", [" ", "\u200b", "\u2066\u2069", "\ufeff", "\u3164"])
def test_words_in_which_nothing_is_seen_are_no_grounds(numbered: Web, nothing: str) -> None:
    number = handed_over(numbered)
    basis = {k: v for k, v in COURT.items() if k != "by"}
    good = {"facts": "a", "rule": "b", "reason": "c"}

    def annul(ground: Any, relied: Any, hearing: Any) -> Any:
        reason = {
            **basis,
            "written": {"grounds": [ground], "relied_on": [relied]},
            "hearing": hearing,
        }
        return on(numbered, number, "wati", "annul", 422, reason=reason)

    heard = {"notified_on": "2026-11-20", "heard_on": "2026-11-20"}
    for field in good:
        assert annul({**good, field: nothing}, "x", heard)["code"] == "invalid_body"
    assert annul(good, nothing, heard)["code"] == "invalid_body"
    assert annul(good, "x", {"why_not": nothing})["code"] == "invalid_body"
    assert annul(good, "x", {"heard_on": "2027-01-01"})["code"] == "invalid_body"
    # Nobody is heard who was not notified.
    assert "notified" in annul(good, "x", {"heard_on": "2026-11-20"})["detail"]
    assert {each["state"] for each in products(numbered, number)} == {"handed_over"}
