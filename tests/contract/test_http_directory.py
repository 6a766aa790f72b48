"""Who works where, as it is asked over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authority import papers_of_samarinda, world_of
from tests.support.registers import latest
from tests.support.web import Web, refused


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of(database_url, tmp_path, latest(papers_of_samarinda()))
    yield Web(world)
    world.close()


def test_an_account_learns_what_it_is_and_where_its_officer_sits(web: Web) -> None:
    rini = web.get("/me", "rini").get_json()
    assert {name: rini[name] for name in ("login", "region", "roles", "agency")} == {
        "login": "smr.rini",
        "region": "64.72",
        "roles": ["supervisor"],
        "agency": "dlh",
    }
    hadi = web.get("/me", "hadi").get_json()
    assert [seat["position"] for seat in hadi["seats"]] == ["kepala-dpmptsp"]
    assert hadi["seats"][0]["form"] == "definitive"
    assert web.get("/me", "ketua").get_json()["seats"] == []


def test_pages_of_agencies_and_officers_leave_nobody_out(web: Web) -> None:
    for path, who, key in (("/agencies", "dewi", "id"), ("/officers", "audit", "login")):
        whole = [each[key] for each in web.get(f"{path}?limit=200", who).get_json()["items"]]
        assert whole == sorted(whole)
        assert len(whole) > 2
        paged: list[str] = []
        cursor = ""
        while True:
            page = web.get(f"{path}?limit=1{cursor}", who).get_json()
            paged += [each[key] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert paged == whole


def test_another_region_sees_its_own_agencies_and_officers_only(web: Web) -> None:
    assert {e["login"][:4] for e in web.get("/officers", "sby.audit").get_json()["items"]} == {
        "sby."
    }
    ours = {each["id"] for each in web.get("/agencies", "dewi").get_json()["items"]}
    theirs = {each["id"] for each in web.get("/agencies", "sby.audit").get_json()["items"]}
    assert ours != theirs


def test_a_service_is_read_as_the_catalogue_lists_it_and_one_of_elsewhere_is_unknown(
    web: Web,
) -> None:
    for listed in web.get("/services", "dewi").get_json()["items"]:
        assert web.get(f"/services/{listed['id']}", "dewi").get_json() == listed
    for wrong in ("tidak-ada", "IZIN%20REKLAME", "%00"):
        assert refused(web.get(f"/services/{wrong}", "dewi")) == (404, "unknown_service")
