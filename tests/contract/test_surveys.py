"""The survey of satisfaction: offered once a case is over, answered once, kept as sums alone."""

import re
from typing import Any

from sqlalchemy import text

from casetrack.domain.case.survey import ELEMENTS
from casetrack.usecases.case.surveys import survey_token
from tests.support.web import LETTER, Web, refused
from tests.support.world import LETTER_STORY, SAMARINDA, World

GOOD: dict[str, Any] = dict.fromkeys(ELEMENTS, 4)
FAIR: dict[str, Any] = dict.fromkeys(ELEMENTS, 3)


def _over(web: Web) -> tuple[str, str]:
    """A case that was handed over, and the token of its survey."""
    number = web.open(LETTER)["number"]
    web.play(number, LETTER_STORY)
    return number, survey_token(web.world.ctx, SAMARINDA, number)


def _links(world: World) -> list[str]:
    mails = [path.read_text() for path in sorted(world.mail.glob("*.eml"))]
    found = [re.findall(r"https?://[^ \n]*/survei/[^ \n]+", m.replace("=\n", "").replace("=3D", "="))
             for m in mails]  # fmt: skip
    return [link for each in found for link in each]


def test_the_message_of_the_hand_over_brings_a_link_that_opens_the_survey_once(
    world: World,
) -> None:
    web = Web(world)
    number = web.open(LETTER)["number"]
    web.play(number, "dewi declare_complete intake\nhadi complete decide")
    web.deliver()
    assert _links(world) == []
    web.play(number, "dewi hand_over")
    web.deliver()
    (link,) = _links(world)
    path = "//" + link.partition("://")[2].partition("/")[2]
    page = web.get(path)
    assert page.status_code == 200
    assert "1. Bagaimana kesesuaian persyaratan" in page.text
    assert "<script" not in page.text
    english = web.get(f"{path}&lang=en")
    assert "The survey is voluntary" in english.text
    token = path.partition("?t=")[2]
    few = web.call("POST", path, headers={"Content-Type": "application/x-www-form-urlencoded"},
                   raw=f"t={token}&time=4".encode())  # fmt: skip
    assert few.status_code == 422
    form = "&".join([f"t={token}", *(f"{element}=4" for element in ELEMENTS)])
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    thanks = web.call("POST", path, headers=sent, raw=form.encode())
    assert thanks.status_code == 200
    assert "Terima kasih" in thanks.text
    again = web.call("POST", path, headers=sent, raw=form.encode())
    assert again.status_code == 409
    assert "sudah diisi" in again.text


def test_nobody_is_asked_before_the_end_nor_by_another_token_nor_after_a_death(
    world: World,
) -> None:
    web = Web(world)
    open_case = web.open(LETTER)["number"]
    early = survey_token(world.ctx, SAMARINDA, open_case)
    assert refused(web.get(f"/surveys/{open_case}?t={early}")) == (404, "unknown_survey")
    number, token = _over(web)
    assert web.get(f"/surveys/{number}?t={token}").status_code == 200
    assert refused(web.get(f"/surveys/{number}?t={early}")) == (404, "unknown_survey")
    said = {"day": "2026-11-20", "action": "report_death", "paper": {"dated": "2026-11-20"}}
    dead = web.post(f"/cases/{number}/parties", "dewi", said, etag=web.etag(number))
    assert dead.status_code == 200, dead.text
    assert refused(web.get(f"/surveys/{number}?t={token}")) == (404, "unknown_survey")


def test_a_withdrawn_a_closed_and_a_refused_case_are_asked_as_well(world: World) -> None:
    web = Web(world)
    scripts: tuple[list[tuple[str, str, str | None, dict[str, Any]]], ...] = (
        [("dewi", "withdraw", None, {})],
        [("dewi", "close", None, {"reason": "wrong_service"})],
        [("dewi", "declare_complete", "intake", {}), ("hadi", "refuse", "decide", {})],
    )
    for script in scripts:
        number = web.open(LETTER)["number"]
        for who, action, step, said in script:
            assert web.act(number, who, action, step, **said).status_code == 200
        token = survey_token(world.ctx, SAMARINDA, number)
        answer = web.post(f"/surveys/{number}", body={"token": token, "scores": GOOD})
        assert answer.status_code == 201, answer.text
        again = web.post(f"/surveys/{number}", body={"token": token, "scores": GOOD})
        assert refused(again) == (409, "survey_answered")


