"""What is seen of a process that goes in rounds, and what it says while the database is away."""

import logging
import time
from dataclasses import dataclass, field

from casetrack.bootstrap import App
from casetrack.operations.backlog import Backlog
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans
from casetrack.storage.unit_of_work import DatabaseDown

#: Seconds without a round after which such a process is not ready.
LATE = 30.0


@dataclass
class Rounds:
    """The relay's, or the clock's."""

    process: str
    app: App
    metrics: Metrics
    spans: Spans
    _last: float = field(default_factory=time.monotonic)
    _away: bool = False

    def done(self) -> None:
        """A round ended as it should."""
        self._last = time.monotonic()
        self.metrics.round(self.process, time.time(), self.app.database.in_use())
        if self._away:
            self._away = False
            self._log.warning("the database answers again, the %s goes on", self.process)

    def failed(self, error: Exception) -> None:
        """A round ended with an error. That the database is away is said once."""
        if not isinstance(error, DatabaseDown):
            self._log.error("the %s failed and goes on", self.process, exc_info=error)
        elif not self._away:
            self._away = True
            self._log.warning("the database is away, the %s waits: %s", self.process, error)

    @property
    def _log(self) -> logging.Logger:
        return logging.getLogger(f"casetrack.{self.process}")

    def wrong(self) -> list[str]:
        """What keeps it from its work; nothing as a rule."""
        found = []
        silent = time.monotonic() - self._last
        if silent > LATE:
            found.append(f"no round for {silent:.0f} s")
        return found + database_wrong(self.app)

    def exposition(self) -> bytes:
        """Its metrics, and what waits in the database."""
        return self.metrics.exposition(Backlog(self.app))


def database_wrong(app: App) -> list[str]:
    """Whether the database cannot be reached."""
    try:
        app.database.ping()
    except DatabaseDown as error:
        return [f"the database does not answer: {error}"]
    return []
