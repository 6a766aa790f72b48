"""Products that are signed electronically, over HTTP on the demo: by a certificate, by a service."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casetrack.gateways.signing import certificates, provider_list
from casetrack.gateways.signing.national_service import NationalService
from casetrack.gateways.signing.own_certificate import OwnCertificates
from casetrack.storage import schema
from casetrack.storage.people import case_parties
from casetrack.usecases.case.expiring_products import expire_once
from casetrack.usecases.people.files import remove_all_due
from casetrack.usecases.people.subjects import Person
from tests.contract.test_product_papers import paper
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
    whole,
)
from tests.support import demo
from tests.support.erasing import erase
from tests.support.papers import text_of
from tests.support.receiver import Receiver, receiving
from tests.support.signing import (
    NIK,
    OPENS,
    SPOKEN,
    certificate,
    certificate_by,
    names_in,
    provider,
    refuses,
    said_of,
    signs,
    stamps,
)
from tests.support.web import Web
from tests.support.world import SAMARINDA, World

HEARD = {"notified_on": "2026-11-20", "heard_on": "2026-11-23"}
DOCTOR = {"practice": 1, "place": "Klinik Contoh"}
WORDS = {"nik": NIK, "passphrase": SPOKEN}
BOTH = """clerk declare_complete intake
    dinkes complete recommend favourable
    dpmptsp complete endorse
    signer complete decide
    dinkes complete sign_dinkes
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "certificates"
    folder.mkdir()
    return certificate(folder)


@pytest.fixture
def web(database_url: str, tmp_path: Path, place: Path) -> Iterator[Web]:
    """A region with a certificate of its own."""
    yield from signing(database_url, tmp_path, OwnCertificates(place, OPENS))


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def served(database_url: str, tmp_path: Path, service: Receiver) -> Iterator[Web]:
    """A region whose officers sign at the national service."""
    address = f"http://127.0.0.1:{service.port}"
    yield from signing(
        database_url, tmp_path, NationalService(address, "casetrack", "kata-layanan")
    )


def signing(
    database_url: str, folder: Path, signatures: OwnCertificates | NationalService
) -> Iterator[Web]:
    world = World.make(database_url, folder, regions_=(demo.region(SAMARINDA),))
    world.ctx.signatures = signatures
    yield Web(world)
    world.close()


