"""Until its last signature a product is drawn up anew: who signed the text before signs again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.usecases.case.signing_again import try_once
from casetrack.usecases.proof.rebuild import rebuild
from tests.contract.test_corrections import correct, paragraphs
from tests.contract.test_signing_again import Failing
from tests.contract.test_story_of_products import act, clean, opened, play, products
from tests.contract.test_story_of_signatures import signing
from tests.support import demo
from tests.support.signing import OPENS, certificate
from tests.support.web import Web
from tests.support.world import SAMARINDA, World

DOCTOR = {"practice": 1, "place": "Klinik Melati"}
DECIDED = """clerk declare_complete intake
    dinkes complete recommend favourable
    dpmptsp complete endorse
    signer complete decide"""
FIRST = f"{DECIDED}\ndinkes complete sign_dinkes"
REOPENED = {"action": "reopen", "note": "Nama tempat praktik keliru."}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(demo.region(SAMARINDA),))
    yield Web(world)
    world.close()


@pytest.fixture
def signatures(tmp_path: Path) -> Failing:
    folder = tmp_path / "certificates"
    folder.mkdir()
    return Failing(certificate(folder), OPENS)


@pytest.fixture
def electronic(database_url: str, tmp_path: Path, signatures: Failing) -> Iterator[Web]:
    """The same, with a certificate that can fail."""
    yield from signing(database_url, tmp_path, signatures)


def signed_once(web: Web) -> tuple[str, dict[str, Any]]:
    """A doctor's permit with the first of its two signatures."""
    number = opened(web, "sip-dokter", DOCTOR)
    play(web, number, FIRST)
    (permit,) = products(web, number)
    assert ([mark["step"] for mark in permit["signatures"]], permit["next_signature"]) == (
        ["sign_dinkes"],
        "sign",
    )
    return number, permit


def last_event(web: Web, number: str) -> dict[str, Any]:
    found: dict[str, Any] = web.get(f"/cases/{number}/events", "auditor").get_json()["items"][-1]
    return found


def statuses(web: Web, number: str) -> dict[str, str]:
    steps = web.get(f"/cases/{number}", "auditor").get_json()["steps"]
    return {step["id"]: step["status"] for step in steps}


def listed(web: Web, name: str, who: str) -> list[str]:
    return [row["number"] for row in web.get(f"/worklist?list={name}", who).get_json()["items"]]


def signed_and_given(web: Web, number: str, product: str) -> None:
    """The new text on its way: paraf, both signatures, hand-over."""
    assert listed(web, "endorse", "dpmptsp") == [number]
    act(web, number, product, "dpmptsp", "endorse")
    assert listed(web, "sign", "dinkes") == [number], "whose signature is void is asked for it"
    assert listed(web, "sign", "signer") == []
    play(web, number, "dinkes complete sign_dinkes\nsigner complete sign\nclerk hand_over")
    clean(web)
    rebuild(web.world.ctx, "ID-6472", lambda _: None)
    clean(web)


def test_a_wrong_fact_seen_by_the_second_signer_is_corrected_and_signed_by_both_anew(
    web: Web,
) -> None:
    number, before = signed_once(web)
    done = correct(web, number, "dinkes", {"place": "Klinik Mawar"})
    assert done.status_code == 200, done.text
    (anew,) = products(web, number)
    assert (anew["id"], anew["state"], anew["signatures"]) == (before["id"], "draft", [])
    assert anew["signed_before"] == before["signatures"]
    assert "di Klinik Mawar" in paragraphs(web, number, anew["id"])
    steps = statuses(web, number)
    assert (steps["sign_dinkes"], steps["sign"]) == ("ready", "waiting")
    (told,) = last_event(web, number)["data"]["products"]
    assert [mark.get("step") or mark["position"] for mark in told["void"]] == [
        "kabid-perizinan",
        "sign_dinkes",
    ]
    passports = web.get(f"/cases/{number}/trace", "auditor").get_json()["decisions"]
    (given,) = [each for each in passports if each["version"] == before["signatures"][0]["version"]]
    assert {each["holds"] for each in given["judged_again"].values()} == {True}
    signed_and_given(web, number, anew["id"])


def test_a_fact_that_the_text_does_not_print_voids_what_was_signed_as_well(web: Web) -> None:
    number, before = signed_once(web)
    done = correct(web, number, "dpmptsp", {"civil_servant": True})
    assert done.status_code == 200, done.text
    (anew,) = products(web, number)
    assert (anew["signatures"], anew["draft"]["edition"]) == ([], before["draft"]["edition"] + 1)


def test_a_new_draft_is_drawn_up_after_the_first_signature_as_well(web: Web) -> None:
    number, before = signed_once(web)
    body = {"product": before["product"]}
    etag = web.etag(number, "auditor")
    drawn = web.post(f"/cases/{number}/products", "dpmptsp", body, etag=etag)
    assert drawn.status_code == 201, drawn.text
    (anew,) = products(web, number)
    assert (anew["signatures"], anew["number"]) == ([], before["number"])
    signed_and_given(web, number, anew["id"])


def test_a_step_is_reopened_after_the_first_signature_but_not_after_the_last(web: Web) -> None:
    number, before = signed_once(web)
    door = f"/cases/{number}/steps/sign_dinkes/actions"
    done = web.post(door, "smr.dinkes.supervisor", REOPENED, etag=web.etag(number, "auditor"))
    assert done.status_code == 200, done.text
    (anew,) = products(web, number)
    assert (anew["signatures"], anew["state"]) == ([], "endorsed"), "the text and its paraf stay"
    assert anew["signed_before"] == before["signatures"]
    assert statuses(web, number)["sign"] == "waiting"
    play(web, number, "dinkes complete sign_dinkes\nsigner complete sign")
    late = web.post(door, "smr.dinkes.supervisor", REOPENED, etag=web.etag(number, "auditor"))
    assert late.get_json()["code"] in ("signed_already", "status_forbids")
    clean(web)


def test_an_electronic_signature_that_was_begun_is_given_up_by_a_new_draft(
    electronic: Web, signatures: Failing
) -> None:
    web = electronic
    number, permit = signed_once(web)
    signatures.failure = "unavailable"
    act(web, number, permit["id"], "signer", "sign", 503)
    (begun,) = products(web, number)
    assert begun["signature"]["state"] == "begun"
    # The number that it was begun with stays its own.
    done = correct(web, number, "dinkes", {"place": "Klinik Mawar"})
    assert done.status_code == 200, done.text
    (anew,) = products(web, number)
    assert (anew["signature"], anew["number"]) == (None, begun["number"])
    assert [mark["step"] for mark in anew["signed_before"]] == ["sign_dinkes", "sign"]
    signatures.failure = None
    web.world.hands.pass_time(hours=3)
    try_once(web.world.ctx)
    assert signatures.made == 0, "what was given up is signed by nobody"
    signed_and_given(web, number, anew["id"])
    assert signatures.made == 2
    assert products(web, number)[0]["number"] == begun["number"]
