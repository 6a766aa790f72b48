#!/usr/bin/env python3
"""A consumer of casetrack's feed that may be killed at any moment: standard library only.

    CASETRACK_TOKEN=… python3 consumer.py http://127.0.0.1:8000 consumer.sqlite

It keeps the last known state of every case in a table. The position that it has read to is written in
the same transaction as what it made of the events: killed before the commit, it reads them again;
killed after, it goes on behind them. So every event has its effect once, whatever happens.
"""

import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from typing import Any

WAIT = 30  # seconds of a long poll
LIMIT = 200
PATIENCE = 60  # seconds between two attempts, at most, while the server is away

TABLES = """
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER);
INSERT OR IGNORE INTO progress VALUES (1, 0);
CREATE TABLE IF NOT EXISTS cases (number TEXT PRIMARY KEY, status TEXT, holder TEXT, due_at TEXT);
CREATE TABLE IF NOT EXISTS seen (position INTEGER PRIMARY KEY, id TEXT, type TEXT);
"""


def main(server: str, file: str) -> None:
    """Read for ever."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(TABLES)
    failures = 0
    while True:
        (position,) = database.execute("SELECT position FROM progress").fetchone()
        try:
            page = fetch(server, position)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                sys.exit(f"the token is not accepted: {error.code}")
            if error.code == 409:
                # Going on would skip as many events as were lost. A person has to look.
                sys.exit(
                    f"the server's ledger ends before position {position}: was a backup restored? "
                    "Compare what you hold with GET /events from the beginning"
                )
            failures += 1
        except (OSError, ValueError):
            failures += 1
        else:
            failures = 0
            take(database, page)
            continue
        time.sleep(min(PATIENCE, 0.5 * 2 ** min(failures, 7)))


def fetch(server: str, position: int) -> dict[str, Any]:
    """The next page behind a position; waits up to WAIT seconds for the first event."""
    request = urllib.request.Request(
        f"{server}/api/v1/events?after={position}&limit={LIMIT}&wait={WAIT}",
        headers={"Authorization": f"Bearer {os.environ['CASETRACK_TOKEN']}"},
    )
    with urllib.request.urlopen(request, timeout=WAIT + 30) as response:
        page: dict[str, Any] = json.load(response)
    return page


def take(database: sqlite3.Connection, page: dict[str, Any]) -> None:
    """The effect of the events and the new position, together or not at all."""
    database.execute("BEGIN IMMEDIATE")
    for event in page["events"]:
        apply(database, event)
    database.execute("UPDATE progress SET position = ?", (page["next"],))
    database.execute("COMMIT")


def apply(database: sqlite3.Connection, event: dict[str, Any]) -> None:
    """What this consumer makes of one event. Put your own work here, in this transaction."""
    database.execute(
        "INSERT INTO seen VALUES (?, ?, ?)", (event["position"], event["id"], event["type"])
    )
    data = event["data"]
    # Events of a case's own stream come in its order, so the last one is how the case stands.
    if event["stream"] == event["subject"] and "number" in data:
        database.execute(
            "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?)",
            (data["number"], data["status"], data["holder"], data["due_at"]),
        )


if __name__ == "__main__":
    if len(sys.argv) != 3 or not os.environ.get("CASETRACK_TOKEN"):
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2])
