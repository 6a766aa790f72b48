"""The parts of the whole measurement, each a few lines over what runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from bench import bench_region, statement_record
from bench.hearing import heard
from bench.load import WRITES, Load, Tally
from bench.meter import Costs, Meter
from bench.process_costs import Snapshot, exact_cpu
from bench.processes import NotReady
from bench.report import quantiles_ms
from bench.runner import settle, stay
from bench.statement_record import Sent
from bench.whole_stage import BEFORE, DATABASE, KINDS, Stage, come_to_rest
from bench.wire_counter import WireCounter
from casetrack import config

Quantiles = dict[str, float]
#: The p99 behind which the open loop goes no further.
TOO_SLOW_MS = 1000.0
#: By how much each step of the open loop asks for more.
_MORE = 1.25


@dataclass
class Vouched:
    """What the program has promised so far: case number → events."""

    events: dict[str, int] = field(default_factory=dict)

    def take(self, tally: Tally) -> Tally:
        """Remember what was answered. Raises NotReady when a write broke."""
        if tally.faults:
            raise NotReady(f"the load broke: {tally.faults[0]}")
        self.events.update(tally.vouched)
        return tally


@dataclass(frozen=True)
class Loaded:
    """A stretch of load, and what it cost until everybody was told."""

    clients: int
    writes: int
    writes_per_second: float
    transitions_per_second: float
    opening_ms: Quantiles
    transition_ms: Quantiles
    email_ms: Quantiles
    webhook_ms: Quantiles
    backlog_seconds: float
    costs: Costs


@dataclass(frozen=True)
class Paced:
    """A rate of the open loop: what was due, what was answered, and how long after that."""

    asked_per_second: float
    answered_per_second: float
    write_ms: Quantiles

    @property
    def held(self) -> bool:
        """Whether it was answered in time."""
        enough = self.answered_per_second > 0.9 * self.asked_per_second
        return enough and self.write_ms["p99"] <= TOO_SLOW_MS


@dataclass(frozen=True)
class Recorded:
    """Round trips and statements a write by kind of process, one client, and the web's statements."""

    round_trips: dict[str, float]
    statements: dict[str, float]
    cases: list[list[Sent]]


@dataclass(frozen=True)
class Status:
    """A status by number against an empty answer of the same server."""

    status_per_second: float
    empty_per_second: float
    half_rate: float
    half_ms: Quantiles

    @property
    def ratio(self) -> float:
        """The first of the second."""
        return round(self.status_per_second / self.empty_per_second, 3)


@dataclass(frozen=True)
class Judged:
    """A decision that the register judges, and the same by a role alone."""

    decisions: int
    judged_cpu_ms: float
    unjudged_cpu_ms: float
    judged_ms: Quantiles
    unjudged_ms: Quantiles

    @property
    def more_ms(self) -> float:
        """Processor time of web and its database sessions that the register costs."""
        return round(self.judged_cpu_ms - self.unjudged_cpu_ms, 3)


@dataclass(frozen=True)
class OneProcess:
    """The embedded default: everything in one process on SQLite, mails as files, a small register."""

    clients: int
    writes_per_second: float
    opening_ms: Quantiles
    transition_ms: Quantiles
    backlog_seconds: float


def one_process(
    clients: int, seconds: float, say: Callable[[str], None], *, small: bool = False
) -> OneProcess:
    """The same cases by `casetrack up`, in a folder of its own. Raises NotReady."""
    with TemporaryDirectory(prefix="casetrack-bench-") as folder:
        settings = config.load({"CASETRACK_DATA_DIR": folder})
        with stay(settings, say, small=small) as place:
            tally = Load(place.port, place.tokens, seconds=seconds, cases=None).run(clients)
            backlog = settle(place.database)
    if tally.faults:
        raise NotReady(f"the load broke: {tally.faults[0]}")
    return OneProcess(
        clients,
        round(tally.per_second, 1),
        quantiles_ms(tally.openings),
        quantiles_ms(tally.transitions),
        round(backlog, 1),
    )


def prepare(place: Stage) -> None:
    """Subscribe, let everything come to rest, and keep a copy of the database from before."""
    come_to_rest(place)
    place.ask(f"CREATE DATABASE {BEFORE} TEMPLATE {DATABASE}", "postgres")


def record(place: Stage, wire: WireCounter, vouched: Vouched, cases: int) -> Recorded:
    """Play so many cases, one after the other, while everything that is said is written down."""
    place.start(wire.port)
    vouched.take(place.generator.closed(clients=1, seconds=1.5))
    settle(place.database)
    with statement_record.recording(place):
        statement_record.mark(place)
        wire.reset()
        for _ in range(cases):
            vouched.take(place.generator.closed(clients=1, seconds=60, cases=1))
            statement_record.mark(place)
        settle(place.database)
    counted = {kind: wire.of(kind) for kind in KINDS}
    writes = cases * WRITES
    place.stop()
    return Recorded(
        {kind: round(found.round_trips / writes, 2) for kind, found in counted.items()},
        {kind: round(found.statements / writes, 2) for kind, found in counted.items()},
        statement_record.in_trips(statement_record.recorded(place, "web"), counted["web"].together),
    )


