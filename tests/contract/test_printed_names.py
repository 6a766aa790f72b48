"""Papers and pages print what choices and places are called; events and answers keep their codes."""

import pytest

from casetrack.usecases.case.verification import check_word
from tests.contract.test_story_of_products import (
    PAID,
    REVIEWED,
    clean,
    opened,
    play,
    products,
    whole,
)
from tests.support.stories import City
from tests.support.web import Web

HALL = {"place": "hall", "purpose": "social", "days": 3}


@pytest.fixture
def web(city: City) -> Web:
    return city


def test_a_permit_prints_the_place_by_its_name_and_whoever_verifies_it_reads_that(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign")
    (permit,) = products(web, number)
    text = " ".join(whole(web, number, permit["id"])["content"]["paragraphs"])
    assert "di kecamatan Samarinda Ulu, titik" in text
    assert "64.72.03" not in text
    assert web.get(f"/cases/{number}", "clerk").get_json()["facts"]["location"] == "64.72.03"
    opening = web.get(f"/cases/{number}/events", "auditor").get_json()["items"][0]
    assert opening["data"]["case"]["facts"]["location"] == "64.72.03"
    word = check_word(web.world.ctx, permit["id"])
    answer = web.get(f"/verify/{permit['id']}?k={word}").get_json()["products"][0]
    facts = {each["id"]: each for each in answer["printed"]["facts"]}
    assert facts["location"]["value"] == "64.72.03"
    assert facts["location"]["label"] == {"id": "Samarinda Ulu", "en": "Samarinda Ulu"}
    assert facts["width_cm"]["label"] is None
    page = web.flask.test_client().get(f"/verifikasi/{permit['id']}?k={word}").text
    assert "<dd>Samarinda Ulu</dd>" in page
    clean(web)


def test_a_permit_prints_choices_by_their_names(web: Web) -> None:
    number = opened(web, "izin-pemakaian-aset", HALL)
    play(web, number, "clerk declare_complete intake\nsigner complete decide")
    (permit,) = products(web, number)
    text = " ".join(whole(web, number, permit["id"])["content"]["paragraphs"])
    assert "untuk memakai gedung, keperluan sosial, selama 3 hari" in text
    asked = web.get("/services/izin-pemakaian-aset", "clerk").get_json()["facts"][0]
    assert asked["choices"] == ["field", "hall"]
    assert asked["choice_names"]["hall"] == {"id": "gedung", "en": "hall"}
