"""SMS and WhatsApp against a gateway on this machine that records what it gets and answers as told."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from casetrack.bootstrap import build
from casetrack.domain.delivery.outside_addresses import Allowed
from casetrack.domain.delivery.receivers import LEASE
from casetrack.domain.errors import BadInput
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.messages.rendering import Rendered
from casetrack.gateways.phone.json_post import GATEWAY, JsonPost
from casetrack.gateways.phone.texting import FileTexter, JsonTexter, Texter, WhatsApp, sms_gateway
from casetrack.gateways.pinned import LARGEST_ANSWER
from casetrack.gateways.posting import Policy
from casetrack.gateways.webhooks.endpoints import to_subscribers
from tests.support.world import settings_for

TO, TOKEN, ID = "+6281234567890", "s3cret-token", "64.72.7.applicant.0123456789abcdef"
MESSAGE = Rendered(
    "",
    'SMR-1: "Selesai"\n{to} – é',
    1,
    "id/sms/case.opened@1",
    ("SMR-1", "Izin", "Selesai.", "https://x"),
)


@dataclass
class Gateway:
    """What it got, and what it answers: status, headers, body; the last answer stays."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    port: int = 0

    def say(self, status: int, document: Any = None, **headers: str) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = [(status, named, body)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def serving() -> Iterator[Gateway]:
    gateway = Gateway()
    gateway.say(200, {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.got.append((self.path, dict(self.headers), json.loads(raw)))
            status, headers, body = gateway.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving() as made:
        yield made


def sms(gateway: Gateway, **settings: str) -> JsonTexter:
    return sms_gateway(gateway.url, **settings)


def whatsapp(gateway: Gateway) -> WhatsApp:
    return WhatsApp(gateway.url, TOKEN, "casetrack_kabar")


def failure(texter: Texter) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        texter.send(TO, MESSAGE, ID)
    for secret in (TO, TO[1:], TOKEN, MESSAGE.text):
        assert secret not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


# --- any gateway that takes JSON --------------------------------------------------------------------


def test_a_gateway_gets_number_text_and_an_id_that_is_the_same_at_a_repeat(
    gateway: Gateway,
) -> None:
    texter = sms(gateway, token=TOKEN)
    texter.send(TO, MESSAGE, ID)
    texter.send(TO, MESSAGE, ID)
    (path, headers, body), again = gateway.got
    assert path == "/v1"
    assert body == {"to": TO, "text": MESSAGE.text, "id": ID}, "no place in a value is filled again"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Idempotency-Key"] == ID
    assert again[2] == body


def test_header_and_body_are_whatever_the_gateway_wants(gateway: Gateway) -> None:
    body = {
        "messages": [{"destinations": [{"to": "{to}"}], "text": "[MPP] {text}", "flash": False}]
    }
    sms(gateway, token=TOKEN, header="X-Key: {token}", body=json.dumps(body)).send(TO, MESSAGE, ID)
    _, headers, got = gateway.got[0]
    assert headers["X-Key"] == TOKEN
    assert "Authorization" not in headers
    assert got["messages"][0] == {
        "destinations": [{"to": TO}],
        "text": f"[MPP] {MESSAGE.text}",
        "flash": False,
    }


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (404, False),
        (410, True),
        (422, True),
        (401, False),
        (403, False),
        (408, False),
        (429, False),
        (500, False),
        (503, False),
        (302, False),
    ],
)
def test_the_status_says_whether_another_attempt_can_help(
    gateway: Gateway, status: int, permanent: bool
) -> None:
    gateway.say(status, {"error": f"no such number {TO}"}, Location="http://127.0.0.1:1/")
    failed = failure(sms(gateway))
    assert failed.permanent is permanent
    assert str(status) in str(failed)
    assert len(gateway.got) == 1, "redirects are not followed"


def test_a_gateway_that_says_it_in_its_json_is_understood(gateway: Gateway) -> None:
    rules = {"field": "messages.0.status", "sent": ["queued", 0], "permanent": ["invalid_number"]}
    texter = sms(gateway, answers=json.dumps(rules))
    for said in ("queued", 0):
        gateway.say(200, {"messages": [{"status": said}]})
        texter.send(TO, MESSAGE, ID)
    gateway.say(200, {"messages": [{"status": "invalid_number"}]})
    failed = failure(texter)
    assert (failed.permanent, "invalid_number" in str(failed)) == (True, True)
    others: list[Any] = [
        {"messages": [{"status": f"no credit for {TO}"}]},
        {"messages": []},
        [],
        "x",
    ]
    for document in others:
        gateway.say(200, document)
        assert failure(texter).permanent is False


@pytest.mark.parametrize(
    ("asked", "wait"), [("120", timedelta(minutes=2)), ("soon", None), (None, None)]
)
def test_what_a_gateway_asks_for_is_passed_on(
    gateway: Gateway, asked: str | None, wait: timedelta | None
) -> None:
    gateway.say(429, {}, **({"Retry_After": asked} if asked else {}))
    assert failure(sms(gateway)).wait == wait


# --- bad days ---------------------------------------------------------------------------------------


def test_a_gateway_that_is_not_there_or_breaks_off_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        breaker = threading.Thread(target=lambda: server.accept()[0].close())
        breaker.start()
        assert failure(sms_gateway(f"http://127.0.0.1:{port}/")).permanent is False
        breaker.join()
    assert failure(sms_gateway(f"http://127.0.0.1:{port}/")).permanent is False


def test_a_gateway_that_dribbles_is_cut_off_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def dribble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b"X-More: x\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=dribble)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        post = JsonPost("CASETRACK_SMS_URL", url, policy=replace(GATEWAY, deadline=0.2))
        with pytest.raises(DeliveryFailed) as caught:
            post({}, {})
        stop.set()
        thread.join()
    assert caught.value.permanent is False


def test_an_endless_answer_is_read_as_far_as_it_matters(gateway: Gateway) -> None:
    gateway.answers = [(200, {}, b'{"a": "' + b"x" * (LARGEST_ANSWER * 4) + b'"}')]
    sms(gateway).send(TO, MESSAGE, ID)


def test_an_answer_that_breaks_off_is_no_answer(gateway: Gateway) -> None:
    gateway.answers = [(200, {"Content-Length": "9", "Connection": "close"}, b'{"a":')]
    failed = failure(sms(gateway))
    assert (failed.permanent, "broke off" in str(failed)) == (False, True)


@pytest.mark.parametrize("policy", [GATEWAY, to_subscribers(Allowed())])
def test_an_attempt_ends_well_before_its_lease(policy: Policy) -> None:
    # The system's resolver may be slow on top of it.
    assert 2 * timedelta(seconds=policy.deadline) < LEASE


# --- the WhatsApp Cloud API -------------------------------------------------------------------------


def test_whatsapp_gets_a_template_with_its_places_filled(gateway: Gateway) -> None:
    gateway.say(200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.X"}]})
    whatsapp(gateway).send(TO, MESSAGE, ID)
    path, headers, body = gateway.got[0]
    assert path == "/v1/messages"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO[1:],
        "type": "template",
        "template": {
            "name": "casetrack_kabar",
            "language": {"code": "id"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": text}
                        for text in ("SMR-1", "Izin", "Selesai.", "https://x")
                    ],
                }
            ],
        },
        "biz_opaque_callback_data": ID,
    }


