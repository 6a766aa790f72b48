"""The fault run: all is killed and restarted while cases flow; then what was promised is checked."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import bench_region, guarantees, own_servers
from bench import guarantee_queries as stored
from bench.fleet import KINDS, Fleet
from bench.guarantees import Promise
from bench.http_client import Client
from bench.own_servers import Server
from bench.patient_clients import Customers
from bench.processes import NotReady, Processes, free_port
from bench.recorders import Receiver, mails, webhooks
from bench.surroundings import bare, keys, tokens_for
from casetrack.storage.unit_of_work import Database, DatabaseDown
from workers import broker as doorbell

#: What each receiver does while the processes are killed. The mail server has a little of each.
MOODS = {
    "steady": "well",
    "away": "away",
    "slow": "slow",
    "failing": "failing",
    "cutting": "cutting",
}
TYPES = ["casetrack.case.*", "casetrack.step.*"]
#: Writes that must be answered between two faults: however slow the machine, the load is real.
PROGRESS = 6
#: Seconds without any progress after which the run is given up.
STUCK = 120.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much: kills of processes in all, the longest that the havoc lasts, how long one is away."""

    kills: int = 40
    minutes: float = 30.0
    away: float = 60.0
    clients: int = 4
    #: Seconds that a client waits between two writes.
    pause: float = 0.25
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(10**6))
    #: Which processes are killed, and which servers fall.
    kinds: tuple[str, ...] = KINDS
    falls: tuple[str, ...] = ("emptied", "broker", "database")
    #: One process of each kind, a database that writes nothing down at once.
    small: bool = False


#: Little of each. What knows nothing of the broker behaves with the one as with the other.
SHORT = {
    "redis": Plan(kills=4, away=3.0, small=True),
    "rabbitmq": Plan(kills=2, away=3.0, small=True, kinds=("relay", "workers"), falls=("emptied",)),
}


@dataclass(frozen=True)
class Report:
    """What was done to it, and which promises were kept."""

    broker: str
    seed: int
    seconds: float
    faults: dict[str, int]
    answered: int
    broken: int
    unavailable: int
    settle_seconds: float
    promises: tuple[Promise, ...]

    @property
    def sound(self) -> bool:
        """Whether every promise was kept."""
        return all(promise.kept for promise in self.promises)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "scenario": "faults",
            "broker": self.broker,
            "seed": self.seed,
            "seconds": self.seconds,
            "faults": self.faults,
            "answered": self.answered,
            "broken": self.broken,
            "unavailable": self.unavailable,
            "settle_seconds": self.settle_seconds,
            "promises": [promise.as_dict() for promise in self.promises],
            "sound": self.sound,
        }

    def in_words(self) -> str:
        """For a person: the table of docs/reliability.md."""
        lines = [
            f"PostgreSQL and {self.broker}, {self.seconds:.0f} s, seed {self.seed}",
            "",
            f"  {'fault':44} times",
            *(f"  {name:44} {count:5,}" for name, count in sorted(self.faults.items())),
            "",
            f"  {self.answered:,} writes were answered; {self.broken:,} requests broke and "
            f"{self.unavailable:,} were answered 503.",
            f"  {self.settle_seconds:.0f} s after the last fault nothing waited any more.",
            "",
            f"  {'promise':62} checked  broken",
            *(promise.in_words() for promise in self.promises),
        ]
        return "\n".join(lines)


def fault_run(broker: str, plan: Plan, say: Say, progress: Callable[[int], None]) -> Report:
    """One run on servers of its own. Raises BadInput without their programs, NotReady."""
    with _stage(broker, plan.small, say) as stage:
        began = time.monotonic()
        run = _Run(stage, plan, progress)
        run.havoc(say)
        settled = run.settle(say)
        say("checking the promises")
        verdict = stage.processes.casetrack("verify", "--json", faults=True)
        kept = guarantees.check(
            stage.database,
            {name: list(receiver.receipts) for name, receiver in stage.receivers.items()},
            stage.subscriptions,
            run.answers.vouched,
            verdict,
        )
        return Report(
            broker=broker,
            seed=plan.seed,
            seconds=round(time.monotonic() - began, 1),
            faults=dict(run.faults),
            answered=run.answers.writes,
            broken=run.answers.broken,
            unavailable=run.answers.unavailable,
            settle_seconds=round(settled, 1),
            promises=(*kept, guarantees.nothing_odd(run.answers.unexpected)),
        )


@dataclass
class _Stage:
    """What runs, and what is asked of it."""

    postgresql: Server
    broker: Server
    processes: Processes
    database: Database
    port: int
    tokens: dict[str, str]
    #: Name → receiver; "mail" is the mail server.
    receivers: dict[str, Receiver]
    #: Subscription id → receiver's name.
    subscriptions: dict[str, str]


@contextmanager
def _stage(broker: str, small: bool, say: Say) -> Iterator[_Stage]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casetrack-faults-")))
        say(f"starting a PostgreSQL and a {broker} of its own")
        settings = own_servers.FORGETFUL if small else ()
        postgresql = stack.enter_context(own_servers.postgresql(folder, settings))
        bell = stack.enter_context(own_servers.BROKERS[broker](folder))
        receivers = {
            name: stack.enter_context(Receiver(name, mails if name == "mail" else webhooks))
            for name in (*MOODS, "mail")
        }
        environment = {
            **bare(),
            **keys(folder),
            "CASETRACK_DATABASE_URL": postgresql.url,
            "CASETRACK_BROKER_URL": f"{bell.url}?namespace=casetrack-faults",
            "CASETRACK_SMTP_URL": f"smtp://127.0.0.1:{receivers['mail'].port}?from=izin@kota.example",
            "CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8",
        }
        processes = stack.enter_context(Processes(environment, folder, warm=small))
        processes.casetrack("db", "upgrade")
        processes.casetrack("load", str(bench_region.write(folder / "region")))
        database = Database(postgresql.url)
        stack.callback(database.close)
        yield _Stage(
            postgresql,
            bell,
            processes,
            database,
            free_port(),
            tokens_for(processes),
            receivers,
            {},
        )


