"""Idempotency-Key: the same request twice has one effect, and its answer is given again."""

import pytest

from casetrack.storage import schema, stored_answers
from casetrack.usecases.idempotency import KEPT
from casetrack.usecases.people import tokens
from tests.support.web import BILLBOARD, LETTER, Web, refused
from tests.support.world import World


@pytest.fixture
def web(world: World) -> Web:
    """HTTP on the world."""
    return Web(world)


def test_a_repeated_opening_gives_the_first_answer_again_word_for_word(web: Web) -> None:
    first = web.post("/cases", "dewi", LETTER, key="k")
    again = web.post("/cases", "dewi", LETTER, key="k")
    assert (again.status_code, again.data) == (201, first.data)
    for header in ("ETag", "Location", "Content-Type"):
        assert again.headers[header] == first.headers[header]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(web.get("/cases", "dewi").get_json()["items"]) == 1


def test_a_repeated_act_gives_the_first_answer_again(web: Web) -> None:
    number = web.open()["number"]
    seen = web.etag(number)
    first = web.act(number, "dewi", "declare_complete", "intake", key="k", etag=seen)
    web.world.hands.pass_time(hours=1)
    again = web.act(number, "dewi", "declare_complete", "intake", key="k", etag=seen)
    assert (again.status_code, again.data) == (200, first.data)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(web.get(f"/cases/{number}/events", "dewi").get_json()["items"]) == 2


def test_the_same_key_with_another_body_is_422(web: Web) -> None:
    web.open(LETTER, key="k")
    assert refused(web.post("/cases", "dewi", BILLBOARD, key="k")) == (
        422,
        "idempotency_key_reused",
    )


def test_a_key_is_scoped_to_token_and_path(web: Web) -> None:
    one = web.open(LETTER, key="k")["number"]
    # Another token of the same officer.
    token = tokens.create_token(web.world.ctx, "smr.dewi")
    two = web.post("/cases", body=LETTER, key="k", headers={"Authorization": f"Bearer {token}"})
    assert two.status_code == 201
    assert two.get_json()["number"] != one
    # Other paths.
    for number in (one, two.get_json()["number"]):
        done = web.act(number, "dewi", "declare_complete", "intake", key="k")
        assert "Idempotent-Replayed" not in done.headers
        assert done.get_json()["number"] == number
    assert web.act(one, "dewi", "pause", reason="court", key="k").status_code == 200


def test_a_key_of_another_region_is_another_key(web: Web) -> None:
    ours = web.open(LETTER, key="k")["number"]
    theirs = web.open(LETTER, "sby.clerk", key="k")["number"]
    assert (ours[:3], theirs[:3]) == ("SMR", "SBY")


def test_a_key_is_kept_for_24_hours_and_no_longer(web: Web) -> None:
    first = web.open(LETTER, key="k")["number"]
    web.world.hands.pass_time(hours=23, minutes=59)
    assert web.open(LETTER, key="k")["number"] == first
    web.world.hands.pass_time(minutes=2)
    assert web.open(LETTER, key="k")["number"] != first
    # Its place is taken by the new answer, and the clock forgets what nobody may ask for.
    web.world.hands.pass_time(hours=25)
    with web.world.database.write() as uow:
        assert stored_answers.purge(uow, uow.time(None) - KEPT) == 1


def test_a_refused_request_keeps_nothing_so_it_can_be_mended_under_its_key(web: Web) -> None:
    number = web.open()["number"]
    late = web.act(number, "hadi", "complete", "decide", key="k")
    assert refused(late)[0] == 409
    web.act(number, "dewi", "declare_complete", "intake")
    assert web.act(number, "hadi", "complete", "decide", key="k").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "späť"])
def test_a_key_that_cannot_be_kept_is_422(web: Web, key: str) -> None:
    response = web.post("/cases", "dewi", LETTER, key=key)
    assert refused(response) == (422, "malformed_idempotency_key")


def test_a_kept_answer_cannot_be_read_from_the_database(web: Web) -> None:
    case = web.open(BILLBOARD, key="k")
    with web.world.database.read() as connection:
        kept = connection.execute(schema.idempotency.select()).one()
    for secret in (case["access_code"], case["number"], "64.72.03"):
        assert secret.encode() not in bytes(kept.answer)


def test_a_reopened_account_cannot_replay_with_a_dead_token(web: Web) -> None:
    web.open(LETTER, key="k")
    token = web.world.token("dewi")
    live = [t.token_id for t in tokens.all_tokens(web.world.ctx) if t.login == "smr.dewi"]
    for token_id in live:
        tokens.revoke_token(web.world.ctx, token_id)
    again = web.post("/cases", body=LETTER, key="k", headers={"Authorization": f"Bearer {token}"})
    assert refused(again)[0] == 401
