"""Queries: what an operation does not name is refused, as it is in a body."""

from urllib.parse import urlencode

import pytest

from tests.support.authority import enter, papers_of_samarinda
from tests.support.registers import latest
from tests.support.web import LETTER, Web, refused


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/services?region=64.72", "dewi"),
        ("/cases?Limit=1", "dewi"),
        ("/cases?status=in_progress&servis=izin-reklame", "dewi"),
        ("/worklist?limit=1&limit=2", "rudi"),
        ("/authority/mine?day=2026-01-01", "rudi"),
        ("/events?from=3", "mesin"),
    ],
)
def test_a_parameter_that_is_misspelt_or_there_twice_is_refused_with_its_name(
    web: Web, path: str, who: str
) -> None:
    answer = web.get(path, who)
    assert refused(answer) == (422, "invalid_query")
    assert answer.get_json()["errors"][0]["at"] in path


def test_every_unknown_name_is_told_at_once_beside_what_is_wrong_with_the_others(web: Web) -> None:
    told = web.get("/cases?" + urlencode({"limit": "x", "a": 1, "b": 2}), "dewi").get_json()
    assert {fault["at"] for fault in told["errors"]} == {"limit", "a", "b"}


def test_a_write_takes_no_query_and_has_no_effect(web: Web) -> None:
    assert refused(web.post("/cases?dry_run=1", "dewi", LETTER)) == (422, "invalid_query")
    assert web.get("/cases", "dewi").get_json()["items"] == []


def test_to_a_stranger_the_thing_is_unknown_before_the_query_is_looked_at(web: Web) -> None:
    number = web.open()["number"]
    assert refused(web.get(f"/cases/{number}?nonsense=1", "tono")) == (404, "unknown_case")
    assert refused(web.get(f"/cases/{number}?nonsense=1")) == (401, "unauthenticated")
    assert refused(web.get(f"/status/{number}?nonsense=1")) == (422, "invalid_query")


def test_an_entry_of_the_register_is_read_with_the_etag_that_an_act_on_it_takes(web: Web) -> None:
    enter(web.world, *latest(papers_of_samarinda()))
    paper = {
        "kind": "position",
        "id": "kepala-lain",
        "entry": {"agency": "dpmptsp", "name": {"id": "Kepala", "en": "Head"}},
        "document": {"sha256": "cd" * 32},
    }
    made = web.post("/authority/entries", "joko", paper)
    path = "/authority/entries/position/kepala-lain"
    read = web.get(path, "lina")
    assert read.headers["ETag"] == made.headers["ETag"]
    assert refused(web.post(f"{path}/actions", "lina", {"action": "confirm"}, etag='"77"')) == (
        412,
        "stale",
    )
    done = web.post(f"{path}/actions", "lina", {"action": "confirm"}, etag=read.headers["ETag"])
    assert done.status_code == 200
    after = web.get(path, "lina").headers["ETag"]
    assert after == done.headers["ETag"] != read.headers["ETag"]
    for each in web.get("/authority/entries", "lina").get_json()["items"]:
        there = f"/authority/entries/{each['kind']}/{each['id']}"
        assert web.get(there, "lina").headers["ETag"] == each["etag"]