def closed(place: Stage, vouched: Vouched, clients: int, seconds: float) -> Loaded:
    """So many clients as fast as they are answered."""
    meter = Meter(place)
    tally = vouched.take(place.generator.closed(clients=clients, seconds=seconds))
    ended = time.time()
    backlog = settle(place.database)
    costs = meter.stop(len(tally.writes))
    told = heard(
        place.database, place.mail.receipts(), place.webhook.receipts(), meter.began, ended
    )
    return Loaded(
        clients=clients,
        writes=len(tally.writes),
        writes_per_second=round(tally.per_second, 1),
        transitions_per_second=round(len(tally.transitions) / tally.seconds, 1),
        opening_ms=quantiles_ms(tally.openings),
        transition_ms=quantiles_ms(tally.transitions),
        email_ms=quantiles_ms(told.email),
        webhook_ms=quantiles_ms(told.webhook),
        backlog_seconds=round(backlog, 1),
        costs=costs,
    )


def open_loop(
    place: Stage,
    vouched: Vouched,
    start: float,
    seconds: float,
    steps: int,
    say: Callable[[str], None],
) -> list[Paced]:
    """Rates from this one on, each a quarter more, until the p99 is too slow or so many were tried."""
    found: list[Paced] = []
    rate = start
    for _ in range(steps):
        found.append(paced(place, vouched, rate, seconds)[0])
        slowest = found[-1].write_ms.get("p99")
        said = "nothing was written in time" if slowest is None else f"p99 {slowest:.0f} ms"
        say(f"  {found[-1].asked_per_second:.0f} writes/s: {said}")
        settle(place.database)
        if not found[-1].held:
            break
        rate *= _MORE
    return found


def paced(
    place: Stage, vouched: Vouched, rate: float, seconds: float
) -> tuple[Paced, float, float]:
    """One rate; and from when to when it lasted."""
    began = time.time()
    tally = vouched.take(place.generator.paced(rate=rate, seconds=seconds))
    due = len(tally.writes) / tally.seconds
    found = Paced(round(due, 1), round(tally.per_second, 1), quantiles_ms(tally.writes))
    return found, began, time.time()


def told_at(
    place: Stage, vouched: Vouched, rate: float, seconds: float
) -> tuple[Paced, Quantiles, Quantiles]:
    """Commit to mail and to webhook at this rate."""
    found, began, ended = paced(place, vouched, rate, seconds)
    settle(place.database)
    told = heard(place.database, place.mail.receipts(), place.webhook.receipts(), began, ended)
    return found, quantiles_ms(told.email), quantiles_ms(told.webhook)


def status(place: Stage, number: str, seconds: float) -> Status:
    """Both as fast as they are answered, twice in turn; then at half of what the status can."""
    path = f"/api/v1/status/{number}"
    rates: dict[str, list[float]] = {path: [], "/healthz": []}
    for each in (path, "/healthz", "/healthz", path):
        tally = place.generator.reading(each, clients=8, seconds=seconds / 2)
        if tally.faults:
            raise NotReady(tally.faults[0])
        rates[each].append(len(tally.openings) / tally.seconds)
    half = mean(rates[path]) / 2
    tally = place.generator.reading(path, clients=16, seconds=seconds, rate=half)
    return Status(
        round(mean(rates[path]), 1),
        round(mean(rates["/healthz"]), 1),
        round(half, 1),
        quantiles_ms(tally.openings),
    )


def judged(place: Stage, vouched: Vouched, cases: int, rounds: int) -> Judged:
    """The same decision in both services, in turns, one client; everything before it is not measured."""
    decide = 1 + [step for _, step, _ in bench_region.TRANSITIONS].index("decide")
    seconds: dict[str, list[float]] = {bench_region.SERVICE: [], bench_region.UNJUDGED: []}
    cpu = dict.fromkeys(seconds, 0.0)
    for turn in range(rounds):
        order = list(seconds)[:: 1 if turn % 2 == 0 else -1]
        for service in order:
            vouched.events.update(place.generator.bring_to(decide, service=service, cases=cases))
        settle(place.database)
        for service in order:
            before = _web_seconds(place)
            seconds[service] += place.generator.go_on(service=service)
            cpu[service] += _web_seconds(place) - before
        settle(place.database)
    many = cases * rounds
    one, other = bench_region.SERVICE, bench_region.UNJUDGED
    return Judged(
        many,
        round(cpu[one] / many * 1000, 3),
        round(cpu[other] / many * 1000, 3),
        quantiles_ms(seconds[one]),
        quantiles_ms(seconds[other]),
    )


def _web_seconds(place: Stage) -> float:
    """Processor time of the web and of its database sessions."""
    now = Snapshot.now()
    sessions = now.backends_of(place.postgresql.pid, "web")
    return exact_cpu([*now.tree(place.running["web"].pid), *sessions])


def counter(place: Stage) -> WireCounter:
    """A counter in front of the database server."""
    return WireCounter("127.0.0.1", make_url(place.postgresql.url).port or 5432)