def verified(web: Web, product: str, **asked: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    found: dict[str, Any] = web.get(f"/verify/{product}?{query}").get_json()
    return found


def test_a_permit_is_signed_given_out_as_that_file_and_verified_by_it(
    web: Web, tmp_path: Path
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    act(web, number, draft["id"], "signer", "sign", draft=draft["draft"]["hash"])
    case = web.get(f"/cases/{number}", "clerk").get_json()
    (permit,) = case["products"]
    assert (case["status"], permit["state"]) == ("granted", "issued")
    assert permit["number"] == "503.5/0001/DPMPTSP/2026"
    assert permit["signature"] == {
        "state": "signed",
        "begun": None,
        "certificate": "uncertified",
        "level": "B-B",
    }
    file = paper(web, number)
    assert said_of(file, tmp_path) == ["Signature is Valid."]
    version = permit["signatures"][0]["version"]
    reason = f"Kepala DPMPTSP; paspor wewenang: peristiwa {version}"
    assert names_in(file) == [("Drs. Yuni Contoh, M.Si.", reason, False)]
    assert paper(web, number, "signer") == file, "the same file from then on"
    changed = bytearray(file)
    changed[9000] ^= 1
    assert said_of(bytes(changed), tmp_path) == ["Digest Mismatch."]
    sha256 = hashlib.sha256(file).hexdigest()
    found = verified(web, permit["id"], sha256=sha256)
    assert (found["file"], found["check_word"]) == ("agrees", "not_given")
    printed = found["products"][0]["printed"]
    assert (printed["certificate"]["kind"], printed["certificate"]["level"]) == (
        "uncertified",
        "B-B",
    )
    label = printed["certificate"]["label"]
    assert "tidak tersertifikasi" in label["id"]
    assert permit["bears"] == {"kind": "uncertified", "level": "B-B", "label": label}
    said = text_of(file)
    assert f"{label['id']}." in said
    assert "tanpa stempel waktu" in said
    assert f"{label['en']}." in said
    page = web.flask.test_client().get(f"/verifikasi/{permit['id']}?sha256={sha256}").text
    assert label["id"] in page
    other = verified(web, permit["id"], sha256=hashlib.sha256(bytes(changed)).hexdigest())
    assert other["file"] == "does_not_agree"
    assert "printed" not in other["products"][0]
    assert "Jangan mengandalkan" in other["advice"]["id"]
    _shown_to_who_has_a_file(web, permit["id"], file, bytes(changed))
    play(web, number, "clerk hand_over")
    assert paper(web, number) == file
    clean(web)


def _shown_to_who_has_a_file(web: Web, product: str, file: bytes, other: bytes) -> None:
    """On the page, by its hash or by itself: what it is comes before how the product stands."""
    client, door = web.flask.test_client(), "/verifikasi?lang=id"

    def sent(**more: Any) -> str:
        answer = client.post(door, data={"number": product, "k": "", "name": "", **more})
        assert answer.status_code == 200, answer.text
        return answer.text

    def uploaded(content: bytes, name: str = "izin.pdf") -> str:
        return sent(file=(io.BytesIO(content), name), sha256="")

    digest = hashlib.sha256(other).hexdigest()
    lies = "Berkas ini bukan yang diterbitkan"
    for page in (
        uploaded(other),
        sent(sha256=f" {digest.upper()} "),
        client.get(f"/verifikasi/{product}?sha256={digest}").text,
    ):
        assert f"<title>{lies} ·" in " ".join(page.split())
        assert f'<h1 id="hasil">{lies}</h1>' in page
        assert page.index(lies) < page.index("Berlaku")
        assert "notice bad" in page
    for page in (uploaded(file), sent(sha256=hashlib.sha256(file).hexdigest())):
        assert '<h1 id="hasil">Berlaku</h1>' in page
        assert "Berkas ini sama dengan yang diterbitkan." in page
    # No file was chosen: nothing is said of one.
    assert "Berkas ini" not in uploaded(b"", "")
    wrong = client.post(door, data={"number": product, "sha256": "abc"})
    assert (wrong.status_code, "64 angka" in wrong.text) == (422, True)
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    large = head.encode() + bytes(10_100_000) + b"\r\n--x--\r\n"
    refused = client.post(door, data=large, content_type="multipart/form-data; boundary=x")
    assert (refused.status_code, "10 MB (10.000.000 bita)" in refused.text) == (413, True)
    assert not list(web.world.app.settings.data_dir.rglob("a.pdf"))
    # What does not fit is counted as other guesses are.
    data = {"number": product, "sha256": "ab" * 32}
    assert [client.post(door, data=data).status_code for _ in range(6)].count(429) > 0
    web.world.hands.pass_time(minutes=16)


def test_a_doctors_permit_has_two_signatures_each_over_the_one_before(
    web: Web, tmp_path: Path
) -> None:
    number = opened(web, "sip-dokter", DOCTOR)
    play(web, number, BOTH + "signer complete sign")
    (permit,) = products(web, number)
    assert permit["state"] == "issued"
    file = paper(web, number)
    assert said_of(file, tmp_path) == ["Signature is Valid."] * 2
    offices = [reason.partition(";")[0] for _, reason, _ in names_in(file)]
    assert offices == ["Kepala Dinas Kesehatan", "Kepala DPMPTSP"]
    blocks = whole(web, number, permit["id"])["content"]["signatures"]
    assert [each["electronic"] for each in blocks] == ["uncertified", "uncertified"]
    clean(web)


def test_a_case_whose_certificate_ran_out_waits_and_goes_on_with_a_new_one(
    web: Web, place: Path
) -> None:
    good = place.read_bytes()
    place.write_bytes(
        certificates.trial("Kota Contoh", OPENS, since=datetime.now(UTC) - timedelta(days=91))
    )
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    refused = act(web, number, draft["id"], "signer", "sign", 409)
    assert refused.get_json()["code"] == "certificate_expired"
    ready = web.flask.test_client().get("/readyz")
    assert (ready.status_code, "contoh.p12 ended on" in ready.get_json()["notes"][0]) == (200, True)
    case = web.get(f"/cases/{number}", "clerk").get_json()
    assert (case["status"], case["waiting_for"]) == ("in_progress", "signature")
    waiting = whole(web, number, draft["id"])
    assert (waiting["state"], waiting["signature"]["state"]) == ("draft", "begun")
    assert waiting["number"] == "503.5/0001/DPMPTSP/2026"
    assert waiting["last_try"]["outcome"] == "certificate_expired"
    begun = waiting["signature"]["begun"]["version"]
    again = act(web, number, draft["id"], "signer", "sign", 409)
    assert again.get_json()["code"] == "certificate_expired"
    place.write_bytes(good)
    act(web, number, draft["id"], "signer", "sign")
    (permit,) = products(web, number)
    assert (permit["state"], permit["number"]) == ("issued", "503.5/0001/DPMPTSP/2026")
    assert [each["version"] for each in permit["signatures"]] == [begun]
    events = web.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
    signed = [each for each in events if each["data"].get("step") == "sign"]
    assert sum("authority" in each["data"] for each in signed) == 1, "one passport, however often"
    clean(web)


def test_with_an_authority_for_time_paper_page_and_answers_say_that_there_is_a_stamp(
    database_url: str, tmp_path: Path, place: Path
) -> None:
    with receiving() as authority:
        authority.always = stamps(tmp_path)
        by = OwnCertificates(place, OPENS, authority.url)
        for web in signing(database_url, tmp_path, by):
            number = opened(web)
            play(web, number, REVIEWED + PAID + "signer complete sign")
            (permit,) = products(web, number)
            assert (permit["bears"]["kind"], permit["bears"]["level"]) == ("uncertified", "B-T")
            assert permit["bears"]["label"]["id"].endswith("; dengan stempel waktu")
            assert "sendiri; dengan stempel waktu." in text_of(paper(web, number))
            sha256 = hashlib.sha256(paper(web, number)).hexdigest()
            shown = web.flask.test_client().get(f"/verifikasi/{permit['id']}?sha256={sha256}")
            assert "dengan stempel waktu" in shown.text
            clean(web)


RULES = {"values": {"ketentuan": "Dibongkar paling lambat 30 hari setelah izin berakhir."}}


def test_what_is_corrected_is_signed_anew_by_whoever_corrected_it(web: Web, tmp_path: Path) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    before = hashlib.sha256(paper(web, number)).hexdigest()
    act(web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": RULES})
    (corrected,) = products(web, number)
    assert (corrected["state"], corrected["number"]) == ("corrected", permit["number"])
    assert corrected["signature"]["state"] == "signed"
    file = paper(web, number)
    assert said_of(file, tmp_path) == ["Signature is Valid."], "the corrected text has its one"
    assert [name for name, _, _ in names_in(file)] == ["Drs. Yuni Contoh, M.Si."]
    blocks = whole(web, number, permit["id"])["content"]["signatures"]
    assert [each["electronic"] for each in blocks] == ["replaced", "uncertified"]
    printed = text_of(file)
    assert printed.count("Pada naskah sebelum diperbaiki") == 1
    assert printed.count("Tanda tangan elektronik tidak tersertifikasi") == 2, "block and sentence"
    shown_there = verified(web, permit["id"], sha256=hashlib.sha256(file).hexdigest())
    signed = shown_there["products"][0]["printed"]["signatures"]
    assert [each["electronic"] for each in signed] == ["replaced", "uncertified"]
    version = corrected["corrections"][0]["version"]
    assert f"peristiwa {version}" in names_in(file)[0][1]
    old = verified(web, permit["id"], sha256=before)
    assert old["file"] == "replaced"
    assert old["products"][0]["replaced"] == {
        "since": "2026-11-23",
        "correction": 1,
        "number": permit["number"],
        "id": permit["id"],
    }
    assert old["products"][0]["corrected"] == {"times": 1, "since": "2026-11-23"}
    assert verified(web, permit["id"])["products"][0]["corrected"]["times"] == 1
    shown = web.flask.test_client().get(f"/verifikasi/{permit['id']}?sha256={before}").text
    assert "Diperbaiki (perbaikan ke-1) sejak 23 November 2026" in shown
    assert f"dari {permit['number']} / {permit['id']} menggantikannya" in shown
    assert "mintalah berkas yang sudah diperbaiki" in shown
    now = hashlib.sha256(file).hexdigest()
    assert verified(web, permit["id"], sha256=now)["file"] == "agrees"
    act(web, number, permit["id"], "clerk", "hand_over_again")
    assert paper(web, number) == file
    said = text_of(file)
    assert "Perbaikan ke-1; yang terbit sebelumnya sudah diganti." in said
    why = {**CHANGE, "written": WRITTEN, "hearing": HEARD}
    act(web, number, permit["id"], "signer", "annul", reason=why)
    over = text_of(paper(web, number))
    assert "DIBATALKAN sejak 23 November 2026" in over
    assert "ada pada berkas yang diterbitkan, bukan pada cetakan ini" in over
    ended = verified(web, permit["id"])["products"][0]
    assert (ended["validity"], ended["since"]) == ("annulled", "2026-11-23")
    assert "badan jalan" not in str(ended), "since when, not why"
    clean(web)


def test_a_correction_stands_while_its_file_waits_and_whoever_corrected_signs_it(
    web: Web, place: Path
) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    good = place.read_bytes()
    place.write_bytes(
        certificates.trial("Kota Contoh", OPENS, since=datetime.now(UTC) - timedelta(days=91))
    )
    act(web, number, permit["id"], "signer", "correct", reason={**CHANGE, "written": RULES})
    waiting = whole(web, number, permit["id"])
    assert (waiting["state"], waiting["signature"]["state"]) == ("corrected", "begun")
    assert waiting["last_try"]["outcome"] == "certificate_expired"
    assert waiting["bears"]["kind"] == "waiting"
    assert "elektronik belum dibubuhkan pada naskah ini" in text_of(paper(web, number))
    held = act(web, number, permit["id"], "clerk", "hand_over_again", 409)
    assert held.get_json()["code"] == "product_state"
    again = act(web, number, permit["id"], "signer", "sign", 409)
    assert again.get_json()["code"] == "certificate_expired"
    act(web, number, permit["id"], "dpmptsp", "sign", 409)
    place.write_bytes(good)
    act(web, number, permit["id"], "signer", "sign")
    (corrected,) = products(web, number)
    assert (corrected["state"], corrected["signature"]["state"]) == ("corrected", "signed")
    assert len(corrected["corrections"]) == 1, "signing again corrects nothing again"
    act(web, number, permit["id"], "clerk", "hand_over_again")
    clean(web)


def test_who_corrects_at_the_service_signs_with_the_correction_or_after_it(
    served: Web, service: Receiver, tmp_path: Path
) -> None:
    service.always = signs(tmp_path)
    number = opened(served)
    play(served, number, REVIEWED + PAID)
    (draft,) = products(served, number)
    act(served, number, draft["id"], "signer", "sign", signature=WORDS)
    why = {**CHANGE, "written": RULES}
    act(served, number, draft["id"], "signer", "correct", reason=why, signature=WORDS)
    assert products(served, number)[0]["signature"]["certificate"] == "unknown"
    act(served, number, draft["id"], "signer", "correct", reason=why)
    assert products(served, number)[0]["signature"]["state"] == "begun"
    assert act(served, number, draft["id"], "signer", "sign", 422)
    act(served, number, draft["id"], "signer", "sign", signature=WORDS)
    assert products(served, number)[0]["signature"]["state"] == "signed"
    assert len(service.got) == 3
    clean(served)


def test_who_signs_at_the_service_gives_their_words_and_they_are_kept_nowhere(
    served: Web, service: Receiver, tmp_path: Path
) -> None:
    service.always = refuses(400, "Passphrase anda salah", 2031)
    number = opened(served)
    play(served, number, REVIEWED + PAID)
    (draft,) = products(served, number)
    missing = act(served, number, draft["id"], "signer", "sign", 422)
    assert missing.get_json()["errors"][0]["at"] == "signature"
    wrong = act(served, number, draft["id"], "signer", "sign", 409, signature=WORDS)
    assert wrong.get_json()["code"] == "signature_rejected"
    assert whole(served, number, draft["id"])["last_try"]["outcome"] == "rejected"
    service.always = signs(tmp_path)
    door = f"/cases/{number}/products/{draft['id']}/actions"
    body = {"action": "sign", "signature": WORDS}
    etag = served.etag(number, "auditor")
    for _ in range(2):
        answer = served.post(door, "signer", body, etag=etag, key="once")
        assert answer.status_code == 200, answer.text
    assert len(service.got) == 2, "the wrong try and the right one"
    (permit,) = products(served, number)
    assert permit["signature"]["certificate"] == "unknown", "nobody is on the list"
    assert "penerbit sertifikatnya tidak dikenal" in text_of(paper(served, number))
    assert said_of(paper(served, number), tmp_path) == ["Signature is Valid."]
    assert held_nowhere(served, SPOKEN)
    assert held_nowhere(served, NIK)
    clean(served)


def test_only_a_certificate_of_a_provider_on_the_list_is_called_tersertifikasi(
    database_url: str, tmp_path: Path, service: Receiver
) -> None:
    listed = provider(tmp_path)
    signatures = NationalService(
        f"http://127.0.0.1:{service.port}",
        "casetrack",
        "kata-layanan",
        providers=provider_list.read(listed),
    )
    for served in signing(database_url, tmp_path, signatures):
        service.always = signs(tmp_path)
        number = opened(served)
        play(served, number, REVIEWED + PAID)
        (draft,) = products(served, number)
        wrong = act(served, number, draft["id"], "signer", "sign", 409, signature=WORDS)
        assert wrong.get_json()["code"] == "signature_rejected", "the paper would say too much"
        service.always = signs(tmp_path, certificate_by(tmp_path, listed))
        act(served, number, draft["id"], "signer", "sign", signature=WORDS)
        (permit,) = products(served, number)
        assert (permit["signature"]["certificate"], permit["bears"]["kind"]) == ("certified",) * 2
        said = "Tanda tangan elektronik tersertifikasi, dari penyelenggara sertifikasi Indonesia."
        assert said in text_of(paper(served, number))
        clean(served)


def held_nowhere(web: Web, word: str) -> bool:
    """Whether no row of any table holds it."""
    with web.world.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                if any(word in str(value) for value in row):
                    return False
    return True


def test_of_two_at_the_service_each_puts_their_own_and_in_order(
    served: Web, service: Receiver, tmp_path: Path
) -> None:
    service.always = signs(tmp_path)
    number = opened(served, "sip-dokter", DOCTOR)
    play(served, number, BOTH)
    (draft,) = products(served, number)
    early = act(served, number, draft["id"], "signer", "sign", 409, signature=WORDS)
    said = early.get_json()
    assert (said["code"], said["step"]) == ("earlier_signature_waits", "sign_dinkes")
    assert service.got == []
    first = act(served, number, draft["id"], "dinkes", "sign", signature=WORDS).get_json()
    assert ["each signer gives theirs" in each["message"] for each in first["warnings"]] == [True]
    assert whole(served, number, draft["id"])["last_try"]["made"] == 1
    act(served, number, draft["id"], "signer", "sign", signature=WORDS)
    assert products(served, number)[0]["state"] == "issued"
    assert len(service.got) == 2
    assert said_of(paper(served, number), tmp_path) == ["Signature is Valid."] * 2
    clean(served)


def test_words_that_nothing_takes_are_refused_and_not_ignored(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID)
    (draft,) = products(web, number)
    refused = act(web, number, draft["id"], "signer", "sign", 422, signature=WORDS)
    assert SPOKEN not in refused.text
    assert act(web, number, draft["id"], "bapenda", "sign", 403, signature=WORDS)


def test_who_is_erased_leaves_no_file_that_was_signed(web: Web) -> None:
    number = opened(web)
    play(web, number, REVIEWED + PAID + "signer complete sign\nclerk hand_over")
    (permit,) = products(web, number)
    sha256 = hashlib.sha256(paper(web, number)).hexdigest()
    web.world.hands.pass_time(days=3650)
    expire_once(web.world.ctx)
    with web.world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, number, "applicant")
    assert party is not None
    erase(web.world, Person(SAMARINDA, party.subject))
    assert verified(web, permit["id"], sha256=sha256)["file"] == "cannot_be_compared"
    with web.world.database.read() as connection:
        assert connection.execute(select(schema.files.c.file)).all() == []
    remove_all_due(web.world.ctx, SAMARINDA)
    folder = web.world.app.settings.files.folder
    assert folder is not None
    assert [each for each in folder.rglob("*") if each.is_file()] == []
    clean(web)
