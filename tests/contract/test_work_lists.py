"""The counter has its own lists: to check, to send back, to tell, to hand over, out of time."""

from typing import Any

import pytest

from casetrack.storage.case import work_counts
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, refused

WALK_IN: dict[str, Any] = {**LETTER, "applicant": {"kind": "person", "name": "Siti"}}
PHOTO = [{"requirement": "foto", "text": "terlalu gelap"}]


def _page(web: Web, query: str, who: str = "dewi") -> dict[str, Any]:
    answer = web.get(f"/worklist?{query}", who)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.get_json()
    return page


def _numbers(web: Web, query: str, who: str = "dewi") -> list[str]:
    """The numbers of the list; that its count says as many is asked every time."""
    page = _page(web, f"limit=200&{query}", who)
    name = query.partition("list=")[2].partition("&")[0] or "work"
    assert page["counts"][name] == len(page["items"]), (query, page["counts"])
    return [item["number"] for item in page["items"]]


def _steps(web: Web, query: str, who: str = "dewi") -> list[str | None]:
    return [item["step"] and item["step"]["id"] for item in _page(web, query, who)["items"]]


def test_a_file_is_to_be_checked_until_its_completeness_is_declared(web: Web) -> None:
    first, second = web.open()["number"], web.open(BILLBOARD)["number"]
    assert _numbers(web, "list=check") == [first, second]
    assert _steps(web, "list=check") == ["intake", "intake"]
    web.play(first, "dewi declare_complete intake")
    assert _numbers(web, "list=check") == [second]
    assert _numbers(web, "list=check", "rudi") == [], "no file is taken in there"


def test_what_a_step_returned_is_to_be_sent_back_until_it_was(web: Web) -> None:
    number = web.open(BILLBOARD)["number"]
    web.play(number, "dewi declare_complete intake")
    assert _numbers(web, "list=send_back") == []
    web.act(number, "rudi", "return", "review_dlh", defects=PHOTO)
    assert _numbers(web, "list=send_back") == [number]
    assert _steps(web, "list=send_back") == ["review_dlh"]
    web.act(number, "dewi", "send_return")
    assert _numbers(web, "list=send_back") == []
    # Another reviewer finds something while the applicant has the file.
    web.act(number, "sari", "return", "review_dishub", defects=PHOTO)
    assert _numbers(web, "list=send_back") == [number]


def test_what_was_decided_is_to_be_handed_over_once_nothing_else_is_left(web: Web) -> None:
    granted, refused_ = web.open(BILLBOARD)["number"], web.open()["number"]
    web.play(refused_, "dewi declare_complete intake\nhadi refuse decide")
    assert _numbers(web, "list=hand_over") == [refused_]
    web.play(
        granted,
        """
        dewi declare_complete intake
        rudi complete review_dlh favourable
        sari complete review_dishub conditional
        hadi complete verify
        hadi complete decide
        bima record_payment pay_tax
        """,
    )
    assert _numbers(web, "list=hand_over") == [refused_]
    web.play(granted, "hadi complete sign")
    assert _numbers(web, "list=hand_over") == [granted, refused_]
    web.act(granted, "dewi", "hand_over")
    assert _numbers(web, "list=hand_over") == [refused_]
    assert _numbers(web, "list=hand_over", "rudi") == []


def test_whom_no_message_reached_is_to_be_told_at_the_counter_that_took_them_in(web: Web) -> None:
    number = web.open(WALK_IN)["number"]
    web.play(number, "dewi declare_complete intake\nhadi complete decide\ndewi hand_over")
    web.deliver()
    assert _numbers(web, "list=tell") == [number], "one line, however many notices"
    assert _numbers(web, "list=tell", "rudi") == []
    for item in web.get("/untold?limit=200", "dewi").get_json()["items"]:
        web.post("/untold", "dewi", {"number": item["number"], "position": item["position"]})
    assert _numbers(web, "list=tell") == []


def test_what_is_out_of_time_stands_first_by_how_long_whoever_has_it(web: Web) -> None:
    late = web.open(BILLBOARD)["number"]
    web.play(late, "dewi declare_complete intake")
    web.world.hands.pass_time(days=1)
    later = web.open()["number"]
    web.world.hands.pass_time(days=6)
    web.open()
    assert _numbers(web, "list=overdue") == [later, late]
    assert _steps(web, "list=overdue") == ["intake", "review_dlh"]
    assert _numbers(web, "list=overdue", "rudi") == [late], "a step of their own"
    assert _numbers(web, "list=overdue", "bima") == []
    assert _numbers(web, "overdue=true", "sari") == [late]


