"""A second open case of the same person and service is told, and a duplicate leads to the other."""

from collections.abc import Mapping
from typing import Any

import pytest

from casetrack.domain.events import Event
from casetrack.storage import schema
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, refused

WALK_IN: dict[str, Any] = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}


def _duplicate_of(number: str) -> list[dict[str, str]]:
    return [{"kind": "duplicate_of", "number": number}]


def _last_event(web: Web, number: str) -> Event:
    with web.world.database.read() as connection:
        table = schema.events.c
        rows = connection.execute(
            schema.events.select().where(table.stream == number).order_by(table.version.desc())
        )
        return Event.from_body(rows.all()[0].body)


def test_a_second_open_case_opens_all_the_same_and_tells_of_the_first(web: Web) -> None:
    first = web.open()
    assert first["open_cases"] == []
    second = web.open()
    assert second["open_cases"] == [
        {name: first[name] for name in ("number", "service", "opened_at", "status")}
    ]
    assert "open_cases" not in web.get(f"/cases/{second['number']}", "dewi").get_json()


def test_another_service_another_person_and_what_is_over_are_not_told(web: Web) -> None:
    over = web.open()["number"]
    web.act(over, "dewi", "withdraw")
    web.open(BILLBOARD)
    web.open({**LETTER, "applicant": {**APPLICANT, "nik": "6472010101900002"}})
    assert web.open()["open_cases"] == []
    # Who gave no NIK is a new person with every case.
    web.open(WALK_IN)
    assert web.open(WALK_IN)["open_cases"] == []


def test_who_is_kept_apart_under_the_same_nik_is_told_likewise(web: Web) -> None:
    first = web.open()["number"]
    other = web.open({**LETTER, "applicant": {**APPLICANT, "name": "Siti Aminah"}})
    assert other["identity_question"] is True
    assert [each["number"] for each in other["open_cases"]] == [first]


def test_a_repeated_request_tells_what_it_told_at_first(web: Web) -> None:
    web.open()
    once = web.open(key="same")
    assert web.open(key="same")["open_cases"] == once["open_cases"]


def test_a_link_comes_with_the_opening_by_the_number_as_it_is_typed(web: Web) -> None:
    first = web.open()["number"]
    second = web.open({**LETTER, "links": _duplicate_of(first.replace("-", " ").lower())})
    assert second["links"] == _duplicate_of(first)
    assert web.get(f"/cases/{second['number']}", "dewi").get_json()["links"] == second["links"]
    assert web.get(f"/cases/{first}", "dewi").get_json()["links"] == []


def test_a_link_comes_later_as_an_event_of_its_own_once(web: Web) -> None:
    first, second = web.open()["number"], web.open()["number"]
    answer = web.act(second, "dewi", "link", links=_duplicate_of(first))
    assert (answer.status_code, answer.get_json()["links"]) == (200, _duplicate_of(first))
    event = _last_event(web, second)
    assert event.type == "casetrack.case.linked"
    assert event.data["links"] == _duplicate_of(first)
    again = web.act(second, "dewi", "link", links=_duplicate_of(first))
    assert refused(again) == (409, "linked_already")


def test_a_case_that_is_over_can_still_be_linked(web: Web) -> None:
    first, second = web.open()["number"], web.open()["number"]
    web.act(second, "dewi", "close", reason="duplicate")
    assert web.act(second, "dewi", "link", links=_duplicate_of(first)).status_code == 200


def test_a_duplicate_is_closed_with_the_number_of_the_other(web: Web) -> None:
    first, second = web.open()["number"], web.open()
    number = second["number"]
    closed = web.act(number, "dewi", "close", reason="duplicate", links=_duplicate_of(first))
    assert closed.get_json()["links"] == _duplicate_of(first)
    plain = web.get(f"/status/{number}").get_json()
    assert "continued_as" not in plain
    shown = web.get(f"/status/{number}", headers={"X-Access-Code": second["access_code"]})
    assert shown.get_json()["continued_as"] == first
    client = web.flask.test_client()
    page = client.post("/status", data={"number": number, "code": second["access_code"]}).text
    assert f"/status?number={first}" in page
    assert first not in client.post("/status", data={"number": number}).text


