"""Webhooks end to end: subscribe, hear in order, be told again under the same id, be paused, resume."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from casetrack.domain.delivery.receivers import told
from casetrack.domain.region.region_data import Officer
from casetrack.usecases.delivery import relay
from casetrack.usecases.people import officers
from tests.support.lanes import work
from tests.support.receiver import Receiver, cuts, receiving, says
from tests.support.web import BILLBOARD, LETTER, Web, problem, refused
from tests.support.world import LETTER_STORY, SAMARINDA, World


@pytest.fixture
def web(world: World) -> Web:
    """The cast with an integrator of dlh (pipa), of dinkes (jauh), and of the region (pusat)."""
    for login, agency in (("smr.pipa", "dlh"), ("smr.jauh", "dinkes"), ("smr.pusat", None)):
        officers.add_officer(world.ctx, SAMARINDA, Officer(login, "integrator", agency))
    return Web(world)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def subscribe(web: Web, receiver: Receiver, who: str = "mesin", **more: Any) -> dict[str, Any]:
    body = {"url": receiver.url, "types": ["casetrack.*"], **more}
    response = web.post("/webhooks", who, body)
    assert response.status_code == 201, response.text
    webhook: dict[str, Any] = response.get_json()
    return webhook


def deliver(web: Web) -> None:
    """What relay and workers do, until nothing is due."""
    rung: list[tuple[str, str]] = []
    relay.drain(web.world.ctx, told, rung.extend)
    work(web.world.ctx, rung, web.world.app.teller)


def sweep(web: Web) -> int:
    """What the sweeper and workers do a little later."""
    web.world.hands.pass_time(seconds=3)
    rung: list[tuple[str, str]] = []
    relay.sweep(web.world.ctx, rung.extend)
    work(web.world.ctx, rung, web.world.app.teller)
    return len(rung)


def states(web: Web, webhook: dict[str, Any], who: str = "mesin") -> list[str]:
    page = web.get(f"/webhooks/{webhook['id']}/deliveries", who).get_json()
    return [item["state"] for item in reversed(page["items"])]


# --- to hear --------------------------------------------------------------------------------------


def test_a_subscriber_hears_every_event_of_a_case_in_order(web: Web, receiver: Receiver) -> None:
    webhook = subscribe(web, receiver)
    number = web.open()["number"]
    web.play(number, LETTER_STORY)
    deliver(web)
    assert receiver.types == ["case.opened", "case.declared_complete", "case.granted",
                              "case.handed_over"]  # fmt: skip
    assert [got.event["sequence"] for got in receiver.got] == ["1", "2", "3", "4"]
    assert {got.event["subject"] for got in receiver.got} == {number}
    assert len({got.id for got in receiver.got}) == 4
    assert {got.headers["content-type"] for got in receiver.got} == {"application/cloudevents+json"}
    assert states(web, webhook) == ["delivered"] * 4


@pytest.mark.parametrize("trouble", [says(500), says(404), cuts], ids=["500", "404", "cut"])
def test_what_failed_comes_again_under_the_same_id_and_lets_no_later_one_pass(
    web: Web, receiver: Receiver, trouble: Any
) -> None:
    webhook = subscribe(web, receiver)
    receiver.answers = [says(204), trouble]
    web.play(web.open()["number"], LETTER_STORY)
    deliver(web)
    assert states(web, webhook) == ["delivered", "pending", "pending", "pending"]
    web.world.hands.pass_time(seconds=6)
    sweep(web)
    ids = [got.id for got in receiver.got]
    assert len(ids) == 5
    assert ids[1] == ids[2]
    assert receiver.got[1].body == receiver.got[2].body
    assert sorted(set(ids), key=ids.index) == [ids[0], ids[1], ids[3], ids[4]]
    assert states(web, webhook) == ["delivered"] * 4


def test_agency_service_and_types_decide_what_is_heard(web: Web, receiver: Receiver) -> None:
    deliver(web)  # what the region's set-up left
    with receiving() as narrow, receiving() as stranger, receiving() as wide:
        subscribe(web, receiver, "pipa")
        subscribe(web, narrow, "mesin", types=["casetrack.case.opened"], service="izin-reklame")
        subscribe(web, stranger, "jauh")
        subscribe(web, wide, "pusat")
        letter, billboard = web.open(LETTER)["number"], web.open(BILLBOARD)["number"]
        web.play(billboard, "dewi declare_complete intake")
        deliver(web)
        assert {got.event["subject"] for got in receiver.got} == {billboard}
        assert narrow.types == ["case.opened"]
        assert narrow.got[0].event["subject"] == billboard
        assert stranger.got == []
        assert {got.event["subject"] for got in wide.got} == {letter, billboard}


# --- to be in trouble -----------------------------------------------------------------------------


def test_gone_ends_the_subscription_and_the_owner_is_told(web: Web, receiver: Receiver) -> None:
    webhook = subscribe(web, receiver, email="owner@example.id")
    receiver.answers = [says(410)]
    web.play(web.open()["number"], LETTER_STORY)
    deliver(web)
    assert len(receiver.got) == 1
    assert states(web, webhook) == ["cancelled"] * 4
    shown = web.get(f"/webhooks/{webhook['id']}", "mesin").get_json()
    assert (shown["state"], shown["why"]) == ("ended", "gone")
    deliver(web)
    events = web.get("/events", "mesin").get_json()["events"]
    assert events[-1]["type"] == "casetrack.webhook.ended"
    assert events[-1]["data"]["webhook"] == webhook["id"]
    mails = [path.read_text() for path in web.world.mail.glob("*.eml")]
    assert [m for m in mails if "owner@example.id" in m and "410" in m]
    web.open()
    deliver(web)
    assert len(receiver.got) == 1


def test_an_endpoint_that_keeps_failing_is_paused_and_resumed_with_nothing_lost(
    web: Web, receiver: Receiver
) -> None:
    webhook = subscribe(web, receiver, email="owner@example.id")
    receiver.always = says(500)
    numbers = [web.open()["number"] for _ in range(3)]
    deliver(web)
    for _ in range(40):
        web.world.hands.pass_time(hours=1)
        sweep(web)
    shown = web.get(f"/webhooks/{webhook['id']}", "mesin").get_json()
    assert (shown["state"], shown["why"], shown["pending"]) == ("paused", "failing", 3)
    assert "500" in shown["last_error"]
    tried = len(receiver.got)
    web.world.hands.pass_time(days=3)
    assert sweep(web) == 0 or len(receiver.got) == tried
    deliver(web)
    assert web.get("/events?limit=500", "mesin").get_json()["events"][-1]["type"] == (
        "casetrack.webhook.paused"
    )
    mails = [path.read_text() for path in web.world.mail.glob("*.eml")]
    assert [m for m in mails if "owner@example.id" in m and "paused" in m]
    receiver.always = None
    assert web.post(f"/webhooks/{webhook['id']}/resume", "mesin", {}).status_code == 200
    sweep(web)
    fresh = [got.event["subject"] for got in receiver.got[tried:]]
    assert sorted(fresh) == sorted(numbers)
    again = web.post(f"/webhooks/{webhook['id']}/resume", "mesin", {})
    assert refused(again) == (409, "not_paused")


def test_retry_after_is_honoured_for_the_whole_endpoint(web: Web, receiver: Receiver) -> None:
    subscribe(web, receiver)
    receiver.answers = [says(429, Retry_After="600")]
    web.open()
    deliver(web)
    web.open()
    deliver(web)
    assert len(receiver.got) == 1
    web.world.hands.pass_time(seconds=590)
    sweep(web)
    assert len(receiver.got) == 1
    web.world.hands.pass_time(seconds=20)
    sweep(web)
    assert len(receiver.got) == 3


# --- to send again --------------------------------------------------------------------------------


def test_what_gave_up_is_sent_again_one_by_one_and_in_bulk_with_a_reason(
    web: Web, receiver: Receiver
) -> None:
    webhook = subscribe(web, receiver)
    first = web.begun("dewi", "mesin") + 1
    for _ in range(2):
        web.open()
    deliver(web)
    with web.world.database.write() as uow:
        uow.connection.exec_driver_sql("UPDATE deliveries SET state = 'given_up' WHERE "
                                       "channel = 'webhook'")  # fmt: skip
    path = f"/webhooks/{webhook['id']}"
    one = web.post(f"{path}/deliveries/{first}/resend", "mesin", {"reason": "lost at our side"})
    assert one.get_json() == {"id": webhook["id"], "count": 1, "next": None}
    deliver(web)
    sweep(web)
    assert [got.event["position"] for got in receiver.got] == [first, first + 1, first]
    rest = web.post(f"{path}/resend", "mesin", {"reason": "database restored"}, key="again")
    assert rest.get_json()["count"] == 1
    repeated = web.post(f"{path}/resend", "mesin", {"reason": "database restored"}, key="again")
    assert repeated.headers["Idempotent-Replayed"] == "true"
    sweep(web)
    assert [got.event["position"] for got in receiver.got] == [first, first + 1] * 2
    assert len({got.id for got in receiver.got}) == 2
    deliver(web)
    events = web.get("/events", "mesin").get_json()["events"]
    assert [e["data"]["count"] for e in events if e["type"] == "casetrack.webhook.resent"] == [1, 1]
    missing = web.post(f"{path}/deliveries/77/resend", "mesin", {"reason": "why not"})
    assert refused(missing) == (404, "unknown_delivery")
    assert problem(web.post(f"{path}/resend", "mesin", {})) == "invalid_body"


def test_a_test_event_comes_whatever_the_types_and_to_nobody_else(
    web: Web, receiver: Receiver
) -> None:
    with receiving() as other:
        webhook = subscribe(web, receiver, types=["casetrack.authority.*"])
        subscribe(web, other)
        assert web.post(f"/webhooks/{webhook['id']}/test", "mesin", {}).status_code == 200
        deliver(web)
        assert receiver.types == ["webhook.tested"]
        assert other.got == []


# --- whose it is ----------------------------------------------------------------------------------


def test_a_webhook_belongs_to_the_agency_and_strangers_do_not_see_it(
    web: Web, receiver: Receiver
) -> None:
    webhook = subscribe(web, receiver)
    for who in ("pipa", "jauh", "pusat"):
        path = f"/webhooks/{webhook['id']}"
        assert refused(web.get(path, who)) == (404, "unknown_webhook")
        assert refused(web.post(f"{path}/secret", who, {})) == (404, "unknown_webhook")
        assert web.get("/webhooks", who).get_json()["items"] == []
    assert [w["id"] for w in web.get("/webhooks", "mesin").get_json()["items"]] == [webhook["id"]]


def test_the_secret_is_shown_once_and_is_nowhere_in_the_database(
    web: Web, receiver: Receiver
) -> None:
    webhook = subscribe(web, receiver)
    secret = webhook["secret"].removeprefix("whsec_")
    assert webhook["secret"].startswith("whsec_")
    for path in ("/webhooks", f"/webhooks/{webhook['id']}"):
        assert secret not in web.get(path, "mesin").text
    with web.world.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM subscriptions").all()
    assert secret not in str(rows)
    assert receiver.url in str(rows)


def test_rotation_signs_with_both_until_the_old_secret_ends(web: Web, receiver: Receiver) -> None:
    webhook = subscribe(web, receiver)
    path = f"/webhooks/{webhook['id']}"
    rotated = web.post(f"{path}/secret", "mesin", {"overlap_hours": 24}).get_json()
    assert rotated["secret"] != webhook["secret"]
    web.open()
    deliver(web)
    assert len(receiver.got[0].headers["webhook-signature"].split()) == 2
    web.world.hands.now += timedelta(hours=25)
    web.open()
    deliver(web)
    assert len(receiver.got[1].headers["webhook-signature"].split()) == 1


def test_a_removed_webhook_hears_nothing_and_is_gone(web: Web, receiver: Receiver) -> None:
    webhook = subscribe(web, receiver)
    path = f"/webhooks/{webhook['id']}"
    assert web.call("DELETE", path, "mesin").get_json() == {"id": webhook["id"], "state": "removed"}
    assert refused(web.get(path, "mesin")) == (404, "unknown_webhook")
    web.open()
    deliver(web)
    assert receiver.got == []


def test_a_webhook_is_changed_and_a_stale_change_is_refused(web: Web, receiver: Receiver) -> None:
    webhook = subscribe(web, receiver)
    path = f"/webhooks/{webhook['id']}"
    etag = web.get(path, "mesin").headers["ETag"]
    changed = web.call("PATCH", path, "mesin", {"types": ["casetrack.step.*"]}, etag=etag)
    assert changed.get_json()["types"] == ["casetrack.step.*"]
    assert changed.get_json()["url"] == receiver.url
    of_a_step = web.call("PATCH", path, "mesin", {"service": None}, etag='"foo.77"')
    assert of_a_step.status_code == 428
    stale = web.call("PATCH", path, "mesin", {"service": "surat-keterangan"}, etag=etag)
    assert refused(stale) == (412, "stale")


def test_an_address_with_a_query_and_no_path_is_asked_for_as_the_root(
    web: Web, receiver: Receiver
) -> None:
    webhook = subscribe(web, receiver, url=f"http://127.0.0.1:{receiver.port}?token=abc")
    web.open()
    deliver(web)
    assert [got.path for got in receiver.got] == ["/?token=abc"]
    assert states(web, webhook) == ["delivered"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://192.168.1.1/",
        "https://user:word@example.org/",
        "ftp://example.org/",
        "https://",
    ],
)
def test_an_address_inside_is_refused_with_the_cure(web: Web, url: str) -> None:
    response = web.post("/webhooks", "mesin", {"url": url, "types": ["casetrack.*"]})
    assert refused(response) == (422, "endpoint_refused")
    assert response.get_json()["errors"][0]["at"] == "url"


def test_another_regions_integrator_hears_and_finds_nothing_of_ours(
    web: Web, receiver: Receiver
) -> None:
    officer = Officer("sby.sistem", "integrator", None)
    officers.add_officer(web.world.ctx, "35.78", officer)
    ours = subscribe(web, receiver)
    with receiving() as theirs:
        subscribe(web, theirs, "sby.sistem")
        web.play(web.open()["number"], LETTER_STORY)
        deliver(web)
        assert len(receiver.got) == 4
        assert theirs.got == []
        path = f"/webhooks/{ours['id']}"
        assert refused(web.get(path, "sby.sistem")) == (404, "unknown_webhook")
        number = receiver.got[0].event["subject"]
        gap = web.get(f"/cases/{number}/events", "sby.sistem")
        assert refused(gap) == (404, "unknown_case")
        seen = web.get("/events", "sby.sistem").get_json()["events"]
        assert {event["stream"] for event in seen} == {"administration/35.78"}
