"""The limit: what pgbench does on the same server, with the product's own statements and with plain ones.

The statements are those that the web sent for cases that were really played, with their values. They are
carried out again on a copy of the database from before, each case in its order, all clients beginning in
the same moment; so nothing here can differ from what the product asks. Each is prepared and planned
once for a connection, before that moment, and they go in the same round trips as the web sent them.
"""

import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from bench.load import WRITES
from bench.process_costs import Snapshot
from bench.processes import NotReady
from bench.statement_record import Sent
from bench.whole_stage import BEFORE, Stage

#: The lock behind which all clients wait for the beginning.
_GATE = 20_300_001
_COPY = "again"

#: What a transition must at least do: lock a row, append an event, write the state, queue it.
_PLAIN_TABLES = """
CREATE TABLE plain_cases (number int PRIMARY KEY, version int NOT NULL, state text NOT NULL);
CREATE TABLE plain_events (number int, version int, id bigint, body text, PRIMARY KEY (number, version));
CREATE TABLE plain_queue (id bigint PRIMARY KEY, number int NOT NULL);
CREATE SEQUENCE plain_ids;
INSERT INTO plain_cases SELECT n, 0, repeat('x', 3800) FROM generate_series(1, 10000) AS n;
"""
_PLAIN = """
\\set n random(1, 10000)
BEGIN;
SELECT version + 1 AS version FROM plain_cases WHERE number = :n FOR UPDATE \\gset
SELECT nextval('plain_ids') AS id \\gset
INSERT INTO plain_events VALUES (:n, :version, :id, repeat('y', 1300));
UPDATE plain_cases SET version = :version, state = repeat('z', 3800) WHERE number = :n;
INSERT INTO plain_queue VALUES (:id, :n);
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """Writes a second, and milliseconds of the server's processor time for each."""

    per_second: float
    postgres_ms: float
    statements_per_write: float
    rounds: int


def own_statements(
    place: Stage, cases: Sequence[Sequence[Sent]], *, clients: int, seconds: float
) -> Limit:
    """Play the recorded cases again and again, each time on a fresh copy, for so long in all.

    Raises NotReady where pgbench is not there or a statement fails.
    """
    program = _pgbench()
    groups = [cases[client::clients] for client in range(clients)]
    scripts = []
    for client, group in enumerate(groups):
        script = place.folder / f"client{client}.pgbench"
        script.write_text(_script(group), encoding="utf-8")
        script.chmod(0o644)
        scripts.append(script)
    writes = len(cases) * WRITES
    rates: list[float] = []
    costs: list[float] = []
    spent = 0.0
    while spent < seconds or len(rates) < 2:
        took, cpu = _once(place, program, scripts)
        spent += took
        rates.append(writes / took)
        costs.append(cpu / writes * 1000)
    statements = sum(map(len, cases)) / writes
    return Limit(round(median(rates), 1), round(median(costs), 3), round(statements, 1), len(rates))


def plain_statements(place: Stage, *, clients: int, seconds: float) -> Limit:
    """A transaction that keeps a version, an event, a state and a queue, and knows nothing else."""
    program = _pgbench()
    place.ask(f"CREATE DATABASE {_COPY}")
    try:
        place.ask(_PLAIN_TABLES, _COPY)
        script = place.folder / "plain.pgbench"
        script.write_text(_PLAIN)
        before = Snapshot.now().cpu(place.postgresql.pid)
        command = [
            program, "-n", "-M", "prepared", "-c", str(clients), "-T", str(max(1, round(seconds))),
            "-f", str(script), place.url(database=_COPY),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotReady(f"pgbench: {done.stderr.strip()[-300:]}")
        cpu = Snapshot.now().cpu(place.postgresql.pid) - before
        rate = float(done.stdout.rpartition("tps = ")[2].split()[0])
        return Limit(round(rate, 1), round(cpu / (rate * seconds) * 1000, 3), 7.0, 1)
    finally:
        place.ask(f"DROP DATABASE {_COPY} WITH (FORCE)")


def _pgbench() -> str:
    program = shutil.which("pgbench")
    if program is None:
        raise NotReady("pgbench was not found")
    return program


def _script(cases: Sequence[Sequence[Sent]]) -> str:
    """Prepare every statement, wait at the gate, then case after case."""
    names: dict[str, str] = {}
    first: dict[str, str] = {}
    trips: list[list[str]] = []
    for case in cases:
        for sent in case:
            said = _one_line(sent.text)
            if sent.can_be_prepared:
                name = names.setdefault(sent.text, f"s{len(names)}")
                values = f"({', '.join(map(_one_line, sent.values))})" if sent.values else ""
                said = f"EXECUTE {name}{values}"
                first.setdefault(name, said)
            if sent.together and trips:
                trips[-1].append(said)
            else:
                trips.append([said])
    made = [f"PREPARE {name} AS {_one_line(text)};" for text, name in names.items()]
    planned = [f"EXPLAIN {said};" for said in first.values()]
    gate = f"SELECT pg_advisory_lock_shared({_GATE});"
    return "\n".join([*made, *planned, gate, *(" \\; ".join(trip) + ";" for trip in trips)]) + "\n"


def _one_line(text: str) -> str:
    # A backslash at the end of a line would be read as a command of pgbench's.
    return text.replace("\n", " ")


def _once(place: Stage, program: str, scripts: Sequence[Path]) -> tuple[float, float]:
    """Seconds from the opening of the gate to the last client's end, and the server's processor time."""
    place.ask(f"CREATE DATABASE {_COPY} TEMPLATE {BEFORE}")
    # As after some executions in the product: planned once, whatever the values.
    place.ask(f"ALTER DATABASE {_COPY} SET plan_cache_mode = force_generic_plan")
    url = place.url(database=_COPY)
    try:
        with psycopg.connect(url, autocommit=True) as gate:
            gate.execute(f"SELECT pg_advisory_lock({_GATE})".encode())
            clients = [
                subprocess.Popen(
                    [program, "-n", "-M", "simple", "-c", "1", "-t", "1", "-f", str(script), url],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for script in scripts
            ]
            while _waiting(place) < len(scripts):
                if any(client.poll() for client in clients):
                    break
                time.sleep(0.02)
            before = Snapshot.now().cpu(place.postgresql.pid)
            began = time.perf_counter()
            gate.execute(f"SELECT pg_advisory_unlock({_GATE})".encode())
            said = [client.communicate()[1] for client in clients]
            took = time.perf_counter() - began
            cpu = Snapshot.now().cpu(place.postgresql.pid) - before
        faults = [text for text in said if "ERROR" in text or "aborted" in text]
        if faults:
            raise NotReady(f"pgbench: {faults[0].strip()[:400]}")
        return took, cpu
    finally:
        place.ask(f"DROP DATABASE {_COPY} WITH (FORCE)")


def _waiting(place: Stage) -> int:
    found = place.ask(
        f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {_GATE} AND NOT granted"
    )
    return int(str(found[0][0]))
