"""Makes the stored database of a release, with that release's own code (README.md beside this)."""

import argparse
import gzip
import json
import re
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.releases import stories
from tests.releases.running import Line, Release
from tests.support import postgres
from tests.support.world import environment_for

HERE = Path(__file__).resolve().parent
#: Nobody listens there: what goes to it waits.
NOWHERE = "http://127.0.0.1:9/"
LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="berkas 1"/>
<event><string key="concept:name" value="Berkas diterima"/><string key="org:resource" value="Petugas 7"/>
<date key="time:timestamp" value="2019-05-06T09:00:00+08:00"/></event>
<event><string key="concept:name" value="Izin terbit"/><string key="org:resource" value="Petugas 9"/>
<date key="time:timestamp" value="2019-05-16T09:00:00+08:00"/></event></trace></log>
"""


def _fill(release: Release) -> dict[str, object]:
    """Everything that a database of some age holds; gives what a test needs to know of it."""
    release.run("db", "upgrade")
    demo = release.code / "casetrack" / "demo"
    for region in ("samarinda", "surabaya"):
        release.run("load", str(demo / region))
    tokens = release.tokens("sby.clerk")
    cases = {}
    with release.up(tokens) as line:
        stories.subscribe(line, NOWHERE)
        for stage, (application, deeds, status) in stories.STAGES.items():
            opened = stories.play(lambda _place: line, application, deeds)
            cases[stage] = {"number": opened.number, "code": opened.code, "status": status}
        stories.open_case(line, stories.LETTER, by="sby.clerk")
        today = datetime.now(UTC).date().isoformat()
        stories.withdraw_grant(line, "mandat-surat-keterangan", today)
        _wait_until_numbered(release, line)
    log = release.folder / "log.xes"
    log.write_text(LOG)
    release.run("replay", str(log), "--region", "64.72")
    # Nobody numbers this event: the next release finds it in the queue.
    _erase(release, str(cases["erased"]["number"]))
    verdict = json.loads(release.run("verify", "--json").splitlines()[-1])
    assert verdict["ok"], verdict
    keys = {
        name: release.environment[name] for name in ("CASETRACK_MASTER_KEY", "CASETRACK_SECRET_KEY")
    }
    made_at = datetime.now(UTC).isoformat()
    return {"made_at": made_at, "keys": keys, "tokens": tokens, "cases": cases}


def _wait_until_numbered(release: Release, line: Line) -> None:
    """Until no event waits for the ledger and every mail was written."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        listed = release.run("deliveries", "list")
        if "email" not in listed:
            return
        time.sleep(1)
    raise TimeoutError(listed)


def _erase(release: Release, number: str) -> None:
    (person,) = json.loads(release.run("subject", "show", "--case", number, "--json"))
    subject = person["subject"]
    release.run("subject", "erase", "--subject", subject, "--reason", "subject_request", "--yes")


def _sqlite(release: Release, file: Path, out: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")
    out.write_bytes(gzip.compress(file.read_bytes(), mtime=0))


#: Settings of the dump's own session, of which an older server knows fewer, and psql's own commands.
_SESSION = re.compile(r"SET \w+ = .*;|SELECT pg_catalog\.set_config\(.*;|\\(un)?restrict .*")


def _postgresql(url: str, out: Path) -> None:
    options = ("--no-owner", "--no-privileges", "--rows-per-insert=100", "--no-comments")
    dump = subprocess.run(
        ["pg_dump", *options, url], check=True, capture_output=True, text=True
    ).stdout
    kept = [line for line in dump.splitlines() if not _SESSION.fullmatch(line)]
    out.write_bytes(gzip.compress("\n".join(kept).encode(), mtime=0))


def main() -> None:
    """Both databases of one release."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the release: the files are named so")
    parser.add_argument("code", type=Path, help="its checkout, with its .venv")
    given = parser.parse_args()
    python = given.code / ".venv" / "bin" / "python"
    more = {"CASETRACK_SMS_URL": "none", "CASETRACK_WHATSAPP_URL": "none"}
    more["CASETRACK_WEBHOOK_ALLOW"] = "127.0.0.0/8"
    facts = {}
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name, postgres.fresh() as server:
            folder = Path(name)
            file = folder / "casetrack.sqlite"
            url = server if kind == "postgresql" else f"sqlite:///{file}"
            environment = environment_for(url, folder, **more)
            release = Release(given.name, given.code.resolve(), python, environment, folder)
            facts[kind] = _fill(release)
            if kind == "sqlite":
                _sqlite(release, file, HERE / f"{given.name}.sqlite.gz")
            else:
                _postgresql(server, HERE / f"{given.name}.sql.gz")
    (HERE / f"{given.name}.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
