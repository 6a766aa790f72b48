"""How products are numbered changes by two hands: a load proposes, a registrar confirms."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casetrack.bootstrap import build
from casetrack.domain.region.region_data import RegionData
from casetrack.storage import schema
from casetrack.usecases.region import loading
from tests.contract.test_story_of_products import PAID, REVIEWED, clean, opened, play, products
from tests.support import demo
from tests.support.stories import City
from tests.support.web import Web, refused
from tests.support.world import SAMARINDA, World, settings_for

LONGER = {
    "id": "izin",
    "pattern": "{code}/{serial:6}/MPP/{year}",
    "basis": "Perwali 2/2026",
    "since": "2026-01-01",
}


@pytest.fixture
def web(city: City) -> Web:
    return city


def longer(pattern: str = LONGER["pattern"]) -> RegionData:
    """Samarinda, whose permits are numbered otherwise."""
    data = demo.region(SAMARINDA)
    permit, *others = data.region.number_patterns
    new = replace(permit, pattern=pattern, basis=LONGER["basis"])
    new = replace(new, since=permit.since.replace(year=2026))
    return replace(data, region=replace(data.region, number_patterns=(new, *others)))


def numbering(web: Web) -> dict[str, Any]:
    found: dict[str, Any] = web.get("/numbering", "auditor").get_json()
    return found


def decide(web: Web, who: str, action: str, sha256: str) -> Any:
    return web.post("/numbering", who, {"action": action, "sha256": sha256})


def signed(web: Web) -> str:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign")
    return str(products(web, number)[0]["number"])


def told(web: Web) -> list[str]:
    """What became of number patterns, in the order of the ledger."""
    web.relay()
    events, ledger = schema.events.c, schema.ledger.c
    found = (
        select(events.type)
        .join_from(schema.events, schema.ledger, ledger.id == events.id)
        .where(events.region == SAMARINDA, events.stream == f"numbering/{SAMARINDA}")
        .order_by(ledger.position)
    )
    with web.world.database.read() as connection:
        return list(connection.execute(found).scalars())


def test_another_pattern_counts_once_a_registrar_of_the_secretariat_has_confirmed_it(
    web: Web,
) -> None:
    before = numbering(web)
    assert before["proposal"] is None, "the first patterns are set up"
    said = loading.load(web.world.ctx, longer(), "ops.budi")
    assert any("number patterns that wait" in line for line in said)
    waits = numbering(web)
    assert waits["patterns"] == before["patterns"]
    proposal = waits["proposal"]
    assert (proposal["patterns"][0], proposal["by"]) == (LONGER, "ops.budi")
    assert signed(web) == "503.5/0001/DPMPTSP/2026", "numbered as before until then"
    for who, code in (("supervisor", "not_registrar"), ("clerk", "not_registrar")):
        assert refused(decide(web, who, "confirm", proposal["sha256"])) == (403, code)
    unseen = decide(web, "registrar", "confirm", "ab" * 32)
    assert refused(unseen) == (409, "draft_changed")
    done = decide(web, "registrar", "confirm", proposal["sha256"])
    assert done.status_code == 200, done.text
    assert done.get_json() == numbering(web)
    assert numbering(web) == {"patterns": [LONGER, *before["patterns"][1:]], "proposal": None}
    assert signed(web) == "503.5/000002/MPP/2026", "the serial goes on"
    assert refused(decide(web, "registrar", "confirm", proposal["sha256"])) == (
        409,
        "status_forbids",
    )
    assert loading.load(web.world.ctx, longer(), "ops.budi") == []
    clean(web)


def test_who_loaded_it_does_not_confirm_it_and_may_see_it_refused(web: Web) -> None:
    loading.load(web.world.ctx, longer(), "smr.registrar")
    sha256 = numbering(web)["proposal"]["sha256"]
    assert refused(decide(web, "registrar", "confirm", sha256)) == (409, "second_officer")
    done = decide(web, "registrar2", "refuse", sha256)
    assert done.status_code == 200, done.text
    assert numbering(web)["proposal"] is None
    assert signed(web) == "503.5/0001/DPMPTSP/2026"
    clean(web)


def test_a_load_that_says_it_no_more_takes_it_back_and_another_one_takes_its_place(
    web: Web,
) -> None:
    loading.load(web.world.ctx, longer(), "ops.budi")
    first = numbering(web)["proposal"]["sha256"]
    loading.load(web.world.ctx, longer(), "ops.sari")
    assert numbering(web)["proposal"]["by"] == "ops.budi", "the same again is no new proposal"
    loading.load(web.world.ctx, longer("{serial}/{year}"), "ops.sari")
    other = numbering(web)["proposal"]
    assert (other["by"], other["sha256"] == first) == ("ops.sari", False)
    loading.load(web.world.ctx, demo.region(SAMARINDA), "ops.sari")
    assert numbering(web)["proposal"] is None
    assert told(web) == [
        "casetrack.numbering.proposed",
        "casetrack.numbering.proposed",
        "casetrack.numbering.withdrawn",
    ]
    clean(web)


def test_a_pattern_that_a_load_leaves_out_stays_until_somebody_confirms_that(web: Web) -> None:
    data = demo.region(SAMARINDA)
    permit, *others = data.region.number_patterns
    doubled = (permit, replace(permit, since=permit.since.replace(year=2021)), *others)
    loading.load(
        web.world.ctx, replace(data, region=replace(data.region, number_patterns=doubled)), "ops"
    )
    registrar = decide(web, "registrar", "confirm", numbering(web)["proposal"]["sha256"])
    assert registrar.status_code == 200
    loading.load(web.world.ctx, data, "ops")
    assert len(numbering(web)["patterns"]) == 3
    assert len(numbering(web)["proposal"]["patterns"]) == 2


def test_a_case_of_an_older_definition_is_numbered_as_the_region_numbers_on_that_day(
    database_url: str, tmp_path: Path, web: Web
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    data = longer()
    newer = tuple(
        replace(each, version=each.version + 1) if each.id == "izin-reklame" else each
        for each in data.services
    )
    loading.load(web.world.ctx, replace(data, services=newer), "ops.budi")
    decide(web, "registrar", "confirm", numbering(web)["proposal"]["sha256"])
    settings = settings_for(database_url, tmp_path)
    started = build(settings, wake=lambda: None, clock=web.world.hands)
    again = Web(World(started, web.world.hands, tmp_path / "mail"))
    play(again, number, "signer complete sign")
    (permit,) = products(again, number)
    case = again.get(f"/cases/{number}", "clerk").get_json()
    newest = next(each.version for each in newer if each.id == "izin-reklame")
    assert (case["service"]["version"], permit["number"]) == (
        newest - 1,
        "503.5/000001/MPP/2026",
    )
    clean(again)
    again.world.close()
