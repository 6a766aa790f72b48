"""What was entered in a case is put right: facts until the first signature, then with the product; what
another issued. What rests on them follows, and what was there before stays in the history."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.authority.entries import Bound
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.contract.test_real_services import NOTED, SMR, does, taken_in
from tests.contract.test_story_of_products import (
    BILLBOARD,
    CHANGE,
    PAID,
    REVIEWED,
    act,
    clean,
    opened,
    play,
    products,
    whole,
)
from tests.support import demo
from tests.support.authority import papers_of_samarinda, world_of
from tests.support.registers import changed
from tests.support.web import APPLICANT, Web
from tests.support.web import BILLBOARD as BILLBOARD_OF_CAST
from tests.support.world import BILLBOARD_STORY, SAMARINDA, World

WIDTH = {"width_cm": 450}
TYPED = {"reason": "mistyped", "asked_by": "office"}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    world = World.make(database_url, tmp_path, regions_=(demo.region(SAMARINDA),))
    yield Web(world)
    world.close()


def correct(web: Web, number: str, who: str, facts: dict[str, Any], **said: Any) -> Any:
    body = {"action": "correct_facts", "facts": facts, **TYPED, **said}
    etag = web.etag(number, "auditor")
    return web.post(f"/cases/{number}/corrections", who, body, etag=etag)


def paragraphs(web: Web, number: str, product: str) -> str:
    return " ".join(whole(web, number, product)["content"]["paragraphs"])


def test_the_counter_puts_facts_right_until_the_file_is_complete_and_the_history_keeps_both(
    web: Web,
) -> None:
    body = {
        "service": "izin-reklame",
        "facts": BILLBOARD,
        "applicant": APPLICANT,
        "documents": demo.documents("izin-reklame", BILLBOARD),
    }
    case = web.open(body, who="clerk")
    number, code = case["number"], case["access_code"]
    early = correct(web, number, "dpmptsp", WIDTH)
    assert early.status_code == 200, "the counter's agency, whoever of it"
    assert correct(web, number, "dlh", WIDTH).get_json()["code"] == "not_your_agency"
    said = {"width_cm": 480, "height_cm": None, "spot": "Jl. Awang Long, sisi barat"}
    done = correct(web, number, "clerk", said, asked_by="applicant", note="Salah ketik.")
    assert done.status_code == 200, done.text
    read = web.get(f"/cases/{number}", "clerk").get_json()
    assert read["facts"] == {
        "width_cm": 480,
        "location": "64.72.03",
        "spot": "Jl. Awang Long, sisi barat",
    }
    record = read["corrections"][-1]
    assert (record["facts"], record["reason"], record["asked_by"], record["by"]) == (
        ["width_cm", "height_cm", "spot"],
        "mistyped",
        "applicant",
        "smr.clerk",
    )
    (event,) = [
        each
        for each in web.get(f"/cases/{number}/events", "auditor").get_json()["items"]
        if each["version"] == record["version"] and each["stream"] == number
    ]
    assert event["type"] == "casetrack.case.facts_corrected"
    told = {each["fact"]: (each["before"], each["after"]) for each in event["data"]["facts"]}
    assert told["width_cm"] == (450, 480)
    assert told["height_cm"] == (250, None)
    assert set(told["spot"][0]) == set(told["spot"][1]) == {"text", "hmac"}
    assert "Awang" not in json.dumps(event)
    mine = web.get(f"/status/{number}", headers={"X-Access-Code": code}).get_json()
    assert "Lebar (cm)" in mine["corrections"][-1]["message"]["id"]
    page = web.flask.test_client().post("/status", data={"number": number, "code": code}).text
    assert mine["corrections"][-1]["message"]["id"] in page
    assert "corrections" not in web.get(f"/status/{number}").get_json()
    clean(web)


def test_facts_are_judged_as_at_the_opening(web: Web) -> None:
    number = opened(web)
    for facts, at in (
        ({"width_cm": 0}, "facts.width_cm"),
        ({"width_cm": "450"}, "facts.width_cm"),
        ({"width_cm": None}, "facts.width_cm"),
        ({"location": "di sana"}, "facts.location"),
        ({"unknown": 1}, "facts.unknown"),
    ):
        refused = correct(web, number, "clerk", facts)
        assert refused.status_code == 422, refused.text
        assert refused.get_json()["errors"][0]["at"] == at
    assert correct(web, number, "clerk", {}).status_code == 422
    nobody = correct(web, number, "clerk", WIDTH, asked_by="representative").get_json()
    assert nobody["errors"][0]["at"] == "asked_by"
    same = correct(web, number, "clerk", {"width_cm": 400}).get_json()
    assert same["code"] == "nothing_to_correct"
    hall = opened(web, "izin-pemakaian-aset", {"place": "hall", "purpose": "social", "days": 3})
    assert correct(web, hall, "clerk", {"place": "attic"}).status_code == 422
    assert correct(web, hall, "clerk", {"place": "field"}).status_code == 200


def test_afterwards_who_rests_on_a_fact_corrects_it_and_the_draft_made_of_it_is_another(
    web: Web,
) -> None:
    number = opened(web)
    play(web, number, REVIEWED)
    refused = correct(web, number, "clerk", WIDTH).get_json()
    assert (refused["code"], refused["agencies"]) == (
        "facts_checked",
        ["bapenda", "dpmptsp"],
    )
    play(web, number, "signer complete decide")
    (draft,) = products(web, number)
    written = {"product": "izin", "written": {"values": {"ketentuan": "Lampu padam pukul 22.00."}}}
    etag = web.etag(number, "auditor")
    assert web.post(f"/cases/{number}/products", "dpmptsp", written, etag=etag).status_code == 201
    assert "selebar 400 cm" in paragraphs(web, number, draft["id"])
    done = correct(web, number, "dpmptsp", WIDTH)
    assert done.status_code == 200, done.text
    assert [each["at"] for each in done.get_json()["warnings"]] == ["steps.decide"]
    (anew,) = products(web, number)
    assert (anew["id"], anew["state"], anew["draft"]["edition"]) == (draft["id"], "draft", 3)
    text = paragraphs(web, number, draft["id"])
    assert "selebar 450 cm" in text
    assert "Lampu padam pukul 22.00." in text, "what the office wrote stays"
    play(web, number, "bapenda complete assess_tax\nbapenda record_payment pay_tax")
    play(web, number, "signer complete sign")
    late = correct(web, number, "dpmptsp", {"width_cm": 500}).get_json()
    assert late["code"] == "status_forbids", "it is granted"
    clean(web)


def test_after_the_signature_facts_come_with_the_correction_of_the_product(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    wrong = {**CHANGE, "facts": {"width_cm": 0}}
    act(web, number, permit["id"], "signer", "correct", 422, reason=wrong)
    no_place = {**CHANGE, "facts": WIDTH}
    act(web, number, permit["id"], "signer", "annul", 422, reason=no_place)
    right = {**CHANGE, "facts": {**WIDTH, "spot": "Jl. Awang Long, sisi barat"}}
    act(web, number, permit["id"], "signer", "correct", reason=right)
    text = paragraphs(web, number, permit["id"])
    assert "selebar 450 cm" in text
    assert "sisi barat" in text
    case = web.get(f"/cases/{number}", "clerk").get_json()
    assert (case["facts"]["width_cm"], case["corrections"][0]["product"]) == (450, permit["id"])
    (event,) = [
        each
        for each in web.get(f"/cases/{number}/events", "auditor").get_json()["items"]
        if each["type"] == "casetrack.case.corrected"
    ]
    assert event["data"]["facts"][0] == {"fact": "width_cm", "before": 400, "after": 450}
    assert list(rebuild(web.world.ctx, None, lambda _: None)) == []
    clean(web)


def test_a_bill_whose_amount_rests_on_the_fact_is_said_and_issued_anew(web: Web) -> None:
    facts = {"place": "hall", "purpose": "education", "days": 3}
    number = opened(web, "izin-pemakaian-aset", facts)
    play(web, number, "clerk declare_complete intake\nsigner complete decide")
    path = f"/cases/{number}/bills"

    def bill(door: str, body: dict[str, Any]) -> dict[str, Any]:
        done = web.post(path + door, "bapenda", body, etag=web.etag(number, "auditor"))
        assert done.status_code in (200, 201), done.text
        newest: dict[str, Any] = done.get_json()["bills"][-1]
        return newest

    first = bill("", {"step": "pay_levy"})
    done = correct(web, number, "dpmptsp", {"days": 4})
    warned = {each["at"] for each in done.get_json()["warnings"]}
    assert warned == {f"bills.{first['id']}", "steps.decide"}
    assert done.get_json()["corrections"][0]["bills"] == [first["id"]]
    free = correct(web, number, "bapenda", {"purpose": "social"}).get_json()
    assert free["code"] == "bill_open", "nothing would be paid at the step: cancel first"
    bill(f"/{first['id']}/actions", {"action": "cancel", "reason": "Lama pemakaian dikoreksi."})
    second = bill("", {"step": "pay_levy"})
    assert (first["amount"], second["amount"]) == (1_125_000, 1_500_000)
    clean(web)


def test_what_another_issued_is_put_right_after_it_was_granted(web: Web) -> None:
    (told,) = [each for each in SMR if each.issuer == "Sistem OSS"]
    here, number, access = taken_in(web, SAMARINDA, told)
    body = {
        "action": "correct_issued",
        "issued_elsewhere": {**NOTED, "number": "0220012345679"},
        **TYPED,
    }

    def door(who: str, **said: Any) -> Any:
        etag = web.etag(number, f"{here}.auditor")
        return web.post(f"/cases/{number}/corrections", who, {**body, **said}, etag=etag)

    assert door("clerk").get_json()["code"] == "status_forbids"
    for line in told.script.splitlines():
        said = {"issued_elsewhere": NOTED} if line.split()[2] == "issue" else {}
        assert does(web, here, number, line, **said).status_code == 200
    future = {**NOTED, "dated": "2099-01-01"}
    assert door("clerk", issued_elsewhere=future).status_code == 422
    assert door("clerk", issued_elsewhere=None).status_code == 422
    assert door("clerk", issued_elsewhere=NOTED).get_json()["code"] == "nothing_to_correct"
    done = door("clerk")
    assert done.status_code == 200, done.text
    noted = done.get_json()["issued_elsewhere"]
    assert (noted["number"], noted["corrected_by"]) == ("0220012345679", "smr.clerk")
    (event,) = [
        each
        for each in web.get(f"/cases/{number}/events", f"{here}.auditor").get_json()["items"]
        if each["type"] == "casetrack.case.issued_elsewhere_corrected"
    ]
    assert event["data"]["before"]["number"] == NOTED["number"]
    assert event["data"]["after"]["number"] == "0220012345679"
    mine = web.get(f"/status/{number}?code={access}").get_json()
    assert mine["issued_elsewhere"]["number"] == "0220012345679"
    assert "Sistem OSS" in mine["corrections"][0]["message"]["id"]
    clean(web)


def test_a_corrected_fact_makes_the_parafs_of_its_draft_void_and_they_are_asked_for_anew(
    web: Web,
) -> None:
    number = opened(web, "sip-dokter", {"practice": 1, "place": "Klinik Melati"})
    play(
        web,
        number,
        """clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete endorse
        signer complete decide""",
    )
    (draft,) = products(web, number)
    assert (draft["state"], draft["next_endorser"]) == ("endorsed", None)
    refused = correct(web, number, "clerk", {"place": "Klinik Mawar"}).get_json()
    assert refused["agencies"] == ["dinkes", "dpmptsp"], "who draws up permit and refusal"
    done = correct(web, number, "dinkes", {"place": "Klinik Mawar"})
    assert done.status_code == 200, done.text
    (anew,) = products(web, number)
    assert (anew["state"], anew["endorsements"]) == ("draft", [])
    assert [each["position"] for each in anew["endorsed_before"]] == ["kabid-perizinan"]
    assert "di Klinik Mawar" in paragraphs(web, number, draft["id"])
    listed = web.get("/worklist?list=endorse", "dpmptsp").get_json()["items"]
    assert [row["number"] for row in listed] == [number]
    body = {"action": "complete"}
    etag = web.etag(number, "auditor")
    unsigned = web.post(f"/cases/{number}/steps/sign_dinkes/actions", "dinkes", body, etag=etag)
    assert unsigned.get_json()["endorsed_before_by"] == "smr.dpmptsp"
    act(web, number, draft["id"], "dpmptsp", "endorse")
    play(web, number, "dinkes complete sign_dinkes\nsigner complete sign")
    late = correct(web, number, "dinkes", {"place": "Klinik Anggrek"}).get_json()
    assert late["code"] == "status_forbids"
    play(web, number, "clerk hand_over")
    clean(web)


def test_what_was_decided_before_is_judged_again_by_the_facts_of_then(
    database_url: str, tmp_path: Path
) -> None:
    within = (Bound("width_cm", at_most=500),)
    papers = [*papers_of_samarinda()]
    papers.append(changed(papers, "delegasi-reklame", bounds=within))
    papers.append(changed(papers, "sk-rini", officer="smr.rudi"))
    world = world_of(database_url, tmp_path, papers)
    city = Web(world)
    number = str(city.open(BILLBOARD_OF_CAST)["number"])
    city.play(number, "\n".join(BILLBOARD_STORY.strip().splitlines()[:5]))
    body = {"action": "correct_facts", "facts": {"width_cm": 600}, **TYPED}
    done = city.post(f"/cases/{number}/corrections", "hadi", body, etag=city.etag(number))
    assert done.status_code == 200, done.text
    city.play(number, "bima record_payment pay_tax")
    signed = city.act(number, "hadi", "complete", "sign")
    assert (signed.status_code, signed.get_json()["code"]) == (403, "outside_bounds")
    decision = city.get(f"/cases/{number}/trace", "audit").get_json()["decisions"][-1]
    assert {each["holds"] for each in decision["judged_again"].values()} == {True}
    verdict = verify(world.ctx, progress=lambda _: None)
    assert verdict.fault is None
    assert "passport_not_derivable" not in verdict.authority.counts
    world.close()
