"""`casetrack check`: every setting is tried, each in one line, and nothing is changed."""

from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from click.testing import Result

from casetrack.gateways.signing import certificates
from casetrack.storage import migrate
from casetrack.storage.unit_of_work import Database
from tests.support.commands import run_command
from tests.support.ports import free_port
from tests.support.world import SECRET, World, environment_for

NEVER_SHOWN = "hunter2"
SECRETS = {"CASETRACK_MASTER_KEY", "CASETRACK_SECRET_KEY"}


def checked(environment: dict[str, str], **settings: str) -> Result:
    return run_command({**environment, **settings}, ["check"])


def line(result: Result, name: str) -> str:
    (found,) = [each for each in result.output.splitlines() if each.startswith(name)]
    return found


@pytest.fixture
def environment(world: World) -> dict[str, str]:
    """A database in use, and a way to reach nobody."""
    url = world.app.settings.database_url
    sendings = {"CASETRACK_SMS_URL": "none", "CASETRACK_WHATSAPP_URL": "none"}
    # As its first process does.
    run_command(environment_for(url, world.mail.parent), ["officers"])
    return environment_for(url, world.mail.parent, **sendings)


class _Taken:
    async def handle_DATA(self, *_: object) -> str:  # noqa: N802
        raise AssertionError("a check sends nothing")


