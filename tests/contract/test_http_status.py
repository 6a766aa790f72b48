"""The status for anybody: what the number alone tells, what the code adds, and that guessing ends."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from casetrack.domain.case.numbers import CaseNumber
from casetrack.gateways.dates import local_date
from tests.support.web import (
    APPLICANT,
    BILLBOARD,
    BOTH,
    Web,
    at_once,
    problem,
    refused,
    shared_world,
)
from tests.support.world import BILLBOARD_STORY, LETTER_STORY

PUBLIC = {
    "number",
    "status",
    "label",
    "agency",
    "held_since",
    "due_at",
    "waiting_for",
    "outside_mall",
    "counter",
}
DETAILS = {
    "outcome",
    "steps",
    "defects",
    "documents",
    "bills",
    "gratis",
    "waits",
    "limits",
    "next_action",
}
UNKNOWN = str(CaseNumber("SMR", "REK", 2026, 999_999))


@pytest.fixture(scope="module", params=BOTH)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """HTTP on a world that all share; each test takes in a file of its own."""
    with shared_world(request, tmp_path_factory) as world:
        yield Web(world)


def test_the_number_alone_tells_where_the_file_is(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, "dewi declare_complete intake")
    status = web.get(f"/status/{number}")
    document = status.get_json()
    assert status.status_code == 200
    assert set(document) == PUBLIC
    assert (document["number"], document["status"]) == (number, "in_progress")
    assert set(document["label"]) == {"id", "en"}
    assert set(document["agency"]) == {"id", "name"}
    assert document["due_at"].startswith("2026-12-02T15:59:59")
    assert document["waiting_for"] is None


@pytest.mark.parametrize("way", ["header", "query"])
def test_the_access_code_adds_outcome_steps_defects_and_what_to_do(web: Web, way: str) -> None:
    case = web.open()
    number, code = case["number"], case["access_code"]
    web.play(number, "dewi declare_complete intake")
    web.act(
        number, "hadi", "return", "decide", defects=[{"requirement": "ktp", "text": "KTP buram"}]
    )
    web.act(number, "dewi", "send_return")
    if way == "header":
        response = web.get(f"/status/{number}", headers={"X-Access-Code": code})
    else:
        response = web.get(f"/status/{number}?code={code}")
    document = response.get_json()
    assert set(document) == PUBLIC | DETAILS | {"complete_by"}
    assert (document["status"], document["waiting_for"]) == ("returned", "applicant")
    assert document["outcome"] == "none"
    assert [step["id"] for step in document["steps"]] == ["intake", "decide", "hand_over"]
    assert [(d["requirement"], d["text"]) for d in document["defects"]] == [("ktp", "KTP buram")]
    assert document["next_action"]["id"] != document["next_action"]["en"]


def test_a_defect_that_was_not_sent_is_not_shown(web: Web) -> None:
    case = web.open()
    web.play(case["number"], "dewi declare_complete intake")
    web.act(case["number"], "hadi", "return", "decide", defects=[{"requirement": "ktp"}])
    document = web.get(f"/status/{case['number']}?code={case['access_code']}").get_json()
    assert document["defects"] == []


def test_the_code_is_read_as_people_write_it(web: Web) -> None:
    case = web.open()
    code = case["access_code"].lower()
    typed = f" {code[:4]}-{code[4:]} ".replace("0", "o").replace("1", "l")
    response = web.get(f"/status/{case['number'].lower()}", headers={"X-Access-Code": typed})
    assert response.status_code == 200


@pytest.mark.parametrize("between", ["–", " ", "", "_", "\u200b-", "−"])
def test_number_and_code_are_found_as_people_type_them(web: Web, between: str) -> None:
    case = web.open()
    number = quote(f"No. {case['number'].replace('-', between)}.")
    code = between.join((case["access_code"][:4], case["access_code"][4:])) + "\u200b"
    by_query = web.get(f"/status/{number}?code={quote(code)}")
    assert by_query.status_code == 200
    assert set(by_query.get_json()) == PUBLIC | DETAILS
    assert by_query.get_json()["number"] == case["number"]
    # Programs send a header in UTF-8, and the server reads it as Latin-1.
    sent = {"X-Access-Code": code.encode().decode("latin-1")}
    by_header = web.get(f"/status/{case['number']}", headers=sent)
    assert set(by_header.get_json()) == PUBLIC | DETAILS
    assert web.get(f"/cases/{number}", "dewi").get_json()["number"] == case["number"]


def test_the_page_takes_a_pasted_address_of_itself(web: Web) -> None:
    case = web.open()
    pasted = f"https://izin.example.id/status?lang=en&number={case['number']}#content"
    form = {"number": pasted, "code": f"Kode: {case['access_code']}\u200b"}
    page = web.flask.test_client().post("/status", data=form)
    assert page.status_code == 200
    assert case["number"] in page.text
    assert "https://izin.example.id" not in page.text
    wrong = web.flask.test_client().post("/status", data={**form, "code": "WRONGWRO"})
    assert wrong.status_code == 404
    assert f'value="{case["number"]}"' in wrong.text


def test_a_code_that_shows_nothing_is_no_guess(web: Web) -> None:
    number = web.open()["number"]
    for _ in range(8):
        answer = web.get(f"/status/{number}?code={quote(chr(0x200B))}")
        assert set(answer.get_json()) == PUBLIC


@pytest.mark.parametrize("decision", ["complete", "refuse"])
def test_without_the_code_a_decided_case_says_only_that_there_is_a_decision(
    web: Web, decision: str
) -> None:
    case = web.open()
    number = case["number"]
    web.play(number, f"dewi declare_complete intake\nhadi {decision} decide")
    public = web.get(f"/status/{number}").get_json()
    assert public["status"] == "decided"
    assert not {"granted", "refused"} & set(str(public).lower().split("'"))
    detailed = web.get(f"/status/{number}?code={case['access_code']}").get_json()
    outcome = "granted" if decision == "complete" else "refused"
    assert (detailed["status"], detailed["outcome"]) == (outcome, outcome)


def test_granted_and_refused_look_the_same_without_the_code(web: Web) -> None:
    seen = []
    for decision in ("complete", "refuse"):
        number = web.open()["number"]
        web.play(number, f"dewi declare_complete intake\nhadi {decision} decide")
        document = web.get(f"/status/{number}").get_json()
        for name in ("number", "held_since"):
            del document[name]
        seen.append(document)
    assert seen[0] == seen[1]


def test_never_a_name_a_nik_or_an_officer(web: Web) -> None:
    case = web.open(BILLBOARD)
    web.play(case["number"], "dewi declare_complete intake\nrudi claim review_dlh")
    for query in ("", f"?code={case['access_code']}"):
        text = web.get(f"/status/{case['number']}{query}").text
        for secret in (APPLICANT["name"], APPLICANT["nik"], APPLICANT["email"], "smr.", "rudi"):
            assert secret not in text


def test_a_wrong_code_is_404_as_an_unknown_case_is(web: Web) -> None:
    number = web.open()["number"]
    wrong = web.get(f"/status/{number}?code=WRONGWRO")
    unknown = web.get(f"/status/{UNKNOWN}?code=WRONGWRO")
    assert refused(wrong) == (404, "unknown_case")
    assert wrong.data == unknown.data
    assert refused(web.get(f"/status/{UNKNOWN}"))[0] == 404


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("SMR-SKT-2026-000001-0", "wrong_check_digit"),
        ("SMR-SKT-2026-1", "malformed_number"),
        ("123", "malformed_number"),
        ("SMR-SKT-2026-000001", "malformed_number"),
        ("%00", "malformed_number"),
        ("x" * 300, "malformed_number"),
        ("SMR-SKT-2026-00000%D9%A1-3", "malformed_number"),
    ],
)
def test_a_slip_of_the_pen_is_400(web: Web, number: str, code: str) -> None:
    assert refused(web.get(f"/status/{number}")) == (400, code)
    assert refused(web.get(f"/status/{number}?code=WRONGWRO")) == (400, code)


def _guess(web: Web, number: str, times: int) -> list[int]:
    return [web.get(f"/status/{number}?code=WRONG{n:03d}").status_code for n in range(times)]


def test_guessing_is_429_with_retry_after_and_ends_by_itself(web: Web) -> None:
    case = web.open()
    number = case["number"]
    answers = _guess(web, number, 8)
    assert answers == sorted(answers)
    assert set(answers) == {404, 429}
    # The right code does not help now: else it could be recognised by its answer.
    held = web.get(f"/status/{number}?code={case['access_code']}")
    assert held.status_code == 429
    assert problem(held) == "too_many_guesses"
    wait = int(held.headers["Retry-After"])
    # The number alone goes on working, and so does every other case.
    assert web.get(f"/status/{number}").status_code == 200
    other = web.open()
    assert web.get(f"/status/{other['number']}?code={other['access_code']}").status_code == 200
    web.world.hands.pass_time(seconds=wait + 1)
    assert web.get(f"/status/{number}?code={case['access_code']}").status_code == 200


def test_a_second_round_of_guessing_ends_like_the_first(web: Web) -> None:
    number = web.open()["number"]
    assert _guess(web, number, 8)[-1] == 429
    web.world.hands.pass_time(minutes=16)
    assert set(_guess(web, number, 5)) == {404}
    assert set(_guess(web, number, 3)) == {429}


def test_a_case_that_does_not_exist_counts_guesses_too(web: Web) -> None:
    assert _guess(web, UNKNOWN, 8)[-1] == 429


def test_the_right_code_counts_no_guess(web: Web) -> None:
    case = web.open()
    for _ in range(12):
        found = web.get(f"/status/{case['number']}?code={case['access_code']}")
        assert found.status_code == 200


def _from(web: Web, address: str, number: str, code: str) -> TestResponse:
    """Asked from this address."""
    return web.flask.test_client().get(
        f"/api/v1/status/{number}?code={code}", environ_base={"REMOTE_ADDR": address}
    )


def test_of_many_guesses_at_once_no_more_are_judged_than_one_after_the_other(web: Web) -> None:
    number = web.open()["number"]
    answers = at_once(20, lambda n: _from(web, "192.0.2.20", number, f"WRONG{n:03d}").status_code)
    assert Counter(answers) == {404: 5, 429: 15}


def test_an_address_is_slowed_over_all_numbers_and_others_are_not(web: Web) -> None:
    unknown = [str(CaseNumber("SMR", "REK", 2025, serial)) for serial in range(1, 51)]
    answers = [_from(web, "192.0.2.30", number, "WRONGWRO").status_code for number in unknown]
    assert answers[:30] == [404] * 30
    assert answers[30:] == [429] * 20
    case = web.open()
    held = _from(web, "192.0.2.30", case["number"], case["access_code"])
    assert problem(held) == "too_many_guesses"
    assert int(held.headers["Retry-After"]) <= 15
    assert _from(web, "192.0.2.31", case["number"], case["access_code"]).status_code == 200


def test_a_customer_s_whole_block_of_ipv6_is_one_address(web: Web) -> None:
    number = web.open()["number"]
    answers = [
        _from(web, f"2001:db8:0:7::{n}", number, "WRONGWRO").status_code for n in range(1, 8)
    ]
    assert answers == [404] * 5 + [429] * 2
    assert _from(web, "2001:db8:0:8::1", number, "WRONGWRO").status_code == 404


def test_waits_grow_and_never_longer_than_a_minute(web: Web) -> None:
    case = web.open()
    number, waits = case["number"], []
    for _ in range(14):
        answer = _from(web, "192.0.2.40", number, "WRONGWRO")
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            web.world.hands.pass_time(seconds=waits[-1])
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (15, 60)
    web.world.hands.pass_time(seconds=60)
    assert _from(web, "192.0.2.40", number, case["access_code"]).status_code == 200


def test_knocking_in_a_wait_makes_it_no_longer(web: Web) -> None:
    case = web.open()
    number = case["number"]
    for _ in range(5):
        _from(web, "192.0.2.60", number, "WRONGWRO")
    web.world.hands.pass_time(seconds=10)
    held = {_from(web, "192.0.2.60", number, "WRONGWRO").status_code for _ in range(40)}
    assert held == {429}
    web.world.hands.pass_time(seconds=6)
    assert _from(web, "192.0.2.60", number, case["access_code"]).status_code == 200


def test_an_applicant_gets_in_while_a_hundred_addresses_guess_at_their_case(web: Web) -> None:
    case = web.open()
    for n in range(100):
        _from(web, f"198.51.100.{n}", case["number"], "WRONGWRO")
    applicant = "203.0.113.9"
    assert _from(web, applicant, case["number"], "WRONGWRO").status_code == 404
    assert _from(web, applicant, case["number"], case["access_code"]).status_code == 200
    many = [_from(web, "203.0.113.10", case["number"], "WRONGWRO").status_code for _ in range(5)]
    assert many == [404, 404, 404, 429, 429]


def test_a_reissued_code_opens_at_once(web: Web) -> None:
    number = web.open()["number"]
    for serial in range(1, 40):
        _from(web, "192.0.2.50", str(CaseNumber("SMR", "REK", 2024, serial)), "WRONGWRO")
    for _ in range(8):
        _from(web, "192.0.2.50", number, "WRONGWRO")
    code = web.act(number, "dewi", "reissue_code").get_json()["access_code"]
    assert _from(web, "192.0.2.50", number, code).status_code == 200
    # The old one's wait is over too; what is guessed at the new one is counted anew.
    answers = [_from(web, "192.0.2.50", number, "WRONGWRO").status_code for _ in range(7)]
    assert answers == [404] * 5 + [429] * 2


def test_codes_tried_on_slips_count_as_guesses(web: Web) -> None:
    case = web.open()
    slip = f"/cases/{case['number']}/slips/receipt"
    answers = [
        web.get(slip, "dewi", headers={"X-Access-Code": f"WRONG{n:03d}"}).status_code
        for n in range(8)
    ]
    assert answers == [422] * 5 + [429] * 3
    held = web.get(slip, "dewi", headers={"X-Access-Code": case["access_code"]})
    assert problem(held) == "too_many_guesses"
    assert web.get(slip, "dewi").status_code == 200
    web.world.hands.pass_time(seconds=int(held.headers["Retry-After"]))
    right = web.get(slip, "dewi", headers={"X-Access-Code": case["access_code"]})
    assert right.status_code == 200


def test_the_page_says_how_long_to_wait(web: Web) -> None:
    case = web.open()
    form = {"number": case["number"], "code": "WRONGWRO"}
    pages = [web.flask.test_client().post("/status", data=form) for _ in range(6)]
    assert pages[-1].status_code == 429
    assert 0 < int(pages[-1].headers["Retry-After"]) <= 60
    assert "Terlalu banyak percobaan" in pages[-1].text


def test_a_case_that_is_over_tells_no_limit(web: Web) -> None:
    number = web.open()["number"]
    web.play(number, LETTER_STORY)
    document = web.get(f"/status/{number}").get_json()
    assert document["due_at"] is None


def test_a_handed_over_case_does_not_tell_its_outcome_without_the_code(web: Web) -> None:
    documents = []
    for script in (LETTER_STORY, LETTER_STORY.replace("complete decide", "refuse decide")):
        number = web.open()["number"]
        web.play(number, script)
        document = web.get(f"/status/{number}").get_json()
        for name in ("number", "held_since"):
            del document[name]
        documents.append(document)
    assert documents[0] == documents[1]


def test_the_page_says_on_which_day_the_result_was_handed_over(web: Web) -> None:
    case = web.open()
    web.play(case["number"], LETTER_STORY)
    day = local_date(web.world.database.now(), "Asia/Makassar", "id")
    form = {"number": case["number"], "code": case["access_code"]}
    page = web.flask.test_client().post("/status", data=form)
    assert f"Dikabulkan; hasil sudah diserahkan pada {day}" in page.text


def test_a_slip_bears_the_name_of_the_government_and_of_the_office(web: Web) -> None:
    number = web.open()["number"]
    slip = web.get(f"/cases/{number}/slips/receipt", "dewi").text
    assert re.search(r'class="office">Pemerintah [^<]+ · [^<]+</p>', slip), slip


def test_who_has_to_pay_reads_whose_code_to_ask_for(web: Web) -> None:
    case = web.open(BILLBOARD)
    story = BILLBOARD_STORY[: BILLBOARD_STORY.index("bima record_payment")]
    web.play(case["number"], story)
    asked = web.get(f"/status/{case['number']}?code={case['access_code']}").get_json()
    assert asked["waiting_for"] == "payment"
    issuer = asked["agency"]["name"]
    assert f"resmi dari {issuer['id']} di loket" in asked["next_action"]["id"]
    page = web.flask.test_client().post("/status", data={"number": case["number"]})
    assert f"resmi dari {issuer['id']} di loket" in page.text


def test_nobody_between_keeps_a_status(web: Web) -> None:
    case = web.open()
    answer = web.get(f"/status/{case['number']}?code={case['access_code']}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
