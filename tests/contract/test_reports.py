"""Reports: a month of the cast at the counter, as JSON, as CSV and as XLSX, and who reads them."""

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from casetrack.domain.case.complaint_figures import COMPLAINT_COLUMNS
from casetrack.domain.case.figure_tables import MEASURES, TABLES, Measure, Row
from casetrack.domain.case.survey import SURVEY_COLUMNS
from casetrack.gateways.sheets.column_words import COLUMN_WORDS, MEASURE_WORDS
from casetrack.gateways.sheets.delimited import as_csv
from casetrack.gateways.sheets.workbook import as_xlsx
from casetrack.storage.case import figures as stored
from casetrack.usecases.case import figures
from casetrack.web.case import report_models as rows
from tests.support.commands import run_command
from tests.support.web import BILLBOARD, LETTER, Web, refused
from tests.support.world import (
    BILLBOARD_STORY,
    MASTER,
    SAMARINDA,
    SECRET,
    World,
    letter,
    samarinda,
    surabaya,
)

NOVEMBER = "from=2026-11-01&to=2026-11-30"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _count(web: Web) -> None:
    web.relay()
    while figures.count_once(web.world.ctx):
        pass


def _rows(
    web: Web, measure: str, who: str = "audit", query: str = NOVEMBER
) -> list[dict[str, Any]]:
    _count(web)
    response = web.get(f"/reports/{measure}?{query}", who)
    assert response.status_code == 200, response.text
    found = response.get_json()
    assert found["whole"]
    rows: list[dict[str, Any]] = found["items"]
    return rows


