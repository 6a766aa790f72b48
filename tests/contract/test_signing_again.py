"""Signatures that were not available: the clock tries again, within a bound; nobody signs twice."""

from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casetrack.domain.case.electronic_signatures import (
    AGAIN,
    Failure,
    NotSigned,
    OwnWords,
    SignaturePlace,
    SignedPdf,
)
from casetrack.domain.delivery.receivers import OFFICER_SIGNATURE
from casetrack.domain.events import Event
from casetrack.gateways.signing.national_service import NationalService
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.storage import schema
from casetrack.usecases.case.signing_again import try_once
from tests.contract.test_product_papers import paper
from tests.contract.test_story_of_products import (
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
from tests.contract.test_story_of_signatures import BOTH, DOCTOR, RULES, WORDS
from tests.support import demo
from tests.support.receiver import Receiver, receiving, says
from tests.support.signing import OPENS, certificate, said_of, signs
from tests.support.web import Web, at_once
from tests.support.world import SAMARINDA, World

#: Who signs, and who supervises that agency.
HEARING = ("smr.signer", "smr.supervisor")


class Failing(OwnCertificates):
    """A certificate of the region's own that signs nothing while it has a reason."""

    failure: Failure | None = None
    tried = 0
    made = 0

    def sign(
        self, region: str, pdf: bytes, place: SignaturePlace, own: OwnWords | None
    ) -> SignedPdf:
        self.tried += 1
        if self.failure is not None:
            raise NotSigned(self.failure, "as the test says")
        self.made += 1
        return super().sign(region, pdf, place, own)


@pytest.fixture
def signatures(tmp_path: Path) -> Failing:
    folder = tmp_path / "certificates"
    folder.mkdir()
    return Failing(certificate(folder), OPENS)


@pytest.fixture
def web(database_url: str, tmp_path: Path, signatures: Failing) -> Iterator[Web]:
    """The demo, whose signer and supervisor have addresses."""
    region = demo.region(SAMARINDA)
    reached = tuple((login, f"{login}@samarinda.example") for login in HEARING)
    world = World.make(database_url, tmp_path, regions_=(replace(region, addresses=reached),))
    world.ctx.signatures = signatures
    yield Web(world)
    world.close()


def waiting(web: Web, failure: str = "signature_unavailable", status: int = 503) -> tuple[str, str]:
    """A case whose permit is signed by right, and whose file could not be: its number, the permit."""
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    answer = act(web, number, draft["id"], "signer", "sign", status)
    assert answer.get_json()["code"] == failure
    return number, str(draft["id"])


def tries(web: Web, **after: float) -> int:
    """What the clock settles when that time has passed."""
    web.world.hands.pass_time(**after)
    return try_once(web.world.ctx)


def told(web: Web) -> list[tuple[str, str]]:
    """To whom mails went about signatures, and their texts."""
    web.deliver()
    parser = BytesParser(policy=policy.default)
    found = [parser.parsebytes(path.read_bytes()) for path in web.world.mail.glob("*.eml")]
    return sorted(
        (str(each["To"]).partition("@")[0], " ".join(str(each.get_content()).split()))
        for each in found
        if "tangan elektronik" in str(each["Subject"])
    )


def test_what_was_not_available_is_signed_by_the_clock_once_and_for_who_began_it(
    web: Web, signatures: Failing, tmp_path: Path
) -> None:
    signatures.failure = "unavailable"
    number, permit = waiting(web)
    assert tries(web, seconds=30) == 0, "not before its time"
    assert signatures.tried == 1
    signatures.failure = None
    assert tries(web, seconds=31) == 1
    (done,) = products(web, number)
    assert (done["state"], done["signature"]["state"]) == ("issued", "signed")
    assert web.get(f"/cases/{number}", "clerk").get_json()["status"] == "granted"
    assert said_of(paper(web, number), tmp_path) == ["Signature is Valid."]
    events = web.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    signed = [each for each in events if each["data"].get("step") == "sign"]
    assert sum("authority" in each["data"] for each in signed) == 1, "one passport"
    assert done["signatures"][0]["officer"] == "smr.signer"
    assert tries(web, days=1) == 0
    assert signatures.made == 1
    assert told(web) == []
    assert permit == done["id"]
    clean(web)


def test_an_officer_and_the_clock_at_once_make_one_signature(web: Web, signatures: Failing) -> None:
    signatures.failure = "unavailable"
    for _ in range(3):
        number, permit = waiting(web)
        signatures.failure, before = None, signatures.made
        web.world.hands.pass_time(minutes=2)
        door, etag = f"/cases/{number}/products/{permit}/actions", web.etag(number, "auditor")

        def one(place: int, door: str = door, etag: str = etag) -> Any:
            if place:
                return try_once(web.world.ctx)
            return web.post(door, "signer", {"action": "sign"}, etag=etag).status_code

        status, settled = at_once(2, one)
        assert status in (200, 409, 412, 503), status
        assert settled in (0, 1), settled
        assert signatures.made - before == 1, (status, settled)
        (done,) = products(web, number)
        assert (done["state"], len(done["signatures"])) == ("issued", 1)
        signatures.failure = "unavailable"
    clean(web)


def test_the_clock_tries_ever_more_rarely_and_then_gives_up_and_says_so(
    web: Web, signatures: Failing
) -> None:
    signatures.failure = "unavailable"
    number, permit = waiting(web)
    for place, seconds in enumerate(AGAIN):
        assert told(web) == []
        tries(web, seconds=seconds - 2)
        assert signatures.tried == 1 + place, "too early"
        tries(web, seconds=3)
        assert signatures.tried == 2 + place
    mails = told(web)
    assert tuple(to for to, _ in mails) == HEARING
    assert all("berulang kali dicoba" in text for _, text in mails)
    tries(web, days=3)
    assert signatures.tried == 1 + len(AGAIN)
    signatures.failure = None
    act(web, number, permit, "signer", "sign")
    assert products(web, number)[0]["state"] == "issued"
    clean(web)


def test_a_certificate_that_ended_is_not_tried_blindly_but_told_once(
    web: Web, signatures: Failing
) -> None:
    signatures.failure = "certificate_expired"
    number, permit = waiting(web, "certificate_expired", 409)
    assert tries(web, days=1) == 0
    act(web, number, permit, "signer", "sign", 409)
    assert signatures.tried == 2, "only the officer's own"
    mails = told(web)
    assert tuple(to for to, _ in mails) == HEARING, "each hears it once"
    for _, text in mails:
        assert number in text
        assert "sertifikatnya sudah berakhir" in text
        assert "have it renewed" in text
        assert "Budi" not in text
    clean(web)


def test_what_a_correction_left_waiting_is_signed_by_the_clock_as_well(
    web: Web, signatures: Failing
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    signatures.failure = "unavailable"
    act(web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": RULES})
    assert products(web, number)[0]["signature"]["state"] == "begun"
    signatures.failure = None
    assert tries(web, minutes=2) == 1
    (corrected,) = products(web, number)
    assert (corrected["state"], corrected["signature"]["state"]) == ("corrected", "signed")
    clean(web)


def test_a_power_that_ended_meanwhile_ends_the_clock_s_try_and_is_told(
    web: Web, signatures: Failing
) -> None:
    signatures.failure = "unavailable"
    number, permit = waiting(web)
    signatures.failure = None
    conflict = {"action": "declare", "ground": "family"}
    etag = web.etag(number, "auditor")
    answer = web.post(f"/cases/{number}/conflicts", "signer", conflict, etag=etag)
    assert answer.status_code == 200, answer.text
    assert tries(web, minutes=2) == 1
    assert products(web, number)[0]["state"] == "draft"
    mails = told(web)
    assert tuple(to for to, _ in mails) == HEARING
    assert all("kewenangan saat ditandatangani tidak berlaku lagi" in text for _, text in mails)
    with web.world.database.read() as connection:
        assert connection.execute(select(schema.signings)).all() == []
    assert whole(web, number, permit)["signature"]["state"] == "begun"


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_at_the_service_whose_turn_it_is_hears_when_it_answers_again(
    web: Web, service: Receiver, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{service.port}"
    web.world.ctx.signatures = NationalService(url, "casetrack", "kata-layanan")
    service.always = says(503)
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    act(web, number, draft["id"], "signer", "sign", 503, signature=WORDS)
    assert told(web) == []
    assert tries(web, minutes=2) == 1
    assert len(service.got) == 1, "nobody's words, so nothing is sent"
    assert all("frasa sandi sendiri" in text for _, text in told(web))
    assert told(web)
    assert tries(web, days=2) == 0, "told once"
    service.always = signs(tmp_path)
    act(web, number, draft["id"], "signer", "sign", signature=WORDS)
    assert products(web, number)[0]["state"] == "issued"
    clean(web)


def test_of_two_at_the_service_the_one_whose_turn_it_is_hears(
    web: Web, service: Receiver, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{service.port}"
    web.world.ctx.signatures = NationalService(url, "casetrack", "kata-layanan")
    service.always = signs(tmp_path)
    number = opened(web, "sip-dokter", DOCTOR)
    play(web, number, BOTH)
    (draft,) = products(web, number)
    early = act(web, number, draft["id"], "signer", "sign", 409, signature=WORDS)
    said = early.get_json()
    assert (said["code"], said["step"]) == ("earlier_signature_waits", "sign_dinkes")
    assert "Your signature is recorded" in said["detail"]
    case = web.get(f"/cases/{number}", "clerk").get_json()
    assert (case["waiting_for"], case["products"][0]["signature"]["state"]) == (
        "signature",
        "begun",
    )
    last = web.get(f"/cases/{number}/products/{draft['id']}", "clerk").get_json()["last_try"]
    assert (last["outcome"], last["made"]) == (None, 0), "nothing was tried, so nothing was away"
    assert tries(web, minutes=2) == 1
    assert told(web) == [], "neither they nor their supervisor has an address"
    heard = [each for each in events_of_officers(web) if each["because"] == "your_turn"]
    assert {each["signer"] for each in heard} == {"smr.dinkes"}
    assert {each["officer"] for each in heard} >= {"smr.dinkes", "smr.dinkes.supervisor"}
    act(web, number, draft["id"], "dinkes", "sign", signature=WORDS)
    assert tries(web, minutes=2) == 1
    heard = [each for each in events_of_officers(web) if each["because"] == "your_turn"]
    assert {each["signer"] for each in heard} == {"smr.dinkes", "smr.signer"}
    act(web, number, draft["id"], "signer", "sign", signature=WORDS)
    assert products(web, number)[0]["state"] == "issued"
    clean(web)


def events_of_officers(web: Web) -> list[dict[str, Any]]:
    """What was told to officers of signatures, from their own streams."""
    events = schema.events.c
    query = select(events.body).where(events.stream.startswith("officer/")).order_by(events.id)
    with web.world.database.read() as connection:
        bodies = list(connection.execute(query).scalars())
    found = [Event.from_body(body) for body in bodies]
    return [dict(each.data) for each in found if each.type == OFFICER_SIGNATURE]
