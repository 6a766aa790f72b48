"""Who has to endorse or to sign finds it on a list, whatever it waits for; what is over asks nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.storage import migrate
from casetrack.usecases.case.expiring_products import expire_once
from tests.contract.test_products import fault, made, on
from tests.contract.test_results_that_wait import case_of, run_out, tasks, where
from tests.contract.test_story_of_products import (
    CHANGE,
    PAID,
    REVIEWED,
    WRITTEN,
    act,
    clean,
    opened,
    play,
    products,
)
from tests.contract.test_story_of_signatures import RULES, signing
from tests.contract.test_story_of_signatures import place as place
from tests.support.products import APPLICATION, decided, first_product
from tests.support.signing import OPENS
from tests.support.web import Web

ANEW = {"product": "izin", "written": {"values": {"syarat": "Pukul 08.00 sampai 16.00."}}}


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """The cast: endorsed by a division, signed by Hadi, numbered from outside."""
    world = made(database_url, tmp_path)
    yield Web(world)
    world.close()


@pytest.fixture
def web(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    """The demo, with a certificate of its own."""
    yield from signing(database_url, tmp_path, OwnCertificates(place, OPENS))


def rows(web: Web, name: str, who: str, more: str = "") -> list[dict[str, Any]]:
    page = web.get(f"/worklist?list={name}{more}", who).get_json()
    assert page["counts"][name] == len(page["items"])
    found: list[dict[str, Any]] = page["items"]
    return found


def test_a_paraf_that_a_new_draft_made_void_is_asked_for_anew_of_who_gave_it(office: Web) -> None:
    opened_with = office.open(APPLICATION, "dewi")
    number, code = opened_with["number"], opened_with["access_code"]
    office.play(number, "dewi declare_complete intake\nhadi complete decide")
    assert [row["number"] for row in rows(office, "endorse", "paraf")] == [number]
    on(office, number, "paraf", "endorse")
    assert rows(office, "endorse", "paraf") == []
    assert [row["number"] for row in rows(office, "sign", "hadi")] == [number]
    drawn = office.post(f"/cases/{number}/products", "hadi", ANEW, etag=office.etag(number))
    assert drawn.status_code == 201, drawn.text
    (row,) = rows(office, "endorse", "paraf")
    (product,) = row["products"]
    assert (product["next_endorser"], product["endorsed_before"][0]["officer"]) == (
        "kasubbag",
        "smr.paraf",
    )
    assert rows(office, "sign", "hadi") == [], "it cannot be signed yet"
    refused = on(office, number, "hadi", "sign", 409)
    assert (refused["code"], refused["position"], refused["endorsed_before_by"]) == (
        "not_endorsed",
        "kasubbag",
        "smr.paraf",
    )
    mine = office.get(f"/status/{number}", headers={"X-Access-Code": code}).get_json()
    assert (mine["paraf"]["position"], mine["paraf"]["again"]) == ("kasubbag", True)
    page = office.flask.test_client().post("/status", data={"number": number, "code": code}).text
    assert mine["paraf"]["message"]["id"] in page
    assert "paraf" not in office.get(f"/status/{number}").get_json()
    on(office, number, "paraf", "endorse")
    assert rows(office, "endorse", "paraf") == []
    on(office, number, "hadi", "sign")
    assert fault(office) is None


def test_a_signing_step_whose_certificate_ended_is_on_the_list_of_what_is_to_be_signed(
    web: Web, place: Path
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (row,) = rows(web, "sign", "signer")
    assert (row["number"], row["step"]["id"]) == (number, "sign")
    assert (row["products"][0]["begun"], row["products"][0]["last_try"]) == (None, None)
    good = run_out(place)
    path = f"/cases/{number}/steps/sign/actions"
    body = {"action": "complete"}
    tried = web.post(path, "signer", body, etag=web.etag(number, "auditor"))
    assert tried.get_json()["code"] == "certificate_expired"
    assert case_of(web, number)["waiting_for"] == "signature"
    (row,) = rows(web, "sign", "signer")
    (waiting,) = row["products"]
    assert waiting["begun"]["step"] == "sign"
    assert waiting["last_try"]["outcome"] == "certificate_expired"
    place.write_bytes(good)
    play(web, number, "signer complete sign")
    assert rows(web, "sign", "signer") == []
    (row,) = rows(web, "hand_over", "clerk")
    (permit,) = products(web, number)
    assert (row["products"][0]["number"], row["products"][0]["due_at"]) == (
        permit["number"],
        permit["hand_over_due"],
    )
    web.world.hands.pass_time(days=20)
    (late,) = rows(web, "hand_over", "clerk", "&overdue=true")
    assert datetime.fromisoformat(late["products"][0]["due_at"]) < datetime(2026, 12, 2, tzinfo=UTC)
    clean(web)


def test_what_has_ended_asks_nobody_to_hand_it_over(web: Web) -> None:
    expired, annulled = opened(web), opened(web)
    for number in (expired, annulled):
        play(web, number, REVIEWED + PAID + "signer complete sign")
        assert web.step(number, "hand_over", "auditor")["status"] == "ready"
    why = {**CHANGE, "written": WRITTEN, "hearing": {"why_not": "Pemohon yang meminta."}}
    act(web, annulled, products(web, annulled)[0]["id"], "signer", "annul", reason=why)
    web.world.hands.pass_time(days=366)
    assert expire_once(web.world.ctx) == 1
    for number in (expired, annulled):
        assert web.step(number, "hand_over", "auditor")["status"] == "cancelled"
        assert where(web, number) == ["close"]
    listed = web.get("/worklist?list=work", "clerk").get_json()["items"]
    assert not {expired, annulled} & {row["number"] for row in listed}
    clean(web)


def test_the_paper_of_a_corrected_product_is_not_asked_back_once_it_expired(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    reason = {**CHANGE, "written": RULES}
    act(web, number, permit["id"], "signer", "correct", reason=reason)
    act(web, number, permit["id"], "clerk", "hand_over_again")
    assert where(web, number) == ["take_back"]
    assert case_of(web, number)["product"]["status"] == "corrected"
    web.world.hands.pass_time(days=366)
    assert expire_once(web.world.ctx) == 1
    assert where(web, number) == []
    said = case_of(web, number)["product"]
    assert (said["status"], said["product"], said["ground"]) == ("expired", permit["id"], None)
    clean(web)


def test_what_the_release_before_had_on_no_list_is_put_on_one(web: Web, place: Path) -> None:
    to_sign, begun = opened(web), opened(web)
    for number in (to_sign, begun):
        play(web, number, REVIEWED + PAID)
    run_out(place)
    path = f"/cases/{begun}/steps/sign/actions"
    web.post(path, "signer", {"action": "complete"}, etag=web.etag(begun, "auditor"))
    right = tasks(web)
    assert {task for task, *_ in right.values()} == {"sign"}
    migrate.downgrade(web.world.database, "0052_second")
    assert {task for task, *_ in tasks(web).values()} == {None}
    migrate.upgrade(web.world.database, half="first")
    clean(web)
    migrate.upgrade(web.world.database)
    assert tasks(web) == right
    clean(web)


def test_a_draft_without_its_paraf_is_put_on_the_list_too(office: Web) -> None:
    number = decided(office)
    assert first_product(office, number)["next_endorser"] == "kasubbag"
    right = tasks(office)
    assert right[number][0] == "endorse"
    migrate.downgrade(office.world.database, "0052_second")
    migrate.upgrade(office.world.database)
    assert tasks(office) == right
