"""The same billboard twice: by the same person, then by a company; then one is closed as a duplicate."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support import demo
from tests.support.stories import BUDI, STRANGER, City

SPOT = "Jl. Gajah Mada, depan kantor pos"
COMPANIES = [
    {"kind": "company", "name": "PT Papan Mahakam", "company_number": "9120001234567"},
    {"kind": "company", "name": "CV Etam Jaya", "company_number": "0123456789012345"},
]


def taken_in(city: City, applicant: Mapping[str, Any]) -> dict[str, Any]:
    facts = {"width_cm": 400, "location": "64.72.03", "spot": SPOT}
    papers = demo.documents("izin-reklame", facts)
    body = {
        "service": "izin-reklame", "facts": facts, "applicant": applicant, "documents": papers,
    }  # fmt: skip
    return city.open(body, "clerk")


def found(city: City, query: str) -> list[str]:
    answer = city.post("/cases/search", "clerk", {"q": query})
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.get_json()["items"]]


@pytest.mark.parametrize("company", COMPANIES, ids=lambda each: each["name"])
def test_the_same_spot_twice_by_one_person_and_once_by_a_company(
    city: City, company: Mapping[str, Any]
) -> None:
    first = taken_in(city, BUDI)
    city.follow(first["number"], "clerk declare_complete intake")
    second = taken_in(city, BUDI)
    # The clerk is shown the open case at once: number, day and stage.
    (open_case,) = second["open_cases"]
    assert open_case["number"] == first["number"]
    assert (open_case["opened_at"], open_case["status"]) == (first["opened_at"], "in_progress")
    third = taken_in(city, company)
    assert third["open_cases"] == []
    # Persons are found by NIK, a company by its own number.
    assert set(found(city, BUDI["nik"])) == {first["number"], second["number"]}
    assert found(city, company["company_number"]) == [third["number"]]
    assert [each["number"] for each in taken_in(city, company)["open_cases"]] == [third["number"]]

    # A duplicate names the other number, and the applicant's page leads to it.
    links = [{"kind": "duplicate_of", "number": first["number"]}]
    number, code = second["number"], second["access_code"]
    closed = city.on(number, "clerk", "actions", action="close", reason="duplicate", links=links)
    assert closed.status_code == 200, closed.text
    shown = city.get(f"/status/{number}", headers={"X-Access-Code": code})
    assert shown.get_json()["continued_as"] == first["number"]
    page = city.flask.test_client().post("/status", data={"number": number, "code": code}).text
    assert f"/status?number={first['number']}" in page

    # So does a company's, which is made anew with each case and known by its number.
    again = taken_in(city, company)
    links = [{"kind": "duplicate_of", "number": third["number"]}]
    city.on(again["number"], "clerk", "actions", action="close", reason="duplicate", links=links)
    header = {"X-Access-Code": again["access_code"]}
    led = city.get(f"/status/{again['number']}", headers=header).get_json()
    assert led["continued_as"] == third["number"]

    # An agency without a step finds neither files nor company, by number or name.
    city.strangers_see_nothing(first["number"], number, third["number"])
    for words in (company["company_number"], company["name"], SPOT):
        found_by = city.post("/cases/search", STRANGER, {"q": words})
        assert found_by.get_json().get("items", []) == [], words

    # The spot is for staff: on no page, also not with the code.
    assert city.get(f"/cases/{third['number']}", "dlh2").get_json()["facts"]["spot"] == SPOT
    assert SPOT not in page + shown.text + city.get(f"/status/{third['number']}").text
