"""Officers' accounts by command and by file: who was shut out stays out, and a load says what it does."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from casetrack import demo
from casetrack.storage import migrate
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.people import officers
from tests.support.commands import run_command
from tests.support.web import Web
from tests.support.world import World, environment_for


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda's own files, loaded by command."""
    database = Database(database_url)
    migrate.upgrade(database)
    database.close()
    shutil.copytree(files_of_samarinda(), tmp_path / "samarinda")
    made = World.make(database_url, tmp_path, regions_=[])
    load(made)
    yield made
    made.close()


def files_of_samarinda() -> Path:
    return next(folder for folder in demo.folders() if folder.name == "samarinda")


def command(world: World, *words: str) -> Result:
    url, folder = world.app.settings.database_url, world.mail.parent
    return run_command(environment_for(url, folder), words)


def load(world: World, *options: str) -> str:
    result = command(world, "load", str(world.mail.parent / "samarinda"), *options)
    assert result.exit_code == 0, result.output
    return result.output


def write(world: World, before: str, after: str) -> None:
    """A line of the region's officers is written otherwise."""
    file = world.mail.parent / "samarinda" / "officers.yaml"
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))


def opens(world: World, token: str) -> bool:
    answer = Web(world).get("/cases", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def token_of(world: World, login: str) -> str:
    return command(world, "token", "create", "--officer", login).stdout.strip().splitlines()[-1]


CLERK2 = "- { login: smr.clerk2, role: clerk, agency: dpmptsp }\n"
DISHUB2 = "- { login: smr.dishub.two, role: officer, agency: dishub }\n"


def test_who_was_disabled_by_command_stays_so_whatever_is_loaded(city: World) -> None:
    token = token_of(city, "smr.clerk2")
    assert opens(city, token)
    assert "1 tokens ended" in command(city, "officer", "disable", "smr.clerk2").output
    assert not opens(city, token)
    said = load(city)
    assert (
        "Stay disabled by command (casetrack officer enable LOGIN undoes it): smr.clerk2." in said
    )
    assert not opens(city, token)
    assert "smr.clerk2" not in command(city, "officers").output
    assert command(city, "token", "create", "--officer", "smr.clerk2").exit_code == 2


def test_the_agency_of_an_account_that_a_load_shuts_is_told_once(city: World) -> None:
    write(city, CLERK2, DISHUB2)
    load(city)
    load(city)
    # Commands have the machine's clock.
    city.hands.now = datetime.now(UTC) + timedelta(minutes=1)
    Web(city).deliver()
    mails = [path.read_text() for path in city.mail.glob("*.eml")]
    (mail,) = [mail for mail in mails if "account smr.clerk2" in mail]
    assert "To: dpmptsp@samarinda.example" in mail


def test_enabling_brings_the_officer_back_and_not_their_old_token(city: World) -> None:
    token = token_of(city, "smr.clerk2")
    command(city, "officer", "disable", "smr.clerk2")
    assert command(city, "officer", "enable", "smr.clerk2").exit_code == 0
    assert not opens(city, token)
    assert opens(city, token_of(city, "smr.clerk2"))
    assert "disabled" not in load(city)
    assert command(city, "officer", "enable", "smr.nobody").exit_code == 2
    assert command(city, "officer", "disable", "smr.nobody").exit_code == 2


def test_a_load_says_whom_it_disables_and_enables_again(city: World) -> None:
    write(city, CLERK2, DISHUB2)
    dry = load(city, "--check")
    assert "Would be disabled, with their tokens: smr.clerk2." in dry
    assert "Nothing was written." in dry
    assert "smr.dishub.two" not in command(city, "officers").output
    token = token_of(city, "smr.clerk2")
    assert "Were disabled, with their tokens: smr.clerk2." in load(city)
    assert not opens(city, token)
    assert "disabled" not in load(city)
    write(city, DISHUB2, CLERK2)
    said = load(city)
    assert "Were enabled again (each needs a new token): smr.clerk2." in said
    assert "Were disabled, with their tokens: smr.dishub.two." in said
    assert not opens(city, token)


def test_who_was_added_by_command_and_is_not_in_the_files_is_named_and_can_come_back(
    city: World,
) -> None:
    added = ("officer", "add", "smr.guest", "--region", "64.72", "--role", "auditor")
    assert command(city, *added).exit_code == 0
    assert "disabled, with their tokens: smr.guest." in load(city)
    again = command(city, *added)
    assert again.exit_code == 2
    assert "officer enable" in again.output
    assert command(city, "officer", "enable", "smr.guest").exit_code == 0
    assert opens(city, token_of(city, "smr.guest"))


def test_the_files_may_disable_an_account_too(city: World) -> None:
    token = token_of(city, "smr.clerk2")
    write(
        city,
        CLERK2,
        CLERK2.replace(" }", ", disabled: true }"),
    )
    assert "Were disabled, with their tokens: smr.clerk2." in load(city)
    assert not opens(city, token)


def test_a_dry_run_refuses_what_a_load_refuses(city: World) -> None:
    write(city, CLERK2, CLERK2.replace("role: clerk", "role: emperor"))
    assert command(city, "load", str(city.mail.parent / "samarinda"), "--check").exit_code == 2


def test_an_account_that_only_one_of_two_releases_calls_disabled_opens_nothing(city: World) -> None:
    token = token_of(city, "smr.clerk2")
    officers.disable_officer(city.ctx, "smr.clerk2")
    with city.database.write() as uow:
        uow.execute(text("UPDATE officers SET disabled = false WHERE login = 'smr.clerk2'"))
        uow.execute(text("UPDATE tokens SET revoked_at = NULL WHERE login = 'smr.clerk2'"))
    assert not opens(city, token)
    assert "smr.clerk2" not in command(city, "officers").output