def _leads_to(web: Web, case: Mapping[str, Any]) -> str | None:
    """Where the status of a case sends its applicant."""
    code = {"X-Access-Code": case["access_code"]}
    found = web.get(f"/status/{case['number']}", headers=code).get_json()
    leads: str | None = found.get("continued_as")
    return leads


def _close_for(web: Web, case: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    links = _duplicate_of(other["number"])
    closed = web.act(case["number"], "dewi", "close", reason="duplicate", links=links)
    assert closed.status_code == 200, closed.text


def test_a_duplicate_of_a_duplicate_leads_to_the_case_that_goes_on(web: Web) -> None:
    goes_on, second, third = (web.open() for _ in range(3))
    _close_for(web, third, second)
    assert _leads_to(web, third) == second["number"]
    _close_for(web, second, goes_on)
    assert _leads_to(web, third) == goes_on["number"] == _leads_to(web, second)


def test_two_cases_are_not_duplicates_of_each_other(web: Web) -> None:
    first, second = web.open(), web.open()
    _close_for(web, first, second)
    links = _duplicate_of(first["number"])
    back = web.act(second["number"], "dewi", "close", reason="duplicate", links=links)
    assert refused(back) == (409, "links_in_a_circle")
    assert _leads_to(web, first) == second["number"]


def test_what_was_opened_for_the_wrong_service_leads_to_what_replaces_it(web: Web) -> None:
    wrong = web.open()
    replaces = [{"kind": "replaces", "number": wrong["number"]}]
    theirs = {**APPLICANT, "nik": "6472010101900002"}
    web.open({**BILLBOARD, "applicant": theirs, "links": replaces})
    assert _leads_to(web, wrong) is None, "it is not closed"
    web.act(wrong["number"], "dewi", "close", reason="wrong_service")
    assert _leads_to(web, wrong) is None, "and that is another person's"
    right = web.open({**BILLBOARD, "links": replaces})
    assert _leads_to(web, wrong) == right["number"]
    plain = web.get(f"/status/{wrong['number']}")
    assert right["number"] not in plain.text


def test_no_page_leads_to_the_case_of_another_person(web: Web) -> None:
    theirs = web.open({**LETTER, "applicant": {**APPLICANT, "nik": "6472010101900002"}})["number"]
    mine = web.open({**LETTER, "links": _duplicate_of(theirs)})
    assert web.act(mine["number"], "dewi", "close", reason="duplicate").status_code == 200
    shown = web.get(f"/status/{mine['number']}", headers={"X-Access-Code": mine["access_code"]})
    assert "continued_as" not in shown.get_json()
    assert theirs not in shown.text


def test_a_duplicate_is_of_the_same_service_and_of_nobody_else(web: Web) -> None:
    theirs = web.open({**LETTER, "applicant": {**APPLICANT, "nik": "6472010101900002"}})["number"]
    board, mine = web.open(BILLBOARD)["number"], web.open()["number"]
    for other, fault in ((theirs, "another applicant"), (board, "another service")):
        links = _duplicate_of(other)
        for answer in (
            web.act(mine, "dewi", "close", reason="duplicate", links=links),
            web.act(mine, "dewi", "link", links=links),
        ):
            assert refused(answer) == (409, "link_does_not_fit")
            assert fault in answer.get_json()["detail"]


def test_a_duplicate_whose_applicant_cannot_be_compared_is_taken_with_a_warning(web: Web) -> None:
    nameless = {name: value for name, value in APPLICANT.items() if name != "nik"}
    first = web.open()["number"]
    second = web.open({**LETTER, "applicant": nameless})
    links = _duplicate_of(first)
    closed = web.act(second["number"], "dewi", "close", reason="duplicate", links=links)
    assert closed.status_code == 200, closed.text
    (warning,) = closed.get_json()["warnings"]
    assert warning["at"] == "links.0"
    assert "cannot be compared" in warning["message"]
    assert _leads_to(web, second) is None


def test_a_case_that_is_open_leads_nowhere_else(web: Web) -> None:
    first = web.open()["number"]
    second = web.open({**LETTER, "links": _duplicate_of(first)})
    number, code = second["number"], {"X-Access-Code": second["access_code"]}
    assert "continued_as" not in web.get(f"/status/{number}", headers=code).get_json()


def test_a_link_to_what_the_caller_does_not_see_is_refused_with_its_place(web: Web) -> None:
    number = web.open()["number"]
    elsewhere = web.open(who="sby.clerk")["number"]
    for wrong in (elsewhere, "SMR-SKT-2026-999999-9", "nothing", number):
        answer = web.act(number, "dewi", "link", links=_duplicate_of(wrong))
        assert refused(answer) == (422, "unknown_link")
        assert [each["at"] for each in answer.get_json()["errors"]] == ["links.0.number"]
    opened = web.post("/cases", "dewi", {**LETTER, "links": _duplicate_of(elsewhere)})
    assert refused(opened) == (422, "unknown_link")


def test_the_other_number_is_told_to_who_sees_that_case_alone(web: Web) -> None:
    # The environment agency has a part in a billboard's file, and none in a letter's.
    letter = web.open()["number"]
    visit = [{"kind": "same_visit", "number": letter}]
    board = web.open({**BILLBOARD, "links": visit})["number"]
    unnamed = [{"kind": "same_visit", "number": None}]
    assert web.get(f"/cases/{board}", "dewi").get_json()["links"] == visit
    assert web.get(f"/cases/{board}", "rudi").get_json()["links"] == unnamed
    for path in (f"/cases/{board}", f"/cases/{board}/events", "/cases?full=true"):
        answer = web.get(path, "rudi")
        assert board in answer.text, path
        assert letter not in answer.text, path
        assert letter in web.get(path, "dewi").text, path
    web.act(board, "dewi", "declare_complete", "intake")
    claimed = web.act(board, "rudi", "claim", "review_dlh")
    assert (claimed.status_code, claimed.get_json()["links"]) == (200, unnamed)
    assert letter not in claimed.text


def test_the_duplicate_of_a_company_leads_to_the_case_of_the_same_number_alone(web: Web) -> None:
    company = {"kind": "company", "name": "PT Papan Mahakam", "company_number": "9120001234567"}
    body = {**LETTER, "applicant": company}
    first, second = web.open(body), web.open(body)
    other = web.open({**body, "applicant": {**company, "company_number": "9120001234568"}})
    _close_for(web, second, first)
    assert _leads_to(web, second) == first["number"]
    links = _duplicate_of(first["number"])
    wrong = web.act(other["number"], "dewi", "close", reason="duplicate", links=links)
    assert refused(wrong) == (409, "link_does_not_fit")
    assert _leads_to(web, other) is None
    nameless = {"kind": "company", "name": "PT Papan Mahakam"}
    one, two = (web.open({**LETTER, "applicant": nameless}) for _ in range(2))
    _close_for(web, two, one)
    assert _leads_to(web, two) is None


@pytest.mark.parametrize(
    "body",
    [
        {"action": "link"},
        {"action": "link", "links": []},
        {"action": "withdraw", "links": _duplicate_of("SMR-SKT-2026-000001-1")},
        {"action": "close", "reason": "lapsed", "links": _duplicate_of("SMR-SKT-2026-000001-1")},
        {"action": "link", "links": [{"kind": "friend_of", "number": "x"}]},
        {
            "action": "close",
            "reason": "duplicate",
            "links": [{"kind": "replaces", "number": "SMR-SKT-2026-000001-1"}],
        },
    ],
)
def test_links_are_said_where_they_belong(web: Web, body: dict[str, Any]) -> None:
    number = web.open()["number"]
    answer = web.post(f"/cases/{number}/actions", "dewi", body, etag=web.etag(number))
    assert refused(answer) == (422, "invalid_body")
