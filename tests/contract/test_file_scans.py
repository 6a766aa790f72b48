"""A scanner says clean, found or nothing; nothing is never shown as clean, and is asked again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casetrack.storage import schema
from casetrack.usecases.case.scanning import scan_once
from casetrack.usecases.people import files
from tests.contract.test_documents import documents, is_sound
from tests.contract.test_files import PDF, billboard, read, rows, stored
from tests.support import scans
from tests.support.clamav import EICAR, VERSION, Scanner, scanner
from tests.support.web import Web, refused
from tests.support.world import World

BAD = PDF + b"\n%" + EICAR + b"\n%%EOF\n"


@pytest.fixture
def clamd() -> Iterator[Scanner]:
    with scanner() as made:
        yield made


@pytest.fixture
def web(database_url: str, tmp_path: Path, clamd: Scanner) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, CASETRACK_CLAMD=clamd.url)
    yield Web(world)
    world.close()


def events(web: Web, number: str) -> list[Any]:
    with web.world.database.read() as connection:
        query = select(schema.events.c.body).where(schema.events.c.stream == f"files/{number}")
        return list(connection.execute(query.order_by(schema.events.c.version)).scalars())


def test_what_a_scanner_found_clean_says_so_with_the_scanner_s_version(
    web: Web, clamd: Scanner
) -> None:
    number = billboard(web)
    assert web.bring(number, PDF).get_json()["file"]["scan"] == "clean"
    assert clamd.seen == [PDF]
    (row,) = rows(web)
    assert (row.scan, row.base, row.scan_at) == ("clean", VERSION, None)
    assert read(web, number).data == PDF
    assert scan_once(web.world.ctx) == 0


def test_what_a_scanner_finds_is_refused_not_kept_and_recorded(web: Web) -> None:
    number = billboard(web)
    answer = web.bring(number, BAD)
    assert refused(answer) == (422, "file_infected")
    assert answer.get_json()["found"] == "Eicar-Test-Signature"
    assert stored(web) == rows(web) == []
    (said,) = events(web, number)
    assert '"found":"Eicar-Test-Signature"' in said
    assert '"requirement":"foto"' in said
    assert is_sound(web)


@pytest.mark.parametrize(
    "answer",
    [
        "INSTREAM size limit exceeded. ERROR",
        "stream: Can't allocate memory ERROR",
        "stream: OK but not really",
        "",
        "UNKNOWN COMMAND",
        "stream: \n FOUND",
    ],
)
def test_no_clear_answer_is_not_scanned_and_is_asked_for_again(
    web: Web, clamd: Scanner, answer: str
) -> None:
    number = billboard(web)
    clamd.answer = answer
    assert web.bring(number, PDF).get_json()["file"]["scan"] == "not_scanned"
    assert refused(read(web, number)) == (409, "not_scanned_yet")
    assert scan_once(web.world.ctx) == 0
    clamd.answer = None
    assert scan_once(web.world.ctx) == 0, "not at once: a scanner that is away is left alone"
    web.world.hands.pass_time(minutes=6)
    assert scan_once(web.world.ctx) == 1
    assert documents(web, number)[2]["file"]["scan"] == "clean"
    assert read(web, number).data == PDF
    assert len(events(web, number)) == 1
    assert is_sound(web)


def test_a_scanner_that_is_away_stops_no_upload(database_url: str, tmp_path: Path) -> None:
    world = World.make(database_url, tmp_path, CASETRACK_CLAMD="tcp://127.0.0.1:9")
    web = Web(world)
    number = billboard(web)
    assert web.bring(number, PDF).get_json()["file"]["scan"] == "not_scanned"
    world.close()


def test_what_is_found_later_leaves_the_store_and_is_given_to_nobody(
    web: Web, clamd: Scanner
) -> None:
    number = billboard(web)
    clamd.answer = "ERROR"
    web.bring(number, BAD)
    clamd.answer = None
    web.world.hands.pass_time(minutes=6)
    assert scan_once(web.world.ctx) == 1
    assert documents(web, number)[2]["file"]["scan"] == "found"
    assert refused(read(web, number)) == (404, "unknown_file")
    assert files.remove_once(web.world.ctx) == 1
    assert stored(web) == []
    assert scan_once(web.world.ctx) == 0
    assert is_sound(web)


def test_where_the_setting_says_so_a_file_that_nobody_scanned_is_given_out(
    web: Web, clamd: Scanner
) -> None:
    number = billboard(web)
    clamd.answer = "ERROR"
    web.bring(number, PDF)
    assert refused(read(web, number)) == (409, "not_scanned_yet")
    open_, scanned = web.world.app.ctx.files, documents(web, number)[2]["file"]["scan"]
    assert scanned == "not_scanned"
    open_.shows_unscanned = True
    assert read(web, number).data == PDF


def test_one_file_that_cannot_be_had_keeps_no_other_from_the_scanner(
    web: Web, clamd: Scanner
) -> None:
    number = billboard(web)
    clamd.answer = "ERROR"
    web.bring(number, PDF)
    (lost,) = stored(web)
    web.bring(number, scans.pdf(pages=2), requirement="ktp")
    lost.unlink()
    clamd.answer = None
    web.world.hands.pass_time(minutes=6)
    assert [scan_once(web.world.ctx) for _ in range(3)] == [0, 1, 0]
    assert [each["file"]["scan"] for each in documents(web, number)[2:]] == ["not_scanned", "clean"]


def test_systems_hear_that_a_scanner_found_something_and_nothing_of_the_file(
    web: Web, clamd: Scanner
) -> None:
    position = web.begun("dewi", "mesin", "audit")
    number = billboard(web)
    assert refused(web.bring(number, BAD)) == (422, "file_infected")
    clamd.answer = "ERROR"
    web.bring(number, PDF)
    clamd.answer = None
    web.world.hands.pass_time(minutes=6)
    assert scan_once(web.world.ctx) == 1
    web.relay()
    heard = web.get(f"/events?after={position}", "mesin").get_json()["events"]
    assert [each["type"].removeprefix("casetrack.") for each in heard] == [
        "case.opened",
        "file.refused",
        "document.received",
        "file.scanned",
    ]
    assert [each["data"].get("requirement") for each in heard[1::2]] == ["foto", None]
    assert [each["data"].get("scan") for each in heard[1::2]] == [None, "clean"]
    (row,) = rows(web)
    for secret in (row.file, row.digest, row.text):
        assert secret not in str(heard)
    own = web.get(f"/cases/{number}/events", "audit").get_json()["items"]
    assert [each["type"] for each in own if each["stream"].startswith("files/")] == [
        "casetrack.file.refused",
        "casetrack.file.scanned",
    ]
