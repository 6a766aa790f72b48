"""Administrators enter how officers are printed; whose NIK is known signs with no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from sqlalchemy import select

from casetrack.gateways.signing.certificates import nik_of
from casetrack.gateways.signing.national_service import NationalService
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.storage import schema
from casetrack.usecases.people import officers
from casetrack.usecases.proof.verify import verify
from tests.contract.test_story_of_products import PAID, REVIEWED, act, opened, play, products, whole
from tests.contract.test_story_of_signatures import WORDS, held_nowhere
from tests.support.receiver import Receiver, receiving
from tests.support.signing import NIK, OPENS, certificate_by, provider, signs
from tests.support.stories import City
from tests.support.web import Web, problem
from tests.support.world import SAMARINDA

PRINTED = {
    "since": "2026-11-20",
    "name": "Dr. Yuni Contoh, M.Si.",
    "plain_name": None,
    "rank": "Pembina Utama Muda",
    "nip": "197106121998032001",
}
OTHER = "6472000000000002"


@pytest.fixture
def web(city: City) -> Web:
    return city


def put(web: Web, login: str, body: Any, who: str = "admin", **more: Any) -> Any:
    return web.call("PUT", f"/officers/{login}/profile", who, body=body, **more)


def test_a_new_title_is_entered_from_a_day_on_and_the_old_one_stays_in_the_history(
    web: Web,
) -> None:
    path = "/officers/smr.signer/profile"
    before = web.get(path, "admin").get_json()
    assert [each["name"] for each in before["items"]] == ["Drs. Yuni Contoh, M.Si."]
    assert before["nik_known"] is False
    answer = put(web, "smr.signer", {**PRINTED, "nik": NIK}, key="once")
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["items"][-1] == PRINTED
    assert (len(found["items"]), found["nik_known"]) == (2, True)
    again = put(web, "smr.signer", {**PRINTED, "nik": NIK}, key="once")
    assert again.get_json() == found
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign")
    (permit,) = products(web, number)
    (block,) = whole(web, number, permit["id"])["content"]["signatures"]
    assert block["officer"][0] == "Dr. Yuni Contoh, M.Si."
    facts = web.get("/administration", "auditor").get_json()["items"]
    told = [each for each in facts if each["actor"]["kind"] == "officer"]
    assert {each["type"].rpartition(".")[2] for each in told} == {
        "officer_profile_entered",
        "officer_nik_indexed",
    }
    assert {each["actor"]["id"] for each in told} == {"smr.admin"}
    assert len(told) == 2, "sent twice, done once"
    assert held_nowhere(web, NIK)
    assert held_nowhere(web, "Dr. Yuni")
    verdict = verify(web.world.ctx, progress=lambda _: None)
    assert verdict.fault is None
    assert "untraced" not in verdict.authority.counts


def test_what_cannot_be_printed_is_refused_with_its_field(web: Web) -> None:
    for wrong, said in (
        ({"nip": "123"}, "a NIP has 18 digits"),
        ({"nik": "64"}, "nik"),
        ({"name": ""}, "name"),
        ({"since": "kemarin"}, "since"),
    ):
        answer = put(web, "smr.signer", {**PRINTED, **wrong})
        assert (answer.status_code, problem(answer)) == (422, "invalid_body")
        assert said in str(answer.get_json())
    assert problem(put(web, "smr.nobody", PRINTED)) == "unknown_officer"
    assert problem(put(web, "smr.signer", PRINTED, "supervisor")) == "role_not_allowed"
    assert len(web.get("/officers/smr.signer/profile", "admin").get_json()["items"]) == 1
    odd = put(web, "smr.signer", {**PRINTED, "name": "Yuni \ua997"}).get_json()
    assert [each["at"] for each in odd["warnings"]] == ["name"]


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def drafted(web: Web) -> tuple[str, str]:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    return number, str(products(web, number)[0]["id"])


def test_another_s_nik_signs_nothing_and_is_not_sent_to_the_service(
    web: Web, service: Receiver, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{service.port}"
    web.world.ctx.signatures = NationalService(url, "casetrack", "kata-layanan")
    service.always = signs(tmp_path)
    put(web, "smr.signer", {**PRINTED, "nik": OTHER})
    number, permit = drafted(web)
    refused = act(web, number, permit, "signer", "sign", 409, signature=WORDS).get_json()
    assert refused["code"] == "signature_rejected"
    assert "another one than the signer's" in refused["detail"]
    assert whole(web, number, permit)["last_try"]["outcome"] == "rejected"
    assert service.got == []
    put(web, "smr.signer", {**PRINTED, "nik": NIK})
    act(web, number, permit, "signer", "sign", signature=WORDS)
    assert products(web, number)[0]["state"] == "issued"


def test_a_certificate_that_carries_another_nik_signs_nothing(web: Web, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    place = certificate_by(folder, provider(folder), nik=OTHER)
    web.world.ctx.signatures = OwnCertificates(place, OPENS)
    officers.set_officer_nik(web.world.ctx, "smr.signer", NIK)
    number, permit = drafted(web)
    refused = act(web, number, permit, "signer", "sign", 409).get_json()
    assert "that of the certificate" in refused["detail"]
    assert whole(web, number, permit)["last_try"]["outcome"] == "rejected"
    officers.set_officer_nik(web.world.ctx, "smr.signer", OTHER)
    act(web, number, permit, "signer", "sign")
    with web.world.database.read() as connection:
        assert connection.execute(select(schema.signings)).all() == []


@pytest.mark.parametrize(
    ("said", "nik"),
    [(OTHER, OTHER), (f"NIK:{OTHER}", OTHER), ("12345", None), (f"9{OTHER}", None)],
)
def test_a_nik_is_read_off_a_certificate_where_it_carries_one(
    tmp_path: Path, said: str, nik: str | None
) -> None:
    made = certificate_by(tmp_path, provider(tmp_path), nik=said)
    own = OwnCertificates(made, OPENS)
    assert own.nik(SAMARINDA) == nik
    bare = certificate_by(tmp_path, provider(tmp_path))
    assert OwnCertificates(bare, OPENS).nik(SAMARINDA) is None
    assert nik_of(x509.load_pem_x509_certificate((tmp_path / "contoh-ca.pem").read_bytes())) is None
