"""What WhatsApp says later: only failures of our messages are read, and only from who can sign."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casetrack.config import load
from casetrack.domain.errors import BadInput
from casetrack.gateways.phone.delivery_reports import Report, challenge, is_genuine, read

NAME = "64.72.1234.applicant.0123456789abcdef"
SECRET, TOKEN = "app-secret-of-the-tests", "verify-token-of-the-tests"
AT = datetime(2026, 11, 23, 1, 0, 30, tzinfo=UTC)
PHONE = "6281234567890"


def status(
    kind: str = "failed", name: Any = NAME, code: Any = 131026, **more: Any
) -> dict[str, Any]:
    """One status, as the reference of the Cloud API's webhooks shows it."""
    told: dict[str, Any] = {
        "id": "wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABEYEjgxQkVFRDVBQTVDODFDOTg3MQA=",
        "status": kind,
        "timestamp": str(int(AT.timestamp())),
        "recipient_id": PHONE,
    }
    if name is not None:
        told["biz_opaque_callback_data"] = name
    if kind == "failed":
        told["errors"] = [
            {
                "code": code,
                "title": "Message undeliverable",
                "message": "Message undeliverable",
                "error_data": {"details": "Message Undeliverable."},
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }
        ]
    elif kind in ("sent", "delivered"):
        told["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": "utility",
        }
    return {**told, **more}


def call(*statuses: Any, **more: Any) -> bytes:
    """One call of the webhook."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62541123456", "phone_number_id": "106540352242922"},
        "statuses": list(statuses),
        **more,
    }
    entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


#: What a person writes back comes by the same door.
ANSWER: Mapping[str, Any] = {
    "contacts": [{"profile": {"name": "Budi Santoso"}, "wa_id": PHONE}],
    "messages": [
        {
            "from": PHONE,
            "id": "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
            "timestamp": "1764000000",
            "text": {"body": "Terima kasih"},
            "type": "text",
        }
    ],
}


def signature(raw: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def test_a_failure_of_a_message_of_ours_is_read_with_its_code_and_its_time() -> None:
    told = read(call(status()))
    assert told.failed == [Report("64.72", 1234, "applicant", "0123456789abcdef", 131026, AT)]
    assert not told.ignored


def test_of_several_codes_the_first_is_told() -> None:
    errors = [{"code": 131026}, {"code": 131042}]
    (report,) = read(call(status(errors=errors))).failed
    assert report.code == 131026


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (status("sent"), "arrived"),
        (status("delivered"), "arrived"),
        (status("read"), "arrived"),
        (status("deleted"), "unknown_status"),
        (status(name=None), "no_message_of_ours"),
        (status(name=7), "no_message_of_ours"),
        (status(name=f"{NAME}.more"), "no_message_of_ours"),
        (status(name=f" {NAME}"), "no_message_of_ours"),
        (status(name=NAME.rpartition(".")[0]), "no_message_of_ours"),
        (status(name=NAME.upper()), "no_message_of_ours"),
        (status(errors=[]), "no_reason"),
        (status(errors=None), "no_reason"),
        (status(errors="131026"), "no_reason"),
        (status(code="131026"), "no_reason"),
        (status(code=True), "no_reason"),
        (status(timestamp=None), "no_reason"),
        (status(timestamp="yesterday"), "no_reason"),
        (status(timestamp="9" * 12), "no_reason"),
    ],
)
def test_everything_else_changes_nothing_and_is_counted_by_why(told: Any, why: str) -> None:
    read_ = read(call(told, status()))
    assert (len(read_.failed), read_.ignored) == (1, Counter({why: 1}))


@pytest.mark.parametrize(
    "raw",
    [
        call(**ANSWER),
        call(None, 7, [], "x"),
        b"{}",
        b"[]",
        b"null",
        b'{"entry": {}}',
        b'{"entry": [{"changes": [{"value": []}]}]}',
        b'{"entry": [{"changes": [{"value": {"statuses": {"status": "failed"}}}]}]}',
    ],
)
def test_what_people_write_and_what_we_do_not_know_is_not_looked_at(raw: bytes) -> None:
    told = read(raw)
    assert (told.failed, told.ignored) == ([], Counter())


@pytest.mark.parametrize(
    "raw", [b"", b"x", b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_what_is_no_json_is_an_error_of_one_kind(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(raw)


_KEYS = st.sampled_from(
    ["entry", "changes", "value", "statuses", "status", "errors", "code", "timestamp"]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.just("failed")


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner)))
@example(
    {"entry": [{"changes": [{"value": {"statuses": [{"status": "failed", "errors": [{}]}]}}]}]}
)
def test_no_document_makes_it_stumble(document: Any) -> None:
    assert read(json.dumps(document).encode()).failed == []


# --- who may say it -------------------------------------------------------------------------------


def test_only_who_knows_the_secret_can_sign() -> None:
    raw = call(status())
    good = signature(raw)
    assert is_genuine(SECRET, raw, good)
    for wrong in (
        None,
        "",
        good.removeprefix("sha256="),
        good.upper(),
        good[:-1],
        good + "0",
        f"{good},{good}",
        good.replace("sha256=", "sha1="),
        signature(raw, "another"),
        signature(raw, ""),
        "sha256=" + "é" * 64,
        "sha256=" + "0" * 64,
        "\udcff",
    ):
        assert not is_genuine(SECRET, raw, wrong), wrong
    for place in range(0, len(raw), 7):
        tampered = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert not is_genuine(SECRET, tampered, good)


def test_the_challenge_is_given_back_to_who_knows_the_token() -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}
    assert challenge(TOKEN, asked) == "1158201444"
    for change in (
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": TOKEN + "x"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "é"},
        {"hub.challenge": ""},
        {"hub.challenge": "<script> "},
        {"hub.challenge": "1" * 257},
        {"hub.challenge": "1\n2"},
    ):
        assert challenge(TOKEN, {**asked, **change}) is None, change
    assert challenge(TOKEN, {}) is None


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"APP_SECRET": SECRET}, "CASETRACK_WHATSAPP_VERIFY_TOKEN"),
        ({"VERIFY_TOKEN": TOKEN}, "CASETRACK_WHATSAPP_APP_SECRET"),
    ],
)
def test_one_of_the_two_settings_says_nothing_without_the_other(
    settings: dict[str, str], named: str
) -> None:
    given = {f"CASETRACK_WHATSAPP_{name}": value for name, value in settings.items()}
    gateway = {"CASETRACK_WHATSAPP_URL": "https://graph.example/v1/7"}
    with pytest.raises(BadInput, match=named) as refused:
        load({**gateway, **given})
    assert SECRET not in str(refused.value)
    assert TOKEN not in str(refused.value)
    with pytest.raises(BadInput, match="says nothing without CASETRACK_WHATSAPP_URL"):
        load(given)


def test_without_settings_nobody_may_say_anything() -> None:
    texting = load({}).texting
    assert (texting.whatsapp_app_secret, texting.whatsapp_verify_token) == (None, None)