@pytest.mark.parametrize("code", [131026, 131047, 131049, 131050, 131009])
def test_what_stays_so_gives_way_to_the_next_channel(gateway: Gateway, code: int) -> None:
    gateway.say(400, {"error": {"code": code, "message": f"not {TO}", "type": "OAuthException"}})
    failed = failure(whatsapp(gateway))
    assert (failed.permanent, str(code) in str(failed)) == (True, True)


@pytest.mark.parametrize(
    ("status", "code", "wait"),
    [
        (429, 130429, timedelta(minutes=1)),
        (400, 131048, timedelta(hours=1)),
        (400, 131056, timedelta(minutes=1)),
        (500, 131000, None),
        (401, 190, None),
        (404, 132001, None),
        (400, 100, None),
    ],
)
def test_what_passes_or_is_a_setting_is_tried_again(
    gateway: Gateway, status: int, code: int, wait: timedelta | None
) -> None:
    gateway.say(status, {"error": {"code": code, "message": "x"}})
    failed = failure(whatsapp(gateway))
    assert (failed.permanent, failed.wait) == (False, wait)


def test_whatsapps_own_retry_after_comes_first(gateway: Gateway) -> None:
    gateway.say(429, {"error": {"code": 130429}}, Retry_After="7")
    assert failure(whatsapp(gateway)).wait == timedelta(seconds=7)


