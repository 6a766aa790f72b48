"""What was decided and cannot be given out yet, or not any more: who sees it, and what they are told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casetrack.gateways.signing import certificates
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.storage import migrate, schema
from casetrack.usecases.case.expiring_products import expire_once
from tests.contract.test_signed_when_issued import OUTSIDE, SAID, issuing, made
from tests.contract.test_signed_when_issued import act as on_licence
from tests.contract.test_story_of_products import (
    BILLBOARD,
    CHANGE,
    PAID,
    REVIEWED,
    WRITTEN,
    act,
    clean,
    opened,
    play,
    products,
    whole,
)
from tests.contract.test_story_of_signatures import RULES, signing
from tests.contract.test_story_of_signatures import place as place
from tests.support import demo
from tests.support.products import decided, first_product, licence
from tests.support.signing import OPENS
from tests.support.web import APPLICANT, Web

LISTS = ("hand_over", "sign", "issue", "close", "take_back")


@pytest.fixture
def web(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    """The demo, with a certificate of its own."""
    yield from signing(database_url, tmp_path, OwnCertificates(place, OPENS))


@pytest.fixture
def later(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    """The cast, whose permits a step issues."""
    yield from made(database_url, tmp_path, OwnCertificates(place, OPENS), issuing())


def run_out(place: Path) -> bytes:
    """The certificate has ended; gives the one of before."""
    good = place.read_bytes()
    past = datetime.now(UTC) - timedelta(days=91)
    place.write_bytes(certificates.trial("Kota Contoh", OPENS, since=past))
    return good


def where(web: Web, number: str, who: str = "clerk") -> list[str]:
    """On which lists of results their agency finds the case."""
    found = []
    for name in LISTS:
        page = web.get(f"/worklist?list={name}", who).get_json()
        assert page["counts"][name] == len(page["items"])
        found += [name for item in page["items"] if item["number"] == number]
    return found


def case_of(web: Web, number: str, who: str = "clerk") -> dict[str, Any]:
    found: dict[str, Any] = web.get(f"/cases/{number}", who).get_json()
    return found


def warned(answer: Any) -> Sequence[tuple[str, str]]:
    view = answer if isinstance(answer, dict) else answer.get_json()
    return [(each["at"], each["message"]) for each in view.get("warnings", ())]


def hand_over(web: Web, number: str, who: str = "clerk", reader: str = "auditor") -> Any:
    body = {"action": "hand_over"}
    return web.post(f"/cases/{number}/actions", who, body, etag=web.etag(number, reader))


def test_a_correction_that_no_certificate_signs_says_so_and_the_case_waits_for_the_signature(
    web: Web, place: Path
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    assert (case_of(web, number)["waiting_for"], where(web, number)) == (None, [])
    good = run_out(place)
    reason = {**CHANGE, "written": RULES}
    said = act(web, number, permit["id"], "signer", "correct", reason=reason)
    ((at, why),) = warned(said)
    assert at == f"products.{permit['id']}.signature"
    assert "the certificate has ended" in why
    assert said.get_json()["waiting_for"] == "signature"
    assert said.get_json()["products"][0]["signature"]["state"] == "begun"
    assert whole(web, number, permit["id"])["last_try"]["outcome"] == "certificate_expired"
    case = case_of(web, number)
    assert (case["status"], case["waiting_for"]) == ("handed_over", "signature")
    assert where(web, number) == ["sign"]
    assert where(web, number, "bapenda") == []
    found = web.get("/cases?status=handed_over", "clerk").get_json()["items"]
    assert [row["waiting_for"] for row in found] == ["signature"]
    listed = web.get("/worklist?list=sign&waiting_for=signature", "clerk").get_json()["items"]
    assert [row["number"] for row in listed] == [number]
    place.write_bytes(good)
    done = act(web, number, permit["id"], "signer", "sign").get_json()
    assert (done["waiting_for"], warned(done)) == (None, [])
    assert where(web, number) == ["hand_over"]
    act(web, number, permit["id"], "clerk", "hand_over_again")
    assert where(web, number) == ["take_back"], "the one of before is still outside"
    clean(web)


def test_before_the_hand_over_too_and_nobody_outside_learns_of_it(web: Web, place: Path) -> None:
    opened_with = web.open(_billboard(), "clerk")
    number, code = opened_with["number"], opened_with["access_code"]
    play(web, number, REVIEWED + PAID + "signer complete sign")
    (permit,) = products(web, number)
    assert where(web, number) == ["hand_over"]
    good = run_out(place)
    reason = {**CHANGE, "written": RULES}
    act(web, number, permit["id"], "signer", "correct", reason=reason)
    assert (case_of(web, number)["waiting_for"], where(web, number)) == ("signature", ["sign"])
    assert hand_over(web, number).get_json()["code"] == "product_state"
    assert web.get(f"/status/{number}").get_json()["waiting_for"] is None
    mine = web.get(f"/status/{number}", headers={"X-Access-Code": code}).get_json()
    assert mine["waiting_for"] == "signature"
    assert "tanda tangan" in mine["next_action"]["id"]
    assert "loket" not in mine["next_action"]["id"]
    place.write_bytes(good)
    act(web, number, permit["id"], "signer", "sign")
    assert (case_of(web, number)["waiting_for"], where(web, number)) == (None, ["hand_over"])
    mine = web.get(f"/status/{number}", headers={"X-Access-Code": code}).get_json()
    assert "loket" in mine["next_action"]["id"]
    play(web, number, "clerk hand_over")
    clean(web)


def _billboard() -> dict[str, Any]:
    return {
        "service": "izin-reklame",
        "facts": BILLBOARD,
        "applicant": APPLICANT,
        "documents": demo.documents("izin-reklame", BILLBOARD),
    }


def test_a_step_that_issues_says_that_the_file_is_still_to_be_signed(
    later: Web, place: Path
) -> None:
    number = decided(later)
    later.play(number, "hadi complete sign")
    good = run_out(place)
    answer = later.act(number, "hadi", "complete", "issue", etag=later.etag(number))
    assert answer.status_code == 200, answer.text
    permit = first_product(later, number)
    ((at, why),) = warned(answer)
    assert (at, "certificate has ended" in why) == (f"products.{permit['id']}.signature", True)
    assert answer.get_json()["waiting_for"] == "signature"
    assert case_of(later, number, "dewi")["waiting_for"] == "signature"
    place.write_bytes(good)
    on_licence(later, number, "hadi", "sign")
    case = case_of(later, number, "dewi")
    assert (case["status"], case["waiting_for"]) == ("granted", None)
    clean(later)


def test_what_is_numbered_outside_waits_to_be_issued_and_then_for_its_file(
    database_url: str, tmp_path: Path, place: Path
) -> None:
    service = licence(OUTSIDE)
    for office in made(database_url, tmp_path, OwnCertificates(place, OPENS), service):
        number = decided(office)
        assert where(office, number, "dewi") == ["sign"]
        on_licence(office, number, "hadi", "sign")
        assert where(office, number, "dewi") == ["issue"], "signed, and nobody may have it yet"
        assert hand_over(office, number, "dewi", "audit").get_json()["code"] == "not_issued"
        good = run_out(place)
        said = on_licence(office, number, "dewi", "issue", **SAID)
        assert [at for at, _ in warned(said)] == [f"products.{said['products'][0]['id']}.signature"]
        assert said["waiting_for"] == "signature"
        assert (case_of(office, number, "dewi")["status"], where(office, number, "dewi")) == (
            "granted",
            ["sign"],
        )
        place.write_bytes(good)
        on_licence(office, number, "hadi", "sign")
        assert where(office, number, "dewi") == ["hand_over"]
        office.play(number, "dewi hand_over")
        assert where(office, number, "dewi") == []
        clean(office)


def test_a_refusal_waits_for_its_letter_on_the_list_of_who_can_sign_it(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + "signer refuse decide")
    case = case_of(web, number)
    assert (case["status"], case["waiting_for"]) == ("refused", "signature")
    assert where(web, number) == where(web, number, "signer") == ["sign"]
    assert where(web, number, "bapenda") == []
    assert web.step(number, "hand_over", "auditor")["status"] == "waiting"
    (letter,) = case["products"]
    assert letter["next_signature"] == "decide"
    assert act(web, number, letter["id"], "signer", "sign", 409).get_json()["code"] == (
        "draft_incomplete"
    )
    waiting = hand_over(web, number)
    assert (waiting.status_code, waiting.get_json()["code"]) == (409, "not_issued")
    body = {"product": "penolakan", "written": WRITTEN}
    drawn = web.post(f"/cases/{number}/products", "dpmptsp", body, etag=web.etag(number, "auditor"))
    assert drawn.get_json()["waiting_for"] == "signature"
    assert where(web, number) == ["sign"]
    act(web, number, letter["id"], "signer", "sign")
    assert (case_of(web, number)["waiting_for"], where(web, number)) == (None, ["hand_over"])
    assert web.step(number, "hand_over", "auditor")["status"] == "ready"
    play(web, number, "clerk hand_over")
    assert where(web, number) == []
    clean(web)


def test_a_letter_that_another_agency_signs_is_on_that_agency_s_list(
    database_url: str, tmp_path: Path, place: Path
) -> None:
    service = licence()
    steps = tuple(
        replace(each, agency="dlh") if each.id == "decide" else each for each in service.steps
    )
    by_dlh = replace(service, steps=steps)
    for office in made(database_url, tmp_path, OwnCertificates(place, OPENS), by_dlh):
        body = {
            "service": "izin-praktik",
            "applicant": {"kind": "person", "name": "Budi Santoso"},
            "documents": [{"requirement": "ktp"}],
        }
        number = str(office.open(body)["number"])
        office.play(number, "dewi declare_complete intake\nrudi refuse decide")
        assert where(office, number, "rudi") == ["sign"]
        assert where(office, number, "dewi") == [], "it is not theirs to sign"
        assert case_of(office, number, "dewi")["waiting_for"] == "signature"


def test_what_expired_before_anybody_came_is_to_be_closed_and_not_to_be_handed_over(
    web: Web,
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign")
    assert where(web, number) == ["hand_over"]
    web.world.hands.pass_time(days=366)
    assert expire_once(web.world.ctx) == 1
    assert where(web, number) == ["close"]
    assert hand_over(web, number).get_json()["code"] == "nothing_to_hand_over"
    closing = {"action": "close", "reason": "lapsed"}
    etag = web.etag(number, "auditor")
    closed = web.post(f"/cases/{number}/actions", "clerk", closing, etag=etag)
    assert closed.status_code == 200, closed.text
    assert where(web, number) == []
    clean(web)


def test_one_that_was_corrected_and_then_expired_says_that_it_expired(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    act(web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": RULES})
    corrected = whole(web, number, permit["id"])
    assert (corrected["state"], corrected["ended"]["status"]) == ("corrected", "corrected")
    web.world.hands.pass_time(days=366)
    assert expire_once(web.world.ctx) == 1
    (over,) = products(web, number)
    assert (over["state"], over["ended"]["status"]) == ("expired", "expired")
    assert over["ended"]["at"].startswith("2027-11-24")
    assert over["ended"]["ground"] is None
    assert len(over["corrections"]) == 1
    assert web.get(f"/verify/{permit['id']}").get_json()["products"][0]["validity"] == "expired"
    clean(web)


def test_a_case_that_stands_still_for_its_people_is_not_to_be_handed_over(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign")
    body = {"action": "pause", "reason": "parties"}
    etag = web.etag(number, "auditor")
    paused = web.post(f"/cases/{number}/actions", "clerk", body, etag=etag)
    assert paused.status_code == 200, paused.text
    assert where(web, number) == []
    people = web.get("/worklist?list=people", "clerk").get_json()["items"]
    assert [row["number"] for row in people] == [number]
    assert hand_over(web, number).status_code == 409
    play(web, number, "clerk resume")
    assert where(web, number) == ["hand_over"]
    clean(web)


def tasks(web: Web) -> dict[str, tuple[str | None, ...]]:
    """What the row of each case says of its work."""
    c = schema.cases.c
    with web.world.database.read() as connection:
        rows = connection.execute(select(c.number, c.task, c.counter, c.opened_at, c.waiting_for))
        return {row[0]: tuple(row[1:]) for row in rows}


def test_what_the_release_before_put_on_the_list_is_put_where_it_belongs(
    web: Web, place: Path
) -> None:
    refused, corrected, over, still, out = (opened(web) for _ in range(5))
    play(web, refused, REVIEWED + "signer refuse decide")
    for number in (corrected, over, still, out):
        play(web, number, REVIEWED + PAID + "signer complete sign")
    reason = {**CHANGE, "written": RULES}
    play(web, out, "clerk hand_over")
    good = run_out(place)
    for number in (corrected, out):
        act(web, number, products(web, number)[0]["id"], "signer", "correct", reason=reason)
    place.write_bytes(good)
    burdened = {**CHANGE, "written": WRITTEN, "hearing": {"why_not": "Pemohon yang meminta."}}
    act(web, over, products(web, over)[0]["id"], "signer", "annul", reason=burdened)
    right = tasks(web)
    assert {number: task for number, (task, *_) in right.items()} == {
        refused: "sign",
        corrected: "sign",
        over: "close",
        still: "hand_over",
        out: "sign",
    }
    migrate.downgrade(web.world.database, "0047_second")
    assert {task for task, *_ in tasks(web).values()} == {"hand_over"}
    migrate.upgrade(web.world.database, half="first")
    clean(web)
    migrate.upgrade(web.world.database)
    assert tasks(web) == right
    clean(web)
