"""The door of WhatsApp's webhook: a message that did not arrive goes on, and nothing else changes."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from casetrack.domain.delivery.messages import Message
from casetrack.gateways.phone.delivery_reports import MAX_BYTES
from casetrack.usecases.delivery import deliveries, sets
from casetrack.usecases.delivery.deliveries import Which, failed_channels
from casetrack.usecases.delivery.notify import Teller, ToParty
from casetrack.usecases.people import corrections, subjects
from tests.contract.test_channels import (
    BY_PHONE,
    STATUS,
    attempt,
    deliver,
    only,
    rows,
    sequence,
    untold,
)
from tests.support.web import Web, at_once, refused
from tests.support.world import World
from tests.unit.test_delivery_reports import ANSWER, PHONE, SECRET, TOKEN, call, signature, status

SETTINGS = {
    "CASETRACK_SMS_URL": "files",
    "CASETRACK_WHATSAPP_URL": "http://127.0.0.1:9/v1/106540352242922",
    "CASETRACK_WHATSAPP_TOKEN": "access-token",
    "CASETRACK_WHATSAPP_APP_SECRET": SECRET,
    "CASETRACK_WHATSAPP_VERIFY_TOKEN": TOKEN,
}
PATH = "//gateways/whatsapp"
BY_WHATSAPP = replace(BY_PHONE, channels=("whatsapp",))


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda with WhatsApp, and SMS behind it, on each database in turn."""
    made = World.make(database_url, tmp_path, **SETTINGS)
    yield made
    made.close()


@dataclass
class Door:
    """WhatsApp as it takes messages and calls back, and who pretends to be it."""

    web: Web
    names: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.web.world

    def teller(self) -> Teller:
        def post(message: Message, address: str, message_id: str) -> str:
            assert address == f"+{PHONE}"
            self.names.append(message_id)
            return f"{message.language}/whatsapp/x@1"

        carriers = dict(self.world.app.teller.carriers)
        return Teller({**carriers, "whatsapp": ToParty(self.world.ctx, post, STATUS)})

    def send(self, party: Any = BY_PHONE) -> str:
        """A message that WhatsApp took; gives its name."""
        self.world.open(applicant=party)
        deliver(self.world, self.teller())
        return self.names[-1]

    def status(self, name: str, **more: Any) -> dict[str, Any]:
        """A failure that happens now."""
        now = str(int(self.world.hands.now.timestamp()))
        return status(**{"name": name, "timestamp": now, **more})

    def says(self, *statuses: Any, raw: bytes | None = None, headers: Any = None) -> TestResponse:
        """A call that is signed as it should be, unless it is said how."""
        raw = call(*statuses) if raw is None else raw
        signed = {"X-Hub-Signature-256": signature(raw), **(headers or {})}
        return self.web.call("POST", PATH, raw=raw, headers=signed)

    def counted(self) -> dict[str, float]:
        """What became of the statuses so far, as /metrics tells it."""
        lines = self.web.get("//metrics").text.splitlines()
        found = [line for line in lines if line.startswith("casetrack_delivery_reports_total{")]
        return {line.split('outcome="')[1].split('"')[0]: float(line.split()[-1]) for line in found}


@pytest.fixture
def door(world: World) -> Door:
    return Door(Web(world))


def test_a_message_that_did_not_arrive_goes_on_by_the_next_channel(door: Door) -> None:
    name = door.send()
    assert (only(door.world).channel, only(door.world).state) == ("whatsapp", "delivered")
    response = door.says(door.status(name))
    assert (response.status_code, response.get_json()) == (200, {"ok": True})
    row = only(door.world)
    assert (row.channel, row.state) == ("sms", "pending")
    assert [(each["channel"], each["error"]) for each in failed_channels(row)] == [
        ("whatsapp", "WhatsApp said later that it failed (131026)")
    ]
    attempt(door.world, row.lane, door.teller())
    assert (only(door.world).channel, only(door.world).state) == ("sms", "delivered")
    assert len(list((door.world.mail.parent / "sms").glob("*.txt"))) == 1
    assert door.counted() == {"sms": 1.0}


def test_after_the_last_channel_the_person_is_to_be_told_in_person(door: Door) -> None:
    name = door.send(BY_WHATSAPP)
    assert door.says(door.status(name, code=131050)).status_code == 200
    assert (only(door.world).state, only(door.world).last_error) == (
        "given_up",
        "WhatsApp said later that it failed (131050)",
    )
    (item,) = untold(door.world)
    assert (item["why"], item["tried"]) == ("given_up", ["whatsapp"])


def test_what_is_said_again_or_in_another_order_changes_nothing(door: Door) -> None:
    name = door.send()
    failed, sent = door.status(name), door.status(name, kind="sent")
    for statuses in ((failed, failed), (failed,), (sent, failed), (sent,)):
        assert door.says(*statuses).status_code == 200
    row = only(door.world)
    assert (row.channel, row.state, len(failed_channels(row))) == ("sms", "pending", 1)
    assert door.counted() == {"sms": 1.0, "unknown": 3.0, "arrived": 2.0}


