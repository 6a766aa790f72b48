"""Fills the database of the environment: the bench's region, some played cases, and copies of them."""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import judged_region
from bench.fill import STAGES, fill
from bench.http_client import Client
from bench.load import Case
from bench.processes import Processes, free_port
from bench.runner import Progress, Say, settle, start_processes
from bench.surroundings import tokens_for
from casetrack import bootstrap
from casetrack.config import Settings
from casetrack.domain.errors import BadInput
from casetrack.usecases.region import loading


@dataclass(frozen=True)
class Filled:
    """How many cases were copied, and which were really played."""

    cases: int
    played: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"scenario": "fill", "cases": self.cases, "played": self.played}

    def in_words(self) -> str:
        """For a person."""
        return f"{self.cases:,} cases are there, copies of {', '.join(self.played)}."


def fill_up(settings: Settings, *, cases: int, say: Say, progress: Progress) -> Filled:
    """Make the database hold so many cases. Raises BadInput, DatabaseDown, NotReady."""
    if settings.embedded or settings.broker_url.startswith("memory:"):
        raise BadInput(
            "CASETRACK_DATABASE_URL and CASETRACK_BROKER_URL: a PostgreSQL is filled, beside a broker"
        )
    app = bootstrap.build(settings, wake=lambda: None)
    try:
        with TemporaryDirectory(prefix="casetrack-bench-") as name:
            folder = Path(name)
            say("loading the bench's region")
            data = judged_region.judged_region(folder / "region", judged_region.today())
            loading.load(app.ctx, data)
            numbers = _played(settings, folder, say)
        say(f"copying them until there are {cases:,}")
        fill(app, numbers, cases, progress)
    finally:
        app.database.close()
    return Filled(cases, tuple(numbers))


def _played(settings: Settings, folder: Path, say: Say) -> list[str]:
    """Cases at every stage, told to everybody."""
    say("playing cases, each to another stage")
    port = free_port()
    with Processes(_tells_nobody(folder), folder) as processes:
        tokens = tokens_for(processes)
        start_processes(processes, port)
        client = Client(port, tokens)
        numbers = [play(client, serial, done) for serial, done in enumerate(STAGES, start=1)]
        app = bootstrap.build(settings, wake=lambda: None)
        try:
            settle(app.database)
        finally:
            app.database.close()
        return numbers


def _tells_nobody(folder: Path) -> dict[str, str]:
    """The environment, but that no message leaves it: the applicants are made up."""
    outside = ("CASETRACK_SMTP", "CASETRACK_SMS", "CASETRACK_WHATSAPP")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    return {**kept, "CASETRACK_DATA_DIR": str(folder / "data")}


def play(client: Client, serial: int, done: int) -> str:
    """One case of which so many writes are done; gives its number."""
    case = Case(serial)
    while case.done < done:
        case.go_on(client)
    return case.number
