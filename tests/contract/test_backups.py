"""A backup of a running system, put back elsewhere: by commands, on both databases."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from click.testing import Result

from casetrack.gateways import postgresql_programs
from casetrack.operations import backups
from casetrack.usecases.people import files
from tests.contract.test_documents import erase_applicant
from tests.contract.test_files import billboard, stored
from tests.support import postgres, scans
from tests.support.commands import run_command
from tests.support.web import Web
from tests.support.world import SAMARINDA, World, environment_for

PDF = scans.pdf()


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


@pytest.fixture
def elsewhere(web: Web, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """The settings of a place in which nothing lies."""
    folder = tmp_path / "elsewhere"
    with ExitStack() as made:
        url = f"sqlite:///{folder / 'casetrack.sqlite'}"
        if web.world.database.dialect == "postgresql":
            url = made.enter_context(postgres.fresh())
        yield environment_for(url, folder)


def here(web: Web) -> dict[str, str]:
    """The settings of the world."""
    settings = web.world.app.settings
    return environment_for(settings.database_url, settings.data_dir)


def backed_up(web: Web, folder: Path, *options: str) -> Result:
    return run_command(here(web), ["backup", str(folder), *options])


def as_json(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return said


def refusal(environment: Mapping[str, str], *words: str) -> str:
    """The one line with which a command refuses."""
    result = run_command(environment, words)
    assert result.exit_code == 2, result.output
    return result.output.splitlines()[-1]


def restored(elsewhere: Mapping[str, str], folder: Path) -> dict[str, Any]:
    done = run_command(elsewhere, ["restore", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    return as_json(done)


def test_what_was_written_down_is_there_again_with_its_files(
    web: Web, elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    number = billboard(web)
    assert web.bring(number, PDF).status_code == 201
    web.deliver()
    made = backed_up(web, tmp_path / "b", "--json")
    assert made.exit_code == 0, made.output
    assert as_json(made)["files"] == 1
    # What comes later is not in it.
    later = web.open()["number"]
    put = restored(elsewhere, tmp_path / "b")
    assert put["verify"]["anchored"]
    assert put["verify"]["files"]["read"] == 1
    (file,) = (
        path for path in (tmp_path / "elsewhere").rglob("*") if path.parent.name == SAMARINDA
    )
    assert file.read_bytes() == stored(web)[0].read_bytes()
    exported = run_command(elsewhere, ["export", str(tmp_path / "log.xes")])
    assert exported.exit_code == 0, exported.output
    log = (tmp_path / "log.xes").read_text()
    assert number in log
    assert later not in log


def test_a_backup_holds_one_moment_while_people_write(
    web: Web, elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    over, opened = Flag(), list[str]()

    def write() -> None:
        while not over.is_set():
            opened.append(web.open()["number"])
            web.deliver()

    writer = Thread(target=write)
    writer.start()
    try:
        while not opened:
            Flag().wait(0.01)
        folders = [tmp_path / f"b{place}" for place in range(3)]
        for folder in folders:
            assert backed_up(web, folder).exit_code == 0
    finally:
        over.set()
        writer.join()
    assert restored(elsewhere, folders[-1])["sound"]


def test_without_the_keys_it_is_not_put_back_and_they_are_not_in_it(
    web: Web, elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    web.open()
    keys = here(web)["CASETRACK_MASTER_KEY"], here(web)["CASETRACK_SECRET_KEY"]
    assert backed_up(web, tmp_path / "b", "--keys", str(tmp_path / "keys")).exit_code == 0
    kept = [(tmp_path / "keys" / name).read_text() for name in ("master.key", "secret.key")]
    assert tuple(kept) == keys
    for path in (tmp_path / "b").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(key.encode() in content for key in keys)
    other = {**elsewhere, "CASETRACK_SECRET_KEY": keys[0], "CASETRACK_MASTER_KEY": keys[1]}
    assert "these are not the keys" in refusal(other, "restore", str(tmp_path / "b"))
    assert restored(elsewhere, tmp_path / "b")["sound"]


def test_nothing_is_written_over(web: Web, elsewhere: Mapping[str, str], tmp_path: Path) -> None:
    web.open()
    folder = tmp_path / "b"
    assert backed_up(web, folder).exit_code == 0
    assert "is there and not empty" in refusal(here(web), "backup", str(folder))
    assert "is not empty, and a restore writes over nothing" in refusal(
        here(web), "restore", str(folder)
    )
    assert restored(elsewhere, folder)["sound"]
    assert "writes over nothing" in refusal(elsewhere, "restore", str(folder))


def test_a_damaged_backup_is_not_put_back(
    web: Web, elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    web.open()
    folder = tmp_path / "b"
    assert backed_up(web, folder).exit_code == 0
    (part,) = folder.glob("database.*")
    whole = part.read_bytes()
    for broken in (whole[:-1], whole[:99] + bytes([whole[99] ^ 1]) + whole[100:]):
        part.write_bytes(broken)
        assert "the backup is damaged" in refusal(elsewhere, "restore", str(folder))
    part.unlink()
    assert "the backup is damaged" in refusal(elsewhere, "restore", str(folder))
    part.write_bytes(whole)
    manifest = folder / "manifest.json"
    said = manifest.read_text()
    for wrong in ("{", "[]", json.dumps({**json.loads(said), "form": 99})):
        manifest.write_text(wrong)
        assert refusal(elsewhere, "restore", str(folder))
    assert "has no manifest.json" in refusal(elsewhere, "restore", str(tmp_path))
    manifest.write_text(said)
    assert restored(elsewhere, folder)["sound"]


def test_a_file_that_is_not_as_it_was_put_there_is_named_and_the_rest_is_kept(
    web: Web, elsewhere: Mapping[str, str], tmp_path: Path
) -> None:
    number = billboard(web)
    for place in range(2):
        assert web.bring(number, scans.picture("PNG", 20 + place, 9)).status_code == 201
    changed, _ = stored(web)
    changed.write_bytes(changed.read_bytes()[:-1])
    made = backed_up(web, tmp_path / "b")
    assert made.exit_code == 1
    assert f"MISSING: file {SAMARINDA}/{changed.name} " in made.output
    put = run_command(elsewhere, ["restore", str(tmp_path / "b"), "--json"])
    assert put.exit_code == 1
    assert as_json(put)["verify"]["fault"]["kind"] == "file"


def test_who_is_erased_while_files_are_copied_is_not_missed(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = billboard(web)
    assert web.bring(number, PDF).status_code == 201
    copy_files = backups._copy_files

    def erased_before(*said: Any) -> Any:
        erase_applicant(web, number)
        assert files.remove_all_due(web.world.ctx, SAMARINDA)
        return copy_files(*said)

    monkeypatch.setattr(backups, "_copy_files", erased_before)
    made = as_json(backed_up(web, tmp_path / "b", "--json"))
    assert (made["files"], made["missing"], len(made["erased"])) == (0, [], 1)


@pytest.mark.parametrize("moment", [0.4, 0.9, 1.4])
def test_a_backup_that_is_killed_is_no_backup_and_the_next_one_is(
    web: Web, tmp_path: Path, moment: float
) -> None:
    web.open()
    command = [sys.executable, "-m", "casetrack.cli", "backup", str(tmp_path / "b")]
    with subprocess.Popen(command, env=here(web), stderr=subprocess.DEVNULL) as killed:
        Flag().wait(moment)
        killed.send_signal(signal.SIGKILL)
    if (tmp_path / "b").exists():
        return  # it was quicker
    assert backed_up(web, tmp_path / "b").exit_code == 0
    assert not (tmp_path / "b.part").exists()


def test_the_drill_does_both_and_leaves_nothing_behind(web: Web, tmp_path: Path) -> None:
    number = billboard(web)
    assert web.bring(number, PDF).status_code == 201
    web.deliver()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = run_command(here(web), ["drill", "--scratch", str(scratch), "--json"])
    assert done.exit_code == 0, done.output
    said = as_json(done)
    assert said["sound"]
    assert (said["files"], said["events"] > 0, said["rows"] > 50) == (1, True, True)
    assert not list(scratch.iterdir())
    words = run_command(here(web), ["drill"])
    assert "Both are sound." in words.output


@pytest.mark.postgres
def test_where_postgresql_s_programs_are_missing_it_is_said_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = World.make(postgres_url, tmp_path)
    try:
        monkeypatch.setattr(postgresql_programs, "_DEBIAN", tmp_path)
        monkeypatch.setattr(shutil, "which", lambda _: None)
        said = refusal(here(Web(made)), "backup", str(tmp_path / "b"))
        assert "install postgresql-client" in said
    finally:
        made.close()
