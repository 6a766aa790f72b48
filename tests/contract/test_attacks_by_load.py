"""A load is one hand: files that were changed in every way take nothing from what officers entered."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.authority.entries import Incumbency, Letter, Registrar
from casetrack.domain.authority.filing import Filed
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData
from casetrack.storage.authority import register
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.support import demo
from tests.support.stories import SCAN, City, samarinda
from tests.support.web import refused
from tests.support.world import SAMARINDA

HEAD = "kepala-dpmptsp-2025"


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    """The secretary has confirmed whoever keeps papers, and these have confirmed the head's letter."""
    for city in samarinda(database_url, tmp_path):
        bodies = ("registrar-setda", "registrar-dlh", "registrar-dpmptsp")
        for paper in city.ask("entries?kind=registrar&limit=100"):
            if paper["id"].startswith(bodies):
                confirm(city, "sekda", "registrar", paper["id"])
        confirm(city, "registrar", "incumbency", HEAD)
        yield city


def confirm(city: City, who: str, kind: str, name: str) -> None:
    path = f"/authority/entries/{kind}/{name}"
    etag = city.get(path, "auditor").headers["ETag"]
    done = city.post(f"{path}/actions", f"smr.{who}", {"action": "confirm"}, etag=etag)
    assert done.status_code == 200, done.text


def standing(city: City) -> dict[tuple[str, str], Any]:
    """What counts, and by whose word."""
    with city.world.database.read() as connection:
        rows = register.all_revisions(connection, SAMARINDA)
    return {
        name: (row.document, row.sha256, row.entered_by, row.confirmed_by)
        for name, revisions in rows.items()
        for row in revisions
        if row.state == "confirmed"
    }


def with_papers(change: Callable[[tuple[Filed, ...]], tuple[Filed, ...]]) -> RegionData:
    data = demo.region(SAMARINDA)
    assert data.register is not None
    papers = replace(data.register, entries=change(data.register.entries))
    return replace(data, register=papers)


def moved_to(agency: str | None) -> RegionData:
    """The files, with another agency as the secretariat."""
    data = demo.region(SAMARINDA)
    return replace(data, region=replace(data.region, secretariat=agency))


def _head(entries: tuple[Filed, ...], **parts: Any) -> tuple[Filed, ...]:
    return tuple(
        replace(e, entry=replace(e.entry, **parts))
        if e.id == HEAD and isinstance(e.entry, Incumbency)
        else e
        for e in entries
    )


def _letter(officer: str, **more: Any) -> Incumbency:
    letter = Letter("1", date(2026, 11, 20), "wali-kota")
    return Incumbency(officer, "kepala-dpmptsp", "definitive", letter, date(2026, 11, 23), **more)


def _registrar(officer: str) -> Filed:
    letter = Letter("1", date(2026, 11, 20), "kepala-dlh")
    return Filed(
        "registrar", "p", Registrar(officer, "dlh", date(2026, 11, 23), None, letter), SCAN
    )


CHANGES: dict[str, Callable[[tuple[Filed, ...]], tuple[Filed, ...]]] = {
    "another officer under the same id": lambda e: _head(e, officer="smr.clerk2"),
    "an end in the past": lambda e: _head(e, until=date(2026, 11, 1)),
    "the same id for another position": lambda e: _head(e, position="kepala-dlh"),
    "a new id for the same letter": lambda e: tuple(
        replace(each, id="kepala-baru") if each.id == HEAD else each for each in e
    ),
    "a second definitive holder": lambda e: (
        *e, Filed("incumbency", "kepala-2", _letter("smr.clerk2"), SCAN),
    ),
    "another registrar": lambda e: (*e, _registrar("smr.dlh.supervisor")),
    "a line less": lambda e: tuple(each for each in e if each.id != HEAD),
    "no line at all": lambda e: e[:1],
    "another order": lambda e: e[::-1],
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_a_file_says_what_counts_stays(city: City, what: str) -> None:
    before = standing(city)
    files = with_papers(CHANGES[what])
    try:
        done = loading.load(city.world.ctx, files, "ops")
    except BadInput:
        done = []  # what the officer of the file may not enter changes nothing
    assert standing(city) == before
    assert not any("set up by" in line for line in done)
    drafts = city.ask("entries?state=drafted")
    assert len(drafts) == (1 if "drafts of the register" in " ".join(done) else 0)
    # Nor does the load after it, with the file of before or the same one.
    for again in (files, demo.region(SAMARINDA), files):
        try:
            loading.load(city.world.ctx, again, "ops")
        except BadInput:
            continue
    assert standing(city) == before
    assert verify(city.world.ctx, progress=lambda _: None).fault is None


def test_files_move_the_secretariat_only_where_its_registrars_have_made_two_there(
    city: City,
) -> None:
    before = standing(city)
    assert city.ask("findings?code=filed_by_stranger") == []
    moved = moved_to("dinkes")
    friends = tuple(
        replace(each, registrar_for=("dinkes",))
        if each.login in ("smr.clerk", "smr.clerk2")
        else each
        for each in moved.officers
    )
    # Also without the accounts of those who keep the papers.
    fewer = tuple(
        replace(each, disabled=True) if "setda" in each.registrar_for else each
        for each in moved.officers
    )
    for files in (moved, replace(moved, officers=friends), replace(moved, officers=fewer),
                  moved_to(None)):  # fmt: skip
        with pytest.raises(BadInput, match="they make two for it"):
            loading.load(city.world.ctx, files, "ops")
    assert standing(city) == before
    for paper in ("registrar-dinkes-1", "registrar-dinkes-2"):
        confirm(city, "sekda", "registrar", paper)
    loading.load(city.world.ctx, moved, "ops")
    acts = city.get("/administration", "auditor").get_json()["items"]
    assert list(acts[0]["data"]["before"].values()) == ["setda"]


def test_who_filed_a_paper_is_judged_by_the_secretariat_of_then(city: City) -> None:
    confirm(city, "bapenda.supervisor", "incumbency", "kepala-pupr-2023")
    city.at("2026-12-01T09:00")
    loading.load(city.world.ctx, moved_to("dlh"), "ops")
    # A head's letter was setda's to keep then, and is the environment agency's today.
    assert city.ask("findings?code=filed_by_stranger") == []
    paper = {"kind": "incumbency", "id": "kepala-pupr-2023", "document": {"sha256": SCAN},
             "entry": city.entry("incumbency", "kepala-pupr-2023")}  # fmt: skip
    answer = city.post("/authority/entries", "smr.bapenda.supervisor", paper)
    assert (refused(answer), answer.get_json()["agency"]) == ((403, "not_registrar"), "dlh")
