"""The treasury's system tells of a payment by a signed call, once and again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.gateways.webhooks import signatures
from casetrack.usecases.case import treasury_keys
from casetrack.usecases.proof.verify import verify
from tests.support.money import PAID, billed, code_of, world_of_money
from tests.support.web import Web
from tests.support.world import SAMARINDA


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = world_of_money(database_url, tmp_path)
    yield Web(world)
    world.close()


def call(web: Web, secret: str, code: str, *, late: int = 0, **more: Any) -> Any:
    body = {"account": "kas-daerah", "code": code, "amount": PAID, "reference": "T1", **more}
    raw = json.dumps(body).encode()
    moment = int(web.world.hands.now.timestamp()) - late
    headers = signatures.headers([secret], "msg_1", moment, raw)
    path = f"//gateways/treasury/{SAMARINDA}"
    return web.call("POST", path, raw=raw, headers=headers)


def rotate(web: Web, days: int = 7) -> str:
    return treasury_keys.rotate(web.world.ctx, SAMARINDA, days, "operator")


def test_a_signed_call_confirms_the_bill_once_however_often_it_comes(office: Web) -> None:
    secret, number = rotate(office), billed(office)
    code = code_of(office, number)
    said = [call(office, secret, code).get_json() for _ in range(3)]
    assert said == [{"state": "confirmed", "why": None}] * 3
    assert office.step(number, "sign")["status"] == "ready"
    events = office.get(f"/cases/{number}/events", "audit").get_json()["items"]
    paid = [event for event in events if event["type"] == "casetrack.bill.confirmed"]
    assert [event["data"]["payment"]["source"] for event in paid] == ["call"]
    assert verify(office.world.ctx, progress=lambda _: None).fault is None


def test_what_differs_is_on_the_list_and_never_paid(office: Web) -> None:
    secret, number = rotate(office), billed(office)
    said = call(office, secret, code_of(office, number), amount=1).get_json()
    assert said == {"state": "unmatched", "why": "amount_differs"}
    (listed,) = office.get("/payments/unmatched", "ika").get_json()["items"]
    assert (listed["number"], listed["amount"], listed["file"]) == (number, 1, None)


def test_an_unsigned_an_old_and_a_changed_call_are_refused(office: Web) -> None:
    assert call(office, "whsec_c2VjcmV0", "6472").status_code == 404
    secret, code = rotate(office), code_of(office, billed(office))
    assert call(office, "whsec_c2VjcmV0", code).status_code == 403
    assert call(office, secret, code, late=301).status_code == 403
    assert call(office, secret, code, late=-301).status_code == 403
    assert call(office, secret, code, account="lain").status_code == 422
    assert call(office, secret, code, amount=0).status_code == 422
    assert call(office, secret, code, late=299).get_json()["state"] == "confirmed"


def test_the_secret_before_works_for_some_days_and_then_no_more(office: Web) -> None:
    before, now = rotate(office), rotate(office, days=7)
    code = code_of(office, billed(office))
    assert before != now
    assert call(office, before, code).status_code == 200
    office.world.hands.pass_time(days=8)
    assert call(office, before, code).status_code == 403
    assert call(office, now, code).get_json() == {"state": "confirmed", "why": None}
