"""Whoever was refused reads how and until when to object, from the day of the hand-over on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.products import APPLICATION, PERMIT, REFUSAL, drawing_up, licence
from tests.support.web import Web
from tests.support.world import World, samarinda, surabaya


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """A service with a letter of refusal."""
    regions = (drawing_up(samarinda(), licence(PERMIT, REFUSAL)), surabaya())
    world = World.make(database_url, tmp_path, regions_=regions)
    yield Web(world)
    world.close()


def test_a_refusal_says_how_and_until_when_to_object(web: Web) -> None:
    """23 November 2026 is a Monday; 24 and 25 December are days off."""
    case = web.open(APPLICATION)
    number, code = case["number"], {"X-Access-Code": case["access_code"]}
    web.play(number, "dewi declare_complete intake")
    assert "objection" not in web.get(f"/status/{number}", headers=code).get_json()
    grounds = [{"facts": "Tempat terlalu sempit.", "rule": "Pasal 4.", "reason": "Tidak aman."}]
    written = {"grounds": grounds, "relied_on": ["Berita acara 3/2026"]}
    assert web.act(number, "hadi", "refuse", "decide", written=written).status_code == 200
    letter = web.get(f"/cases/{number}", "audit").get_json()["products"][-1]
    assert "objection" not in web.get(f"/status/{number}", headers=code).get_json()
    path = f"/cases/{number}/products/{letter['id']}/actions"
    assert web.post(path, "hadi", {"action": "sign"}, etag=web.etag(number)).status_code == 200
    said = web.get(f"/status/{number}", headers=code).get_json()["objection"]
    assert (said["where"], said["days"], said["reached"], said["until"]) == (
        "Kepala DPMPTSP",
        21,
        None,
        None,
    )
    assert "belum tercatat" in said["message"]["id"]
    present = {"party": "applicant", "document": "ktp"}
    assert web.act(number, "dewi", "hand_over", present=present).status_code == 200
    said = web.get(f"/status/{number}", headers=code).get_json()["objection"]
    assert (said["reached"], said["until"]) == ("2026-11-23", "2026-12-22")
    # Who has only the number reads nothing of it.
    assert "objection" not in web.get(f"/status/{number}").get_json()
    form = {"number": number, "code": case["access_code"]}
    page = web.flask.test_client().post("/status", data=form).text
    assert "Anda dapat mengajukan keberatan kepada Kepala DPMPTSP" in page
    assert "22 Desember 2026" in page
