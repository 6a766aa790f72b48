"""Signatures against the libraries that receivers use, and bodies against schema and SDK."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cloudevents.core.formats.json import JSONFormat
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from casetrack.gateways.webhooks import signatures
from tests.conftest import need
from tests.contract.test_webhooks import deliver, subscribe
from tests.support.receiver import Got, receiving
from tests.support.web import BILLBOARD, Web
from tests.support.world import BILLBOARD_STORY, World

_VERIFY_JS = """
const { Webhook } = require("standardwebhooks");
const lines = require("fs").readFileSync(0, "utf8").trim().split("\\n").map((l) => JSON.parse(l));
const out = lines.map(({ secret, headers, body }) => {
  try { new Webhook(secret).verify(body, headers); return "ok"; } catch (e) { return "refused"; }
});
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], list[Got]]]:
    """A billboard permit from intake to hand-over, heard by an HMAC and by an Ed25519 subscriber."""
    folder = tmp_path_factory.mktemp("story")
    world = World.make(f"sqlite:///{folder / 'casetrack.sqlite'}", folder)
    # Receivers refuse what is older than five minutes, so the clock is the world's.
    world.hands.now = datetime.now(UTC)
    web = Web(world)
    with receiving() as one, receiving() as other:
        secrets = {"hmac": subscribe(web, one)["secret"],
                   "ed25519": subscribe(web, other, signing="ed25519")["secret"]}  # fmt: skip
        number = web.open(BILLBOARD)["number"]
        web.play(number, BILLBOARD_STORY)
        deliver(web)
        assert len(one.got) == len(other.got) == 9
        yield secrets, [*one.got, *other.got]
    world.close()


def _python_verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def _three(got: Got) -> dict[str, str]:
    return {name: got.headers[name] for name in got.headers if name.startswith("webhook-")}


def _tampered(headers: dict[str, str], body: bytes) -> list[tuple[dict[str, str], bytes]]:
    """One thing changed in each: body, id, time, signature."""
    signature = headers["webhook-signature"]
    return [
        (headers, body.replace(b"specversion", b"specversioN", 1)),
        (headers, body + b" "),
        ({**headers, "webhook-id": headers["webhook-id"] + "0"}, body),
        ({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body),
        ({**headers, "webhook-signature": f"v1,{'A' * 43}="}, body),
        ({**headers, "webhook-signature": signature.replace("v1,", "v2,")}, body),
    ]


def test_the_python_library_takes_every_delivery_and_no_tampered_one(
    story: tuple[dict[str, str], list[Got]],
) -> None:
    secrets, got = story
    for each in got[:9]:
        assert _python_verifies(secrets["hmac"], _three(each), each.body)
        assert not _python_verifies("whsec_" + "B" * 44, _three(each), each.body)
        for headers, body in _tampered(_three(each), each.body):
            assert not _python_verifies(secrets["hmac"], headers, body)


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package `standardwebhooks` in it."""
    found = shutil.which("npm") is not None and shutil.which("node") is not None
    need(found and os.environ.get("CASETRACK_TEST_SERVICES") != "none", "node with npm")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text("{}")
    installed = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "standardwebhooks@1"],
        cwd=folder, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    need(installed.returncode == 0, "the npm package standardwebhooks")
    (folder / "verify.js").write_text(_VERIFY_JS)
    return folder


def test_the_npm_library_takes_every_delivery_and_no_tampered_one(
    story: tuple[dict[str, str], list[Got]], npm: Path
) -> None:
    secrets, got = story
    asked, wanted = [], []
    for each in got[:9]:
        right = [(_three(each), each.body)]
        for headers, body in right + _tampered(_three(each), each.body):
            asked.append({"secret": secrets["hmac"], "headers": headers, "body": body.decode()})
            wanted.append("ok" if (headers, body) == right[0] else "refused")
    lines = "\n".join(json.dumps(each) for each in asked)
    said = subprocess.run(
        ["node", "verify.js"], cwd=npm, input=lines.encode(), capture_output=True, timeout=60,
        check=True,
    )  # fmt: skip
    assert json.loads(said.stdout) == wanted
    assert wanted.count("ok") == 9


def _ed25519_verifies(public: str, headers: dict[str, str], body: bytes) -> bool:
    """The specification by hand: neither library knows `v1a` yet."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for part in headers["webhook-signature"].split():
        version, _, signature = part.partition(",")
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(signature), signed)
        except InvalidSignature:
            continue
        return True
    return False


def test_an_ed25519_subscriber_verifies_with_the_public_key_alone(
    story: tuple[dict[str, str], list[Got]],
) -> None:
    secrets, got = story
    assert secrets["ed25519"].startswith("whpk_")
    for each in got[9:]:
        assert _ed25519_verifies(secrets["ed25519"], _three(each), each.body)
        for headers, body in _tampered(_three(each), each.body)[:5]:
            assert not _ed25519_verifies(secrets["ed25519"], headers, body)


def test_the_published_vector_is_signed_as_published(shared: Path) -> None:
    vector = json.loads((shared / "vectors" / "standard_webhooks.json").read_text())
    sign = vector["sign"]
    made = signatures.headers(
        [sign["secret"]],
        sign["webhook-id"],
        int(sign["webhook-timestamp"]),
        sign["payload"].encode(),
    )
    assert made["webhook-signature"] == sign["webhook-signature"]
    assert made["webhook-signature"] != vector["reject_signature"]


def test_both_secrets_of_a_rotation_are_taken(tmp_path: Path) -> None:
    now = int(datetime.now(UTC).timestamp())
    old, new = (signatures.new_secret("hmac", os.urandom) for _ in range(2))
    headers = signatures.headers([new, old], "evt_1", now, b"{}")
    for secret in (old, new):
        assert _python_verifies(secret, headers, b"{}")


# --- bodies ---------------------------------------------------------------------------------------


def test_bodies_are_cloudevents_by_schema_and_by_the_sdk(
    story: tuple[dict[str, str], list[Got]], shared: Path
) -> None:
    schema = json.loads((shared / "schemas" / "cloudevents.schema.json").read_text())
    validator: Any = jsonschema_rs.validator_for(schema)
    for each in story[1]:
        event = each.event
        validator.validate(event)
        assert not validator.is_valid({k: v for k, v in event.items() if k != "source"})
        read = JSONFormat().read(None, each.body)
        assert read.get_id() == event["id"] == each.id
        assert read.get_type() == event["type"]
        assert read.get_extension("sequence") == event["sequence"]
        assert read.get_extension("position") == event["position"]


def test_a_body_says_so_much_that_nobody_must_ask(
    story: tuple[dict[str, str], list[Got]],
) -> None:
    by_type = {got.event["type"]: got.event["data"] for got in story[1][:9]}
    opened = by_type["casetrack.case.opened"]
    assert opened["service"] == {"id": "izin-reklame", "version": 1}
    assert (opened["status"], opened["holder"]) == ("submitted", "dpmptsp")
    done = by_type["casetrack.step.completed"]
    assert set(done["step"]) == {"id", "agency", "kind", "status", "result", "due_at"}
    assert done["change"]["action"] in ("complete", "record_payment")
    assert done["actor"]["agency"] in ("dlh", "dishub", "dpmptsp", "bapenda")
    text = json.dumps(by_type)
    for secret in ("smr.", "access_digest", "hmac", "Budi", "6472010101900001"):
        assert secret not in text
