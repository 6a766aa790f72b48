"""The database of an earlier release is upgraded, verified, read over HTTP and played on."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from casetrack.bootstrap import build
from casetrack.storage import migrate, schema_version
from casetrack.usecases.proof.checked_region import Verdict
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.conftest import need
from tests.releases import stories
from tests.releases.stories import Body, Reply
from tests.support import postgres
from tests.support.web import BOTH, Web
from tests.support.world import Hands, World, settings_for

HERE = Path(__file__).resolve().parent
STORED = "a82df35"


@dataclass
class Stored:
    """An earlier release's database under this code: a `Desk`."""

    web: Web
    cases: dict[str, dict[str, str]]

    @property
    def world(self) -> World:
        return self.web.world

    def ask(
        self, method: str, path: str, login: str, body: Body | None = None, etag: str | None = None
    ) -> Reply:
        """One request."""
        answer = self.web.call(method, path, login, body, etag=etag)
        return Reply(answer.status_code, answer.headers.get("ETag"), answer.get_json())

    def number(self, stage: str) -> str:
        return self.cases[stage]["number"]

    def verify(self) -> Verdict:
        return verify(self.world.ctx, progress=lambda _: None)

    def status(self, stage: str) -> Any:
        """What the applicant reads, with the code that an earlier release gave out."""
        case = self.cases[stage]
        code = {"X-Access-Code": case["code"]}
        return self.web.get(f"/status/{case['number']}", headers=code).get_json()


def _sqlite(url: str) -> None:
    content = gzip.decompress((HERE / f"{STORED}.sqlite.gz").read_bytes())
    Path(url.removeprefix("sqlite:///")).write_bytes(content)


def _postgresql(url: str) -> None:
    dump = gzip.decompress((HERE / f"{STORED}.sql.gz").read_bytes())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(dump)


@pytest.fixture(params=BOTH)
def stored_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The stored database, as the earlier release left it."""
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
        _sqlite(url)
        yield url
        return
    need(postgres.available(), "PostgreSQL")
    with postgres.fresh() as url:
        _postgresql(url)
        yield url


@pytest.fixture
def stored(stored_url: str, tmp_path: Path) -> Iterator[Stored]:
    """It, and this code upon it, a day after it was made."""
    kind = "sqlite" if stored_url.startswith("sqlite") else "postgresql"
    facts = json.loads((HERE / f"{STORED}.json").read_text())[kind]
    hands = Hands()
    hands.now = datetime.fromisoformat(facts["made_at"]) + timedelta(days=1)
    more = {**facts["keys"], "CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8"}
    app = build(settings_for(stored_url, tmp_path, **more), wake=lambda: None, clock=hands)
    yield Stored(Web(World(app, hands, tmp_path / "mail", facts["tokens"])), facts["cases"])
    app.database.close()


def test_it_is_upgraded_half_by_half_and_verifies_after_each(stored: Stored) -> None:
    database = stored.world.database
    assert schema_version.current(database) == ("0005",)
    for half in ("first", "second"):
        assert any(f"the {half} half is missing" in line for line in migrate.check(database))
        migrate.upgrade(database, half="first" if half == "first" else "second")
        schema_version.require_current(database)
        verdict = stored.verify()
        assert verdict.fault is None
        assert not verdict.other_folds["newer"]
    assert migrate.check(database) == []
    # What is only of an older fold is made anew.
    old = verdict.other_folds["old"]
    assert len(list(rebuild(stored.world.ctx, None, lambda _: None))) == old
    verdict = stored.verify()
    assert (verdict.fault, verdict.other_folds["old"]) == (None, 0)


def test_what_it_holds_is_read_over_http(stored: Stored) -> None:
    migrate.upgrade(stored.world.database)
    for stage, (_, _, status) in stories.STAGES.items():
        case = stored.ask("GET", f"/cases/{stored.number(stage)}", "smr.auditor")
        assert (case.status, case.body["status"]) == (200, status), stage
        assert stored.status(stage)["status"] == status
    assert len(stories.passports(stored, stored.number("handed_over"))) == 5
    withdrawal = "/authority/entries/withdrawal/cabut-mandat-surat-keterangan"
    assert stored.ask("GET", withdrawal, "smr.auditor").body["items"][0]["state"] == "confirmed"
    hooks = stored.ask("GET", "/webhooks", "smr.integrator").body["items"]
    assert [hook["types"] for hook in hooks] == [["casetrack.*"]]
    events = stored.ask("GET", "/events?limit=100", "smr.integrator").body["events"]
    assert len(events) > 50


def test_it_is_played_on(stored: Stored) -> None:
    migrate.upgrade(stored.world.database)
    for stage, (deeds, status) in stories.GOING_ON.items():
        for deed in deeds:
            stories.act(stored, stored.number(stage), deed)
        assert stored.status(stage)["status"] == status
    opened = stories.play(lambda _: stored, stories.BILLBOARD, stories.HANDED_OVER)
    # What was declared and what was taken back hold.
    conflict = stories.refusal(stored, stored.number("conflict"), stories.DECIDE)
    assert conflict == (403, "conflict_declared")
    letter = stories.play(lambda _: stored, stories.LETTER, stories.COMPLETE)
    refused = stories.refusal(stored, letter.number, stories.LETTER_GRANTED[-1])
    assert refused == (403, "grant_withdrawn")
    stored.web.deliver()
    told = list(stored.world.mail.glob("*.eml"))
    assert any(opened.number in mail.read_text() for mail in told)
    assert stored.verify().fault is None
