"""The command that a mail server pipes returned mail into, on each database."""

from mailbox import Maildir
from pathlib import Path

import pytest

from casetrack.usecases.delivery.untold import untold as list_untold
from tests.support.commands import run_command
from tests.support.web import Web
from tests.support.world import World, environment_for
from tests.unit.test_bounces import notification


def told(world: World) -> str:
    """The name of the only mail that went out."""
    web = Web(world)
    web.open()
    web.deliver()
    (path,) = world.mail.glob("*.eml")
    assert f"Message-ID: <{path.stem}@" in path.read_text()
    return path.stem


def bounces(world: World, *words: str, stdin: str = "") -> tuple[int, str]:
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    result = run_command(environment, ["bounces", *words], stdin=stdin)
    assert "budi@" not in result.output
    return result.exit_code, result.output


def untold(world: World) -> list[str]:
    page = list_untold(world.ctx, world.actor("dewi"), after=0, limit=10)
    return [item["why"] for item in page.items]


def test_a_mail_piped_in_puts_the_message_on_the_clerks_list_once(world: World) -> None:
    mail = notification(name=told(world)).decode()
    assert bounces(world, stdin=mail) == (0, "1 to be told in person\n")
    assert untold(world) == ["given_up"]
    assert bounces(world, "-", stdin=mail) == (0, "1 ignored: unknown\n")
    assert untold(world) == ["given_up"]


@pytest.mark.parametrize("status", ["4.4.1", "5.7.1"])
def test_who_was_given_up_is_told_in_person_whatever_the_class(world: World, status: str) -> None:
    mail = notification(name=told(world), status=status).decode()
    assert bounces(world, stdin=mail) == (0, "1 to be told in person\n")
    assert untold(world) == ["given_up"]


def test_a_maildir_full_of_other_mail_changes_nothing(world: World, tmp_path: Path) -> None:
    name = told(world)
    forged = f"{name.rpartition('.')[0]}.{'0' * 16}"
    box = Maildir(tmp_path / "Maildir")
    box.add(notification(name=forged))
    box.add(notification(name=name, status="4.2.2", action="delayed"))
    box.add(b"Subject: Tawaran\n\nbeli sekarang")
    box.close()
    code, said = bounces(world, str(tmp_path / "Maildir"))
    assert (code, said.splitlines()) == (
        0,
        ["1 ignored: no_status_notification", "1 ignored: not_for_good", "1 ignored: unknown"],
    )
    assert untold(world) == []


def test_what_cannot_be_read_is_said_in_one_line(world: World, tmp_path: Path) -> None:
    code, said = bounces(world, str(tmp_path / "nothing"))
    assert code == 2
    assert len(said.splitlines()) == 1
