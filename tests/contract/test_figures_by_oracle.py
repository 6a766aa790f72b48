"""The report of random cases says what an independent count over the exported log says."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrack.domain.case.figure_tables import TABLES
from casetrack.usecases.case import figures
from tests.contract.test_grants_by_law import complete, pass_the_limit, region, set_up
from tests.oracle import step_figures
from tests.oracle.figures import Case, levels, read_xes
from tests.support.commands import run_command
from tests.support.examples import examples
from tests.support.web import BOTH, LETTER, Web, shared_world
from tests.support.world import MASTER, SAMARINDA, SECRET, World, surabaya

SERVICE, LIMIT = "surat-keterangan", 3
ACTS: dict[str, tuple[str, str, str | None, dict[str, Any]]] = {
    "complete": ("dewi", "declare_complete", "intake", {}),
    "find": ("dewi", "return", "intake", {"defects": [{"requirement": "ktp", "text": "buram"}]}),
    "object": ("hadi", "return", "decide", {"defects": [{"requirement": "ktp", "text": "buram"}]}),
    "send": ("dewi", "send_return", None, {}),
    "answer": ("dewi", "resubmit", None, {}),
    "wait": ("dewi", "pause", None, {"reason": "court"}),
    "go_on": ("dewi", "resume", None, {}),
    "grant": ("hadi", "complete", "decide", {}),
    "refuse": ("hadi", "refuse", "decide", {"reason": "tidak memenuhi"}),
    "hand_over": ("dewi", "hand_over", None, {}),
    "withdraw": ("dewi", "withdraw", None, {"reason": "batal"}),
    "close": ("dewi", "close", None, {"reason": "wrong_service"}),
}
#: Where a case stands → what may be done there, and where it stands then. What is likely stands twice.
NEXT: dict[str, list[tuple[str, str]]] = {
    "taken in": [
        ("complete", "ready"),
        ("complete", "ready"),
        ("find", "found"),
        ("close", "over"),
    ],
    "found": [("send", "sent back")],
    "sent back": [("answer", "taken in"), ("answer", "taken in"), ("withdraw", "over")],
    "ready": [
        *[("grant", "decided"), ("grant", "decided"), ("refuse", "refused"), ("wait", "waits")],
        *[("object", "objected"), ("withdraw", "over")],
    ],
    "waits": [("go_on", "ready")],
    "objected": [("send", "asked")],
    "asked": [("answer", "ready"), ("answer", "ready"), ("withdraw", "over")],
    "decided": [("hand_over", "over")],
    "refused": [("hand_over", "over")],
    "over": [],
}
#: Which case, which of the things that may be done to it, and how many hours pass before.
MOVES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 59), st.sampled_from([0, 1, 5, 20, 30, 50, 75])),
    min_size=20,
    max_size=40,
)


#: World → the numbers under which files were taken in on paper there.
_PAPERS: dict[int, list[str]] = {}
SCAN = "a" * 64


@pytest.fixture(scope="module", params=BOTH)
def counted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Web, Path]]:
    folder = tmp_path_factory.mktemp("log")
    with shared_world(request, tmp_path_factory) as world:
        yield Web(world), folder


def _on_paper(web: Web, many: int) -> list[str]:
    """Files taken in by hand under numbers set aside, typed in on the day after."""
    if not many:
        return []
    counted = {"service": SERVICE, "count": many}
    block = web.post("/number-blocks", "wati", counted).get_json()
    web.world.hands.pass_time(hours=1)
    then = web.world.hands.now.isoformat()
    web.world.hands.pass_time(hours=25)
    numbers = [str(each["number"]) for each in block["numbers"]]
    paper = {"occurred_at": then, "reason": "power_cut", "sha256": SCAN}
    for number in numbers:
        web.open({**LETTER, "late": {**paper, "number": number}})
    return numbers


def _typed_in(web: Web) -> dict[str, datetime]:
    """Number → when it was entered, of each case that was taken in on paper, as its events say it."""
    zone, found = web.world.ctx.region(SAMARINDA)[1].zone, {}
    for number in _PAPERS.get(id(web), ()):
        opened = web.get(f"/cases/{number}/events", "audit").get_json()["items"][0]
        assert opened["occurred_at"] < opened["recorded_at"]
        found[number] = datetime.fromisoformat(opened["recorded_at"]).astimezone(zone)
    return found


def _play(web: Web, moves: list[tuple[int, int, int]], on_paper: int) -> None:
    numbers = _on_paper(web, on_paper)
    _PAPERS.setdefault(id(web), []).extend(numbers)
    numbers += [web.open(LETTER)["number"] for _ in range(5 - on_paper)]
    stands = ["taken in"] * 5
    # Nobody touches this one: it grows older from example to example.
    web.open(LETTER)
    for place, choice, hours in moves:
        web.world.hands.pass_time(hours=hours)
        possible = NEXT[stands[place]]
        if possible:
            act, stands[place] = possible[choice % len(possible)]
            _do(web, numbers[place], act)
    # The first stays as it stands: there is a queue to be counted.
    for place, number in enumerate(numbers[1:], 1):
        if stands[place] not in ("over", "decided", "refused"):
            _do(web, number, "withdraw")


def _do(web: Web, number: str, act: str) -> None:
    who, action, step, said = ACTS[act]
    done = web.act(number, who, action, step, **said)
    if done.status_code == 409 and done.get_json()["code"] == "limit_passed":
        done = web.act(number, who, action, step, after_limit="terlambat", **said)
    assert done.status_code == 200, (act, done.text)


def _exported(world: World, folder: Path) -> Path:
    out = folder / "log.xes"
    environment = {
        "CASETRACK_DATABASE_URL": world.database.url.text,
        "CASETRACK_DATA_DIR": str(folder),
        "CASETRACK_MASTER_KEY": MASTER,
        "CASETRACK_SECRET_KEY": SECRET,
    }
    done = run_command(environment, ["export", "--format", "xes", str(out), "--region", SAMARINDA])
    assert done.exit_code == 0, done.output
    return out


@settings(
    # Days go by from one to the next: more would not fit into one report.
    max_examples=min(examples(8), 16),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=MOVES, on_paper=st.integers(0, 3))
def test_what_is_reported_is_what_an_independent_count_over_the_log_finds(
    counted: tuple[Web, Path], moves: list[tuple[int, int, int]], on_paper: int
) -> None:
    web, folder = counted
    _play(web, moves, on_paper)
    web.relay()
    while figures.count_once(web.world.ctx):
        pass
    holidays = _holidays(web.world)
    cases = read_xes(_exported(web.world, folder), _typed_in(web))
    wanted = levels(cases, LIMIT, holidays)
    path = f"/reports/service-levels?service={SERVICE}&from=2026-11-01"
    found = {row["month"]: row for row in web.get(path, "audit").get_json()["items"]}
    assert found.keys() == wanted.keys()
    for month, row in found.items():
        _same(row, wanted[month], TABLES["service-levels"].columns[3:-1], month)
    _check_steps(web, cases, holidays)
    _check_returns(web, cases)
    _check_queue(web, cases, holidays)


def _same(row: dict[str, Any], wanted: Any, columns: Any, place: Any) -> None:
    for name in columns:
        usual = None if name.endswith(("_median", "_p90")) else 0
        assert row[name] == wanted.get(name, usual), (place, name)


def _rows(web: Web, measure: str) -> list[dict[str, Any]]:
    answer = web.get(f"/reports/{measure}?from=2026-11-01", "audit")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.get_json()["items"]
    return [row for row in rows if row.get("service", SERVICE) == SERVICE]


def _check_steps(web: Web, cases: list[Case], holidays: set[date]) -> None:
    """By step, and of these the sums by agency: the hand-over has no limit and is left out."""
    wanted = step_figures.steps(cases, holidays)
    found = {(row["month"], row["step"]): row for row in _rows(web, "steps")}
    known = {place: row for place, row in found.items() if place[1] in step_figures.STEPS}
    assert known.keys() == wanted.keys()
    columns = TABLES["steps"].columns[4:-1]
    for place, row in known.items():
        _same(row, wanted[place], columns, place)
    by_agency = step_figures.agencies(cases, holidays)
    for row in _rows(web, "agencies"):
        others = [r for p, r in found.items() if p[0] == row["month"] and p not in known]
        for name in TABLES["agencies"].counts:
            rest = sum(other[name] for other in others)
            assert row[name] - rest == by_agency.get(row["month"], {}).get(name, 0), (row, name)


def _check_returns(web: Web, cases: list[Case]) -> None:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for row in _rows(web, "returns"):
        assert row["requirement"] == "ktp"
        for figure in ("sent_back_early", "sent_back"):
            found[row["month"], row["step"], row["officer"], figure] += row[figure]
    assert +found == step_figures.returns(cases)


def _check_queue(web: Web, cases: list[Case], holidays: set[date]) -> None:
    calendar = web.world.ctx.region(SAMARINDA)[1]
    today = calendar.local_date(web.world.database.now())
    wanted = step_figures.queue(cases, LIMIT, holidays, today)
    rows = web.get("/reports/queue", "audit").get_json()["items"]
    found = {row["waiting_for"]: row for row in rows if row["service"] == SERVICE}
    assert found.keys() == wanted.keys()
    for waits, row in found.items():
        _same(row, wanted[waits], TABLES["queue"].columns[3:-1], waits)


def _holidays(world: World) -> set[date]:
    calendar = world.ctx.region(SAMARINDA)[1]
    first = date(2026, 1, 1)
    days = (first + timedelta(days=n) for n in range(3 * 366))
    return {day for day in days if day.weekday() < 5 and not calendar.is_working_day(day)}


def test_what_the_law_grants_is_counted_as_the_log_has_it(
    database_url: str, tmp_path: Path
) -> None:
    world = World.make(database_url, tmp_path, regions_=(region(), surabaya()))
    try:
        web = Web(world)
        set_up(web)
        for _ in range(2):
            complete(web)
        pass_the_limit(web)
        web.relay()
        while figures.count_once(world.ctx):
            pass
        wanted = levels(read_xes(_exported(world, tmp_path)), 5, _holidays(world))
        path = "/reports/service-levels?service=sip-dokter&from=2026-11-01"
        found = {row["month"]: row for row in web.get(path, "audit").get_json()["items"]}
        assert found.keys() == wanted.keys()
        assert sum(row["deemed"] for row in found.values()) == 2
        for month, row in found.items():
            # That the limit passed is noted beside the case, and stands in no log.
            columns = [
                name for name in TABLES["service-levels"].columns[3:-1] if name != "limit_passed"
            ]
            _same(row, wanted[month], columns, month)
    finally:
        world.close()
