"""Lists: most urgent first, page by page without loss, and the feed behind a position."""

import time
from collections.abc import Iterator
from threading import Thread, Timer
from typing import Any

import pytest

from casetrack.domain.region.region_data import Officer
from casetrack.usecases.case import deadlines
from casetrack.usecases.delivery import feed
from casetrack.usecases.people import officers
from casetrack.web.app import LONG_POLLS
from casetrack.web.http.cursors import write_cursor
from casetrack.web.http.long_poll import MOST
from tests.contract.test_metrics import read, value
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, problem, refused
from tests.support.world import BILLBOARD_STORY, LETTER_STORY, SAMARINDA, SURABAYA


def _pages(web: Web, path: str, who: str, limit: int) -> Iterator[list[dict[str, Any]]]:
    cursor = ""
    while True:
        joint = "&" if "?" in path else "?"
        answer = web.get(f"{path}{joint}limit={limit}{cursor}", who)
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        assert set(page) - {"counts", "at_least"} == {"items", "next_cursor"}
        assert len(page["items"]) <= limit
        yield page["items"]
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"


def _all(web: Web, path: str, who: str, limit: int = 3) -> list[dict[str, Any]]:
    return [item for page in _pages(web, path, who, limit) for item in page]


def _work(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["number"], item["step"]["id"]) for item in items]


# --- the worklist ---------------------------------------------------------------------------------


