"""What a load tells and does not refuse: a product without a letter of refusal, letters in no font."""

from dataclasses import replace

import pytest

from casetrack.domain.authority.signature_block import DatedProfile, Profile
from casetrack.domain.region.load_warnings import load_warnings
from casetrack.domain.region.region_data import RegionData
from casetrack.domain.service.definition import Name
from casetrack.gateways.printing.letters import legible, unprinted
from tests.support import demo


def told(data: RegionData) -> list[str]:
    return list(load_warnings(data, unprinted))


@pytest.mark.parametrize("data", demo.regions(), ids=lambda data: data.region.code)
def test_the_demo_has_nothing_to_say(data: RegionData) -> None:
    assert told(data) == []


def test_a_service_that_decides_and_draws_up_has_a_letter_of_refusal_or_is_told_of_it() -> None:
    data = demo.region("64.72")
    found = {each.id: each for each in data.services}
    doctor = found["sip-dokter"]
    granting = tuple(each for each in doctor.products if each.kind != "refusal")
    assert 0 < len(granting) < len(doctor.products)
    without = replace(doctor, products=granting)
    (warning,) = told(replace(data, services=(without,)))
    for words in ("sip-dokter", "no letter of refusal", "signed by decide", "raise version"):
        assert words in warning
    # Nothing is drawn up there at all, or nobody decides.
    assert told(replace(data, services=(replace(doctor, products=()), found["skck"]))) == []


def test_what_is_printed_in_letters_of_no_font_is_told_with_its_place() -> None:
    data = demo.region("64.72")
    javanese = Name("Loket ꦧꦸ", "Counter")
    counters = (replace(data.region.counters[0], name=javanese), *data.region.counters[1:])
    profile = DatedProfile("smr.signer", data.profiles[0].since, Profile("Dr. 木"))
    changed = replace(
        data, region=replace(data.region, counters=counters), profiles=(profile, *data.profiles)
    )
    counter, officer = told(changed)
    assert counter.startswith("region.yaml, counters, loket-1, name, id: 2 of its letters")
    assert officer.startswith("officers.yaml, smr.signer, profile, name: 1 of its letters")
    assert "木" not in officer


@pytest.mark.parametrize("text", ["Budi", "Zoë Ḥasan\nĐỗ", "ꦧꦸꦢꦶ", "中山 \U0001f600", "a\x07b", ""])
def test_as_many_letters_are_counted_as_come_out_as_codes(text: str) -> None:
    assert unprinted(text) == legible(text).count("[U+")
