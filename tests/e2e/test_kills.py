"""Under load, anything may be killed at any moment: nothing that was answered is lost."""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pytest

from casetrack.bench import region
from casetrack.bench.load import Client
from casetrack.bench.processes import Processes, Running
from tests.conftest import need
from tests.support.ports import free_port
from tests.support.processes import flush_redis, own_redis, production, redis_available

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.xdist_group("redis"),
]

CLIENTS = 4
KILLS = 12
#: Writes that must be answered between two kills: however slow the machine, the load is real.
PROGRESS = 12


@dataclass
class Answers:
    """What was answered 2xx: case number → how many of its events the answers vouch for."""

    vouched: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    broken: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


class Customer:
    """A client that gets over every broken connection, as a sensible one does: it looks, and goes on."""

    def __init__(self, port: int, tokens: dict[str, str], answers: Answers, first: int) -> None:
        self._client = Client(port, tokens, timeout=10)
        self._answers, self._serial = answers, first

    def work(self) -> None:
        """Case after case until told to stop."""
        while not self._answers.stop.is_set():
            self._serial += 1
            case = self._write("/cases", "ben.clerk", region.application(self._serial))
            if case is None:
                continue
            number = case["number"]
            self._answers.vouched[number] = 1
            for done, (login, step, body) in enumerate(region.TRANSITIONS, start=2):
                if not self._transition(case, login, step, body):
                    break
                self._answers.vouched[number] = done
        self._client.close()

    def _transition(
        self, case: dict[str, Any], login: str, step: str, body: dict[str, str]
    ) -> bool:
        """Done for certain, or False: given up because the end has come."""
        path = f"/cases/{case['number']}/steps/{step}/actions"
        # Nobody else works on this case: a step that moved was moved by us, the answer got lost.
        while not self._answers.stop.is_set():
            etag = next(s["etag"] for s in case["steps"] if s["id"] == step)
            after = self._write(path, login, body, etag)
            if after is not None:
                case["steps"] = after["steps"]
                return True
        return False

    def _write(
        self, path: str, login: str, body: dict[str, Any], etag: str | None = None
    ) -> dict[str, Any] | None:
        """The document, or None when nobody can say whether it was done."""
        try:
            status, document, _ = self._client.post(path, login, body, etag)
        except (OSError, HTTPException, ValueError):
            self._answers.broken += 1
            time.sleep(0.1)
            return None
        if status in (200, 201):
            return dict(document)
        if status == 412:
            # Done, but the answer was lost with the process: read what it has become.
            return self._read(path, login)
        if status != 503:
            self._answers.unexpected.append(f"{path}: {status} {document}")
        time.sleep(0.1)
        return None

    def _read(self, path: str, login: str) -> dict[str, Any] | None:
        number = path.split("/")[2]
        try:
            status, document, _ = self._client.get(f"/cases/{number}", login)
        except (OSError, HTTPException, ValueError):
            return None
        return dict(document) if status == 200 else None


class Fleet:
    """The processes, and who starts them again: what a supervisor does."""

    def __init__(self, processes: Processes, port: int) -> None:
        self._processes = processes
        self._commands = {
            "web": ("casetrack", "web", "--bind", f"127.0.0.1:{port}", "--threads", "4"),
            "relay": ("casetrack", "relay"),
            "workers": ("dramatiq", "workers", "--processes", "2", "--threads", "2"),
            "clock": ("casetrack", "clock"),
        }
        self.now: dict[str, Running] = {}
        for name in self._commands:
            self.start(name)
        processes.wait_for_web(self.now["web"], port, patience=120)

    def start(self, name: str) -> None:
        self.now[name] = self._processes.start(name, *self._commands[name])

    def revive(self) -> None:
        """Start again what has ended."""
        for name, process in self.now.items():
            if not process.alive:
                # As when its container is started again: what it forked goes with it.
                process.sweep()
                self.start(name)

    def kill_one_of(self, name: str, dice: random.Random) -> str:
        """SIGKILL the master or one of the children; gives what was hit."""
        process = self.now[name]
        children = process.children()
        if children and dice.random() < 0.5:
            victim = dice.choice(children)
            os.kill(victim, signal.SIGKILL)
            return f"a child of {name}"
        process.kill()
        return name


@pytest.fixture
def servers(postgres_url: str) -> Iterator[tuple[str, str]]:
    """PostgreSQL and Redis of the test's own."""
    need(redis_available(), "Redis")
    with own_redis("kills") as broker_url:
        yield postgres_url, broker_url


