"""Lists give rows: enough to find the right case by, and whole cases to who asks for them."""

import json
from typing import Any

from casetrack.storage import schema
from casetrack.usecases.people import subjects
from tests.support.erasing import erase
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web

SITI: dict[str, Any] = {**APPLICANT, "name": "Siti Aminah", "nik": "6472014101900007"}


def _items(web: Web, path: str, who: str = "dewi") -> list[dict[str, Any]]:
    answer = web.get(path, who)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_row_says_whose_case_it_is_who_has_it_and_until_when(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, "dewi declare_complete intake")
    (row,) = _items(web, "/cases")
    case = web.get(f"/cases/{number}", "dewi").get_json()
    same = (
        "number",
        "service",
        "status",
        "outcome",
        "waiting_for",
        "opened_at",
        "due_at",
        "holder",
    )
    assert {name: row[name] for name in same} == {name: case[name] for name in same}
    assert row.keys() == {*same, "applicant"}
    assert row["applicant"] == {"kind": "person", "name": "Budi Santoso", "nik": "6472********0001"}


def test_whole_cases_come_to_who_asks_for_them(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    (whole,) = _items(web, "/cases?full=true")
    read = web.get(f"/cases/{number}", "dewi").get_json()
    assert whole["steps"] == read["steps"]
    assert len(web.get("/cases", "dewi").data) * 4 < len(web.get("/cases?full=true", "dewi").data)


def test_a_row_of_the_worklist_names_the_applicant(web: Web) -> None:
    web.open({**LETTER, "applicant": SITI})
    (row,) = _items(web, "/worklist")
    assert row["applicant"] == {"kind": "person", "name": "Siti Aminah", "nik": "6472********0007"}
    assert row["step"]["id"] == "intake"


def test_who_was_erased_has_a_row_without_a_name(web: Web) -> None:
    web.open()
    (person,) = subjects.by_nik(web.world.ctx, APPLICANT["nik"])
    erase(web.world, person, "subject_request")
    assert [row["applicant"] for row in _items(web, "/cases")] == [None]
    assert [row["applicant"] for row in _items(web, "/worklist")] == [None]


def test_each_page_of_rows_is_written_down_as_a_look_and_whole_cases_show_nobody(web: Web) -> None:
    numbers = [web.open()["number"] for _ in range(3)]
    _items(web, "/cases?limit=2")
    _items(web, "/cases?full=true")
    _items(web, "/worklist")
    _items(web, "/worklist", "rudi")
    web.post("/cases/find", "dewi", {"nik": APPLICANT["nik"]})
    web.post("/cases/find", "dewi", {"nik": SITI["nik"]})
    with web.world.database.read() as connection:
        rows = connection.execute(schema.readings.select().order_by(schema.readings.c.at)).all()
    assert [(row.kind, sorted(json.loads(row.cases))) for row in rows] == [
        ("list", sorted(numbers[1:])),
        ("list", sorted(numbers)),
        ("search", sorted(numbers)),
        ("search", []),
    ]
    assert [row.query is None for row in rows] == [True, True, False, False]
