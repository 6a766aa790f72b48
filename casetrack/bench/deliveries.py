"""How soon a committed event is at a subscriber, who slows whom, and whether the relay keeps up.

Everything is measured in one run on one machine, so the ratios hold where single figures do not.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from json import loads
from typing import Any

from casetrack.bench import region
from casetrack.bench.load import Client, Load
from casetrack.bench.processes import NotReady
from casetrack.bench.recorders import Receipt, Receiver, webhooks
from casetrack.bench.report import machine, quantiles_ms
from casetrack.bench.runner import Progress, Say, Stay, stay
from casetrack.config import Settings
from casetrack.domain.errors import BadInput
from casetrack.storage import measures

#: Part of the highest rate at which latency is measured: under half of it.
SHARE = 0.45
TYPES = ["casetrack.case.*", "casetrack.step.*"]
#: Seconds in which what is still on its way may come.
LAST = 30.0
#: A region in arrears, and where its subscribers would be.
LOUD = "00.01"


@dataclass(frozen=True)
class DeliveryReport:
    """Latency in milliseconds from `recorded_at` to the receipt, phase by phase."""

    transitions_per_second: float
    paced_per_second: float
    phases: dict[str, dict[str, float]]
    ratios: dict[str, float]
    waiting: int
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
            f"Full load {self.transitions_per_second:.1f} transitions/s; measured at "
            f"{self.paced_per_second:.1f} writes/s.",
            "",
            "  commit to webhook received",
            *(f"    {name:42} {_words(found)}" for name, found in self.phases.items()),
            "",
            *(f"  {name:44} {ratio:6.2f}" for name, ratio in self.ratios.items()),
            "",
            f"  {self.events:,} events were due, {self.received:,} came"
            f"{'' if self.sound else ' NOT THE SAME'}; {self.repeats} came again.",
            f"{self.database}; broker {self.broker}; {self.machine}. Load, program and receivers "
            "share it.",
        ]
        return "\n".join(lines)


def _words(found: dict[str, float]) -> str:
    return "   ".join(f"{name} {value:8,.1f} ms" for name, value in found.items())


class _Book:
    """What the good subscriber received, by phase."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._read = 0

    def since(self, began: float) -> list[float]:
        """Seconds from commit to first receipt, of events recorded since this moment."""
        receipts = self._receiver.receipts[self._read :]
        self._read += len(receipts)
        found = (self._waited(receipt) for receipt in receipts)
        return [waited for recorded, waited in found if recorded >= began]

    @staticmethod
    def _waited(receipt: Receipt) -> tuple[float, float]:
        said = loads(receipt.body)["data"]["recorded_at"]
        recorded = datetime.fromisoformat(said).astimezone(UTC).timestamp()
        return recorded, receipt.at - recorded


def measure(
    settings: Settings, *, seconds: float, waiting: int, say: Say, progress: Progress
) -> DeliveryReport:
    """Four phases on servers of the settings. Raises BadInput, DatabaseDown, NotReady."""
    if settings.embedded or settings.broker_url.startswith("memory:"):
        raise BadInput(
            "CASETRACK_DATABASE_URL and CASETRACK_BROKER_URL: deliveries are measured on PostgreSQL "
            "with Redis or RabbitMQ"
        )
    allowed = {"CASETRACK_WEBHOOK_ALLOW": "127.0.0.0/8"}
    with (
        stay(settings, say, allowed) as place,
        Receiver("good", webhooks) as good,
        Receiver("slow", webhooks) as slow,
        Receiver("dead", webhooks) as dead,
    ):
        client = Client(place.port, place.tokens)
        _subscribe(client, good)
        say("full load")
        full = _load(place, seconds / 2, None, progress)
        _wait_for_all(place, good)
        book = _Book(good)
        book.since(time.time())
        rate = full * SHARE
        phases: dict[str, dict[str, float]] = {}

        def phase(name: str) -> None:
            say(name)
            began = time.time()
            _load(place, seconds, rate, progress)
            _wait_for_all(place, good)
            phases[name] = quantiles_ms(book.since(began))

        phase("alone")
        slow.be("slow")
        dead.be("away")
        _subscribe(client, slow)
        _subscribe(client, dead)
        phase("beside a slow and a dead subscriber")
        say(f"{waiting:,} deliveries of another region are made to wait")
        measures.put_in_line(place.database, LOUD, waiting)
        phase(f"and {waiting:,} waiting in another region")
        client.close()
        return _report(settings, place, good, full, rate, phases, waiting)


def _report(
    settings: Settings,
    place: Stay,
    good: Receiver,
    full: float,
    rate: float,
    phases: dict[str, dict[str, float]],
    waiting: int,
) -> DeliveryReport:
    alone, *others = phases.items()
    ratios = {
        f"{q}, {name} / alone": round(found[q] / alone[1][q], 2)
        for name, found in others
        for q in ("p50", "p99")
    }
    with place.database.read() as connection:
        events = measures.events_of(connection, region.CODE, TYPES)
    ids = {receipt.id for receipt in good.receipts}
    return DeliveryReport(
        transitions_per_second=round(full, 1),
        paced_per_second=round(rate, 1),
        phases=phases,
        ratios=ratios,
        waiting=waiting,
        events=events,
        received=len(ids),
        repeats=len(good.receipts) - len(ids),
        database=measures.version(place.database),
        broker=settings.broker_url.partition(":")[0],
        machine=machine(),
    )


def _subscribe(client: Client, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/{receiver.name}"
    status, document, _ = client.post("/webhooks", region.SYSTEM, {"url": url, "types": TYPES})
    if status != 201:
        raise NotReady(f"no subscription could be made: {document}")


def _load(place: Stay, seconds: float, rate: float | None, progress: Progress) -> float:
    """Writes a second that were answered."""
    load = Load(place.port, place.tokens, seconds=seconds, cases=None, rate=rate)
    tally = load.run(8, progress)
    if tally.faults:
        raise NotReady(f"the load broke: {tally.faults[0]}")
    return (len(tally.transitions) + len(tally.openings)) / tally.seconds


def _wait_for_all(place: Stay, good: Receiver) -> None:
    until = time.monotonic() + LAST
    while time.monotonic() < until:
        with place.database.read() as connection:
            due = measures.events_of(connection, region.CODE, TYPES)
        if len({receipt.id for receipt in good.receipts}) >= due:
            return
        time.sleep(0.2)
