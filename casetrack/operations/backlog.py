"""What waits, from the database: the same whichever process is asked."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from casetrack.bootstrap import App
from casetrack.storage import standbys
from casetrack.storage.delivery import backlog
from casetrack.storage.unit_of_work import DatabaseDown

#: What is said where standbys follow and none is waited for, and nobody said that it is meant.
LOSING = (
    "{} standbys follow the database and no commit waits for one: what was answered last is lost with "
    "the first server, and its numbers are given again; set synchronous_standby_names, or say "
    "CASETRACK_REPLICATION=asynchronous (docs/many-machines.md)"
)

#: Counting stops here: a scrape must cost little, most of all when much waits.
MOST = backlog.MOST


class Backlog(Collector):
    """Asks the database at each scrape; without one it says only that it is down."""

    def __init__(self, app: App) -> None:
        self._app = app

    def describe(self) -> Iterator[Metric]:
        """Nothing: to register it must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges of now."""
        try:
            found = backlog.read(self._app.database)
        except DatabaseDown:
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        now = self._app.database.now()
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield _gauge(
            "standbys_losing",
            "Standbys that follow the database while no commit waits for one.",
            standbys.losing(self._app.database),
        )
        yield _gauge(
            "queue_events", f"Events that wait for the relay, counted up to {MOST}.", found.queued
        )
        yield _gauge(
            "queue_oldest_age_seconds",
            "How long the oldest of them has waited: the relay's lag.",
            _age(now, found.oldest_queued),
        )
        deliveries = GaugeMetricFamily(
            "casetrack_deliveries",
            f"Deliveries that wait, were given up or are not possible, counted up to {MOST}.",
            labels=["state", "channel"],
        )
        for (state, channel), count in sorted(found.deliveries.items()):
            deliveries.add_metric([state, channel], count)
        yield deliveries
        yield _gauge(
            "delivery_oldest_due_age_seconds",
            "How long the delivery that has been due longest has been due.",
            _age(now, found.oldest_due),
        )
        yield _gauge(
            "clock_lag_seconds",
            "How long ago the oldest limit ran out of which there is no notice yet.",
            _age(now, found.oldest_missed),
        )
        yield _gauge(
            "files_unscanned",
            f"Files that wait for the scanner, counted up to {MOST}; none where none is set.",
            found.unscanned if self._app.ctx.files.scans else 0,
        )
        yield _gauge(
            "files_leaving",
            f"Files that should have left the store and have not, counted up to {MOST}.",
            found.leaving,
        )


def warnings(app: App) -> list[str]:
    """What the database may lose; nothing as a rule, and where it is meant."""
    if app.settings.may_lose:
        return []
    try:
        found = standbys.losing(app.database)
    except DatabaseDown:
        return []
    return [LOSING.format(found)] if found else []


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"casetrack_{name}", says, value=value)


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
