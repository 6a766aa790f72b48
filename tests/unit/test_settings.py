"""A wrong setting stops the program with one line that says which, why and how to mend it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casetrack.config import load
from casetrack.domain.delivery.receivers import ATTEMPTS, BACKOFF, next_attempt
from casetrack.domain.errors import BadInput
from casetrack.gateways.vault import KeyVault, new_key_text, parse_key


def test_without_any_setting_everything_is_embedded() -> None:
    settings = load({})
    assert settings.embedded
    assert settings.database_url == "sqlite:///casetrack-data/casetrack.sqlite"
    assert settings.broker_url == "memory://"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CASETRACK_DATABASE_URL", "mysql://x"),
        ("CASETRACK_DATABASE_URL", "nonsense"),
        ("CASETRACK_BROKER_URL", "kafka://x"),
        ("CASETRACK_LISTEN_URL", "postgresql://says-nothing-with-sqlite/x"),
        ("CASETRACK_REPLICATION", "perhaps"),
        ("CASETRACK_SMTP_URL", "http://x"),
        ("CASETRACK_LOG_LEVEL", "LOUD"),
        ("CASETRACK_PUBLIC_URL", "ftp://x"),
        ("CASETRACK_FILES_URL", "ftp://x"),
        ("CASETRACK_FILES_URL", "file://host/x"),
        ("CASETRACK_FILES_URL", "s3://"),
        ("CASETRACK_CLAMD", "http://x"),
        ("CASETRACK_UNSCANNED", "maybe"),
        ("CASETRACK_S3_KEY", "says-nothing-without-a-bucket"),
        ("CASETRACK_SIGN_PASSPHRASE", "says-nothing-without-a-certificate"),
        ("CASETRACK_TSA_URL", "http://tsa.example"),
        ("CASETRACK_SIGN_SERVICE_USER", "says-nothing-without-a-service"),
        ("CASETRACK_SIGN_SERVICE", "layanan.example"),
        ("CASETRACK_DATABSE_URL", "sqlite:///x"),
        ("CASETRACK_SECRET_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        load({name: value})
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_secret_may_come_from_a_file_but_not_from_both(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("abc\n")
    assert load({"CASETRACK_SECRET_KEY_FILE": str(file)}).secret_key == "abc"
    with pytest.raises(BadInput, match="both set"):
        load({"CASETRACK_SECRET_KEY_FILE": str(file), "CASETRACK_SECRET_KEY": "x"})


def test_a_key_that_is_none_is_refused_without_being_shown() -> None:
    with pytest.raises(BadInput, match="CASETRACK_MASTER_KEY") as refused:
        parse_key("hunter2", "CASETRACK_MASTER_KEY")
    assert "hunter2" not in str(refused.value)
    assert len(parse_key(new_key_text(), "X")) == 32


def test_a_sealed_text_opens_only_in_its_place_and_with_its_key() -> None:
    vault = KeyVault(b"m" * 32, b"s" * 32)
    key, wrapped = vault.new_key("64.72", "subject")
    assert vault.unwrap(wrapped, "64.72", "subject") == key
    sealed = vault.seal(key, "Budi", "here")
    assert b"Budi" not in sealed
    assert vault.open(key, sealed, "here") == "Budi"
    for broken in (
        lambda: vault.open(key, sealed, "there"),
        lambda: vault.open(bytes(32), sealed, "here"),
        lambda: vault.open(key, sealed[:-1] + b"x", "here"),
        lambda: vault.unwrap(wrapped, "35.78", "subject"),
        lambda: KeyVault(b"x" * 32, b"s" * 32).unwrap(wrapped, "64.72", "subject"),
    ):
        with pytest.raises(ValueError, match="do not open"):
            broken()


def test_attempts_come_later_and_later_and_end() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    waits = [next_attempt(n, now, 0.999) for n in range(1, ATTEMPTS)]
    assert all(wait is not None for wait in waits)
    assert waits == sorted(w for w in waits if w)
    assert next_attempt(ATTEMPTS, now, 0.0) is None
    for attempts, longest in enumerate(BACKOFF, start=1):
        earliest = next_attempt(attempts, now, 0.0)
        assert earliest == now + timedelta(seconds=longest / 2)


def test_files_lie_in_the_data_folder_and_what_is_not_scanned_waits_where_a_scanner_is_set() -> (
    None
):
    folder = load({"CASETRACK_DATA_DIR": "/srv/a b"}).files
    assert (folder.folder, folder.clamd, folder.shows_unscanned) == (
        Path("/srv/a b/files"),
        None,
        True,
    )
    scanned = load({"CASETRACK_CLAMD": "unix:///run/clamd"}).files
    assert not scanned.shows_unscanned
    said = {"CASETRACK_CLAMD": "tcp://clamd:3310", "CASETRACK_UNSCANNED": "open"}
    assert load(said).files.shows_unscanned


def test_a_bucket_needs_its_key_and_its_secret() -> None:
    said = {
        "CASETRACK_FILES_URL": "s3://berkas/a/b/",
        "CASETRACK_S3_KEY": "key",
        "CASETRACK_S3_ENDPOINT": "https://s3.example",
    }
    with pytest.raises(BadInput, match="CASETRACK_S3_SECRET"):
        load(said)
    bucket = load({**said, "CASETRACK_S3_SECRET": new_key_text()}).files
    assert (bucket.folder, bucket.bucket, bucket.prefix) == (None, "berkas", "a/b")
    assert (bucket.endpoint, bucket.region) == ("https://s3.example", "us-east-1")


def test_a_service_signs_or_a_certificate_and_a_service_has_a_login() -> None:
    service = {"CASETRACK_SIGN_SERVICE": "https://layanan.example"}
    login = {"CASETRACK_SIGN_SERVICE_USER": "a", "CASETRACK_SIGN_SERVICE_PASSWORD": "b"}
    with pytest.raises(BadInput, match="CASETRACK_SIGN_SERVICE_USER"):
        load(service)
    with pytest.raises(BadInput, match="CASETRACK_SIGN_SERVICE"):
        load({**service, **login, "CASETRACK_SIGN_CERTIFICATE": "contoh.p12"})
    assert load({**service, **login}).signing.service == "https://layanan.example"
    assert load({}).signing.service is None
