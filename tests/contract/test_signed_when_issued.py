"""Products whose text is final only at the issuing: then their file gets the signatures of before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casetrack.domain.service.definition import ServiceDefinition, StepDefinition, Validity
from casetrack.gateways.signing import certificates
from casetrack.gateways.signing.national_service import NationalService
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.usecases.case.signing_again import try_once
from casetrack.usecases.proof.verify import verify
from tests.support.papers import text_of
from tests.support.products import PERMIT, REFUSAL, decided, drawing_up, first_product, licence
from tests.support.receiver import Receiver, receiving
from tests.support.signing import NIK, OPENS, SPOKEN, certificate, names_in, said_of, signs
from tests.support.web import Web
from tests.support.world import World, samarinda, same, surabaya

#: Another register numbers it, and the officer says until when it is valid.
OUTSIDE = replace(PERMIT, endorsed_by=(), validity=Validity("given", 0))
NUMBER = "503/77/DPMPTSP/2026"
SAID: dict[str, Any] = {"number": NUMBER, "dated": "2026-11-23", "valid_until": "2027-12-31"}
#: The region numbers it once it is signed, and a step of its own issues it.
LATER = replace(
    PERMIT, endorsed_by=(), numbered="after_signing", pattern="surat", validity=Validity("days", 30)
)
WORDS = {"nik": NIK, "passphrase": SPOKEN}


def issuing() -> ServiceDefinition:
    """A service with a step that issues what was signed."""
    service = licence(LATER, REFUSAL)
    issue = StepDefinition("issue", same("Terbitkan"), "dpmptsp", "issue", after=("sign",))
    steps = [replace(each, after=("issue",)) if each.id == "hand_over" else each
             for each in service.steps]  # fmt: skip
    return replace(service, steps=(*steps[:-1], issue, steps[-1]))


def made(
    url: str, folder: Path, signatures: OwnCertificates | NationalService, service: Any
) -> Iterator[Web]:
    regions = (drawing_up(samarinda(), service), surabaya())
    world = World.make(url, folder, regions_=regions)
    world.ctx.signatures = signatures
    yield Web(world)
    world.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "certificates"
    folder.mkdir()
    return certificate(folder)


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as received:
        yield received


@pytest.fixture
def outside(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    yield from made(database_url, tmp_path, OwnCertificates(place, OPENS), licence(OUTSIDE))


@pytest.fixture
def later(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    yield from made(database_url, tmp_path, OwnCertificates(place, OPENS), issuing())


@pytest.fixture
def served(database_url: str, tmp_path: Path, service: Receiver) -> Iterator[Web]:
    url = f"http://127.0.0.1:{service.port}"
    by = NationalService(url, "casetrack", "kata-layanan")
    yield from made(database_url, tmp_path, by, licence(OUTSIDE))


def act(web: Web, case: str, who: str, action: str, status: int = 200, **said: Any) -> Any:
    product = first_product(web, case)["id"]
    door = f"/cases/{case}/products/{product}/actions"
    answer = web.post(door, who, {"action": action, **said}, etag=web.etag(case))
    assert answer.status_code == status, answer.text
    return answer.get_json()


def paper(web: Web, case: str) -> bytes:
    product = first_product(web, case)["id"]
    answer = web.get(f"/cases/{case}/products/{product}/pdf", "dewi")
    assert answer.status_code == 200, answer.text
    content: bytes = answer.data
    return content


def clean(web: Web) -> None:
    verdict = verify(web.world.ctx, progress=lambda _: None)
    assert verdict.fault is None
    assert "past_rules" not in verdict.authority.counts


def test_what_is_numbered_outside_is_signed_when_it_is_issued(outside: Web, tmp_path: Path) -> None:
    number = decided(outside)
    act(outside, number, "hadi", "sign")
    before = first_product(outside, number)
    assert (before["state"], before["signature"], before["bears"]) == ("signed", None, None)
    act(outside, number, "dewi", "issue", **SAID)
    permit = first_product(outside, number)
    assert (permit["state"], permit["number"]) == ("issued", NUMBER)
    assert (permit["dated"], permit["valid_until"]) == ("2026-11-23", "2027-12-31")
    assert permit["signature"]["state"] == "signed"
    file = paper(outside, number)
    assert said_of(file, tmp_path) == ["Signature is Valid."]
    version = permit["signatures"][0]["version"]
    (signed,) = names_in(file)
    assert (signed[0], f"peristiwa {version}" in signed[1]) == ("Hadi, S.H.", True)
    text = text_of(file)
    assert NUMBER in text
    assert "31 Desember 2027" in text
    assert "tidak tersertifikasi" in text
    outside.play(number, "dewi hand_over")
    assert paper(outside, number) == file
    clean(outside)


def test_what_a_step_issues_waits_with_its_step_until_the_file_is_signed(
    later: Web, place: Path, tmp_path: Path
) -> None:
    good = place.read_bytes()
    ended = certificates.trial("Contoh", OPENS, since=datetime.now(UTC) - timedelta(days=91))
    number = decided(later)
    later.play(number, "hadi complete sign")
    assert first_product(later, number)["state"] == "signed"
    place.write_bytes(ended)
    later.play(number, "hadi complete issue")
    case = later.get(f"/cases/{number}", "audit").get_json()
    assert (case["status"], case["waiting_for"]) == ("in_progress", "signature")
    (waiting,) = case["products"]
    assert (waiting["state"], waiting["signature"]["state"]) == ("signed", "begun")
    place.write_bytes(good)
    act(later, number, "hadi", "sign")
    case = later.get(f"/cases/{number}", "audit").get_json()
    (permit,) = case["products"]
    assert (case["status"], permit["state"]) == ("granted", "issued")
    assert {step["id"]: step["status"] for step in case["steps"]}["issue"] == "completed"
    assert said_of(paper(later, number), tmp_path) == ["Signature is Valid."]
    later.play(number, "dewi hand_over")
    clean(later)


def test_the_clock_signs_what_an_issuing_step_left_waiting(later: Web, place: Path) -> None:
    number = decided(later)
    later.play(number, "hadi complete sign")
    good = place.read_bytes()
    place.unlink()
    place.write_bytes(b"no certificate")
    later.play(number, "hadi complete issue")
    assert first_product(later, number)["state"] == "signed"
    place.write_bytes(good)
    later.world.hands.pass_time(minutes=2)
    assert try_once(later.world.ctx) == 1
    assert first_product(later, number)["state"] == "issued"
    assert later.get(f"/cases/{number}", "audit").get_json()["status"] == "granted"
    clean(later)


def test_at_the_service_who_signed_signs_the_final_text_after_the_issuing(
    served: Web, service: Receiver, tmp_path: Path
) -> None:
    service.always = signs(tmp_path)
    number = decided(served)
    act(served, number, "hadi", "sign")
    assert service.got == [], "the text is not final yet"
    act(served, number, "dewi", "issue", **SAID)
    assert first_product(served, number)["signature"]["state"] == "begun"
    assert act(served, number, "hadi", "sign", 422)["errors"][0]["at"] == "signature"
    act(served, number, "hadi", "sign", signature=WORDS)
    permit = first_product(served, number)
    assert (permit["state"], permit["number"], len(service.got)) == ("issued", NUMBER, 1)
    file = paper(served, number)
    assert said_of(file, tmp_path) == ["Signature is Valid."]
    assert NUMBER in text_of(file)
    clean(served)
