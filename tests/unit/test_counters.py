"""Counters of a region's files: what does not fit together, and which takes in what."""

from dataclasses import replace

import pytest

from casetrack.domain.region.counters import Counter
from casetrack.domain.region.region_check import region_problems
from casetrack.domain.service.definition import Name
from tests.support import demo

LOKET = Counter("loket-9", Name("Loket 9", "Counter 9"), "dpmptsp")


@pytest.mark.parametrize(
    ("counter", "wrong"),
    [
        (LOKET, None),
        (replace(LOKET, services=("sip-dokter", "izin-reklame")), None),
        (replace(LOKET, id="loket-1"), "'loket-1' is there twice"),
        (replace(LOKET, agency="dpmtsp"), "unknown agency 'dpmtsp'"),
        (replace(LOKET, name=Name(" ", "Counter")), "its name is empty"),
        (replace(LOKET, services=("sip-doter",)), "unknown service 'sip-doter'"),
        (replace(LOKET, services=("skck",)), "skck is taken in by polresta"),
    ],
)
def test_a_counter_belongs_to_an_agency_and_takes_in_its_services(
    counter: Counter, wrong: str | None
) -> None:
    data = demo.region("64.72")
    counters = (*data.region.counters, counter)
    found = region_problems(replace(data, region=replace(data.region, counters=counters)))
    assert [each.message for each in found if wrong is None] == []
    assert [each.at[:2] for each in found] == ([("region", "counters")] if wrong else [])
    assert all(wrong in each.message and each.cure for each in found if wrong)


def test_a_counter_without_services_takes_in_what_its_agency_does() -> None:
    services = {each.id: each for each in demo.region("64.72").services}
    assert LOKET.takes(services["izin-reklame"])
    assert not LOKET.takes(services["skck"])
    health = replace(LOKET, services=("sip-dokter",))
    assert health.takes(services["sip-dokter"])
    assert not health.takes(services["izin-reklame"])


def test_a_counter_comes_back_from_its_document() -> None:
    for counter in demo.region("64.72").region.counters:
        assert Counter.from_dict(counter.as_dict()) == counter