def test_nothing_answered_is_lost_when_anything_is_killed(
    servers: tuple[str, str], tmp_path: Path
) -> None:
    database_url, broker_url = servers
    seed = random.SystemRandom().randrange(10**6)
    dice, answers, port = random.Random(seed), Answers(), free_port()
    with ExitStack() as stack:
        processes = stack.enter_context(production(database_url, broker_url, tmp_path))
        processes.casetrack("load", str(region.write(tmp_path / "region")))
        tokens = {
            login: processes.casetrack("token", "create", "--officer", login).splitlines()[-1]
            for login in region.LOGINS
        }
        fleet = Fleet(processes, port)
        threads = [
            threading.Thread(target=Customer(port, tokens, answers, n * 10**6).work, daemon=True)
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        hit = havoc(fleet, dice, answers)
        goes_on(fleet, answers, dice)
        answers.stop.set()
        for thread in threads:
            thread.join(30)
        told = f"seed {seed}, hit {hit}, {answers.broken} broken requests"
        assert not answers.unexpected, (told, answers.unexpected[:3])
        settled(database_url, fleet, told)
        check_streams(database_url, answers, told)
        check_ledger(database_url, told)
        check_mails(database_url, tmp_path / "mail", told)
        verdict = json.loads(processes.casetrack("verify", "--json").splitlines()[-1])
        assert verdict["ok"], (told, verdict)


def havoc(fleet: Fleet, dice: random.Random, answers: Answers) -> list[str]:
    """Kill and revive; each kind is hit equally often, Redis forgets everything in the middle."""
    names = [name for name in fleet.now for _ in range(KILLS // len(fleet.now))]
    dice.shuffle(names)
    hit = []
    for turn, name in enumerate(names):
        goes_on(fleet, answers, dice)
        if turn == len(names) // 2:
            flush_redis()
            hit.append("Redis flushed")
        hit.append(fleet.kill_one_of(name, dice))
    return hit


def goes_on(fleet: Fleet, answers: Answers, dice: random.Random) -> None:
    """Start again what was killed, and wait until enough is answered again."""
    wanted = sum(answers.vouched.values()) + dice.randrange(PROGRESS, 2 * PROGRESS)
    until = time.monotonic() + 60
    while sum(list(answers.vouched.values())) < wanted:
        assert time.monotonic() < until, [process.tail(5) for process in fleet.now.values()]
        time.sleep(0.2)
        fleet.revive()


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def settled(url: str, fleet: Fleet, told: str, seconds: float = 45) -> None:
    """Until nothing waits. A killed worker's lease lasts a minute: its end is brought forward."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "UPDATE lanes SET lease_until = now() - interval '1 second' "
            "WHERE lease_until > now() + interval '5 seconds'"
        )
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        fleet.revive()
        waiting = rows(
            url,
            "SELECT (SELECT count(*) FROM queue), "
            "(SELECT count(*) FROM deliveries WHERE state = 'pending')",
        )[0]
        if waiting == (0, 0):
            return
        time.sleep(0.5)
    pytest.fail(f"{told}: {waiting} events and deliveries still wait")


def check_streams(url: str, answers: Answers, told: str) -> None:
    """Every event that an answer vouched for is there, in versions without a gap."""
    found = dict(rows(url, "SELECT stream, count(*) FROM events GROUP BY stream"))
    for number, vouched in answers.vouched.items():
        assert found.get(number, 0) >= vouched, (told, number, vouched, found.get(number))
    gaps = rows(url, "SELECT stream FROM events GROUP BY stream HAVING max(version) <> count(*)")
    assert gaps == [], told
    serials = rows(url, "SELECT count(*), max(serial) FROM cases, counters")[0]
    assert serials[0] == serials[1], (told, "case numbers have a gap")


def check_ledger(url: str, told: str) -> None:
    """Positions run from 1 without a gap, over exactly the events that there are."""
    assert rows(url, "SELECT count(*) = max(position) FROM ledger")[0][0], told
    assert rows(url, "SELECT count(*) FROM ledger") == rows(url, "SELECT count(*) FROM events"), (
        told
    )


def check_mails(url: str, folder: Path, told: str) -> None:
    """Each event was told once, alone or with others: a mail sent twice overwrote its own file."""
    assert rows(url, "SELECT DISTINCT state FROM deliveries") == [("delivered",)], told
    told_in = dict(rows(url, "SELECT position, position FROM deliveries"))
    joined = rows(url, "SELECT event_position, position FROM joined")
    assert not {event for event, _ in joined} & set(told_in), (told, "an event in two messages")
    told_in.update(joined)
    assert len(told_in) == rows(url, "SELECT count(*) FROM events")[0][0], told
    mails = [int(mail.name.removesuffix(".eml").split(".")[-3]) for mail in folder.glob("*.eml")]
    assert sorted(mails) == sorted(set(told_in.values())), told
