"""What a process counts about itself, in the exposition format of Prometheus.

The processes of one `casetrack web` share a folder of small files (prometheus_client's
multiprocess mode), since whoever is scraped must answer for all of them: the answer of one of
several, chosen by chance, would make counters jump back and forth.
"""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Seconds. A web request; an attempt may wait for a gateway for 15 s.
_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
#: From the commit to the delivery: milliseconds as a rule, days when a receiver was away.
_SLOW = (0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 1800, 7200, 86400)
#: Where prometheus_client looks for the shared folder.
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The instruments of one process. `shared` is the folder that it shares with its siblings."""

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        if shared is not None:
            # Before any instrument is made, and after the fork: the files are named by process id.
            os.environ[_FOLDER] = str(shared)
            values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        if shared is None:
            ProcessCollector(registry=self._registry)
        self._make_for_requests()
        self._make_for_deliveries()
        self._sequenced = Counter(
            "casetrack_relay_events",
            "Events that this relay has numbered.",
            registry=self._registry,
        )
        self._rounds = Gauge(
            "casetrack_last_round_timestamp_seconds",
            "When this process last ended a round without an error (Unix time).",
            ["process"],
            multiprocess_mode="livemax",
            registry=self._registry,
        )

        self._broker = Gauge(
            "casetrack_broker_up",
            "Whether the broker answers this process, which rings or is rung for.",
            ["process"],
            multiprocess_mode="livemin",
            registry=self._registry,
        )

    def _make_for_requests(self) -> None:
        self._requests = Counter(
            "casetrack_http_requests",
            "HTTP requests by operation and status.",
            ["operation", "status"],
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "casetrack_http_request_duration_seconds",
            "From a request to its answer, by operation.",
            ["operation"],
            buckets=_FAST,
            registry=self._registry,
        )
        self._hung_up = Counter(
            "casetrack_connections_hung_up",
            "Connections that the web ended before they got an answer, by reason.",
            ["reason"],
            registry=self._registry,
        )
        self._gave_way = Counter(
            "casetrack_writes_gave_way_seconds",
            "Seconds that writes waited so that workers could take up what waits.",
            registry=self._registry,
        )
        self._connections = Gauge(
            "casetrack_database_connections_in_use",
            "Connections of the pool in use, when last looked at.",
            multiprocess_mode="livesum",
            registry=self._registry,
        )

    def _make_for_deliveries(self) -> None:
        self._attempts = Counter(
            "casetrack_delivery_attempts",
            "Attempts to deliver, by channel and how they ended.",
            ["channel", "outcome"],
            registry=self._registry,
        )
        self._attempt_seconds = Histogram(
            "casetrack_delivery_attempt_duration_seconds",
            "Duration of one attempt, by channel.",
            ["channel"],
            buckets=_FAST,
            registry=self._registry,
        )
        self._waited = Histogram(
            "casetrack_commit_to_delivery_seconds",
            "From the event's commit to its delivery, by channel.",
            ["channel"],
            buckets=_SLOW,
            registry=self._registry,
        )
        self._delivery_reports = Counter(
            "casetrack_delivery_reports",
            "What a gateway said later of a message, by channel and what became of it.",
            ["channel", "outcome"],
            registry=self._registry,
        )

    def request(self, operation: str, status: int, seconds: float, connections: int) -> None:
        """One HTTP request was answered."""
        self._requests.labels(operation, str(status)).inc()
        self._request_seconds.labels(operation).observe(seconds)
        self._connections.set(connections)

    def hung_up(self, reason: str) -> None:
        """A connection was ended before its request reached the program."""
        self._hung_up.labels(reason).inc()

    def gave_way(self, seconds: float) -> None:
        """A write waited until workers had taken up what waits."""
        self._gave_way.inc(seconds)

    def attempt(self, channel: str, outcome: str, seconds: float, waited: float | None) -> None:
        """One attempt was made; `waited` is the time since the commit when it delivered."""
        self._attempts.labels(channel, outcome).inc()
        self._attempt_seconds.labels(channel).observe(seconds)
        if waited is not None:
            self._waited.labels(channel).observe(max(0.0, waited))

    def delivery_reports(self, channel: str, outcome: str, count: int) -> None:
        """A gateway said later what became of so many messages."""
        self._delivery_reports.labels(channel, outcome).inc(count)

    def sequenced(self, events: int) -> None:
        """The relay numbered so many events."""
        self._sequenced.inc(events)

    def round(self, process: str, at: float, connections: int) -> None:
        """A process that goes in rounds ended one."""
        self._rounds.labels(process).set(at)
        self._connections.set(connections)

    def broker(self, process: str, *, answers: bool) -> None:
        """A process asked whether the broker is there."""
        self._broker.labels(process).set(answers)

    def exposition(self, *others: Collector) -> bytes:
        """Everything, and what the others know, as text."""
        registry = CollectorRegistry()
        if self._shared is not None:
            MultiProcessCollector(registry, path=str(self._shared))  # type: ignore[no-untyped-call]
        else:
            registry.register(self._registry)
        for other in others:
            registry.register(other)
        return generate_latest(registry)
