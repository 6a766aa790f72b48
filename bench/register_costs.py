"""What the register costs: the check at a decision, and each question, on a region of ten years.

In this process, on a database of its own: the statements of one check are counted, its reads and its
computing are timed apart, and the same decision is taken with a passport and by a role alone.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from bench import measurement_queries
from bench.big_register import ONE_DOOR, BigRegister, Size, big_register
from bench.report import in_words, machine, quantiles_ms
from casetrack import bootstrap
from casetrack.bootstrap import App
from casetrack.config import Settings
from casetrack.domain.access import Actor
from casetrack.domain.authority.check import Alternative, Circumstances, check, who_may
from casetrack.domain.authority.entries import Incumbency, Post
from casetrack.domain.authority.filing import Filed, RegisterFile
from casetrack.domain.authority.matter import Matter
from casetrack.domain.region.region_data import Agency, Officer, Region, RegionData
from casetrack.domain.service.definition import Name
from casetrack.storage import migrate
from casetrack.storage.authority import register
from casetrack.usecases.questions import register_questions
from casetrack.usecases.questions.register_questions import When
from casetrack.usecases.region import loading

REGION = "99.01"
PAGE = 100
Say = Callable[[str], object]
Progress = Callable[[int], object]


@dataclass(frozen=True)
class AuthorityReport:
    """Milliseconds unless said otherwise; quantiles as in every report."""

    services: int
    positions: int
    grants: int
    entries: int
    filed_seconds: float
    statements: int
    read_ms: dict[str, float]
    compute_ms: dict[str, float]
    questions_ms: dict[str, dict[str, float]]
    database: str
    machine: str

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack bench --register --json` prints it."""
        return asdict(self)

    def in_words(self) -> str:
        """For a person."""
        lines = [
            f"A register of {self.entries:,} entries: {self.services} services, "
            f"{self.positions} positions, {self.grants:,} grants, ten years; "
            f"filed in {self.filed_seconds:.1f} s.",
            "",
            f"  check: {self.statements} reads  {in_words(self.read_ms, 2)}",
            f"  check: computing  {in_words(self.compute_ms, 2)}",
            "",
            *(f"  {name:<12} {in_words(found, 2)}" for name, found in self.questions_ms.items()),
            "",
            f"{self.database}; {self.machine}. In one process, caches warm.",
        ]
        return "\n".join(lines)