def _of(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    found = [row for row in rows if wanted.items() <= row.items()]
    assert len(found) == 1, (wanted, rows)
    return found[0]


def _a_month(web: Web) -> None:
    """One letter granted within the day, before one that was ready earlier; one sent back at the counter
    by Dewi and passed by Wati without its paper; one refused late."""
    hands = web.world.hands
    slow = web.open(LETTER)["number"]
    web.play(slow, "dewi declare_complete intake")
    quick = web.open(LETTER)["number"]
    hands.pass_time(hours=2)
    web.play(quick, "dewi declare_complete intake\nhadi complete decide\ndewi hand_over")
    poor = web.open({**LETTER, "documents": []})["number"]
    web.act(poor, "dewi", "return", "intake", defects=[{"requirement": "ktp", "text": "tidak ada"}])
    web.play(poor, "dewi send_return\ndewi resubmit")
    done = web.act(poor, "wati", "declare_complete", "intake", reason="menyusul")
    assert done.status_code == 200, done.text
    hands.pass_time(days=7)
    refusal = web.act(
        slow, "hadi", "refuse", "decide", reason="tidak memenuhi syarat", after_limit="sakit"
    )
    assert refusal.status_code == 200, refusal.text


def test_a_month_of_a_service_is_told_with_what_hides_delay(world: World) -> None:
    web = Web(world)
    _a_month(web)
    row = _of(_rows(web, "service-levels"), month="2026-11", service="surat-keterangan")
    told = {name: row[name] for name in ("opened", "complete", "decided", "granted", "refused")}
    assert told == {"opened": 3, "complete": 3, "decided": 2, "granted": 1, "refused": 1}
    assert (row["in_time"], row["late"], row["within_a_day"]) == (1, 1, 1)
    assert (row["overtook"], row["returned_early"], row["returned"]) == (1, 1, 0)
    assert (row["handed_over"], row["days_to_product_median"]) == (1, 0)
    # Monday to Monday: five working days, all the office's.
    assert (row["days_to_decision_median"], row["days_to_decision_p90"]) == (2.5, 5)
    assert (row["days_of_agencies"], row["days_of_applicant"], row["days_of_outside"]) == (5, 0, 0)
    assert row["agency"] == "dpmptsp"


def test_days_on_which_the_clock_stood_are_told_as_whose_they_were(world: World) -> None:
    web = Web(world)
    number = web.open(LETTER)["number"]
    web.play(number, "dewi declare_complete intake")
    world.hands.pass_time(days=1)
    assert web.act(number, "dewi", "pause", reason="court").status_code == 200
    world.hands.pass_time(days=3)
    web.play(number, "dewi resume")
    web.act(number, "hadi", "return", "decide", defects=[{"requirement": "ktp", "text": "buram"}])
    web.play(number, "dewi send_return")
    world.hands.pass_time(days=5)
    web.play(number, "dewi resubmit\nhadi complete decide")
    row = _of(_rows(web, "service-levels", query="from=2026-11-01&to=2026-12-31"), decided=1)
    # Court Tuesday to Friday: Wednesday and Thursday. Applicant Friday to Wednesday: Monday, Tuesday.
    assert (row["days_of_outside"], row["days_of_applicant"]) == (2, 2)
    assert row["days_of_agencies"] == row["days_to_decision_median"] == 3


def test_what_was_sent_back_and_what_was_passed_without_its_paper_is_told_by_whom(
    world: World,
) -> None:
    web = Web(world)
    _a_month(web)
    rows = _rows(web, "returns")
    sent = _of(rows, officer="smr.dewi", requirement="ktp", step="intake")
    assert (sent["sent_back_early"], sent["sent_back"], sent["waived"]) == (1, 0, 0)
    assert _of(rows, officer="smr.wati", requirement="ktp")["waived"] == 1


def test_steps_and_agencies_are_told_by_their_own_limits(world: World) -> None:
    web = Web(world)
    number = web.open(BILLBOARD)["number"]
    web.play(number, "dewi declare_complete intake")
    world.hands.pass_time(days=4)
    web.play(number, BILLBOARD_STORY.strip().split("\n", 1)[1])
    step = _of(_rows(web, "steps"), step="review_dlh")
    assert (step["agency"], step["step_ended"], step["step_late"]) == ("dlh", 1, 1)
    assert (step["step_days_median"], step["step_days_charged"]) == (4, 4)
    agency = _of(_rows(web, "agencies"), agency="dpmptsp")
    ended = [row for row in _rows(web, "steps") if row["agency"] == "dpmptsp"]
    assert agency["step_ended"] == sum(row["step_ended"] for row in ended)


def test_the_queue_is_told_by_age_and_by_what_it_waits_for(world: World) -> None:
    web = Web(world)
    old = web.open(LETTER)["number"]
    web.play(old, "dewi declare_complete intake")
    world.hands.pass_time(days=10)
    web.open(LETTER)
    row = _of(_rows(web, "queue", query=""), service="surat-keterangan")
    assert (row["agency"], row["cases"], row["overdue"], row["oldest_days"]) == ("dpmptsp", 2, 1, 8)
    assert (row["age_0_5"], row["age_6_10"]) == (1, 1)
    only = _rows(web, "queue", query="from=2026-12-01")
    assert _of(only, service="surat-keterangan")["cases"] == 1
    web.play(old, "hadi complete decide")
    left = _of(_rows(web, "queue", query=""), service="surat-keterangan")
    assert (left["cases"], left["overdue"]) == (1, 0)


def _lines(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _sheet(content: bytes) -> list[list[tuple[str, str]]]:
    """Rows of the first sheet: (type, value) of each cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [(c.get("t", "n"), "".join(c.itertext())) for c in row.iter(f"{MAIN}c")]
        for row in root.iter(f"{MAIN}row")
    ]


@pytest.mark.parametrize("measure", [*TABLES])
def test_csv_and_xlsx_hold_exactly_what_the_json_holds(world: World, measure: Measure) -> None:
    web = Web(world)
    _a_month(web)
    query = "" if measure == "queue" else NOVEMBER
    rows = _rows(web, measure, query=query)
    assert rows
    as_text = web.get(f"/reports/{measure}?{query}&format=csv", "audit")
    assert as_text.content_type == "text/csv; charset=utf-8"
    assert "attachment" in as_text.headers["Content-Disposition"]
    lines = _lines(as_text.data)
    assert [*lines[0]] == [*TABLES[measure].columns]
    for line, row in zip(lines, rows, strict=True):
        for name, said in line.items():
            value = row[name]
            if isinstance(value, bool):
                assert said == str(int(value))
            elif isinstance(value, int | float):
                assert float(said.replace(",", ".")) == value
            else:
                assert said == (value or "")
    sheet = _sheet(web.get(f"/reports/{measure}?{query}&format=xlsx", "audit").data)
    assert [value for _, value in sheet[0]] == [COLUMN_WORDS[c][0] for c in TABLES[measure].columns]
    assert len(sheet) == len(rows) + 1


def test_no_text_becomes_a_formula() -> None:
    rows: list[Row] = [{"a": "=1+1", "b": "@SUM(A1)", "c": 3.5}]
    line = as_csv(("a", "b", "c"), rows).decode("utf-8-sig").splitlines()[1]
    assert line == "'=1+1;'@SUM(A1);3,5"
    words = {name: (name, name) for name in "abc"}
    sheet = _sheet(as_xlsx("x", ("a", "b", "c"), rows, words, ()))
    assert [kind for kind, _ in sheet[1]] == ["inlineStr", "inlineStr", "n"]


def test_every_column_has_words_and_a_field_of_its_own() -> None:
    fields: dict[Measure, type[BaseModel]] = {
        "service-levels": rows.ServiceLevelRow,
        "agencies": rows.AgencyRow,
        "steps": rows.StepRow,
        "returns": rows.ReturnsRow,
        "queue": rows.QueueRow,
        "satisfaction": rows.SatisfactionRow,
        "one-door": rows.OneDoorRow,
        "complaints": rows.ComplaintRow,
    }
    assert MEASURE_WORDS.keys() == set(MEASURES) == fields.keys()
    columns = {**{m: table.columns for m, table in TABLES.items()}, "satisfaction": SURVEY_COLUMNS}
    columns["complaints"] = COMPLAINT_COLUMNS
    for measure, named in columns.items():
        assert set(named) == set(fields[measure].model_fields)
        assert set(named) <= COLUMN_WORDS.keys()


def test_a_head_reads_of_their_own_agency_and_of_the_services_that_it_takes_in(
    database_url: str, tmp_path: Path
) -> None:
    home = samarinda()
    heads = tuple(
        replace(next(o for o in home.officers if o.login == "smr.ketua"), login=f"smr.{a}", agency=a,
                data_protection=False)
        for a in ("dlh", "dinkes")
    )  # fmt: skip
    home = replace(home, officers=(*home.officers, *heads))
    world = World.make(database_url, tmp_path, regions_=(home, surabaya()))
    web = Web(world)
    web.play(web.open(BILLBOARD)["number"], BILLBOARD_STORY)
    _count(web)
    everything = _rows(web, "steps")
    assert _rows(web, "steps", "ketua") == everything
    assert {row["agency"] for row in _rows(web, "steps", "dlh")} == {"dlh"}
    assert _rows(web, "service-levels", "dlh") == []
    assert _rows(web, "steps", "dinkes") == []
    assert refused(web.get("/reports/steps", "wati")) == (403, "role_not_allowed")
    assert web.get("/reports/steps", "sby.audit").get_json()["items"] == []
    world.close()


def test_few_of_a_service_with_specific_data_are_not_told(
    database_url: str, tmp_path: Path
) -> None:
    shy = replace(letter(), specific_data=True)
    world = World.make(database_url, tmp_path, regions_=(samarinda(shy), surabaya()))
    web = Web(world)
    for _ in range(4):
        web.play(web.open(LETTER)["number"], "dewi declare_complete intake\nhadi complete decide")
    row = _of(_rows(web, "service-levels"), service="surat-keterangan")
    assert row["hidden"]
    assert {row[name] for name in ("opened", "decided", "granted", "in_time")} == {None}
    assert row["days_to_decision_median"] is None
    for _ in range(4):
        web.play(web.open(LETTER)["number"], "dewi declare_complete intake\nhadi complete decide")
    row = _of(_rows(web, "service-levels"), service="surat-keterangan")
    assert (row["opened"], row["granted"], row["hidden"]) == (8, 8, False)
    # Days one by one would tell what the month hides.
    assert _rows(web, "service-levels", query="from=2026-11-22&to=2026-11-24") == []
    world.close()


def test_what_is_asked_for_amiss_is_refused(world: World) -> None:
    web = Web(world)
    assert refused(web.get("/reports/gossip", "audit")) == (404, "unknown_measure")
    for query in ("from=2026-11-02&to=2026-11-01", "from=2001-01-01&to=2026-01-01", "format=pdf",
                  "by=month"):  # fmt: skip
        assert refused(web.get(f"/reports/steps?{query}", "audit")) == (422, "invalid_query")


def _all_rows(world: World) -> dict[str, list[Any]]:
    with world.database.read() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}")).all()))
            for table in ("counted_cases", "figures")
        }


def test_counted_from_the_beginning_is_what_was_counted_as_it_came(world: World) -> None:
    web = Web(world)
    _count(web)
    _a_month(web)
    _count(web)
    web.play(web.open(BILLBOARD)["number"], BILLBOARD_STORY)
    _count(web)
    before = _all_rows(world)
    assert before["figures"]
    with world.database.write() as uow:
        uow.execute(text("UPDATE figure_marks SET rules = 0"))
    _count(web)
    assert _all_rows(world) == before


def test_two_clocks_count_nothing_twice(world: World) -> None:
    web = Web(world)
    _count(web)
    _a_month(web)
    web.relay()
    ctx = world.ctx
    with world.database.read() as connection:
        mark = stored.mark_of(connection, SAMARINDA)
    assert mark is not None
    assert figures.count_once(ctx)
    counted = _all_rows(world)
    # The other one read the mark before, and comes too late.
    with world.database.write() as uow:
        assert not stored.put_mark(uow, SAMARINDA, mark, mark)
    assert _all_rows(world) == counted


def test_the_command_prints_what_the_door_gives(world: World, tmp_path: Path) -> None:
    web = Web(world)
    _a_month(web)
    _count(web)
    environment = {
        "CASETRACK_DATABASE_URL": world.database.url.text,
        "CASETRACK_DATA_DIR": str(tmp_path / "data"),
        "CASETRACK_MASTER_KEY": MASTER,
        "CASETRACK_SECRET_KEY": SECRET,
    }
    words = ["report", "service-levels", "--region", SAMARINDA, "--from", "2026-11-01"]
    said = run_command(environment, words)
    assert said.exit_code == 0, said.output
    assert "surat-keterangan" in said.output
    out = tmp_path / "report.csv"
    done = run_command(
        environment, [*words, "--to", "2026-11-30", "--format", "csv", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    asked = web.get(f"/reports/service-levels?{NOVEMBER}&format=csv", "audit")
    assert out.read_bytes() == asked.data
