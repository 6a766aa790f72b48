"""The auditor reads who looked at personal data, by case, by officer and by day."""

from typing import Any

import pytest

from casetrack.domain.people.reading_findings import FINDING_KINDS
from casetrack.usecases.people import officers, subjects
from casetrack.web.people import readings as looks
from tests.support.web import APPLICANT, BILLBOARD, Web, refused


def all_of(web: Web, path: str, limit: int = 2) -> list[dict[str, Any]]:
    """All pages of a list, as the auditor gets them."""
    found, cursor = [], ""
    while True:
        joint = "&" if "?" in path else "?"
        page = web.get(f"{path}{joint}limit={limit}{cursor}", "audit").get_json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_an_auditor_reads_who_looked_at_a_case_the_newest_first(web: Web) -> None:
    number, other = web.open(BILLBOARD)["number"], web.open(BILLBOARD)["number"]
    for who, looked in (("dewi", number), ("rudi", number), ("sari", other), ("audit", number)):
        web.get(f"/cases/{looked}", who)
        web.world.hands.pass_time(minutes=1)
    found = all_of(web, f"/cases/{number}/readings")
    assert [(look["officer"], look["agency"], look["kind"]) for look in found] == [
        ("smr.audit", None, "case"),
        ("smr.rudi", "dlh", "case"),
        ("smr.dewi", "dpmptsp", "case"),
    ]
    assert [look["cases"] for look in found] == [[number]] * 3


def test_looks_are_listed_by_officer_and_by_local_day(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    for who, hours in (("rudi", 14), ("rudi", 2), ("sari", 24)):  # Monday 9:00, 23:00, Tuesday 1:00
        web.get(f"/cases/{number}", who)
        web.world.hands.pass_time(hours=hours)
    web.get(f"/cases/{number}", "rudi")

    def listed(query: str) -> list[str]:
        return [look["officer"] for look in all_of(web, f"/readings{query}")]

    assert listed("") == ["smr.rudi", "smr.sari", "smr.rudi", "smr.rudi"]
    assert listed("?officer=smr.rudi") == ["smr.rudi"] * 3
    assert listed("?from=2026-11-24&to=2026-11-24") == ["smr.sari"]
    assert listed("?to=2026-11-23&officer=smr.rudi") == ["smr.rudi", "smr.rudi"]
    assert listed("?officer=smr.nobody") == []
    assert listed("?from=2200-12-31&to=2200-12-31") == []


@pytest.mark.parametrize(
    "query", ["from=yesterday", "to=20261123", "from_=2026-11-23", "cursor=WzFd", "officer="]
)
def test_a_query_that_cannot_be_taken_is_422(web: Web, query: str) -> None:
    assert refused(web.get(f"/readings?{query}", "audit")) == (422, "invalid_query")


def test_of_another_region_nothing_is_read(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.get(f"/cases/{number}", "rudi")
    assert web.get("/readings", "sby.audit").get_json()["items"] == []
    assert web.get(f"/cases/{number}/readings", "sby.audit").status_code == 404


def test_a_search_a_print_and_what_is_handed_out_are_looks_each_time(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    for _ in range(2):
        web.post("/cases/find", "dewi", {"nik": APPLICANT["nik"]})
        web.get(f"/cases/{number}/slips/receipt", "dewi")
    web.post("/cases/find", "dewi", {"nik": "6472010101900009"})
    (budi,) = subjects.by_case(web.world.ctx, number)
    subjects.show(web.world.ctx, budi)
    found = all_of(web, "/readings")
    assert [(look["officer"], look["kind"]) for look in found] == [
        ("operator", "export"),
        ("smr.dewi", "search"),
        ("smr.dewi", "print"),
        ("smr.dewi", "search"),
        ("smr.dewi", "print"),
        ("smr.dewi", "search"),
    ]
    nobody, twice, once = [look for look in found if look["kind"] == "search"]
    assert (nobody["cases"], once["cases"]) == ([], [number])
    assert twice["query"] == once["query"] != nobody["query"]
    assert APPLICANT["nik"] not in str(found)


def test_strange_looks_are_listed_with_what_is_strange(web: Web) -> None:
    world = web.world
    number = web.open(BILLBOARD)["number"]
    officers.set_officer_nik(world.ctx, "smr.dewi", str(APPLICANT["nik"]))
    for who in ("dewi", "hadi", "rudi", "audit"):
        web.get(f"/cases/{number}", who)
        world.hands.pass_time(minutes=1)
    found = web.get("/readings/findings", "audit").get_json()["items"]
    assert [(each["kind"], each["officer"], each["cases"]) for each in found] == [
        ("own_case", "smr.dewi", [number]),
        ("colleague", "smr.hadi", [number]),
    ]
    assert found[0]["said"]["id"] == "Membuka berkasnya sendiri"
    for query in ("?from=2026-11-20&to=2026-11-23", "?to=2026-11-23"):
        assert len(web.get(f"/readings/findings{query}", "audit").get_json()["items"]) == 2
    assert web.get("/readings/findings?to=2026-11-22", "audit").get_json()["items"] == []


@pytest.mark.parametrize(
    "query", ["from=2026-11-02&to=2026-11-01", "from=2026-01-01&to=2026-02-01"]
)
def test_findings_are_looked_for_in_a_month_at_most(web: Web, query: str) -> None:
    assert refused(web.get(f"/readings/findings?{query}", "audit")) == (422, "invalid_query")


def test_every_finding_has_words() -> None:
    assert looks.STRANGE.keys() == set(FINDING_KINDS)