def measure(
    settings: Settings, *, rounds: int, say: Say, progress: Progress, size: Size | None = None
) -> AuthorityReport:
    """Make the region, then ask: `rounds` checks, and each question a tenth as often."""
    size = size or Size()
    big = big_register(size)
    with place(settings) as app:
        say(f"filing {len(big.entries):,} papers")
        began = time.perf_counter()
        loading.load(app.ctx, region_data(big))
        filed = time.perf_counter() - began
        say("asking")
        statements, reads, computing = _checks(app, big, rounds, progress)
        asked = dict(_questions(app, big, max(2, rounds // 10), progress))
        return AuthorityReport(
            services=size.services,
            positions=size.positions,
            grants=sum(r.kind == "grant" for r in big.entries),
            entries=len(big.entries),
            filed_seconds=round(filed, 1),
            statements=statements,
            read_ms=quantiles_ms(reads),
            compute_ms=quantiles_ms(computing),
            questions_ms=asked,
            database=measurement_queries.version(app.database),
            machine=machine(),
        )


@contextmanager
def place(settings: Settings) -> Iterator[App]:
    """A program on a database of its own, removed afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casetrack-bench-")))
        url = f"sqlite:///{folder / 'bench.sqlite'}"
        if not settings.embedded:
            url = stack.enter_context(
                measurement_queries.database_beside(settings.database_url, "casetrack_bench")
            )
        own = replace(settings, data_dir=folder, database_url=url, master_key=None, secret_key=None)
        app = bootstrap.build(own, wake=lambda: None)
        stack.callback(app.database.close)
        migrate.upgrade(app.database)
        yield app


def region_data(big: BigRegister) -> RegionData:
    """The region that the register is of: every officer a letter names, every agency a post has."""
    of_position = {r.id: r.entry.agency for r in big.entries if isinstance(r.entry, Post)}
    place = {
        r.entry.officer: of_position[r.entry.position]
        for r in big.entries
        if isinstance(r.entry, Incumbency)
    }
    steps = [step.agency for service in big.services for step in service.steps]
    agencies = sorted({*of_position.values(), *steps, ONE_DOOR})
    registrars = (Officer("bench.head", "head", ONE_DOOR), Officer("bench.admin", "admin", None))
    return RegionData(
        Region(REGION, "BEN", Name("Kota Ukur", "Measured city"), "Asia/Makassar"),
        tuple(Agency(agency, Name(agency, agency), "city") for agency in agencies),
        (),
        (*registrars, *(Officer(login, "officer", at) for login, at in sorted(place.items()))),
        tuple(big.services),
        (),
        RegisterFile(
            "bench.head",
            tuple(Filed(r.kind, r.id, r.entry, "0" * 64) for r in big.entries),
        ),
    )


def _checks(
    app: App, big: BigRegister, rounds: int, progress: Progress
) -> tuple[int, list[float], list[float]]:
    """Reads and computing of so many checks, each officer and service drawn anew."""
    random = Random(7)
    officers, day = big.officers, big.size.today
    reads, computing, most = [], [], 0
    for turn in range(rounds):
        officer, service = random.choice(officers), random.choice(big.services)
        with app.database.read() as connection, measurement_queries.counted(connection) as count:
            began = time.perf_counter()
            found = register.slice_for(connection, REGION, service.id, [officer], day)
            read = time.perf_counter()
            most = max(most, count())
        check(found, Matter("decide", service.id, day, day), officer)
        reads.append(read - began)
        computing.append(time.perf_counter() - read)
        progress(turn + 1)
    return most, reads, computing


def _who(app: App, service: str, day: date) -> Iterator[Alternative]:
    """Who may decide on this service, by the slice that a case would read."""
    with app.database.read() as connection:
        found = register.slice_for(connection, REGION, service, [], day)
    return who_may(found, Matter("decide", service, day, day), lambda _: Circumstances())


def _questions(
    app: App, big: BigRegister, rounds: int, progress: Progress
) -> Iterator[tuple[str, dict[str, float]]]:
    """Each question, asked as the API asks it."""
    ctx, when = app.ctx, When(at=big.size.today)
    head = Actor("officer", "bench.head", REGION, "head", ONE_DOOR)
    grants = [r.id for r in big.entries if r.kind == "grant"]
    random = Random(11)
    asked: dict[str, Callable[[], object]] = {
        "radar": lambda: register_questions.radar(ctx, REGION, when, 90),
        "what-if": lambda: register_questions.what_if(
            ctx, REGION, when, "grant", random.choice(grants)
        ),
        "mine": lambda: register_questions.mine(ctx, head, when, random.choice(big.officers)),
        "powers": lambda: register_questions.powers(ctx, REGION, when),
        "coverage": lambda: register_questions.coverage(
            ctx, REGION, when, cover=None, after=None, limit=PAGE
        ),
        "findings": lambda: register_questions.findings(
            ctx, REGION, when, since=None, code=None, after=0, limit=PAGE
        ),
        "entries": lambda: register_questions.entries(
            ctx, REGION, kind=None, state="confirmed", known=None, after=None, limit=PAGE
        ),
        "who": lambda: list(
            _who(app, random.choice(big.services).id, big.size.today),
        ),
    }
    for name, ask in asked.items():
        seconds = []
        for _ in range(rounds):
            began = time.perf_counter()
            ask()
            seconds.append(time.perf_counter() - began)
            progress(len(seconds))
        yield name, quantiles_ms(seconds)
