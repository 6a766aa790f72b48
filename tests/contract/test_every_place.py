"""Each of the demo's places opens a case, and a case of it runs to its end with a signed letter."""

from collections.abc import Iterator

import pytest

from casetrack.domain.region.region_data import RegionData
from tests.support import demo
from tests.support.web import BOTH, Web, shared_world
from tests.support.world import World, required

#: Those with more than one service are played elsewhere.
PLACES = [data for data in demo.regions() if len(data.services) == 1]
STORY = (
    ("clerk", "declare_complete", "intake"),
    ("signer", "complete", "decide"),
    ("signer", "complete", "sign"),
    ("clerk", "hand_over", None),
)


@pytest.fixture(scope="module", params=BOTH)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all of them."""
    with shared_world(request, tmp_path_factory, tuple(PLACES)) as made:
        yield made


def test_there_are_seventeen_beside_the_two_that_are_shown_in_full() -> None:
    assert len(PLACES) == 17


@pytest.mark.parametrize("place", PLACES, ids=lambda data: data.region.letters)
def test_a_case_of_the_place_is_opened_and_ends_with_its_letter(
    world: World, place: RegionData
) -> None:
    web, here = Web(world), place.region.letters.lower()
    (service,) = place.services
    body = {
        "service": service.id,
        "applicant": {"kind": "person", "name": "Siti Aminah"},
        "documents": required(service, {}),
    }
    opened = web.post("/cases", f"{here}.clerk", body)
    assert opened.status_code == 201, opened.text
    number = opened.get_json()["number"]
    for who, action, step in STORY:
        at = f"/steps/{step}" if step else ""
        etag = web.etag(number, f"{here}.auditor")
        done = web.post(
            f"/cases/{number}{at}/actions", f"{here}.{who}", {"action": action}, etag=etag
        )
        assert done.status_code == 200, (action, done.text)
    assert web.get(f"/cases/{number}", f"{here}.auditor").get_json()["status"] == "handed_over"
    (letter,) = web.get(f"/cases/{number}/products", f"{here}.clerk").get_json()["items"]
    assert letter["number"].startswith("070/1/")
    assert letter["valid_until"]
