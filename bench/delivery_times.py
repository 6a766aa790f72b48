"""How soon a committed event is at a subscriber, and who slows whom.

Everything is measured in one run on one machine, so the ratios hold where single figures do not.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from json import loads
from typing import Any

from bench import bench_region, measurement_queries
from bench.http_client import Client
from bench.load import Load, PacedLoad
from bench.processes import NotReady
from bench.recorders import Receiver, webhooks
from bench.report import in_words, machine, quantiles_ms
from bench.runner import Progress, Say, Stay, settle, stay
from bench.surroundings import tokens_for
from casetrack.config import Settings
from casetrack.domain.errors import BadInput

#: Part of the highest rate at which latency is measured: under half of it.
SHARE = 0.45
#: Writes a second without which a short phase would have no case.
LEAST = 6.0
TYPES = ["casetrack.case.*", "casetrack.step.*"]
#: Seconds in which what is still on its way may come.
LAST = 30.0
#: Seconds that the slow subscriber takes: half of what an attempt may.
SLOW = 5.0
#: The region in arrears, its letters, and who makes its subscription.
LOUD, LOUD_LETTERS = "98", "LOU"
_LOUD_SYSTEM = bench_region.SYSTEM.replace(bench_region.LETTERS.lower(), LOUD_LETTERS.lower())


@dataclass(frozen=True)
class DeliveryReport:
    """Latency in milliseconds from `recorded_at` to the receipt, phase by phase."""

    writes_per_second: float
    paced_per_second: float
    phases: dict[str, dict[str, float]]
    ratios: dict[str, float]
    #: Deliveries of another region that waited, and how many of them were worked off in a second.
    waiting: int
    worked_off_per_second: float
    events: int
    received: int
    repeats: int
    database: str
    broker: str
    machine: str

    @property
    def sound(self) -> bool:
        """Whether everything that was committed came."""
        return self.received == self.events

    def as_dict(self) -> dict[str, Any]:
        """As `casetrack bench --delivery --json` prints it."""
        return {"scenario": "delivery", **asdict(self), "sound": self.sound}

    def in_words(self) -> str:
        """For a person."""
        lines = [
            f"Full load {self.writes_per_second:.1f} writes/s; measured at "
            f"{self.paced_per_second:.1f} writes/s.",
            "",
            "  commit to webhook received",
            *(f"    {name:54} {in_words(found)}" for name, found in self.phases.items()),
            "",
            *(f"  {name:64} {ratio:6.2f}" for name, ratio in self.ratios.items()),
            "",
            f"  {self.events:,} events were due, {self.received:,} came"
            f"{'' if self.sound else ' NOT THE SAME'}; {self.repeats} came again. Of the other "
            f"region's {self.waiting:,}, {self.worked_off_per_second:.0f}/s were worked off.",
            f"{self.database}; broker {self.broker}; {self.machine}. Load, program and receivers "
            "share it.",
        ]
        return "\n".join(lines)


class _Book:
    """What the good subscriber received, by phase."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._read = 0
        self._seen = set[str]()

    def since(self, began: float) -> list[float]:
        """Seconds from commit to first receipt, of events recorded since this moment."""
        receipts = self._receiver.receipts[self._read :]
        self._read += len(receipts)
        found = []
        for receipt in receipts:
            if receipt.id in self._seen:
                continue
            self._seen.add(receipt.id)
            said = loads(receipt.body)["data"]["recorded_at"]
            recorded = datetime.fromisoformat(said).astimezone(UTC).timestamp()
            if recorded >= began:
                found.append(receipt.at - recorded)
        return found


def measure(
    settings: Settings,
    *,
    seconds: float,
    clients: int,
    waiting: int,
    say: Say,
    progress: Progress,
    small: bool = False,
) -> DeliveryReport:
    """Five phases on servers of the settings. Raises BadInput, DatabaseDown, NotReady."""
    refuse_embedded(settings)
    allowed = {"CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8"}
    with (
        stay(settings, say, allowed, small=small) as place,
        Receiver("good", webhooks) as good,
        Receiver("slow", webhooks, takes=SLOW) as slow,
        Receiver("dead", webhooks) as dead,
        Receiver("loud", webhooks) as loud,
    ):
        subscribe(place, good, TYPES)
        say("full load")
        full = full_load(place, seconds / 2, clients, progress)
        settle(place.database)
        book = _Book(good)
        book.since(time.time())
        rate = max(full * SHARE, LEAST)
        phases: dict[str, dict[str, float]] = {}

        def phase(name: str) -> None:
            say(name)
            began = time.time()
            _load(place, seconds, rate, clients, progress)
            _wait_for_all(place, good)
            phases[name] = quantiles_ms(book.since(began))

        phase("alone")
        slow.be("slow")
        name = subscribe(place, slow, TYPES)
        phase(f"beside a subscriber that takes {SLOW:g} s")
        _unsubscribe(place, name)
        dead.be("away")
        name = subscribe(place, dead, TYPES)
        phase("beside a subscriber that is dead")
        _unsubscribe(place, name)
        say(f"{waiting:,} deliveries of another region are made to wait")
        name = _in_arrears(place, loud, waiting)
        began = time.time()
        phase(f"{waiting:,} of another region are worked off")
        worked_off = _rate(loud, began, seconds)
        loud.be("away")
        with place.database.read() as connection:
            left = measurement_queries.waiting_for(connection, LOUD, name)
        phase(f"{left:,} of another region wait: its endpoint is dead")
        return _report(settings, place, good, full, rate, phases, waiting, worked_off)


