"""Makes the environment of each peer on demand, and runs its script there.

What cannot be had (no network, say) is named with the reason; the others go on.
"""

import json
import subprocess
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process_costs import Snapshot
from bench.whole_stage import Stage

_HERE = Path(__file__).resolve().parent
_ENVIRONMENTS = _HERE.parents[1] / "build" / "peers"
_DATABASE = "peer"
_PATIENCE = 240


@dataclass(frozen=True, slots=True)
class Peer:
    """A program beside ours: what it is told to do, with what packages."""

    name: str
    #: What it does for one, in words.
    does: str
    script: str
    packages: tuple[str, ...]
    #: The version of this package is printed.
    package: str
    arguments: Callable[[Stage, float], Sequence[str]]


@dataclass(frozen=True)
class Measured:
    """What it reached, or why nothing is known of it."""

    name: str
    does: str
    version: str = ""
    why_not: str = ""
    per_second: float = 0.0
    put_per_second: float | None = None
    python_ms: float = 0.0
    postgres_ms: float = 0.0


def _url(place: Stage) -> str:
    return place.url(database=_DATABASE)


PEERS = (
    Peer(
        "DBOS",
        "a workflow's step that writes one row and its own checkpoint, nine a workflow, 8 threads",
        "dbos_steps.py",
        ("dbos", "psycopg[binary]"),
        "dbos",
        lambda place, seconds: (_url(place), "8", str(seconds)),
    ),
    Peer(
        "Procrastinate",
        "a job that does nothing, taken out of PostgreSQL by one process",
        "procrastinate_jobs.py",
        ("procrastinate", "psycopg[binary]"),
        "procrastinate",
        lambda place, seconds: (_url(place), str(round(300 * seconds))),
    ),
    Peer(
        "Celery",
        "a job that does nothing, taken out of Redis by two processes",
        "celery_jobs.py",
        ("celery", "redis", "packaging"),
        "celery",
        lambda place, seconds: (place.broker.url, str(round(600 * seconds))),
    ),
)


def measure(place: Stage, peer: Peer, seconds: float, say: Callable[[str], None]) -> Measured:
    """One of them, on the servers of the stage; its database is made for it and dropped."""
    try:
        python = _environment(peer, say)
    except subprocess.SubprocessError as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return Measured(peer.name, peer.does, why_not=said[-1] if said else str(error))
    place.ask(f"CREATE DATABASE {_DATABASE}", "postgres")
    try:
        before = Snapshot.now().cpu(place.postgresql.pid)
        done = subprocess.run(
            [str(python), peer.script, *peer.arguments(place, seconds)],
            cwd=_HERE,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
        )
        cpu = Snapshot.now().cpu(place.postgresql.pid) - before
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return Measured(peer.name, peer.does, why_not=said[-1] if said else str(error))
    finally:
        place.ask(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)", "postgres")
    return Measured(
        peer.name,
        peer.does,
        _version(python, peer.package),
        per_second=found["per_second"],
        put_per_second=found.get("put_per_second"),
        python_ms=found["python_ms"],
        postgres_ms=round(cpu / max(1, found["count"]) * 1000, 3),
    )


def _environment(peer: Peer, say: Callable[[str], None]) -> Path:
    """The Python of the peer's own environment, made and filled where it is not there yet."""
    folder = _ENVIRONMENTS / peer.package
    python = folder / "bin" / "python"
    made = folder / "made"
    if not made.exists():
        say(f"installing {peer.name} into build/peers/{peer.package}")
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--retries", "1", *peer.packages],
            capture_output=True, text=True, timeout=_PATIENCE, check=True,
        )  # fmt: skip
        made.touch()
    return python


def _version(python: Path, package: str) -> str:
    asked = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([str(python), "-c", asked], capture_output=True, text=True, check=False)
    return done.stdout.strip()
