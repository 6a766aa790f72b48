"""Each kind of link has its rule, is shown on both cases to who sees both, and leads in no circle."""

from typing import Any

from sqlalchemy import delete, update

from casetrack.storage import schema
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support.web import BILLBOARD, LETTER, Web, at_once, refused
from tests.support.world import LETTER_STORY


def _links(kind: str, number: str) -> list[dict[str, str]]:
    return [{"kind": kind, "number": number}]


def _named_by(web: Web, number: str, who: str = "dewi") -> list[dict[str, str]]:
    found: list[dict[str, str]] = web.get(f"/cases/{number}", who).get_json()["linked_from"]
    return found


def test_what_was_opened_for_the_wrong_service_is_closed_and_replaced(web: Web) -> None:
    wrong = web.open()["number"]
    assert web.act(wrong, "dewi", "close", reason="wrong_service").status_code == 200
    right = web.open({**BILLBOARD, "links": _links("replaces", wrong)})["number"]
    assert _named_by(web, wrong) == _links("replaces", right)
    assert _named_by(web, right) == []


def test_a_permit_is_renewed_and_corrected_only_once_it_is_there(web: Web) -> None:
    first, second = web.open()["number"], web.open()["number"]
    for kind in ("renews", "correction_of"):
        early = web.act(second, "dewi", "link", links=_links(kind, first))
        assert refused(early) == (409, "link_does_not_fit"), kind
        opened = web.post("/cases", "dewi", {**LETTER, "links": _links(kind, first)})
        assert refused(opened) == (409, "link_does_not_fit"), kind
    web.play(first, LETTER_STORY)
    for kind in ("renews", "correction_of"):
        assert web.act(second, "dewi", "link", links=_links(kind, first)).status_code == 200
    assert _named_by(web, first) == _links("correction_of", second) + _links("renews", second)


def test_a_visit_is_of_one_day(web: Web) -> None:
    first = web.open()["number"]
    second = web.open({**BILLBOARD, "links": _links("same_visit", first)})["number"]
    assert _named_by(web, first) == _links("same_visit", second)
    back = web.act(first, "dewi", "link", links=_links("same_visit", second))
    assert back.status_code == 200, "a visit has no beginning and no end"
    web.world.hands.pass_time(days=1)
    tomorrow = web.post("/cases", "dewi", {**LETTER, "links": _links("same_visit", first)})
    assert refused(tomorrow) == (409, "link_does_not_fit")
    told = tomorrow.get_json()["detail"]
    assert "another day" in told
    asked = {"Accept-Language": "id"}
    body = {**LETTER, "links": _links("same_visit", first)}
    said = web.post("/cases", "dewi", body, headers=asked).get_json()["detail"]
    assert "berkas lain dibuka pada hari lain" in said


def test_no_case_takes_its_own_place_by_way_of_others(web: Web) -> None:
    first, second, third = (web.open()["number"] for _ in range(3))
    assert web.act(second, "dewi", "link", links=_links("replaces", first)).status_code == 200
    assert web.act(third, "dewi", "link", links=_links("duplicate_of", second)).status_code == 200
    back = web.act(first, "dewi", "link", links=_links("duplicate_of", third))
    assert refused(back) == (409, "links_in_a_circle")
    itself = web.act(first, "dewi", "link", links=_links("replaces", first))
    assert refused(itself) == (422, "unknown_link")


def test_two_who_name_each_other_at_once_come_one_after_the_other(web: Web) -> None:
    first, second = web.open()["number"], web.open()["number"]
    tags = {number: web.etag(number) for number in (first, second)}
    pairs = ((first, second), (second, first))

    def name(place: int) -> int:
        one, other = pairs[place]
        answer = web.act(one, "dewi", "link", etag=tags[one], links=_links("replaces", other))
        return answer.status_code

    assert sorted(at_once(2, name)) == [200, 409]


def test_who_does_not_see_the_other_case_learns_nothing_of_it(web: Web) -> None:
    board = web.open(BILLBOARD)["number"]
    letter = web.open({**LETTER, "links": _links("replaces", board)})["number"]
    # The environment agency has a part in the billboard's file, and none in the letter's.
    assert _named_by(web, board, "dewi") == _links("replaces", letter)
    assert _named_by(web, board, "rudi") == []
    elsewhere = web.open(who="sby.clerk")["number"]
    told = {
        web.act(letter, "dewi", "link", links=_links("replaces", number)).get_json()["detail"]
        for number in (elsewhere, "SMR-SKT-2026-999999-9")
    }
    assert len(told) == 1, told


def test_a_case_names_no_more_than_fifty_others(web: Web) -> None:
    number = web.open()["number"]
    others = [web.open()["number"] for _ in range(51)]
    for place in range(0, 50, 10):
        links = [{"kind": "same_visit", "number": each} for each in others[place : place + 10]]
        assert web.act(number, "dewi", "link", links=links).status_code == 200
    more = web.act(number, "dewi", "link", links=_links("same_visit", others[50]))
    assert refused(more) == (409, "links_too_many")


def test_verify_holds_the_rows_of_links_against_the_events(web: Web) -> None:
    first = web.open()["number"]
    web.open({**LETTER, "links": _links("same_visit", first)})
    ctx, database = web.world.ctx, web.world.database
    assert verify(ctx, progress=lambda _: None).fault is None
    changes: list[Any] = [
        update(schema.case_links).values(kind="replaces"),
        delete(schema.case_links),
    ]
    for change in changes:
        with database.write() as uow:
            uow.execute(change)
        found = verify(ctx, progress=lambda _: None).fault
        assert found is not None
        assert found.kind == "link_state"
        assert list(rebuild(ctx, None, lambda _: None))
        assert verify(ctx, progress=lambda _: None).fault is None