@pytest.mark.parametrize("document", [None, [], {"error": "x"}, {"error": {"code": "131026"}}])
def test_an_error_without_a_code_is_tried_again(gateway: Gateway, document: Any) -> None:
    gateway.say(500, document)
    assert failure(whatsapp(gateway)).permanent is False


def test_an_error_with_a_good_status_is_an_error(gateway: Gateway) -> None:
    gateway.say(200, {"error": {"code": 131026}})
    assert failure(whatsapp(gateway)).permanent is True


# --- settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"CASETRACK_SMS_URL": "ftp://x"}, "CASETRACK_SMS_URL"),
        ({"CASETRACK_SMS_URL": "http://gateway.example/"}, "in the clear"),
        ({"CASETRACK_SMS_URL": "https://user:pass@gateway.example/"}, "its own setting"),
        ({"CASETRACK_SMS_URL": "https://gateway.example/#key"}, "what follows #"),
        ({"CASETRACK_SMS_URL": "https:///v1"}, "CASETRACK_SMS_URL"),
        ({"CASETRACK_SMS_TOKEN": "x"}, "CASETRACK_SMS_TOKEN: it says nothing without"),
        (
            {"CASETRACK_SMS_URL": "https://g.example", "CASETRACK_SMS_BODY": "{"},
            "CASETRACK_SMS_BODY",
        ),
        ({"CASETRACK_SMS_URL": "https://g.example", "CASETRACK_SMS_BODY": '{"a": "{to}"}'}, "text"),
        (
            {"CASETRACK_SMS_URL": "https://g.example", "CASETRACK_SMS_ANSWERS": '{"x": 1}'},
            "ANSWERS",
        ),
        ({"CASETRACK_SMS_URL": "https://g.example", "CASETRACK_SMS_HEADER": "none"}, "HEADER"),
        ({"CASETRACK_WHATSAPP_URL": "https://graph.example/v1/1"}, "CASETRACK_WHATSAPP_TOKEN"),
        (
            {
                "CASETRACK_WHATSAPP_URL": "https://graph.example/v1/1",
                "CASETRACK_WHATSAPP_TOKEN": "t",
                "CASETRACK_WHATSAPP_TEMPLATE": "No Such",
            },
            "TEMPLATE",
        ),
    ],
)
def test_a_wrong_setting_stops_the_program_with_its_name_and_without_its_secret(
    tmp_path: Path, settings: dict[str, str], word: str
) -> None:
    with pytest.raises(BadInput, match=word) as refusal:
        build(settings_for(f"sqlite:///{tmp_path}/x.sqlite", tmp_path, **settings))
    assert "pass" not in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


def test_a_file_is_written_whole_for_its_owner_only_and_over_itself(tmp_path: Path) -> None:
    texter = FileTexter(tmp_path / "sms")
    for _ in range(2):
        texter.send(TO, MESSAGE, ID)
    (path,) = (tmp_path / "sms").iterdir()
    assert path.name == f"{ID}.txt"
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text().startswith(f"To: {TO}\n")