class _Run:
    """The havoc, and what was done."""

    def __init__(self, stage: _Stage, plan: Plan, progress: Callable[[int], None]) -> None:
        self._stage, self._plan, self._progress = stage, plan, progress
        self._dice = random.Random(plan.seed)
        self._fleet = Fleet(stage.processes, stage.port, small=plan.small)
        self._subscribe()
        self._customers = Customers(stage.port, stage.tokens, plan.clients, plan.pause)
        self.answers = self._customers.answers
        self.faults: Counter[str] = Counter()

    def _subscribe(self) -> None:
        client = Client(self._stage.port, self._stage.tokens)
        for name in MOODS:
            url = f"http://127.0.0.1:{self._stage.receivers[name].port}/{name}"
            status, document, _ = client.post(
                "/webhooks", bench_region.SYSTEM, {"url": url, "types": TYPES}
            )
            if status != 201:
                raise NotReady(f"no subscription could be made: {document}")
            self._stage.subscriptions[document["id"]] = name
        client.close()

    def havoc(self, say: Say) -> None:
        """Kill and revive; each kind is hit equally often, the servers fall in between."""
        plan = self._plan
        say(f"{plan.kills} kills while {plan.clients} clients work, seed {plan.seed}")
        self._customers.start()
        self._goes_on()
        for name, mood in MOODS.items():
            self._be(name, mood)
        began = time.monotonic()
        for done, fault in enumerate(self._script()):
            if time.monotonic() - began > plan.minutes * 60:
                break
            fault()
            self._goes_on()
            self._mails_change(done)
            self._progress(done + 1)
            if time.monotonic() - began > plan.away:
                self._be("away", "well")
        while time.monotonic() - began < plan.away:
            self._fleet.revive()
            time.sleep(0.5)
        self.faults[f"endpoint: away for {plan.away:.0f} s"] += 1
        for name in self._stage.receivers:
            self._be(name, "well")

    def _script(self) -> list[Callable[[], None]]:
        kills = [
            (lambda kind=kind: self._kill(kind))
            for place in range(self._plan.kills)
            for kind in (self._plan.kinds[place % len(self._plan.kinds)],)
        ]
        self._dice.shuffle(kills)
        script: list[Callable[[], None]] = []
        # The servers fall at even distances: at least once each, and once in fifty kills.
        how = {
            "emptied": self._flush,
            "broker": self._restart_broker,
            "database": self._restart_database,
        }
        falls = [how[name] for name in self._plan.falls]
        step = max(1, min(50, len(kills)) // (len(falls) + 1))
        for place, kill in enumerate(kills):
            script.append(kill)
            if place % step == step - 1:
                script.append(falls[(place // step) % len(falls)])
        return script

    def _kill(self, kind: str) -> None:
        what = self._fleet.kill_one_of(kind, self._dice)
        self.faults[f"{kind}: SIGKILL of {what}"] += 1

    def _flush(self) -> None:
        try:
            doorbell.forget(f"{self._stage.broker.url}?namespace=casetrack-faults")
        except Exception:  # any broker, any error: it may be starting
            return
        self.faults["broker: everything in it removed"] += 1

    def _restart_broker(self) -> None:
        self._stage.broker.restart()
        self.faults["broker: killed, started again empty"] += 1

    def _restart_database(self) -> None:
        self._stage.postgresql.restart()
        self.faults["PostgreSQL: ended at once, started again"] += 1

    def _mails_change(self, turn: int) -> None:
        moods = ("well", "slow", "failing", "cutting", "away")
        self._be("mail", moods[turn // 3 % len(moods)])

    def _be(self, name: str, mood: str) -> None:
        receiver = self._stage.receivers[name]
        if receiver.mood != mood:
            receiver.be(mood)
            if mood == "away" and name == "mail":
                self.faults["mail server: away"] += 1
            elif mood not in ("well", "away"):
                self.faults[f"{'mail server' if name == 'mail' else 'endpoint'}: {mood}"] += 1

    def _goes_on(self) -> None:
        """Start again what was killed, and wait until enough is answered again."""
        wanted = self.answers.writes + self._dice.randrange(PROGRESS, 2 * PROGRESS)
        until = time.monotonic() + STUCK
        while self.answers.writes < wanted:
            if time.monotonic() > until:
                said = "\n\n".join(
                    f"{name}:\n{process.tail(5)}" for name, process in self._fleet.now.items()
                )
                raise NotReady(f"no write was answered for {STUCK:.0f} s\n{said}")
            time.sleep(0.1)
            self._fleet.revive()

    def settle(self, say: Say) -> float:
        """Let the last requests end, then wait until nothing waits; gives how long that took."""
        say("waiting for the last deliveries")
        self._goes_on()
        self._customers.stop()
        began = moved = time.monotonic()
        hurried, last = 0.0, None
        while True:
            self._fleet.revive()
            try:
                if time.monotonic() - hurried > 1:
                    stored.hurry(self._stage.database)
                    hurried = time.monotonic()
                left = stored.waiting(self._stage.database)
            except DatabaseDown:
                left = (-1, -1)
            if left == (0, 0):
                return time.monotonic() - began
            if left != last:
                last, moved = left, time.monotonic()
                self._progress(self._plan.kills)
            if time.monotonic() - moved > STUCK:
                # What is missing is found by the check.
                return time.monotonic() - began
            time.sleep(0.5)