def _rate(receiver: Receiver, began: float, seconds: float) -> float:
    """Receipts a second while the load lasted; what came after it had the machine for itself."""
    return sum(began <= receipt.at <= began + seconds for receipt in receiver.receipts) / seconds


def refuse_embedded(settings: Settings) -> None:
    """Raises BadInput: what lives in one process is measured by the first scenario."""
    if settings.embedded or settings.broker_url.startswith("memory:"):
        raise BadInput(
            "CASETRACK_DATABASE_URL and CASETRACK_BROKER_URL: deliveries are measured on PostgreSQL "
            "with Redis or RabbitMQ"
        )


def _report(
    settings: Settings,
    place: Stay,
    good: Receiver,
    full: float,
    rate: float,
    phases: dict[str, dict[str, float]],
    waiting: int,
    worked_off: float,
) -> DeliveryReport:
    alone, *others = phases.items()
    ratios = {
        f"{q}, {name} / alone": round(found[q] / alone[1][q], 2)
        for name, found in others
        for q in ("p50", "p99")
    }
    with place.database.read() as connection:
        events = measurement_queries.events_of(connection, bench_region.CODE, TYPES)
    ids = {receipt.id for receipt in good.receipts}
    return DeliveryReport(
        writes_per_second=round(full, 1),
        paced_per_second=round(rate, 1),
        phases=phases,
        ratios=ratios,
        waiting=waiting,
        worked_off_per_second=round(worked_off, 1),
        events=events,
        received=len(ids),
        repeats=len(good.receipts) - len(ids),
        database=measurement_queries.version(place.database),
        broker=settings.broker_url.partition(":")[0],
        machine=machine(),
    )


def subscribe(
    place: Stay, receiver: Receiver, types: list[str], login: str = bench_region.SYSTEM
) -> str:
    """Make a subscription and give its id. Raises NotReady."""
    url = f"http://127.0.0.1:{receiver.port}/{receiver.name}"
    return str(_ask(place, "/webhooks", login, {"url": url, "types": types})["id"])


def _ask(place: Stay, path: str, login: str, body: dict[str, Any]) -> Any:
    # A connection of its own: one kept over a phase would have been closed by the server.
    client = Client(place.port, place.tokens)
    status, document, _ = client.post(path, login, body)
    client.close()
    if status >= 400:
        raise NotReady(f"{path} answered {status}: {document}")
    return document


def _unsubscribe(place: Stay, name: str) -> None:
    place.processes.casetrack("webhooks", "remove", name)


def _in_arrears(place: Stay, receiver: Receiver, waiting: int) -> str:
    """A region with one subscription for which so much waits; gives its id."""
    folder = bench_region.write(place.processes.folder / "loud", LOUD, LOUD_LETTERS)
    place.processes.casetrack("load", str(folder))
    place.tokens.update(tokens_for(place.processes, [_LOUD_SYSTEM]))
    name = subscribe(place, receiver, TYPES, _LOUD_SYSTEM)
    _ask(place, f"/webhooks/{name}/test", _LOUD_SYSTEM, {})
    until = time.monotonic() + LAST
    while not receiver.receipts:
        if time.monotonic() > until:
            raise NotReady("the other region's endpoint heard nothing")
        time.sleep(0.1)
    measurement_queries.put_in_line(place.database, LOUD, name, waiting)
    return name


def full_load(place: Stay, seconds: float, clients: int, progress: Progress) -> float:
    """Writes a second that were answered when as many come as can. Raises NotReady."""
    return _load(place, seconds, None, clients, progress)


def _load(
    place: Stay, seconds: float, rate: float | None, clients: int, progress: Progress
) -> float:
    """Writes a second that were answered."""
    if rate is None:
        load = Load(place.port, place.tokens, seconds=seconds, cases=None)
        tally = load.run(clients, progress)
    else:
        tally = PacedLoad(place.port, place.tokens, rate=rate, seconds=seconds).run()
    if tally.faults:
        raise NotReady(f"the load broke: {tally.faults[0]}")
    return tally.per_second


def _wait_for_all(place: Stay, good: Receiver) -> None:
    """Until everything due has come. Raises NotReady: what comes later would be in no phase."""
    until = time.monotonic() + LAST
    while time.monotonic() < until:
        with place.database.read() as connection:
            due = measurement_queries.events_of(connection, bench_region.CODE, TYPES)
        if len({receipt.id for receipt in good.receipts}) >= due:
            return
        time.sleep(0.2)
    raise NotReady(f"not everything that was due had come {LAST:.0f} s after the load")
