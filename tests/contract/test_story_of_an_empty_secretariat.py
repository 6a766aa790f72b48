"""Nobody heads the secretariat, nobody has confirmed a registrar: the operator's load is the way out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from casetrack.domain.authority.entries import Incumbency, Letter
from casetrack.domain.authority.filing import Filed
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData
from casetrack.usecases.people import officers
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.stories import SCAN, City
from tests.support.web import refused
from tests.support.world import SAMARINDA, World

LETTER = Letter("821.2/9", date(2026, 11, 20), "wali-kota")


def files(*more: Filed, without: tuple[str, ...] = ()) -> RegionData:
    """The demo's, where the mayor's seat is empty and the secretary has retired, with these papers."""
    data = demo.region(SAMARINDA)
    assert data.register is not None
    entries = [e for e in data.register.entries if e.id not in ("wali-kota-2025", *without)]
    entries = [
        replace(e, entry=replace(e.entry, until=date(2026, 10, 31)))
        if isinstance(e.entry, Incumbency) and e.id == "sekretaris-daerah-2022"
        else e
        for e in entries
    ]
    return replace(data, register=replace(data.register, entries=(*entries, *more)))


def secretary(name: str, officer: str) -> Filed:
    entry = Incumbency(officer, "sekretaris-daerah", "pj", LETTER, date(2026, 11, 20))
    return Filed("incumbency", name, entry, SCAN)


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    world = World.make(database_url, tmp_path, regions_=(files(),))
    yield City(world)
    world.close()


def confirm(city: City, who: str, kind: str, name: str, **said: Any) -> TestResponse:
    path = f"/authority/entries/{kind}/{name}"
    etag = city.get(path, "auditor").headers["ETag"]
    return city.post(f"{path}/actions", f"smr.{who}", {"action": "confirm"}, etag=etag, **said)


def by_hand(city: City, who: str, **said: Any) -> TestResponse:
    letter = {"number": "1", "dated": "2026-11-20", "by": "wali-kota"}
    entry = {"officer": "smr.dlh2", "position": "sekretaris-daerah", "form": "pj", "letter": letter,
             "since": "2026-11-20"}  # fmt: skip
    body = {"kind": "incumbency", "id": "pj", "entry": entry, "document": {"sha256": SCAN}}
    return city.post("/authority/entries", f"smr.{who}", body, **said)


def test_the_refusal_says_the_way_out_and_the_operator_s_load_is_it(city: City) -> None:
    for who in ("bapenda.supervisor", "dinkes.supervisor"):
        assert refused(by_hand(city, who)) == (403, "not_registrar")
        assert "casetrack load" in by_hand(city, who).get_json()["detail"]
    in_words = {"headers": {"Accept-Language": "id"}}
    told = by_hand(city, "bapenda.supervisor", **in_words).get_json()["detail"]
    assert "operator mencatat surat pengangkatannya" in told
    found = confirm(city, "registrar", "registrar", "registrar-dlh-1")
    assert refused(found) == (403, "secretariat_head_only")
    assert "nobody heads setda" in found.get_json()["detail"]
    told = confirm(city, "registrar", "registrar", "registrar-dlh-1", **in_words).get_json()[
        "detail"
    ]
    assert "setda tidak memiliki kepala" in told

    done = loading.load(city.world.ctx, files(secretary("pj", "smr.dlh2")), "ops")
    assert "1 papers of the register, set up by ops" in done
    (row,) = city.get("/authority/entries/incumbency/pj", "auditor").get_json()["items"]
    assert (row["state"], row["entered_by"], row["confirmed_by"]) == ("confirmed", "ops", None)
    assert any("ops" in each["text"]["en"] for each in city.ask("findings?code=set_up&limit=100"))
    # They confirm the registrars, and those what the operator put in.
    for n in (1, 2, 3, 4):
        assert confirm(city, "dlh2", "registrar", f"registrar-setda-{n}").status_code == 200
    assert refused(confirm(city, "dlh2", "incumbency", "pj"))[0] == 403
    assert confirm(city, "bapenda.supervisor", "incumbency", "pj").status_code == 200
    entries = [e["id"] for f in city.ask("findings?code=set_up&limit=100") for e in f["entries"]]
    assert "pj" not in entries
    assert by_hand(city, "bapenda.supervisor").status_code == 201


def test_where_somebody_heads_it_a_load_makes_nobody_else_head_it(city: City) -> None:
    loading.load(city.world.ctx, files(secretary("pj", "smr.dlh2")), "ops")
    more = (secretary("pj", "smr.dlh2"), secretary("pj-2", "smr.dinkes"))
    with pytest.raises(BadInput, match="pj-2"):
        loading.load(city.world.ctx, files(*more), "ops")
    # Whose account is disabled heads nothing.
    officers.disable_officer(city.world.ctx, "smr.dlh2")
    assert loading.load(city.world.ctx, files(*more), "ops")[-1] == (
        "1 papers of the register, set up by ops"
    )
    # Two confirmed registrars of the secretariat say who heads it, and a load does not any more.
    for n in (1, 2):
        assert confirm(city, "dinkes", "registrar", f"registrar-setda-{n}").status_code == 200
    officers.disable_officer(city.world.ctx, "smr.dinkes")
    with pytest.raises(BadInput, match="pj-3"):
        loading.load(city.world.ctx, files(*more, secretary("pj-3", "smr.pupr")), "ops")


def test_a_load_sets_up_nothing_else_where_nobody_heads_it(city: City) -> None:
    letter = Incumbency("smr.clerk2", "kepala-dpmptsp", "plh", LETTER, date(2026, 11, 23))
    papers = (secretary("pj", "smr.dlh2"), Filed("incumbency", "plh", letter, SCAN))
    done = loading.load(city.world.ctx, files(*papers), "ops")
    assert "1 papers of the register, set up by ops" in done
    assert "1 drafts of the register" in done
