"""The release before and this one work on one database at the same time, and agree on what happened."""

import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from casetrack.domain.case.withheld import without_withheld
from casetrack.storage import schema_version
from tests.conftest import need
from tests.releases import stories
from tests.releases.running import Line, Release
from tests.releases.stories import Desk, Opened
from tests.support import postgres
from tests.support.processes import own_redis, redis_available
from tests.support.world import environment_for

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.postgres,
    pytest.mark.redis,
]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
#: How long relay and workers get to bring everything home, in seconds.
PATIENCE = 120
#: Events of the README's case that its applicant is told of.
TOLD = 13


def release_before() -> str:
    """The commit of the release before: the first word of the file, its reason behind it."""
    return (HERE / "before.txt").read_text().split()[0]


def archived(commit: str, folder: Path) -> Path:
    """The release's code, as `git archive` gives it."""
    git = shutil.which("git")
    need(git is not None, "git")
    packed = subprocess.run(
        [str(git), "archive", commit], cwd=ROOT, capture_output=True, check=False
    )
    need(packed.returncode == 0, f"the commit of the release before ({commit})")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def lock_of(code: Path) -> Path:
    """A release's lock of all that it may be tried with; there was one for everything before."""
    whole = code / "requirements-dev.lock"
    return whole if whole.exists() else code / "requirements.lock"


def pinned(code: Path) -> dict[str, str]:
    """The packages of a release's lock, name and version → its lines, with their hashes."""
    entries = re.split(r"^(?=\S)", lock_of(code).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {entry.split()[0]: entry for entry in entries if "==" in entry}


def packages(code: Path, folder: Path) -> list[Path]:
    """Where those of the release's own lock lie that today's pins otherwise; nowhere if there are none.

    All others are today's. To install them all again would take longer than everything else here.
    """
    today = pinned(ROOT)
    others = [entry for name, entry in pinned(code).items() if name not in today]
    if not others:
        return []
    folder.mkdir()
    lock = folder / "lock.txt"
    lock.write_text("".join(others), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--target", str(folder), "-r", str(lock)], check=True)
    return [folder]


@contextmanager
def both(tmp_path: Path) -> Iterator[tuple[Release, Release, str]]:
    """The release before and this one on a database of the release before, and its address."""
    code = archived(release_before(), tmp_path / "before")
    before = packages(code, tmp_path / "packages")
    folder = tmp_path / "data"
    folder.mkdir()
    with postgres.fresh() as url, own_redis("releases") as bell:
        environment = environment_for(
            url,
            folder,
            CASETRACK_BROKER_URL=bell,
            CASETRACK_SMS_URL="none",
            CASETRACK_WHATSAPP_URL="none",
        )
        old = Release("before", code, Path(sys.executable), environment, folder, before)
        old.run_all(("db", "upgrade"), ("load", str(code / "casetrack" / "demo" / "samarinda")))
        yield old, Release("now", ROOT, Path(sys.executable), environment, folder), url


def go_further(url: str) -> None:
    """A first half that neither of them has: what the next release does while they run."""
    first = max(name for name in schema_version.newest() if name.endswith("_first"))
    newer = f"{int(first[:4]) + 1:04}_first"
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE cases ADD COLUMN of_the_next_release text")
        changed = connection.execute(
            "UPDATE alembic_version SET version_num = %s WHERE version_num = %s", (newer, first)
        )
        assert changed.rowcount == 1


def play(one: Desk, other: Desk) -> list[Opened]:
    """The README's case at the one, at the other, and from hand to hand; all at the same time."""
    ways = (
        lambda _: one,
        lambda _: other,
        lambda place: (one, other)[place % 2],
        lambda place: (other, one)[place % 2],
    )
    with ThreadPoolExecutor(len(ways)) as pool:
        played = [
            pool.submit(stories.play, way, stories.BILLBOARD, stories.HANDED_OVER) for way in ways
        ]
        return [story.result() for story in played]


def wait_until_all_is_told(url: str) -> None:
    """Until every event has its number and no message to an applicant waits."""
    waiting = (
        "SELECT (SELECT count(*) FROM queue), (SELECT count(*) FROM deliveries "
        "WHERE channel = 'email' AND state <> 'delivered')"
    )
    until = time.monotonic() + PATIENCE
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < until:
            left = connection.execute(waiting.encode()).fetchone()
            if left == (0, 0):
                return
            time.sleep(0.3)
    raise TimeoutError(f"events and messages that wait: {left}")


def deliveries(url: str) -> tuple[set[str], int]:
    """What the mails that went out are called, and how many events joined another one's."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT region, position, role FROM deliveries WHERE channel = 'email'"
        ).fetchall()
        joined = connection.execute("SELECT count(*) FROM joined").fetchone()
    assert joined is not None
    return {".".join(map(str, row)) for row in rows}, int(joined[0])


def verdict(release: Release) -> dict[str, Any]:
    """What its `casetrack verify` says."""
    said: dict[str, Any] = json.loads(release.run("verify", "--json", faults=True).splitlines()[-1])
    return said


def test_the_release_before_and_this_one_run_side_by_side(tmp_path: Path) -> None:
    need(postgres.available(), "PostgreSQL")
    need(redis_available(), "Redis")
    with both(tmp_path) as (old, new, url):
        new.run("db", "upgrade", "--first-half")
        go_further(url)
        tokens = old.tokens()
        with old.production(tokens) as one, new.production(tokens) as other:
            cases = play(one, other)
            wait_until_all_is_told(url)
            _agree(one, other, cases)
        # One mail for each delivery, and every event in one of them, whoever sent it.
        sent, joined = deliveries(url)
        mails = {path.name.rsplit(".", 2)[0] for path in (new.folder / "mail").glob("*.eml")}
        assert mails == sent
        assert len(sent) + joined == len(cases) * TOLD
        before, now = verdict(old), verdict(new)
        assert now["fault"] is None
        # A position is found under the paper that renamed it, since 0010_first: the release before
        # names the first of these keys, which it does not know (docs/decisions/0027).
        assert before["fault"]["kind"] == "register_keys"


def in_words_of(before: Any, now: Any) -> Any:
    """What this release says, without the fields that the release before does not have.

    A text is shown as text now, where the release before showed the reference to it.
    """
    if isinstance(before, dict) and before.keys() == {"text", "hmac"} and isinstance(now, str):
        return before
    if isinstance(before, dict) and isinstance(now, dict):
        return {name: in_words_of(before[name], now[name]) for name in before if name in now}
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [in_words_of(*both) for both in zip(before, now, strict=True)]
    return now


def masked(body: Any) -> Any:
    """Events as this release gives them to who reads persons masked; that before gave them whole."""
    if not isinstance(body, dict) or "items" not in body:
        return body
    items = [{**e, "data": without_withheld(e["type"], e["data"])} for e in body["items"]]
    return {**body, "items": items}


def _agree(one: Line, other: Line, cases: list[Opened]) -> None:
    """Both read the same of every case, by whomever it was written."""
    for case in cases:
        assert len(stories.passports(one, case.number)) == 5
        for path in (f"/cases/{case.number}", f"/cases/{case.number}/events"):
            answers = [desk.ask("GET", path, "smr.auditor") for desk in (one, other)]
            assert answers[0].status == 200
            before_body = masked(answers[0].body)
            assert before_body == in_words_of(before_body, answers[1].body)
            assert answers[0].etag == answers[1].etag
        before, now = (stories.passports(desk, case.number) for desk in (one, other))
        assert before == in_words_of(before, now)
        assert (
            one.ask("GET", f"/cases/{case.number}", "smr.auditor").body["status"] == "handed_over"
        )
