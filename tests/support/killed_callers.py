"""Those who tell of payments and issue bills, as processes to be killed and started again."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from casetrack.bootstrap import App, build
from casetrack.config import Settings
from casetrack.domain.access import Actor
from casetrack.gateways.webhooks import signatures
from casetrack.usecases.case import payment_files
from casetrack.web.app import create_app
from tests.support.world import SAMARINDA

#: What is answered to who signs again what is signed; another 409 is not the end.
_SIGNED = ("product_state", "idempotency_key_reused")
Asked = Callable[[], TestResponse]


def load(settings: Settings, path: Path) -> None:
    """Load a bank's file in small sets."""
    payment_files.AT_ONCE, payment_files.SET = 10_000, 2
    app = build(settings, wake=lambda: None)
    actor = Actor("officer", "smr.ika", SAMARINDA, "officer", "bapenda")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with path.open("rb") as file:
        payment_files.load_file(app.ctx, actor, "kas-daerah", file, sha256)


def tell(settings: Settings, key: str, calls: Sequence[Mapping[str, Any]]) -> None:
    """The treasury's system tells of payments, some at once."""
    app = build(settings, wake=lambda: None)
    flask = create_app(app)
    _until_answered([partial(_told, app, flask, key, call) for call in calls])


def issue(settings: Settings, token: str, numbers: Sequence[str]) -> None:
    """Clerks issue the bills of these cases, some at once."""
    flask = create_app(build(settings, wake=lambda: None))
    _until_answered([partial(_issued, flask, token, number) for number in numbers])


def sign(settings: Settings, path: Path) -> None:
    """Officers sign these drafts, some at once; the file says what and at which moment."""
    work = json.loads(path.read_text())
    now = datetime.fromisoformat(work["now"])
    flask = create_app(build(settings, wake=lambda: None, clock=lambda: now))
    drafts = [(each["number"], each["product"]) for each in work["all"]]
    _until_answered([partial(_signed, flask, work["token"], *draft) for draft in drafts], _SIGNED)


def _signed(flask: Flask, token: str, number: str, product: str) -> TestResponse:
    head, path = {"Authorization": f"Bearer {token}"}, f"/api/v1/cases/{number}"
    etag = flask.test_client().get(path, headers=head).headers["ETag"]
    head |= {"If-Match": etag, "Idempotency-Key": f"sign-{number}"}
    door = f"{path}/products/{product}/actions"
    return flask.test_client().post(door, json={"action": "sign"}, headers=head)


def _told(app: App, flask: Flask, key: str, call: Mapping[str, Any]) -> TestResponse:
    raw = json.dumps(call).encode()
    moment = int(app.ctx.database.now().timestamp())
    headers = signatures.headers([key], "msg", moment, raw)
    return flask.test_client().post(f"/gateways/treasury/{SAMARINDA}", data=raw, headers=headers)


def _issued(flask: Flask, token: str, number: str) -> TestResponse:
    head, path = {"Authorization": f"Bearer {token}"}, f"/api/v1/cases/{number}"
    etag = flask.test_client().get(path, headers=head).headers["ETag"]
    head |= {"If-Match": etag, "Idempotency-Key": number}
    return flask.test_client().post(f"{path}/bills", json={"step": "pay"}, headers=head)


def _until_answered(all_asked: Sequence[Asked], done: Sequence[str] = ()) -> None:
    """Each says again what was not answered, as a bank's or a clerk's system does."""
    with ThreadPoolExecutor(4) as callers:
        list(callers.map(partial(_repeat, done), all_asked))


def _repeat(done: Sequence[str], asked: Asked) -> None:
    for _ in range(100):
        answer = asked()
        said = answer.get_json(silent=True) or {}
        if answer.status_code < 300 or said.get("code") in done:
            return
        if not done and answer.status_code == 409:
            return
        time.sleep(0.02)
    raise SystemExit("never answered")
