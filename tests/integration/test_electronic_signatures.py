"""Electronic signatures on a file: read by a program of others, asked of a service that fails."""

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization as forms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from casetrack.domain.case.electronic_signatures import (
    Failure,
    NotSigned,
    OwnWords,
    SignaturePlace,
)
from casetrack.domain.errors import BadInput
from casetrack.gateways.printing.product_sheets import product_pdf
from casetrack.gateways.signing import certificates, provider_list
from casetrack.gateways.signing.national_service import NationalService
from casetrack.gateways.signing.own_certificate import OwnCertificates
from tests.support.commands import run_command
from tests.support.papers import ADDRESS, PERMIT, ZONE
from tests.support.receiver import Behaviour, Handler, Receiver, cuts, receiving, says
from tests.support.signing import (
    NIK,
    OPENS,
    SPOKEN,
    certificate,
    certificate_by,
    gives,
    names_in,
    parts_of,
    provider,
    refuses,
    said_of,
    signs,
    stamps,
)

REGION = "64.72"
FIRST = SignaturePlace(1, "dr. Rini Contoh", "Kepala Dinas Kesehatan", "Samarinda")
SECOND = SignaturePlace(2, "Drs. Yuni Contoh, M.Si.", "Kepala DPMPTSP", "Samarinda")
WORDS = OwnWords(NIK, SPOKEN)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return product_pdf(PERMIT, ADDRESS, ZONE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificates"))


def test_two_in_order_are_valid_to_another_program_and_a_changed_byte_is_found(
    paper: bytes, place: Path, tmp_path: Path
) -> None:
    own = OwnCertificates(place, OPENS)
    one = own.sign(REGION, paper, FIRST, None)
    two = own.sign(REGION, one.content, SECOND, None)
    assert (two.certificate, two.level) == ("uncertified", "B-B")
    assert two.content.startswith(one.content), "a revision over the one before"
    assert one.content.startswith(paper)
    assert said_of(two.content, tmp_path) == ["Signature is Valid."] * 2
    # The second adds nothing but itself, and says so: readers judge the first to be valid still.
    first, second = PdfFileReader(io.BytesIO(two.content)).embedded_signatures
    for each, covers, level in (
        (first, SignatureCoverageLevel.ENTIRE_REVISION, ModificationLevel.FORM_FILLING),
        (second, SignatureCoverageLevel.ENTIRE_FILE, ModificationLevel.NONE),
    ):
        trusted = ValidationContext(trust_roots=[each.signer_cert], allow_fetching=False)
        said = validate_pdf_signature(each, trusted)
        assert (said.coverage, said.modification_level) == (covers, level)
        assert said.bottom_line
    changed = bytearray(two.content)
    changed[len(paper) // 2] ^= 1
    assert said_of(bytes(changed), tmp_path) == ["Digest Mismatch."] * 2


def test_a_pem_file_and_one_of_each_region_in_a_folder_are_read(
    paper: bytes, place: Path, tmp_path: Path
) -> None:
    own = certificates.read(place, OPENS)
    pem = own.key.private_bytes(
        forms.Encoding.PEM,
        forms.PrivateFormat.PKCS8,
        forms.BestAvailableEncryption(OPENS.encode()),
    ) + own.certificate.public_bytes(forms.Encoding.PEM)
    (tmp_path / "64.72.pem").write_bytes(pem)
    own_ones = OwnCertificates(tmp_path, OPENS)
    assert own_ones.kind("64.72") == "uncertified"
    assert (own_ones.signs("64.72"), own_ones.signs("64.71")) == (True, False)
    assert own_ones.days("64.71") is None
    assert own_ones.sign("64.72", paper, FIRST, None).content.startswith(paper)
    days = own_ones.days("64.72")
    assert days is not None
    assert (days.subject, days.self_signed) == ("CN=Pemerintah Kota Contoh", True)


def test_a_certificate_that_ran_out_or_is_yet_to_come_signs_nothing(
    paper: bytes, place: Path
) -> None:
    now = datetime.now(UTC)
    for moment, failure in (
        (now + timedelta(days=91), "certificate_expired"),
        (now - timedelta(days=1), "rejected"),
    ):
        with pytest.raises(NotSigned) as caught:
            OwnCertificates(place, OPENS, clock=lambda at=moment: at).sign(  # type: ignore[misc]
                REGION, paper, FIRST, None
            )
        assert caught.value.failure == failure


def test_a_certificate_that_ends_within_a_month_is_said_before_it_does(place: Path) -> None:
    now, told = datetime.now(UTC), {}
    for left in (89, 29, -1):
        at = now + timedelta(days=90 - left)
        told[left] = OwnCertificates(place, OPENS, clock=lambda at=at: at).ending()  # type: ignore[misc]
    assert told[89] == []
    assert "contoh.p12 ends on" in told[29][0]
    assert "contoh.p12 ended on" in told[-1][0]
    assert "SIGN_PASSPHRASE" in OwnCertificates(place, "kata-lain").ending()[0]


def test_what_cannot_be_read_is_said_without_a_word_of_the_passphrase(place: Path) -> None:
    for path, passphrase in (
        (place, "kata-lain"),
        (place, None),
        (place.parent / "none.p12", OPENS),
    ):
        with pytest.raises(BadInput) as caught:
            certificates.read(path, passphrase)
        assert "CASETRACK_SIGN" in str(caught.value)
        assert "kata-lain" not in str(caught.value)


def test_a_time_stamping_authority_that_is_away_leaves_no_signature_without_a_stamp(
    paper: bytes, place: Path
) -> None:
    own = OwnCertificates(place, OPENS, "http://127.0.0.1:9/tsa")
    with pytest.raises(NotSigned) as caught:
        own.sign(REGION, paper, FIRST, None)
    assert caught.value.failure == "unavailable"


def test_a_file_that_is_none_is_not_signed(place: Path) -> None:
    with pytest.raises(NotSigned) as caught:
        OwnCertificates(place, OPENS).sign(REGION, b"%PDF-1.7 cut off", FIRST, None)
    assert caught.value.failure == "rejected"


def test_a_time_stamp_of_an_authority_stands_in_the_signature(
    paper: bytes, place: Path, tmp_path: Path
) -> None:
    with receiving() as authority:
        authority.always = stamps(tmp_path)
        signed = OwnCertificates(place, OPENS, authority.url).sign(REGION, paper, FIRST, None)
    assert signed.level == "B-T"
    assert said_of(signed.content, tmp_path) == ["Signature is Valid."]
    assert names_in(signed.content) == [("dr. Rini Contoh", "Kepala Dinas Kesehatan", True)]


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def national(service: Receiver) -> NationalService:
    return NationalService(f"http://127.0.0.1:{service.port}", "casetrack", "kata-layanan")


def test_the_service_is_given_nik_passphrase_and_file_and_gives_it_back_signed(
    paper: bytes, service: Receiver, tmp_path: Path
) -> None:
    service.always = signs(tmp_path)
    one = national(service).sign(REGION, paper, FIRST, WORDS)
    two = national(service).sign(REGION, one.content, SECOND, WORDS)
    assert (two.certificate, two.level, two.provider) == ("unknown", None, None)
    assert said_of(two.content, tmp_path) == ["Signature is Valid."] * 2
    asked = service.got[0]
    assert asked.path == "/api/sign/pdf"
    login = base64.b64encode(b"casetrack:kata-layanan").decode()
    assert asked.headers["authorization"] == f"Basic {login}"
    came = parts_of(asked.body)
    assert (came["nik"].decode(), came["passphrase"].decode()) == (NIK, SPOKEN)
    assert (came["tampilan"], came["file"]) == (b"invisible", paper)
    assert NIK not in asked.path
    assert SPOKEN not in repr(WORDS)


def test_only_who_an_issuer_of_the_list_vouches_for_is_certified(
    paper: bytes, place: Path, service: Receiver, tmp_path: Path
) -> None:
    listed = provider(tmp_path)
    known = provider_list.read(listed)
    official = certificate_by(tmp_path, listed)
    own = OwnCertificates(official, OPENS, providers=known)
    assert own.kind(REGION) == "certified"
    signed = own.sign(REGION, paper, FIRST, None)
    assert (signed.certificate, signed.provider) == ("certified", "contoh")
    # Of the same name, and vouched for by nobody.
    lookalike = certificate(tmp_path, "Penyelenggara Contoh")
    assert OwnCertificates(lookalike, OPENS, providers=known).kind(REGION) == "uncertified"
    url = f"http://127.0.0.1:{service.port}"
    there = NationalService(url, "casetrack", "kata-layanan", providers=known)
    assert there.kind(REGION) == "certified"
    told = {}
    for by in (official, lookalike):
        service.always = signs(tmp_path, by)
        told[by] = there.sign(REGION, paper, FIRST, WORDS).provider
    assert told == {official: "contoh", lookalike: None}


def test_a_recognition_counts_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    today = now.date()
    for since, until, kind in (
        (today - timedelta(days=2), today + timedelta(days=2), "certified"),
        (today + timedelta(days=2), None, "uncertified"),
        (today - timedelta(days=9), today - timedelta(days=2), "uncertified"),
    ):
        listed = provider(tmp_path, since=str(since), until=str(until) if until else None)
        own = OwnCertificates(
            certificate_by(tmp_path, listed), OPENS, providers=provider_list.read(listed)
        )
        assert own.kind(REGION) == kind, (since, until)
        assert bool([said for said in own.ending() if "provider contoh" in said]) == bool(until)


def test_a_list_of_providers_that_cannot_be_taken_says_file_line_and_cure(tmp_path: Path) -> None:
    listed = provider(tmp_path)
    good = listed.read_text()
    assert len(provider_list.read(listed)) == 1
    leaf = certificates.read(certificate_by(tmp_path, listed), OPENS).certificate
    (tmp_path / "leaf.pem").write_bytes(leaf.public_bytes(forms.Encoding.PEM))
    for said, told in (
        (good.replace("contoh-ca.pem", "none.pem"), "providers.yaml:6: none.pem holds no"),
        (good.replace("contoh-ca.pem", "leaf.pem"), "providers.yaml:6: leaf.pem is no issuer"),
        (good.replace("    basis: Keputusan 1/2020\n", ""), "basis: is missing"),
        (good.replace("2020-01-01", "kemarin"), "providers.yaml:5: "),
        (good + good.removeprefix("providers:\n"), "contoh stands there twice"),
    ):
        listed.write_text(said)
        with pytest.raises(BadInput, match="CASETRACK_SIGN_PROVIDERS") as caught:
            provider_list.read(listed)
        assert told in str(caught.value)


ANSWERS: tuple[tuple[Behaviour, Failure], ...] = (
    (refuses(400, "Passphrase anda salah", 2031), "rejected"),
    (refuses(400, "User belum terdaftar", 2011), "signer_not_registered"),
    (refuses(400, "Sertifikat sudah expired", 2041), "certificate_expired"),
    (refuses(500, "Proses signing gagal", 5000), "unavailable"),
    (gives(502, b"<html>Bad gateway</html>", "text/html"), "unavailable"),
    (says(503), "unavailable"),
    (cuts, "unavailable"),
    (gives(200, b"{}"), "rejected"),
)


@pytest.mark.parametrize(("answer", "failure"), ANSWERS, ids=range(len(ANSWERS)))
def test_what_the_service_says_becomes_one_of_four_words_and_quotes_nobody(
    paper: bytes, service: Receiver, answer: Behaviour, failure: Failure
) -> None:
    service.always = answer
    with pytest.raises(NotSigned) as caught:
        national(service).sign(REGION, paper, FIRST, WORDS)
    assert caught.value.failure == failure
    assert SPOKEN not in str(caught.value)
    assert NIK not in str(caught.value)


def test_a_file_that_lost_the_signature_before_is_not_taken(
    paper: bytes, place: Path, service: Receiver
) -> None:
    own = OwnCertificates(place, OPENS)
    one, other = own.sign(REGION, paper, FIRST, None), own.sign(REGION, paper, SECOND, None)
    service.always = gives(200, other.content, "application/pdf")
    with pytest.raises(NotSigned):
        national(service).sign(REGION, one.content, SECOND, WORDS)


def rewritten(paper: bytes, draws: bytes = b"") -> bytes:
    """The same paper, numbered and packed anew as some services do, perhaps with more drawn on it."""
    with pikepdf.open(io.BytesIO(paper)) as file:
        if draws:
            page = file.pages[0]
            stream = page.Contents.read_bytes() + draws
            page.Contents = file.make_stream(stream)
        made = io.BytesIO()
        file.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def blank() -> bytes:
    """A page with nothing on it."""
    with pikepdf.new() as file:
        file.add_blank_page(page_size=(595, 842))
        made = io.BytesIO()
        file.save(made)
    return made.getvalue()


def test_a_service_may_write_the_paper_anew_before_it_signs(
    paper: bytes, place: Path, service: Receiver
) -> None:
    own = OwnCertificates(place, OPENS)
    anew = rewritten(paper)
    assert not anew.startswith(paper)
    service.always = gives(200, own.sign(REGION, anew, FIRST, None).content, "application/pdf")
    assert national(service).sign(REGION, paper, FIRST, WORDS).certificate == "unknown"


@pytest.mark.parametrize(
    "kind", ["blank", "drawn over", "a mark", "unsigned", "a tail", "two pages"]
)
def test_a_file_that_is_not_what_was_sent_is_not_taken_whoever_signed_it(
    paper: bytes, place: Path, service: Receiver, kind: str
) -> None:
    own = OwnCertificates(place, OPENS)

    def signed(content: bytes) -> bytes:
        return own.sign(REGION, content, FIRST, None).content

    two = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as file:
        file.add_blank_page()
        file.save(two)
    came = {
        "blank": lambda: signed(blank()),
        "drawn over": lambda: signed(rewritten(paper, b" q 1 0 0 rg 0 0 200 200 re f Q")),
        "a mark": lambda: paper + b"\n% /ByteRange \n",
        "unsigned": lambda: rewritten(paper),
        "a tail": lambda: signed(paper) + b"\n% and more\n",
        "two pages": lambda: signed(two.getvalue()),
    }[kind]()
    service.always = gives(200, came, "application/pdf")
    with pytest.raises(NotSigned) as caught:
        national(service).sign(REGION, paper, FIRST, WORDS)
    assert caught.value.failure == "rejected"


def test_a_time_stamp_of_something_else_is_none(paper: bytes, place: Path, tmp_path: Path) -> None:
    with receiving() as authority:
        authority.always = stamps(tmp_path)
        OwnCertificates(place, OPENS, authority.url).sign(REGION, paper, FIRST, None)
        before, answers = authority.got[-1].body, stamps(tmp_path)

        def again(handler: Handler) -> None:
            handler.receiver.got[-1] = replace(handler.receiver.got[-1], body=before)
            answers(handler)

        authority.always = again
        with pytest.raises(NotSigned) as caught:
            OwnCertificates(place, OPENS, authority.url).sign(REGION, paper, FIRST, None)
    assert caught.value.failure == "unavailable"
    assert "something else" in str(caught.value)


def test_a_service_outside_is_reached_by_tls_only_and_without_a_login_in_its_address() -> None:
    for url in ("http://layanan.example", "https://a:b@layanan.example"):
        with pytest.raises(BadInput, match="CASETRACK_SIGN_SERVICE"):
            NationalService(url, "a", "b")


def test_the_operator_makes_a_certificate_for_a_trial_and_asks_until_when_it_is_valid(
    tmp_path: Path,
) -> None:
    made = str(tmp_path / "coba.p12")
    said = {"CASETRACK_SIGN_PASSPHRASE": OPENS}
    assert run_command({}, ["signing", "trial", made, "--name", "Kota Contoh"]).exit_code == 2
    assert run_command(said, ["signing", "trial", made, "--name", "Kota Contoh"]).exit_code == 0
    assert Path(made).stat().st_mode & 0o777 == 0o600
    again = run_command(said, ["signing", "trial", made, "--name", "Kota Contoh"])
    assert again.exit_code == 2, "nothing that is there is written over"
    said["CASETRACK_SIGN_CERTIFICATE"] = made
    told = run_command(said, ["signing", "check"])
    assert told.exit_code == 0
    assert "coba.p12: CN=Kota Contoh (vouched for by itself only), until" in told.output
    assert ", 89 days left" in told.output
    listed = provider(tmp_path)
    official = certificate_by(tmp_path, listed)
    known = {"CASETRACK_SIGN_PROVIDERS": str(listed), "CASETRACK_SIGN_CERTIFICATE": str(official)}
    vouched = run_command({**said, **known}, ["signing", "check"]).output
    assert "resmi.p12: CN=Pemerintah Kota Contoh (recognised provider: contoh), until" in vouched
    broken = {**known, "CASETRACK_SIGN_PROVIDERS": str(tmp_path / "none.yaml")}
    assert "none.yaml:1: there is no such file" in run_command({**said, **broken}, ["check"]).output
    ended = certificates.trial("Kota Contoh", OPENS, since=datetime.now(UTC) - timedelta(days=91))
    Path(made).write_bytes(ended)
    (told_json,) = json.loads(run_command(said, ["signing", "check", "--json"]).output)
    assert told_json["ended"] is True
    assert run_command(said, ["signing", "check"]).exit_code == 1
    here = {"CASETRACK_DATA_DIR": str(tmp_path / "data")}
    assert "signing     FAULT" in run_command({**said, **here}, ["check"]).output
    assert "signing     unset  off" in run_command(here, ["check"]).output
    assert "not signed electronically" in run_command({}, ["signing", "check"]).output
