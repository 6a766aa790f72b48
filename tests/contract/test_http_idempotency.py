"""Idempotency-Key: the same request twice has one effect, and its answer is given again."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from casetrack.domain.errors import Invalid
from casetrack.storage import schema, stored_answers
from casetrack.usecases.context import Endpoints
from casetrack.usecases.idempotency import KEPT
from casetrack.usecases.people import tokens
from tests.support.web import BILLBOARD, LETTER, Web, at_once, refused
from tests.support.world import SAMARINDA


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
        assert stored_answers.purge(uow, SAMARINDA, uow.time(None) - KEPT, 10) == 1


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
    live = [
        shown.record.token_id
        for shown in tokens.all_tokens(web.world.ctx)
        if shown.record.login == "smr.dewi"
    ]
    for token_id in live:
        tokens.revoke_token(web.world.ctx, token_id)
    again = web.post("/cases", body=LETTER, key="k", headers={"Authorization": f"Bearer {token}"})
    assert refused(again)[0] == 401


ENTRY = {
    "kind": "position",
    "id": "kepala-dpmptsp",
    "entry": {"agency": "dpmptsp", "name": {"id": "Kepala", "en": "Head"}},
    "document": {"sha256": "ab" * 32},
}
WEBHOOK = {"url": "http://127.0.0.1:9/", "types": ["casetrack.*"]}


def _entered(web: Web) -> dict[str, Any]:
    made = web.post("/authority/entries", "joko", ENTRY)
    path = f"{made.headers['Location'].removeprefix('/api/v1')}/actions"
    return {
        "path": path,
        "who": "lina",
        "body": {"action": "confirm"},
        "etag": made.headers["ETag"],
    }


def _subscribed(web: Web, tail: str = "", **more: Any) -> dict[str, Any]:
    made = web.post("/webhooks", "mesin", WEBHOOK).get_json()
    return {"path": f"/webhooks/{made['id']}{tail}", "who": "mesin", **more}


def _paused(web: Web) -> dict[str, Any]:
    request = _subscribed(web, "/resume", body={})
    with web.world.database.write() as uow:
        uow.connection.exec_driver_sql("UPDATE subscriptions SET state = 'paused'")
    return request


#: Each of them changes what the same request would be refused for.
ONCE: dict[str, Callable[[Web], dict[str, Any]]] = {
    "POST draft": lambda web: {"path": "/authority/entries", "who": "lina", "body": ENTRY},
    "POST confirm": _entered,
    "PATCH": lambda web: _subscribed(web, body={"service": "surat-keterangan"}, etag='"1"'),
    "DELETE": _subscribed,
    "POST resume": _paused,
}


@pytest.mark.parametrize("what", ONCE)
def test_equal_requests_at_once_have_one_effect_and_one_answer(web: Web, what: str) -> None:
    request, method = ONCE[what](web), what.partition(" ")[0]
    web.world.token(request["who"])  # one for all of them: a key counts for one token
    answers = at_once(4, lambda _: web.call(method, key="k", **request))
    assert [(a.status_code, a.data) for a in answers] == [
        (answers[0].status_code, answers[0].data)
    ] * 4
    assert answers[0].status_code < 300
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    again = web.call(method, key="k", **request)
    assert (again.status_code, again.data) == (answers[0].status_code, answers[0].data)


def test_who_removed_a_webhook_is_told_so_again_and_to_others_it_is_gone(web: Web) -> None:
    path = _subscribed(web)["path"]
    first = web.call("DELETE", path, "mesin", key="k")
    again = web.call("DELETE", path, "mesin", key="k")
    assert (again.status_code, again.data) == (200, first.data)
    gone = (404, "unknown_webhook")
    for more in ({}, {"key": "another"}, {"key": "k", "body": {}}, {"key": "k" * 256}):
        assert refused(web.call("DELETE", path, "mesin", **more)) == gone, more
    assert refused(web.call("DELETE", path, "hadi", key="k")) == gone
    assert refused(web.get(path, "mesin")) == gone


def test_a_stored_answer_of_a_webhook_is_given_though_its_address_is_not_found_any_more(
    web: Web,
) -> None:
    first = web.post("/webhooks", "mesin", WEBHOOK, key="k")

    class Nowhere:
        def check(self, url: str) -> None:
            raise Invalid("endpoint_refused", f"{url} is not found.")

    web.world.app.ctx.endpoints = cast(Endpoints, Nowhere())
    again = web.post("/webhooks", "mesin", WEBHOOK, key="k")
    assert (again.status_code, again.data) == (201, first.data)
    other = {**WEBHOOK, "types": ["casetrack.case.*"]}
    assert refused(web.post("/webhooks", "mesin", other, key="k")) == (422, "endpoint_refused")
