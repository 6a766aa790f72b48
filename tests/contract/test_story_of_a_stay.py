"""An agency leaves the mall with open steps: its power goes on, and people are told where it is."""

import pytest

from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.letters import letters
from tests.support.stories import BUDI, City
from tests.support.world import SAMARINDA

AGENCIES = {
    "dishub": ("izin-reklame", "review_dishub"),
    "dinkes": ("sip-dokter", "recommend"),
}


@pytest.mark.parametrize("agency", AGENCIES)
def test_who_left_the_mall_goes_on_from_its_own_office(city: City, agency: str) -> None:
    service, step = AGENCIES[agency]
    numbers = [city.case(service, "clerk declare_complete intake") for _ in range(5)]
    stay = f"{agency}-mpp"
    ended = {**city.entry("stay", stay), "until": "2026-12-31"}
    city.paper("stay", stay, **ended)
    (alarm,) = [a for a in city.ask("radar") if a["last_day"] == "2026-12-31"]
    assert alarm["worst"] == "not_in_mall"
    (loss,) = alarm["losses"]
    assert (loss["agency"], loss["open_cases"]) == (agency, 5)

    city.at("2027-01-04T09:00")
    # Nothing of it is a fault: a note, from the day on.
    found = [each for each in city.ask("findings?code=not_in_mall") if each["entries"]]
    assert [each["since"] for each in found if each["entries"][0]["id"] == stay] == ["2027-01-01"]
    opened = city.take_in(service)
    number = str(opened["number"])
    numbers.append(number)
    # The clerk is told where the agency is and when it is open; so are the receipt and the status.
    (away,) = opened["outside_mall"]
    assert (away["id"], "Senin–Jumat" in away["office"]["id"]) == (agency, True)
    assert city.get(f"/cases/{number}", "clerk").get_json()["outside_mall"] == [away]
    receipt = city.get(f"/cases/{number}/slips/receipt", "clerk").text
    city.follow(number, "clerk declare_complete intake")
    page = city.get(f"//status?number={number}").text
    assert away["office"]["id"] in receipt
    assert away["office"]["id"] in page
    assert away["office"]["en"] in city.get(f"//status?number={number}&lang=en").text
    assert city.get(f"/status/{number}").get_json()["outside_mall"] == [away]
    # So do the messages of who is told that the file is there; the mail goes by the day it is sent.
    reached = {**BUDI, "email": "budi@example.id"}
    mailed = str(city.take_in(service, reached)["number"])
    city.follow(mailed, "clerk declare_complete intake")
    if agency == "dishub":
        city.follow(mailed, "dlh2 complete review_dlh favourable")
        city.follow(mailed, "pupr complete review_pupr favourable")
    city.deliver()
    said = [text for _, text in letters(city.world.mail) if mailed in text]
    assert any(away["office"]["id"] in " ".join(text.split()) for text in said)
    listed = {each["id"]: each for each in city.get("/agencies", "clerk").get_json()["items"]}
    assert listed[agency]["stays"][0]["until"] == "2026-12-31"
    for number in numbers:
        done = city.do(number, agency, "complete", step, result="favourable")
        assert done.status_code == 200, done.text
        # The head of health still signs the licence.
        to_come = [away] if agency == "dinkes" else []
        assert city.get(f"/status/{number}").get_json()["outside_mall"] == to_come

    city.strangers_see_nothing(*numbers)
    # A load turns no ended stay back.
    told: list[str] = []
    loading.load(city.world.ctx, demo.region(SAMARINDA), tell=told.append)
    assert city.entry("stay", stay) == ended
    assert [line for line in told if stay in line]