def test_an_answer_leaves_neither_case_nor_person_nor_hour(world: World) -> None:
    web = Web(world)
    number, token = _over(web)
    assert web.post(f"/surveys/{number}", body={"token": token, "scores": FAIR}).status_code == 201
    with world.database.read() as connection:
        sums = connection.execute(text("SELECT * FROM survey_sums")).mappings().all()
        used = connection.execute(text("SELECT * FROM survey_used")).mappings().all()
    assert len(sums) == len(ELEMENTS)
    for row in sums:
        assert {*row} == {
            "region",
            "quarter",
            "service",
            "agency",
            "way",
            "element",
            "score",
            "count",
        }
        assert number not in map(str, row.values())
    assert [dict(row) for row in used] == [{"region": SAMARINDA, "number": number}]


def _entered(web: Web, count: int, scores: dict[str, Any], way: str = "paper") -> None:
    for _ in range(count):
        body = {"service": "surat-keterangan", "way": way, "scores": scores}
        done = web.post("/surveys", "dewi", body)
        assert done.status_code == 201, done.text


def _told(web: Web) -> dict[str, dict[str, Any]]:
    answer = web.get("/reports/satisfaction", "ketua")
    assert answer.status_code == 200, answer.text
    return {row["period"]: row for row in answer.get_json()["items"]}


def test_from_ten_answers_on_the_index_is_told_with_its_band(world: World) -> None:
    web = Web(world)
    _entered(web, 9, GOOD)
    assert {row["index"] for row in _told(web).values()} == {None}
    assert all(row["hidden"] for row in _told(web).values())
    number, token = _over(web)
    assert web.post(f"/surveys/{number}", body={"token": token, "scores": GOOD}).status_code == 201
    row = _told(web)["2026-Q4"]
    assert (row["answers"], row["on_paper"], row["index"], row["band"]) == (10, 9, 100, "A")
    _entered(web, 10, {**FAIR, "cost": 2}, "counter")
    row = _told(web)["2026"]
    # Twenty answers: eight elements at 3.5, cost at 3: 25 * (8 * 3.5 + 3) / 9.
    assert (row["answers"], row["index"], row["band"], row["cost"]) == (20, 86.11, "B", 3)
    sheet = web.get("/reports/satisfaction?format=csv", "audit").data.decode("utf-8-sig")
    assert "2026-Q4;surat-keterangan;dpmptsp;20;19;86,11;B" in sheet


def test_a_year_does_not_tell_what_a_quarter_hides(world: World) -> None:
    web = Web(world)
    _entered(web, 10, GOOD)
    world.hands.pass_time(days=45)
    _entered(web, 10, GOOD)
    world.hands.pass_time(days=90)
    _entered(web, 3, FAIR)
    told = _told(web)
    assert not told["2027-Q1"]["hidden"]
    assert told["2027-Q2"]["hidden"]
    assert told["2027"]["hidden"]
    assert not told["2026"]["hidden"]


def test_only_the_counter_that_takes_the_service_in_enters_answers(world: World) -> None:
    web = Web(world)
    body = {"service": "surat-keterangan", "way": "paper", "scores": GOOD}
    assert refused(web.post("/surveys", "rini", body)) == (403, "not_your_agency")
    assert refused(web.post("/surveys", "hadi", body)) == (403, "role_not_allowed")
    wrong = {**body, "scores": {**GOOD, "time": 5}}
    assert refused(web.post("/surveys", "dewi", wrong)) == (422, "invalid_body")