def test_the_worklist_has_the_open_steps_of_the_agency_and_no_others(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    assert _work(_all(web, "/worklist", "dewi")) == [(number, "intake")]
    assert _all(web, "/worklist", "rudi") == []
    web.play(number, "dewi declare_complete intake")
    assert sorted(_work(_all(web, "/worklist", "rudi"))) == [
        (number, "review_dlh"),
        (number, "visit"),
    ]
    assert _work(_all(web, "/worklist", "sari")) == [(number, "review_dishub")]
    assert _all(web, "/worklist", "tono") == []
    web.play(number, "sari complete review_dishub favourable")
    assert _all(web, "/worklist", "sari") == []


def test_the_most_urgent_comes_first_and_what_has_no_limit_last(web: Web) -> None:
    first = web.open()["number"]
    web.world.hands.pass_time(days=1)
    second = web.open(BILLBOARD)["number"]
    third = web.open()["number"]
    web.play(third, "dewi declare_complete intake")
    web.play(second, "dewi declare_complete intake\nrudi complete review_dlh favourable")
    web.play(second, "sari complete review_dishub favourable\nhadi complete verify")
    # first: intake, limit one day, opened a day earlier; third: decide, two days; second: none.
    found = _all(web, "/worklist", "hadi", 1)
    assert _work(found) == [(first, "intake"), (third, "decide"), (second, "decide")]
    limits = [item["step"]["due_at"] for item in found]
    assert limits == [*sorted(x for x in limits if x), None]


def test_a_paused_step_stays_on_the_worklist_without_a_limit(web: Web) -> None:
    number = web.open()["number"]
    web.play(number, "dewi declare_complete intake")
    web.act(number, "dewi", "pause", reason="court")
    found = _all(web, "/worklist", "hadi")
    assert [(i["step"]["status"], i["step"]["due_at"]) for i in found] == [("paused", None)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_lose_nothing_while_steps_are_completed_between_them(web: Web, limit: int) -> None:
    numbers = [web.open()["number"] for _ in range(9)]
    for number in numbers:
        web.play(number, "dewi declare_complete intake")
    seen: list[tuple[str, str]] = []
    for page in _pages(web, "/worklist", "hadi", limit):
        seen += _work(page)
        for number, step in _work(page):  # what was just seen leaves the list before the next page
            if step == "decide":
                web.play(number, "hadi complete decide")
        web.open()  # and something new comes
    assert sorted(n for n, step in seen if step == "decide") == sorted(numbers)
    assert len(seen) == len(set(seen))


def test_pages_of_equal_urgency_are_told_apart(web: Web) -> None:
    # Equal limits, to the microsecond: working days end at the same last second.
    numbers = sorted(web.open()["number"] for _ in range(7))
    assert [n for n, _ in _work(_all(web, "/worklist", "dewi", 2))] == numbers


# --- the list of cases ----------------------------------------------------------------------------


def test_cases_are_listed_newest_first_and_filtered(web: Web) -> None:
    numbers = [web.open(body)["number"] for body in (LETTER, BILLBOARD, LETTER, LETTER)]
    web.play(numbers[2], LETTER_STORY)
    newest = list(reversed(numbers))
    for who in ("dewi", "audit"):
        assert [c["number"] for c in _all(web, "/cases", who, 1)] == newest
        done = _all(web, "/cases?status=handed_over", who)
        assert [c["number"] for c in done] == [numbers[2]]
        boards = _all(web, "/cases?service=izin-reklame", who)
        assert [c["number"] for c in boards] == [numbers[1]]
        both = _all(web, "/cases?service=surat-keterangan&status=submitted", who, 1)
        assert [c["number"] for c in both] == [numbers[3], numbers[0]]
    assert [c["number"] for c in _all(web, "/cases", "rudi")] == [numbers[1]]
    assert _all(web, "/cases", "tono") == []


def test_pages_of_cases_lose_nothing_while_new_ones_come(web: Web) -> None:
    numbers = [web.open()["number"] for _ in range(6)]
    seen = []
    for page in _pages(web, "/cases", "dewi", 2):
        seen += [case["number"] for case in page]
        web.open()
    assert seen == list(reversed(numbers))


def test_a_person_is_found_by_nik_at_the_counters_they_went_to(web: Web) -> None:
    mine = [web.open(body)["number"] for body in (LETTER, BILLBOARD)]
    other = {**LETTER, "applicant": {**APPLICANT, "nik": "6472010101900002"}}
    web.open(other)
    found = web.post("/cases/find", "dewi", {"nik": APPLICANT["nik"]}).get_json()
    assert [case["number"] for case in found["items"]] == list(reversed(mine))
    nobody = web.post("/cases/find", "dewi", {"nik": "6472010101900009"}).get_json()
    assert nobody == {"items": [], "next_cursor": None}


# --- events and trace -----------------------------------------------------------------------------


def test_the_events_of_a_case_come_in_order_with_their_places(web: Web) -> None:
    begun = web.begun("dewi", "rudi", "sari", "hadi", "bima", "audit")
    number = web.open(BILLBOARD)["number"]
    web.play(number, BILLBOARD_STORY)
    unnumbered = _all(web, f"/cases/{number}/events", "audit", 4)
    assert {event["position"] for event in unnumbered} == {None}
    web.relay()
    events = _all(web, f"/cases/{number}/events", "audit", 4)
    assert [event["version"] for event in events] == list(range(1, 10))
    assert [event["position"] for event in events] == list(range(begun + 1, begun + 10))
    assert {event["stream"] for event in events} == {number}
    assert len({event["hash"] for event in events}) == 9
    for event in events:
        assert {"type", "occurred_at", "recorded_at", "data"} <= set(event)
        assert event["occurred_at"] == event["recorded_at"]
        assert event["actor"]["id"].startswith("smr.")


def test_the_trace_says_who_had_which_step_and_by_what_right(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, BILLBOARD_STORY)
    trace = web.get(f"/cases/{number}/trace", "audit").get_json()
    steps = {item["id"]: item for item in trace["items"]}
    assert steps["review_dlh"]["agency"]["id"] == "dlh"
    assert steps["review_dlh"]["charged"] == {"value": 0, "unit": "working_days"}
    decided = {name: s["decisions"] for name, s in steps.items() if s["decisions"]}
    assert set(decided) == {"review_dlh", "decide", "sign"}
    for (made,) in decided.values():
        assert made["authority"]["scheme"] == "unchecked"


# --- the feed -------------------------------------------------------------------------------------


def test_the_feed_gives_what_lies_behind_a_position(web: Web) -> None:
    begun = web.begun("dewi", "hadi", "mesin", "audit")
    number = web.open()["number"]
    web.play(number, LETTER_STORY)
    assert web.get("/events", "mesin").get_json() == {"events": [], "next": begun}
    web.relay()
    first = web.get("/events?after=0&limit=3", "mesin").get_json()
    assert [event["position"] - begun for event in first["events"]] == [1, 2, 3]
    assert first["next"] == begun + 3
    rest = web.get(f"/events?after={first['next']}&limit=3", "mesin").get_json()
    assert [event["position"] - begun for event in rest["events"]] == [4]
    end = web.get(f"/events?after={rest['next']}", "mesin").get_json()
    assert end == {"events": [], "next": begun + 4}


def test_a_page_is_filled_over_what_is_no_concern_of_the_caller(web: Web) -> None:
    # An integrator of dlh sees billboards only, and does not scan the letters again and again.
    officers.add_officer(web.world.ctx, SAMARINDA, Officer("smr.pipa", "integrator", "dlh"))
    begun = web.begun("dewi", "pipa")
    for body in (LETTER, LETTER, BILLBOARD, LETTER, BILLBOARD, LETTER):
        web.open(body)
    web.relay()
    seen = web.get("/events?limit=1", "pipa").get_json()
    assert [event["position"] for event in seen["events"]] == [begun + 3]
    assert seen["next"] == begun + 3
    seen = web.get(f"/events?after={begun + 3}&limit=2", "pipa").get_json()
    assert [event["position"] for event in seen["events"]] == [begun + 5]
    assert seen["next"] == begun + 6
    seen = web.get(f"/events?after={begun + 6}&limit=2", "pipa").get_json()
    assert seen == {"events": [], "next": begun + 6}


def test_a_call_looks_through_a_bounded_part_of_the_ledger(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    # While the release before may still number events: none says whom it concerns.
    monkeypatch.setattr(feed, "is_known_whom", lambda _: False)
    monkeypatch.setattr(feed, "WINDOW", 2)
    monkeypatch.setattr(feed, "MOST", 10)
    officers.add_officer(web.world.ctx, SAMARINDA, Officer("smr.pipa", "integrator", "dlh"))
    begun = web.begun("dewi", "pipa")
    for body in [LETTER] * 11 + [BILLBOARD]:
        web.open(body)
    web.relay()
    seen = web.get(f"/events?after={begun}&limit=5", "pipa").get_json()
    assert seen == {"events": [], "next": begun + 10}
    seen = web.get(f"/events?after={begun + 10}&limit=5", "pipa").get_json()
    assert [event["position"] for event in seen["events"]] == [begun + 12]


def test_the_feed_of_an_agency_is_the_same_before_and_after_events_say_whom_they_concern(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    officers.add_officer(web.world.ctx, SAMARINDA, Officer("smr.pipa", "integrator", "dlh"))
    web.begun("dewi", "pipa")
    for body in [LETTER, BILLBOARD, LETTER, BILLBOARD]:
        web.play(web.open(body)["number"], "dewi declare_complete intake")
    web.relay()
    web.world.hands.pass_time(days=30)
    deadlines.watch_once(web.world.ctx)
    web.relay()

    def pages(limit: int) -> list[Any]:
        after, found = 0, []
        while page := web.get(f"/events?after={after}&limit={limit}", "pipa").get_json():
            found.append(page)
            if len(page["events"]) < limit:
                return found
            after = page["next"]
        return found

    now = [pages(limit) for limit in (1, 3, 100)]
    assert any(event["type"] == "casetrack.step_deadline.missed" for event in now[2][0]["events"])
    monkeypatch.setattr(feed, "is_known_whom", lambda _: False)
    assert [pages(limit) for limit in (1, 3, 100)] == now


def test_what_leaves_holds_no_login_digest_reference_or_hmac(web: Web) -> None:
    case = web.open({**LETTER, "documents": [{"requirement": "ktp", "name": "ktp-budi.pdf"}]})
    web.act(case["number"], "dewi", "declare_complete", "intake", note="catatan rahasia")
    web.relay()
    text = web.get("/events", "mesin").text
    for secret in (
        "smr.dewi",
        "access_digest",
        "hmac",
        '"text"',
        "subject_key",
        "Budi",
        "ktp-budi",
    ):
        assert secret not in text, secret
    assert '"role":"clerk"' in text


# --- mending a gap --------------------------------------------------------------------------------


def test_an_integrator_mends_a_gap_from_a_sequence_on(web: Web) -> None:
    officers.add_officer(web.world.ctx, SAMARINDA, Officer("smr.pipa", "integrator", "dlh"))
    officers.add_officer(web.world.ctx, SAMARINDA, Officer("smr.jauh", "integrator", "dinkes"))
    officers.add_officer(web.world.ctx, SAMARINDA, Officer("smr.pusat", "integrator", None))
    begun = web.begun("dewi", "rudi", "sari", "hadi", "bima", "audit", "pipa", "mesin", "pusat")
    number = web.open(BILLBOARD)["number"]
    web.play(number, BILLBOARD_STORY)
    path = f"/cases/{number}/events?after=4"
    assert web.get(path, "pipa").get_json()["items"] == []  # not numbered yet
    web.relay()
    for who in ("pipa", "mesin", "pusat"):
        items = web.get(path, who).get_json()["items"]
        assert [item["sequence"] for item in items] == ["5", "6", "7", "8", "9"]
        in_feed = web.get(f"/events?after={begun + 4}", who).get_json()["events"]
        assert items == in_feed
    assert refused(web.get(path, "jauh")) == (404, "unknown_case")
    assert web.get(f"/cases/{number}/events?after=9", "pipa").get_json()["items"] == []
    paged = _all(web, path, "pipa", 2)
    assert [item["sequence"] for item in paged] == ["5", "6", "7", "8", "9"]


def test_a_long_poll_answers_when_something_comes_and_when_nothing_does(web: Web) -> None:
    began = time.monotonic()
    assert web.get("/events?wait=1", "mesin").get_json()["events"] == []
    assert 0.9 < time.monotonic() - began < 5
    web.open()
    later = Timer(0.3, web.relay)
    began = time.monotonic()
    later.start()
    found = web.get("/events?wait=20", "mesin").get_json()
    later.join()
    assert len(found["events"]) == 1
    assert time.monotonic() - began < 10


def test_a_position_that_the_ledger_has_not_reached_is_refused_with_its_end(web: Web) -> None:
    end = web.begun("dewi", "mesin") + 1
    web.open()
    web.relay()
    for query in (f"after={end + 1}", "after=99999&wait=30", f"after={2**50}&limit=1"):
        answer = web.get(f"/events?{query}", "mesin")
        assert refused(answer) == (409, "position_not_reached")
        assert answer.get_json()["last"] == end
    # A region of its own ends where its own ledger ends.
    nothing = {"events": [], "next": end}
    assert web.get(f"/events?after={end}", "mesin").get_json() == nothing
    officers.add_officer(web.world.ctx, SURABAYA, Officer("sby.mesin", "integrator", None))
    web.world.token("sby.mesin")
    web.relay()
    answer = web.get(f"/events?after={end}", "sby.mesin")
    assert (refused(answer), answer.get_json()["last"]) == ((409, "position_not_reached"), 5)


def test_polls_that_wait_are_answered_when_the_server_ends_and_none_waits_after(web: Web) -> None:
    headers = {"Authorization": f"Bearer {web.world.token('mesin')}"}
    answers: list[Any] = []

    def poll() -> None:
        answers.append(web.get("/events?after=0&wait=30", headers=headers).get_json())

    polls = [Thread(target=poll) for _ in range(2)]
    for thread in polls:
        thread.start()
    time.sleep(0.7)
    assert not answers
    began = time.monotonic()
    web.flask.extensions[LONG_POLLS].end()
    for thread in polls:
        thread.join(20)
    poll()
    assert answers == [{"events": [], "next": 0}] * 3
    assert time.monotonic() - began < 5


def test_a_poll_that_waited_is_no_slow_request(web: Web) -> None:
    web.get("/events?wait=2", "mesin")
    seen = read(web.get("//metrics").text)
    name = "http_request_duration_seconds_sum"
    assert value(seen, name, operation="read_feed") < 1


def test_so_many_polls_wait_and_the_next_is_answered_at_once(web: Web) -> None:
    token = web.world.token("mesin")
    headers = {"Authorization": f"Bearer {token}"}
    waiting = [
        Thread(target=web.get, args=("/events?wait=3",), kwargs={"headers": headers})
        for _ in range(MOST)
    ]
    for thread in waiting:
        thread.start()
    time.sleep(0.7)
    began = time.monotonic()
    assert web.get("/events?wait=30", headers=headers).get_json()["events"] == []
    assert time.monotonic() - began < 2
    for thread in waiting:
        thread.join(20)


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=501", "wait=31", "wait=-1", f"after={2**60}"]
)
def test_a_feed_query_that_cannot_be_taken_is_422(web: Web, query: str) -> None:
    assert refused(web.get(f"/events?{query}", "mesin")) == (422, "invalid_query")


# --- to be told in person -------------------------------------------------------------------------


def test_whoever_has_no_address_is_on_the_clerks_list_until_they_were_told(web: Web) -> None:
    walk_in = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}
    web.open()
    number = web.open(walk_in)["number"]
    web.deliver()
    assert _all(web, "/untold", "dewi") == [], "they stood there when it was taken in"
    web.act(number, "dewi", "declare_complete", "intake")
    web.deliver()
    (item,) = _all(web, "/untold", "dewi", 1)
    assert (item["number"], item["party"], item["why"]) == (number, "applicant", "not_possible")
    told = {"number": number, "position": item["position"]}
    assert web.post("/untold", "dewi", told).get_json() == {"told": True}
    assert _all(web, "/untold", "dewi") == []
    assert web.post("/untold", "dewi", told).get_json() == {"told": False}


def test_pages_of_the_untold_skip_nothing(web: Web) -> None:
    walk_in = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}
    numbers = [web.open(walk_in)["number"] for _ in range(5)]
    for number in numbers:
        web.act(number, "dewi", "declare_complete", "intake")
    web.relay()
    assert [item["number"] for item in _all(web, "/untold", "dewi", 2)] == numbers


def test_a_case_is_one_line_with_whom_to_call_and_marking_it_marks_all(web: Web) -> None:
    agent = {"kind": "person", "name": "Siti", "phone": "0811 000 111"}
    walk_in = {**LETTER, "applicant": {"kind": "person", "name": "Budi"}, "representative": agent}
    number, other = web.open(walk_in)["number"], web.open(walk_in)["number"]
    for each in (number, other):
        web.act(each, "dewi", "declare_complete", "intake")
        web.act(each, "dewi", "pause", reason="court")
    web.relay()
    first, second = _all(web, "/untold", "dewi", 1)
    assert (first["number"], second["number"]) == (number, other)
    assert len(first["notices"]) == 5
    assert first["position"] == max(notice["position"] for notice in first["notices"])
    assert first["since"] == min(notice["since"] for notice in first["notices"])
    assert first["people"] == [
        {"party": "applicant", "name": "Budi", "phone": None},
        {"party": "representative", "name": "Siti", "phone": "+62811000111"},
    ]
    told = {"number": number, "position": first["position"]}
    assert web.post("/untold", "dewi", told).get_json() == {"told": True}
    assert [item["number"] for item in _all(web, "/untold", "dewi", 1)] == [other]
    looks = web.get(f"/cases/{other}/readings", "audit").get_json()["items"]
    assert {(look["officer"], look["kind"]) for look in looks} >= {("smr.dewi", "list")}


def test_only_the_counter_that_took_the_file_in_lists_and_marks_it(web: Web) -> None:
    number = web.open({**BILLBOARD, "applicant": {"kind": "person", "name": "Budi"}})["number"]
    web.act(number, "dewi", "declare_complete", "intake")
    web.relay()
    (item,) = _all(web, "/untold", "dewi")
    assert _all(web, "/untold", "rini") == [], "a supervisor of an agency that is concerned"
    told = {"number": number, "position": item["position"]}
    assert refused(web.post("/untold", "rini", told)) == (403, "not_your_agency")
    assert len(_all(web, "/untold", "dewi")) == 1


def test_the_services_are_listed_in_their_current_version(web: Web) -> None:
    found = web.get("/services", "dewi").get_json()["items"]
    assert [service["id"] for service in found] == ["izin-reklame", "surat-keterangan"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_cursor_beyond_all_time_is_no_cursor_of_ours(web: Web, moment: str) -> None:
    cursor = write_cursor(("work", moment, "a", "b"))
    answer = web.get(f"/worklist?cursor={cursor}", "dewi")
    assert answer.status_code == 422
    assert problem(answer) == "invalid_query"


@pytest.mark.parametrize("etag", ['".1"', '"01"', '"intake.01"', '"+1"'])
def test_an_etag_is_taken_as_it_was_given_and_in_no_other_spelling(web: Web, etag: str) -> None:
    number = web.open()["number"]
    answer = web.act(number, "dewi", "declare_complete", "intake", etag=etag)
    assert answer.status_code == 428
    assert problem(answer) == "malformed_if_match"
