"""The pictures and pages of authority over HTTP: a decision, a refused attempt, a service on a day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from casetrack.gateways.pictures import STYLE_SOURCE
from tests.support.authority import confirm, enter, papers_of_samarinda, world_of
from tests.support.registers import incumbency, instrument, line, withdrawal, without
from tests.support.web import BILLBOARD, Web, refused

SVG = "{http://www.w3.org/2000/svg}"
REVIEWED = """
    dewi declare_complete intake
    rudi complete review_dlh favourable
    sari complete review_dishub favourable
    hadi complete verify
"""
TAKING_BACK = (
    instrument("perwali-1-2021", line("2"), since="2021-01-20"),
    withdrawal("tarik", "delegasi-reklame", since="2021-01-20", on="perwali-1-2021#2"),
)


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """Medan's papers in Samarinda: Hadi is acting head until 26 January 2021."""
    papers = [
        *without(papers_of_samarinda(), "sk-hadi", "sk-rini"),
        incumbency("sk-rudi", "smr.rudi", "kepala-dlh", since="2019-02-01"),
        incumbency(
            "plt-hadi", "smr.hadi", "kepala-dpmptsp", "plt", since="2020-10-26", until="2021-01-26"
        ),
    ]
    world = world_of(database_url, tmp_path, papers)
    world.hands.now = datetime(2021, 1, 18, 1, 0, tzinfo=UTC)
    yield Web(world)
    world.close()


def decided(web: Web) -> tuple[str, int]:
    """A permit decided on 26 January; its number and the version of the decision."""
    number = web.open(BILLBOARD)["number"]
    web.play(number, REVIEWED)
    web.world.hands.now = datetime(2021, 1, 26, 10, 30, tzinfo=UTC)
    web.play(number, "hadi complete decide")
    return number, last_decision(web, number)


def last_decision(web: Web, number: str) -> int:
    trace = web.get(f"/cases/{number}/trace", "audit").get_json()
    return int(trace["decisions"][-1]["version"])


def drawn(response: TestResponse) -> Any:
    """The SVG, when its response allows nothing but its own style."""
    assert response.status_code == 200, response.text
    assert response.content_type == "image/svg+xml; charset=utf-8"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src {STYLE_SOURCE};")
    assert response.headers["Cache-Control"] == "no-store"
    return etree.fromstring(response.data)


def broken(root: Any) -> list[str]:
    return [g.get("data-broken") for g in root.iter(f"{SVG}g") if g.get("data-broken")]


def test_a_decision_is_drawn_with_its_chain_and_judged_again(web: Web) -> None:
    number, version = decided(web)
    path = f"/cases/{number}/decisions/{version}/picture"
    picture = drawn(web.get(path, "audit"))
    said = "".join(picture.itertext())
    assert broken(picture) == []
    assert "Berwenang menurut register" in said
    assert "Diperiksa ulang" in said
    assert "smr.hadi" in said
    enter(web.world, *TAKING_BACK)
    picture = drawn(web.get(f"{path}?lang=en", "audit"))
    assert broken(picture) == ["grant_withdrawn"]
    assert "Questioned by facts recorded later" in "".join(picture.itertext())


def test_a_refused_attempt_is_drawn_as_the_register_was_known_then(web: Web) -> None:
    number, _ = decided(web)
    web.play(number, "bima record_payment pay_tax")
    web.world.hands.now = datetime(2021, 1, 27, 0, 30, tzinfo=UTC)
    assert refused(web.act(number, "hadi", "complete", "sign")) == (403, "letter_ended")
    path = f"/cases/{number}/refusals/1/picture"
    before = web.get(path, "audit")
    picture = drawn(before)
    assert broken(picture) == ["letter_ended"]
    assert "smr.andi" in "".join(picture.itertext())
    late = incumbency(
        "plt-hadi-2", "smr.hadi", "kepala-dpmptsp", "plt", since="2021-01-27", until="2021-04-26"
    )
    confirm(web.world, late)
    assert web.get(path, "audit").data == before.data


def test_the_passport_page_holds_picture_words_signature_and_proof(web: Web) -> None:
    number, version = decided(web)
    response = web.get(f"/cases/{number}/decisions/{version}/passport?lang=en", "hadi")
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert f"style-src 'self' {STYLE_SOURCE}" in policy
    assert "unsafe-inline" not in policy
    page = response.text
    trace = web.get(f"/cases/{number}/trace", "audit").get_json()
    assert trace["decisions"][-1]["hash"] in page
    assert '<html lang="en">' in page
    assert "<svg" in page
    assert '<ol class="chain-list"' in page
    assert "<span>Plt. Kepala DPMPTSP</span>" in page
    assert "authorised according to the register" in page
    assert "Budi" not in page
    assert (
        "Paspor kewenangan" in web.get(f"/cases/{number}/decisions/{version}/passport", "hadi").text
    )


def test_a_service_is_drawn_for_a_day_and_as_known_then(web: Web) -> None:
    path = "/authority/services/izin-reklame/picture"
    before = datetime(2021, 1, 18, 2, 0, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    web.world.hands.now = datetime(2021, 1, 19, 1, 0, tzinfo=UTC)
    enter(web.world, *TAKING_BACK)
    known = {}
    for name, query in (
        ("now", "?at=2021-01-20"),
        ("then", f"?at=2021-01-20&known={before}"),
        ("earlier day", "?at=2021-01-19"),
        ("too late", "?at=2021-01-27&lang=en"),
    ):
        known[name] = broken(drawn(web.get(path + query, "audit")))
    assert "grant_withdrawn" in known["now"]
    assert "grant_withdrawn" not in known["then"]
    assert "grant_withdrawn" not in known["earlier day"]
    assert "letter_ended" in known["too late"]
    page = web.get("/authority/services/izin-reklame/page?at=2021-01-20", "ketua")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert 'data-broken="grant_withdrawn"' in page.text.split("</svg>")[1]


def test_what_is_not_there_is_404_and_what_cannot_be_read_422(web: Web) -> None:
    number, version = decided(web)
    case = f"/cases/{number}"
    for path, code in (
        (f"{case}/decisions/1/picture", "unknown_decision"),
        (f"{case}/decisions/999999999/passport", "unknown_decision"),
        (f"{case}/decisions/0/picture", "unknown_decision"),
        (f"{case}/decisions/two/picture", "unknown_version"),
        (f"{case}/refusals/1/picture", "unknown_refusal"),
        ("/authority/services/tidak-ada/picture", "unknown_service"),
    ):
        assert refused(web.get(path, "audit")) == (404, code), path
    for path in (
        f"{case}/decisions/{version}/picture?lang=de",
        "/authority/services/izin-reklame/picture?at=yesterday",
        "/authority/services/izin-reklame/picture?known=yesterday",
    ):
        assert refused(web.get(path, "audit")) == (422, "invalid_query"), path


def test_a_stranger_sees_no_picture(web: Web) -> None:
    number, version = decided(web)
    path = f"/cases/{number}/decisions/{version}/picture"
    assert refused(web.get(path, "tono")) == (404, "unknown_case")
    assert refused(web.get("/authority/services/izin-reklame/picture", "dewi"))[0] == 403