def test_all_that_answers_is_ok_and_nothing_is_sent(environment: dict[str, str]) -> None:
    server = Controller(_Taken(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        url = f"smtp://127.0.0.1:{server.port}?from=izin@kota.example"
        result = checked(environment, CASETRACK_SMTP_URL=url)
    finally:
        server.stop()
    for name in (
        *("data folder", "database", "keys", "mail", "sms", "whatsapp"),
        *("files", "opener"),
    ):
        assert line(result, name)[12:].startswith("ok"), result.output
    assert "izin@kota.example" in line(result, "mail")
    # PostgreSQL is for several processes, which memory:// does not join.
    embedded = environment["CASETRACK_DATABASE_URL"].startswith("sqlite")
    assert line(result, "broker")[12:].startswith("ok" if embedded else "FAULT")
    assert result.exit_code == (0 if embedded else 1)


def test_each_that_does_not_answer_is_a_line_of_its_own_without_a_password(
    environment: dict[str, str],
) -> None:
    nobody = free_port()
    result = checked(
        environment,
        CASETRACK_BROKER_URL=f"redis://user:hunter2@127.0.0.1:{nobody}/0",
        CASETRACK_SMTP_URL=f"smtp://user:hunter2@127.0.0.1:{nobody}?from=izin@kota.example",
        CASETRACK_SMS_URL=f"http://127.0.0.1:{nobody}/send",
        CASETRACK_SECRET_KEY=SECRET.replace("c2", "d2", 1),
        CASETRACK_FILES_URL="s3://berkas",
        CASETRACK_S3_ENDPOINT=f"http://127.0.0.1:{nobody}",
        CASETRACK_S3_KEY="casetrack",
        CASETRACK_S3_SECRET=NEVER_SHOWN,
        CASETRACK_CLAMD=f"tcp://127.0.0.1:{nobody}",
    )
    assert result.exit_code == 1
    for name in ("broker", "mail", "sms", "keys", "files", "scanner"):
        assert line(result, name)[12:].startswith("FAULT"), result.output
    assert line(result, "database")[12:].startswith("ok")
    assert line(result, "signing")[12:].startswith("unset")
    assert "CASETRACK_SECRET_KEY" in line(result, "keys")
    assert "hunter2" not in result.output
    assert len(result.output.splitlines()) == 11


def test_what_no_setting_of_the_shell_names_is_not_said_to_be_well(
    environment: dict[str, str], tmp_path: Path
) -> None:
    result = checked(environment)
    for name, settings in (
        ("signing", "CASETRACK_SIGN_CERTIFICATE and CASETRACK_SIGN_SERVICE"),
        ("mail", "CASETRACK_SMTP_URL"),
        ("scanner", "CASETRACK_CLAMD"),
    ):
        assert line(result, name)[12:].startswith("unset"), result.output
        assert f"(not seen in this shell: {settings})" in line(result, name)
    assert line(result, "sms")[12:].startswith("ok"), "somebody said that it is off"
    place = tmp_path / "64.72.p12"
    place.write_bytes(certificates.trial("Kota Contoh", "try-it"))
    (tmp_path / "phrase").write_text("try-it")
    result = checked(
        environment,
        CASETRACK_SIGN_CERTIFICATE=str(place),
        CASETRACK_SIGN_PASSPHRASE_FILE=str(tmp_path / "phrase"),
    )
    assert line(result, "signing")[12:].startswith("ok")


def test_a_broker_of_rabbitmq_with_a_wrong_address_is_told_too(environment: dict[str, str]) -> None:
    url = f"amqp://user:hunter2@127.0.0.1:{free_port()}/%2F"
    result = checked(environment, CASETRACK_BROKER_URL=url)
    assert line(result, "broker")[12:].startswith("FAULT")
    assert "hunter2" not in result.output


def test_mail_without_a_sender_is_refused(environment: dict[str, str]) -> None:
    for url in ("smtp://127.0.0.1:25", "smtps://127.0.0.1?bounces=a@kota.example"):
        result = checked(environment, CASETRACK_SMTP_URL=url)
        assert "FAULT" in line(result, "mail")
        assert "from is missing" in line(result, "mail")
        refused = run_command({**environment, "CASETRACK_SMTP_URL": url}, ["officers"])
        assert refused.exit_code == 2
        assert "from is missing" in refused.output


def test_a_database_that_must_be_upgraded_and_one_that_is_away_are_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    database = Database(environment["CASETRACK_DATABASE_URL"])
    migrate.downgrade(database, "0005")
    database.close()
    assert "casetrack db upgrade" in line(checked(environment), "database")
    away = f"postgresql://user:hunter2@127.0.0.1:{free_port()}/casetrack"
    result = checked(environment, CASETRACK_DATABASE_URL=away)
    assert "FAULT" in line(result, "database")
    assert "hunter2" not in result.output


def test_a_check_before_anything_is_there_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    environment = environment_for(f"sqlite:///{folder / 'casetrack.sqlite'}", folder)
    for name in SECRETS:
        del environment[name]
    result = checked(environment)
    assert result.exit_code == 0, result.output
    assert not folder.exists()
    assert "FAULT" in line(checked(environment, CASETRACK_DATA_DIR="/proc/data"), "data folder")


def test_with_postgresql_a_key_that_is_missing_is_refused_and_not_made(
    environment: dict[str, str],
) -> None:
    keyless = {name: text for name, text in environment.items() if name not in SECRETS}
    embedded = environment["CASETRACK_DATABASE_URL"].startswith("sqlite")
    folder = Path(environment["CASETRACK_DATA_DIR"])
    result = run_command(keyless, ["officers"])
    assert result.exit_code == 2
    assert "CASETRACK_MASTER_KEY" in result.output
    assert not list(folder.glob("*.key"))
    # An embedded database of other keys is refused as it always was.
    assert ("another key" in result.output) == embedded
    assert "FAULT" in line(checked(keyless), "keys")


@pytest.mark.parametrize(
    "login", ["user:pa@hunter2", "user:pa#hunter2", "user:1/hunter2", "user:1?a=hunter2"]
)
def test_a_password_is_never_printed_in_part_either(tmp_path: Path, login: str) -> None:
    for name, scheme in (
        ("CASETRACK_DATABASE_URL", "postgresql"),
        ("CASETRACK_BROKER_URL", "redis"),
        ("CASETRACK_BROKER_URL", "amqp"),
        ("CASETRACK_SMTP_URL", "smtp"),
    ):
        environment = environment_for(f"sqlite:///{tmp_path}/x", tmp_path)
        environment[name] = f"{scheme}://{login}@127.0.0.1:1/casetrack"
        result = run_command(environment, ["check"])
        assert result.exit_code == 2
        assert name in result.output
        assert "%40" in result.output
        assert "hunter2" not in result.output
        assert result.output.count("\n") == 1