def test_lists_are_sifted_and_counted_alike(web: Web) -> None:
    world = web.world
    letter, board = web.open()["number"], web.open(BILLBOARD)["number"]
    world.hands.pass_time(days=1)
    third = web.open()["number"]
    web.act(third, "dewi", "claim", "intake")
    assert _numbers(web, "list=check&service=surat-keterangan") == [letter, third]
    assert _numbers(web, "list=check&mine=true") == [third]
    assert _numbers(web, "list=check&unclaimed=true") == [letter, board]
    assert _numbers(web, "list=check&mine=true", "hadi") == []
    assert _numbers(web, "list=check&from=2026-11-24") == [third]
    assert _numbers(web, "list=check&to=2026-11-23") == [letter, board]
    assert _numbers(web, "list=check&from=2026-11-25") == []
    world.hands.pass_time(days=1)
    assert _numbers(web, "list=check&overdue=true") == [letter, board]
    assert _numbers(web, "mine=true") == [third]
    assert _numbers(web, "unclaimed=true&service=izin-reklame") == [board]
    counts = _page(web, "service=izin-reklame")["counts"]
    assert counts == {
        "work": 1, "check": 1, "send_back": 0, "lapsing": 0, "hand_over": 0, "people": 0, "take_back": 0,
        "papers": 0, "endorse": 0, "sign": 0, "issue": 0, "close": 0, "tell": 0, "overdue": 1,
    }  # fmt: skip


def test_a_list_may_be_of_what_waits_for_somebody(web: Web) -> None:
    returned, other = web.open(BILLBOARD)["number"], web.open(BILLBOARD)["number"]
    for number in (returned, other):
        web.play(number, "dewi declare_complete intake")
    web.act(returned, "rudi", "return", "review_dlh", defects=PHOTO)
    web.act(returned, "dewi", "send_return")
    assert _numbers(web, "waiting_for=applicant", "sari") == [returned]
    assert len(_numbers(web, "", "sari")) == 2


def test_a_count_that_stops_says_so_and_is_exact_before(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        web.open(WALK_IN)
    exact = _page(web, "")
    assert (exact["counts"]["check"], exact["at_least"]) == (3, [])
    monkeypatch.setattr(work_counts, "BOUNDS", work_counts.Bounds(most=3, looked_at=3))
    assert _page(web, "")["at_least"] == []
    web.open(BILLBOARD)
    page = _page(web, "")
    assert (page["counts"]["work"], page["counts"]["check"]) == (3, 3)
    assert page["at_least"] == ["work", "check"]
    # What a sieve leaves is counted among the first rows of a list.
    sifted = _page(web, "service=izin-reklame")
    assert sifted["counts"]["check"] <= 1
    assert "check" in sifted["at_least"]
    assert "send_back" not in sifted["at_least"], "a list that was seen to its end"
    web.world.hands.pass_time(days=9)
    late = _page(web, "list=overdue")
    assert late["counts"]["overdue"] <= 3
    assert "overdue" in late["at_least"]


def test_what_is_mine_is_found_whatever_lies_before_it(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [web.open()["number"] for _ in range(4)]
    web.act(numbers[-1], "dewi", "claim", "intake")
    monkeypatch.setattr(work_counts, "BOUNDS", work_counts.Bounds(most=2, looked_at=2))
    page = _page(web, "mine=true")
    assert [item["number"] for item in page["items"]] == [numbers[-1]]
    assert page["counts"]["work"] == 1
    assert "work" not in page["at_least"]


@pytest.mark.parametrize("name", ["check", "hand_over", "tell", "overdue"])
def test_pages_of_a_list_lose_nothing(web: Web, name: str) -> None:
    wanted = sorted(_many(web, name))
    seen: list[str] = []
    page = _page(web, f"list={name}&limit=2")
    while True:
        seen += [item["number"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = _page(web, f"list={name}&limit=2&cursor={page['next_cursor']}")
        assert "counts" not in page, "they come with the first page"
    assert sorted(seen) == wanted


def _many(web: Web, name: str) -> list[str]:
    numbers = [web.open(WALK_IN)["number"] for _ in range(5)]
    if name in ("tell", "hand_over"):
        for number in numbers:
            web.play(number, "dewi declare_complete intake\nhadi complete decide")
        web.deliver()
    if name == "overdue":
        web.world.hands.pass_time(days=9)
    return numbers


@pytest.mark.parametrize(
    "query",
    ["list=all", "mine=1&unclaimed=true", "waiting_for=me", "from=yesterday", "List=check"],
)
def test_a_list_that_there_is_not_is_422(web: Web, query: str) -> None:
    assert refused(web.get(f"/worklist?{query}", "dewi")) == (422, "invalid_query")


def test_a_cursor_is_taken_by_its_own_list_only(web: Web) -> None:
    for _ in range(3):
        web.open({**LETTER, "applicant": APPLICANT})
    cursor = _page(web, "list=check&limit=1")["next_cursor"]
    for other in ("", "list=tell&", "list=overdue&"):
        answer = web.get(f"/worklist?{other}cursor={cursor}", "dewi")
        assert refused(answer) == (422, "invalid_query")
