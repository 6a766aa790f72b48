"""Those who tell of payments and issue bills, as processes to be killed and started again."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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


def _told(app: App, flask: Flask, key: str, call: Mapping[str, Any]) -> TestResponse:
    raw = flask.json.dumps(call).encode()
    moment = int(app.ctx.database.now().timestamp())
    headers = signatures.headers([key], "msg", moment, raw)
    return flask.test_client().post(f"/gateways/treasury/{SAMARINDA}", data=raw, headers=headers)


def _issued(flask: Flask, token: str, number: str) -> TestResponse:
    head, path = {"Authorization": f"Bearer {token}"}, f"/api/v1/cases/{number}"
    etag = flask.test_client().get(path, headers=head).headers["ETag"]
    head |= {"If-Match": etag, "Idempotency-Key": number}
    return flask.test_client().post(f"{path}/bills", json={"step": "pay"}, headers=head)


def _until_answered(all_asked: Sequence[Asked]) -> None:
    """Each says again what was not answered, as a bank's or a clerk's system does."""
    with ThreadPoolExecutor(4) as callers:
        list(callers.map(_repeat, all_asked))


def _repeat(asked: Asked) -> None:
    for _ in range(100):
        answer = asked()
        if answer.status_code < 300 or answer.status_code == 409:
            return
        time.sleep(0.02)
    raise SystemExit("never answered")