@pytest.mark.parametrize("kind", ["sent", "delivered", "read"])
def test_that_it_arrived_or_was_read_is_kept_nowhere(door: Door, kind: str) -> None:
    name = door.send()
    before = only(door.world)
    assert door.says(door.status(name, kind=kind)).status_code == 200
    assert only(door.world) == before
    assert door.counted() == {"arrived": 1.0}


@pytest.mark.parametrize("code", [131042, 131048, 130429, 131000])
def test_a_failure_for_a_reason_of_ours_leaves_nobody_untold_either(door: Door, code: int) -> None:
    name = door.send(BY_WHATSAPP)
    assert door.says(door.status(name, code=code)).status_code == 200
    row = only(door.world)
    assert (row.state, row.last_error) == (
        "given_up",
        f"WhatsApp said later that it failed ({code})",
    )
    assert door.counted() == {"in_person": 1.0}
    # Once the trouble is over, the operator sends again what was given up.
    (again,) = deliveries.retry(door.world.ctx, Which(number=row.number))
    attempt(door.world, again.lane, door.teller())
    assert only(door.world).state == "delivered"


def test_a_name_that_is_not_sealed_for_this_person_changes_nothing(door: Door) -> None:
    name = door.send()
    region, seal = name.rsplit(".", 3)[0], name.rpartition(".")[2]
    before = only(door.world)
    for forged in (
        f"{name.rpartition('.')[0]}.{'0' * 16}",
        name.replace("applicant", "payer"),
        f"{region}.{before.position + 1}.applicant.{seal}",
        f"{region}.999999999999999.applicant.{seal}",
        f"99.99.{before.position}.applicant.{seal}",
        "somebody-elses-campaign-7",
    ):
        assert door.says(door.status(forged)).status_code == 200, forged
    assert only(door.world) == before
    assert door.counted() == {"unknown": 5.0, "no_message_of_ours": 1.0}


def test_a_message_to_a_number_that_was_corrected_since_changes_nothing(door: Door) -> None:
    name = door.send()
    (budi,) = subjects.by_case(door.world.ctx, only(door.world).number)
    corrections.correct(door.world.ctx, budi, {"phone": "+6281200000001"})
    assert door.says(door.status(name)).status_code == 200
    assert (only(door.world).channel, only(door.world).state) == ("whatsapp", "delivered")


def test_a_word_about_an_earlier_attempt_does_not_undo_what_was_sent_again(door: Door) -> None:
    name = door.send(BY_WHATSAPP)
    old = door.status(name)
    assert door.says(old).status_code == 200
    door.world.hands.pass_time(minutes=30)
    (again,) = deliveries.retry(door.world.ctx, Which(number=only(door.world).number))
    attempt(door.world, again.lane, door.teller())
    assert door.names[-1] == name
    assert door.says(old).status_code == 200
    assert only(door.world).state == "delivered"
    assert door.says(door.status(name)).status_code == 200
    assert only(door.world).state == "given_up"


def test_a_word_that_comes_before_the_attempt_has_ended_is_asked_for_again(door: Door) -> None:
    """WhatsApp may call back before its own answer to us is written down."""
    name = door.send()
    door.names.clear()
    world = door.world
    world.act(only(world).number, "dewi", "declare_complete", "intake")
    ((region, queue),) = dict.fromkeys(sequence(world))
    seen: list[int] = []

    def post(message: Message, address: str, message_id: str) -> str:
        door.names.append(message_id)
        response = door.says(door.status(message_id), door.status(name))
        seen.append(response.status_code)
        assert int(response.headers["Retry-After"]) > 0
        return "id/whatsapp/x@1"

    teller = Teller({"whatsapp": ToParty(world.ctx, post, STATUS)})
    sets.work_on(world.ctx, region, queue, teller, lambda: 0.5, 1)
    assert seen == [503]
    assert [(r.channel, r.state) for r in rows(world)] == [
        ("sms", "pending"),
        ("whatsapp", "delivered"),
    ], "the other word of the same call was taken"
    assert door.says(door.status(door.names[-1]), door.status(name)).status_code == 200
    assert [(r.channel, r.state) for r in rows(world)] == [("sms", "pending")] * 2


def test_an_old_word_is_not_asked_for_again_while_another_channel_is_at_work(door: Door) -> None:
    name = door.send()
    said = door.status(name)
    door.says(said)
    answers: list[int] = []

    def sms(message: Message, address: str, message_id: str) -> str:
        answers.append(door.says(said).status_code)
        return "id/sms/x@1"

    teller = Teller({"sms": ToParty(door.world.ctx, sms, STATUS)})
    attempt(door.world, only(door.world).lane, teller)
    assert answers == [200]
    assert (only(door.world).channel, only(door.world).state) == ("sms", "delivered")


