"""A company is one company, in whichever form its number is written: over HTTP, on both databases."""

from typing import Any

import pytest

from tests.contract.test_people import faults
from tests.support import demo
from tests.support.stories import FACTS, City
from tests.support.web import refused

#: One NPWP as it is printed, as it was written before 2024 and as since then.
PRINTED, FIFTEEN, SIXTEEN = "01.234.567.4-722.000", "012345674722000", "0012345674722000"
NIB = "9120001234567"


def company(city: City, number: str, service: str = "surat-keterangan") -> dict[str, Any]:
    return city.open(
        {
            "service": service,
            "facts": FACTS[service],
            "applicant": {"kind": "company", "name": "CV Etam Jaya", "company_number": number},
            "documents": demo.documents(service, FACTS[service]),
        },
        "clerk",
    )


def found(city: City, typed: str) -> set[str]:
    answer = city.post("/cases/search", "clerk", {"q": typed})
    assert answer.status_code == 200, answer.text
    return {item["number"] for item in answer.get_json()["items"]}


def test_one_company_is_found_and_known_by_its_number_in_every_spelling(city: City) -> None:
    first, second, third = (company(city, number) for number in (FIFTEEN, SIXTEEN, PRINTED))
    assert [each["warnings"] for each in (first, second, third)] == [[], [], []]
    assert first["open_cases"] == []
    assert [each["number"] for each in second["open_cases"]] == [first["number"]]
    both = [first["number"], second["number"]]
    assert [each["number"] for each in third["open_cases"]] == both
    numbers = {*both, third["number"]}
    for typed in (PRINTED, FIFTEEN, SIXTEEN, f"NPWP: {PRINTED}", "01 234 567 4 722 000"):
        assert found(city, typed) == numbers, typed
    registered = str(company(city, NIB)["number"])
    for typed in (NIB, "9120 0012 34567", f"NIB. {NIB}", f"CV Etam Jaya {NIB}"):
        assert found(city, typed) == {registered}, typed
    assert faults(city.world) is None


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("0000000000000", "no company"),
        ("6472010101900001", "person's NIK"),
        ("012345678901000", "ninth"),
    ],
)
def test_a_doubtful_number_warns_and_bars_nothing(city: City, number: str, word: str) -> None:
    opened = company(city, number)
    (warning,) = opened["warnings"]
    assert warning["at"] == "applicant.company_number"
    assert word in warning["said"]["en"]
    assert number not in str(warning)


def test_two_fillers_are_not_one_company(city: City) -> None:
    company(city, "1111111111111")
    assert company(city, "1111111111111")["open_cases"] == []


def test_a_number_of_another_length_is_refused_with_its_cure(city: City) -> None:
    body = {
        "service": "surat-keterangan",
        "facts": {},
        "applicant": {"kind": "company", "name": "CV Etam", "company_number": "12345678901234"},
    }
    answer = city.post("/cases", "clerk", body)
    assert refused(answer) == (422, "invalid_body")
    assert "NIB (13 digits)" in answer.text