def test_who_cannot_sign_is_refused_whatever_they_say(door: Door) -> None:
    name = door.send()
    raw = call(door.status(name))
    before = only(door.world)
    for headers in (
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": signature(raw, "another secret")},
        {"X-Hub-Signature-256": signature(raw + b" ")},
        {"X-Hub-Signature-256": signature(raw).removeprefix("sha256=")},
        {"X-Hub-Signature": signature(raw), "X-Hub-Signature-256": "sha1=0"},
    ):
        assert refused(door.says(raw=raw, headers=headers)) == (403, "wrong_signature"), headers
    unsigned = door.web.call("POST", PATH, "dewi", raw=raw)
    assert refused(unsigned) == (403, "wrong_signature")
    assert only(door.world) == before
    assert door.counted() == {}


def test_what_is_too_large_or_no_json_is_refused(door: Door) -> None:
    large = b" " * (MAX_BYTES + 1)
    assert refused(door.says(raw=large)) == (413, "body_too_large")
    assert refused(door.says(raw=b"{")) == (422, "malformed_json")
    assert refused(door.says(raw=b"[" * 100_000)) == (422, "malformed_json")
    many = [status("delivered") for _ in range(3000)]
    assert len(call(*many)) > 256 * 1024, "larger than what the API takes"
    assert door.says(*many).status_code == 200


def test_the_webhook_is_set_up_by_who_knows_the_token(door: Door) -> None:
    asked = f"?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={TOKEN}"
    response = door.web.get(PATH + asked)
    assert (response.status_code, response.text) == (200, "1158201444")
    assert response.content_type.startswith("text/plain")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    for wrong in ("", "?hub.mode=subscribe", asked + "x", asked.replace("subscribe", "x")):
        assert refused(door.web.get(PATH + wrong)) == (403, "wrong_verify_token")
    assert refused(door.web.call("PUT", PATH)) == (405, "method_not_allowed")


def test_nothing_of_a_person_is_logged_and_nothing_of_what_people_write_is_kept(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    name = door.send()
    with caplog.at_level(logging.DEBUG):
        door.says(door.status(name), status(name="x"))
        door.says(raw=call(**ANSWER))
        door.says(door.status(name), headers={"X-Hub-Signature-256": "sha256=" + "0" * 64})
        door.web.get(f"{PATH}?hub.verify_token={TOKEN}")
    said = "\n".join(f"{r.getMessage()} {getattr(r, 'about', '')}" for r in caplog.records)
    assert "'done': {'no_message_of_ours': 1, 'sms': 1}" in said
    for word in (PHONE, name, "wamid", "Budi", "Terima kasih", SECRET, TOKEN):
        assert word not in said
    assert PHONE not in json.dumps(door.counted())


def test_without_the_settings_the_door_is_not_there(database_url: str, tmp_path: Path) -> None:
    world = World.make(database_url, tmp_path)
    try:
        web = Web(world)
        raw = call(status())
        assert refused(web.get(f"{PATH}?hub.mode=subscribe&hub.verify_token=")) == (
            404,
            "unknown_path",
        )
        signed = {"X-Hub-Signature-256": signature(raw, "")}
        assert refused(web.call("POST", PATH, raw=raw, headers=signed)) == (404, "unknown_path")
    finally:
        world.close()


def test_two_calls_at_the_same_time_move_it_once(door: Door) -> None:
    name = door.send()
    answers = at_once(4, lambda _: door.says(door.status(name)).status_code)
    assert answers == [200] * 4
    assert len(failed_channels(only(door.world))) == 1
    assert only(door.world).channel == "sms"


def test_what_stands_outside_the_api_is_this_and_nothing_else(door: Door) -> None:
    """Its own doors are not in the API's table of routes: each of them is described somewhere."""
    rules = {rule.rule for rule in door.web.flask.url_map.iter_rules()}
    assert {rule for rule in rules if not rule.startswith("/api/v1/")} == {
        "/",
        "/akun",
        "/akun/sesi",
        "/akun/sandi",
        "/keluar",
        "/kelola/petugas",
        "/kerja",
        "/masuk",
        "/masuk/lagi",
        "/masuk/undangan/<secret>",
        "/status",
        "/status/berkas",
        "/survei/<number>",
        "/verifikasi",
        "/verifikasi/<path:id_or_number>",
        "/healthz",
        "/readyz",
        "/metrics",
        "/pengaduan",
        "/pengaduan/<number>",
        "/gateways/treasury/<region>",
        "/gateways/whatsapp",
        "/static/<path:filename>",
    }
    docs = Path(__file__).resolve().parent.parent.parent / "docs"
    assert "/gateways/whatsapp" in (docs / "channels.md").read_text()
    assert "/gateways/treasury/{region}" in (docs / "api.md").read_text()


def test_a_word_after_a_day_counts_still(door: Door) -> None:
    name = door.send()
    door.world.hands.now += timedelta(days=1)
    assert door.says(door.status(name)).status_code == 200
    assert only(door.world).channel == "sms"
